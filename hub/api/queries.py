"""What the check asks of a submission, with the figures: for the agency that sent it."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request

from hub.api.readers import session_of
from hub.app import Hub


class QueriesApi:
    """The queries of the caller's own submissions."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    def router(self) -> APIRouter:
        """The routes."""
        router = APIRouter(prefix="/submissions", tags=["submissions"])
        router.add_api_route("/{submission_id}/queries", self.queries, methods=["GET"])
        return router

    def queries(self, request: Request, submission_id: str) -> dict[str, Any]:
        """Each query with its key (`code:field`, by which an explanation names it), the months before, and what moved most.

        `explanation` is what was said of it, `offered` what was said of the same figures when they were sent before. None for
        people who do not send: the report says in words what is asked. 404 to everybody but the agency that sent it.
        """
        with self._hub.database.unit_of_work() as uow:
            session = session_of(self._hub, uow, request)
            found = self._hub.intake.submission(uow, session.reader, submission_id)
        asked = self._hub.intake.questions(session.reader, submission_id)
        return {
            "submission": submission_id,
            "queries": [
                one.as_json()
                | {"explanation": found.explanations.get(one.key, ""), "offered": asked.offered.get(one.key, "")}
                for one in asked.queries
            ],
        }
