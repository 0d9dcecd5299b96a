"""How times and periods are written for people."""

from __future__ import annotations

from hub.disclosure import months_of, quarter_of, year_of
from hub.kit.spoken import (
    months_back,
    months_until,
    short_period,
    spoken_day,
    spoken_moment,
    spoken_month,
    spoken_period,
    spoken_stamp,
    spoken_until,
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
    "spoken_until",
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
