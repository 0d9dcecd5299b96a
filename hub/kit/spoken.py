"""How times and periods are written for people: on pages, in documents, beside figures."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from hub.kit.clock import moment

LONDON = ZoneInfo("Europe/London")


def spoken_day(day: date) -> str:
    """`2 November 2026`."""
    return f"{day.day} {day:%B %Y}"


def spoken_moment(at: datetime) -> str:
    """`2 November 2026, 09:00`, in local time."""
    local = at.astimezone(LONDON)
    return f"{spoken_day(local.date())}, {local:%H:%M}"


def spoken_until(at: datetime) -> str:
    """The end of a term, which is not in it: `31 December 2035` where it ends with that day, else the moment."""
    local = at.astimezone(LONDON)
    if (local.hour, local.minute, local.second) == (0, 0, 0):
        return spoken_day(local.date() - timedelta(days=1))
    return spoken_moment(at)


def spoken_stamp(stamp: str) -> str:
    """The same, from the text that stands in tables; an empty text stays empty."""
    return spoken_moment(moment(stamp)) if stamp else ""


def spoken_month(period: str) -> str:
    """`2026-10` as `October 2026`."""
    return _first_day(period).strftime("%B %Y")


def spoken_period(period: str) -> str:
    """A month, quarter or year: `October 2026`, `October to December 2026`, `2026`."""
    if "Q" in period:
        first, last = _quarter(period)
        return f"{first:%B} to {last:%B %Y}"
    return spoken_month(period) if "-" in period else period


def short_period(period: str) -> str:
    """The same for an axis or a row: `Oct 2026`, `Oct to Dec 2026`, `2026`. Quarters are never numbered: to a council the first
    is April to June, to the hub January to March.
    """
    if "Q" in period:
        first, last = _quarter(period)
        return f"{first:%b} to {last:%b %Y}"
    return _first_day(period).strftime("%b %Y") if "-" in period else period


def _first_day(month: str) -> date:
    return date(int(month[:4]), int(month[5:7]), 1)


def _quarter(period: str) -> tuple[date, date]:
    year, last = int(period[:4]), 3 * int(period[6:])
    return date(year, last - 2, 1), date(year, last, 1)


def months_back(now: datetime, count: int) -> tuple[str, ...]:
    """The month of `now` and the months before it, the newest first: `count` of them."""
    local = now.astimezone(LONDON)
    return months_until(f"{local.year:04d}-{local.month:02d}", count)


def months_until(month: str, count: int) -> tuple[str, ...]:
    """`month` and the months before it, the newest first: `count` of them."""
    newest = int(month[:4]) * 12 + int(month[5:7]) - 1
    return tuple(f"{number // 12:04d}-{number % 12 + 1:02d}" for number in range(newest, newest - count, -1))
