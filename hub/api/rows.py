"""Granted rows: which are open, a page of them, the whole as CSV."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from hub.api.readers import session_of
from hub.app import Hub
from hub.kit.attachment import attachment
from hub.kit.errors import Invalid
from hub.kit.words import say
from hub.snapshots import RowsPage, rows_csv, rows_document

PURPOSE = "svd.identify_kinds"
_MEDIA = {"csv": "text/csv; charset=utf-8", "json": "application/json"}


class RowsApi:
    """What agreements give of rows."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    def router(self) -> APIRouter:
        """The routes."""
        router = APIRouter(tags=["rows"])
        router.add_api_route("/datasets", self.datasets, methods=["GET"])
        router.add_api_route("/datasets/{dataset:path}/rows", self.rows, methods=["GET"], response_model=None)
        return router

    def datasets(self, request: Request, purpose: str = PURPOSE) -> dict[str, Any]:
        """The rows open to this reader for a purpose: dataset, supplier, agreement, each field with its form. Shows no row."""
        with self._hub.database.reading() as reading:
            session = session_of(self._hub, reading, request)
            found = [
                {"dataset": schema.id, "title": schema.title} | opening.as_json()
                for schema in self._hub.schemas.all()
                for opening in self._hub.policy.openings(reading, session.reader, schema.id, purpose=purpose)
            ]
        return {"purpose": purpose, "rows": found}

    def rows(
        self,
        request: Request,
        dataset: str,
        purpose: str = PURPOSE,
        justification: str = "",
        supplier: str = "",
        agreement: str = "",
        month: str = "",
        format: str = "json",  # noqa: A002 - the word of the contract
        cursor: str = "",
        limit: int = 0,
    ) -> Response:
        """Rows of one supplier under one agreement, each field in the form granted; recorded with purpose and justification.

        JSON comes a page at a time: `cursor` leads to the next. CSV is whole, or with `cursor` or `limit` a page, whose
        `Link` header leads on. `supplier` or `agreement` is needed where several would do (409 `which-rows`).
        """
        if format not in _MEDIA:
            raise Invalid(say("api.wrong-format", formats=", ".join(_MEDIA)), code="wrong-format")
        rows = self._hub.rows
        with self._hub.database.unit_of_work() as uow:
            session = session_of(self._hub, uow, request)
            grant = self._hub.policy.grant(
                uow,
                session.reader,
                [dataset],
                purpose=purpose,
                justification=justification or purpose,
                supplier=supplier,
                agreement=agreement,
            )
            if format == "csv" and not cursor and not limit:
                page = rows.whole(uow, grant, dataset, month=month)
            else:
                sized = {"limit": limit} if limit else {}
                page = rows.page(uow, grant, dataset, month=month, cursor=cursor, **sized)
        return _answer(request, page, format)


def _answer(request: Request, page: RowsPage, format_: str) -> Response:
    headers = {"Cache-Control": "private, no-store"}
    if page.cursor:
        query = urlencode({**request.query_params, "cursor": page.cursor})
        headers["Link"] = f'<{request.url.path}?{query}>; rel="next"'
    if format_ == "csv":
        headers |= attachment(file_name(page))
        return Response(rows_csv(page), media_type=_MEDIA["csv"], headers=headers)
    return JSONResponse(rows_document(page), headers=headers)


def file_name(page: RowsPage) -> str:
    """Such as `police-street-crime-met-police-2026-10.csv`."""
    return "-".join(filter(None, (page.dataset.replace("/", "-"), page.supplier, page.month))) + ".csv"
