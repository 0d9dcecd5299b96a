"""The months that one extract answers for, by the cadence of its schema. Pure.

A month, or a block of months of the calendar year: January to March is the first quarter (the quarters of SI 2007/1831
run from 1 July 2007, so they are these), January to April the first term. Days begin at midnight in England.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from hub.kit.spoken import LONDON, spoken_month

MONTHLY, QUARTER = 1, 3
_MONTHS: Mapping[str, int] = {
    "quarterly": QUARTER,
    "termly": 4,
    "half-yearly": 6,
    "yearly": 12,
    "annual": 12,
    "occasional": 0,
}


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Months from `first` to `last`, both such as `2026-10` and both included."""

    first: str
    last: str

    @property
    def months(self) -> tuple[str, ...]:
        """Each month of it, the earliest first."""
        return tuple(_month(number) for number in range(_number(self.first), _number(self.last) + 1))

    @property
    def starts_on(self) -> date:
        """Its first day."""
        return date(int(self.first[:4]), int(self.first[5:7]), 1)

    @property
    def ends_on(self) -> date:
        """Its last day."""
        after = _month(_number(self.last) + 1)
        return date(int(after[:4]), int(after[5:7]), 1) - timedelta(days=1)

    @property
    def after(self) -> Span:
        """The span of the same length that follows."""
        length = _number(self.last) - _number(self.first) + 1
        return Span(_month(_number(self.first) + length), _month(_number(self.last) + length))

    @property
    def before(self) -> Span:
        """The span of the same length that precedes."""
        length = _number(self.last) - _number(self.first) + 1
        return Span(_month(_number(self.first) - length), _month(_number(self.last) - length))

    @property
    def spoken(self) -> str:
        """`October 2026`, `July to September 2026`, `2026`."""
        if self.first == self.last:
            return spoken_month(self.first)
        if self.first.endswith("-01") and self.last.endswith("-12"):
            return self.first[:4]
        return f"{self.starts_on:%B} to {spoken_month(self.last)}"


def length_of(cadence: str) -> int:
    """Months that one extract answers for; 0: it is sent when there is something. A cadence nobody knows is monthly."""
    return _MONTHS.get(cadence, MONTHLY)


def span_with(month: str, length: int) -> Span:
    """The span of `length` months that holds a month; it divides the calendar year."""
    first = _number(month) - (int(month[5:7]) - 1) % length
    return Span(_month(first), _month(first + length - 1))


def spans(first: Span, last: Span) -> Iterator[Span]:
    """The spans from one to another of the same length, both included; none when `last` is before `first`."""
    while first <= last:
        yield first
        first = first.after


def legal_day(at: datetime) -> date:
    """The day in England."""
    return at.astimezone(LONDON).date()


def month_of(day: date) -> str:
    """The month a day lies in."""
    return f"{day.year:04d}-{day.month:02d}"


def _number(month: str) -> int:
    return int(month[:4]) * 12 + int(month[5:7]) - 1


def _month(number: int) -> str:
    return f"{number // 12:04d}-{number % 12 + 1:02d}"
