"""Agencies, providers, people: what is accepted, what is refused, what is written down."""

from __future__ import annotations

import json
from typing import Any

import pytest

from hub.db import Database
from hub.identity import Identity, Role
from hub.identity.store import sealed_secret
from hub.kit.clock import FrozenClock
from hub.kit.errors import Conflict, Invalid, NotFound
from tests.support.identity import (
    HEALTH,
    OPERATOR,
    POLICE,
    add_agencies,
    add_person,
    add_provider,
    an_identity,
    audit_of,
)

ISSUER = "https://login.example/tenant"


@pytest.fixture
def identity(database: Database, clock: FrozenClock) -> Identity:
    made = an_identity(database, clock)
    add_agencies(made, database)
    return made


def test_agencies_are_kept_with_their_kind(identity: Identity, database: Database) -> None:
    with database.reading() as reading:
        assert [(agency.id, agency.kind) for agency in identity.agencies(reading)] == [
            (HEALTH, "nhs_trust"),
            (POLICE, "chief_officer_police"),
        ]
        assert identity.agency(reading, HEALTH).name == "Ravensbourne Hospital"
        with pytest.raises(NotFound):
            identity.agency(reading, "nobody")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"id": "Met Police"}, "bad-agency-id"),
        ({"id": ""}, "bad-agency-id"),
        ({"id": "-x"}, "bad-agency-id"),
        ({"id": "x" * 64}, "bad-agency-id"),
        ({"kind": "army"}, "bad-kind"),
        ({"name": "  "}, "bad-name"),
        ({"name": "a\x1b[2Jb"}, "bad-name"),
        ({"name": "x" * 201}, "bad-name"),
    ],
)
def test_an_agency_that_is_not_well_described_is_refused(
    identity: Identity, database: Database, changes: dict[str, Any], code: str
) -> None:
    values = {"id": "a-council", "name": "A Council", "kind": "local_authority"} | changes
    with database.unit_of_work() as uow, pytest.raises(Invalid) as error:
        identity.add_agency(uow, OPERATOR, **values)
    assert error.value.code == code


def test_an_agency_id_is_given_once(identity: Identity, database: Database) -> None:
    with pytest.raises(Conflict), database.unit_of_work() as uow:
        identity.add_agency(uow, OPERATOR, id=POLICE, name="Another", kind="local_authority")


def test_a_provider_takes_its_agencys_id_and_its_redirect_uri_is_known_before_it_is_added(
    identity: Identity, database: Database
) -> None:
    add_provider(identity, database, issuer=ISSUER)
    add_provider(identity, database, issuer="https://other.example", id="police-second")
    add_provider(identity, database, issuer=ISSUER, agency=HEALTH)
    with database.reading() as reading:
        found = identity.providers(reading)
    assert [(provider.id, provider.agency) for provider in found] == [
        (HEALTH, HEALTH),
        ("police-second", POLICE),
        (POLICE, POLICE),
    ]
    assert identity.redirect_uri(POLICE) == f"http://127.0.0.1:8000/login/callback/{POLICE}"


def test_a_client_secret_stands_wrapped_and_its_wrapping_belongs_to_its_provider(
    identity: Identity, database: Database
) -> None:
    add_provider(identity, database, issuer=ISSUER, client_secret="hunter2-hunter2")
    add_provider(identity, database, issuer=ISSUER, id="second", client_secret="hunter2-hunter2")
    with database.reading() as reading:
        one, two = sealed_secret(reading, POLICE), sealed_secret(reading, "second")
        assert "hunter2" not in repr(identity.providers(reading))
    assert b"hunter2" not in one
    assert one != two


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"issuer": "http://login.example"}, "bad-issuer"),
        ({"issuer": "https://login.example?x"}, "bad-issuer"),
        ({"algorithms": ["HS256"]}, "bad-algorithms"),
        ({"algorithms": ["RS256", "none"]}, "bad-algorithms"),
        ({"algorithms": []}, "bad-algorithms"),
        ({"client_id": " "}, "bad-client"),
        ({"client_secret": ""}, "bad-client"),
        ({"client_secret": "pass\nword"}, "bad-client"),
        ({"client_id": "hüb"}, "bad-client"),
        ({"subject_claim": "email"}, "bad-claims"),
        ({"required_acr": ["AAL2 AAL3"]}, "bad-claims"),
        ({"required_acr": [""]}, "bad-claims"),
        ({"id": "../x"}, "bad-provider-id"),
    ],
)
def test_a_provider_with_unfit_settings_is_refused(
    identity: Identity, database: Database, changes: dict[str, Any], code: str
) -> None:
    with pytest.raises(Invalid) as error:
        add_provider(identity, database, **({"issuer": ISSUER} | changes))
    assert error.value.code == code


def test_a_provider_needs_its_agency_and_an_id_of_its_own(identity: Identity, database: Database) -> None:
    add_provider(identity, database, issuer=ISSUER)
    with pytest.raises(Conflict):
        add_provider(identity, database, issuer=ISSUER)
    with pytest.raises(NotFound):
        add_provider(identity, database, issuer=ISSUER, agency="nobody")


def test_plain_http_on_loopback_is_accepted_only_where_it_is_allowed(database: Database, clock: FrozenClock) -> None:
    strict = an_identity(database, clock, allow_http_issuers=False)
    add_agencies(strict, database)
    with pytest.raises(Invalid):
        add_provider(strict, database, issuer="http://127.0.0.1:8000/demo-provider/x")


