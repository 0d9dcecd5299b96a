"""A query: what a month has that the agency's months before it had not, in figures; and its words."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

from hub.kit.spoken import spoken_month
from hub.kit.words import say
from hub.schemas import Finding, finding

QUERY: Final = "query"
"""The severity: the file gets in, once the submitter has said why."""

COUNTED, PERCENT = "counted", "percent"
"""What the figures of a query are."""

QUERY_CODES = (
    "truncated-period",
    "volume-step",
    "blanks-step",
    "category-appeared",
    "category-vanished",
    "mix-shift",
    "place-shift",
)
"""What may be asked."""


@dataclass(frozen=True, slots=True)
class Moved:
    """A code or a ward with its figure now and the usual one, in the query's unit."""

    code: str
    now: float
    usual: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What to ask, with the figures: the agency's own, for its own people alone.

    `low` and `high`: what was to be expected, None where that is no range. `series`: the months before, oldest first, None for a
    missing one; of a shift in the mix that of the code that moved furthest, `parts[0]`. `count`: what is counted in the month, the
    blank rows, the rows nowhere, or the codes that came or went, of which `parts` are the largest.
    """

    code: str
    field: str
    month: str
    count: int
    unit: str
    now: float
    usual: float
    low: float | None
    high: float | None
    series: tuple[tuple[str, float | None], ...]
    parts: tuple[Moved, ...] = ()

    @property
    def key(self) -> str:
        """By what an explanation names it: `volume-step:` or `blanks-step:latitude`."""
        return key_of(self.code, self.field)

    @property
    def figure(self) -> str:
        """The figures that are asked about: the same question is the same figure."""
        return json.dumps([self.code, self.field, self.month, self.now, [asdict(one) for one in self.parts]])

    def as_json(self) -> dict[str, Any]:
        """The query with its figures, as the API writes it for the agency."""
        return asdict(self) | {
            "key": self.key,
            "series": [{"month": month, "value": value} for month, value in self.series],
            "parts": [asdict(one) for one in self.parts],
        }


def key_of(code: str, field: str) -> str:
    """By what an explanation names a finding."""
    return f"{code}:{field}"


def as_text(found: Sequence[Query]) -> str:
    """Queries as they are kept, sealed with the rows."""
    return json.dumps([one.as_json() for one in found], separators=(",", ":"))


def from_text(text: str) -> tuple[Query, ...]:
    """The queries that `as_text` wrote."""
    return tuple(_from_json(one) for one in json.loads(text))


def finding_of(query: Query) -> Finding:
    """The query as a finding of the report: totals and shares, no code and no ward. Those stand in the query alone."""
    said: dict[str, Any] = {
        "month": spoken_month(query.month),
        "now": figure_text(query.now, query.unit),
        "usual": figure_text(query.usual, query.unit),
        "low": figure_text(query.low or 0, query.unit),
        "high": figure_text(query.high or 0, query.unit),
    }
    remedy = "remedy-month" if query.code == "truncated-period" else "remedy"
    made = finding(query.code, field=query.field, count=query.count, message=_message(query), remedy=remedy, **said)
    return replace(made, severity=QUERY)


def figure_text(number: float, unit: str) -> str:
    """A figure of a query as people read it: `1,204`, or `12.5 %`."""
    return say("intake.query.percent", number=f"{number:.1f}") if unit == PERCENT else f"{int(number):,}"


def _message(query: Query) -> str:
    if query.code == "truncated-period":
        return "message-month"
    if query.code == "volume-step":
        return "message-fewer" if query.now < query.usual else "message"
    if query.code == "place-shift" and query.parts:
        return "message-wards"
    return "message"


def _from_json(document: Mapping[str, Any]) -> Query:
    known = {name: value for name, value in document.items() if name != "key"}
    return Query(
        **known
        | {
            "series": tuple((one["month"], one["value"]) for one in document["series"]),
            "parts": tuple(Moved(**one) for one in document["parts"]),
        }
    )
