"""What an ID token must say, and every way in which one that says it wrong is refused."""

from __future__ import annotations

import base64
import json
from functools import cache
from typing import Any

import pytest
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey

from hub.identity.id_tokens import Expected, _Pinned, checked_subject
from hub.identity.issuers import ALGORITHMS
from hub.identity.refusals import refusal
from hub.kit.canonical import sha256_hex
from hub.kit.errors import Unauthenticated
from tests.support.evil_provider import DROP, changed, sign

NOW = 1_793_600_000
EXPECTED = Expected(
    issuer="https://login.example",
    client_id="the-hub",
    nonce_sha256=sha256_hex(b"the nonce"),
    algorithms=ALGORITHMS,
    acr=(),
    now=NOW,
)
HONEST = {
    "iss": "https://login.example",
    "sub": "alex",
    "aud": "the-hub",
    "exp": NOW + 300,
    "iat": NOW,
    "nonce": "the nonce",
}


@cache
def a_key(algorithm: str) -> Key:
    if algorithm in {"RS256", "PS256", "RS512"}:
        return RSAKey.generate_key(2048)
    if algorithm == "EdDSA":
        return OKPKey.generate_key("Ed25519")
    return ECKey.generate_key("P-256")


def judged(claims: dict[str, Any] | bytes, *, header: dict[str, Any] | None = None, **expected: Any) -> str:
    """The subject of a token with these claims, signed with ES256 by the issuer's real key."""
    key = a_key("ES256")
    token = sign(changed({"alg": "ES256", "kid": "one", "typ": "JWT"}, header or {}), claims, key)
    return checked(token, key, **expected)


def checked(token: str, key: Key, **expected: Any) -> str:
    wanted = {name: getattr(EXPECTED, name) for name in EXPECTED.__slots__} | expected
    return checked_subject(token, Expected(**wanted), lambda _kid, _algorithm: key)


def code_of(error: pytest.ExceptionInfo[Unauthenticated]) -> str:
    return error.value.code


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_an_honest_token_gives_its_subject_under_each_pinned_algorithm(algorithm: str) -> None:
    token = sign({"alg": algorithm, "kid": "one"}, HONEST, a_key(algorithm))
    assert checked(token, a_key(algorithm)) == "alex"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"iss": "https://login.example/"}, "wrong-issuer"),
        ({"iss": "https://evil.example"}, "wrong-issuer"),
        ({"iss": ["https://login.example"]}, "wrong-issuer"),
        ({"iss": DROP}, "wrong-issuer"),
        ({"aud": "another-client"}, "wrong-audience"),
        ({"aud": ["another-client"]}, "wrong-audience"),
        ({"aud": ["the-hub", "another-client"]}, "wrong-audience"),
        ({"aud": ["the-hub", "another-client"], "azp": "another-client"}, "wrong-audience"),
        ({"azp": "another-client"}, "wrong-audience"),
        ({"azp": ["the-hub"]}, "wrong-audience"),
        ({"azp": {"the-hub": 1}}, "wrong-audience"),
        ({"aud": DROP}, "bad-token"),
        ({"aud": []}, "bad-token"),
        ({"aud": 7}, "bad-token"),
        ({"aud": {"the-hub": 1}}, "bad-token"),
        ({"nonce": "another nonce"}, "wrong-nonce"),
        ({"nonce": DROP}, "wrong-nonce"),
        ({"nonce": 5}, "wrong-nonce"),
        ({"exp": NOW - 31}, "expired"),
        ({"exp": NOW - 30}, "expired"),
        ({"exp": str(NOW + 300)}, "bad-token"),
        ({"exp": DROP}, "bad-token"),
        ({"exp": True}, "bad-token"),
        ({"iat": NOW + 31}, "not-yet-valid"),
        ({"iat": DROP}, "bad-token"),
        ({"nbf": NOW + 31}, "not-yet-valid"),
        ({"sub": DROP}, "bad-token"),
        ({"sub": ""}, "bad-token"),
        ({"sub": 12}, "bad-token"),
        ({"sub": "a" * 256}, "bad-subject"),
        ({"sub": "line\nbreak"}, "bad-subject"),
        ({"sub": "nul\x00"}, "bad-subject"),
        ({"sub": "añejo"}, "bad-subject"),
    ],
)
def test_a_claim_that_is_wrong_is_refused_by_name(changes: dict[str, Any], code: str) -> None:
    with pytest.raises(Unauthenticated) as error:
        judged(changed(HONEST, changes))
    assert code_of(error) == code


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": ["the-hub"]},
        {"aud": ["the-hub", "another-client"], "azp": "the-hub"},
        {"azp": "the-hub"},
        {"exp": NOW - 29},
        {"iat": NOW + 30},
        {"nbf": NOW + 30},
        {"given_name": "never read"},
    ],
)
def test_what_the_specification_allows_is_accepted(changes: dict[str, Any]) -> None:
    assert judged(changed(HONEST, changes)) == "alex"


