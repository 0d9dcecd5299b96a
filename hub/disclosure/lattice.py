"""The lattice: which tables a measure has, and which cells each table has, in one fixed order.

Cells are enumerated areas x periods x kinds, each sorted by code. A quarter or a year of which a month is missing has no cell: it
is a named gap (promise P12).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import product

import numpy as np

from hub.disclosure.model import (
    ALL_KINDS,
    AREA_LEVELS,
    KIND,
    SENSITIVE_DIMENSIONS,
    CellKey,
    Counts,
    Relation,
    TableSpec,
)
from hub.kit.errors import Invalid

_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")


def quarter_of(month: str) -> str:
    """The quarter of a month: `2026-10` -> `2026-Q4`."""
    return f"{month[:4]}-Q{(int(month[5:]) + 2) // 3}"


def year_of(period: str) -> str:
    """The year of a month or a quarter: `2026-10` -> `2026`."""
    return period[:4]


def months_of(period: str) -> tuple[str, ...]:
    """The months of a period, whatever its level: `2026-Q4` -> `2026-10`, `2026-11`, `2026-12`."""
    if len(period) == 4:
        return tuple(f"{period}-{month:02d}" for month in range(1, 13))
    if period[5] == "Q":
        first = int(period[6]) * 3 - 2
        return tuple(f"{period[:4]}-{month:02d}" for month in range(first, first + 3))
    return (period,)


@dataclass(frozen=True, slots=True)
class AreaPlace:
    """An area's place in the tree: its code, its level, the code of its parent (`""` for the borough)."""

    code: str
    level: str
    parent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lattice:
    """The tables of one measure over one snapshot.

    `months` are those that the snapshot holds; `kinds` all kinds that a counted event can have; `tables` those to publish;
    `sensitive` the dimensions (`area`, `kind`) in which a zero is hidden too. `families` gives the kinds of every further family:
    each divides the same events, so each adds up to the same totals. `relations` are what else is known of the kinds of families
    that look at the same fields. The order in which they are given does not matter.
    Invalid when an area has no parent of the level above, a month is no month, a name occurs twice, or a table names no family.
    """

    areas: tuple[AreaPlace, ...]
    months: tuple[str, ...]
    kinds: tuple[str, ...]
    tables: tuple[TableSpec, ...]
    sensitive: frozenset[str] = field(default_factory=frozenset)
    families: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    relations: tuple[Relation, ...] = ()

    def __post_init__(self) -> None:
        _check_names(self)
        _check_tree(self.areas)

    def area_codes(self, level: str) -> tuple[str, ...]:
        """The codes of one area level, sorted."""
        return tuple(sorted(place.code for place in self.areas if place.level == level))

    def periods(self, level: str) -> tuple[str, ...]:
        """The periods of one level that are complete, sorted."""
        held = set(self.months)
        return tuple(period for period in self._begun(level) if held.issuperset(months_of(period)))

    def gaps(self, level: str) -> tuple[str, ...]:
        """The quarters or years that have some of their months and not all: named gaps, in no table."""
        whole = set(self.periods(level))
        return tuple(period for period in self._begun(level) if period not in whole)

    def axes(self, table: TableSpec) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
        """The areas, periods and kinds of a table, each sorted; the only kind of a table without a family is `""`."""
        return self.area_codes(table.area_level), self.periods(table.period_level), self.kinds_of(table.family)

    def kinds_of(self, family: str) -> tuple[str, ...]:
        """The kinds of a family, sorted; those of no family are the one kind `""`."""
        if not family:
            return (ALL_KINDS,)
        return tuple(sorted(self.kinds if family == KIND else self.families[family]))

    def shape(self, table: TableSpec) -> tuple[int, int, int]:
        """How many areas, periods and kinds a table has."""
        areas, periods, kinds = self.axes(table)
        return len(areas), len(periods), len(kinds)

    def cells(self, table: TableSpec) -> tuple[CellKey, ...]:
        """The keys of a table's cells in the fixed order: the last axis, kind, runs fastest."""
        return tuple(CellKey(*parts) for parts in product(*self.axes(table)))

    def roll_up(self, events: Mapping[CellKey, int]) -> dict[TableSpec, Counts]:
        """Counts of every table from counts at the finest: keys of (area, month, kind), the area of any level that is not
        coarser than the finest table's.

        Each event stands under one key, and under one key more for each further family: there its area need be no finer than the
        tables of that family. So the tables add up exactly, where each family counts the same events (`build_mask` refuses others).
        An event of a month in an incomplete quarter counts in the month alone. Invalid when a key names an area, a month or a
        kind that the lattice does not have.
        """
        family_of = self.family_of()
        parts: dict[str, list[tuple[CellKey, int]]] = {family: [] for family in (KIND, *self.families)}
        for key, count in events.items():
            family = family_of.get(key.kind, "" if self.kinds else KIND)
            if not family:
                raise _unknown_cell()
            parts[family].append((key, count))
        return {table: self._rolled(table, parts[table.family or KIND]) for table in self.tables}

    def family_of(self) -> dict[str, str]:
        """Each kind -> the family it is of."""
        own = dict.fromkeys(self.kinds, KIND)
        return own | {kind: family for family, kinds in self.families.items() for kind in kinds}

    def _rolled(self, table: TableSpec, events: Iterable[tuple[CellKey, int]]) -> Counts:
        areas, periods, kinds = ({name: at for at, name in enumerate(axis)} for axis in self.axes(table))
        above = self._ancestors(table.area_level)
        within = {month: at for period, at in periods.items() for month in months_of(period)}
        known = set(self.months)
        counts = np.zeros(self.shape(table), dtype=np.int64)
        for key, count in events:
            if key.area not in above or key.period not in known:
                raise _unknown_cell()
            if key.period in within:
                kind = kinds[key.kind if table.family else ALL_KINDS]
                counts[areas[above[key.area]], within[key.period], kind] += count
        return counts.reshape(-1)

    def _ancestors(self, level: str) -> dict[str, str]:
        """Each area at or below `level` -> its ancestor there."""
        parents = {place.code: place.parent for place in self.areas}
        levels = {place.code: AREA_LEVELS.index(place.level) for place in self.areas}
        target = AREA_LEVELS.index(level)
        found = {}
        for code, start in levels.items():
            at, here = code, start
            while here < target:
                at, here = parents[at], here + 1
            if here == target:
                found[code] = at
        return found

    def _begun(self, level: str) -> tuple[str, ...]:
        return tuple(sorted({_period_of(month, level) for month in self.months}))


