"""Response headers, the check that a request comes from our own pages, and the host it may be addressed to.

OWASP ASVS 5.0 chapter 3: strict content policy without inline script or style, no outside requests, no framing, anti-forgery
token together with Origin and Sec-Fetch-Site.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hub.kit.errors import NotPermitted
from hub.kit.words import say

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

_HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}
_YEAR = "max-age=31536000; includeSubDomains"


class SecurityHeaders:
    """Middleware: the headers on every response, pages never stored, and one host name only."""

    def __init__(self, app: ASGIApp, *, base_url: str) -> None:
        self._app = app
        self._base = base_url.rstrip("/")
        self._host = urlsplit(base_url).netloc
        self._secure = base_url.startswith("https://")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request through; one under a strange host name gets nothing (DNS rebinding).

        Loopback names are led to the one in the settings, where the cookies belong."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("Cache-Control", "no-store")
                if self._secure:
                    headers.setdefault("Strict-Transport-Security", _YEAR)
            await send(message)

        if Headers(scope=scope).get("host", "") != self._host:
            await self._elsewhere(scope)(scope, receive, send_with_headers)
        else:
            await self._app(scope, receive, send_with_headers)

    def _elsewhere(self, scope: Scope) -> Response:
        name, port = _name_and_port(f"//{Headers(scope=scope).get('host', '')}")
        own_name, own_port = _name_and_port(self._base)
        loopback = {name, own_name} <= _LOOPBACK
        if scope["method"] not in {"GET", "HEAD"} or not loopback or port != own_port:
            return PlainTextResponse(say("web.error.other_host", address=self._base), status_code=421)
        query = scope["query_string"].decode("latin-1")
        return RedirectResponse(self._base + scope["path"] + (f"?{query}" if query else ""), status_code=307)


def check_same_site(headers: Mapping[str, str], *, base_url: str) -> None:
    """Raise `NotPermitted` if the browser says that another site sent this request. A missing header proves nothing."""
    site = headers.get("sec-fetch-site", "same-origin")
    origin = headers.get("origin", base_url)
    if site not in {"same-origin", "none"} or _origin(origin) != _origin(base_url):
        raise NotPermitted(say("web.error.other_site"), code="cross-site")


def check_token(sent: str, expected: str) -> None:
    """Raise `NotPermitted` unless the form's token is the session's, compared in constant time."""
    if not expected or not secrets.compare_digest(sent.encode(), expected.encode()):
        raise NotPermitted(say("web.error.stale_form"), code="stale-form")


def cookie_name(name: str, *, base_url: str) -> str:
    """`__Host-` under https, where browsers accept the prefix: then no sibling host can set it."""
    return f"__Host-{name}" if base_url.startswith("https://") else name


def _name_and_port(url: str) -> tuple[str | None, int | None]:
    """Host name and port of an address; neither where it cannot be read as one."""
    try:
        parts = urlsplit(url)
        return parts.hostname, parts.port
    except ValueError:
        return None, None


def _origin(url: str) -> tuple[str, str]:
    try:
        parts = urlsplit(url)
    except ValueError:
        return "", ""
    return parts.scheme, parts.netloc
