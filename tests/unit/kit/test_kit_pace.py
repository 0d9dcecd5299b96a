"""A brake for what costs us something before we know who asks."""

from __future__ import annotations

from datetime import timedelta

from hub.kit.clock import FrozenClock
from hub.kit.pace import _MOST_KEYS, Pace


def test_so_many_in_a_minute_and_no_more_for_each_who_asks() -> None:
    clock = FrozenClock()
    pace = Pace(3, clock=clock)
    assert [pace.allows("one") for _ in range(5)] == [True, True, True, False, False]
    assert pace.allows("another")
    clock.advance(timedelta(seconds=59))
    assert not pace.allows("one")
    clock.advance(timedelta(seconds=1))
    assert pace.allows("one")


def test_nought_is_no_brake() -> None:
    pace = Pace(0, clock=FrozenClock())
    assert all(pace.allows("one") for _ in range(1000))


def test_it_remembers_a_bounded_number_of_keys_and_forgets_the_longest_silent() -> None:
    pace = Pace(1, clock=FrozenClock())
    for number in range(_MOST_KEYS):
        pace.allows(str(number))
    assert not pace.allows("0")
    pace.allows("one more")
    assert pace.allows("1")
    assert not pace.allows("0")
