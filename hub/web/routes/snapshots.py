"""Snapshots: the list, the build behind the page, and what one snapshot holds."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from hub.app import Work
from hub.db import Reading, UnitOfWork
from hub.kit.authority import Action
from hub.kit.errors import NotFound
from hub.kit.words import say
from hub.web.door import Door
from hub.web.elements import Link
from hub.web.forms import Form
from hub.web.pages.snapshots import build_progress, snapshot_page, snapshots_page
from hub.web.routes.look import purpose_for

_REFRESH = 4
_PATIENCE = 2.0


class SnapshotPages:
    """The numbered, frozen sets that views answer from."""

    def __init__(self, door: Door, work: Work) -> None:
        self._door = door
        self._hub = door.hub
        self._work = work

    def router(self) -> APIRouter:
        """The routes."""
        router = APIRouter(prefix="/snapshots")
        router.add_api_route("", self.listing, methods=["GET"], response_model=None)
        router.add_api_route("", self.build, methods=["POST"], response_model=None)
        router.add_api_route("/{number}", self.one, methods=["GET"], response_model=None)
        return router

    def listing(self, request: Request) -> Response:
        """All snapshots, newest first, and how far a build is."""
        session = self._door.session(request)
        purpose = purpose_for(session)
        with self._hub.database.unit_of_work() as uow:
            permit = self._hub.policy.permit(uow, session.reader, Action.SNAPSHOT_READ, "snapshots", purpose=purpose)
            found = self._hub.snapshots.known(uow, permit)
            decision = self._hub.policy.decide(uow, session.reader, Action.SNAPSHOT_BUILD, "snapshots", purpose=purpose)
        progress = build_progress(self._work.building())
        page = snapshots_page(found, can_build=decision.permitted, progress=progress)
        running = progress is not None and progress.running
        frame = self._door.frame(
            session, say("web.snapshots.title"), current="/snapshots", refresh_seconds=_REFRESH if running else 0
        )
        return self._door.page("snapshots.html", frame, page)

    def build(self, request: Request, form: Form) -> Response:
        """Freeze and build, behind the page; the permit is asked for before anything starts, and again before it is kept."""
        session = self._door.session_for_form(request, form)
        with self._hub.database.unit_of_work() as uow:
            self._hub.policy.permit(
                uow, session.reader, Action.SNAPSHOT_BUILD, "snapshots", purpose=purpose_for(session)
            )
        self._work.build(session.reader, wait=_PATIENCE)
        return self._door.go("/snapshots")

    def one(self, request: Request, number: str) -> Response:
        """What a snapshot holds, and which tables were made from it."""
        session = self._door.session(request)
        with self._hub.database.unit_of_work() as uow:
            permit = self._hub.policy.permit(
                uow, session.reader, Action.SNAPSHOT_READ, "snapshots", purpose=purpose_for(session)
            )
            known = {str(one.number): one for one in self._hub.snapshots.known(uow, permit)}
            if number not in known:
                raise NotFound("no such snapshot")
            snapshot = known[number]
            measures = [
                one for one in self._hub.views.measures(uow, snapshot.number) if one.dataset in snapshot.datasets
            ]
            names = self._names(uow)
        titles = {one.id: one.title for one in self._hub.schemas.all()}
        page = snapshot_page(snapshot, measures, names=names, titles=titles)
        frame = self._door.frame(
            session,
            say("web.snapshots.page_title", number=snapshot.number),
            current="/snapshots",
            breadcrumbs=(Link(say("web.snapshots.title"), "/snapshots"),),
        )
        return self._door.page("snapshot.html", frame, page)

    def _names(self, reading: UnitOfWork | Reading) -> Mapping[str, str]:
        return {one.id: one.name for one in self._hub.identity.agencies(reading)}
