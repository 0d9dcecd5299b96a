"""What is due from whom, and how it stands: one rule, for pages, API, reminders and scorecards. Pure: counts and dates,
no rows.

An extract is asked for by an agreement in force, in the cadence of its schema, from the period in which the agreement
came into force (or the whole one just before it, where the agreement covers that). It is due some working days after
the period ends. Months that an agency sent before they were asked for are shown; a gap among them is named and is never
late. A submission of no rows is a missing month: it is not nought.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from hub.intake.model import KEPT, State, Submission
from hub.intake.periods import Span, legal_day, span_with, spans
from hub.kit.working_days import working_days_after

DUE_WORKING_DAYS = 10
"""Working days after the end of a period, where neither agreement nor setting says otherwise."""


class Arrival(StrEnum):
    """How an extract that is asked for stands."""

    NOT_YET = "not-yet"
    DUE = "due"
    LATE = "late"
    RECEIVED = "received"
    CHECKED = "checked"
    RETURNED = "returned"
    REFUSED = "refused"
    PART_ACCEPTED = "part-accepted"
    ACCEPTED = "accepted"
    GAP = "gap"


THERE = frozenset({Arrival.ACCEPTED, Arrival.PART_ACCEPTED})
"""States in which the period counts."""

WANTED = frozenset({Arrival.DUE, Arrival.LATE, Arrival.RETURNED, Arrival.REFUSED})
"""States in which the agency has to send something."""

_UNDER_WAY = {
    State.RECEIVED: Arrival.RECEIVED,
    State.CHECKED: Arrival.CHECKED,
    State.RETURNED: Arrival.RETURNED,
    State.REFUSED: Arrival.REFUSED,
}
_WAS_ACCEPTED = frozenset({*KEPT, State.SUPERSEDED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What one agency has to send of one dataset, by the agreements in force.

    `length`: months that one extract answers for. `since`: the day it is asked from; `signed_on`: when the last
    signature made it so. `due_days`: working days after a period's end. `items`: of the Schedule to SI 2007/1831, where
    it carries prescribed information of this agency. `series`: each extract holds all months before it too.
    """

    agency: str
    dataset: str
    length: int
    since: date
    signed_on: date
    due_days: int = DUE_WORKING_DAYS
    series: bool = False
    items: tuple[int, ...] = ()
    agreements: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One extract: who, what, for which months, due when, and how it stands today.

    `due_on` is None for months before they were asked for. `days_late`: how late it is today, or how late it was when
    it was first accepted. `accepted_on`: the day on which something was first accepted. `submission`: the one that the
    state speaks of.
    """

    agency: str
    dataset: str
    span: Span
    state: Arrival
    due_on: date | None = None
    days_late: int = 0
    accepted_on: date | None = None
    submission: str = ""
    attempts: int = 0
    items: tuple[int, ...] = ()
    agreements: tuple[str, ...] = ()

    @property
    def in_time(self) -> bool:
        """Whether it counts and was accepted by its due day."""
        return self.state in THERE and self.due_on is not None and self.days_late == 0

    @property
    def days_after_end(self) -> int | None:
        """Days from the end of the period to its first acceptance."""
        return None if self.accepted_on is None else (self.accepted_on - self.span.ends_on).days

    def for_partners(self) -> Line:
        """What other parties may know: that it is there, due or late; not what became of a file that does not count."""
        state = self.state
        if state in THERE:
            state = Arrival.ACCEPTED
        elif state is not Arrival.NOT_YET and state is not Arrival.GAP:
            state = Arrival.LATE if self.days_late else Arrival.DUE
        return replace(self, state=state, submission="", attempts=0)

    def as_json(self) -> dict[str, Any]:
        """The line as the API writes it."""
        return {
            "agency": self.agency,
            "dataset": self.dataset,
            "first_month": self.span.first,
            "period": self.span.last,
            "state": self.state.value,
            "due_on": self.due_on.isoformat() if self.due_on else None,
            "days_late": self.days_late,
            "accepted_on": self.accepted_on.isoformat() if self.accepted_on else None,
            "submission": self.submission or None,
            "prescribed_items": list(self.items),
            "agreements": list(self.agreements),
        }


@dataclass(frozen=True, slots=True)
class Diary:
    """How days are counted: today in England, and the holidays that were proclaimed."""

    today: date
    holidays: frozenset[date] = frozenset()

    def due_on(self, asked: Asked, span: Span) -> date:
        """The day by which a span is due. Working days count from its end, or from the day the agreement came into
        force.
        """
        return working_days_after(max(span.ends_on, asked.signed_on), asked.due_days, extra=self.holidays)


def lines_of(
    asked: Asked, found: Sequence[Submission], diary: Diary, *, back_to: str = "", ahead: int = 0
) -> tuple[Line, ...]:
    """The lines of one dataset of one agency, the earliest first: from `back_to`, or all, to the running period and
    `ahead` more.

    `found`: the agency's submissions of the dataset, in any order and state. None for a dataset that is sent when there
    is something.
    """
    if not asked.length:
        return ()
    running = span_with(f"{diary.today:%Y-%m}", asked.length)
    last = running
    for _ in range(ahead):
        last = last.after
    first_asked = _first_asked(asked)
    sent = [span_with(one.period, asked.length) for one in found if _counted(one)]
    first = min([first_asked, *sent])
    if back_to:
        first = max(first, span_with(back_to, asked.length))
    of_span = _arranged(asked, found)
    lines = (_line(asked, span, of_span(span), diary, asked_for=span >= first_asked) for span in spans(first, last))
    return tuple(lines)


def _first_asked(asked: Asked) -> Span:
    """The span in which the agreement came into force, or the whole one before, where the agreement's term reaches its
    end.
    """
    begun = max(asked.since, asked.signed_on)
    running = span_with(f"{begun:%Y-%m}", asked.length)
    return running.before if running.before.ends_on >= asked.since else running


def _arranged(asked: Asked, found: Iterable[Submission]) -> Callable[[Span], list[Submission]]:
    """A span's submissions, the oldest first. A later edition of a series answers for a span as well."""
    ordered = sorted(found, key=lambda one: (one.at, one.id))

    def of_span(span: Span) -> list[Submission]:
        return [
            one
            for one in ordered
            if span.first <= one.period <= span.last or (asked.series and one.period > span.last and _counted(one))
        ]

    return of_span


