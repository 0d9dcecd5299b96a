"""When things happen: months, summer time, bank holidays, the weight of each day and hour.

Days and hours follow data-standards section 4.2: three quarters of medical violence lies between 18:00 and 05:59, Friday to
Sunday hold about half, New Year's Eve and the eves of bank holidays more; summers are high and Januaries low.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from hub.synthetic.streams import Ints, Texts, Wheel

LAST_PERIOD = "2026-10"
NEXT_PERIOD = "2026-11"
"""The month after the last: not submitted yet, for the sample files."""

SEASON = (0.93, 0.95, 0.99, 1.00, 1.04, 1.06, 1.09, 1.05, 1.01, 1.00, 0.98, 0.96)
"""Level of each calendar month, January first: summer high, January low."""

DAY_WEIGHTS = {  # Monday first
    "violence": (0.11, 0.11, 0.11, 0.12, 0.16, 0.21, 0.18),
    "medical": (0.11, 0.11, 0.11, 0.12, 0.16, 0.21, 0.18),
    "search": (0.129, 0.127, 0.150, 0.173, 0.175, 0.136, 0.110),
    "other": (0.144, 0.142, 0.142, 0.143, 0.151, 0.145, 0.133),
}


def periods(months: int) -> tuple[str, ...]:
    """The `months` whole months that end with LAST_PERIOD, oldest first."""
    year, month = (int(part) for part in LAST_PERIOD.split("-"))
    last = year * 12 + month - 1
    return tuple(f"{index // 12:04d}-{index % 12 + 1:02d}" for index in range(last - months + 1, last + 1))


def years_from_middle(period: str) -> float:
    """Years between a month and the middle of the 36 months (2025-05), for trends that leave the mean alone."""
    year, month = (int(part) for part in period.split("-"))
    return (year - 2025) + (month - 4.5) / 12


def first_day(period: str) -> date:
    """The first day of a month."""
    return date.fromisoformat(f"{period}-01")


def length(period: str) -> int:
    """How many days a month has."""
    start = first_day(period)
    return ((start + timedelta(days=31)).replace(day=1) - start).days


def season(period: str) -> float:
    """Level of the month against the year's mean, its length included."""
    return SEASON[first_day(period).month - 1] * length(period) / 30.4375


