"""Interval propagation: how far bounds on some cells narrow the bounds of the others, through sums alone.

Each pass tightens every equation in both directions: a parent lies between the sums of its children's bounds, a child between what
the parent leaves when the siblings are largest and smallest. Every step is implied by the equations, so a value that fits the given
bounds and the equations is never cut off; the converse does not hold (bounds may be looser than the tightest).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from hub.disclosure.equations import Equations, RollUp
from hub.disclosure.model import Counts
from hub.kit.errors import Bug

UNBOUNDED = 1 << 40
"""An upper bound that says nothing. Far above any count, and 10^6 of them still fit an int64."""

MAX_PASSES = 5_000
"""Passes after which propagation gives up: real lattices need fewer than 50."""


class Bounds(NamedTuple):
    """What is known of each cell of a closure: `lower <= count <= upper`, and how many passes it took."""

    lower: Counts
    upper: Counts
    passes: int


def propagate(system: Equations, lower: Counts, upper: Counts, *, max_passes: int = MAX_PASSES) -> Bounds:
    """The fixpoint of the bounds under the equations; the arrays given are left as they are.

    Raises Bug (`contradiction`) when bounds cross, so that no counts at all fit them, and Bug (`no-fixpoint`) after `max_passes`.
    """
    low, high = lower.copy(), np.minimum(upper, UNBOUNDED)
    for done in range(1, max_passes + 1):
        before = low.copy(), high.copy()
        for roll_up in system.roll_ups:
            _tighten(roll_up, low, high)
        for roll_up in reversed(system.roll_ups):
            _tighten(roll_up, low, high)
        if np.any(low > high):
            raise Bug("The bounds of some cells contradict each other", code="contradiction")
        if np.array_equal(before[0], low) and np.array_equal(before[1], high):
            return Bounds(low, high, done)
    raise Bug("Interval propagation found no fixpoint", code="no-fixpoint")


def _tighten(roll_up: RollUp, low: Counts, high: Counts) -> None:
    """One roll-up, upwards then downwards, in place. Parents and children are unique in it, so plain assignment is right."""
    child_low, child_high = low[roll_up.children], high[roll_up.children]
    sum_low, sum_high = (np.add.reduceat(bound, roll_up.starts) for bound in (child_low, child_high))
    parent_low = np.maximum(low[roll_up.parents], sum_low)
    parent_high = np.minimum(high[roll_up.parents], sum_high)
    low[roll_up.parents], high[roll_up.parents] = parent_low, parent_high
    # An unbounded sibling leaves `parent_low - others` far below zero: no bound. An unbounded parent must bound no child.
    others_high = (sum_high - parent_low)[roll_up.equation_of] - child_high
    room = np.where(parent_high < UNBOUNDED, parent_high - sum_low, UNBOUNDED)[roll_up.equation_of]
    low[roll_up.children] = np.maximum(child_low, -others_high)
    high[roll_up.children] = np.minimum(child_high, np.minimum(room + child_low, UNBOUNDED))
