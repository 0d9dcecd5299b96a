"""Which cells to withhold so that leaking cells are pinned no longer: the cheapest neighbours in the equations that pin them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from hub.disclosure.equations import Equations, RollUp
from hub.disclosure.model import CellState, Counts
from hub.disclosure.propagation import UNBOUNDED, Bounds
from hub.disclosure.sheet import Sheet

Side = tuple[int, bool]
"""One bound of one cell: its position, and whether the upper bound is meant (else the lower)."""


@dataclass(frozen=True, slots=True)
class Step:
    """A roll-up, and for each cell of its two tables the equation in which it stands as child or as parent."""

    roll_up: RollUp
    of_child: dict[int, int]
    of_parent: dict[int, int]


def steps_of(system: Equations) -> tuple[Step, ...]:
    """The steps of a closure: made once, used in every round."""
    return tuple(
        Step(
            roll_up,
            dict(zip(roll_up.children.tolist(), roll_up.equation_of.tolist(), strict=True)),
            {parent: equation for equation, parent in enumerate(roll_up.parents.tolist())},
        )
        for roll_up in system.roll_ups
    )


def cells_to_withhold(sheet: Sheet, steps: tuple[Step, ...], bounds: Bounds, leaks: Counts, protection: int) -> Counts:
    """Published cells, none withheld yet, whose withholding frees the `leaks`; empty when there is none that could.

    One cell an equation and call: the next round sees what it did. `bounds` must be the fixpoint of the sheet.
    """
    reasons = _Reasons(sheet, steps, bounds)
    chosen: set[int] = set()
    eased: set[tuple[int, int]] = set()
    for cell in leaks.tolist():
        ways = [list(reasons.pins(side)) for side in reasons.sides_to_free(cell, protection)]
        if any(pin.equation in eased for way in ways for pin in way):
            continue
        need = protection - reasons.width(cell)
        options = [picks for way in ways if (picks := reasons.picks(way, need))]
        chosen.update(*sorted(options, key=reasons.cost)[:1])
        eased.update(pin.equation for way in ways for pin in way)
    return np.array(sorted(chosen), dtype=np.int64)


@dataclass(frozen=True, slots=True)
class _Pin:
    """An equation that holds a bound of a cell where it is, and the bounds of the other members that make it do so."""

    equation: tuple[int, int]
    held_by: tuple[Side, ...]


class _Reasons:
    """Why each bound of a fixpoint is what it is."""

    def __init__(self, sheet: Sheet, steps: tuple[Step, ...], bounds: Bounds) -> None:
        self._steps = steps
        self._now = bounds.lower.tolist(), bounds.upper.tolist()
        self._own = sheet.lower.tolist(), sheet.upper.tolist()
        self._shown = (sheet.states <= CellState.STAR).tolist()
        self._price = np.stack((-sheet.table_cells, sheet.values), axis=1).tolist()
        self._sums = _sums(steps, bounds.lower, bounds.upper)
        self._own_sums = _sums(steps, sheet.lower, sheet.upper)

    def width(self, cell: int) -> int:
        """How much is left between the bounds of a cell."""
        return int(self._now[1][cell] - self._now[0][cell])

    def cost(self, cells: set[int]) -> list[list[int]]:
        """What withholding these cells loses, to be compared: cells of large tables are cheap, then those of small value."""
        return sorted((self._price[cell] for cell in cells), reverse=True)

    def sides_to_free(self, cell: int, protection: int) -> list[Side]:
        """The bounds of which either, freed, leaves the cell its protection; the wider way first."""
        room = {
            (cell, True): self._own[1][cell] - self._now[0][cell],
            (cell, False): self._now[1][cell] - self._own[0][cell],
        }
        enough = [side for side in room if room[side] >= protection]
        return enough or list(room)

    def pins(self, side: Side) -> Iterator[_Pin]:
        """The equations that give this bound."""
        cell, is_upper = side
        for at, step in enumerate(self._steps):
            equation = step.of_parent.get(cell)
            if equation is not None and self._sums[at][is_upper][equation] == self._bound(side):
                members = step.roll_up.members(equation).tolist()
                yield _Pin((at, equation), tuple((child, is_upper) for child in members))
            if (equation := step.of_child.get(cell)) is not None:
                parent = int(step.roll_up.parents[equation])
                others = self._sums[at][not is_upper][equation] - self._bound((cell, not is_upper))
                if self._bound((parent, is_upper)) - others == self._bound(side):
                    siblings = (child for child in step.roll_up.members(equation).tolist() if child != cell)
                    held_by = ((parent, is_upper), *((sibling, not is_upper) for sibling in siblings))
                    yield _Pin((at, equation), held_by)

    def picks(self, pins: list[_Pin], need: int) -> set[int]:
        """One cell for each pin whose neighbours show what pins; else the nearest one farther away; empty if there is none.

        At a fixpoint there always is one: a bound that says something comes, step by step, from something shown.
        """
        near = {cell for pin in pins for cell in self._cheapest(pin.held_by, need)}
        seen: set[Side] = set()
        frontier = {side for pin in pins for side in pin.held_by}
        while frontier and not near:
            seen |= frontier
            frontier = {far for side in sorted(frontier) for pin in self.pins(side) for far in pin.held_by} - seen
            near = self._cheapest(tuple(frontier), need)
        return near

    def _cheapest(self, sides: tuple[Side, ...], need: int) -> set[int]:
        """The cheapest cell that gives `need` when withheld, or the one that gives most; empty when nothing is shown."""
        gains = {side[0]: self._gain(side) for side in sides if self._is_shown(side)}
        enough = {cell: gain for cell, gain in gains.items() if gain >= need}
        if enough:
            return {min(enough, key=lambda cell: (self._price[cell], cell))}
        return {max(gains, key=lambda cell: (gains[cell], -cell))} if gains else set()

    def _gain(self, side: Side) -> int:
        """How far this bound would give way if its cell were withheld: until what its neighbours show stops it."""
        cell, is_upper = side
        stops = [UNBOUNDED if is_upper else 0]
        for at, step in enumerate(self._steps):
            equation = step.of_parent.get(cell)
            if equation is not None:
                stops.append(self._own_sums[at][is_upper][equation])
            equation = step.of_child.get(cell)
            if equation is not None:
                parent = int(step.roll_up.parents[equation])
                others = self._own_sums[at][not is_upper][equation] - self._own[not is_upper][cell]
                stops.append(
                    self._own[is_upper][parent] - others if self._own[is_upper][parent] < UNBOUNDED else UNBOUNDED
                )
        return min(stops) - self._bound(side) if is_upper else self._bound(side) - max(stops)

    def _is_shown(self, side: Side) -> bool:
        """Whether this bound comes from what is shown of the cell itself, and says something."""
        cell, is_upper = side
        says = is_upper or self._bound(side) > 0
        return bool(self._shown[cell] and says and self._own[is_upper][cell] == self._bound(side))

    def _bound(self, side: Side) -> int:
        return int(self._now[side[1]][side[0]])


def _sums(steps: tuple[Step, ...], lower: Counts, upper: Counts) -> tuple[tuple[list[int], list[int]], ...]:
    """For each step the sums of its equations' children: of the lower and of the upper bounds."""
    return tuple(
        (
            np.add.reduceat(lower[step.roll_up.children], step.roll_up.starts).tolist(),
            np.add.reduceat(upper[step.roll_up.children], step.roll_up.starts).tolist(),
        )
        for step in steps
    )
