"""The embedded OpenID provider of the demo: one issuer for each agency, no passwords, a visitor picks a persona.

It exists so that a stranger can see the real login path (code, PKCE, ID token) without an identity provider at hand. It keeps
everything in memory, refuses to be made outside demo mode or off loopback, and knows nothing of HTTP: the web door exposes it.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import unquote_plus, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey

from hub.identity.issuers import LOOPBACK
from hub.identity.model import CALLBACK_PATH
from hub.kit.clock import Clock
from hub.kit.crypto import keys
from hub.kit.errors import Bug, Invalid, NotFound
from hub.kit.words import say
from hub.settings import Mode

DEMO_PATH = "/demo-provider"
_CODE_LIFE = timedelta(minutes=1)
_TOKEN_LIFE = timedelta(minutes=5)
_MOST_CODES = 1000
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")


@dataclass(frozen=True, slots=True)
class DemoClient:
    """The hub as a client of one demo issuer: hand these to `Identity.add_provider`."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    redirect_uri: str


@dataclass(frozen=True, slots=True)
class TokenAnswer:
    """What the token endpoint answers: an HTTP status and a JSON object, to be sent with `Cache-Control: no-store`."""

    status: int
    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Code:
    agency: str
    subject: str
    nonce: str
    challenge: str
    redirect_uri: str
    expires_at: datetime


