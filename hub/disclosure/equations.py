"""Which cells of a lattice must add up to which: the equations that anybody may write down over the published tables.

Two cells one step apart in one dimension are bound: a quarter is the sum of its months, a ward the sum of its LSOAs, all kinds
the sum of the kinds of each family. Tables that nobody published take part too, as *implied* cells:

- every coarser table of a published one, since its cells are plain sums of published cells;
- a finer table where published tables overlap in a ring (ward x quarter, ward x year x kind and borough x quarter x kind, but not
  ward x quarter x kind): only there does the common refinement bind them further. Where tables overlap in a tree, margins that
  agree pairwise always have a common refinement (decomposable models: Dobra and Fienberg 2000, PNAS 97), so it adds nothing.
  No table crosses two families. A ring that runs through two of them is opened by one finer table for each: these overlap in
  their areas and periods alone, that is, in a tree.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np
import numpy.typing as npt

from hub.disclosure.lattice import Lattice, quarter_of, year_of
from hub.disclosure.model import AREA_LEVELS, PERIOD_LEVELS, Counts, TableSpec

Positions = npt.NDArray[np.int64]
"""Positions of cells in the closure, or of equations in a roll-up; -1: none."""


@dataclass(frozen=True, slots=True)
class RollUp:
    """The equations between one table and the next coarser one in one dimension: each parent is the sum of its children.

    Equation `e` binds `parents[e]` to `children[starts[e] : starts[e + 1]]` (positions in the closure). In one roll-up no cell is a
    parent twice, nor a child twice. `equation_of[k]` is the equation of `children[k]`.
    """

    fine: TableSpec
    coarse: TableSpec
    parents: Positions
    starts: Positions
    children: Positions
    equation_of: Positions

    def members(self, equation: int) -> Positions:
        """The children of one equation."""
        end = self.starts[equation + 1] if equation + 1 < len(self.starts) else len(self.children)
        return self.children[self.starts[equation] : end]


@dataclass(frozen=True, slots=True)
class Equations:
    """The closure of some published tables: its tables finest first, where each begins, and the roll-ups between them.

    The cells of table `t` stand at `starts[t]` up to `starts[t + 1]`, in the order of `Lattice.cells`. `size` cells in all.
    """

    tables: tuple[TableSpec, ...]
    starts: tuple[int, ...]
    roll_ups: tuple[RollUp, ...]

    @property
    def size(self) -> int:
        """How many cells the closure has, published and implied."""
        return self.starts[-1]

    def span(self, table: TableSpec) -> slice:
        """Where the cells of `table` stand."""
        at = self.tables.index(table)
        return slice(self.starts[at], self.starts[at + 1])


def closure(published: Iterable[TableSpec]) -> tuple[TableSpec, ...]:
    """The published tables with all implied ones, finest first."""
    tables = set(published)
    tables |= _ring(tables)
    every = (TableSpec(*parts) for parts in product(AREA_LEVELS, PERIOD_LEVELS, {"", *(one.family for one in tables)}))
    implied = {table for table in every if any(fine.rolls_up_to(table) for fine in tables)}
    return tuple(sorted(implied, key=lambda table: (_height(table), table)))


def equations(lattice: Lattice, published: Iterable[TableSpec]) -> Equations:
    """Every one-step roll-up over the closure of `published` for which all parts exist."""
    tables = closure(published)
    sizes = [int(np.prod(lattice.shape(table))) for table in tables]
    starts = tuple(int(start) for start in np.concatenate(([0], np.cumsum(sizes))))
    roll_ups = (
        _roll_up(
            lattice, fine=(table, starts[at]), coarse=(coarser, starts[tables.index(coarser)]), dimension=dimension
        )
        for at, table in enumerate(tables)
        for dimension, coarser in _one_step_up(table)
    )
    return Equations(tables, starts, tuple(roll_up for roll_up in roll_ups if len(roll_up.parents)))


def first_broken(system: Equations, counts: Counts, known: Collection[TableSpec]) -> tuple[TableSpec, TableSpec] | None:
    """The first pair of tables whose exact counts do not add up, finest first; None if all do.

    `counts` are those of the `known` tables; implied coarser tables are summed up on the way, implied finer ones left alone.
    """
    filled, is_known = counts.copy(), np.zeros(system.size, dtype=bool)
    for table in known:
        is_known[system.span(table)] = True
    for roll_up in system.roll_ups:
        sums = np.add.reduceat(filled[roll_up.children], roll_up.starts)
        whole = np.logical_and.reduceat(is_known[roll_up.children], roll_up.starts)
        if np.any(whole & is_known[roll_up.parents] & (filled[roll_up.parents] != sums)):
            return roll_up.fine, roll_up.coarse
        fresh = roll_up.parents[whole & ~is_known[roll_up.parents]]
        filled[fresh] = sums[whole & ~is_known[roll_up.parents]]
        is_known[fresh] = True
    return None


def _height(table: TableSpec) -> int:
    return AREA_LEVELS.index(table.area_level) + PERIOD_LEVELS.index(table.period_level) + (not table.family)


def _one_step_up(table: TableSpec) -> Iterator[tuple[int, TableSpec]]:
    """The next coarser table in each dimension: (0 area, 1 period, 2 kind)."""
    area, period = AREA_LEVELS.index(table.area_level), PERIOD_LEVELS.index(table.period_level)
    if area + 1 < len(AREA_LEVELS):
        yield 0, TableSpec(AREA_LEVELS[area + 1], table.period_level, table.family)
    if period + 1 < len(PERIOD_LEVELS):
        yield 1, TableSpec(table.area_level, PERIOD_LEVELS[period + 1], table.family)
    if table.family:
        yield 2, TableSpec(table.area_level, table.period_level)


_FEATURES = {"ward": "w", "lsoa21": "wl", "quarter": "q", "month": "qm"}
"""What a level distinguishes beyond the coarsest: a table is the set of its features, tables overlap in the common ones. The name
of a family is a feature too."""


def _ring(tables: set[TableSpec]) -> set[TableSpec]:
    """The common refinement of the tables that overlap in a ring, one for each family in it; none where they overlap in a tree
    (Graham's reduction).
    """
    edges = {_features(table) for table in tables}
    while True:
        lonely = {name for name in frozenset().union(*edges) if sum(name in edge for edge in edges) == 1}
        reduced = {edge - lonely for edge in edges}
        reduced = {edge for edge in reduced if not any(edge < other for other in reduced)}
        if reduced == edges:
            break
        edges = reduced
    core = frozenset().union(*edges)
    if not core:
        return set()
    area = "lsoa21" if "l" in core else "ward" if "w" in core else "borough"
    period = "month" if "m" in core else "quarter" if "q" in core else "year"
    return {TableSpec(area, period, family) for family in core - set("wlqm")} or {TableSpec(area, period)}


def _features(table: TableSpec) -> frozenset[str]:
    levels = _FEATURES.get(table.area_level, "") + _FEATURES.get(table.period_level, "")
    return frozenset(levels) | ({table.family} if table.family else frozenset())


def _roll_up(lattice: Lattice, *, fine: tuple[TableSpec, int], coarse: tuple[TableSpec, int], dimension: int) -> RollUp:
    """The equations of one step between two tables, each given with the position of its first cell."""
    above = _parents_along(lattice, fine[0], coarse[0], dimension)
    shape = lattice.shape(coarse[0])
    where = list(np.indices(lattice.shape(fine[0])))
    where[dimension] = above[where[dimension]]
    parent = ((where[0] * shape[1] + where[1]) * shape[2] + where[2]).reshape(-1)
    parent[where[dimension].reshape(-1) < 0] = -1
    order = np.argsort(parent, kind="stable")
    order = order[np.searchsorted(parent[order], 0) :]
    parents, first, equation_of = np.unique(parent[order], return_index=True, return_inverse=True)
    return RollUp(fine[0], coarse[0], parents + coarse[1], first, order + fine[1], equation_of)


def _parents_along(lattice: Lattice, fine: TableSpec, coarse: TableSpec, dimension: int) -> Positions:
    """For each place of the fine axis, the place of its parent in the coarse axis; -1 where the parent is a gap."""
    names, targets = lattice.axes(fine)[dimension], lattice.axes(coarse)[dimension]
    places = {name: at for at, name in enumerate(targets)}
    if dimension == 0:
        tree = {place.code: place.parent for place in lattice.areas}
        found = [places[tree[name]] for name in names]
    elif dimension == 1:
        step = quarter_of if fine.period_level == "month" else year_of
        found = [places.get(step(name), -1) for name in names]
    else:
        found = [0] * len(names)
    return np.array(found, dtype=np.int64)
