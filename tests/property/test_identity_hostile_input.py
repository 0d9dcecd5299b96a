"""Whatever a provider or a browser sends, identity answers with one of its own errors, and nobody is sent off the hub."""

from __future__ import annotations

from typing import Any
from urllib.parse import urljoin, urlsplit

from hypothesis import example, given, settings
from hypothesis import strategies as st
from joserfc.jwk import ECKey

from hub.identity.id_tokens import Expected, checked_subject
from hub.identity.issuers import ALGORITHMS, LOOPBACK, is_acceptable_issuer, metadata_of, signing_key
from hub.identity.logins import _answer, _local_path
from hub.kit.canonical import sha256_hex
from hub.kit.errors import Unauthenticated
from tests.support.evil_provider import sign

ISSUER = "https://login.example"
NOW = 1_793_600_000
KEY = ECKey.generate_key("P-256", {"kid": "one"})
EXPECTED = Expected(ISSUER, "the-hub", sha256_hex(b"nonce"), ALGORITHMS, (), NOW)
HONEST = {"iss": ISSUER, "sub": "alex", "aud": "the-hub", "exp": NOW + 60, "iat": NOW, "nonce": "nonce"}
HEADER = {"alg": "ES256", "kid": "one", "typ": "JWT"}
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
KEY_MEMBERS = ("kty", "kid", "alg", "use", "crv", "n", "e", "x", "y", "k", "d")
KEY_WORDS = ("EC", "RSA", "OKP", "P-256", "Ed25519", "AQAB")

signs = st.characters(exclude_categories=())  # halves of surrogates too: JSON can say them
plain = st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.text(signs, max_size=20)
anything = st.recursive(
    plain,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


def subject_or_refusal(token: str) -> str:
    try:
        return checked_subject(token, EXPECTED, lambda _kid, _algorithm: KEY)
    except Unauthenticated as error:
        return error.code


@settings(max_examples=100, deadline=None)
@given(st.sampled_from([*HONEST, "azp", "nbf", "acr"]), anything)
def test_a_signed_claim_of_any_value_is_judged_and_never_breaks_the_judge(name: str, value: Any) -> None:
    answer = subject_or_refusal(sign(HEADER, HONEST | {name: value}, KEY))
    known = answer in {"bad-token", "bad-subject", "expired", "not-yet-valid"} or answer.startswith("wrong-")
    assert known or answer == (value if name == "sub" else "alex")


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(["alg", "kid", "typ", "crit", "b64", "jwk", "x5c", "zip"]), anything)
def test_a_header_of_any_value_is_judged_and_never_breaks_the_judge(name: str, value: Any) -> None:
    assert subject_or_refusal(sign(HEADER | {name: value}, HONEST, KEY, algorithm="ES256"))


@settings(max_examples=100, deadline=None)
@given(st.text() | st.from_regex(r"[A-Za-z0-9_-]{0,40}\.[A-Za-z0-9_-]{0,40}\.[A-Za-z0-9_-]{0,40}", fullmatch=True))
def test_text_that_nobody_signed_is_never_a_person(text: str) -> None:
    assert subject_or_refusal(text) in {"bad-token", "wrong-algorithm"}


@settings(max_examples=100, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["issuer", *ENDPOINTS, "token_endpoint_auth_methods_supported"]), anything, max_size=3
    )
)
def test_a_discovery_document_of_any_shape_is_believed_or_refused(changes: dict[str, Any]) -> None:
    honest = {"issuer": ISSUER} | dict.fromkeys(ENDPOINTS, f"{ISSUER}/x")
    try:
        found = metadata_of(honest | changes, ISSUER)
    except Unauthenticated:
        return
    assert {urlsplit(url).netloc for url in (found.token_endpoint, found.jwks_uri)} == {"login.example"}


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(st.sampled_from(KEY_MEMBERS), anything | st.sampled_from(KEY_WORDS), max_size=4))
def test_a_published_key_of_any_shape_is_taken_or_passed_over(member: dict[str, Any]) -> None:
    for candidate in (member, KEY.as_dict(private=False) | member):
        found = signing_key(candidate)
        assert found is None or found.kty in {"EC", "RSA", "OKP"}


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=40) | st.text(alphabet="/\\.:@?#%hubevil\t\n ", max_size=20))
@example("/\t/evil.example")
@example("/%2f%2fevil.example")
def test_after_login_nobody_is_sent_off_the_hub_by_any_path(path: str) -> None:
    target = urlsplit(urljoin("https://hub.example/login/callback/x", _local_path(path)))
    assert (target.scheme, target.netloc) == ("https", "hub.example")


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=60) | st.text(alphabet="http://[]?&=;#%c", max_size=40))
def test_a_callback_of_any_text_is_read_or_refused(url: str) -> None:
    try:
        answer = _answer(url)
    except Unauthenticated:
        return
    assert all(value.isprintable() for value in answer.values.values())


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=40) | st.from_regex(r"(https?|ftp):/{0,3}[a-z.@:\[\]0-9?#]{0,20}", fullmatch=True))
def test_an_acceptable_issuer_is_https_or_plain_http_on_loopback(issuer: str) -> None:
    if is_acceptable_issuer(issuer, allow_http=True):
        parts = urlsplit(issuer)
        assert parts.scheme == "https" or parts.hostname in LOOPBACK
        assert not parts.query
        assert not parts.username
