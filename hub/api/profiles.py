"""How an agency's files are read: what is remembered, and how one file is read, with proposals."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Body, Request
from fastapi.responses import Response

from hub.api.readers import session_of
from hub.app import Hub
from hub.db import UnitOfWork
from hub.identity import Scope, Session
from hub.kit.authority import Action, Permit
from hub.kit.errors import NotFound
from hub.kit.words import say
from hub.schemas import profile_from, reading_document

Profile = Annotated[dict[str, Any], Body()]


class Profiles:
    """The choices of the token's own agency, for tokens that may submit."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    def router(self) -> APIRouter:
        """The routes."""
        router = APIRouter(tags=["submissions"])
        path = "/datasets/{dataset:path}/import-profile"
        router.add_api_route(path, self.show, methods=["GET"])
        router.add_api_route(path, self.keep, methods=["PUT"])
        router.add_api_route(path, self.forget, methods=["DELETE"], status_code=204, response_class=Response)
        router.add_api_route("/submissions/{submission_id}/reading", self.reading, methods=["GET"])
        return router

    def show(self, request: Request, dataset: str) -> dict[str, Any]:
        """What the agency's next file of a dataset is read with; 404 where nothing is remembered."""
        with self._hub.database.unit_of_work() as uow:
            session, _ = self._permitted(uow, request, dataset)
            found = self._hub.intake.profiles.in_force(uow, session.reader.agency, dataset)
        if found is None:
            raise NotFound(say("mapping.none-kept"))
        return found.as_json()

    def keep(self, request: Request, dataset: str, profile: Profile) -> dict[str, Any]:
        """Remember how the agency's files of a dataset are read. Only agreed columns and codes can be the aim."""
        with self._hub.database.unit_of_work() as uow:
            _, permit = self._permitted(uow, request, dataset)
            said = profile_from(profile, self._hub.schemas.get(dataset))
            return self._hub.intake.profiles.confirm(uow, permit, dataset=dataset, profile=said).as_json()

    def forget(self, request: Request, dataset: str) -> Response:
        """Erase what is remembered for a dataset."""
        with self._hub.database.unit_of_work() as uow:
            _, permit = self._permitted(uow, request, dataset)
            self._hub.intake.profiles.forget(uow, permit, dataset=dataset)
        return Response(status_code=204)

    def reading(
        self, request: Request, submission_id: str, encoding: str = "", delimiter: str = "", sheet: str = ""
    ) -> dict[str, Any]:
        """How the kept file of a submission is read, with proposals; `proposed` is a profile to check it again with.

        Holds values of the agency's own file: the look is logged.
        """
        with self._hub.database.unit_of_work() as uow:
            session = session_of(self._hub, uow, request, scope=Scope.SUBMIT)
            found = self._hub.intake.submission(uow, session.reader, submission_id)
        known = found.profile
        profile = replace(
            known,
            encoding=encoding or known.encoding,
            delimiter=delimiter or known.delimiter,
            sheet=sheet or known.sheet,
        )
        shown = self._hub.intake.readings.reading(session.reader, found, profile=profile)
        return reading_document(shown)

    def _permitted(self, uow: UnitOfWork, request: Request, dataset: str) -> tuple[Session, Permit]:
        session = session_of(self._hub, uow, request, scope=Scope.SUBMIT)
        return session, self._hub.policy.permit(uow, session.reader, Action.SUBMISSION_CREATE, dataset)
