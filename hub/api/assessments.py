"""Assessments: build, list, read."""

from __future__ import annotations

import json
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from hub.api.readers import session_of
from hub.api.views import PURPOSE
from hub.app import Hub
from hub.identity import Scope
from hub.kit.authority import Action

_ASSESSMENT_PURPOSE = "svd.strategy_prepare"


class Assessments:
    """The strategic assessment."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    def router(self) -> APIRouter:
        """The routes."""
        router = APIRouter(prefix="/assessments", tags=["assessments"])
        router.add_api_route("", self.build, methods=["POST"], status_code=201)
        router.add_api_route("", self.listing, methods=["GET"])
        router.add_api_route("/{assessment_id}", self.document, methods=["GET"], response_model=None)
        return router

    def build(self, request: Request, justification: str = "") -> dict[str, Any]:
        """Build from the snapshot in force."""
        with self._hub.database.unit_of_work() as uow:
            session = session_of(self._hub, uow, request, scope=Scope.SUBMIT)
            permit = self._hub.policy.permit(
                uow, session.reader, Action.ASSESSMENT_BUILD, "assessments", purpose=_ASSESSMENT_PURPOSE
            )
            built = self._hub.assessments.build(uow, permit, justification=justification)
        return {"id": built.id, "snapshot": built.snapshot, "sha256": built.sha256, "figures": len(built.figures)}

    def listing(self, request: Request) -> dict[str, Any]:
        """What was built, newest first, with the evidence of every figure."""
        with self._hub.database.unit_of_work() as uow:
            session = session_of(self._hub, uow, request)
            permit = self._hub.policy.permit(
                uow, session.reader, Action.ASSESSMENT_READ, "assessments", purpose=PURPOSE
            )
            found = self._hub.assessments.all(uow, permit)
        return {
            "assessments": [
                {
                    "id": one.id,
                    "snapshot": one.snapshot,
                    "sha256": one.sha256,
                    "built_at": one.built_at,
                    "definition": one.definition,
                    "evidence": json.loads(one.evidence),
                }
                for one in found
            ]
        }

    def document(self, request: Request, assessment_id: str, justification: str = "") -> Response:
        """The document as HTML, looked up again under the policy of this moment."""
        with self._hub.database.unit_of_work() as uow:
            session = session_of(self._hub, uow, request)
            permit = self._hub.policy.permit(
                uow, session.reader, Action.ASSESSMENT_READ, "assessments", purpose=_ASSESSMENT_PURPOSE
            )
            built = self._hub.assessments.read(uow, permit, assessment_id, justification=justification)
        return HTMLResponse(built.html, headers={"ETag": f'"{built.sha256}"', "Content-Security-Policy": "sandbox"})
