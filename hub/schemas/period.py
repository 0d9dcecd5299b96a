"""Reporting periods: a month, written `2026-10`, judged in Europe/London, and the two hours of the year in which London's clocks
are put forward and back.
"""

from __future__ import annotations

import re
from datetime import date

from hub.kit.errors import Invalid
from hub.kit.words import say

_MONTH = re.compile(r"(19|20)[0-9]{2}-(0[1-9]|1[0-2])")


def check_period(period: str) -> str:
    """The period itself. Invalid (code `bad-period`) when it is no month such as `2026-10`."""
    if not _MONTH.fullmatch(period):
        raise Invalid(say("schemas.error.bad-period"), code="bad-period", remedy=say("schemas.remedy.bad-period"))
    return period


def first_day(period: str) -> date:
    """The first day of the month."""
    return date.fromisoformat(f"{check_period(period)}-01")


def month_after(period: str) -> str:
    """The month after: `2026-12` -> `2027-01`."""
    return next_first_day(period).strftime("%Y-%m")


def next_first_day(period: str) -> date:
    """The first day of the month after."""
    first = first_day(period)
    return date(first.year + first.month // 12, first.month % 12 + 1, 1)


def skipped_hour(moment: str) -> str:
    """SQL that is true for London times that no clock showed: the hour from 01:00 on the last Sunday of March, since 1996.

    `moment` is SQL of a TIMESTAMP without an offset.
    """
    return f"({_last_sunday_at_one(moment)} AND month({moment}) = 3)"


def repeated_hour(moment: str) -> str:
    """SQL that is true for London times that clocks showed twice: the hour from 01:00 on the last Sunday of October."""
    return f"({_last_sunday_at_one(moment)} AND month({moment}) = 10)"


def _last_sunday_at_one(moment: str) -> str:
    # March and October both have 31 days: their last Sunday is the one after the 24th
    return f"hour({moment}) = 1 AND day({moment}) > 24 AND dayofweek({moment}) = 0 AND year({moment}) >= 1996"
