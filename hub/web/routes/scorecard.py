"""How well the own agency sends its extracts; for the lead, how whole and how soon the partnership does."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from hub.kit.words import say
from hub.web.door import Door
from hub.web.pages.scorecard import HERE, PERIODS, scorecard_page

_USUAL = 12


class ScorecardPages:
    """The page of scores."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._hub = door.hub

    def router(self) -> APIRouter:
        """The route."""
        router = APIRouter()
        router.add_api_route(HERE, self.show, methods=["GET"], response_model=None)
        return router

    def show(self, request: Request) -> Response:
        """The scores of the last months, as many as the address asks for."""
        session, calendars = self._door.session(request), self._hub.calendars
        months = _months(request.query_params.get("months", ""))
        with self._hub.database.reading() as reading:
            scores = calendars.scores(reading, session.reader, months=months)
            leads = calendars.sees_partnership(reading, session.reader)
            partners = calendars.partnership(reading, session.reader, months=months + 1) if leads else None
            names = {one.id: one.name for one in self._hub.identity.agencies(reading)}
        titles = {one.id: one.title for one in self._hub.schemas.all()}
        page = scorecard_page(scores, partners, months=months, titles=titles, names=names)
        frame = self._door.frame(session, say("scorecard.title"), current="/calendar")
        return self._door.page("scorecard.html", frame, page)


def _months(text: str) -> int:
    """One of the choices; the usual for anything else."""
    return int(text) if text in {str(one) for one in PERIODS} else _USUAL
