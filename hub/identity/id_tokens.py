"""Check an ID token: everything OpenID Connect Core 3.1.3.7 asks, and what the libraries leave open.

joserfc verifies the signature and the times; the list of algorithms is ours, the token's text is read strictly (no base64
padding, no member named twice: two Wycheproof cases and RFC 8725 s.3), and the claims are compared here.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from joserfc import jws
from joserfc.errors import BadSignatureError, ExpiredTokenError, InvalidClaimError, JoseError
from joserfc.jwa import JWSAlgModel
from joserfc.jwk import Key
from joserfc.jws import JWSRegistry
from joserfc.jwt import JWTClaimsRegistry

from hub.identity.refusals import refusal
from hub.identity.wire import parse_json_object
from hub.kit.canonical import sha256_hex
from hub.kit.crypto import keys

LEEWAY_SECONDS = 30
MAX_CHARACTERS = 16 * 1024

_COMPACT = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")  # no "=": padding is refused


@dataclass(frozen=True, slots=True)
class Expected:
    """What the token must say. `nonce_sha256` is the hash of the nonce that was sent; `acr` empty means any.

    `subject_claim` is the claim that names the account.
    """

    issuer: str
    client_id: str
    nonce_sha256: str
    algorithms: tuple[str, ...]
    acr: tuple[str, ...]
    now: int
    subject_claim: str = "sub"


def checked_subject(token: str, expected: Expected, key_for: Callable[[str, str], Key]) -> str:
    """The subject of a token that passes every check; Unauthenticated with a code for the first that fails.

    `key_for(kid, algorithm)` finds the issuer's published key (`kid` is empty when the header has none).
    """
    header = _header(token)
    algorithm = header.get("alg")
    if not isinstance(algorithm, str) or algorithm not in expected.algorithms:
        raise refusal("wrong-algorithm")
    kid = header.get("kid", "")
    if not isinstance(kid, str) or str(header.get("typ", "JWT")).upper() != "JWT" or {"crit", "b64"} & header.keys():
        raise refusal("bad-token")  # an access or logout token; or an extension (RFC 7797), and none is understood here
    claims = _verified_claims(token, key_for(kid, algorithm), algorithm)
    _check_times_and_issuer(claims, expected)
    _check_audience(claims, expected.client_id)
    _check_nonce(claims, expected.nonce_sha256)
    if expected.acr and claims.get("acr") not in expected.acr:
        raise refusal("wrong-assurance")
    subject = claims.get(expected.subject_claim)
    for value in (claims["sub"], subject):
        if not is_subject(value):
            raise refusal("bad-subject" if isinstance(value, str) and value else "bad-token")
    return str(subject)


def is_subject(value: object) -> bool:
    """1 to 255 visible ASCII characters (OpenID Connect Core s.2 allows no other)."""
    return isinstance(value, str) and 0 < len(value) <= 255 and value.isascii() and value.isprintable()


class _Pinned(JWSRegistry):
    """Allows exactly one algorithm, ours. (The library warns at each EdDSA signature that RFC 9864 renames it; that is known.)"""

    def get_alg(self, name: str) -> JWSAlgModel:
        if name not in (self.allowed or ()):
            raise refusal("wrong-algorithm")
        return self.algorithms[name]


def _header(token: str) -> dict[str, Any]:
    if len(token) > MAX_CHARACTERS:
        raise refusal("long-token")
    if not _COMPACT.fullmatch(token):
        raise refusal("bad-token")
    return _json_part(token.split(".", maxsplit=1)[0])


def _json_part(part: str) -> dict[str, Any]:
    try:
        return parse_json_object(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (ValueError, binascii.Error) as error:
        raise refusal("bad-token") from error


def _verified_claims(token: str, key: Key, algorithm: str) -> dict[str, Any]:
    try:
        jws.deserialize_compact(token, key, registry=_Pinned(algorithms=[algorithm], strict_check_header=False))
    except BadSignatureError as error:
        raise refusal("bad-signature") from error
    except (JoseError, ValueError, TypeError) as error:
        raise refusal("bad-token") from error
    return _json_part(token.split(".")[1])


def _check_times_and_issuer(claims: dict[str, Any], expected: Expected) -> None:
    registry = JWTClaimsRegistry(
        now=expected.now,
        leeway=LEEWAY_SECONDS,
        iss={"essential": True, "value": expected.issuer},
        sub={"essential": True},
        aud={"essential": True},
        exp={"essential": True},
        iat={"essential": True},
    )
    if claims.get("iss") != expected.issuer:
        raise refusal("wrong-issuer")
    try:
        registry.validate(claims)
    except ExpiredTokenError as error:
        raise refusal("expired") from error
    except InvalidClaimError as error:
        raise refusal("not-yet-valid" if error.claim in {"iat", "nbf"} else "bad-token") from error
    except JoseError as error:
        raise refusal("bad-token") from error


def _check_audience(claims: dict[str, Any], client_id: str) -> None:
    """One audience, ours; or several with ours among them and `azp` naming us (OpenID Connect Core 3.1.3.7 rules 3 to 5)."""
    audience, party = claims["aud"], claims.get("azp")
    audiences = [audience] if isinstance(audience, str) else audience
    if client_id not in audiences or party not in (None, client_id) or (len(audiences) > 1 and party is None):
        raise refusal("wrong-audience")


def _check_nonce(claims: dict[str, Any], nonce_sha256: str) -> None:
    nonce = claims.get("nonce")
    if not isinstance(nonce, str) or not keys.equal(
        sha256_hex(nonce.encode(errors="replace")).encode(), nonce_sha256.encode()
    ):
        raise refusal("wrong-nonce")
