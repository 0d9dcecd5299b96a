"""The mask builder's working sheet: every cell of a closure with what is shown of it, and which of them leak."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from hub.disclosure.equations import Equations
from hub.disclosure.lattice import Lattice
from hub.disclosure.model import CellState, Counts, MaskedTable, Profile, States, TableSpec
from hub.disclosure.profiles import protect
from hub.disclosure.propagation import UNBOUNDED, Bounds

IMPLIED = 3
"""The state of a cell that is published nowhere, but that published cells bound."""

Marks = npt.NDArray[np.bool_]
"""One mark for each cell of a closure."""


class Sheet:
    """What is shown of each cell of a closure, and the bounds that this alone puts on it.

    It opens with thresholds and rounding only; `withhold` is the only change.
    """

    __slots__ = ("lower", "profile", "states", "system", "table_cells", "upper", "values", "zero_shown")

    def __init__(
        self, lattice: Lattice, system: Equations, counts: Mapping[TableSpec, Counts], profile: Profile
    ) -> None:
        self.system, self.profile = system, profile
        self.states: States = np.full(system.size, IMPLIED, dtype=np.uint8)
        self.values: Counts = np.zeros(system.size, dtype=np.int64)
        self.zero_shown: Marks = np.zeros(system.size, dtype=bool)
        self.table_cells: Counts = np.ones(system.size, dtype=np.int64)
        for table in system.tables:
            span = system.span(table)
            self.zero_shown[span] = profile.shows_zero(table, lattice.sensitive)
            self.table_cells[span] = span.stop - span.start
            if table in counts:
                sensitive = table.is_sensitive(lattice.sensitive)
                self.states[span], self.values[span] = protect(counts[table], profile, sensitive)
        self.lower, self.upper = self._said()

    def withhold(self, cells: Counts) -> None:
        """Withhold these published cells: nothing is said of them any more."""
        self.states[cells] = CellState.WITHHELD
        self.values[cells], self.lower[cells], self.upper[cells] = 0, 0, UNBOUNDED

    def leaks(self, bounds: Bounds, protection: int) -> Counts:
        """The cells whose interval is narrower than `protection`: hidden ones, and implied ones that would be shown as `*`."""
        narrow = bounds.upper - bounds.lower < protection
        hidden = (self.states == CellState.STAR) | (self.states == CellState.WITHHELD)
        small = (self.states == IMPLIED) & (bounds.upper < self.profile.threshold)
        small &= (bounds.upper > 0) | ~(self.zero_shown | self._openly_zero())
        return np.flatnonzero(narrow & (hidden | small))

    def table(self, spec: TableSpec) -> MaskedTable:
        """The published cells of one table, as copies."""
        span = self.system.span(spec)
        return MaskedTable(spec, self.states[span].copy(), self.values[span].copy())

    def withheld(self, spec: TableSpec) -> int:
        """How many cells of a table are withheld."""
        return int(np.count_nonzero(self.states[self.system.span(spec)] == CellState.WITHHELD))

    def _openly_zero(self) -> Marks:
        """The cells that follow from published zeros alone: parts of a 0, totals of zeros. Nothing else hides there."""
        zero: Marks = (self.states == CellState.NUMBER) & (self.values == 0)
        before, now = -1, int(np.count_nonzero(zero))
        while before < now:
            for roll_up in reversed(self.system.roll_ups):
                zero[roll_up.children] |= zero[roll_up.parents[roll_up.equation_of]]
            for roll_up in self.system.roll_ups:
                zero[roll_up.parents] |= np.logical_and.reduceat(zero[roll_up.children], roll_up.starts)
            before, now = now, int(np.count_nonzero(zero))
        return zero

    def _said(self) -> tuple[Counts, Counts]:
        """The bounds that the publication of each cell alone gives, by the profile's public rule."""
        lower, upper = np.zeros_like(self.values), np.full_like(self.values, UNBOUNDED)
        below, above = self.profile.round_to // 2, (self.profile.round_to - 1) // 2
        number, star = self.states == CellState.NUMBER, self.states == CellState.STAR
        counted = number & (self.values > 0)
        lower[counted] = np.maximum(self.values[counted] - below, self.profile.threshold)
        upper[counted] = self.values[counted] + above
        upper[number & (self.values == 0)] = 0
        lower[star] = self.zero_shown[star]  # a zero that is shown is not behind a `*`
        upper[star] = self.profile.threshold - 1
        return lower, upper
