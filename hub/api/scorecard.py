"""How well the caller's agency sends its extracts, for programs; for the lead, how whole and how soon the partnership does."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request

from hub.api.readers import session_of
from hub.app import Hub
from hub.intake import Line, advice_on, praise_of, punctuality_of
from hub.kit.authority import Action

Months = Annotated[int, Query(ge=1, le=60)]


class ScorecardApi:
    """As the page Scorecard shows it."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    def router(self) -> APIRouter:
        """The routes."""
        router = APIRouter(prefix="/scorecard", tags=["calendar"])
        router.add_api_route("", self.own, methods=["GET"])
        router.add_api_route("/partnership", self.partnership, methods=["GET"])
        return router

    def own(self, request: Request, months: Months = 12) -> dict[str, Any]:
        """Each dataset of the caller's agency over the last months, with what would help most and what goes well."""
        with self._hub.database.reading() as reading:
            session = session_of(self._hub, reading, request)
            scores = self._hub.calendars.scores(reading, session.reader, months=months)
        return {
            "agency": session.reader.agency,
            "months": months,
            "advice": [one.as_json() for one in advice_on(scores)],
            "datasets": [one.as_json() | {"praise": list(praise_of(one))} for one in scores],
        }

    def partnership(self, request: Request, months: Months = 12) -> dict[str, Any]:
        """Completeness and timeliness by agency and dataset, for the lead; nothing of what was found in a file."""
        with self._hub.database.unit_of_work() as uow:
            session = session_of(self._hub, uow, request)
            self._hub.policy.permit(uow, session.reader, Action.CALENDAR_READ_ALL, "calendar")
            lines = self._hub.calendars.partnership(uow, session.reader, months=months + 1)
        of: dict[tuple[str, str], list[Line]] = {}
        for one in lines:
            of.setdefault((one.agency, one.dataset), []).append(one)
        return {
            "months": months,
            "datasets": [
                {"agency": agency, "dataset": dataset} | punctuality_of(own).as_json()
                for (agency, dataset), own in sorted(of.items())
            ],
        }
