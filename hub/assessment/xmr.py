"""XmR charts: is a month unlike the others, or is it the noise that was there before? Pure; exact fractions.

Limits are the mean of the published numbers plus and minus 2.66 times the mean moving range (3 / d2 with d2 = 1.128 for
ranges of two: Shewhart; Wheeler, Understanding Variation, 1993). A hidden or missing month is a gap: it is no number, no range
is taken across it, and it ends a run. Counts have no limit below 0. With too few months there are no limits, and it is said so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise

SCALE = Fraction(266, 100)
LEAST_POINTS = 12
LEAST_RANGES = 8
RUN = 8
"""So many neighbouring months on one side of the mean are a signal."""


class Signal(StrEnum):
    """Why a month stands out."""

    ABOVE = "above"
    BELOW = "below"
    RUN_ABOVE = "run-above"
    RUN_BELOW = "run-below"


@dataclass(frozen=True, slots=True)
class Limits:
    """The centre line and the natural limits. `ranges`: how many moving ranges they rest on."""

    mean: Fraction
    mean_range: Fraction
    points: int
    ranges: int

    @property
    def upper(self) -> Fraction:
        """Upper natural limit."""
        return self.mean + SCALE * self.mean_range

    @property
    def lower(self) -> Fraction:
        """Lower natural limit; of counts, so never below 0."""
        return max(Fraction(0), self.mean - SCALE * self.mean_range)


def limits(
    numbers: Sequence[int | Fraction | None], *, least: tuple[int, int] = (LEAST_POINTS, LEAST_RANGES)
) -> Limits | None:
    """The limits of a series in order of time, in which None is a hidden or missing month.

    None when there are fewer numbers or ranges than `least` says.
    """
    shown = [Fraction(number) for number in numbers if number is not None]
    ranges = [
        abs(Fraction(after) - Fraction(before))
        for before, after in pairwise(numbers)
        if before is not None and after is not None
    ]
    if len(shown) < max(1, least[0]) or len(ranges) < max(1, least[1]):
        return None
    return Limits(sum(shown, Fraction(0)) / len(shown), sum(ranges, Fraction(0)) / len(ranges), len(shown), len(ranges))


def signals(numbers: Sequence[int | Fraction | None], found: Limits) -> tuple[Signal | None, ...]:
    """What each month signals, if anything: outside the limits, else the month belongs to a run of eight or more on one side."""
    sides = [0 if number is None else (number > found.mean) - (number < found.mean) for number in numbers]
    runs = _in_runs(sides)
    told: list[Signal | None] = []
    for number, side, run in zip(numbers, sides, runs, strict=True):
        if number is None:
            told.append(None)
        elif number > found.upper:
            told.append(Signal.ABOVE)
        elif number < found.lower:
            told.append(Signal.BELOW)
        else:
            told.append((Signal.RUN_ABOVE if side > 0 else Signal.RUN_BELOW) if run else None)
    return tuple(told)


def _in_runs(sides: Sequence[int]) -> list[bool]:
    """Whether each month lies in an unbroken run on one side; a gap, or a month on the mean itself, breaks it."""
    marked = [False] * len(sides)
    start = 0
    for place in range(1, len(sides) + 1):
        if place == len(sides) or sides[place] != sides[start]:
            if sides[start] and place - start >= RUN:
                marked[start:place] = [True] * (place - start)
            start = place
    return marked