def test_people_are_kept_with_account_and_roles(identity: Identity, database: Database) -> None:
    made = add_person(identity, database, issuer=ISSUER)
    with database.reading() as reading:
        assert identity.person(reading, made.id) == made
        assert identity.people(reading, agency=POLICE) == (made,)
        assert identity.people(reading) == (made,)
        assert identity.people(reading, agency=HEALTH) == ()
        with pytest.raises(NotFound):
            identity.person(reading, "per_nobody")


def test_an_account_belongs_to_one_person_and_the_same_subject_of_another_issuer_to_another(
    identity: Identity, database: Database
) -> None:
    add_person(identity, database, issuer=ISSUER)
    add_person(identity, database, issuer=f"{ISSUER}/", agency=HEALTH)
    with pytest.raises(Conflict):
        add_person(identity, database, issuer=ISSUER, agency=HEALTH)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"subject": ""}, "bad-subject"),
        ({"subject": "x" * 256}, "bad-subject"),
        ({"roles": ["superuser"]}, "bad-roles"),
        ({"roles": ["uploader", "superuser"]}, "bad-roles"),
    ],
)
def test_a_person_who_is_not_well_described_is_refused(
    identity: Identity, database: Database, changes: dict[str, Any], code: str
) -> None:
    with pytest.raises(Invalid) as error:
        add_person(identity, database, **({"issuer": ISSUER} | changes))
    assert error.value.code == code


def test_nobody_is_without_a_role(identity: Identity, database: Database) -> None:
    person = add_person(identity, database, issuer=ISSUER)
    with pytest.raises(Invalid), database.unit_of_work() as uow:
        identity.set_roles(uow, OPERATOR, person=person.id, roles=[])
    with database.unit_of_work() as uow:
        identity.set_roles(uow, OPERATOR, person=person.id, roles=["auditor"])
    with database.reading() as reading:
        assert identity.person(reading, person.id).roles == {Role.AUDITOR}


@pytest.mark.parametrize("id_", ["nobody", "", "\x00", "a\x00b", "\udc80"])
def test_what_is_unknown_or_no_id_at_all_is_not_found(identity: Identity, database: Database, id_: str) -> None:
    with database.reading() as reading:
        for look in (identity.agency, identity.person):
            with pytest.raises(NotFound):
                look(reading, id_)
    with pytest.raises(NotFound):
        identity.begin_login(id_)
    with pytest.raises(NotFound), database.unit_of_work() as uow:
        identity.revoke_token(uow, OPERATOR, token_id=id_)


def test_what_is_unknown_cannot_be_changed(identity: Identity, database: Database) -> None:
    for change in (
        lambda uow: identity.disable_person(uow, OPERATOR, person="per_nobody"),
        lambda uow: identity.enable_person(uow, OPERATOR, person="per_nobody"),
        lambda uow: identity.disable_agency(uow, OPERATOR, agency="nobody"),
        lambda uow: identity.enable_agency(uow, OPERATOR, agency="nobody"),
        lambda uow: identity.disable_provider(uow, OPERATOR, provider="nobody"),
        lambda uow: identity.renew_secret(uow, OPERATOR, provider="nobody", client_secret="x"),
    ):
        with pytest.raises(NotFound), database.unit_of_work() as uow:
            change(uow)


def test_a_renewed_secret_replaces_the_old_one(identity: Identity, database: Database) -> None:
    add_provider(identity, database, issuer=ISSUER)
    with database.reading() as reading:
        before = sealed_secret(reading, POLICE)
    with database.unit_of_work() as uow:
        identity.renew_secret(uow, OPERATOR, provider=POLICE, client_secret="a new secret")
        with pytest.raises(Invalid):
            identity.renew_secret(uow, OPERATOR, provider=POLICE, client_secret="")
    with database.reading() as reading:
        assert sealed_secret(reading, POLICE) != before
    assert audit_of(database, action="provider:renew-secret")[0].columns["verb"] == "key"


def test_disabled_providers_and_those_of_disabled_agencies_are_not_offered(
    identity: Identity, database: Database
) -> None:
    add_provider(identity, database, issuer=ISSUER)
    add_provider(identity, database, issuer=ISSUER, agency=HEALTH)
    with database.unit_of_work() as uow:
        identity.disable_provider(uow, OPERATOR, provider=POLICE)
        identity.disable_agency(uow, OPERATOR, agency=HEALTH)
    with database.reading() as reading:
        assert identity.providers(reading) == ()
        assert identity.agency(reading, HEALTH).disabled
    with database.unit_of_work() as uow:
        identity.enable_agency(uow, OPERATOR, agency=HEALTH)
    with database.reading() as reading:
        assert [provider.id for provider in identity.providers(reading)] == [HEALTH]


def test_every_change_is_an_audit_entry_of_whoever_made_it_without_names_or_secrets(
    identity: Identity, database: Database
) -> None:
    add_provider(identity, database, issuer=ISSUER, client_secret="hunter2-hunter2")
    person = add_person(identity, database, issuer=ISSUER, subject="alex@police.example")
    written = [entry.columns for entry in audit_of(database)]
    assert [columns["action"] for columns in written] == ["agency:add", "agency:add", "provider:add", "person:add"]
    assert {columns["person"] for columns in written} == {OPERATOR.person}
    assert written[-1]["subject"] == f"person/{person.id}"
    text = json.dumps([dict(columns) for columns in written])
    assert not any(secret in text for secret in ("hunter2", "Alex", "alex@police.example", "Ravensbourne Police"))