def _counted(one: Submission) -> bool:
    """Whether it was accepted once and holds anything: a file of a heading alone is a missing month."""
    return one.state in _WAS_ACCEPTED and one.accepted_rows > 0


def _line(asked: Asked, span: Span, own: Sequence[Submission], diary: Diary, *, asked_for: bool) -> Line:
    line = Line(
        agency=asked.agency,
        dataset=asked.dataset,
        span=span,
        state=Arrival.NOT_YET,
        due_on=diary.due_on(asked, span) if asked_for else None,
        attempts=sum(1 for _ in _attempts(span, own)),
        items=asked.items,
        agreements=asked.agreements,
    )
    standing = next((one for one in reversed(own) if one.state in KEPT and one.accepted_rows > 0), None)
    if standing is not None:
        first = next(one for one in own if _counted(one))
        part = standing.state is State.PART_ACCEPTED
        there = Arrival.PART_ACCEPTED if part else Arrival.ACCEPTED
        return _there(replace(line, state=there, submission=standing.id), legal_day(_accepted_at(first)))
    open_one = next((one for one in reversed(own) if _under_way(one)), None)
    if open_one is not None:
        return _overdue(replace(line, state=_UNDER_WAY[open_one.state], submission=open_one.id), diary.today)
    return _overdue(replace(line, state=_missing(line, diary.today)), diary.today)


def _accepted_at(one: Submission) -> datetime:
    return one.accepted_at or one.at


def _attempts(span: Span, own: Sequence[Submission]) -> Iterator[Submission]:
    """The files sent for the span itself until one was accepted."""
    for one in own:
        if not span.first <= one.period <= span.last:
            continue
        yield one
        if _counted(one):
            return


def _there(line: Line, day: date) -> Line:
    late = max(0, (day - line.due_on).days) if line.due_on else 0
    return replace(line, accepted_on=day, days_late=late)


def _overdue(line: Line, today: date) -> Line:
    return replace(line, days_late=max(0, (today - line.due_on).days) if line.due_on else 0)


def _missing(line: Line, today: date) -> Arrival:
    if today <= line.span.ends_on:
        return Arrival.NOT_YET
    if line.due_on is None:
        return Arrival.GAP
    return Arrival.LATE if today > line.due_on else Arrival.DUE


def _under_way(one: Submission) -> bool:
    return one.state in _UNDER_WAY
