"""Errors as `application/problem+json` (RFC 9457): code, title and remedy; never a data value, never a traceback."""

from __future__ import annotations

import logging

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hub.kit.errors import (
    Bug,
    Conflict,
    HubError,
    Invalid,
    NotFound,
    NotPermitted,
    Refused,
    Unauthenticated,
    Unavailable,
)
from hub.kit.words import say

_log = logging.getLogger("hub.api")

_STATUS: tuple[tuple[type[HubError], int], ...] = (
    (Unauthenticated, 401),
    (NotPermitted, 403),
    (NotFound, 404),
    (Conflict, 409),
    (Refused, 422),
    (Invalid, 422),
    (Unavailable, 503),
    (Bug, 500),
)


_SPECIAL = {"too-large": 413, "part-too-large": 413, "too-many-uploads": 429, "not-acceptable": 406}


def status_of(error: HubError) -> int:
    """The HTTP status of an error. Absent and none of your business are both 404: they look alike."""
    if error.code in _SPECIAL:
        return _SPECIAL[error.code]
    return next((status for kind, status in _STATUS if isinstance(error, kind)), 500)


def problem(_request: Request, error: Exception) -> JSONResponse:
    """The problem document of an error."""
    if not isinstance(error, HubError):
        return _document(500, {"code": "bug", "title": say("api.bug"), "remedy": ""})
    status = status_of(error)
    body: dict[str, object] = {"code": error.code, "title": error.title, "remedy": error.remedy}
    if isinstance(error, NotPermitted):
        body["reasons"] = list(error.reasons)
    if status == 404:
        body = {"code": "not-found", "title": say("api.nothing-here"), "remedy": ""}
    answer = _document(status, body)
    if isinstance(error, Unavailable):
        answer.headers["Retry-After"] = str(error.retry_after)
    return answer


def _document(status: int, body: dict[str, object]) -> JSONResponse:
    headers = {"WWW-Authenticate": 'Bearer realm="hub"'} if status == 401 else {}
    return JSONResponse({"status": status} | body, status, headers, media_type="application/problem+json")


def invalid_request(_request: Request, error: Exception) -> JSONResponse:
    """A parameter that is missing or of the wrong type: where and what, never its value."""
    places = (
        [".".join(str(part) for part in one["loc"]) for one in error.errors()]
        if isinstance(error, RequestValidationError)
        else []
    )
    return _document(
        422, {"code": "bad-parameter", "title": say("api.bad-parameter", places=", ".join(places)), "remedy": ""}
    )


def no_route(_request: Request, error: Exception) -> JSONResponse:
    """No such address, or not with this method; or a document longer than any."""
    status = error.status_code if isinstance(error, HTTPException) else 404
    if status == 413:
        return _document(status, {"code": "too-large", "title": say("api.too-long"), "remedy": ""})
    return _document(
        status, {"code": "not-found" if status == 404 else "bad-method", "title": say("api.no-route"), "remedy": ""}
    )


class Guard:
    """Middleware: no answer is kept, or its kind guessed at, by whoever passes it on, unless it says so itself.

    An error that nobody meant becomes the 500 problem, and the log gets its type and place and no words: they might hold data
    (promise P8). A handler for `Exception` would not do: Starlette raises the error again after it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request through and catch what falls out."""
        started = False

        async def watched_send(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                headers.setdefault("Cache-Control", "private, no-store")
                headers.setdefault("X-Content-Type-Options", "nosniff")
            await send(message)

        try:
            await self._app(scope, receive, watched_send)
        except Exception as error:
            _log.error("request failed: %s at %s", type(error).__name__, _place(error))
            if scope["type"] == "http" and not started:
                await problem(Request(scope, receive), error)(scope, receive, watched_send)


def _place(error: BaseException) -> str:
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    return f"{place.tb_frame.f_code.co_filename}:{place.tb_lineno}" if place is not None else "unknown"
