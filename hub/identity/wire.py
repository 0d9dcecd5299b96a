"""The only way identity talks to another server: no redirects, no compression, 256 KiB and 5 seconds at most, strict JSON.

The time limit is a deadline for the whole exchange, set on every read and write of the socket, so that a server that sends one
byte a second ends as surely as one that is silent.
"""

from __future__ import annotations

import json
import logging
import ssl
import time
from collections.abc import Iterable
from functools import cache
from typing import Any

import httpcore2
import httpx2

MAX_BYTES = 256 * 1024
SECONDS = 5.0


def parse_json_object(text: bytes | str) -> dict[str, Any]:
    """The JSON object in `text`; ValueError for anything else, for a member named twice, for NaN and Infinity."""
    try:
        value = json.loads(text, object_pairs_hook=_no_twins, parse_constant=_no_constant)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    if not isinstance(value, dict):
        raise ValueError("not a JSON object")
    return value


def fetch_json(url: str) -> dict[str, Any]:
    """GET a JSON object. ValueError or httpx2.HTTPError when there is none within the bounds."""
    with httpx2.Client(transport=BoundedTransport(), follow_redirects=False, trust_env=False) as client:
        response = client.get(url, headers={"Accept": "application/json"})
    if response.status_code != 200:
        raise ValueError(f"status {response.status_code}")
    return parse_json_object(response.content)


class BoundedTransport(httpx2.BaseTransport):
    """One connection a request, closed after it; the whole answer is read, within the bounds, before anybody sees it.

    Raises `httpx2.TimeoutException` past the deadline and `httpx2.NetworkError` or `httpx2.ProtocolError` for the rest.
    """

    def __init__(self, *, seconds: float = SECONDS, max_bytes: int = MAX_BYTES) -> None:
        self._seconds = seconds
        self._max_bytes = max_bytes

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send `request`, return the complete response."""
        request.headers["Accept-Encoding"] = "identity"
        try:
            return self._exchange(request)
        except httpcore2.TimeoutException as error:
            raise httpx2.ReadTimeout("no complete answer in time") from error
        except (httpcore2.NetworkError, httpcore2.ProtocolError, httpcore2.UnsupportedProtocol) as error:
            raise httpx2.NetworkError("no answer") from error

    def _exchange(self, request: httpx2.Request) -> httpx2.Response:
        backend = _DeadlineBackend(time.monotonic() + self._seconds)
        with (
            httpcore2.ConnectionPool(
                ssl_context=_ssl_context(), network_backend=backend, max_keepalive_connections=0
            ) as pool,
            pool.stream(
                request.method,
                str(request.url),
                headers=request.headers.raw,
                content=request.read(),
                extensions={"timeout": dict.fromkeys(("connect", "read", "write", "pool"), self._seconds)},
            ) as answer,
        ):
            response = httpx2.Response(answer.status, headers=answer.headers, request=request)
            if response.headers.get("content-encoding", "identity").strip().lower() != "identity":
                raise httpx2.RemoteProtocolError("an encoding that was not asked for")
            body = bytearray()
            for chunk in answer.iter_stream():
                body += chunk
                if len(body) > self._max_bytes:
                    raise httpx2.RemoteProtocolError("the answer is too long")
        return httpx2.Response(answer.status, headers=answer.headers, content=bytes(body), request=request)


class _DeadlineStream(httpcore2.NetworkStream):
    def __init__(self, inner: httpcore2.NetworkStream, deadline: float) -> None:
        self._inner = inner
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, _left(self._deadline))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, _left(self._deadline))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        secured = self._inner.start_tls(ssl_context, server_hostname, _left(self._deadline))
        return _DeadlineStream(secured, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class _DeadlineBackend(httpcore2.NetworkBackend):
    def __init__(self, deadline: float) -> None:
        self._inner = httpcore2.SyncBackend()
        self._deadline = deadline

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        stream = self._inner.connect_tcp(host, port, _left(self._deadline), local_address, socket_options)
        return _DeadlineStream(stream, self._deadline)


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise httpcore2.ReadTimeout("past the deadline")
    return left


@cache
def _ssl_context() -> ssl.SSLContext:
    return httpx2.create_ssl_context()  # certificates verified; SSL_CERT_FILE names a private authority


def _no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member stands there twice")
    return members


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def hush_libraries() -> None:
    """Keep the HTTP and OAuth libraries from writing requests, codes and verifiers to the log, whatever the root level is."""
    for name in ("httpcore2", "httpx2", "authlib", "joserfc"):
        logger = logging.getLogger(name)
        logger.setLevel(max(logger.level, logging.WARNING))
