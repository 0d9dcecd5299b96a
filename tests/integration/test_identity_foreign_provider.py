"""Login at a provider we did not write: npm oidc-provider, certified, run by Node, driven through its own forms."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from hub.db import Database
from hub.identity import Identity, LoginStart, SessionStart
from hub.kit.clock import FrozenClock, SystemClock
from hub.kit.errors import Unauthenticated, Unavailable
from tests.support.databases import a_database
from tests.support.identity import (
    HEALTH,
    OPERATOR,
    POLICE,
    add_agencies,
    add_person,
    add_provider,
    an_identity,
    params_of,
    refusals_of,
    session_of,
)
from tests.support.oidc_provider import ForeignClient, ForeignProvider, foreign_provider, free_port

SECRET = "a secret: %+&=~"
ALGORITHMS = {"police-rs256": "RS256", "police-ps256": "PS256", "police-es256": "ES256", "police-eddsa": "EdDSA"}


@dataclass
class House:
    """A hub and the foreign provider. The hub knows `alex` at the police and `sam` at the hospital."""

    provider: ForeignProvider
    database: Database

    def identity(self, clock: FrozenClock | SystemClock | None = None) -> Identity:
        return an_identity(self.database, clock or SystemClock())

    def sign_in(self, start: LoginStart, *, subject: str = "alex", provider_id: str = POLICE) -> str:
        """Play the person at the browser; returns the callback URL."""
        redirect_uri = self.identity().redirect_uri(provider_id)
        return self.provider.sign_in(start.redirect_url, subject=subject, redirect_uri=redirect_uri)

    def login(
        self, provider_id: str = POLICE, *, subject: str = "alex", identity: Identity | None = None
    ) -> SessionStart:
        identity = identity or self.identity()
        start = identity.begin_login(provider_id, next_path="/submit")
        back = self.sign_in(start, subject=subject, provider_id=provider_id)
        return identity.complete_login(callback_url=back, login_cookie=start.login_cookie)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder: Path = tmp_path_factory.mktemp("foreign")
    database = a_database(folder)
    identity = an_identity(database, SystemClock())

    def client(
        provider_id: str, algorithm: str = "RS256", name: str = "", method: str = "client_secret_basic"
    ) -> ForeignClient:
        return ForeignClient(
            name or f"hub-{provider_id}", SECRET, identity.redirect_uri(provider_id), algorithm, method
        )

    clients = {provider_id: client(provider_id, algorithm) for provider_id, algorithm in ALGORITHMS.items()}
    clients |= {
        POLICE: client(POLICE),
        HEALTH: client(HEALTH),
        "police-brief": client("police-brief", name="hub-brief"),
        "police-wrong-secret": client("police-wrong-secret"),
    }
    with foreign_provider(list(clients.values())) as provider:
        add_agencies(identity, database)
        for provider_id, registered in clients.items():
            add_provider(
                identity,
                database,
                issuer=provider.issuer,
                id=provider_id,
                agency=HEALTH if provider_id == HEALTH else POLICE,
                client_id=registered.client_id,
                client_secret="not the secret" if provider_id == "police-wrong-secret" else SECRET,
            )
        add_person(identity, database, issuer=provider.issuer, subject="alex")
        add_person(identity, database, issuer=provider.issuer, subject="sam", agency=HEALTH)
        yield House(provider, database)
    database.close()


def refused(house: House, callback_url: str, cookie: str, *, identity: Identity | None = None) -> str:
    with pytest.raises(Unauthenticated) as error:
        (identity or house.identity()).complete_login(callback_url=callback_url, login_cookie=cookie)
    assert refusals_of(house.database)[-1] == error.value.code
    return error.value.code


def test_a_full_login_at_a_foreign_provider_works(house: House) -> None:
    done = house.login()
    assert done.next_path == "/submit"
    session = session_of(house.identity(), house.database, done.cookie)
    assert (session.person.subject, session.person.issuer) == ("alex", house.provider.issuer)
    assert session.reader.agency == POLICE


@pytest.mark.parametrize("provider_id", ALGORITHMS)
def test_each_pinned_algorithm_is_understood_as_a_foreign_implementation_signs_it(
    house: House, provider_id: str
) -> None:
    assert house.login(provider_id).person.subject == "alex"


def test_two_agencies_sign_in_at_one_provider_each_with_its_own_people(house: House) -> None:
    assert house.login(HEALTH, subject="sam").person.agency == HEALTH
    with pytest.raises(Unauthenticated) as error:
        house.login(HEALTH, subject="alex")
    assert error.value.code == "unknown-person"


def test_a_person_the_hub_does_not_know_is_refused(house: House) -> None:
    with pytest.raises(Unauthenticated) as error:
        house.login(subject="eve")
    assert error.value.code == "unknown-person"


def test_a_wrong_state_is_refused(house: House) -> None:
    start = house.identity().begin_login(POLICE)
    back = house.sign_in(start)
    assert refused(house, back.replace("state=", "state=A"), start.login_cookie) == "wrong-state"
    assert refused(house, back, start.login_cookie) == "no-login"


def test_an_answer_that_names_another_issuer_or_none_is_refused(house: House) -> None:
    for spoil in (
        lambda url: url.replace("iss=http%3A%2F%2F127.0.0.1", "iss=http%3A%2F%2F127.0.0.2"),
        lambda url: url.replace("&iss=", "&x="),
    ):
        start = house.identity().begin_login(POLICE)
        back = house.sign_in(start)
        assert "&iss=" in back
        assert refused(house, spoil(back), start.login_cookie) == "wrong-issuer"


def test_a_code_of_another_login_is_refused_by_the_provider_for_its_verifier(house: House) -> None:
    """Code injection: the attacker puts a stolen code into a login of their own; state and iss are right, PKCE is not."""
    identity = house.identity()
    stolen = params_of(house.sign_in(identity.begin_login(POLICE)))["code"]
    start = identity.begin_login(POLICE)
    back = house.sign_in(start)
    own = params_of(back)["code"]
    assert refused(house, back.replace(f"code={own}", f"code={stolen}"), start.login_cookie) == "code-refused"


def test_a_code_that_was_used_is_refused(house: House) -> None:
    identity = house.identity()
    start = identity.begin_login(POLICE)
    back = house.sign_in(start)
    identity.complete_login(callback_url=back, login_cookie=start.login_cookie)
    assert refused(house, back, start.login_cookie) == "no-login"


def test_an_expired_code_is_refused(house: House) -> None:
    start = house.identity().begin_login("police-brief")
    back = house.sign_in(start, provider_id="police-brief")
    time.sleep(2)  # this client's codes live for one second, by the provider's own clock
    assert refused(house, back, start.login_cookie) == "code-refused"


def test_an_expired_id_token_is_refused(house: House) -> None:
    """The provider's ID tokens live for a minute; the hub's clock is five minutes ahead."""
    clock = FrozenClock(SystemClock().now())
    identity = house.identity(clock)
    start = identity.begin_login(POLICE)
    back = house.sign_in(start)
    clock.advance(timedelta(minutes=5))
    assert refused(house, back, start.login_cookie, identity=identity) == "expired"


def test_an_id_token_from_the_future_is_refused(house: House) -> None:
    clock = FrozenClock(SystemClock().now() - timedelta(minutes=5))
    identity = house.identity(clock)
    start = identity.begin_login(POLICE)
    assert refused(house, house.sign_in(start), start.login_cookie, identity=identity) == "not-yet-valid"


@pytest.mark.parametrize(
    ("parameter", "code"), [("nonce", "wrong-nonce"), ("code_challenge", "code-refused"), ("state", "wrong-state")]
)
def test_what_was_changed_on_the_way_to_the_provider_is_noticed_on_the_way_back(
    house: House, parameter: str, code: str
) -> None:
    start = house.identity().begin_login(POLICE)
    sent = params_of(start.redirect_url)[parameter]
    tampered = start.redirect_url.replace(f"{parameter}={sent}", f"{parameter}={'A' * 43}")
    back = house.sign_in(LoginStart(tampered, start.login_cookie))
    assert refused(house, back, start.login_cookie) == code


def test_an_issuer_written_otherwise_than_the_provider_names_itself_begins_no_login(house: House) -> None:
    identity = house.identity()
    add_provider(identity, house.database, issuer=f"{house.provider.issuer}/", id="police-slash")
    with pytest.raises(Unauthenticated) as error:
        identity.begin_login("police-slash")
    assert error.value.code == "wrong-issuer"


def test_a_wrong_client_secret_is_told_apart_as_the_operators_to_mend(house: House) -> None:
    start = house.identity().begin_login("police-wrong-secret")
    back = house.sign_in(start, provider_id="police-wrong-secret")
    with pytest.raises(Unavailable) as error:
        house.identity().complete_login(callback_url=back, login_cookie=start.login_cookie)
    assert error.value.code == "client-refused"


def test_a_person_who_cancels_at_the_provider_is_refused_without_the_providers_words(house: House) -> None:
    start = house.identity().begin_login(POLICE)
    back = house.provider.cancel(start.redirect_url, redirect_uri=house.identity().redirect_uri(POLICE))
    assert params_of(back)["error"] == "access_denied"
    assert refused(house, back, start.login_cookie) == "provider-refused"


def test_a_session_goes_on_while_the_provider_is_away_and_new_logins_are_refused(tmp_path: Path) -> None:
    database = a_database(tmp_path)
    identity = an_identity(database, SystemClock())
    port = free_port()
    with foreign_provider([ForeignClient("the-hub", SECRET, identity.redirect_uri(POLICE))], port=port) as provider:
        add_agencies(identity, database)
        add_provider(identity, database, issuer=provider.issuer, client_secret=SECRET)
        add_person(identity, database, issuer=provider.issuer)
        done = House(provider, database).login(identity=identity)
        start = identity.begin_login(POLICE)
        back = provider.sign_in(start.redirect_url, subject="alex", redirect_uri=identity.redirect_uri(POLICE))
    with pytest.raises(Unavailable) as error:
        identity.complete_login(callback_url=back, login_cookie=start.login_cookie)
    assert error.value.code == "provider-unavailable"
    assert session_of(identity, database, done.cookie).person.subject == "alex"
    with database.unit_of_work() as uow:
        identity.disable_person(uow, OPERATOR, person=done.person.id)
    with pytest.raises(Unauthenticated):
        session_of(identity, database, done.cookie)
    database.close()
