"""Definitions of serious violence: the list with its history, one definition, and the record of the board's choice."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from hub.identity import Session
from hub.kit.authority import Action
from hub.kit.errors import Invalid
from hub.kit.words import say
from hub.web.door import Door
from hub.web.elements import Link, Problem
from hub.web.forms import Form
from hub.web.pages.definitions import definition_page, definitions_page

_RESOURCE = "definitions"


class DefinitionPages:
    """What counts as serious violence."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._hub = door.hub

    def router(self) -> APIRouter:
        """The routes."""
        router = APIRouter(prefix="/definitions")
        router.add_api_route("", self.listing, methods=["GET"], response_model=None)
        router.add_api_route("/{reference}", self.one, methods=["GET"], response_model=None)
        router.add_api_route("/{reference}/choose", self.choose, methods=["POST"], response_model=None)
        return router

    def listing(self, request: Request) -> Response:
        """Every definition, the one in force, and what was chosen before."""
        session = self._door.session(request)
        with self._hub.database.unit_of_work() as uow:
            self._hub.policy.permit(uow, session.reader, Action.DEFINITION_READ, _RESOURCE)
            page = definitions_page(
                self._hub.definitions.all(),
                self._hub.definitions.in_force(uow),
                self._hub.definitions.history(uow),
                {one.id: one.name for one in self._hub.identity.agencies(uow)},
            )
        done = say("web.definitions.done") if request.query_params.get("done") == "chosen" else ""
        frame = self._door.frame(session, say("web.definitions.title"), current="/definitions", notice=done)
        return self._door.page("definitions.html", frame, page)

    def one(self, request: Request, reference: str) -> Response:
        """One definition, with the form for the board's choice where the reader may record it."""
        return self._show(self._door.session(request), reference)

    def choose(self, request: Request, reference: str, form: Form) -> Response:
        """Record the choice."""
        session = self._door.session_for_form(request, form)
        minute = form.get("minute", "")
        try:
            with self._hub.database.unit_of_work() as uow:
                permit = self._hub.policy.permit(uow, session.reader, Action.DEFINITION_CHOOSE, _RESOURCE)
                self._hub.definitions.choose(uow, permit, reference, minute=minute)
        except Invalid as error:
            return self._show(session, reference, minute=minute, error=f"{error.title} {error.remedy}")
        return self._door.go("/definitions?done=chosen")

    def _show(self, session: Session, reference: str, *, minute: str = "", error: str = "") -> Response:
        with self._hub.database.unit_of_work() as uow:
            self._hub.policy.permit(uow, session.reader, Action.DEFINITION_READ, _RESOURCE)
            decide = self._hub.policy.decide
            may_choose = decide(uow, session.reader, Action.DEFINITION_CHOOSE, _RESOURCE).permitted
            page = definition_page(
                self._hub.definitions.get(reference),
                self._hub.definitions.in_force(uow),
                self._hub.schemas,
                may_choose=may_choose,
                minute=minute,
                error=error,
            )
        frame = self._door.frame(
            session,
            page.title,
            current="/definitions",
            breadcrumbs=(Link(say("web.definitions.title"), "/definitions"),),
            problems=(Problem(error, "#minute"),) if error else (),
        )
        return self._door.page("definition.html", frame, page, status=422 if error else 200)
