"""Looking at combined views: the list, a view with its filters in the address, and the same table as CSV or as a workbook."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from hub.agreements import Standing
from hub.db import UnitOfWork
from hub.identity import Session
from hub.kit.attachment import attachment
from hub.kit.authority import Action, Permit
from hub.kit.errors import Conflict, NotFound
from hub.kit.words import say
from hub.views import table_csv, table_xlsx
from hub.web.door import Door
from hub.web.elements import Card, Link
from hub.web.pages.view_filters import asked_of
from hub.web.pages.views import ViewsPage, view_page

PURPOSE = "svd.identify_kinds"
_MONITOR = "lpb.monitor"
_MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class Look:
    """The views."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._hub = door.hub

    def router(self) -> APIRouter:
        """The routes."""
        router = APIRouter(prefix="/views")
        router.add_api_route("", self.listing, methods=["GET"], response_model=None)
        router.add_api_route("/{view}", self.view, methods=["GET"], response_model=None)
        router.add_api_route("/{view}/table.{form}", self.download, methods=["GET"], response_model=None)
        return router

    def listing(self, request: Request) -> Response:
        """The views there are, each with its question."""
        session = self._door.session(request)
        with self._hub.database.unit_of_work() as uow:
            self._permit(uow, session, "views", purpose_for(session))
            views = self._hub.views.catalogue()
            empty = self._hub.snapshots.current(uow) is None
        cards = tuple(Card(view.title, view.question, f"/views/{view.id}") for view in views)
        frame = self._door.frame(session, say("web.views.title"), current="/views")
        return self._door.page("views.html", frame, ViewsPage(cards, no_snapshot=empty))

    def view(self, request: Request, view: str) -> Response:
        """A view as the address asks for it: the same cells as API, download and assessment (promise P4)."""
        session = self._door.session(request)
        purpose = request.query_params.get("purpose") or purpose_for(session)
        with self._hub.database.unit_of_work() as uow:
            permit = self._permit(uow, session, view, purpose)
            try:
                offer = self._hub.views.offer(uow, permit, view)
            except Conflict:
                return self._empty(session)
            asked = asked_of(offer, offer.tree, request.query_params)
            table = self._hub.views.table(uow, permit, view, by=asked.by, where=asked.where)
            purposes = self._purposes(uow, session, view, purpose)
            draw = self._hub.geography.index(uow, offer.tree.id).outlines
        page = view_page(offer, table, asked, tree=offer.tree, purpose=purpose, purposes=purposes, draw=draw)
        crumbs = (Link(say("web.views.title"), "/views"),)
        frame = self._door.frame(session, offer.title, current="/views", breadcrumbs=crumbs)
        return self._door.page("view.html", frame, page)

    def download(self, request: Request, view: str, form: str) -> Response:
        """The table as CSV or XLSX, named after its snapshot."""
        session = self._door.session(request)
        if form not in _MEDIA:
            raise NotFound(say("web.view.no_such_form"))
        parameters = request.query_params
        with self._hub.database.unit_of_work() as uow:
            permit = self._permit(uow, session, view, parameters.get("purpose") or purpose_for(session))
            table = self._hub.views.table(
                uow, permit, view, by=parameters.get("by", ""), where=parameters.get("where", "")
            )
        name = f"{table.view}-{table.table.name}-snapshot-{table.snapshot}.{form}"
        headers = attachment(name)
        content = table_xlsx(table) if form == "xlsx" else table_csv(table)
        return Response(content, media_type=_MEDIA[form], headers=headers)

    def _permit(self, uow: UnitOfWork, session: Session, resource: str, purpose: str) -> Permit:
        return self._hub.policy.permit(uow, session.reader, Action.VIEW_READ, resource, purpose=purpose)

    def _purposes(self, uow: UnitOfWork, session: Session, view: str, purpose: str) -> dict[str, str]:
        """What the reader may look for here: what agreements in force give their agency, and the asked one."""
        now, agency = self._hub.clock.now(), session.agency.id
        agreed = {
            one
            for agreement in self._hub.policy.agreements_of(uow, session.reader)
            if agreement.standing(now) is Standing.IN_FORCE
            for term in agreement.terms
            if agency in term.recipients
            for one in term.purposes
        }
        decide = self._hub.policy.decide
        return {
            known.id: known.title
            for known in self._hub.policy.library.purposes.values()
            if known.id == purpose
            or (known.id in agreed and decide(uow, session.reader, Action.VIEW_READ, view, purpose=known.id).permitted)
        }

    def _empty(self, session: Session) -> Response:
        frame = self._door.frame(session, say("web.views.title"), current="/views")
        return self._door.page("views.html", frame, ViewsPage((), no_snapshot=True))


def purpose_for(session: Session) -> str:
    """The purpose a page is opened for when its address names none: the local policing body's monitor looks only for its own."""
    only_monitor = session.reader.roles <= {"lpb_monitor", "auditor"} and "lpb_monitor" in session.reader.roles
    return _MONITOR if only_monitor else PURPOSE
