"""Discovery and keys: what is believed, how long it is kept, how often it is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from joserfc.errors import SecurityWarning
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from hub.identity.issuers import Issuers, is_acceptable_issuer, metadata_of
from hub.kit.clock import FrozenClock
from hub.kit.errors import Unauthenticated, Unavailable
from tests.support.evil_provider import DROP, EvilProvider, evil_provider, public
from tests.support.identity import send_json

DISCOVERY = "/.well-known/openid-configuration"


@pytest.fixture
def evil(clock: FrozenClock) -> Iterator[EvilProvider]:
    with evil_provider(clock) as provider:
        yield provider


@pytest.fixture
def issuers(clock: FrozenClock) -> Issuers:
    return Issuers(clock=clock, allow_http=True)


def down(handler: Any) -> None:
    send_json(handler, 503, b"{}")


def key_found(issuers: Issuers, evil: EvilProvider, kid: str = "evil-1", algorithm: str = "ES256") -> bool:
    try:
        issuers.key(evil.issuer, kid=kid, algorithm=algorithm)
    except Unauthenticated as error:
        if error.code != "unknown-key":
            raise
        return False
    return True


@pytest.mark.parametrize(
    "issuer",
    [
        "https://login.example",
        "https://login.example/",
        "https://login.example:8443/tenant/v2.0",
        "http://127.0.0.1:8000/demo-provider/police",
        "http://localhost:1",
        "http://[::1]:5000",
    ],
)
def test_an_issuer_is_https_or_http_on_loopback(issuer: str) -> None:
    assert is_acceptable_issuer(issuer, allow_http=True)
    assert is_acceptable_issuer(issuer, allow_http=False) is issuer.startswith("https")


@pytest.mark.parametrize(
    "issuer",
    [
        "",
        "login.example",
        "ftp://login.example",
        "file:///etc/passwd",
        "http://login.example",
        "http://127.0.0.1.evil.example",
        "https://user:pw@login.example",
        "https://login.example?tenant=1",
        "https://login.example#x",
        "https://login.example?",
        "https://",
        "https://login.example:99999",
        "https://login.example:0",
        "https://login.example/a b",
        "https://login.example\n",
        "https://lögin.example",
        "https://login.example/" + "x" * 500,
    ],
)
def test_anything_else_is_no_issuer(issuer: str) -> None:
    assert not is_acceptable_issuer(issuer, allow_http=True)


def test_the_discovery_document_is_believed_when_it_names_the_issuer_exactly(
    issuers: Issuers, evil: EvilProvider
) -> None:
    found = issuers.metadata(evil.issuer)
    assert found.token_endpoint == f"{evil.issuer}/token"
    assert found.names_itself_in_answers
    assert not found.sends_secret_in_body


@pytest.mark.parametrize("named", ["{}/", "{}/tenant", "https://login.example", DROP, 7, None])
def test_a_discovery_document_of_another_issuer_is_refused(issuers: Issuers, evil: EvilProvider, named: Any) -> None:
    evil.faults.discovery["issuer"] = named.format(evil.issuer) if isinstance(named, str) else named
    with pytest.raises(Unauthenticated) as error:
        issuers.metadata(evil.issuer)
    assert error.value.code == "wrong-issuer"


@pytest.mark.parametrize("name", ["authorization_endpoint", "token_endpoint", "jwks_uri"])
@pytest.mark.parametrize(
    "address",
    [
        "https://127.0.0.1/token",
        "http://127.0.0.1:1/token",
        "http://169.254.169.254/latest",
        "http://localhost/token",
        "file:///etc/passwd",
        "//evil.example/token",
        "/token",
        "{issuer}@evil.example/token",
        "{issuer}/token#part",
        "http://127.0.0.1:999999/",
        DROP,
        ["{issuer}/token"],
    ],
)
def test_an_endpoint_off_the_issuers_own_host_is_refused(
    issuers: Issuers, evil: EvilProvider, name: str, address: Any
) -> None:
    evil.faults.discovery[name] = address.format(issuer=evil.issuer) if isinstance(address, str) else address
    with pytest.raises(Unauthenticated) as error:
        issuers.metadata(evil.issuer)
    assert error.value.code == "wrong-endpoint"


def test_an_issuer_over_http_is_not_asked_where_http_is_not_allowed(clock: FrozenClock, evil: EvilProvider) -> None:
    with pytest.raises(Unauthenticated) as error:
        Issuers(clock=clock, allow_http=False).metadata(evil.issuer)
    assert error.value.code == "wrong-issuer"
    assert evil.requests == {}


@pytest.mark.parametrize("body", [b"", b"[]", b"not json", b'{"issuer":"a","issuer":"b"}'])
def test_a_document_that_is_no_json_object_makes_the_provider_unavailable(
    issuers: Issuers, evil: EvilProvider, body: bytes
) -> None:
    evil.faults.instead[DISCOVERY] = lambda handler: send_json(handler, 200, body)
    with pytest.raises(Unavailable) as error:
        issuers.metadata(evil.issuer)
    assert error.value.code == "provider-unavailable"


def test_documents_are_fetched_once_an_hour(issuers: Issuers, evil: EvilProvider, clock: FrozenClock) -> None:
    for minutes in (0, 30, 29):
        clock.advance(timedelta(minutes=minutes))
        assert key_found(issuers, evil)
    assert evil.requests == {DISCOVERY: 1, "/jwks": 1}
    clock.advance(timedelta(minutes=2))
    assert key_found(issuers, evil)
    assert evil.requests == {DISCOVERY: 2, "/jwks": 2}


def test_a_rotated_key_is_found_at_once_and_then_at_most_once_a_minute(
    issuers: Issuers, evil: EvilProvider, clock: FrozenClock
) -> None:
    assert key_found(issuers, evil)
    evil.key = ECKey.generate_key("P-256", {"kid": "evil-2"})
    assert key_found(issuers, evil, "evil-2")
    assert evil.requests["/jwks"] == 2
    for _ in range(5):
        clock.advance(timedelta(seconds=11))
        assert not key_found(issuers, evil, "evil-3")
    assert evil.requests["/jwks"] == 2
    clock.advance(timedelta(seconds=6))
    assert not key_found(issuers, evil, "evil-3")
    assert evil.requests["/jwks"] == 3


def test_the_last_good_documents_serve_for_a_day_while_the_issuer_is_down(
    issuers: Issuers, evil: EvilProvider, clock: FrozenClock
) -> None:
    assert key_found(issuers, evil)
    evil.faults.instead = {DISCOVERY: down, "/jwks": down}
    clock.advance(timedelta(hours=23))
    assert key_found(issuers, evil)
    assert not key_found(issuers, evil, "evil-2")
    clock.advance(timedelta(hours=2))
    with pytest.raises(Unavailable):
        issuers.key(evil.issuer, kid="evil-1", algorithm="ES256")


def test_an_issuer_that_is_down_is_asked_again_every_ten_seconds_only(
    issuers: Issuers, evil: EvilProvider, clock: FrozenClock
) -> None:
    evil.faults.instead[DISCOVERY] = down
    for _ in range(3):
        with pytest.raises(Unavailable):
            issuers.metadata(evil.issuer)
    assert evil.requests[DISCOVERY] == 1
    evil.faults.instead.clear()
    clock.advance(timedelta(seconds=10))
    assert issuers.metadata(evil.issuer).issuer == evil.issuer


def test_a_clock_that_went_back_has_the_documents_fetched_again(
    issuers: Issuers, evil: EvilProvider, clock: FrozenClock
) -> None:
    assert key_found(issuers, evil)
    clock.advance(timedelta(hours=-3))
    assert key_found(issuers, evil)
    assert evil.requests == {DISCOVERY: 2, "/jwks": 2}


def test_keys_that_are_not_fit_are_passed_over(issuers: Issuers, evil: EvilProvider) -> None:
    good = ECKey.generate_key("P-256", {"kid": "good"})
    with pytest.warns(SecurityWarning):
        short = RSAKey.generate_key(1024, {"kid": "short"})
    evil.faults.published_keys = [
        {"kty": "oct", "kid": "shared", "k": "c2VjcmV0"},
        OctKey.generate_key(256, {"kid": "shared-2"}).as_dict(private=True),
        public(short),
        public(ECKey.generate_key("P-384", {"kid": "p384"})),
        public(OKPKey.generate_key("X25519", {"kid": "x25519"})),
        public(good, kid="enc", use="enc"),
        public(good, kid="es384", alg="ES384"),
        public(good, kid="broken", x="AA"),
        public(good, kid="holes", x=DROP),
        public(good, kid="numbers", x=7),
        public(good, kid=7),
        public(short, kid="endless", n="_" * 20_000),
        {"kty": "AKP", "kid": "quantum", "pub": "AA"},
        {"kty": ["EC"]},
        public(good, kid="lists", alg=["ES256"]),
        "text",
        public(good, x5c=["not a certificate"], use=DROP),
    ]
    assert key_found(issuers, evil, "good")
    refused = (
        "shared",
        "shared-2",
        "short",
        "p384",
        "x25519",
        "enc",
        "es384",
        "broken",
        "holes",
        "numbers",
        "quantum",
        "endless",
    )
    assert not any(key_found(issuers, evil, kid, alg) for kid in refused for alg in ("ES256", "RS256", "EdDSA"))


def test_a_key_is_found_by_kid_and_algorithm_together(issuers: Issuers, evil: EvilProvider) -> None:
    rsa, okp = RSAKey.generate_key(2048, {"kid": "one"}), OKPKey.generate_key("Ed25519", {"kid": "one"})
    evil.faults.published_keys = [public(rsa, alg="PS256"), public(okp)]
    assert key_found(issuers, evil, "one", "PS256")
    assert key_found(issuers, evil, "one", "EdDSA")
    assert not key_found(issuers, evil, "one", "RS256")
    assert not key_found(issuers, evil, "one", "ES256")


def test_a_key_id_is_any_text(issuers: Issuers, evil: EvilProvider) -> None:
    kid = "b/O6OvVv1+y+WgrH5Ui9WTioLt0="  # as one large provider writes them
    evil.faults.published_keys = [public(evil.key, kid=kid)]
    assert key_found(issuers, evil, kid)


@pytest.mark.parametrize("port", ["", ":443"])
def test_an_issuer_and_its_endpoints_may_write_the_default_port_or_not(port: str) -> None:
    issuer = "https://login.example:443/realm"
    document = dict.fromkeys(("authorization_endpoint", "token_endpoint", "jwks_uri"), f"https://login.example{port}/x")
    assert metadata_of({"issuer": issuer} | document, issuer).issuer == issuer


def test_a_token_without_kid_needs_that_one_key_alone_fits(
    issuers: Issuers, evil: EvilProvider, clock: FrozenClock
) -> None:
    assert key_found(issuers, evil, "")
    evil.faults.published_keys = [public(ECKey.generate_key("P-256", {"kid": kid})) for kid in ("one", "two")]
    clock.advance(timedelta(hours=1))
    assert not key_found(issuers, evil, "")
    assert key_found(issuers, evil, "two")


@pytest.mark.parametrize("keys", [[], None, "none", {}])
def test_a_key_set_without_keys_makes_the_provider_unavailable(issuers: Issuers, evil: EvilProvider, keys: Any) -> None:
    evil.faults.instead["/jwks"] = lambda handler: send_json(handler, 200, {"keys": keys})
    with pytest.raises(Unavailable) as error:
        issuers.key(evil.issuer, kid="evil-1", algorithm="ES256")
    assert error.value.code == "provider-unavailable"


def test_the_secret_goes_into_the_body_only_where_a_header_is_not_supported(
    issuers: Issuers, evil: EvilProvider
) -> None:
    evil.faults.discovery["token_endpoint_auth_methods_supported"] = ["client_secret_post", "private_key_jwt"]
    assert issuers.metadata(evil.issuer).sends_secret_in_body