def test_the_authentication_context_is_compared_only_where_one_is_asked_for() -> None:
    assert judged(HONEST | {"acr": "AAL1"}) == "alex"
    assert judged(HONEST | {"acr": "AAL3"}, acr=("AAL2", "AAL3")) == "alex"
    for acr in ("AAL1", DROP, ["AAL3"], None):
        with pytest.raises(Unauthenticated) as error:
            judged(changed(HONEST, {"acr": acr}), acr=("AAL2", "AAL3")) if acr is not None else judged(
                HONEST, acr=("AAL2",)
            )
        assert code_of(error) == "wrong-assurance"


def test_another_claim_than_sub_names_the_account_where_the_provider_is_set_up_so() -> None:
    assert judged(HONEST | {"oid": "11111111-2222"}, subject_claim="oid") == "11111111-2222"
    for oid in (DROP, "", 7, ["alex"]):
        with pytest.raises(Unauthenticated) as error:
            judged(changed(HONEST, {"oid": oid}), subject_claim="oid")
        assert code_of(error) == "bad-token"
    with pytest.raises(Unauthenticated):
        judged(changed(HONEST, {"oid": "alex", "sub": DROP}), subject_claim="oid")


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ({"alg": "none"}, "bad-token"),
        ({"typ": "at+jwt"}, "bad-token"),
        ({"typ": "logout+jwt"}, "bad-token"),
        ({"kid": 7}, "bad-token"),
        ({"crit": ["exp"]}, "bad-token"),
        ({"crit": ["b64"], "b64": False}, "bad-token"),
    ],
)
def test_a_header_that_is_wrong_is_refused(header: dict[str, Any], code: str) -> None:
    with pytest.raises(Unauthenticated) as error:
        judged(HONEST, header=header)
    assert code_of(error) == code


def test_a_header_without_type_or_with_members_of_no_weight_is_accepted() -> None:
    assert judged(HONEST, header={"typ": DROP}) == "alex"
    assert judged(HONEST, header={"typ": "jwt", "x5t": "abc", "vendor": "any"}) == "alex"


def test_a_key_in_the_header_is_not_used() -> None:
    attacker = ECKey.generate_key("P-256")
    header = {"alg": "ES256", "jwk": attacker.as_dict(private=False), "jku": "http://127.0.0.1:9/"}
    with pytest.raises(Unauthenticated) as error:
        checked(sign(header, HONEST, attacker), a_key("ES256"))
    assert code_of(error) == "bad-signature"


def test_a_symmetric_signature_with_the_public_key_as_its_secret_is_refused() -> None:
    public_text = a_key("RS256").as_pem(private=False)
    token = sign({"alg": "HS256"}, HONEST, public_text)
    with pytest.raises(Unauthenticated) as error:
        checked(token, a_key("RS256"))
    assert code_of(error) == "wrong-algorithm"


def test_an_algorithm_that_is_not_pinned_is_refused_though_the_key_would_fit() -> None:
    with pytest.raises(Unauthenticated) as error:
        checked(sign({"alg": "RS512"}, HONEST, a_key("RS256")), a_key("RS256"))
    assert code_of(error) == "wrong-algorithm"
    with pytest.raises(Unauthenticated) as error:
        judged(HONEST, algorithms=("RS256",))
    assert code_of(error) == "wrong-algorithm"


