"""What is due from whom, for programs: the caller's own agency in full, the partnership for its lead."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request

from hub.api.readers import session_of
from hub.app import Hub
from hub.kit.authority import Action


class CalendarApi:
    """As the page Calendar shows it."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    def router(self) -> APIRouter:
        """The routes."""
        router = APIRouter(prefix="/calendar", tags=["calendar"])
        router.add_api_route("", self.own, methods=["GET"])
        router.add_api_route("/partnership", self.partnership, methods=["GET"])
        return router

    def own(self, request: Request) -> dict[str, Any]:
        """What the caller's agency has to send, how each extract stands, and the quarters of CDA 1998 s.17A."""
        with self._hub.database.reading() as reading:
            session = session_of(self._hub, reading, request)
            found = self._hub.calendars.own(reading, session.reader)
        return {
            "agency": found.agency,
            "today": found.today.isoformat(),
            "extracts": [one.as_json() for one in found.lines],
            "prescribed": [one.as_json() for one in found.statutory],
        }

    def partnership(self, request: Request) -> dict[str, Any]:
        """What is there, due or late from every agency, for the lead: of datasets of agreements that name its agency."""
        with self._hub.database.unit_of_work() as uow:
            session = session_of(self._hub, uow, request)
            self._hub.policy.permit(uow, session.reader, Action.CALENDAR_READ_ALL, "calendar")
            found = self._hub.calendars.partnership(uow, session.reader)
        return {
            "today": self._hub.calendars.diary.today.isoformat(),
            "extracts": [one.as_json() for one in found],
        }
