"""Errors as pages: a reason a party may know, a way on, never a traceback or a data value."""

from __future__ import annotations

import logging

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hub.kit.errors import (
    Conflict,
    HubError,
    Invalid,
    NotFound,
    NotPermitted,
    Refused,
    Unauthenticated,
    Unavailable,
)
from hub.kit.ids import new_id
from hub.kit.words import say
from hub.web.door import Door
from hub.web.pages.errors import ErrorPage

_log = logging.getLogger("hub.web")

_PAGES: tuple[tuple[type[HubError], int, str], ...] = (
    (NotPermitted, 403, "forbidden_title"),
    (NotFound, 404, "not_found_title"),
    (Conflict, 409, "conflict_title"),
    (Refused, 422, "refused_title"),
    (Invalid, 422, "invalid_title"),
    (Unavailable, 503, "unavailable_title"),
)


class Errors:
    """Turns each error into its page."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def install(self, app: FastAPI) -> None:
        """Hang the handlers into the pages' application."""
        app.add_exception_handler(HubError, self._hub_error)
        app.add_exception_handler(HTTPException, self._http_error)
        app.add_exception_handler(RequestValidationError, self._not_found)

    def page(self, request: Request, error: HubError) -> Response:
        """The page of an error that was raised on purpose."""
        if isinstance(error, Unauthenticated):
            return self._door.to_login(request, expired=error.code == "session-expired")
        for kind, status, title in _PAGES:
            if isinstance(error, kind):
                shown = self._show(request, status, say(f"web.error.{title}"), _page_of(error))
                if isinstance(error, Unavailable):
                    shown.headers["Retry-After"] = str(error.retry_after)
                return shown
        return self.bug(request, error)

    def bug(self, request: Request, error: BaseException) -> Response:
        """The page of an error that nobody meant. The log gets its type and place and no words: they might hold data."""
        number = new_id("err")
        place = error.__traceback__
        while place is not None and place.tb_next is not None:
            place = place.tb_next
        code = place.tb_frame.f_code if place is not None else None
        where = f"{code.co_filename}:{place.tb_lineno}" if code is not None and place is not None else "unknown"
        _log.error("page failed: %s %s at %s", number, type(error).__name__, where)
        text = f"{say('web.error.bug_text')} {say('web.error.bug_id')}: {number}"
        return self._show(request, 500, say("web.error.bug_title"), ErrorPage(text))

    def _hub_error(self, request: Request, error: Exception) -> Response:
        return self.page(request, error) if isinstance(error, HubError) else self.bug(request, error)

    def _not_found(self, request: Request, _error: Exception) -> Response:
        return self.page(request, NotFound("no such page"))

    def _http_error(self, request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        if status == 404:
            return self._not_found(request, error)
        response = self._show(
            request, status, say("web.error.method_title"), ErrorPage(say("web.error.not_found_text"))
        )
        response.headers.update(getattr(error, "headers", None) or {})
        return response

    def _show(self, request: Request, status: int, title: str, page: ErrorPage) -> Response:
        try:
            session = self._door.session_or_none(request)
        except Exception:  # the error page must come even when the database is the error
            session = None
        return self._door.page("error.html", self._door.frame(session, title), page, status=status)


class Guard:
    """Middleware: an error that reached nobody becomes the 500 page, and no traceback reaches a log."""

    def __init__(self, app: ASGIApp, *, errors: Errors) -> None:
        self._app = app
        self._errors = errors

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request through and catch what falls out."""
        started = False

        async def watched_send(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, watched_send)
        except Exception as error:
            if scope["type"] != "http" or started:
                raise
            await self._errors.bug(Request(scope, receive), error)(scope, receive, send)


def _page_of(error: HubError) -> ErrorPage:
    if isinstance(error, NotFound):  # absent and none of your business look alike
        return ErrorPage(say("web.error.not_found_text"))
    if isinstance(error, NotPermitted):
        remedy = error.remedy or say("web.error.forbidden_ask")
        return ErrorPage(error.title, (), remedy, ", ".join(error.reasons) or error.code)
    if isinstance(error, Unavailable):
        return ErrorPage(error.title, (), error.remedy or say("web.error.unavailable_text"), error.code)
    reasons = tuple(reason.sentence for reason in getattr(error, "reasons", ()))
    return ErrorPage(error.title if not reasons else "", reasons, error.remedy, error.code)
