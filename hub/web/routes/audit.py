"""The audit log, read for one of the four purposes the law allows; each reading is itself an entry."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from hub import audit
from hub.identity import Session
from hub.kit.authority import Action
from hub.kit.words import say
from hub.web.door import Door
from hub.web.elements import Problem
from hub.web.forms import Form
from hub.web.pages.audit import entries_page, question_page

_COUNT = 100
_RESOURCE = "audit/log"


class AuditPages:
    """What happened, who did it, on whose authority."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._hub = door.hub

    def router(self) -> APIRouter:
        """The routes."""
        router = APIRouter(prefix="/audit")
        router.add_api_route("", self.question, methods=["GET"], response_model=None)
        router.add_api_route("", self.entries, methods=["POST"], response_model=None)
        router.add_api_route("/checkpoint", self.sign, methods=["POST"], response_model=None)
        return router

    def question(self, request: Request) -> Response:
        """The signed head, and the question what the log is to be read for."""
        return self._question(self._door.session(request))

    def entries(self, request: Request, form: Form) -> Response:
        """A hundred entries, the newest first; `before` goes further back."""
        session = self._door.session_for_form(request, form)
        purpose = form.get("purpose", "")
        if purpose not in audit.READING_PURPOSES:
            return self._question(session, error=say("web.audit.choose"))
        with self._hub.database.unit_of_work() as uow:
            permit = self._hub.policy.permit(uow, session.reader, Action.AUDIT_READ, _RESOURCE, purpose=purpose)
            size = audit.size(uow)
            before = min(_number(form, "before", size), size)
            first = max(before - _COUNT, 0)
            found = audit.entries(uow, permit, at=self._hub.clock, purpose=purpose, first=first, count=before - first)
            people = {one.id: one.name for one in self._hub.identity.people(uow)}
            agencies = {one.id: one.name for one in self._hub.identity.agencies(uow)}
            head = audit.latest_checkpoint(uow)
        page = entries_page(head, found, purpose=purpose, first=first, people=people, agencies=agencies)
        frame = self._door.frame(session, say("web.audit.title"), current="/audit")
        return self._door.page("audit.html", frame, page)

    def sign(self, request: Request, form: Form) -> Response:
        """Sign the head of the log as it stands."""
        session = self._door.session_for_form(request, form)
        with self._hub.database.unit_of_work() as uow:
            self._hub.policy.permit(
                uow, session.reader, Action.AUDIT_VERIFY, _RESOURCE, purpose=audit.READING_PURPOSES[0]
            )
            self._hub.audit.checkpoint(uow)
        return self._door.go("/audit")

    def _question(self, session: Session, *, error: str = "") -> Response:
        with self._hub.database.unit_of_work() as uow:
            self._hub.policy.permit(
                uow, session.reader, Action.AUDIT_VERIFY, _RESOURCE, purpose=audit.READING_PURPOSES[0]
            )
            head = audit.latest_checkpoint(uow)
        page = question_page(head, verifier_key=self._hub.audit.verifier_key, error=error)
        problems = (Problem(error, "#purpose"),) if error else ()
        frame = self._door.frame(session, say("web.audit.title"), current="/audit", problems=problems)
        return self._door.page("audit.html", frame, page, status=422 if error else 200)


def _number(form: Mapping[str, str], name: str, otherwise: int) -> int:
    text = form.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 16 else otherwise
