"""An OpenID provider on loopback that signs real tokens and misbehaves in exactly the ways it is told to."""

from __future__ import annotations

import base64
import hmac
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx2
from joserfc import jws
from joserfc.jwk import ECKey, Key

from hub.kit.clock import Clock
from tests.support.identity import params_of, send_json

DROP = object()
"""As a value in a fault: leave the member out."""


@dataclass
class Faults:
    """What to do wrong. Each mapping overrides members of the honest answer; `DROP` removes one."""

    discovery: dict[str, Any] = field(default_factory=dict)
    callback: dict[str, Any] = field(default_factory=dict)
    header: dict[str, Any] = field(default_factory=dict)
    claims: dict[str, Any] = field(default_factory=dict)
    token_answer: dict[str, Any] = field(default_factory=dict)
    token_status: int = 200
    rewrite_token: Callable[[str], str] | None = None
    signing_key: Key | None = None
    published_keys: list[dict[str, Any]] | None = None
    instead: dict[str, Callable[[BaseHTTPRequestHandler], None]] = field(default_factory=dict)  # by path


class EvilProvider:
    """One issuer, one client, subject `alex`; `faults` may be changed at any time, `requests` counts by path."""

    def __init__(self, address: str, clock: Clock) -> None:
        self.issuer = address
        self.client_id = "the-hub"
        self.reset(clock)

    def reset(self, clock: Clock) -> None:
        """Honest again, with a new key, having seen nothing."""
        self.clock = clock
        self.key: Key = ECKey.generate_key("P-256", {"kid": "evil-1"})
        self.algorithm = "ES256"
        self.faults = Faults()
        self.requests: dict[str, int] = {}
        self.forms: list[dict[str, str]] = []
        self._nonces: dict[str, str] = {}

    def sign_in(self, authorization_url: str) -> str:
        """Follow the authorisation request as a browser would; the URL the browser is sent back to."""
        response = httpx2.get(authorization_url, follow_redirects=False)
        assert response.status_code == 302
        return str(response.headers["location"])

    def document(self, path: str) -> dict[str, Any]:
        """What a GET of a document answers."""
        if path == "/jwks":
            published = self.faults.published_keys
            return {"keys": [public(self.key)] if published is None else published}
        honest = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks",
            "authorization_response_iss_parameter_supported": True,
            "id_token_signing_alg_values_supported": ["none", "HS256"],
        }
        return changed(honest, self.faults.discovery)

    def redirect(self, params: dict[str, str]) -> str:
        """The answer to an authorisation request."""
        code = f"code-{len(self._nonces)}"
        self._nonces[code] = params["nonce"]
        answer = changed({"code": code, "state": params["state"], "iss": self.issuer}, self.faults.callback)
        return f"{params['redirect_uri']}?{urlencode(answer, doseq=True)}"

    def token(self, form: dict[str, str]) -> dict[str, Any]:
        """The answer of the token endpoint."""
        self.forms.append(form)
        now = int(self.clock.now().timestamp())
        claims = {
            "iss": self.issuer,
            "sub": "alex",
            "aud": self.client_id,
            "iat": now,
            "exp": now + 300,
            "nonce": self._nonces.get(form.get("code", ""), ""),
        }
        token = sign(
            changed({"alg": self.algorithm, "kid": "evil-1"}, self.faults.header),
            changed(claims, self.faults.claims),
            self.faults.signing_key or self.key,
        )
        if self.faults.rewrite_token:
            token = self.faults.rewrite_token(token)
        return changed({"access_token": "x", "token_type": "Bearer", "id_token": token}, self.faults.token_answer)


def public(key: Key, **members: Any) -> dict[str, Any]:
    """The published form of a key, with `members`."""
    return changed({**key.as_dict(private=False), "use": "sig"}, members)


def sign(header: dict[str, Any], claims: dict[str, Any] | bytes, key: Key | bytes, *, algorithm: str = "") -> str:
    """A compact JWS of `claims` under `header`, whatever they say; bytes as the key mean HMAC-SHA-256, `none` no signature.

    `algorithm` signs with another algorithm than the header says.
    """
    payload = claims if isinstance(claims, bytes) else _json(claims)
    signed = f"{_part(_json(header))}.{_part(payload)}"
    if isinstance(key, bytes):
        signature = hmac.digest(key, signed.encode(), "sha256")
    elif not algorithm and header["alg"] == "none":
        signature = b""
    else:
        signature = jws.JWSRegistry.algorithms[algorithm or header["alg"]].sign(signed.encode(), key)
    return f"{signed}.{_part(signature)}"


def changed(honest: dict[str, Any], by: dict[str, Any]) -> dict[str, Any]:
    """`honest` with the members of `by`; those that are `DROP` are left out."""
    return {name: value for name, value in (honest | by).items() if value is not DROP}


def _json(value: dict[str, Any]) -> bytes:
    return json.dumps(value).encode()


def _part(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@contextmanager
def evil_provider(clock: Clock) -> Iterator[EvilProvider]:
    """Serve one on a free port of 127.0.0.1 until the end of the block."""
    with ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as server:
        server.daemon_threads = True
        provider = EvilProvider(f"http://127.0.0.1:{server.server_address[1]}", clock)
        server.RequestHandlerClass = _handler(provider)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield provider
        finally:
            server.shutdown()
            thread.join(timeout=10)


def _handler(provider: EvilProvider) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self._diverted():
                return
            if urlsplit(self.path).path == "/authorize":
                self.send_response(302)
                self.send_header("Location", provider.redirect(params_of(self.path)))
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            send_json(self, 200, provider.document(self.path))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            if self._diverted():
                return
            form = {name: values[0] for name, values in parse_qs(body).items()}
            form["authorization"] = self.headers.get("Authorization", "")
            send_json(self, provider.faults.token_status, provider.token(form))

        def _diverted(self) -> bool:
            path = urlsplit(self.path).path
            provider.requests[path] = provider.requests.get(path, 0) + 1
            instead = provider.faults.instead.get(path)
            if instead is not None:
                instead(self)
            return instead is not None

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name in the base class
            """Say nothing."""

    return Handler
