"""The empty workbook of a dataset, for those who may send it."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from hub.kit.attachment import attachment
from hub.kit.authority import Action
from hub.schemas import MARKED_MEDIA, template, template_name
from hub.web.door import Door


class TemplatePages:
    """Downloads of templates."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._hub = door.hub

    def router(self) -> APIRouter:
        """The routes."""
        router = APIRouter(prefix="/templates")
        router.add_api_route("/{agency}/{name}.xlsx", self.template, methods=["GET"], response_model=None)
        return router

    def template(self, request: Request, agency: str, name: str) -> Response:
        """The workbook for a month (`?period=2026-10`), with the codes that are valid in it."""
        session, dataset = self._door.session(request), f"{agency}/{name}"
        period = request.query_params.get("period", "")
        with self._hub.database.unit_of_work() as uow:
            self._hub.policy.permit(uow, session.reader, Action.SUBMISSION_CREATE, dataset)
        schema = self._hub.schemas.get(dataset)
        headers = attachment(template_name(schema, period))
        return Response(template(schema, period=period), media_type=MARKED_MEDIA["xlsx"], headers=headers)
