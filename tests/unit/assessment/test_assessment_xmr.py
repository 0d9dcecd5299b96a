"""XmR limits: the printed example of the literature, gaps, runs, and too few months."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.assessment.xmr import LEAST_POINTS, LEAST_RANGES, Signal, limits, signals

FLOW = ("49.6", "47.6", "49.9", "51.3", "47.8", "51.2", "52.6", "52.4", "53.6", "52.1")
"""NIST/SEMATECH e-Handbook of Statistical Methods, 6.3.2.2 Individuals Control Charts: flow rate of ten batches."""


def test_the_printed_example_of_the_nist_handbook_comes_out() -> None:
    """Printed there: mean 50.81, mean moving range 1.8778, limits 55.8041 and 45.8159 (3/1.128, usually 2.66)."""
    found = limits([Fraction(one) for one in FLOW], least=(10, 9))
    assert found is not None
    assert found.mean == Fraction("50.81")
    assert round(float(found.mean_range), 4) == 1.8778
    assert float(found.upper) == pytest.approx(55.8041, abs=0.001)
    assert float(found.lower) == pytest.approx(45.8159, abs=0.001)
    assert signals([Fraction(one) for one in FLOW], found) == (None,) * 10


def test_no_range_is_taken_across_a_gap_and_a_gap_is_no_number() -> None:
    found = limits([10, 14, None, 100, 98], least=(1, 1))
    assert found is not None
    assert (found.points, found.ranges) == (4, 2)
    assert found.mean == Fraction(222, 4)
    assert found.mean_range == 3  # (4 + 2) / 2: the step of 86 across the hidden month counts nowhere


def test_too_few_months_or_ranges_have_no_limits() -> None:
    assert limits([5] * (LEAST_POINTS - 1)) is None
    assert limits([5] * LEAST_POINTS) is not None
    every_other = [5, None] * LEAST_POINTS
    assert limits(every_other) is None  # numbers enough, but no two neighbours
    assert limits([]) is limits([None, None]) is None
    assert LEAST_RANGES < LEAST_POINTS


def test_counts_have_no_limit_below_zero() -> None:
    found = limits([1, 9] * 6)
    assert found is not None
    assert found.lower == 0
    assert found.upper == Fraction(5) + Fraction(266, 100) * 8


def test_a_month_outside_the_limits_is_a_signal() -> None:
    numbers = [*([20, 22] * 8), 60, 2]
    found = limits(numbers)
    assert found is not None
    assert found.upper < 60
    assert found.lower > 2
    assert signals(numbers, found)[-2:] == (Signal.ABOVE, Signal.BELOW)


def test_eight_on_one_side_are_a_signal_and_seven_are_not() -> None:
    eight = [*([10, 12] * 6), *([15, 16] * 4), *([10, 12] * 2)]
    found = limits(eight)
    assert found is not None
    assert signals(eight, found)[12:20] == (Signal.RUN_ABOVE,) * 8
    seven = [*eight[:15], 10, *eight[16:]]
    again = limits(seven)
    assert again is not None
    assert Signal.RUN_ABOVE not in signals(seven, again)


def test_a_hidden_month_ends_a_run() -> None:
    numbers = [*([10, 12] * 6), *([15, 16] * 2), None, *([15, 16] * 2), *([10, 12] * 2)]
    found = limits(numbers)
    assert found is not None
    told = signals(numbers, found)
    assert Signal.RUN_ABOVE not in told
    assert told[16] is None


def test_a_month_on_the_mean_ends_a_run() -> None:
    numbers = [20, 0, *([11] * 4), 10, *([11] * 4), 2]
    found = limits([*numbers[:-1], 2])
    assert found is not None
    assert found.mean == Fraction(120, 12)
    assert Signal.RUN_ABOVE not in signals(numbers, found)


@given(st.lists(st.one_of(st.none(), st.integers(0, 500)), min_size=1, max_size=60))
def test_limits_are_those_of_the_textbook_over_unbroken_pairs(numbers: list[int | None]) -> None:
    """Recomputed here in floating point, pair by pair."""
    shown = [number for number in numbers if number is not None]
    ranges = [abs(b - a) for a, b in pairwise(numbers) if a is not None and b is not None]
    found = limits(numbers)
    assert (found is None) == (len(shown) < LEAST_POINTS or len(ranges) < LEAST_RANGES)
    if found is not None:
        mean, spread = sum(shown) / len(shown), sum(ranges) / len(ranges)
        assert float(found.upper) == pytest.approx(mean + 2.66 * spread)
        assert float(found.lower) == pytest.approx(max(0, mean - 2.66 * spread))
        for number, told in zip(numbers, signals(numbers, found), strict=True):
            assert (told is Signal.ABOVE) == (number is not None and number > found.upper)
            assert (told is Signal.BELOW) == (number is not None and number < found.lower)
