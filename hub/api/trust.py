"""Why may I see this, and has anybody touched the log."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request

from hub import audit
from hub.api.readers import session_of
from hub.api.views import PURPOSE
from hub.app import Hub
from hub.kit.authority import Action


class Trust:
    """Explanations and the log's signed heads."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    def router(self) -> APIRouter:
        """The routes."""
        router = APIRouter(tags=["trust"])
        router.add_api_route("/explain", self.explain, methods=["GET"])
        router.add_api_route("/audit/checkpoint", self.checkpoint, methods=["GET"])
        router.add_api_route("/audit/verification", self.verification, methods=["GET"])
        return router

    def explain(self, request: Request, dataset: str, purpose: str = PURPOSE, field: str = "") -> dict[str, Any]:
        """What the caller sees of a dataset for a purpose, field by field, and why not more."""
        with self._hub.database.unit_of_work() as uow:
            session = session_of(self._hub, uow, request)
            self._hub.policy.permit(uow, session.reader, Action.POLICY_EXPLAIN, dataset, purpose=purpose)
            found = self._hub.policy.explain(uow, session.reader, dataset=dataset, purpose=purpose, field=field or None)
        return found.as_json()

    def checkpoint(self, request: Request) -> dict[str, Any]:
        """The newest signed head of the log and the key to check it with: every partner may keep them."""
        with self._hub.database.unit_of_work() as uow:
            session_of(self._hub, uow, request)
            head = self._hub.audit.checkpoint(uow)
        return {"size": head.size, "root": head.root, "note": head.note, "verifier_key": self._hub.audit.verifier_key}

    def verification(self, request: Request, purpose: str = audit.READING_PURPOSES[0]) -> dict[str, Any]:
        """Recompute the whole log."""
        with self._hub.database.unit_of_work() as uow:
            session = session_of(self._hub, uow, request)
            self._hub.policy.permit(uow, session.reader, Action.AUDIT_VERIFY, "audit/log", purpose=purpose)
            found = self._hub.audit.verify(uow)
        return {
            "entries": found.entries,
            "root": found.root,
            "verified": found.verified,
            "problems": list(found.problems),
        }
