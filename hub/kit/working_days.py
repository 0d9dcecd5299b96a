"""Working days in England and Wales: Monday to Friday but for bank holidays.

Bank holidays are computed (Banking and Financial Dealings Act 1971 Schedule 1, the proclaimed New Year's Day and early
May holidays, and the days in lieu of those that fall on a weekend). A proclamation cannot be computed: those made until
2023 are written down here, a later one is a setting (`HUB_EXTRA_HOLIDAYS`).
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from functools import cache

_DAY = timedelta(days=1)
_MONDAY, _SATURDAY = 0, 5

_ADDED = frozenset({date(2022, 6, 3), date(2022, 9, 19), date(2023, 5, 8)})
_MOVED = {date(2020, 5, 4): date(2020, 5, 8), date(2022, 5, 30): date(2022, 6, 2)}
"""What was proclaimed: days added, and days moved to another."""


@cache
def bank_holidays(year: int) -> frozenset[date]:
    """The bank holidays of a year in England and Wales, days in lieu in place of the days themselves."""
    easter = easter_sunday(year)
    mondays = {
        _monday_on_or_after(date(year, 5, 1)),
        _monday_on_or_after(date(year, 5, 25)),  # the last of May
        _monday_on_or_after(date(year, 8, 25)),  # the last of August
    }
    found = {easter - 2 * _DAY, easter + _DAY, *(_MOVED.get(day, day) for day in mondays)}
    for day in (date(year, 1, 1), date(year, 12, 25), date(year, 12, 26)):
        found.add(_in_lieu(day, found))
    return frozenset(found | {day for day in _ADDED if day.year == year})


def easter_sunday(year: int) -> date:
    """Easter Sunday of a Gregorian year (Calendar (New Style) Act 1750; the method of Meeus, Jones and Butcher)."""
    golden, (century, rest) = year % 19, divmod(year, 100)
    leaps, skipped = divmod(century, 4)
    moon = (19 * golden + century - leaps - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    fours, ones = divmod(rest, 4)
    sunday = (32 + 2 * skipped + 2 * fours - moon - ones) % 7
    late = (golden + 11 * moon + 22 * sunday) // 451
    month, day = divmod(moon + sunday - 7 * late + 114, 31)
    return date(year, month, day + 1)


def is_working_day(day: date, *, extra: Collection[date] = ()) -> bool:
    """Whether people are at work; `extra` are holidays that were proclaimed."""
    return day.weekday() < _SATURDAY and day not in bank_holidays(day.year) and day not in extra


def working_days_after(day: date, count: int, *, extra: Collection[date] = ()) -> date:
    """The `count`th working day after `day`; `day` itself for 0."""
    for _ in range(count):
        day += _DAY
        while not is_working_day(day, extra=extra):
            day += _DAY
    return day


def working_days_before(day: date, count: int, *, extra: Collection[date] = ()) -> date:
    """The `count`th working day before `day`; `day` itself for 0."""
    for _ in range(count):
        day -= _DAY
        while not is_working_day(day, extra=extra):
            day -= _DAY
    return day


def _monday_on_or_after(day: date) -> date:
    return day + (_MONDAY - day.weekday()) % 7 * _DAY


def _in_lieu(day: date, taken: Collection[date]) -> date:
    """The day itself, or the first weekday after a weekend that is no holiday yet."""
    while day.weekday() >= _SATURDAY or day in taken:
        day += _DAY
    return day
