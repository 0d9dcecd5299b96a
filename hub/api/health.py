"""Is it alive, is it ready, how busy is it. Counts of requests only; nothing of any data."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, PlainTextResponse

from hub import audit
from hub.app import Hub
from hub.kit.crypto import keys
from hub.kit.words import say

_LOOPBACK = frozenset({"127.0.0.1", "::1"})


def _may_count(request: Request, token: str) -> bool:
    """With a token set, whoever sends it; without one, only a program on this machine, and nothing that a proxy passed on."""
    if token:
        sent = request.headers.get("authorization", "")
        return keys.equal(sent.encode(errors="replace"), f"Bearer {token}".encode())
    passed_on = {"forwarded", "x-forwarded-for", "x-real-ip", "via"} & set(request.headers)
    return request.client is not None and request.client.host in _LOOPBACK and not passed_on


def create_health(hub: Hub) -> APIRouter:
    """`/healthz`: the process answers. `/readyz`: its database does. `/metrics`: counters in the Prometheus text format."""
    router = APIRouter()

    def alive() -> JSONResponse:
        return JSONResponse({"status": "ok"})

    def ready() -> JSONResponse:
        try:
            with hub.database.reading() as reading:
                audit.size(reading)
        except Exception:  # whatever keeps the database from answering, the hub is not ready
            return JSONResponse({"status": say("api.not-ready")}, 503)
        return JSONResponse({"status": "ok"})

    def metrics(request: Request) -> PlainTextResponse:
        if not _may_count(request, hub.settings.metrics_token.get_secret_value()):
            return PlainTextResponse(say("api.no-route"), 404)
        with hub.database.reading() as reading:
            entries = audit.size(reading)
        head = "# HELP hub_audit_entries Entries in the audit log.\n# TYPE hub_audit_entries counter\n"
        return PlainTextResponse(f"{head}hub_audit_entries {entries}\n", media_type="text/plain; version=0.0.4")

    router.add_api_route("/healthz", alive, methods=["GET"])
    router.add_api_route("/readyz", ready, methods=["GET"])
    router.add_api_route("/metrics", metrics, methods=["GET"])
    return router
