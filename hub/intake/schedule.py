"""Whose calendar is shown to whom: an agency's own in full, to the lead what is there, due or late where its agency is
a party.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from hub.agreements import Agreement, Agreements
from hub.db import Reading, UnitOfWork
from hub.intake import store
from hub.intake.calendar import THERE, Arrival, Asked, Diary, Line, lines_of
from hub.intake.model import Submission
from hub.intake.periods import legal_day, length_of
from hub.intake.reminding import Reminder, reminders_of
from hub.intake.scorecard import Score, Sent, score_of
from hub.intake.statutory import StatutoryLine, items_of, statutory_lines
from hub.kit.authority import Action, Permit, Reader
from hub.kit.clock import Clock
from hub.kit.errors import NotFound, NotPermitted
from hub.kit.spoken import months_until
from hub.kit.words import say
from hub.policy import AgencyDirectory, Policy
from hub.schemas import DatasetSchema, PrescribedSet, SchemaRegistry, prescribed_sets

_LONGEST = 12
"""A period that begins within the months shown may have begun so many months before them."""

MONTHS_SCORED = 12
MONTHS_SHOWN = 13
"""Months that a calendar goes back to, the running one included."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """What one agency has to send: by agreement, and by law, quarter by quarter."""

    agency: str
    today: date
    lines: tuple[Line, ...]
    statutory: tuple[StatutoryLine, ...] = ()


class Calendars:
    """Calendars, made afresh from agreements and submissions whenever somebody looks; nothing is stored, so nothing
    goes stale.
    """

    def __init__(
        self,
        *,
        agreements: Agreements,
        schemas: SchemaRegistry,
        policy: Policy,
        directory: AgencyDirectory,
        clock: Clock,
        due_working_days: int,
        holidays: frozenset[date] = frozenset(),
    ) -> None:
        self._agreements = agreements
        self._schemas = schemas
        self._policy = policy
        self._directory = directory
        self._clock = clock
        self._due_days = due_working_days
        self._holidays = holidays
        self._sets: tuple[PrescribedSet, ...] = prescribed_sets(schemas)

    @property
    def diary(self) -> Diary:
        """How days are counted today."""
        return Diary(legal_day(self._clock.now()), self._holidays)

    def own(
        self, reading: UnitOfWork | Reading, reader: Reader, *, months: int = MONTHS_SHOWN, ahead: int = 0
    ) -> Calendar:
        """The calendar of the reader's own agency, the earliest period first. NotPermitted to whoever is no person of
        it.
        """
        self._may(reading, reader, Action.CALENDAR_READ)
        return self._of(reading, reader.agency, months=months, ahead=ahead)

    def partnership(
        self, reading: UnitOfWork | Reading, reader: Reader, *, months: int = MONTHS_SHOWN
    ) -> tuple[Line, ...]:
        """What is there, due or late from every agency, of datasets of which the reader's agency is a party; nothing
        else of a file.

        Datasets of agreements that do not name the reader's agency do not exist here.
        """
        decision = self._policy.decide(reading, reader, Action.CALENDAR_READ_ALL, "calendar")
        if not decision.permitted:
            raise NotPermitted(say("intake.not-lead"), reasons=decision.codes)
        return tuple(one.for_partners() for one in self._known_to(reading, reader.agency, months=months))

    def reminders(self, reading: UnitOfWork | Reading, permit: Permit) -> tuple[Reminder, ...]:
        """How much each agency has to be reminded of: of everything for the hub's own task, for the lead of what it may know."""
        if not permit.is_for(Action.REMINDER_SEND, at=self._clock.now()):
            raise NotPermitted(say("intake.other-permit"), reasons=("other-permit",), code="other-permit")
        party = "" if permit.reader.task else permit.reader.agency
        lines = [one.for_partners() for one in self._known_to(reading, party, months=MONTHS_SHOWN)]
        return reminders_of(lines, self.diary)

    def scores(
        self, reading: UnitOfWork | Reading, reader: Reader, *, months: int = MONTHS_SCORED
    ) -> tuple[Score, ...]:
        """How the reader's own agency sends each dataset, over the last months that are over. NotPermitted as `own`.

        From submissions and the reports of their checks: counts, fields and codes; no row is read.
        """
        self._may(reading, reader, Action.SCORECARD_READ)
        lines: dict[str, list[Line]] = {}
        for one in self._of(reading, reader.agency, months=months + 1, ahead=0).lines:
            lines.setdefault(one.dataset, []).append(one)
        sent: dict[str, list[Sent]] = {}
        for found, report in store.reports_of(reading, reader.agency, since=self._back_to(months + 1)):
            sent.setdefault(found.dataset, []).append((found, report))
        return tuple(
            score_of(self._schemas.get(dataset), own, sent.get(dataset, [])) for dataset, own in sorted(lines.items())
        )

    def sees_partnership(self, reading: UnitOfWork | Reading, reader: Reader) -> bool:
        """Whether the reader may look at the partnership's calendar."""
        return self._policy.decide(reading, reader, Action.CALENDAR_READ_ALL, "calendar").permitted

    def _known_to(self, reading: UnitOfWork | Reading, party: str, *, months: int) -> Iterator[Line]:
        found: dict[tuple[str, str], list[Submission]] = {}
        for one in store.since(reading, self._back_to(months + _LONGEST)):
            found.setdefault((one.agency, one.dataset), []).append(one)
        for asked in self._asked(reading, party=party):
            own = found.get((asked.agency, asked.dataset), [])
            yield from lines_of(asked, own, self.diary, back_to=self._back_to(months))

    def _of(self, reading: UnitOfWork | Reading, agency: str, *, months: int, ahead: int) -> Calendar:
        everything = [one for one in self._asked(reading) if one.agency == agency]
        found: dict[str, list[Submission]] = {}
        for one in store.since(reading, self._back_to(months + _LONGEST), agency=agency):
            found.setdefault(one.dataset, []).append(one)
        lines = [
            line
            for asked in everything
            for line in lines_of(
                asked, found.get(asked.dataset, []), self.diary, back_to=self._back_to(months), ahead=ahead
            )
        ]
        return Calendar(
            agency=agency,
            today=self.diary.today,
            lines=tuple(sorted(lines, key=lambda line: (line.span.last, line.dataset))),
            statutory=self._statutory(reading, agency, everything, lines),
        )

    def _statutory(
        self, reading: UnitOfWork | Reading, agency: str, everything: Sequence[Asked], lines: Sequence[Line]
    ) -> tuple[StatutoryLine, ...]:
        there = {(one.dataset, month) for one in lines if one.state in THERE for month in one.span.months}
        agreed = {one.dataset: max(one.since, one.signed_on) for one in everything if one.length}
        return statutory_lines(
            self._sets,
            kind=self._kind(reading, agency),
            agreed=agreed,
            holds=lambda dataset, month: (dataset, month) in there,
            today=self.diary.today,
        )

    def _may(self, reading: UnitOfWork | Reading, reader: Reader, action: Action) -> None:
        decision = self._policy.decide(reading, reader, action, f"agency/{reader.agency}")
        if not decision.permitted:
            raise NotPermitted(say("intake.not-own-agency"), reasons=decision.codes)

    def _asked(self, reading: UnitOfWork | Reading, *, party: str = "") -> tuple[Asked, ...]:
        """Everything that is asked for now; by agreements that name `party` alone, where one is given."""
        terms: dict[tuple[str, str], list[Agreement]] = {}
        for agreement in self._agreements.in_force(reading, self._clock.now()):
            if party and party not in agreement.agencies():
                continue
            for supplies in {(term.supplier, term.dataset): None for term in agreement.terms}:
                terms.setdefault(supplies, []).append(agreement)
        versions = self._agreements.all(reading)
        asked = (self._one(reading, supplies, of, versions) for supplies, of in sorted(terms.items()))
        return tuple(one for one in asked if one is not None)

    def _one(
        self,
        reading: UnitOfWork | Reading,
        supplies: tuple[str, str],
        agreements: Sequence[Agreement],
        versions: Sequence[Agreement],
    ) -> Asked | None:
        agency, dataset = supplies
        schema = self._schema(dataset)
        if schema is None:
            return None
        own = [term for one in agreements for term in one.terms if (term.supplier, term.dataset) == supplies]
        ids = {one.id for one in agreements}
        first = min(  # a renewed agreement forgives nothing that its older version asked for
            (one for one in versions if one.id in ids and one.has_been_in_force and _covers(one, supplies)),
            key=lambda one: max(one.starts_on, _signed_on(one)),
        )
        said = [term.due_working_days for term in own if term.due_working_days is not None]
        return Asked(
            agency=agency,
            dataset=dataset,
            length=length_of(schema.cadence),
            since=first.starts_on,
            signed_on=_signed_on(first),
            due_days=min(said, default=self._due_days),
            series=schema.series,
            items=items_of(self._sets, kind=self._kind(reading, agency), dataset=dataset),
            agreements=tuple(one.reference for one in agreements),
        )

    def _schema(self, dataset: str) -> DatasetSchema | None:
        try:
            return self._schemas.get(dataset)
        except NotFound:
            return None

    def _kind(self, reading: UnitOfWork | Reading, agency: str) -> str:
        try:
            return self._directory.kind_of(reading, agency)
        except NotFound:
            return ""

    def _back_to(self, months: int) -> str:
        return months_until(f"{self.diary.today:%Y-%m}", months)[-1]


def count_states(lines: Iterable[Line]) -> Mapping[Arrival, int]:
    """How many lines stand how."""
    counted: dict[Arrival, int] = {}
    for one in lines:
        counted[one.state] = counted.get(one.state, 0) + 1
    return counted


def _covers(agreement: Agreement, supplies: tuple[str, str]) -> bool:
    return any((term.supplier, term.dataset) == supplies for term in agreement.terms)


def _signed_on(agreement: Agreement) -> date:
    """The day of the last signature, which brought it into force; its first day, where no signature is kept."""
    return max((legal_day(one.at) for one in agreement.sign_offs), default=agreement.starts_on)
