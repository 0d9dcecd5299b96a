"""The embedded provider, request by request, as a strict OpenID provider and nothing more."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import quote_plus

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from hub.identity import DemoProvider
from hub.kit.clock import FrozenClock
from hub.kit.errors import Bug, Invalid, NotFound
from hub.settings import Mode
from tests.support.identity import BASE_URL, HEALTH, POLICE, ROOT_KEY, params_of

VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()


@pytest.fixture
def provider(clock: FrozenClock) -> DemoProvider:
    made = DemoProvider(base_url=BASE_URL, root_key=ROOT_KEY, clock=clock, mode=Mode.DEMO)
    made.register(POLICE)
    made.register(HEALTH, provider_id="hospital-login")
    return made


def request(provider: DemoProvider, **changes: Any) -> dict[str, str]:
    client = provider.register(POLICE)
    honest = {
        "response_type": "code",
        "client_id": client.client_id,
        "redirect_uri": client.redirect_uri,
        "scope": "openid",
        "state": "the state",
        "nonce": "the nonce",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    }
    return {name: value for name, value in (honest | changes).items() if value is not None}


def a_code(provider: DemoProvider) -> str:
    return params_of(provider.authorize(POLICE, request(provider), subject="alex"))["code"]


def form(provider: DemoProvider, code: str, **changes: str) -> dict[str, str]:
    client = provider.register(POLICE)
    return {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": client.redirect_uri,
        "code_verifier": VERIFIER,
        "client_id": client.client_id,
        "client_secret": client.client_secret,
    } | changes


def test_it_exists_in_demo_mode_on_loopback_and_nowhere_else(clock: FrozenClock) -> None:
    for mode, base_url in (
        (Mode.EMBEDDED, BASE_URL),
        (Mode.PRODUCTION, BASE_URL),
        (Mode.DEMO, "https://hub.example"),
        (Mode.DEMO, "http://127.0.0.1.evil.example"),
    ):
        with pytest.raises(Bug):
            DemoProvider(base_url=base_url, root_key=ROOT_KEY, clock=clock, mode=mode)


def test_each_agency_has_an_issuer_a_key_and_a_secret_of_its_own(provider: DemoProvider) -> None:
    police, health = provider.register(POLICE), provider.register(HEALTH)
    assert police.issuer == f"{BASE_URL}/demo-provider/{POLICE}"
    assert health.redirect_uri == f"{BASE_URL}/login/callback/hospital-login"
    assert police.client_secret != health.client_secret
    assert police.client_secret not in repr(police)
    assert provider.jwks(POLICE) != provider.jwks(HEALTH)


def test_a_client_secret_is_the_same_after_a_restart(provider: DemoProvider, clock: FrozenClock) -> None:
    again = DemoProvider(base_url=BASE_URL, root_key=ROOT_KEY, clock=clock, mode=Mode.DEMO)
    assert again.register(POLICE) == provider.register(POLICE)


def test_the_documents_say_what_is_so_and_publish_no_private_key(provider: DemoProvider) -> None:
    document = provider.discovery(POLICE)
    assert document["issuer"] == f"{BASE_URL}/demo-provider/{POLICE}"
    assert document["code_challenge_methods_supported"] == ["S256"]
    [key] = provider.jwks(POLICE)["keys"]
    assert key["kty"] == "EC"
    assert "d" not in key


def test_an_agency_that_is_not_registered_has_no_issuer(provider: DemoProvider) -> None:
    for ask in (
        lambda: provider.discovery("nobody"),
        lambda: provider.jwks("nobody"),
        lambda: provider.check_request("nobody", {}),
        lambda: provider.authorize("nobody", {}, subject="alex"),
        lambda: provider.decline("nobody", {}),
        lambda: provider.token("nobody", {}),
    ):
        with pytest.raises(NotFound):
            ask()


def test_a_picked_persona_comes_back_with_code_state_and_issuer(provider: DemoProvider) -> None:
    assert provider.check_request(POLICE, request(provider)) == ""
    back = provider.authorize(POLICE, request(provider), subject="alex")
    assert back.startswith(provider.register(POLICE).redirect_uri + "?")
    answer = params_of(back)
    assert (answer["state"], answer["iss"]) == ("the state", provider.register(POLICE).issuer)
    assert len(answer["code"]) == 43


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": "hub-ravensbourne-hospital"},
        {"client_id": None},
        {"redirect_uri": None},
        {"redirect_uri": "https://evil.example/"},
        {"redirect_uri": f"{BASE_URL}/login/callback/{POLICE}/"},
        {"redirect_uri": f"{BASE_URL}/login/callback/{POLICE}?x=1"},
    ],
)
def test_another_client_or_redirect_uri_is_refused_without_sending_anybody_anywhere(
    provider: DemoProvider, changes: Mapping[str, Any]
) -> None:
    for ask in (provider.check_request, provider.decline):
        with pytest.raises(Invalid) as error:
            ask(POLICE, request(provider, **changes))
        assert error.value.code == "wrong-client"


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": "code id_token"}, "unsupported_response_type"),
        ({"scope": "profile"}, "invalid_scope"),
        ({"scope": None}, "invalid_scope"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"state": None}, "invalid_request"),
        ({"response_mode": "fragment"}, "invalid_request"),
    ],
)
def test_a_request_that_is_not_code_with_s256_is_sent_back_with_the_error(
    provider: DemoProvider, changes: Mapping[str, Any], problem: str
) -> None:
    params = request(provider, **changes)
    for url in (
        provider.check_request(POLICE, params),
        provider.authorize(POLICE, params, subject="alex"),
        provider.decline(POLICE, params),
    ):
        answer = params_of(url)
        assert answer["error"] == problem
        assert answer["iss"] == provider.register(POLICE).issuer
        assert answer.get("state") == params.get("state")
        assert "code" not in answer


def test_who_declines_is_sent_back_without_a_code(provider: DemoProvider) -> None:
    answer = params_of(provider.decline(POLICE, request(provider)))
    assert answer == {"error": "access_denied", "state": "the state", "iss": provider.register(POLICE).issuer}


def test_a_code_is_changed_for_an_id_token_that_the_published_key_verifies(
    provider: DemoProvider, clock: FrozenClock
) -> None:
    answer = provider.token(POLICE, form(provider, a_code(provider)))
    assert answer.status == 200
    token = jwt.decode(answer.body["id_token"], KeySet.import_key_set(provider.jwks(POLICE)), algorithms=["ES256"])
    now = int(clock.now().timestamp())
    client = provider.register(POLICE)
    assert token.claims == {
        "iss": client.issuer,
        "sub": "alex",
        "aud": client.client_id,
        "nonce": "the nonce",
        "iat": now,
        "exp": now + 300,
    }


def test_a_request_without_nonce_gets_a_token_without_one(provider: DemoProvider) -> None:
    code = params_of(provider.authorize(POLICE, request(provider, nonce=None), subject="alex"))["code"]
    answer = provider.token(POLICE, form(provider, code))
    token = jwt.decode(answer.body["id_token"], KeySet.import_key_set(provider.jwks(POLICE)), algorithms=["ES256"])
    assert "nonce" not in token.claims


def test_a_code_is_good_once_and_for_a_minute(provider: DemoProvider, clock: FrozenClock) -> None:
    code = a_code(provider)
    assert provider.token(POLICE, form(provider, code)).status == 200
    assert provider.token(POLICE, form(provider, code)).body == {"error": "invalid_grant"}
    late = a_code(provider)
    clock.advance(timedelta(minutes=1))
    assert provider.token(POLICE, form(provider, late)).body == {"error": "invalid_grant"}


@pytest.mark.parametrize(
    "changes",
    [
        {"code_verifier": "w" * 43},
        {"code_verifier": ""},
        {"code_verifier": "short"},
        {"code_verifier": CHALLENGE},
        {"code_verifier": "v" * 42 + "é"},
        {"redirect_uri": "https://evil.example/"},
        {"redirect_uri": ""},
    ],
)
def test_a_wrong_verifier_or_redirect_uri_spends_the_code_and_gets_nothing(
    provider: DemoProvider, changes: Mapping[str, str]
) -> None:
    code = a_code(provider)
    answer = provider.token(POLICE, form(provider, code, **changes))
    assert (answer.status, answer.body) == (400, {"error": "invalid_grant"})
    assert provider.token(POLICE, form(provider, code)).body == {"error": "invalid_grant"}


def test_a_code_nobody_was_given_is_nothing(provider: DemoProvider) -> None:
    assert provider.token(POLICE, form(provider, "another")).body == {"error": "invalid_grant"}


def test_a_code_of_one_issuer_is_nothing_to_another(provider: DemoProvider) -> None:
    health = provider.register(HEALTH)
    stolen = form(provider, a_code(provider)) | {"client_id": health.client_id, "client_secret": health.client_secret}
    assert provider.token(HEALTH, stolen).body == {"error": "invalid_grant"}


def test_another_grant_type_is_refused(provider: DemoProvider) -> None:
    answer = provider.token(POLICE, form(provider, a_code(provider), grant_type="password"))
    assert answer.body == {"error": "unsupported_grant_type"}


def basic(client_id: str, secret: str) -> str:
    return "Basic " + base64.b64encode(f"{quote_plus(client_id)}:{quote_plus(secret)}".encode()).decode()


def test_the_client_proves_itself_by_header_or_by_body_and_never_by_both(provider: DemoProvider) -> None:
    client = provider.register(POLICE)
    header = basic(client.client_id, client.client_secret)
    bare = {name: value for name, value in form(provider, "").items() if not name.startswith("client_")}
    assert provider.token(POLICE, bare | {"code": a_code(provider)}, authorization=header).status == 200
    for authorization, fields in (
        (header, form(provider, a_code(provider))),
        ("", bare),
        ("", form(provider, "", client_secret="wrong")),
        ("", form(provider, "", client_id="hub-ravensbourne-hospital")),
        (basic(client.client_id, "wrong"), bare),
        (basic("another", client.client_secret), bare),
        (header.replace("Basic", "Bearer"), bare),
        ("Basic ***", bare),
        ("Basic " + base64.b64encode(b"\xff\xfe").decode(), bare),
        ("Basic", bare),
    ):
        answer = provider.token(POLICE, fields, authorization=authorization)
        assert (answer.status, answer.body) == (401, {"error": "invalid_client"})


def test_codes_nobody_redeems_do_not_pile_up(provider: DemoProvider, clock: FrozenClock) -> None:
    for _ in range(1000):
        assert "code" in params_of(provider.authorize(POLICE, request(provider), subject="alex"))
    answer = params_of(provider.authorize(POLICE, request(provider), subject="alex"))
    assert answer["error"] == "temporarily_unavailable"
    clock.advance(timedelta(minutes=1))
    assert "code" in params_of(provider.authorize(POLICE, request(provider), subject="alex"))
