"""Turn what a door was asked (`by`, `where`) into one Query. All doors use it, so that equal questions are spelt alike."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from hub.disclosure import AREA_LEVELS, PERIOD_LEVELS, TableSpec
from hub.kit.errors import Invalid
from hub.kit.words import say
from hub.views.declared import View
from hub.views.model import Query

By = str | Sequence[str]
Where = str | Mapping[str, str | Sequence[str]]

_FILTERS = ("area", "period", "kind", "measure")
_ALIASES = {"lsoa": "lsoa21"}
_PERIODS = {
    "month": re.compile(r"\d{4}-(0[1-9]|1[0-2])"),
    "quarter": re.compile(r"\d{4}-Q[1-4]"),
    "year": re.compile(r"\d{4}"),
}


def ask(view: View, *, by: By = "", where: Where = "") -> Query:
    """The question. Invalid when `by` names no table of the view or `where` cannot be read; it says what can be asked.

    `by`: names such as `ward,quarter,kind` in any order: one period level, at most one area level (else the borough),
    `kind` or another family or none. Empty: the view's first table. `where`:
    `area=E05…|E05…;period=2016-04..2016-09;kind=burglary;measure=…`, or the same as a mapping. An area may be of the
    table's level or above it; a period may be a range.
    """
    table = _table(view, [by] if isinstance(by, str) else list(by))
    filters = _filters(where)
    return Query(
        view=view.id,
        table=table,
        areas=filters["area"],
        periods=_periods(filters["period"], table.period_level),
        kinds=filters["kind"],
        measures=filters["measure"],
    )


def by_of(table: TableSpec) -> tuple[str, ...]:
    """How to ask for a table."""
    return (table.area_level, table.period_level, *filter(None, (table.family,)))


def period_matches(period: str, asked: Sequence[str]) -> bool:
    """Whether a period is one of those asked for, or in an asked range (`first..last`, both included). Keys of a level
    sort as text.
    """
    if not asked:
        return True
    for entry in asked:
        first, _, last = entry.partition("..")
        if first <= period <= (last or first):
            return True
    return False


def _table(view: View, by: Sequence[str]) -> TableSpec:
    names = [_ALIASES.get(name, name) for part in by for name in re.split(r"[,\s]+", part) if name]
    if not names:
        return view.tables[0]
    areas = [name for name in names if name in AREA_LEVELS]
    periods = [name for name in names if name in PERIOD_LEVELS]
    families = [name for name in names if name not in (*areas, *periods)]
    if len(set(names)) < len(names) or len(periods) != 1 or len(areas) > 1 or len(families) > 1:
        raise _not_offered(view, names)
    asked = "-".join((areas[0] if areas else AREA_LEVELS[-1], periods[0], *families))
    table = next((one for one in view.tables if one.name == asked), None)
    if table is None:
        raise _not_offered(view, names)
    return table


def _not_offered(view: View, names: Sequence[str]) -> Invalid:
    offered = "; ".join(",".join(by_of(table)) for table in view.tables)
    return Invalid(
        say("views.no-such-table", by=",".join(names), view=view.id),
        code="no-such-table",
        remedy=say("views.no-such-table-remedy", offered=offered),
    )


def _filters(where: Where) -> dict[str, tuple[str, ...]]:
    given: Mapping[str, Any] = _parsed(where) if isinstance(where, str) else where
    for name in given:
        if name not in _FILTERS:
            raise _bad_where(name)
    read: dict[str, tuple[str, ...]] = {}
    for name in _FILTERS:
        values = given.get(name, ())
        values = values.split("|") if isinstance(values, str) else values
        read[name] = tuple(sorted({value.strip() for value in values if value.strip()}))
    return read


def _parsed(where: str) -> dict[str, str]:
    parsed: dict[str, str] = {}
    for part in filter(None, (part.strip() for part in where.split(";"))):
        name, equals, values = part.partition("=")
        if not equals or name.strip() in parsed:
            raise _bad_where(part)
        parsed[name.strip()] = values
    return parsed


def _bad_where(part: str) -> Invalid:
    return Invalid(say("views.bad-filter", part=part[:40]), code="bad-filter", remedy=say("views.bad-filter-remedy"))


def _periods(values: Sequence[str], level: str) -> tuple[str, ...]:
    shape = _PERIODS[level]
    for value in values:
        ends = value.split("..")
        if len(ends) > 2 or not all(shape.fullmatch(end) for end in ends):
            raise Invalid(
                say("views.bad-period", level=say(f"views.periods.{level}")),
                code="bad-period",
                remedy=say(f"views.bad-period-remedy.{level}"),
            )
    return tuple(values)
