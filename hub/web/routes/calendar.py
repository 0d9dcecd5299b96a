"""What is due from whom: the own agency's calendar, the partnership's for its lead, and the due days as an iCalendar file."""

from __future__ import annotations

import re

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from hub.db import UnitOfWork
from hub.identity import Session
from hub.intake import Line
from hub.kit.attachment import attachment
from hub.kit.authority import Action
from hub.kit.icalendar import icalendar
from hub.kit.words import say
from hub.web.door import Door
from hub.web.pages.calendar import ALL, HERE, OPEN, OWN, PARTNERSHIP, Filters, calendar_page, day_events

_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
_AHEAD = 3


class CalendarPages:
    """The pages of the calendar."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._hub = door.hub

    def router(self) -> APIRouter:
        """The routes."""
        router = APIRouter()
        router.add_api_route(HERE, self.show, methods=["GET"], response_model=None)
        router.add_api_route(f"{HERE}.ics", self.download, methods=["GET"], response_model=None)
        return router

    def show(self, request: Request) -> Response:
        """The calendar, as the address asks for it."""
        session = self._door.session(request)
        filters = _filters(request)
        with self._hub.database.unit_of_work() as uow:
            own = self._hub.calendars.own(uow, session.reader)
            partners = self._partners(uow, session, wanted=filters.of == PARTNERSHIP)
            names = {one.id: one.name for one in self._hub.identity.agencies(uow)}
        page = calendar_page(own, partners, filters, titles=self._titles(), names=names)
        frame = self._door.frame(session, say("calendar.title"), current=HERE)
        return self._door.page("calendar.html", frame, page)

    def download(self, request: Request) -> Response:
        """The due days of the own agency for a calendar program; the periods to come too."""
        session = self._door.session(request)
        with self._hub.database.reading() as reading:
            own = self._hub.calendars.own(reading, session.reader, ahead=_AHEAD)
        text = icalendar(
            day_events(own, self._titles(), self._door.base_url),
            name=say("calendar.calendar_name", agency=session.agency.name),
            product=say("calendar.product"),
            at=self._hub.clock.now(),
        )
        headers = attachment(f"due-{session.agency.id}.ics")
        return Response(text, media_type="text/calendar", headers=headers)

    def _partners(self, uow: UnitOfWork, session: Session, *, wanted: bool) -> tuple[Line, ...] | None:
        """The partnership's lines; None for whoever may not see them, refused where they were asked for."""
        if not wanted:
            return () if self._hub.calendars.sees_partnership(uow, session.reader) else None
        self._hub.policy.permit(uow, session.reader, Action.CALENDAR_READ_ALL, "calendar")
        return self._hub.calendars.partnership(uow, session.reader)

    def _titles(self) -> dict[str, str]:
        return {one.id: one.title for one in self._hub.schemas.all()}


def _filters(request: Request) -> Filters:
    """What the address asks for; what nobody knows is left out."""
    said = request.query_params
    month = said.get("month", "")
    state = said.get("state", "") or (ALL if month else OPEN)
    return Filters(
        of=PARTNERSHIP if said.get("of") == PARTNERSHIP else OWN,
        state=state,
        month=month if _MONTH.fullmatch(month) else "",
        agency=said.get("agency", "")[:80] if said.get("of") == PARTNERSHIP else "",
    )