def test_an_unsigned_token_with_an_empty_or_a_filled_signature_is_refused() -> None:
    unsigned = sign({"alg": "none"}, HONEST, a_key("ES256"))
    for token, code in ((unsigned, "bad-token"), (unsigned + "AAAA", "wrong-algorithm")):
        with pytest.raises(Unauthenticated) as error:
            checked(token, a_key("ES256"))
        assert code_of(error) == code


def test_every_changed_byte_of_the_signed_part_is_noticed() -> None:
    token = sign({"alg": "ES256", "kid": "one"}, HONEST, a_key("ES256"))
    head, body, signature = token.split(".")
    for at in range(0, len(body), 7):
        other = "A" if body[at] != "A" else "B"
        with pytest.raises(Unauthenticated) as error:
            checked(f"{head}.{body[:at]}{other}{body[at + 1 :]}.{signature}", a_key("ES256"))
        assert code_of(error) == "bad-signature"


def test_padding_is_refused_in_every_part() -> None:
    token = sign({"alg": "ES256", "kid": "one"}, HONEST, a_key("ES256"))
    head, body, signature = token.split(".")
    for wrong in (f"{head}=.{body}.{signature}", f"{head}.{body}=.{signature}", f"{head}.{body}.{signature}=="):
        with pytest.raises(Unauthenticated) as error:
            checked(wrong, a_key("ES256"))
        assert code_of(error) == "bad-token"


@pytest.mark.parametrize("text", ["", ".", "a.b", "a.b.c.d", "a.b.c.d.e", "ä.b.c", "a.b.c\n", " a.b.c", "A" * 16_000])
def test_text_that_is_no_compact_token_is_refused(text: str) -> None:
    with pytest.raises(Unauthenticated) as error:
        checked(text, a_key("ES256"))
    assert code_of(error) == "bad-token"


@pytest.mark.parametrize(
    "payload",
    [
        b'{"sub":"eve",%s}' % json.dumps(HONEST)[1:-1].encode(),
        b"[1]",
        b'"alex"',
        b"not json",
        b'{"exp":NaN}',
        b"[" * 5000,
        b"\xff\xfe",
    ],
)
def test_a_payload_that_is_not_one_plain_json_object_is_refused(payload: bytes) -> None:
    with pytest.raises(Unauthenticated) as error:
        judged(payload)
    assert code_of(error) == "bad-token"


def test_a_header_that_names_a_member_twice_is_refused() -> None:
    header = base64.urlsafe_b64encode(b'{"alg":"none","alg":"ES256"}').rstrip(b"=").decode()
    body = sign({"alg": "ES256"}, HONEST, a_key("ES256")).split(".", maxsplit=1)[1]
    with pytest.raises(Unauthenticated) as error:
        checked(f"{header}.{body}", a_key("ES256"))
    assert code_of(error) == "bad-token"


def test_a_key_of_another_kind_than_the_algorithm_is_refused() -> None:
    token = sign({"alg": "ES256"}, HONEST, a_key("ES256"))
    with pytest.raises(Unauthenticated) as error:
        checked(token, a_key("RS256"))
    assert code_of(error) == "bad-token"


def test_the_refusal_of_the_key_lookup_passes_through() -> None:
    def nobody(_kid: str, _algorithm: str) -> Key:
        raise refusal("unknown-key")

    with pytest.raises(Unauthenticated) as error:
        checked_subject(sign({"alg": "ES256"}, HONEST, a_key("ES256")), EXPECTED, nobody)
    assert code_of(error) == "unknown-key"


def test_the_algorithm_is_pinned_a_second_time_where_the_signature_is_checked() -> None:
    for name in ("none", "HS256", "RS256"):
        with pytest.raises(Unauthenticated) as error:
            _Pinned(algorithms=["ES256"]).get_alg(name)
        assert code_of(error) == "wrong-algorithm"
