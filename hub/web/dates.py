"""How times and periods are written for people."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from hub.disclosure import months_of, quarter_of, year_of
from hub.kit.clock import moment

_LONDON = ZoneInfo("Europe/London")


def spoken_day(day: date) -> str:
    """`2 November 2026`."""
    return f"{day.day} {day:%B %Y}"


def spoken_moment(at: datetime) -> str:
    """`2 November 2026, 09:00`, in local time."""
    local = at.astimezone(_LONDON)
    return f"{spoken_day(local.date())}, {local:%H:%M}"


def spoken_stamp(stamp: str) -> str:
    """The same, from the text that stands in tables; an empty text stays empty."""
    return spoken_moment(moment(stamp)) if stamp else ""


def spoken_month(period: str) -> str:
    """`2026-10` as `October 2026`."""
    return date(int(period[:4]), int(period[5:7]), 1).strftime("%B %Y")


def spoken_period(period: str) -> str:
    """A month, quarter or year: `October 2026`, `October to December 2026`, `2026`."""
    if "Q" in period:
        months = months_of(period)
        return f"{spoken_month(months[0]).split()[0]} to {spoken_month(months[-1])}"
    return spoken_month(period) if "-" in period else period


def short_period(period: str) -> str:
    """The same for an axis: `Oct 2026`, `Q4 2026`, `2026`."""
    if "Q" in period:
        return f"{period[5:]} {period[:4]}"
    return date(int(period[:4]), int(period[5:7]), 1).strftime("%b %Y") if "-" in period else period


def brief_period(period: str) -> str:
    """The same for a select: `October 2026`, `Oct to Dec 2026`, `2026`."""
    if "Q" not in period:
        return spoken_period(period)
    months = months_of(period)
    return f"{short_period(months[0]).split()[0]} to {short_period(months[-1])}"


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
    local = now.astimezone(_LONDON)
    newest = local.year * 12 + local.month - 1
    return tuple(f"{number // 12:04d}-{number % 12 + 1:02d}" for number in range(newest, newest - count, -1))
