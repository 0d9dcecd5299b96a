"""The web application: pages at the root, the API under `/api/v1`, health beside them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from hub.api import create_api, create_health
from hub.app import PARTNERSHIPS, Housekeeping, Hub, build, seed_agreements, seed_people
from hub.settings import Mode, Settings, Where
from hub.web import create_pages


def create_app(hub: Hub) -> FastAPI:
    """The application over one hub. Beside it what a crash left half done is checked again, unless a worker
    apart does that.
    """

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        housekeeping = Housekeeping(hub) if hub.settings.work is Where.HERE else None
        if housekeeping is not None:
            housekeeping.start()
        yield
        if housekeeping is not None:
            housekeeping.stop()
        hub.close()

    app = FastAPI(title=hub.settings.partnership, openapi_url=None, docs_url=None, redoc_url=None, lifespan=lifespan)
    app.include_router(create_health(hub))
    app.mount("/api", create_api(hub))
    app.mount("/", create_pages(hub))
    return app


def from_environment() -> FastAPI:
    """What `uvicorn --factory hub.asgi:from_environment` serves: settings from the environment."""
    settings = Settings()
    hub = build(settings)
    if settings.mode is Mode.DEMO:
        partnership = PARTNERSHIPS[settings.demo_partnership]
        seed_people(hub, partnership)
        if not settings.demo_built_behind:
            seed_agreements(hub, partnership)
    return create_app(hub)
