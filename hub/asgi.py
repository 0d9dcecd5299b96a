"""The web application: pages at the root, the API under `/api/v1`, health beside them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from fastapi import FastAPI
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hub.api import create_api, create_health
from hub.app import PARTNERSHIPS, Housekeeping, Hub, build, seed_agreements, seed_people
from hub.settings import Mode, Settings, Where
from hub.web import create_pages

_MOST_HEARD = 64 * 2**20
_LONGEST_HEARD = 5.0


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
    app.add_middleware(HearsOut)
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


class HearsOut:
    """Middleware: who has the answer before their whole body was sent is heard for 64 MiB or five seconds more, then the connection
    ends. So a refused body costs little however long it is, and a sender that looks for no answer before its end still gets it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request through, and end its connection where the body has not."""
        headers = Headers(scope=scope) if scope["type"] == "http" else Headers()
        ended, begun = "content-length" not in headers and "transfer-encoding" not in headers, False

        async def heard() -> Message:
            nonlocal ended, begun
            begun = True
            message = await receive()
            ended = ended or not message.get("more_body", False)
            return message

        async def rest() -> None:
            left = _MOST_HEARD
            with suppress(TimeoutError):
                async with asyncio.timeout(_LONGEST_HEARD):
                    while not ended and left > 0:
                        left -= len((await heard()).get("body", b""))

        async def answered(message: Message) -> None:
            if message["type"] == "http.response.start" and not ended:
                MutableHeaders(scope=message)["Connection"] = "close"
            last = message["type"] == "http.response.body" and not message.get("more_body", False)
            waits = not begun and "expect" in headers  # it sends nothing before it is asked to
            if last and not ended and not waits:
                await send({**message, "more_body": True})
                await rest()
                message = {"type": "http.response.body", "body": b""}
            await send(message)

        await self._app(scope, heard, answered)
