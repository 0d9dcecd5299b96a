"""What do I do today? One page for each person, by what their roles let them do and what is waiting."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from hub import audit
from hub.db import Reading
from hub.identity import Session
from hub.intake import Submission
from hub.kit.authority import Action
from hub.kit.words import say
from hub.web.door import Door
from hub.web.elements import Card
from hub.web.pages.calendar import due_cards, late_card
from hub.web.pages.home import (
    administrators_due,
    agreements_due,
    areas_due,
    assessment_due,
    build_due,
    facilitator_due,
    files_open,
    home_page,
    log_due,
    tables_to_look_at,
    waiting,
)
from hub.web.routes.assessments import purpose_of
from hub.web.routes.look import purpose_for

_REFRESH = 4


class Home:
    """The landing page."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._hub = door.hub

    def router(self) -> APIRouter:
        """The route."""
        router = APIRouter()
        router.add_api_route("/", self.home, methods=["GET"], response_model=None)
        return router

    def home(self, request: Request) -> Response:
        """Due first, then places."""
        session = self._door.session(request)
        with self._hub.database.unit_of_work() as uow:
            found = self._hub.intake.listing(uow, session.reader) if self._sends(session) else ()
        with self._hub.database.reading() as reading:
            due = [
                *self._to_send(reading, session, found),
                *self._to_sign(reading, session),
                *self._to_remind(reading, session),
                *self._to_build(reading, session),
                *self._to_read(reading, session),
                *self._to_check(reading, session),
                *self._to_staff(reading, session),
            ]
        progress = self._door.progress()
        running = progress is not None and progress.running
        frame = self._door.frame(
            session, say("web.home.title"), current="/", refresh_seconds=_REFRESH if running else 0
        )
        return self._door.page(
            "home.html",
            frame,
            home_page(session, due, progress, sees_facilitators=self._door.sees_facilitators(session)),
        )

    def _sends(self, session: Session) -> bool:
        return "uploader" in session.reader.roles

    def _to_send(self, reading: Reading, session: Session, found: Sequence[Submission]) -> list[Card]:
        if not self._sends(session):
            return []
        titles = {one.id: one.title for one in self._hub.schemas.all()}
        calendar = self._hub.calendars.own(reading, session.reader)
        return [*files_open(found, titles), *due_cards(calendar, titles)]

    def _to_remind(self, reading: Reading, session: Session) -> list[Card]:
        """What is late, for the partnership's lead."""
        calendars = self._hub.calendars
        if not calendars.sees_partnership(reading, session.reader):
            return []
        return late_card(calendars.partnership(reading, session.reader))

    def _to_sign(self, reading: Reading, session: Session) -> list[Card]:
        if not session.reader.roles & {"governance_lead"}:
            return []
        known = self._hub.policy.agreements_of(reading, session.reader)
        decide = self._hub.policy.decide
        signable = frozenset(
            one.reference
            for one in known
            if one.author != session.person.id
            and decide(reading, session.reader, Action.AGREEMENT_SIGN, one.reference).permitted
        )
        names = {one.id: one.name for one in self._hub.identity.agencies(reading)}
        return [
            *agreements_due(known, session.agency.id, self._hub.clock.now(), signable=signable),
            *waiting(known, session.person.id, names),
        ]

    def _to_build(self, reading: Reading, session: Session) -> list[Card]:
        decide = self._hub.policy.decide
        purpose = purpose_for(session)
        if not decide(reading, session.reader, Action.SNAPSHOT_BUILD, "snapshots", purpose=purpose).permitted:
            return []
        accepted = frozenset(one.id for one in self._hub.intake.latest_accepted(reading))
        current = self._hub.snapshots.current(reading)
        held = frozenset(one.submission for one in current.inputs) if current is not None else None
        return build_due(held, accepted)

    def _to_read(self, reading: Reading, session: Session) -> list[Card]:
        """Tables and the assessment, for those who may read them."""
        decide, purpose = self._hub.policy.decide, purpose_of(session)
        if not decide(reading, session.reader, Action.ASSESSMENT_READ, "assessments", purpose=purpose).permitted:
            return []
        snapshot = self._hub.snapshots.current(reading)
        built = self._hub.assessments.newest(reading)
        may_build = decide(reading, session.reader, Action.ASSESSMENT_BUILD, "assessments", purpose=purpose).permitted
        number = snapshot.number if snapshot else None
        cards = [tables_to_look_at(snapshot.number, snapshot.at)] if snapshot else []
        return [*cards, *assessment_due(built, number, may_build=may_build)]

    def _to_check(self, reading: Reading, session: Session) -> list[Card]:
        """The log for the auditor, the areas for the operator."""
        roles, cards = session.reader.roles, []
        if "auditor" in roles:
            head = audit.latest_checkpoint(reading)
            cards += log_due(audit.size(reading), head.size if head else None)
        if "operator" in roles:
            cards += areas_due(loaded=self._hub.geography.current(reading) is not None)
        return cards

    def _to_staff(self, reading: Reading, session: Session) -> list[Card]:
        """The facilitator that an authority has yet to name; for the operator, agencies without an administrator."""
        identity, decide, own = self._hub.identity, self._hub.policy.decide, session.agency
        if decide(reading, session.reader, Action.AGENCY_NOMINATE, f"agency/{own.id}").permitted:
            needed = own.kind.value in self._hub.policy.library.responsible_authorities
            return facilitator_due(missing=needed and identity.facilitator(reading, own.id) is None)
        if decide(reading, session.reader, Action.AGENCY_ADD, "agencies").permitted:
            others = [one for one in identity.agencies(reading) if one.id != own.id and not one.disabled]
            return administrators_due([one for one in others if not identity.is_administered(reading, one.id)])
        return []
