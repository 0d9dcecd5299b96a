"""The page of a submission that is asked about, for the tests of pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from hub.intake import Query
from hub.intake.history import mix_queries, months_before, place_query, volume_query
from hub.kit.words import say
from hub.web.pages.queries import QueryBlock, query_blocks
from tests.support.schemas import schema_of

STREET, MONTH = "police/street-crime", "2026-09"
SAID = "<script>alert('x')</script> {note} the system was away"


def some_queries() -> list[Query]:
    """A step after a missing month, a category that came, one that shifted, and other wards."""
    months = months_before(MONTH)[-14:]
    steady = {name: 240 + place % 3 * 10 for place, name in enumerate(months) if name != "2026-03"}
    kinds = {"Burglary": 40, "Robbery": 30, "Violence and sexual offences": 130}
    mixes = dict.fromkeys(months, kinds)
    spread = {"E05000001": 100, "E05000002": 100, "outside": 3}
    wards = dict.fromkeys(months, spread)
    found = [
        volume_query(MONTH, 120, steady),
        *mix_queries(MONTH, "Crime type", kinds | {"Drugs": 12}, mixes),
        *mix_queries(MONTH, "Crime type", {**kinds, "Robbery": 160}, mixes),
        place_query(MONTH, "LSOA code", {"E05000001": 190, "E05000002": 10, "outside": 3}, wards),
    ]
    return [one for one in found if one is not None]


def some_blocks() -> tuple[QueryBlock, ...]:
    """The queries as the page shows them."""
    wards = {"E05000001": "Bickley", "E05000002": "Plaistow"}
    return query_blocks(some_queries(), schema_of(STREET), wards=wards)


def samples_of_queries(sample: Callable[[str, str, Any], Any], page: Callable[..., Any]) -> Iterator[Any]:
    """The page, made by `sample(name, template, page)`."""
    shown = page(queries=some_blocks())
    explained = [_explained(group) for group in shown.report.groups]
    yield sample(
        "submission-asked", "submission.html", replace(shown, report=replace(shown.report, groups=tuple(explained)))
    )


def _explained(group: Any) -> Any:
    said = say("queries.explained", text=SAID)
    causes = (
        replace(cause, findings=tuple(replace(one, explained=said) for one in cause.findings)) for cause in group.causes
    )
    return replace(group, causes=tuple(causes))
