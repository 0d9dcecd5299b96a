"""Who has to be reminded of what: counts and days, nothing of any file; each agency once for each period and stage."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from hub.audit import Entry, Verb, in_turn, record
from hub.db import Reading, UnitOfWork
from hub.intake import reminder_store
from hub.intake.calendar import Arrival, Diary, Line
from hub.intake.reminder_store import Key
from hub.kit.authority import Action, Permit
from hub.kit.clock import Clock, stamp
from hub.kit.errors import NotPermitted
from hub.kit.words import say
from hub.kit.working_days import working_days_before

SOON_WORKING_DAYS = 3
"""So many working days before the due day an agency is told that it comes."""

LATE, SOON = "late", "soon"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder:
    """What one agency is reminded of: so many extracts late, so many due soon. `keys`: their periods, each with its stage."""

    agency: str
    late: int
    soon: int
    next_due_on: date | None
    keys: tuple[Key, ...]


def reminders_of(lines: Iterable[Line], diary: Diary) -> tuple[Reminder, ...]:
    """One reminder for each agency that has something late, or due within three working days; by agency."""
    of: dict[str, list[tuple[Line, str]]] = {}
    for one in lines:
        stage = _stage(one, diary)
        if stage:
            of.setdefault(one.agency, []).append((one, stage))
    return tuple(_reminder(agency, found) for agency, found in sorted(of.items()))


def _reminder(agency: str, found: list[tuple[Line, str]]) -> Reminder:
    soon = [one.due_on for one, stage in found if stage == SOON and one.due_on is not None]
    return Reminder(
        agency=agency,
        late=sum(1 for _, stage in found if stage == LATE),
        soon=len(soon),
        next_due_on=min(soon, default=None),
        keys=tuple(sorted({(one.span.last, stage) for one, stage in found})),
    )


def _stage(line: Line, diary: Diary) -> str:
    if line.state is Arrival.LATE:
        return LATE
    if line.state is not Arrival.DUE or line.due_on is None:
        return ""
    return SOON if diary.today >= working_days_before(line.due_on, SOON_WORKING_DAYS, extra=diary.holidays) else ""


class Reminders:
    """What agencies have been reminded of. A period is told of once before it is due and once when it is late, never twice."""

    def __init__(self, *, clock: Clock) -> None:
        self._clock = clock

    def fresh(self, reading: UnitOfWork | Reading, reminder: Reminder) -> Reminder | None:
        """The reminder with the keys that the agency has not been told of; None when it knows them all."""
        known = reminder_store.sent(reading, reminder.agency)
        keys = tuple(key for key in reminder.keys if key not in known)
        return replace(reminder, keys=keys) if keys else None

    def claim(self, uow: UnitOfWork, permit: Permit, reminder: Reminder) -> Reminder | None:
        """Write down that the agency is reminded, before it is: None when somebody else has just done so.

        A kill between this and the sending costs the agency one mail; nobody is mailed twice.
        """
        self._check(permit)
        in_turn(uow)  # two workers may be at it
        now = self.fresh(uow, reminder)
        if now is None:
            return None
        reminder_store.add(uow, now.agency, now.keys, stamp(self._clock.now()))
        self._note(uow, permit, now, "done")
        return now

    def failed(self, uow: UnitOfWork, permit: Permit, claimed: Reminder, *, why: str) -> None:
        """The mail did not leave: the agency may be reminded again. `why` is a code."""
        self._check(permit)
        reminder_store.remove(uow, claimed.agency, claimed.keys)
        self._note(uow, permit, claimed, "refused", why=why)

    def _check(self, permit: Permit) -> None:
        if not permit.is_for(Action.REMINDER_SEND, at=self._clock.now()):
            raise NotPermitted(say("intake.other-permit"), reasons=("other-permit",), code="other-permit")

    def _note(self, uow: UnitOfWork, permit: Permit, reminder: Reminder, outcome: str, *, why: str = "") -> None:
        periods = " ".join(f"{period}:{stage}" for period, stage in reminder.keys)
        detail: dict[str, str | int] = {"late": reminder.late, "soon": reminder.soon, "periods": periods}
        record(
            uow,
            Entry(
                at=self._clock.now(),
                verb=Verb.DISCLOSURE,
                action=Action.REMINDER_SEND,
                outcome=outcome,
                reader=permit.reader,
                subject=f"agency/{reminder.agency}",
                justification=say("reminders.justification"),
                recipients=(reminder.agency,),
                authority=permit.id,
                policy_hash=permit.policy_hash,
                detail=detail | ({"why": why} if why else {}),
            ),
        )
