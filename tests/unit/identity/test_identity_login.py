"""The whole login against providers that are honest, broken or evil: who gets in, and with which code everybody else is refused."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from joserfc.jwk import ECKey

from hub.db import Database
from hub.identity import Identity, SessionStart
from hub.identity.session_store import logins
from hub.kit.clock import FrozenClock
from hub.kit.errors import HubError, NotFound, Unauthenticated, Unavailable
from tests.support.databases import a_database
from tests.support.evil_provider import DROP, EvilProvider, Faults, evil_provider
from tests.support.identity import (
    HEALTH,
    OPERATOR,
    POLICE,
    DemoHub,
    a_demo_hub,
    add_agencies,
    add_person,
    add_provider,
    an_identity,
    audit_of,
    params_of,
    refusals_of,
    send_json,
    session_of,
)


@pytest.fixture
def hub(database: Database, clock: FrozenClock) -> Iterator[DemoHub]:
    with a_demo_hub(database, clock) as made:
        yield made


class Evil:
    """A hub whose police force signs in at the evil provider; `login` is one whole attempt."""

    def __init__(self, provider: EvilProvider, identity: Identity, database: Database) -> None:
        self.provider = provider
        self.identity = identity
        self.database = database

    @property
    def faults(self) -> Faults:
        return self.provider.faults

    def login(self) -> SessionStart:
        start = self.identity.begin_login(POLICE)
        back = self.provider.sign_in(start.redirect_url)
        return self.identity.complete_login(callback_url=back, login_cookie=start.login_cookie)

    def refused(self) -> str:
        with pytest.raises(HubError) as error:
            self.login()
        assert isinstance(error.value, Unauthenticated | Unavailable)
        assert refusals_of(self.database)[-1] == error.value.code
        with self.database.reading() as reading:
            assert reading.connection.execute(logins.select()).all() == []
        return error.value.code


@pytest.fixture(scope="module")
def evil_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[EvilProvider, Database]]:
    database = a_database(tmp_path_factory.mktemp("evil"))
    with evil_provider(FrozenClock()) as provider:
        identity = an_identity(database, provider.clock)
        add_agencies(identity, database)
        add_provider(identity, database, issuer=provider.issuer)
        add_person(identity, database, issuer=provider.issuer)
        yield provider, database
    database.close()


@pytest.fixture
def evil(evil_house: tuple[EvilProvider, Database], clock: FrozenClock) -> Evil:
    """The house is built once; each test has a hub that has never seen the provider, and a provider without faults."""
    provider, database = evil_house
    provider.reset(clock)
    return Evil(provider, an_identity(database, clock), database)


# the honest way


def test_a_known_person_gets_in_and_lands_where_they_wanted_to_go(hub: DemoHub) -> None:
    done = hub.login(next_path="/submit?period=2026-10")
    assert done.person == hub.people[POLICE]
    assert done.next_path == "/submit?period=2026-10"
    assert hub.session(done.cookie).agency.id == POLICE


def test_several_providers_serve_side_by_side_and_equal_subjects_are_different_people(hub: DemoHub) -> None:
    assert hub.login(POLICE).person.id != hub.login(HEALTH).person.id


def test_the_browser_is_sent_with_code_flow_state_nonce_and_s256(hub: DemoHub) -> None:
    start = hub.identity.begin_login(POLICE)
    params = params_of(start.redirect_url)
    assert params["response_type"] == "code"
    assert params["scope"] == "openid"
    assert params["redirect_uri"] == hub.identity.redirect_uri(POLICE)
    assert params["code_challenge_method"] == "S256"
    assert {len(params[name]) for name in ("state", "nonce", "code_challenge")} == {43}
    assert "code_verifier" not in params


def test_login_and_its_start_are_audit_entries_with_the_persons_id_and_no_name(
    hub: DemoHub, database: Database
) -> None:
    hub.login()
    [start] = audit_of(database, action="login-start")
    [login] = audit_of(database, action="login", outcome="done")
    assert (start.columns["verb"], start.columns["agency"], start.columns["person"]) == ("session", POLICE, "")
    assert (login.columns["person"], login.columns["agency"]) == (hub.people[POLICE].id, POLICE)
    assert "Alex" not in json.dumps([dict(start.columns), dict(login.columns)])


def test_an_honest_evil_provider_lets_alex_in_so_that_each_fault_below_is_what_is_refused(evil: Evil) -> None:
    assert evil.login().person.subject == "alex"


# the callback


def test_a_login_works_once(hub: DemoHub) -> None:
    start = hub.identity.begin_login(POLICE)
    back = hub.provider.authorize(POLICE, params_of(start.redirect_url), subject="alex")
    hub.identity.complete_login(callback_url=back, login_cookie=start.login_cookie)
    assert code_of(hub, back, start.login_cookie) == "no-login"


def code_of(hub: DemoHub, back: str, cookie: str) -> str:
    with pytest.raises(Unauthenticated) as error:
        hub.identity.complete_login(callback_url=back, login_cookie=cookie)
    assert refusals_of(hub.database)[-1] == error.value.code
    return error.value.code


def begun(hub: DemoHub, agency: str = POLICE) -> tuple[str, str]:
    start = hub.identity.begin_login(agency)
    return hub.provider.authorize(agency, params_of(start.redirect_url), subject="alex"), start.login_cookie


@pytest.mark.parametrize("cookie", ["", "another", "x" * 43])
def test_an_answer_without_the_cookie_of_the_browser_that_began_is_refused(hub: DemoHub, cookie: str) -> None:
    back, _ = begun(hub)
    assert code_of(hub, back, cookie) == "no-login"


def test_an_answer_carried_into_another_browsers_login_is_refused_and_uses_that_login_up(hub: DemoHub) -> None:
    stolen, _ = begun(hub)
    own, cookie = begun(hub)
    assert code_of(hub, stolen, cookie) == "wrong-state"
    assert code_of(hub, own, cookie) == "no-login"


def test_a_login_takes_ten_minutes_at_most(hub: DemoHub, clock: FrozenClock) -> None:
    back, cookie = begun(hub)
    clock.advance(timedelta(minutes=10))
    assert code_of(hub, back, cookie) == "login-expired"


def test_an_answer_sent_to_another_providers_redirect_uri_is_refused(hub: DemoHub) -> None:
    back, cookie = begun(hub)
    assert code_of(hub, back.replace(f"/callback/{POLICE}?", f"/callback/{HEALTH}?"), cookie) == "wrong-issuer"


@pytest.mark.parametrize("issuer", ["http://127.0.0.1/other", "", DROP])
def test_an_answer_that_does_not_name_its_issuer_though_promised_or_names_another_is_refused(
    evil: Evil, issuer: Any
) -> None:
    evil.faults.callback["iss"] = issuer
    assert evil.refused() == "wrong-issuer"
    assert "/token" not in evil.provider.requests


def test_where_no_name_is_promised_none_is_needed_but_a_wrong_one_is_refused(evil: Evil) -> None:
    evil.faults.discovery["authorization_response_iss_parameter_supported"] = DROP
    evil.faults.callback["iss"] = DROP
    assert evil.login().person.subject == "alex"
    evil.faults.callback["iss"] = "https://login.example"
    assert evil.refused() == "wrong-issuer"


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ({"error": "access_denied", "code": DROP}, "provider-refused"),
        ({"error": "<script>", "error_description": "x" * 4000}, "provider-refused"),
        ({"code": DROP}, "bad-callback"),
        ({"code": ""}, "bad-callback"),
        ({"code": "x" * 5000}, "bad-callback"),
        ({"code": "a\nb"}, "bad-callback"),
        ({"code": ["one", "two"]}, "bad-callback"),
        ({"state": ["one", "two"]}, "bad-callback"),
        ({"state": DROP}, "wrong-state"),
        ({"state": ""}, "wrong-state"),
        ({f"p{number}": "x" for number in range(30)}, "bad-callback"),
    ],
)
def test_an_answer_that_is_an_error_or_not_readable_is_refused(evil: Evil, answer: dict[str, Any], code: str) -> None:
    evil.faults.callback = answer
    assert evil.refused() == code


def test_a_callback_that_is_no_url_is_refused(hub: DemoHub) -> None:
    _, cookie = begun(hub)
    assert code_of(hub, "http://[broken", cookie) == "bad-callback"


def test_the_providers_own_words_reach_neither_the_error_nor_the_log(evil: Evil) -> None:
    evil.faults.callback = {"error": "planted-words", "error_description": "planted-words", "code": DROP}
    with pytest.raises(Unauthenticated) as error:
        evil.login()
    assert "planted" not in str(error.value) + error.value.remedy
    assert "planted" not in str([dict(entry.columns) for entry in audit_of(evil.database)])


# discovery


@pytest.mark.parametrize(
    ("discovery", "code"),
    [
        ({"issuer": "https://login.example"}, "wrong-issuer"),
        ({"token_endpoint": "https://login.example/"}, "wrong-endpoint"),
    ],
)
def test_a_provider_whose_metadata_is_not_its_own_begins_no_login(
    evil: Evil, discovery: dict[str, str], code: str
) -> None:
    evil.faults.discovery = discovery
    with pytest.raises(Unauthenticated) as error:
        evil.identity.begin_login(POLICE)
    assert error.value.code == code


# the token endpoint


def test_code_verifier_redirect_uri_and_client_are_sent_as_the_specification_says(evil: Evil) -> None:
    evil.login()
    [form] = evil.provider.forms
    assert form["grant_type"] == "authorization_code"
    assert form["redirect_uri"] == evil.identity.redirect_uri(POLICE)
    assert len(form["code_verifier"]) == 43
    assert form["authorization"].startswith("Basic ")
    assert "client_secret" not in form


def test_the_secret_goes_into_the_body_where_the_provider_takes_it_only_there(evil: Evil) -> None:
    evil.faults.discovery["token_endpoint_auth_methods_supported"] = ["client_secret_post"]
    evil.login()
    [form] = evil.provider.forms
    assert form["client_secret"] == "a secret: %+&=~"
    assert form["authorization"] == ""


@pytest.mark.parametrize(
    ("answer", "status", "code"),
    [
        ({"error": "invalid_grant"}, 400, "code-refused"),
        ({"error": "invalid_client"}, 401, "client-refused"),
        ({"error": "unauthorized_client"}, 400, "client-refused"),
        ({"error": "server_error"}, 400, "provider-refused"),
        ({"error": {"not": "text"}}, 400, "provider-refused"),
        ({"error": ["not", "text"]}, 400, "provider-refused"),
        ({}, 500, "provider-unavailable"),
        ({"error": "invalid_grant"}, 302, "provider-unavailable"),
        ({}, 302, "provider-unavailable"),
        ({}, 400, "provider-unavailable"),
        ({}, 201, "provider-unavailable"),
        ({"expires_in": [1]}, 200, "provider-unavailable"),
        ({"expires_in": "soon"}, 200, "provider-unavailable"),
        ({"id_token": DROP}, 200, "no-id-token"),
        ({"id_token": ""}, 200, "no-id-token"),
        ({"id_token": ["x"]}, 200, "no-id-token"),
        ({"id_token": "x"}, 200, "bad-token"),
    ],
)
def test_what_the_token_endpoint_says_amiss_is_refused(
    evil: Evil, answer: dict[str, Any], status: int, code: str
) -> None:
    evil.faults.token_answer = answer
    evil.faults.token_status = status
    assert evil.refused() == code


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"<html>", b"x" * 300_000, b'{"id_token":"x"'],
    ids=["empty", "list", "page", "huge", "cut off"],
)
def test_a_token_endpoint_that_sends_no_json_object_is_unavailable(evil: Evil, body: bytes) -> None:
    evil.faults.instead["/token"] = lambda handler: send_json(handler, 200, body)
    assert evil.refused() == "provider-unavailable"


def test_a_token_endpoint_that_redirects_is_not_followed(evil: Evil) -> None:
    def redirect(handler: Any) -> None:
        handler.send_response(307)
        handler.send_header("Location", "/elsewhere")
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    evil.faults.instead["/token"] = redirect
    assert evil.refused() == "provider-unavailable"
    assert "/elsewhere" not in evil.provider.requests


# the ID token


@pytest.mark.parametrize(
    ("claims", "code"),
    [
        ({"nonce": "of another login"}, "wrong-nonce"),
        ({"nonce": DROP}, "wrong-nonce"),
        ({"aud": "another-client"}, "wrong-audience"),
        ({"aud": ["the-hub", "another-client"]}, "wrong-audience"),
        ({"iss": "https://login.example"}, "wrong-issuer"),
        ({"exp": 0}, "expired"),
        ({"iat": 4_000_000_000}, "not-yet-valid"),
        ({"sub": DROP}, "bad-token"),
        ({"sub": "eve"}, "unknown-person"),
        ({"sub": "ALEX"}, "unknown-person"),
        ({"sub": "alex "}, "unknown-person"),
    ],
)
def test_a_token_that_says_something_else_lets_nobody_in(evil: Evil, claims: dict[str, Any], code: str) -> None:
    evil.faults.claims = claims
    assert evil.refused() == code


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda faults: faults.header.update(alg="none"), "bad-token"),
        (lambda faults: faults.header.update(kid="evil-9"), "unknown-key"),
        (lambda faults: faults.header.update(typ="at+jwt"), "bad-token"),
        (lambda faults: setattr(faults, "signing_key", ECKey.generate_key("P-256")), "bad-signature"),
        (lambda faults: setattr(faults, "rewrite_token", lambda token: token + "="), "bad-token"),
        (lambda faults: setattr(faults, "rewrite_token", lambda token: token[:-8]), "bad-signature"),
        (lambda faults: setattr(faults, "published_keys", []), "provider-unavailable"),
    ],
    ids=["unsigned", "unknown key", "another type", "another's key", "padded", "cut short", "no keys published"],
)
def test_a_token_that_is_not_rightly_signed_lets_nobody_in(
    evil: Evil, spoil: Callable[[Faults], None], code: str
) -> None:
    spoil(evil.faults)
    assert evil.refused() == code


def test_what_metadata_says_of_algorithms_changes_nothing(evil: Evil) -> None:
    """The provider's metadata offers `none` and HS256 all along (see the evil provider): only the hub's own list counts."""
    evil.provider.key = ECKey.generate_key("P-256", {"kid": "evil-1"})
    evil.faults.signing_key = None
    assert evil.login().person.subject == "alex"


def test_a_key_rotated_during_a_login_is_found(evil: Evil) -> None:
    evil.login()
    evil.provider.key = ECKey.generate_key("P-256", {"kid": "evil-2"})
    evil.faults.header["kid"] = "evil-2"
    assert evil.login().person.subject == "alex"


def test_the_strength_of_authentication_is_asked_for_and_checked(evil: Evil) -> None:
    add_provider(evil.identity, evil.database, issuer=evil.provider.issuer, id="strong", required_acr=["AAL2", "AAL3"])
    for acr, works in (("AAL3", True), ("AAL1", False), (DROP, False)):
        evil.faults.claims["acr"] = acr
        start = evil.identity.begin_login("strong")
        assert params_of(start.redirect_url)["acr_values"] == "AAL2 AAL3"
        back = evil.provider.sign_in(start.redirect_url)
        if works:
            evil.identity.complete_login(callback_url=back, login_cookie=start.login_cookie)
            continue
        with pytest.raises(Unauthenticated) as error:
            evil.identity.complete_login(callback_url=back, login_cookie=start.login_cookie)
        assert error.value.code == "wrong-assurance"


def test_an_account_named_by_another_claim_is_asked_for_with_the_scope_that_gives_it(evil: Evil) -> None:
    add_provider(evil.identity, evil.database, issuer=evil.provider.issuer, id="entra-like", subject_claim="oid")
    evil.faults.claims = {"sub": "differs-from-app-to-app", "oid": "alex"}
    start = evil.identity.begin_login("entra-like")
    assert params_of(start.redirect_url)["scope"] == "openid profile"
    back = evil.provider.sign_in(start.redirect_url)
    assert evil.identity.complete_login(callback_url=back, login_cookie=start.login_cookie).person.subject == "alex"


# who the hub knows


def test_a_person_of_another_agency_does_not_get_in_through_this_agencys_provider(evil: Evil) -> None:
    add_person(evil.identity, evil.database, issuer=evil.provider.issuer, subject="sam", agency=HEALTH)
    evil.faults.claims["sub"] = "sam"
    assert evil.refused() == "unknown-person"


def test_the_same_subject_of_another_issuer_is_another_person(evil: Evil) -> None:
    add_person(evil.identity, evil.database, issuer="https://login.example", subject="kim")
    evil.faults.claims["sub"] = "kim"
    assert evil.refused() == "unknown-person"


@pytest.mark.parametrize("whole_agency", [False, True])
def test_who_was_disabled_during_the_login_does_not_get_in(
    hub: DemoHub, database: Database, whole_agency: bool
) -> None:
    back, cookie = begun(hub)
    with database.unit_of_work() as uow:
        if whole_agency:
            hub.identity.disable_agency(uow, OPERATOR, agency=POLICE)
        else:
            hub.identity.disable_person(uow, OPERATOR, person=hub.people[POLICE].id)
    assert code_of(hub, back, cookie) == ("no-login" if whole_agency else "unknown-person")


def test_no_login_begins_at_a_provider_that_is_unknown_or_disabled(hub: DemoHub, database: Database) -> None:
    with database.unit_of_work() as uow:
        hub.identity.disable_provider(uow, OPERATOR, provider=POLICE)
        hub.identity.disable_agency(uow, OPERATOR, agency=HEALTH)
    for provider in (POLICE, HEALTH, "nobody", ""):
        with pytest.raises(NotFound):
            hub.identity.begin_login(provider)


# within the caller's transaction


def test_a_login_can_begin_and_finish_within_the_callers_transactions(hub: DemoHub, database: Database) -> None:
    with database.unit_of_work() as uow:
        start = hub.identity.start_login(uow, POLICE, next_path="/views")
    back = hub.provider.authorize(POLICE, params_of(start.redirect_url), subject="alex")
    with database.unit_of_work() as uow:
        done = hub.identity.finish_login(uow, callback_url=back, login_cookie=start.login_cookie)
    assert done.next_path == "/views"
    assert session_of(hub.identity, database, done.cookie).person == hub.people[POLICE]


def test_a_failed_login_is_written_down_and_used_up_though_the_callers_transaction_is_undone(
    hub: DemoHub, database: Database
) -> None:
    back, cookie = begun(hub)
    wrong = back.replace("state=", "state=x")
    with pytest.raises(Unauthenticated), database.unit_of_work() as uow:
        hub.identity.finish_login(uow, callback_url=wrong, login_cookie=cookie)
    assert refusals_of(database) == ["wrong-state"]
    assert code_of(hub, back, cookie) == "no-login"


def test_a_failed_login_is_written_down_once_where_the_caller_keeps_the_transaction(
    hub: DemoHub, database: Database
) -> None:
    back, cookie = begun(hub)
    with database.unit_of_work() as uow, pytest.raises(Unauthenticated):
        hub.identity.finish_login(uow, callback_url=back.replace("state=", "state=x"), login_cookie=cookie)
    assert refusals_of(database) == ["wrong-state"]
    assert code_of(hub, back, cookie) == "no-login"


def test_of_two_answers_at_once_one_gets_in(hub: DemoHub, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other request takes the login between this one's call to the provider and its transaction."""
    back, cookie = begun(hub)
    honest = hub.identity._subject

    def overtaken(*arguments: Any) -> str:
        subject = honest(*arguments)
        with database.unit_of_work() as uow:
            uow.connection.execute(logins.delete())
            uow.count_entry()
        return subject

    monkeypatch.setattr(hub.identity, "_subject", overtaken)
    assert code_of(hub, back, cookie) == "no-login"


# where to go next


@pytest.mark.parametrize(
    "path",
    [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "",
        "submit",
        "/a\r\nb",
        "/" + "x" * 2000,
    ],
)
def test_after_login_nobody_is_sent_off_the_hub(hub: DemoHub, path: str) -> None:
    assert hub.login(next_path=path).next_path == "/"


def test_every_refusal_has_words_that_say_what_to_do() -> None:
    from hub.identity.refusals import refusal
    from hub.kit.words import catalogue

    codes = {key.split(".")[2] for key in catalogue() if key.startswith("identity.refusal.")}
    assert len(codes) > 20
    for code in codes:
        assert refusal(code).remedy.endswith(".")
