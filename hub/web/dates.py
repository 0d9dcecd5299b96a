"""How times and periods are written for people."""

from __future__ import annotations

from datetime import datetime

from hub.disclosure import months_of, quarter_of, year_of
from hub.kit.spoken import (
    LONDON,
    short_period,
    spoken_day,
    spoken_moment,
    spoken_month,
    spoken_period,
    spoken_stamp,
)

__all__ = [
    "at_level",
    "brief_period",
    "months_back",
    "months_until",
    "short_period",
    "spoken_day",
    "spoken_moment",
    "spoken_month",
    "spoken_period",
    "spoken_stamp",
]


def brief_period(period: str) -> str:
    """The same for a select: `October 2026`, `Oct to Dec 2026`, `2026`."""
    return short_period(period) if "Q" in period else spoken_period(period)


def at_level(period: str, level: str, *, last: bool) -> str:
    """A period in another level: the one that holds it, or its first (`last`: its last) part."""
    if not period:
        return ""
    month = months_of(period)[-1 if last else 0]
    if level == "month":
        return month
    return quarter_of(month) if level == "quarter" else year_of(month)


def months_back(now: datetime, count: int) -> tuple[str, ...]:
    """The month of `now` and the months before it, the newest first: `count` of them."""
    local = now.astimezone(LONDON)
    return months_until(f"{local.year:04d}-{local.month:02d}", count)


def months_until(month: str, count: int) -> tuple[str, ...]:
    """`month` and the months before it, the newest first: `count` of them."""
    newest = int(month[:4]) * 12 + int(month[5:7]) - 1
    return tuple(f"{number // 12:04d}-{number % 12 + 1:02d}" for number in range(newest, newest - count, -1))
