"""What is known of each issuer: its discovery document and its signing keys, kept in memory and fetched seldom.

A document is kept for an hour. When the issuer does not answer, the last good one serves for a day more, so that a short outage
stops nobody. An ID token signed with a key not in hand has the keys fetched again, at most once a minute an issuer.
"""

from __future__ import annotations

import base64
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Generic, TypeVar
from urllib.parse import urlsplit

import httpx2
from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry, Key

from hub.identity.refusals import refusal, unavailable
from hub.identity.wire import fetch_json
from hub.kit.clock import Clock
from hub.kit.errors import Unavailable

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
ALGORITHMS = ("RS256", "PS256", "ES256", "EdDSA")
"""The only signatures accepted on an ID token: asymmetric, and never chosen by what the issuer says it supports."""

_KEY_TYPES = {"RS256": "RSA", "PS256": "RSA", "ES256": "EC", "EdDSA": "OKP"}
_MEMBERS = {"RSA": ("n", "e"), "EC": ("crv", "x", "y"), "OKP": ("crv", "x")}
_CURVES = {"EC": "P-256", "OKP": "Ed25519"}
_ADDRESS = re.compile(r"[A-Za-z0-9._~:/?\[\]!$&'()*+,;=%-]{1,2000}")  # signs of RFC 3986 section 2, without `#` and `@`
_MOST_KEYS = 64
_RSA_BITS = range(2048, 8193)  # shorter is weak, longer is slow to check

_KEEP = timedelta(hours=1)
_KEEP_WHEN_DOWN = timedelta(days=1)
_BETWEEN_REFETCHES = timedelta(minutes=1)
_BETWEEN_FAILURES = timedelta(seconds=10)

T = TypeVar("T")


def is_acceptable_issuer(issuer: str, *, allow_http: bool) -> bool:
    """https, or http on loopback when allowed; a host; no query, fragment, credentials, white space or control character."""
    if len(issuer) > 500 or not issuer.isascii() or any(c <= " " or c == "\x7f" for c in issuer):
        return False
    try:
        parts = urlsplit(issuer)
        port_is_fine = parts.port is None or parts.port > 0
    except ValueError:
        return False
    if "?" in issuer or "#" in issuer or "@" in parts.netloc or not parts.hostname or not port_is_fine:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and allow_http and parts.hostname in LOOPBACK)


@dataclass(frozen=True, slots=True)
class Metadata:
    """The part of a discovery document the hub uses. All three addresses share the issuer's scheme, host and port."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    sends_secret_in_body: bool
    names_itself_in_answers: bool


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A published key fit to check an ID token. `kid` and `alg` are empty where the issuer gives none."""

    kid: str
    kty: str
    alg: str
    key: Key

    def fits(self, algorithm: str) -> bool:
        """Whether a signature by `algorithm` can be of this key."""
        return self.kty == _KEY_TYPES[algorithm] and self.alg in {"", algorithm}


class _Kept(Generic[T]):
    """One fetched document: how long it serves, when it is fetched again. Its methods are called under its lock."""

    def __init__(self, clock: Clock, load: Callable[[], T]) -> None:
        self.lock = threading.Lock()
        self._clock = clock
        self._load = load
        self._value: T | None = None
        self._good_at: datetime | None = None
        self._failed_at: datetime | None = None
        self._refetched_at: datetime | None = None

    def get(self) -> T:
        """The document, fetched if there is none or it is an hour old; the last good one for a day while the issuer is down."""
        if self._value is not None and not self._passed(_KEEP, self._good_at):
            return self._value
        return self._fetched()

    def again(self) -> T:
        """The document fetched once more, unless that was done within the last minute."""
        if not self._passed(_BETWEEN_REFETCHES, self._refetched_at):
            return self.get()
        self._refetched_at = self._clock.now()
        return self._fetched()

    def _fetched(self) -> T:
        if not self._passed(_BETWEEN_FAILURES, self._failed_at):
            return self._last_good()
        try:
            self._value = self._load()
        except Unavailable:
            self._failed_at = self._clock.now()
            return self._last_good()
        self._good_at = self._clock.now()
        self._failed_at = None
        return self._value

    def _last_good(self) -> T:
        if self._value is None or self._passed(_KEEP_WHEN_DOWN, self._good_at):
            raise unavailable("provider-unavailable")
        return self._value

    def _passed(self, step: timedelta, since: datetime | None) -> bool:
        if since is None:
            return True
        now = self._clock.now()
        return now < since or now - since >= step  # a clock that went back proves nothing: ask again


