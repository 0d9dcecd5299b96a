"""What a check can find: the list, and a page for each code. Words of the hub alone, shown to everybody who is signed in."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from hub.kit.words import say
from hub.web.door import Door
from hub.web.elements import Link
from hub.web.pages.findings import catalogue_page, kind_page


class FindingPages:
    """The catalogue of findings."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def router(self) -> APIRouter:
        """The routes."""
        router = APIRouter(prefix="/findings")
        router.add_api_route("", self.listing, methods=["GET"], response_model=None)
        router.add_api_route("/{code}", self.one, methods=["GET"], response_model=None)
        return router

    def listing(self, request: Request) -> Response:
        """Every kind of finding."""
        frame = self._door.frame(self._door.session(request), say("findings.page.title"), current="/submissions")
        return self._door.page("findings.html", frame, catalogue_page())

    def one(self, request: Request, code: str) -> Response:
        """One kind of finding."""
        session, page = self._door.session(request), kind_page(code)
        back = (Link(say("findings.page.title"), "/findings"),)
        frame = self._door.frame(session, page.said.kind.title, current="/submissions", breadcrumbs=back)
        return self._door.page("finding.html", frame, page)
