"""A submission's own file, given back with what is wrong in it marked: as a workbook or as CSV."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from hub.kit.attachment import attachment
from hub.schemas import MARKED_MEDIA
from hub.web.door import Door


class MarkedPages:
    """Downloads of marked files; to other agencies they look as if they were not there."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._hub = door.hub

    def router(self) -> APIRouter:
        """The routes."""
        router = APIRouter(prefix="/submissions")
        router.add_api_route("/{submission}/marked.{form}", self.marked, methods=["GET"], response_model=None)
        return router

    def marked(self, request: Request, submission: str, form: str) -> Response:
        """The marked file; made for this answer alone, and logged."""
        session = self._door.session(request)
        made = self._hub.marked_files.marked(session.reader, submission, form=form)
        headers = attachment(made.name) | {"Cache-Control": "private, no-store"}
        return Response(made.content, media_type=MARKED_MEDIA[made.form], headers=headers)