class Issuers:
    """Discovery and keys of every issuer, safe to share between threads."""

    def __init__(self, *, clock: Clock, allow_http: bool) -> None:
        self._clock = clock
        self._allow_http = allow_http
        self._metadata: dict[str, _Kept[Metadata]] = {}
        self._keys: dict[str, _Kept[tuple[SigningKey, ...]]] = {}
        self._lock = threading.Lock()

    def metadata(self, issuer: str) -> Metadata:
        """The issuer's discovery document, whose `issuer` is exactly the configured one.

        Unauthenticated `wrong-issuer` or `wrong-endpoint`; Unavailable `provider-unavailable`.
        """
        with self._lock:
            kept = self._metadata.setdefault(issuer, _Kept(self._clock, partial(_discover, issuer, self._allow_http)))
        with kept.lock:
            return kept.get()

    def key(self, issuer: str, *, kid: str, algorithm: str) -> Key:
        """The key that signs as `kid` with `algorithm`; Unauthenticated `unknown-key`. No `kid`: the one key that fits."""
        address = self.metadata(issuer).jwks_uri
        with self._lock:
            kept = self._keys.setdefault(address, _Kept(self._clock, partial(_published_keys, address)))
        with kept.lock:
            found = _pick(kept.get(), kid, algorithm) or _pick(kept.again(), kid, algorithm)
        if found is None:
            raise refusal("unknown-key")
        return found


def _discover(issuer: str, allow_http: bool) -> Metadata:
    if not is_acceptable_issuer(issuer, allow_http=allow_http):
        raise refusal("wrong-issuer")
    return metadata_of(_document(issuer.rstrip("/") + "/.well-known/openid-configuration"), issuer)


def metadata_of(document: Mapping[str, Any], issuer: str) -> Metadata:
    """What a discovery document says, if it is the issuer's own; Unauthenticated `wrong-issuer` or `wrong-endpoint`."""
    if document.get("issuer") != issuer:
        raise refusal("wrong-issuer")
    methods = document.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
    return Metadata(
        issuer=issuer,
        authorization_endpoint=_endpoint(document, "authorization_endpoint", issuer),
        token_endpoint=_endpoint(document, "token_endpoint", issuer),
        jwks_uri=_endpoint(document, "jwks_uri", issuer),
        sends_secret_in_body=isinstance(methods, list) and "client_secret_basic" not in methods,
        names_itself_in_answers=document.get("authorization_response_iss_parameter_supported") is True,
    )


def _endpoint(document: Mapping[str, Any], name: str, issuer: str) -> str:
    value = document.get(name)
    if not isinstance(value, str) or not _ADDRESS.fullmatch(value) or _origin(value) != _origin(issuer):
        raise refusal("wrong-endpoint")
    return value


def _origin(url: str) -> tuple[str, str | None, int | None] | None:
    try:
        parts = urlsplit(url)
        return parts.scheme, parts.hostname, parts.port or {"https": 443, "http": 80}.get(parts.scheme)
    except ValueError:
        return None


def _document(url: str) -> dict[str, Any]:
    try:
        return fetch_json(url)
    except (httpx2.HTTPError, httpx2.InvalidURL, ValueError) as error:
        raise unavailable("provider-unavailable") from error


def _published_keys(jwks_uri: str) -> tuple[SigningKey, ...]:
    members = _document(jwks_uri).get("keys")
    if not isinstance(members, list):
        raise unavailable("provider-unavailable")
    keys = tuple(key for member in members[:_MOST_KEYS] if (key := signing_key(member)) is not None)
    if not keys:
        raise unavailable("provider-unavailable")
    return keys


def signing_key(member: Any) -> SigningKey | None:
    """The key if it is fit to check an ID token; None for symmetric, encryption, short, foreign and malformed ones."""
    if not isinstance(member, dict) or member.get("use", "sig") != "sig":
        return None
    kty, kid, alg = (member.get(name, "") for name in ("kty", "kid", "alg"))
    names = _MEMBERS.get(kty) if isinstance(kty, str) else None
    if names is None or not isinstance(kid, str) or not isinstance(alg, str):
        return None
    if member.get("crv") != _CURVES.get(kty) or (alg and _KEY_TYPES.get(alg) != kty):
        return None
    try:
        if kty == "RSA" and _bits(member["n"]) not in _RSA_BITS:
            return None
        # Only the public numbers are taken: not x5c, x5u or a private part published by mistake.
        key = JWKRegistry.import_key({"kty": kty} | {name: member[name] for name in names})
    except (JoseError, ValueError, TypeError, KeyError):
        return None
    return SigningKey(kid, kty, alg, key)


def _bits(number: str) -> int:
    return int.from_bytes(base64.urlsafe_b64decode(number + "=" * (-len(number) % 4))).bit_length()


def _pick(keys: tuple[SigningKey, ...], kid: str, algorithm: str) -> Key | None:
    fitting = [key for key in keys if key.fits(algorithm) and (not kid or key.kid == kid)]
    return fitting[0].key if fitting and (kid or len(fitting) == 1) else None
