"""The mask builder's working sheet: every cell of a closure with what is shown of it, and which of them leak."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hub.disclosure.equations import Equations
from hub.disclosure.lattice import Lattice
from hub.disclosure.model import CellState, Counts, MaskedTable, Profile, States, TableSpec
from hub.disclosure.profiles import protect
from hub.disclosure.propagation import UNBOUNDED, Bounds

IMPLIED = 3
"""The state of a cell that is published nowhere, but that published cells bound."""


@dataclass(slots=True)
class Sheet:
    """What is shown of each cell of a closure, and the bounds that this alone puts on it. `withhold` is the only change."""

    system: Equations
    profile: Profile
    states: States
    values: Counts
    lower: Counts
    upper: Counts
    zero_shown: npt.NDArray[np.bool_]
    table_cells: Counts

    @classmethod
    def opened(cls, lattice: Lattice, system: Equations, counts: Mapping[TableSpec, Counts], profile: Profile) -> Sheet:
        """The sheet before any masking: thresholds and rounding in the published tables, everything else implied."""
        sheet = cls(
            system=system,
            profile=profile,
            states=np.full(system.size, IMPLIED, dtype=np.uint8),
            values=np.zeros(system.size, dtype=np.int64),
            lower=np.zeros(system.size, dtype=np.int64),
            upper=np.full(system.size, UNBOUNDED, dtype=np.int64),
            zero_shown=np.zeros(system.size, dtype=bool),
            table_cells=np.ones(system.size, dtype=np.int64),
        )
        for table in system.tables:
            span = system.span(table)
            sheet.zero_shown[span] = profile.shows_zero(table, lattice.sensitive)
            sheet.table_cells[span] = span.stop - span.start
            if table in counts:
                sensitive = table.is_sensitive(lattice.sensitive)
                sheet.states[span], sheet.values[span] = protect(counts[table], profile, sensitive)
        sheet._bound()
        return sheet

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

    def _openly_zero(self) -> npt.NDArray[np.bool_]:
        """The cells that a published 0 above them, or they themselves, openly say to be 0: nothing else hides there."""
        zero: npt.NDArray[np.bool_] = (self.states == CellState.NUMBER) & (self.values == 0)
        for roll_up in reversed(self.system.roll_ups):
            zero[roll_up.children] |= zero[roll_up.parents[roll_up.equation_of]]
        return zero

    def _bound(self) -> None:
        below, above = self.profile.round_to // 2, (self.profile.round_to - 1) // 2
        number, star = self.states == CellState.NUMBER, self.states == CellState.STAR
        counted = number & (self.values > 0)
        self.lower[counted] = np.maximum(self.values[counted] - below, self.profile.threshold)
        self.upper[counted] = self.values[counted] + above
        self.upper[number & (self.values == 0)] = 0
        self.lower[star] = self.zero_shown[star]  # a zero that is shown is not behind a `*`
        self.upper[star] = self.profile.threshold - 1
