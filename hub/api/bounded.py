"""No more of a document is taken into memory than one can be long, whoever sends it, before anybody asks who that is."""

from __future__ import annotations

import re
from typing import Final

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LONGEST_DOCUMENT: Final = 4 * 2**20
"""Bytes of the longest body that is no file: a thousand explanations, or a profile of a wide file."""

_FILES = re.compile(r"POST (/.*)?/v1/submissions|PATCH (/.*)?/v1/uploads/[^/]+")
"""What takes a file, wherever the API is mounted: it reads its body itself, piece by piece, after it has asked who sends it."""


class BoundedDocuments:
    """Middleware: 413 as soon as the body of a request that takes no file is longer than any document."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request through, counting what it is sent."""
        if scope["type"] != "http" or takes_file(scope["method"], scope["path"]):
            await self._app(scope, receive, send)
            return
        declared = Headers(scope=scope).get("content-length", "")
        taken = 0

        async def counted() -> Message:
            nonlocal taken
            if declared.isdecimal() and int(declared[:20]) > LONGEST_DOCUMENT:
                raise HTTPException(413)
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > LONGEST_DOCUMENT:
                raise HTTPException(413)
            return message

        await self._app(scope, counted, send)


def takes_file(method: str, path: str) -> bool:
    """Whether a request may be as long as a file."""
    return _FILES.fullmatch(f"{method} {path}") is not None