def easter(year: int) -> date:
    """Easter Sunday (anonymous Gregorian computus)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e, f = b // 4, b % 4, (b + 8) // 25
    g = (b - f + 1) // 3
    h = (19 * a + b - d - g + 15) % 30
    i, k = c // 4, c % 4
    ell = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * ell) // 451
    month, day = divmod(h + ell - 7 * m + 114, 31)
    return date(year, month, day + 1)


def _monday_from(day: date) -> date:
    return day + timedelta(days=(7 - day.weekday()) % 7)


def bank_holidays(year: int) -> frozenset[date]:
    """Bank holidays of England in a year, by rule (substitute days for the New Year and Christmas left out)."""
    sunday = easter(year)
    return frozenset(
        {
            date(year, 1, 1),
            sunday - timedelta(days=2),
            sunday + timedelta(days=1),
            _monday_from(date(year, 5, 1)),
            _monday_from(date(year, 5, 25)),
            _monday_from(date(year, 8, 25)),
            date(year, 12, 25),
            date(year, 12, 26),
        }
    )


def occasion(day: date) -> float:
    """How much livelier than its weekday a date is: New Year's Eve, New Year's Day, bank holiday eves, Christmas Day."""
    if (day.month, day.day) == (12, 31):
        return 2.1
    if (day.month, day.day) == (1, 1):
        return 1.9
    if (day.month, day.day) == (12, 25):
        return 0.7
    tomorrow = day + timedelta(days=1)
    return 1.25 if tomorrow in bank_holidays(tomorrow.year) else 1.0


# Hours 0 to 23. Before a working day the evening ends early; the small hours of Saturday and Sunday belong to the night before.
_WORKDAY = (30, 19, 13, 8, 5, 4, 5, 8, 13, 16, 18, 20, 24, 25, 28, 39, 42, 46, 64, 76, 86, 96, 98, 81)
_FRIDAY = (30, 19, 13, 8, 5, 4, 5, 8, 13, 16, 18, 20, 24, 25, 28, 39, 42, 47, 69, 85, 102, 122, 138, 142)
_SATURDAY = (125, 110, 92, 67, 36, 17, 9, 8, 11, 14, 18, 22, 27, 31, 35, 38, 42, 49, 67, 85, 103, 122, 137, 140)
_SUNDAY = (131, 117, 98, 71, 38, 18, 9, 8, 10, 13, 17, 22, 28, 31, 34, 37, 40, 44, 53, 60, 64, 64, 56, 42)
VIOLENCE_HOURS = (_WORKDAY, _WORKDAY, _WORKDAY, _WORKDAY, _FRIDAY, _SATURDAY, _SUNDAY)
_SEARCH = (38, 30, 22, 15, 10, 7, 6, 8, 14, 22, 30, 36, 42, 50, 62, 78, 90, 90, 72, 62, 58, 56, 54, 48)
_OTHER = (38, 28, 20, 14, 10, 8, 10, 18, 32, 40, 46, 50, 58, 54, 54, 60, 64, 66, 66, 62, 58, 54, 50, 44)
_NIGHT = frozenset({*range(18, 24), *range(6)})
MEDICAL_HOURS = (
    tuple(  # what ambulance and hospital see lies later: 75.2 % between 18:00 and 05:59 (measured, NW England)
        tuple(weight * (1.24 if hour in _NIGHT else 1.0) for hour, weight in enumerate(day)) for day in VIOLENCE_HOURS
    )
)
HOURS = {"violence": VIOLENCE_HOURS, "medical": MEDICAL_HOURS, "search": (_SEARCH,) * 7, "other": (_OTHER,) * 7}


@dataclass(frozen=True, slots=True)
class Clockwork:
    """The weight of every hour of one month, for one way of happening: `violence`, `medical`, `search` or `other`."""

    start: np.datetime64
    wheel: Wheel

    @classmethod
    def of(cls, period: str, manner: str) -> Clockwork:
        """The clockwork of a month."""
        days, hours = DAY_WEIGHTS[manner], HOURS[manner]
        first = first_day(period)
        weights: list[float] = []
        for offset in range(length(period)):
            day = first + timedelta(days=offset)
            level = days[day.weekday()] * (occasion(day) if manner in ("violence", "medical") else 1.0)
            profile = hours[day.weekday()]
            weights.extend(level * hour / sum(profile) for hour in profile)
        return cls(start=np.datetime64(f"{period}-01T00:00", "m"), wheel=Wheel.of(weights))

    def draw(self, rng: np.random.Generator, size: int) -> Ints:
        """`size` local times (Europe/London clock), as minutes since 1970-01-01T00:00 of that clock."""
        minutes = self.wheel.spin(rng, size) * 60 + (rng.random(size) * 60).astype(np.int64)
        return existing(int(self.start.astype(np.int64)) + minutes)


def heaped(rng: np.random.Generator, minutes: Ints) -> Ints:
    """Times as people write them down: 57 % of minutes on multiples of five, 18 % on the hour or half hour (measured)."""
    roll = rng.random(len(minutes))
    fives = np.where(roll < 0.485, minutes // 5 * 5, minutes)  # a fifth of the rest lies on a five by chance
    return np.where(roll < 0.115, minutes // 30 * 30, fives)


def _summer_time(year: int) -> tuple[int, int]:
    """Start and end of British Summer Time as minutes of UTC: 01:00 UTC on the last Sundays of March and October."""
    edges = []
    for month in (3, 10):
        last = date(year, month, 31)
        sunday = last - timedelta(days=(last.weekday() + 1) % 7)
        edges.append(int(np.datetime64(f"{sunday.isoformat()}T01:00", "m").astype(np.int64)))
    return edges[0], edges[1]


def existing(local: Ints) -> Ints:
    """Local times with the hour that no clock shows in March (01:00 to 01:59) moved to the hour after it."""
    moved = local.copy()
    for year in _years(local):
        start, _ = _summer_time(year)
        moved[(local >= start) & (local < start + 60)] += 60
    return moved


def to_utc(local: Ints) -> Ints:
    """Minutes of UTC for minutes of the Europe/London clock; of an hour shown twice in October, the first."""
    utc = local.copy()
    for year in _years(local):
        start, end = _summer_time(year)
        utc[(local >= start + 60) & (local < end + 60)] -= 60
    return utc


def _years(local: Ints) -> range:
    if not len(local):
        return range(0)
    first, last = (np.datetime64(int(edge), "m").astype("datetime64[Y]") for edge in (local.min(), local.max()))
    return range(int(str(first)), int(str(last)) + 1)


def period_of(minutes: Ints) -> Texts:
    """The month each time falls in, as `2024-05`."""
    return np.datetime_as_string(minutes.astype("datetime64[m]"), unit="M").astype(object)


def spelled(minutes: Ints) -> list[str]:
    """`2024-05-13T01:12`, as the hub's schemas ask."""
    return [str(text) for text in np.datetime_as_string(minutes.astype("datetime64[m]"), unit="m")]
