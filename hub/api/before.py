"""What differs between a submission and the file before it, and who will see it: for the agency that sent it."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request

from hub.api.readers import session_of
from hub.app import Hub
from hub.intake import difference_document


class BeforeApi:
    """Two questions before a file is accepted."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    def router(self) -> APIRouter:
        """The routes."""
        router = APIRouter(prefix="/submissions/{submission_id}", tags=["submissions"])
        router.add_api_route("/difference", self.difference, methods=["GET"])
        router.add_api_route("/seen-by", self.seen_by, methods=["GET"])
        return router

    def difference(self, request: Request, submission_id: str, against: str = "") -> dict[str, Any]:
        """Rows added, changed and withdrawn since the last accepted file for the month (of a series: the edition before), or since
        `against`, another submission of the same dataset. `against` is null in the answer where there is none. `examples` are cells
        of the first changed rows, for an uploader alone. 404 to everybody but the agency that sent it.
        """
        with self._hub.database.reading() as reading:
            session = session_of(self._hub, reading, request)
        found = self._hub.differences.of(session.reader, submission_id, against=against)
        return difference_document(found) if found is not None else {"submission": submission_id, "against": None}

    def seen_by(self, request: Request, submission_id: str) -> dict[str, Any]:
        """Who will see what of it, as agreements stand now: each group of agencies with the form of every column, and for those
        that get rows the first rows of this file as they would get them (for an uploader alone).
        """
        with self._hub.database.unit_of_work() as uow:
            session = session_of(self._hub, uow, request)
            found = self._hub.intake.submission(uow, session.reader, submission_id)
        seen = self._hub.previews.of(session.reader, found)
        return {"submission": found.id, "seen_by": [one.as_json() for one in seen]}
