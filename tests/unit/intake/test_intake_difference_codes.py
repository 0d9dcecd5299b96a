"""Codes that were split, merged, renamed or cut anew are told by their cells, and by nothing that could be chance."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest

from hub.engine import DuckDbEngine, EngineSession
from hub.intake import Categories
from hub.intake.difference_codes import categories
from tests.support.schemas import schema_of

WARDS = "police/ward-counts"
A, B, C, D = "ARSON", "RAPE", "SHOPLIFTING", "HOMICIDE"
Counts = Mapping[str, int]


@pytest.fixture(scope="module")
def session() -> Iterator[EngineSession]:
    with DuckDbEngine(memory_mb=256).session() as opened:
        yield opened


def told(session: EngineSession, before: list[Counts], after: list[Counts]) -> Categories | None:
    """What is told of the minor categories, where each item holds the counts of one ward."""
    for name, wards in (("told_before", before), ("told_after", after)):
        rows = [(f"E0500{place:04d}", code, count) for place, ward in enumerate(wards) for code, count in ward.items()]
        session.run(f"DROP TABLE IF EXISTS {name}")
        columns = {"WardCode": [one[0] for one in rows], "MinorText": [one[1] for one in rows]}
        session.load(name, columns | {"count": [one[2] for one in rows], "hub_month": ["2026-01"] * len(rows)})
    session.run("DROP TABLE IF EXISTS hub_both")
    found = categories(session, "told_before", "told_after", schema_of(WARDS), ["WardCode", "MinorText", "count"])
    assert len(found) <= 1
    return found[0] if found else None


def groups(found: Categories | None) -> list[tuple[list[str], list[str]]]:
    assert found is not None
    return [([one.code for one in each.before], [one.code for one in each.after]) for each in found.regroupings]


SIZES = [3, 10, 7, 22, 14, 5, 9, 31, 8, 12]


def test_nothing_is_said_where_no_code_came_or_went(session: EngineSession) -> None:
    assert told(session, [{A: n, B: 20} for n in SIZES], [{A: n, B: 40} for n in SIZES]) is None


def test_a_code_in_two_parts_is_a_split(session: EngineSession) -> None:
    found = told(session, [{A: 3 * n, D: 9} for n in SIZES], [{B: 2 * n, C: n, D: 9} for n in SIZES])
    assert groups(found) == [([A], [B, C])]
    assert found is not None
    (split,) = found.regroupings
    assert (split.lost, split.gained, split.apart, split.cells) == (363, 363, 0.0, 10)


def test_two_codes_in_one_are_a_merger(session: EngineSession) -> None:
    assert groups(told(session, [{A: n, B: 2 * n} for n in SIZES], [{C: 3 * n} for n in SIZES])) == [([B, A], [C])]


def test_another_name_for_all_the_cells_of_a_code_is_a_renaming(session: EngineSession) -> None:
    found = told(session, [{A: n, D: 4} for n in SIZES], [{B: n, D: 4} for n in SIZES])
    assert groups(found) == [([A], [B])]


def test_a_part_of_a_code_that_stays_is_told(session: EngineSession) -> None:
    assert groups(told(session, [{A: 3 * n} for n in SIZES], [{A: 2 * n, B: n} for n in SIZES])) == [([A], [B])]


def test_equal_totals_in_other_cells_prove_nothing(session: EngineSession) -> None:
    found = told(session, [{A: n} for n in SIZES], [{B: n} for n in reversed(SIZES)])
    assert groups(found) == []
    assert found is not None
    assert ([one.code for one in found.vanished], [one.code for one in found.appeared]) == ([A], [B])


def test_a_few_cells_may_agree_by_chance(session: EngineSession) -> None:
    assert groups(told(session, [{A: n} for n in SIZES[:7]], [{B: n} for n in SIZES[:7]])) == []


def test_what_an_edition_restates_besides_is_tolerated_up_to_a_twentieth(session: EngineSession) -> None:
    def restated(by: int) -> list[tuple[list[str], list[str]]]:
        after = [{B: 20 * n} for n in SIZES]
        after[0] = {B: 20 * SIZES[0] + by}
        return groups(told(session, [{A: 20 * n} for n in SIZES], after))

    whole = 20 * sum(SIZES)
    assert restated(whole // 20) == [([A], [B])]
    assert restated(whole // 20 + 2) == []
