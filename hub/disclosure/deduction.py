"""What the attacker can deduce: written down anew from published cells alone, so that it judges the mask and does not repeat it.

Nothing here is shared with the mask builder: no closure, no equations, no propagation. The attacker knows cells by their names and
adds up whatever names belong together; it also reasons about finer cells that nobody published, where two tables overlap.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from itertools import combinations, product

import numpy as np
import numpy.typing as npt

from hub.disclosure.lattice import AreaPlace
from hub.disclosure.model import ALL_KINDS, KIND, CellKey, CellState, Profile, PublishedCell, Relation, TableSpec
from hub.kit.errors import Bug

REFINED_CELLS = 25_000
"""How many unpublished finer cells the attacker reasons about for one measure; the smallest refinements come first."""

MAX_PASSES = 5_000
"""Passes after which the attacker gives up, loudly."""

_AREAS = ("lsoa21", "ward", "borough")
_PERIODS = ("month", "quarter", "year")
_UNSEEN = CellKey("", "", "")
Bound = npt.NDArray[np.float64]
"""A bound of each cell of a notebook; infinity: none."""


class Standing(IntEnum):
    """How the attacker comes by a cell."""

    NUMBER = 0
    STAR = 1
    WITHHELD = 2
    KNOWN = 3
    """Counted in rows that the attacker holds."""
    IMPLIED = 4
    """Published nowhere, bound by others."""
    UNSEEN = 5
    """All the siblings of a sum that the attacker may not see, together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicRules:
    """What everybody knows of a measure before seeing a cell: the profile, what is sensitive, and what there is to count.

    `areas` is the area tree, `months` those the snapshot holds, `kinds` all kinds that a counted event can have, `families` the
    kinds of every other family by which the same events are divided, `relations` what their definitions say of one another.
    """

    profile: Profile
    sensitive: frozenset[str]
    areas: tuple[AreaPlace, ...]
    months: tuple[str, ...]
    kinds: tuple[str, ...]
    families: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    relations: tuple[Relation, ...] = ()


