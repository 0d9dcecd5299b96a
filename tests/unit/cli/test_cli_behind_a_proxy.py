"""Whose address the hub sees: the browser's where a proxy that it knows passes a request on, nobody else's word."""

from __future__ import annotations

import asyncio
from typing import Any

import uvicorn

from hub.cli.operate import served_with
from hub.settings import Settings

BROWSER = "203.0.113.7"


def seen(settings: Settings, *, peer: str, said: str = BROWSER) -> str:
    """The address of the client that an application sees when `peer` connects and says for whom it asks."""
    found: list[str] = []

    async def application(scope: Any, _receive: Any, _send: Any) -> None:
        found.append(scope["client"][0])

    config = uvicorn.Config(application, **served_with(settings))
    config.load()
    scope = {
        "type": "http",
        "client": (peer, 40_000),
        "headers": [(b"x-forwarded-for", said.encode())],
        "scheme": "http",
    }

    async def nothing(*_: Any) -> Any:
        return {}

    asyncio.run(config.loaded_app(scope, nothing, nothing))  # type: ignore[arg-type]
    return found[0]


def test_people_behind_a_known_proxy_are_told_apart() -> None:
    settings = Settings(proxies="172.29.83.0/24")
    assert seen(settings, peer="172.29.83.5") == BROWSER
    assert seen(settings, peer="172.29.83.5", said=f"198.51.100.1, {BROWSER}") == BROWSER


def test_nobody_else_says_whose_request_it_is() -> None:
    assert seen(Settings(proxies="172.29.83.0/24"), peer="198.51.100.1") == "198.51.100.1"
    assert seen(Settings(), peer="172.29.83.5") == "172.29.83.5"
