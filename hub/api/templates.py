"""`GET /schemas/{agency}/{name}/template?period=2026-10`: an empty workbook of a dataset, to fill in."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from hub.api.readers import session_of
from hub.app import Hub
from hub.kit.attachment import attachment
from hub.kit.authority import Action
from hub.schemas import MARKED_MEDIA, template, template_name


class TemplatesApi:
    """Templates of the datasets that the caller may send."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    def router(self) -> APIRouter:
        """The routes."""
        router = APIRouter(prefix="/schemas", tags=["schemas"])
        router.add_api_route("/{agency}/{name}/template", self.template, methods=["GET"])
        return router

    def template(self, request: Request, agency: str, name: str, period: str = "") -> Response:
        """An XLSX workbook with the agreed columns, drop-downs of the codes valid in the month, and what each column holds."""
        dataset = f"{agency}/{name}"
        with self._hub.database.unit_of_work() as uow:
            session = session_of(self._hub, uow, request)
            self._hub.policy.permit(uow, session.reader, Action.SUBMISSION_CREATE, dataset)
        schema = self._hub.schemas.get(dataset)
        headers = attachment(template_name(schema, period))
        return Response(template(schema, period=period), media_type=MARKED_MEDIA["xlsx"], headers=headers)