class DemoProvider:
    """One issuer `{base_url}/demo-provider/{agency}` for each registered agency, each with a key of its own.

    Client secrets are derived from the root key, so that they are the same after a restart; signing keys and codes are not kept.
    """

    def __init__(self, *, base_url: str, root_key: bytes, clock: Clock, mode: Mode) -> None:
        if mode is not Mode.DEMO or urlsplit(base_url).hostname not in LOOPBACK:
            raise Bug("the demo provider exists in demo mode, on loopback, and nowhere else")
        self._base_url = base_url.rstrip("/")
        self._root_key = root_key
        self._clock = clock
        self._clients: dict[str, DemoClient] = {}
        self._keys: dict[str, ECKey] = {}
        self._codes: dict[str, _Code] = {}
        self._lock = threading.Lock()

    def register(self, agency: str, *, provider_id: str = "") -> DemoClient:
        """Make (or return) the issuer of an agency. `provider_id` is the hub's id of it, by default the agency's."""
        with self._lock:
            if agency not in self._clients:
                self._keys[agency] = ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256"}, auto_kid=True)
                self._clients[agency] = DemoClient(
                    issuer=f"{self._base_url}{DEMO_PATH}/{agency}",
                    client_id=f"hub-{agency}",
                    client_secret=keys.derive(self._root_key, f"svd/demo-provider/{agency}/v1").hex(),
                    redirect_uri=f"{self._base_url}{CALLBACK_PATH}/{provider_id or agency}",
                )
            return self._clients[agency]

    def discovery(self, agency: str) -> dict[str, Any]:
        """The document at `/demo-provider/{agency}/.well-known/openid-configuration`; NotFound for an unknown agency."""
        issuer = self._client(agency).issuer
        return {
            "issuer": issuer,
            "authorization_endpoint": f"{issuer}/authorize",
            "token_endpoint": f"{issuer}/token",
            "jwks_uri": f"{issuer}/jwks",
            "scopes_supported": ["openid"],
            "response_types_supported": ["code"],
            "response_modes_supported": ["query"],
            "grant_types_supported": ["authorization_code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["ES256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
            "code_challenge_methods_supported": ["S256"],
            "claims_supported": ["iss", "sub", "aud", "exp", "iat", "nonce"],
            "authorization_response_iss_parameter_supported": True,
        }

    def jwks(self, agency: str) -> dict[str, Any]:
        """The public key set at `/demo-provider/{agency}/jwks`."""
        self._client(agency)
        return {"keys": [self._keys[agency].as_dict(private=False)]}

    def check_request(self, agency: str, params: Mapping[str, str]) -> str:
        """Whether the persona page may be shown. Returns "" if so, else the URL to send the browser to, with the error.

        Invalid, without any redirect, when the client or the redirect URI is not the registered one.
        """
        client = self._client(agency)
        if params.get("client_id") != client.client_id or params.get("redirect_uri") != client.redirect_uri:
            raise Invalid(say("identity.demo.wrong-client"), code="wrong-client")
        problem = _problem(params)
        return self._back(client, params, error=problem) if problem else ""

    def authorize(self, agency: str, params: Mapping[str, str], *, subject: str) -> str:
        """The visitor picked the persona `subject`: the URL to send the browser to, with a code (or an error), state and iss."""
        problem = self.check_request(agency, params)
        if problem:
            return problem
        client = self._client(agency)
        code = secrets.token_urlsafe(32)
        now = self._clock.now()
        with self._lock:
            self._codes = {known: kept for known, kept in self._codes.items() if kept.expires_at > now}
            if len(self._codes) >= _MOST_CODES:
                return self._back(client, params, error="temporarily_unavailable")
            self._codes[code] = _Code(
                agency=agency,
                subject=subject,
                nonce=params.get("nonce", ""),
                challenge=params["code_challenge"],
                redirect_uri=client.redirect_uri,
                expires_at=now + _CODE_LIFE,
            )
        return self._back(client, params, code=code)

    def decline(self, agency: str, params: Mapping[str, str]) -> str:
        """The visitor did not want to sign in: the URL to send the browser to, with `access_denied`."""
        return self.check_request(agency, params) or self._back(self._client(agency), params, error="access_denied")

    def token(self, agency: str, form: Mapping[str, str], *, authorization: str = "") -> TokenAnswer:
        """The token endpoint: `form` is the body, `authorization` the header of that name (or empty).

        A code is spent by the first request that names it, right or wrong.
        """
        client = self._client(agency)
        if not _authenticated(client, form, authorization):
            return TokenAnswer(401, {"error": "invalid_client"})
        if form.get("grant_type") != "authorization_code":
            return TokenAnswer(400, {"error": "unsupported_grant_type"})
        with self._lock:
            code = self._codes.pop(form.get("code", ""), None)
        if code is None or code.agency != agency or code.expires_at <= self._clock.now():
            return TokenAnswer(400, {"error": "invalid_grant"})
        verifier = form.get("code_verifier", "")
        if form.get("redirect_uri") != code.redirect_uri or not _fits(verifier, code.challenge):
            return TokenAnswer(400, {"error": "invalid_grant"})
        return TokenAnswer(
            200,
            {
                "access_token": secrets.token_urlsafe(32),  # good for nothing: there is no resource behind it
                "token_type": "Bearer",
                "expires_in": int(_TOKEN_LIFE.total_seconds()),
                "scope": "openid",
                "id_token": self._id_token(client, code),
            },
        )

    def _id_token(self, client: DemoClient, code: _Code) -> str:
        key = self._keys[code.agency]
        now = int(self._clock.now().timestamp())
        claims: dict[str, Any] = {
            "iss": client.issuer,
            "sub": code.subject,
            "aud": client.client_id,
            "iat": now,
            "exp": now + int(_TOKEN_LIFE.total_seconds()),
        }
        if code.nonce:
            claims["nonce"] = code.nonce
        return jwt.encode({"alg": "ES256", "kid": key.kid}, claims, key, algorithms=["ES256"])

    def _client(self, agency: str) -> DemoClient:
        client = self._clients.get(agency)
        if client is None:
            raise NotFound(say("identity.missing.provider"))
        return client

    def _back(self, client: DemoClient, params: Mapping[str, str], **answer: str) -> str:
        state = {"state": params["state"]} if params.get("state") else {}
        return f"{client.redirect_uri}?{urlencode(answer | state | {'iss': client.issuer})}"


def _problem(params: Mapping[str, str]) -> str:
    """The error code (RFC 6749 s.4.1.2.1) of an authorisation request, or empty."""
    if params.get("response_type") != "code":
        return "unsupported_response_type"
    if "openid" not in params.get("scope", "").split():
        return "invalid_scope"
    pkce = params.get("code_challenge_method") == "S256" and _CHALLENGE.fullmatch(params.get("code_challenge", ""))
    return "" if pkce and params.get("state") and params.get("response_mode", "query") == "query" else "invalid_request"


def _fits(verifier: str, challenge: str) -> bool:
    if not _VERIFIER.fullmatch(verifier):
        return False
    digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=")
    return keys.equal(digest, challenge.encode())


def _authenticated(client: DemoClient, form: Mapping[str, str], authorization: str) -> bool:
    """client_secret_basic, or client_secret_post when there is no header; never both."""
    client_id, secret = form.get("client_id", ""), form.get("client_secret", "")
    if authorization:
        scheme, _, encoded = authorization.partition(" ")
        try:
            pair = base64.b64decode(encoded, validate=True).decode()
        except (binascii.Error, ValueError):
            return False
        if scheme.lower() != "basic" or secret:
            return False
        client_id, secret = (unquote_plus(part) for part in (pair.partition(":")[0], pair.partition(":")[2]))
    return client_id == client.client_id and keys.equal(secret.encode(), client.client_secret.encode())
