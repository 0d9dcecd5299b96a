"""Chance and calendar of the invented partnership, for any input."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.synthetic.seasons import Clockwork, bank_holidays, easter, existing, heaped, period_of, periods, to_utc
from hub.synthetic.streams import Streams, Wheel, dealt

LONDON = ZoneInfo("Europe/London")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
minutes = st.integers(min_value=23_668_000, max_value=30_000_000)  # 2015 to 2027


def local_minutes(moment: datetime) -> int:
    return int((moment.astimezone(LONDON).replace(tzinfo=UTC) - EPOCH).total_seconds() // 60)


@settings(max_examples=200)
@given(minutes)
def test_local_times_become_utc_as_the_time_zone_says(utc: int) -> None:
    moment = EPOCH + timedelta(minutes=utc)
    local = np.array([local_minutes(moment)])
    back = int(to_utc(existing(local))[0])
    hour_before = local_minutes(moment - timedelta(hours=1))
    shown_twice = hour_before == local[0]  # the second passing of an hour in October is read as the first
    assert back == (utc - 60 if shown_twice else utc)


@settings(max_examples=100)
@given(minutes)
def test_no_time_is_written_that_no_clock_showed(local: int) -> None:
    real = int(existing(np.array([local]))[0])
    naive = datetime(1970, 1, 1) + timedelta(minutes=real)  # noqa: DTZ001 - a local time on purpose
    there = naive.replace(tzinfo=LONDON).astimezone(UTC).astimezone(LONDON).replace(tzinfo=None)
    assert there == naive


@settings(max_examples=60)
@given(
    st.integers(0, 2**32),
    st.dictionaries(st.sampled_from("abcdef"), st.floats(0.01, 10), min_size=1),
    st.integers(0, 400),
)
def test_dealt_shares_are_kept_within_one(seed: int, weights: dict[str, float], size: int) -> None:
    counts = Counter(dealt(Streams(seed).named("deal"), weights, size))
    total = sum(weights.values())
    assert sum(counts.values()) == size
    for key, weight in weights.items():
        assert abs(counts[key] - size * weight / total) <= 1 + 1e-9


@settings(max_examples=60)
@given(st.integers(0, 2**32), st.lists(st.floats(0, 5), min_size=1, max_size=20).filter(any))
def test_a_wheel_never_stops_where_there_is_no_weight(seed: int, weights: list[float]) -> None:
    spun = Wheel.of(weights).spin(Streams(seed).named("wheel"), 200)
    assert all(weights[index] > 0 for index in spun)


@settings(max_examples=36, deadline=None)
@given(st.sampled_from(periods(36)), st.sampled_from(["violence", "medical", "search", "other"]), st.integers(0, 99))
def test_times_lie_in_their_month(period: str, manner: str, seed: int) -> None:
    rng = Streams(seed).named("clock")
    drawn = Clockwork.of(period, manner).draw(rng, 300)
    assert set(period_of(drawn)) == {period}
    assert set(period_of(heaped(rng, drawn))) == {period}


def test_minutes_heap_as_people_write_them() -> None:
    rng = Streams(1).named("heap")
    written = heaped(rng, np.arange(60_000))
    assert (written % 5 == 0).mean() == pytest.approx(0.57, abs=0.02)
    assert (written % 30 == 0).mean() == pytest.approx(0.18, abs=0.02)


@pytest.mark.parametrize(
    ("year", "day"), [(2023, "2023-04-09"), (2024, "2024-03-31"), (2025, "2025-04-20"), (2026, "2026-04-05")]
)
def test_easter_is_where_the_calendar_has_it(year: int, day: str) -> None:
    assert easter(year).isoformat() == day
    assert len(bank_holidays(year)) == 8
