"""Queries over drawn series: quiet where nothing changes, never silent where half of a large month is missing."""

from __future__ import annotations

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from hub.intake.history import months_before, volume_query

MONTH = "2026-09"


def poisson(random: Random, mean: float) -> int:
    """A number of events, as independent events give it."""
    if mean > 200:
        return max(0, round(random.gauss(mean, mean**0.5)))
    at, count = random.expovariate(mean), 0
    while at < 1:
        at, count = at + random.expovariate(mean), count + 1
    return count


def test_a_series_in_which_nothing_changes_is_hardly_ever_asked_about() -> None:
    random = Random(16)
    means = (0.5, 2, 8, 30, 100, 400, 3000)
    drawn = [(mean, length) for mean in means for length in (6, 12, 24) for _ in range(100)]
    asked = 0
    for mean, length in drawn:
        past = {name: poisson(random, mean) for name in months_before(MONTH)[-length:]}
        asked += volume_query(MONTH, poisson(random, mean), past) is not None
    assert asked / len(drawn) < 0.01


@settings(max_examples=200, deadline=None)
@given(mean=st.integers(400, 100_000), length=st.integers(6, 24), seed=st.integers(0, 2**32))
def test_half_a_month_of_a_large_series_is_always_asked_about(mean: int, length: int, seed: int) -> None:
    random = Random(seed)
    past = {name: poisson(random, mean) for name in months_before(MONTH)[-length:]}
    found = volume_query(MONTH, poisson(random, mean) // 2, past)
    assert found is not None
    assert found.code == "volume-step"


@settings(max_examples=100, deadline=None)
@given(values=st.lists(st.integers(0, 100_000), min_size=6, max_size=24), now=st.integers(0, 100_000))
def test_the_same_months_ask_the_same_and_the_usual_lies_within_the_limits(values: list[int], now: int) -> None:
    past = dict(zip(months_before(MONTH)[-len(values) :], values, strict=True))
    found = volume_query(MONTH, now, past)
    assert found == volume_query(MONTH, now, dict(reversed(past.items())))
    if found is not None:
        assert found.low is not None
        assert found.high is not None
        assert found.low <= found.usual <= found.high
        assert not found.low < now < found.high