class Notebook:
    """The attacker's notes on one measure: cells by name, what is said of each, and the sums that must hold.

    `lower` and `upper` are bounds of the count (infinity: none), parallel to `keys` and `standing`. Note what is published and
    known, then `refine`, `add_up` and `narrow`, in that order.
    """

    def __init__(self, rules: PublicRules) -> None:
        self.keys: list[CellKey] = []
        self.standing: list[Standing] = []
        self.lower: list[float] = []
        self.upper: list[float] = []
        self.openly_zero: set[int] = set()
        self._rules = rules
        self._at: dict[CellKey, int] = {}
        self._sums: list[tuple[int, list[int]]] = []
        self._level = {place.code: place.level for place in rules.areas}
        self._parent = {place.code: place.parent for place in rules.areas}
        self._kinds: dict[str, tuple[str, ...]] = {"": (ALL_KINDS,), KIND: rules.kinds, **rules.families}
        self._family = {kind: family for family, kinds in self._kinds.items() for kind in kinds}
        self._siblings: dict[str, int] = {}
        for place in rules.areas:
            self._siblings[place.parent] = self._siblings.get(place.parent, 0) + 1

    def note_published(self, table: TableSpec, cells: Mapping[CellKey, PublishedCell]) -> None:
        """Write down what a table says of its cells. A cell under another level's name is a Bug (`foreign-cell`)."""
        zero_shown = self.zero_shown(table)
        for key, cell in cells.items():
            if self.table_of(key) != table:
                raise Bug(f"A cell of {table.name} has the name of another table's cell", code="foreign-cell")
            self._note(key, *self._meaning(cell, zero_shown=zero_shown), Standing(cell.state))
            if cell.state == CellState.NUMBER and cell.value == 0:
                self.openly_zero.add(self._at[key])

    def note_known(self, counts: Mapping[CellKey, int]) -> None:
        """Write down exact counts that the attacker has from rows."""
        for key, count in counts.items():
            self._note(key, count, count, Standing.KNOWN)

    def refine(self, tables: Iterable[TableSpec], *, most: int) -> tuple[str, ...]:
        """Add the unpublished cells in which tables overlap, smallest tables first, up to `most`; the names of those left out."""
        given = set(tables)
        refined = set(given)
        while grown := {one for pair in combinations(sorted(refined), 2) for one in _refinements(*pair)} - refined:
            refined |= grown
        left_out = []
        for size, table in sorted((self._size(table), table) for table in refined - given):
            if size > most:
                left_out.append(table.name)
                continue
            most -= size
            for parts in product(*self._names(table)):
                self._note(CellKey(*parts), 0, np.inf, Standing.IMPLIED)
        return tuple(left_out)

    def add_up(self) -> None:
        """Write down every sum of which the attacker can name all parts, from the finest cells upwards.

        A sum of which some parts may not be seen holds with the rest as one more part. Where all parts are there and the sum is
        published nowhere, the sum is an implied cell.
        """
        layers: list[list[int]] = [[] for _ in range(len(_AREAS) + len(_PERIODS))]
        for at, key in enumerate(self.keys):
            layers[self._height(key)].append(at)
        for height, layer in enumerate(layers):
            parts: dict[tuple[str, CellKey], list[int]] = {}
            for at in layer:
                for dimension, above in self._above(self.keys[at]):
                    parts.setdefault((dimension, above), []).append(at)
            for (dimension, above), children in parts.items():
                missing = len(children) < self._expected(dimension, above)
                if above not in self._at:
                    if missing:
                        continue
                    self._note(above, 0, np.inf, Standing.IMPLIED)
                    layers[height + 1].append(self._at[above])
                self._sums.append((self._at[above], children + ([self._unseen()] if missing else [])))
        self._spread_zeros()
        for relation in self._rules.relations:
            self._relate(relation)

    def narrow(self) -> tuple[Bound, Bound, int]:
        """The bounds after all sums have been used until nothing narrows any more, and the passes that took.

        Bug (`contradiction`) when no counts at all fit what is published; Bug (`no-fixpoint`) when it does not end.
        """
        lower, upper = np.array(self.lower, dtype=float), np.array(self.upper, dtype=float)
        totals = np.array([total for total, _ in self._sums], dtype=np.int64)
        which = np.repeat(np.arange(len(totals)), [len(children) for _, children in self._sums])
        parts = np.array([child for _, children in self._sums for child in children], dtype=np.int64)
        for done in range(1, MAX_PASSES + 1):
            old = lower.copy(), upper.copy()
            _narrow_once(lower, upper, totals, which, parts)
            if np.any(lower > upper):
                raise Bug("Published cells contradict each other", code="contradiction")
            if np.array_equal(lower, old[0]) and np.array_equal(upper, old[1]):
                return lower, upper, done
        raise Bug("The attacker found no fixpoint", code="no-fixpoint")

    def zero_shown(self, table: TableSpec) -> bool:
        """Whether a zero stands as 0 in this table: the profile hides none, and no sensitive dimension is used."""
        if self._rules.profile.hides_zero:
            return False
        by_area = "area" in self._rules.sensitive and table.area_level != "borough"
        by_kind = "kind" in self._rules.sensitive and table.with_kind
        return not (by_area or by_kind)

    def table_of(self, key: CellKey) -> TableSpec:
        """The table in which a cell of this name stands."""
        return TableSpec(self._level[key.area], _period_level(key.period), self._family[key.kind])

    def _meaning(self, cell: PublishedCell, *, zero_shown: bool) -> tuple[float, float]:
        """Between which counts the true one lies, by the profile's public rule."""
        profile = self._rules.profile
        if cell.state == CellState.WITHHELD:
            return 0, np.inf
        if cell.state == CellState.STAR:
            return int(zero_shown), profile.threshold - 1
        fits = [
            count
            for count in range(max(0, cell.value - profile.round_to), cell.value + profile.round_to + 1)
            if (count == 0 or count >= profile.threshold) and _rounded(count, profile.round_to) == cell.value
        ]
        if not fits:
            raise Bug("A published number is none that the profile can show", code="impossible-number")
        return fits[0], fits[-1]

    def _note(self, key: CellKey, lower: float, upper: float, standing: Standing) -> None:
        at = self._at.setdefault(key, len(self.keys))
        if at == len(self.keys):
            self._append(key, lower, upper, standing)
            return
        self.lower[at], self.upper[at] = max(self.lower[at], lower), min(self.upper[at], upper)
        if standing != Standing.IMPLIED:
            self.standing[at] = standing

    def _append(self, key: CellKey, lower: float, upper: float, standing: Standing) -> None:
        self.keys.append(key)
        self.lower.append(lower)
        self.upper.append(upper)
        self.standing.append(standing)

    def _spread_zeros(self) -> None:
        """The parts of an openly published 0 are openly 0, and so is a total of such parts."""
        known = -1
        while known < len(self.openly_zero):
            known = len(self.openly_zero)
            for total, children in reversed(self._sums):
                if total in self.openly_zero:
                    self.openly_zero.update(children)
            self.openly_zero.update(total for total, children in self._sums if self.openly_zero.issuperset(children))

    def _relate(self, relation: Relation) -> None:
        """Write a relation down as sums, in every area and period where all of its whole can be named: whole = part + the rest.
        What cannot be named of the part makes the rest larger.
        """
        for key in [key for key in self.keys if key.kind == relation.whole[0]]:
            whole = [self._at.get(key._replace(kind=kind)) for kind in relation.whole]
            part = [at for kind in relation.part if (at := self._at.get(key._replace(kind=kind))) is not None]
            named = [at for at in whole if at is not None]
            if part and len(named) == len(whole):
                total = self._unseen()
                self._sums += [(total, named), (total, [*part, self._unseen()])]

    def _unseen(self) -> int:
        self._append(_UNSEEN, 0, np.inf, Standing.UNSEEN)
        return len(self.keys) - 1

    def _above(self, key: CellKey) -> Iterator[tuple[str, CellKey]]:
        """The sums in which a cell is a part, one a dimension: an area, a period, and the family of its kind."""
        if self._parent[key.area]:
            yield "area", key._replace(area=self._parent[key.area])
        if len(key.period) > 4:
            yield "period", key._replace(period=_period_above(key.period))
        if key.kind:
            yield self._family[key.kind], key._replace(kind=ALL_KINDS)

    def _expected(self, dimension: str, above: CellKey) -> int:
        """How many parts a sum has."""
        if dimension == "area":
            return self._siblings[above.area]
        if dimension == "period":
            return 4 if len(above.period) == 4 else 3
        return len(self._kinds[dimension])

    def _height(self, key: CellKey) -> int:
        area, period = _AREAS.index(self._level[key.area]), _PERIODS.index(_period_level(key.period))
        return area + period + (not key.kind)

    def _names(self, table: TableSpec) -> tuple[list[str], list[str], list[str]]:
        areas = [code for code, level in self._level.items() if level == table.area_level]
        periods = list(self._rules.months)
        for _ in range(_PERIODS.index(table.period_level)):
            above = [_period_above(period) for period in periods]
            periods = sorted({name for name in above if above.count(name) == (4 if len(name) == 4 else 3)})
        return areas, periods, list(self._kinds[table.family])

    def _size(self, table: TableSpec) -> int:
        areas, periods, kinds = self._names(table)
        return len(areas) * len(periods) * len(kinds)


