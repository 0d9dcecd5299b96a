"""Let a checked submission in, undo that, or have it checked again: the buttons of a submission's page."""

from __future__ import annotations

from collections.abc import Callable, Collection

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from hub.app import Hub, Work
from hub.db import UnitOfWork
from hub.identity import Session
from hub.intake import KEPT, State
from hub.kit.authority import Action, Permit
from hub.kit.errors import Conflict, HubError, Invalid
from hub.web.door import Door
from hub.web.forms import Form
from hub.web.pages.word import FIELD

_PATIENCE = 4.0
_MENDABLE = frozenset({"no-attestation", "not-explained", "bad-explanation"})

Show = Callable[[Session, str, Form], Response]
"""Shows the submission again, with what was filled in and what is missing."""


class SettlingPages:
    """The buttons; each asks the policy, calls one verb and shows the submission."""

    def __init__(self, door: Door, work: Work, *, show: Show) -> None:
        self._door = door
        self._hub = door.hub
        self._work = work
        self._show = show

    def router(self) -> APIRouter:
        """The routes."""
        router = APIRouter(prefix="/submissions/{submission}")
        router.add_api_route("/accept", self.accept, methods=["POST"], response_model=None)
        router.add_api_route("/undo", self.undo, methods=["POST"], response_model=None)
        router.add_api_route("/recheck", self.recheck, methods=["POST"], response_model=None)
        return router

    def accept(self, request: Request, submission: str, form: Form) -> Response:
        """The rows count from now on; what is missing is asked for beside its field."""
        session = self._door.session_for_form(request, form)
        explanations = {
            name.removeprefix(FIELD): text for name, text in form.items() if name.startswith(FIELD) and text.strip()
        }
        try:
            with self._hub.database.unit_of_work() as uow:
                permit = self._own(uow, session, submission, Action.SUBMISSION_CREATE)
                self._hub.intake.accept(
                    uow,
                    permit,
                    submission,
                    attestation=form.get("attest", ""),
                    explanations=explanations,
                    checked_as=form.get("checked_as", ""),
                )
        except (Conflict, Invalid) as error:
            if is_done(self._hub, session, submission, error, KEPT):
                return self._door.go(f"/submissions/{submission}")
            if error.code not in _MENDABLE:
                raise
            return self._show(session, submission, form)
        return self._door.go(f"/submissions/{submission}?done=accepted")

    def undo(self, request: Request, submission: str, form: Form) -> Response:
        """The rows do not count any more; the submission waits again."""
        session = self._door.session_for_form(request, form)
        try:
            with self._hub.database.unit_of_work() as uow:
                permit = self._own(uow, session, submission, Action.SUBMISSION_WITHDRAW)
                self._hub.intake.undo(uow, permit, submission)
        except Conflict as error:
            if not is_done(self._hub, session, submission, error, {State.CHECKED}):
                raise
            return self._door.go(f"/submissions/{submission}")
        return self._door.go(f"/submissions/{submission}?done=undone")

    def recheck(self, request: Request, submission: str, form: Form) -> Response:
        """The kept file is checked again."""
        session = self._door.session_for_form(request, form)
        with self._hub.database.unit_of_work() as uow:
            permit = self._own(uow, session, submission, Action.SUBMISSION_CREATE)
            self._hub.intake.recheck(uow, permit, submission)
        self._work.check(submission, wait=_PATIENCE)
        return self._door.go(f"/submissions/{submission}")

    def _own(self, uow: UnitOfWork, session: Session, submission: str, action: Action) -> Permit:
        found = self._hub.intake.submission(uow, session.reader, submission)
        return self._hub.policy.permit(uow, session.reader, action, found.dataset)


def is_done(hub: Hub, session: Session, submission: str, error: HubError, states: Collection[State]) -> bool:
    """Whether a button was refused because what it is for is done: it was pressed twice, or somebody else was quicker."""
    if error.code != "wrong-state":
        return False
    with hub.database.unit_of_work() as uow:
        return hub.intake.submission(uow, session.reader, submission).state in states
