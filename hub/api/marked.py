"""`GET /submissions/{id}/marked?format=xlsx|csv`: the agency's own file, given back with what is wrong in it marked."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from hub.api.readers import session_of
from hub.app import Hub
from hub.identity import Scope
from hub.kit.attachment import attachment
from hub.kit.errors import Invalid
from hub.kit.words import say
from hub.schemas import MARKED_MEDIA


class MarkedApi:
    """Marked files of the caller's own agency."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    def router(self) -> APIRouter:
        """The routes."""
        router = APIRouter(prefix="/submissions", tags=["submissions"])
        router.add_api_route("/{submission_id}/marked", self.marked, methods=["GET"])
        return router

    def marked(self, request: Request, submission_id: str, format: str = "xlsx") -> Response:  # noqa: A002 - named in the address
        """The file as it was sent, with the failing cells marked; `format` is xlsx or csv.

        For those who send for the agency, with a token to submit: it is the file as it was sent, with all that stands in it.
        409 `not-kept` when the file was refused, withdrawn, or its days are over.
        """
        if format not in MARKED_MEDIA:
            raise Invalid(say("api.wrong-format", formats=", ".join(MARKED_MEDIA)), code="wrong-format")
        with self._hub.database.unit_of_work() as uow:
            session = session_of(self._hub, uow, request, scope=Scope.SUBMIT)
        made = self._hub.marked_files.marked(session.reader, submission_id, form=format)
        headers = attachment(made.name) | {"Cache-Control": "private, no-store"}
        return Response(made.content, media_type=MARKED_MEDIA[made.form], headers=headers)
