"""Is it alive, is it ready, how busy is it. Counts of requests only; nothing of any data."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import JSONResponse, PlainTextResponse

from hub import audit
from hub.app import Hub
from hub.kit.words import say


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

    def metrics() -> PlainTextResponse:
        with hub.database.reading() as reading:
            entries = audit.size(reading)
        head = "# HELP hub_audit_entries Entries in the audit log.\n# TYPE hub_audit_entries counter\n"
        return PlainTextResponse(f"{head}hub_audit_entries {entries}\n", media_type="text/plain; version=0.0.4")

    router.add_api_route("/healthz", alive, methods=["GET"])
    router.add_api_route("/readyz", ready, methods=["GET"])
    router.add_api_route("/metrics", metrics, methods=["GET"])
    return router