def _unknown_cell() -> Invalid:
    return Invalid("An event is counted under a key that the lattice does not have", code="unknown-cell")


def _period_of(month: str, level: str) -> str:
    if level == "month":
        return month
    return quarter_of(month) if level == "quarter" else year_of(month)


def _check_names(lattice: Lattice) -> None:
    for what, names in (
        ("area", [place.code for place in lattice.areas]),
        ("month", lattice.months),
        ("kind", [*lattice.kinds, *(kind for kinds in lattice.families.values() for kind in kinds)]),
        ("table", lattice.tables),
    ):
        if len(set(names)) != len(names):
            raise Invalid(f"A {what} stands twice in the lattice", code="bad-lattice")
    if not all(_MONTH.fullmatch(month) for month in lattice.months):
        raise Invalid("A month of the lattice is not written as 2026-10", code="bad-lattice")
    if ALL_KINDS in lattice.family_of() or not all(place.code for place in lattice.areas):
        raise Invalid("A kind or an area of the lattice has no name", code="bad-lattice")
    named = {"", KIND, *lattice.families}
    if KIND in lattice.families or not named.issuperset(table.family for table in lattice.tables):
        raise Invalid("A table of the lattice is divided by a family that is not given", code="bad-lattice")
    if not lattice.sensitive.issubset(SENSITIVE_DIMENSIONS):
        raise Invalid("A sensitive dimension is neither area nor kind", code="bad-lattice")


def _check_tree(areas: Iterable[AreaPlace]) -> None:
    levels = {place.code: place.level for place in areas}
    for place in areas:
        if place.level not in AREA_LEVELS:
            raise Invalid(f"Area {place.code} has no known level", code="bad-lattice")
        at = AREA_LEVELS.index(place.level)
        if at + 1 < len(AREA_LEVELS) and levels.get(place.parent) != AREA_LEVELS[at + 1]:
            raise Invalid(f"Area {place.code} has no parent of level {AREA_LEVELS[at + 1]}", code="bad-lattice")
