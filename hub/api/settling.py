"""What a person of an agency does with a submission that was checked: accept, undo, have it checked again, withdraw."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field

from hub.api.readers import session_of
from hub.api.submissions import submission_document
from hub.app import Hub, work_of
from hub.db import UnitOfWork
from hub.identity import Scope
from hub.intake import ATTESTATION
from hub.kit.authority import Action, Permit
from hub.schemas import ImportProfile, profile_from

_MOST_QUERIES = 1_000
_LONGEST_REASON = 500


class _Said(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Acceptance(_Said):
    """`attest`: your word for the statements of `attestation`. `explanations`: of each question, by `code:field`. `checked_as`: as
    the submission said when you looked at it; 409 `changed-meanwhile` where it was checked anew, or undone, since.
    """

    attest: bool = False
    explanations: dict[str, str] = Field(default_factory=dict, max_length=_MOST_QUERIES)
    checked_as: str = ""


class Reason(_Said):
    """Why: it goes into the log."""

    reason: str = Field(default="", max_length=_LONGEST_REASON)


class Again(_Said):
    """`profile`: how the file is read, as `/reading` proposes it. `remember`: the agency's next files of the dataset too."""

    profile: dict[str, Any] | None = None
    remember: bool = False


class Settling:
    """The verbs, for people of the agency that sent it; 404 to everybody else."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._work = work_of(hub)

    def router(self) -> APIRouter:
        """The routes."""
        router = APIRouter(prefix="/submissions/{submission_id}", tags=["submissions"])
        router.add_api_route("/accept", self.accept, methods=["POST"])
        router.add_api_route("/undo", self.undo, methods=["POST"])
        router.add_api_route("/recheck", self.recheck, methods=["POST"])
        router.add_api_route("/withdraw", self.withdraw, methods=["POST"])
        return router

    def accept(self, request: Request, submission_id: str, said: Acceptance) -> dict[str, Any]:
        """Let the rows of a checked submission in. What was accepted for the month before is superseded."""
        with self._hub.database.unit_of_work() as uow:
            permit = self._permit(uow, request, submission_id, Action.SUBMISSION_CREATE)
            done = self._hub.intake.accept(
                uow,
                permit,
                submission_id,
                attestation=ATTESTATION if said.attest else "",
                explanations=said.explanations,
                checked_as=said.checked_as,
            )
            return submission_document(self._hub, done)

    def undo(self, request: Request, submission_id: str, said: Reason) -> dict[str, Any]:
        """Take an acceptance back: it waits again, and what it superseded counts again."""
        with self._hub.database.unit_of_work() as uow:
            permit = self._permit(uow, request, submission_id, Action.SUBMISSION_WITHDRAW)
            done = self._hub.intake.undo(uow, permit, submission_id, reason=said.reason)
            return submission_document(self._hub, done)

    def recheck(self, request: Request, submission_id: str, said: Again | None = None) -> dict[str, Any]:
        """Check the kept file again, as the schema and the agreements are now, or read otherwise; nothing is sent again."""
        with self._hub.database.unit_of_work() as uow:
            permit = self._permit(uow, request, submission_id, Action.SUBMISSION_CREATE)
            profile = self._profile(uow, permit, said) if said is not None and said.profile is not None else None
            received = self._hub.intake.recheck(uow, permit, submission_id, profile=profile)
        return submission_document(self._hub, self._work.checked(received))

    def withdraw(self, request: Request, submission_id: str, said: Reason) -> dict[str, Any]:
        """Take a submission back for good: its sealed files are erased, its record stays. A reason is needed."""
        with self._hub.database.unit_of_work() as uow:
            permit = self._permit(uow, request, submission_id, Action.SUBMISSION_WITHDRAW)
            done = self._hub.intake.withdraw(uow, permit, submission_id, reason=said.reason)
            return submission_document(self._hub, done)

    def _profile(self, uow: UnitOfWork, permit: Permit, said: Again) -> ImportProfile:
        """What the file is to be read with; remembered for the next ones, beside what is, where that is asked."""
        dataset = permit.resource
        profile = profile_from(said.profile, self._hub.schemas.get(dataset))
        if not said.remember:
            return profile
        kept = self._hub.intake.profiles.add(uow, permit, dataset=dataset, profile=profile)
        return replace(profile, remembered=kept.id)

    def _permit(self, uow: UnitOfWork, request: Request, submission_id: str, action: Action) -> Permit:
        session = session_of(self._hub, uow, request, scope=Scope.SUBMIT)
        found = self._hub.intake.submission(uow, session.reader, submission_id)
        return self._hub.policy.permit(uow, session.reader, action, found.dataset)
