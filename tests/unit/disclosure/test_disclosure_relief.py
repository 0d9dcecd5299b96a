"""What is withheld to free a leaking cell: the cheapest neighbour that helps, near or far."""

from __future__ import annotations

import numpy as np
import pytest

from hub.disclosure import NHS_HES, CellKey, Lattice, TableSpec
from hub.disclosure.equations import equations
from hub.disclosure.propagation import Bounds, propagate
from hub.disclosure.relief import cells_to_withhold, steps_of
from hub.disclosure.sheet import Sheet
from tests.support.disclosure import a_lattice

EXACTLY = NHS_HES.unrounded()


class Board:
    """A sheet with its lattice, by key."""

    def __init__(self, lattice: Lattice, happened: dict[CellKey, int]) -> None:
        counts = lattice.roll_up(happened)
        self.system = equations(lattice, lattice.tables)
        self.keys = [key for table in self.system.tables for key in lattice.cells(table)]
        self.sheet = Sheet(lattice, self.system, counts, EXACTLY)

    def chosen(self, bounds: Bounds | None = None) -> set[CellKey]:
        """What one round withholds."""
        bounds = bounds or propagate(self.system, self.sheet.lower, self.sheet.upper)
        leaks = self.sheet.leaks(bounds, 3)
        cells = cells_to_withhold(self.sheet, steps_of(self.system), bounds, leaks, 3)
        self.sheet.withhold(cells)
        return {self.keys[cell] for cell in cells.tolist()}


def test_the_smallest_sibling_goes_before_a_larger_one_and_before_the_total() -> None:
    lattice = a_lattice(tables=["borough-month", "borough-quarter"], kinds=())
    counts = {"2026-01": 2, "2026-02": 30, "2026-03": 20}
    board = Board(lattice, {CellKey("W00", month, ""): count for month, count in counts.items()})
    assert board.chosen() == {CellKey("B", "2026-03", "")}
    assert board.chosen() == set()


def test_a_cell_whose_withholding_would_free_nothing_is_passed_over() -> None:
    lattice = a_lattice(tables=["ward-month", "borough-month", "ward-quarter"], wards=3, kinds=())
    happened = {CellKey("W00", "2026-01", ""): 2, CellKey("W01", "2026-01", ""): 9, CellKey("W02", "2026-01", ""): 60}
    happened |= {CellKey(ward, "2026-02", ""): 40 for ward in ("W00", "W02")}
    board = Board(lattice, happened)
    first = board.chosen()
    # W01 has its only crimes in January, so its quarter, shown, would give a withheld January away at once.
    assert CellKey("W01", "2026-01", "") not in first
    assert first


def test_where_the_neighbours_show_nothing_the_nearest_source_farther_away_is_withheld() -> None:
    lattice = a_lattice(tables=["lsoa21-month", "borough-month"], wards=3, lsoas=3, months=("2026-01",), kinds=())
    counts = {"L000": 2, "L001": 9, "L002": 20}
    board = Board(lattice, {CellKey(area, "2026-01", ""): count for area, count in counts.items()})
    # Each LSOA hangs by itself under a ward that nobody publishes: one step farther stands the borough's sum.
    assert board.chosen() == {CellKey("B", "2026-01", "")}
    assert board.chosen() == set()


def test_bounds_that_nothing_shown_explains_free_nothing() -> None:
    lattice = a_lattice(tables=["borough-month", "borough-quarter"], kinds=())
    board = Board(lattice, {CellKey("W00", "2026-01", ""): 2})
    unexplained = Bounds(np.full(board.system.size, 2), np.full(board.system.size, 3), 1)
    assert board.chosen(unexplained) == set()


@pytest.mark.parametrize("count", range(1, 8))
def test_whichever_side_pins_a_small_count_one_round_frees_it(count: int) -> None:
    lattice = a_lattice(tables=["borough-month", "borough-quarter"], kinds=())
    counts = {"2026-01": count, "2026-02": 12, "2026-03": 20}
    board = Board(lattice, {CellKey("W00", month, ""): number for month, number in counts.items()})
    assert len(board.chosen()) == 1
    assert board.chosen() == set()


def test_withholding_says_nothing_more_of_a_cell() -> None:
    lattice = a_lattice(tables=["borough-month"], kinds=())
    board = Board(lattice, {CellKey("W00", "2026-01", ""): 12})
    table = TableSpec.named("borough-month")
    assert board.sheet.withheld(table) == 0
    board.sheet.withhold(np.array([board.system.span(table).start]))
    assert board.sheet.withheld(table) == 1
    assert board.sheet.table(table).values.tolist() == [0, 0, 0]
