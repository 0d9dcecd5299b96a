"""Combined views as tables, and snapshots."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from hub.api.readers import session_of
from hub.app import Hub, build_snapshot
from hub.identity import Scope
from hub.kit.attachment import attachment
from hub.kit.authority import Action
from hub.kit.canonical import canonical_json, sha256_hex
from hub.kit.clock import stamp
from hub.kit.errors import HubError, Invalid
from hub.kit.words import say
from hub.snapshots import Snapshot
from hub.views import ProtectedTable, table_csv, table_document, table_xlsx

_MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_EXTRAS = {"parquet": "analysis", "arrow": "analysis"}
PURPOSE = "svd.identify_kinds"


class NotAcceptable(HubError):
    """The table cannot be had in the format asked for."""

    code = "not-acceptable"


class ViewsApi:
    """What readers look at."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    def router(self) -> APIRouter:
        """The routes."""
        router = APIRouter(tags=["views"])
        router.add_api_route("/views", self.catalogue, methods=["GET"])
        router.add_api_route("/views/{view}", self.offer, methods=["GET"])
        router.add_api_route("/views/{view}/table", self.table, methods=["GET"], response_model=None)
        router.add_api_route("/snapshots", self.snapshots, methods=["GET"])
        router.add_api_route("/snapshots", self.build, methods=["POST"], status_code=201)
        return router

    def catalogue(self, request: Request) -> dict[str, Any]:
        """The views there are, each with the question it answers."""
        with self._hub.database.unit_of_work() as uow:
            session = session_of(self._hub, uow, request)
            self._hub.policy.permit(uow, session.reader, Action.VIEW_READ, "views", purpose=PURPOSE)
            views = [
                {"id": view.id, "title": view.title, "question": view.question} for view in self._hub.views.catalogue()
            ]
        return {"views": views}

    def offer(self, request: Request, view: str, purpose: str = PURPOSE) -> dict[str, Any]:
        """What of a view this reader may ask for now."""
        with self._hub.database.unit_of_work() as uow:
            session = session_of(self._hub, uow, request)
            permit = self._hub.policy.permit(uow, session.reader, Action.VIEW_READ, view, purpose=purpose)
            offer = self._hub.views.offer(uow, permit, view)
        return {
            "view": offer.view,
            "snapshot": offer.snapshot,
            "tables": [{"by": list(table.by), "columns": list(table.columns)} for table in offer.tables],
            "kinds": dict(offer.kinds),
            "months": list(offer.months),
            "notes": [{"code": note.code, "sentence": note.sentence} for note in offer.notes],
        }

    def table(
        self,
        request: Request,
        view: str,
        by: str = "",
        where: str = "",
        format: str = "json",  # noqa: A002 - the word of the contract
        purpose: str = PURPOSE,
        justification: str = "",
    ) -> Response:
        """The protected table; `format` is json, csv or xlsx. The ETag is the hash of its cells, and of the
        files of context beside them.
        """
        if format in _EXTRAS:
            raise NotAcceptable(say("api.needs-extra", format=format, extra=_EXTRAS[format]))
        if format not in _MEDIA:
            raise Invalid(say("api.wrong-format", formats=", ".join(_MEDIA)), code="wrong-format")
        with self._hub.database.unit_of_work() as uow:
            session = session_of(self._hub, uow, request)
            permit = self._hub.policy.permit(uow, session.reader, Action.VIEW_READ, view, purpose=purpose)
            table = self._hub.views.table(uow, permit, view, by=by, where=where, justification=justification)
        return _answer(request, table, format)

    def snapshots(self, request: Request) -> dict[str, Any]:
        """The snapshots there are, newest first: number, time, and the inputs that the reader may know of."""
        with self._hub.database.unit_of_work() as uow:
            session = session_of(self._hub, uow, request)
            permit = self._hub.policy.permit(uow, session.reader, Action.SNAPSHOT_READ, "snapshots", purpose=PURPOSE)
            found = self._hub.snapshots.known(uow, permit)
        return {"snapshots": [_snapshot(one) for one in found]}

    def build(self, request: Request) -> dict[str, Any]:
        """Freeze the accepted submissions as the next snapshot and build every view of it."""
        with self._hub.database.reading() as reading:
            session = session_of(self._hub, reading, request, scope=Scope.SUBMIT)
        report = build_snapshot(self._hub, session.reader)
        with self._hub.database.unit_of_work() as uow:
            permit = self._hub.policy.permit(uow, session.reader, Action.SNAPSHOT_READ, "snapshots", purpose=PURPOSE)
            found = next(one for one in self._hub.snapshots.known(uow, permit) if one.number == report.snapshot)
        known = [
            one for one in report.measures if one.dataset in found.datasets
        ]  # of the others not even that they are
        return {
            "snapshot": report.snapshot,
            "views": [{"id": one.id, "cells": one.cells, "suppressed": one.suppressed} for one in report.views],
            "measures": [{"id": one.id, "profile": one.profile, "dropped": dict(one.dropped)} for one in known],
        }


def _snapshot(snapshot: Snapshot) -> dict[str, Any]:
    inputs = [
        {
            "dataset": one.dataset,
            "agency": one.agency,
            "period": one.period,
            "submission": one.submission,
            "sha256": one.sha256,
        }
        for one in snapshot.inputs
    ]
    return {
        "number": snapshot.number,
        "at": stamp(snapshot.at),
        "state": snapshot.state.value,
        "area_tree": snapshot.tree_id,
        "policy_hash": snapshot.policy_hash,
        "left_out": list(snapshot.left_out),
        "inputs": inputs,
    }


def _answer(request: Request, table: ProtectedTable, format_: str) -> Response:
    files = f"-{sha256_hex(canonical_json(table.context_files))[:16]}" if table.context else ""
    etag = f'"{table.result_hash}{files}-{format_}"'
    headers = {"ETag": etag, "Cache-Control": "private, no-cache"}
    if request.headers.get("if-none-match") == etag:
        return Response(status_code=304, headers=headers)
    if format_ != "json":
        name = f"{table.view}-{table.table.name}-snapshot-{table.snapshot}.{format_}"
        headers |= attachment(name)
        content = table_xlsx(table) if format_ == "xlsx" else table_csv(table)
        return Response(content, media_type=_MEDIA[format_], headers=headers)
    return JSONResponse(table_document(table), headers=headers)