def _narrow_once(
    lower: Bound,
    upper: Bound,
    totals: npt.NDArray[np.int64],
    which: npt.NDArray[np.int64],
    parts: npt.NDArray[np.int64],
) -> None:
    """Use every sum once, all at the same time, in place: parts bound their total, a total and the other parts bound a part."""
    endless = np.isinf(upper)
    finite = np.where(endless, 0, upper)
    least = np.bincount(which, lower[parts], len(totals))
    most = np.bincount(which, finite[parts], len(totals))
    without_end = np.bincount(which, endless[parts], len(totals))
    total_lower, total_upper = lower[totals], upper[totals]
    others_end = without_end[which] == endless[parts]
    at_least = np.where(others_end, total_lower[which] - (most[which] - finite[parts]), 0)
    at_most = total_upper[which] - (least[which] - lower[parts])
    np.maximum.at(lower, totals, least)
    np.minimum.at(upper, totals, np.where(without_end == 0, most, np.inf))
    np.maximum.at(lower, parts, at_least)
    np.minimum.at(upper, parts, at_most)


def _refinements(one: TableSpec, other: TableSpec) -> set[TableSpec]:
    """The coarsest tables that together roll up to both: one, or one for each of two families, whose cells cannot be crossed."""
    area = _AREAS[min(_AREAS.index(one.area_level), _AREAS.index(other.area_level))]
    period = _PERIODS[min(_PERIODS.index(one.period_level), _PERIODS.index(other.period_level))]
    families = {one.family, other.family}
    return {TableSpec(area, period, family) for family in (families - {""} or families)}


def _period_level(period: str) -> str:
    if len(period) == 4:
        return "year"
    return "quarter" if period[5] == "Q" else "month"


def _period_above(period: str) -> str:
    """The quarter of a month, the year of a quarter."""
    year, part = period.split("-")
    return year if part[0] == "Q" else f"{year}-Q{1 + (int(part) - 1) // 3}"


def _rounded(count: int, step: int) -> int:
    return step * ((count + step // 2) // step)
