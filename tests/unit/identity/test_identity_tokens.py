"""Tokens the hub issues: shown once, hashed at rest, scoped, in date, and gone when revoked."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest

from hub.db import Database
from hub.identity import Identity, Person, Scope
from hub.identity.session_store import tokens
from hub.kit.authority import Action, Reader
from hub.kit.clock import FrozenClock
from hub.kit.errors import Invalid, NotFound, NotPermitted, Unauthenticated
from tests.support.identity import (
    HEALTH,
    OPERATOR,
    POLICE,
    a_token_permit,
    add_agencies,
    add_person,
    an_identity,
    audit_of,
)

ISSUER = "https://login.example"


@pytest.fixture
def identity(database: Database, clock: FrozenClock) -> Identity:
    made = an_identity(database, clock)
    add_agencies(made, database)
    return made


@pytest.fixture
def person(identity: Identity, database: Database) -> Person:
    return add_person(identity, database, issuer=ISSUER)


def issue(
    identity: Identity,
    database: Database,
    clock: FrozenClock,
    person: Person,
    *,
    days: int = 30,
    scopes: Iterable[str] = (Scope.READ,),
    name: str = "Power BI",
    **permit: Any,
) -> str:
    with database.unit_of_work() as uow:
        return identity.issue_token(
            uow, a_token_permit(clock, person, **permit), person=person.id, name=name, days=days, scopes=scopes
        )


def refused(identity: Identity, database: Database, token: str) -> str:
    with database.reading() as reading, pytest.raises(Unauthenticated) as error:
        identity.bearer(reading, token)
    return error.value.code


def test_a_token_says_who_asks_until_it_expires(
    identity: Identity, database: Database, clock: FrozenClock, person: Person
) -> None:
    token = issue(identity, database, clock, person, days=90)
    with database.reading() as reading:
        session = identity.bearer(reading, token)
    assert session.person == person
    assert session.agency.id == POLICE
    assert session.reader == Reader(agency=POLICE, person=person.id, roles=frozenset({"uploader", "analyst"}))
    assert session.csrf_token == ""
    assert not session.is_csrf_token("")
    assert session.expires_at == clock.now() + timedelta(days=90)
    clock.advance(timedelta(days=90))
    assert refused(identity, database, token) == "token-expired"


def test_a_token_is_good_for_its_scopes_only(
    identity: Identity, database: Database, clock: FrozenClock, person: Person
) -> None:
    reads = issue(identity, database, clock, person)
    both = issue(identity, database, clock, person, scopes=["read", "submit"])
    with database.reading() as reading:
        assert identity.bearer(reading, both, scope=Scope.SUBMIT).scopes == {Scope.READ, Scope.SUBMIT}
        with pytest.raises(NotPermitted) as error:
            identity.bearer(reading, reads, scope=Scope.SUBMIT)
    assert error.value.code == "token-scope"


def test_only_the_hash_of_a_token_is_kept(
    identity: Identity, database: Database, clock: FrozenClock, person: Person
) -> None:
    token = issue(identity, database, clock, person)
    with database.reading() as reading:
        row = reading.connection.execute(tokens.select()).mappings().one()
        assert token not in str(dict(row))
        [info] = identity.tokens(reading, person=person.id)
    assert (info.name, info.scopes, info.revoked) == ("Power BI", {Scope.READ}, False)
    [entry] = audit_of(database, action="token:issue")
    assert entry.columns["subject"] == f"token/{info.id}"
    assert token not in str(dict(entry.columns))


@pytest.mark.parametrize(
    "token",
    ["", "svdhub_", "svdhub_" + "x" * 43, "svdhub_" + "x" * 42 + "=", "x" * 50, "svdhub_" + "x" * 100_000, "svdhub_ä"],
)
def test_what_the_hub_never_issued_is_no_token(identity: Identity, database: Database, token: str) -> None:
    assert refused(identity, database, token) == "no-token"


def test_a_token_with_a_byte_changed_or_added_is_no_token(
    identity: Identity, database: Database, clock: FrozenClock, person: Person
) -> None:
    token = issue(identity, database, clock, person)
    for other in (
        token[:-1] + ("A" if token[-1] != "A" else "B"),
        token + "=",
        token + "\n",
        " " + token,
        token.upper(),
    ):
        assert refused(identity, database, other) == "no-token"


@pytest.mark.parametrize(
    "permit",
    [
        {"action": Action.VIEW_READ},
        {"resource": "person/per_another"},
        {"expires_at": FrozenClock().now()},
        {"reader": Reader(agency=POLICE, person="per_another")},
    ],
)
def test_a_token_needs_its_own_persons_permit_in_date(
    identity: Identity, database: Database, clock: FrozenClock, person: Person, permit: dict[str, Any]
) -> None:
    with pytest.raises(NotPermitted) as error:
        issue(identity, database, clock, person, **permit)
    assert error.value.code == "wrong-permit"


@pytest.mark.parametrize(
    "case",
    [
        ({"days": 0}, "bad-token-days"),
        ({"days": 91}, "bad-token-days"),
        ({"scopes": []}, "bad-token-scopes"),
        ({"scopes": ["read", "everything"]}, "bad-token-scopes"),
        ({"name": " "}, "bad-name"),
        ({"name": "a\nb"}, "bad-name"),
    ],
)
def test_a_token_beyond_the_limits_is_refused(
    identity: Identity, database: Database, clock: FrozenClock, person: Person, case: tuple[dict[str, Any], str]
) -> None:
    changes, code = case
    with pytest.raises(Invalid) as error:
        issue(identity, database, clock, person, **changes)
    assert error.value.code == code


def test_its_holder_or_an_operator_may_revoke_a_token_and_nobody_else_sees_it(
    identity: Identity, database: Database, clock: FrozenClock, person: Person
) -> None:
    other = add_person(identity, database, issuer=ISSUER, subject="sam", agency=HEALTH)
    holder = Reader(agency=POLICE, person=person.id)
    for reader in (holder, OPERATOR):
        token = issue(identity, database, clock, person)
        with database.reading() as reading:
            info = next(info for info in identity.tokens(reading, person=person.id) if not info.revoked)
        with pytest.raises(NotFound), database.unit_of_work() as uow:
            identity.revoke_token(uow, Reader(agency=HEALTH, person=other.id), token_id=info.id)
        with database.unit_of_work() as uow:
            identity.revoke_token(uow, reader, token_id=info.id)
        assert refused(identity, database, token) == "token-revoked"
    with pytest.raises(NotFound), database.unit_of_work() as uow:
        identity.revoke_token(uow, holder, token_id="tok_nobody")
    assert len(audit_of(database, action="token:revoke")) == 2


@pytest.mark.parametrize("whole_agency", [False, True])
def test_disabling_revokes_tokens_for_good(
    identity: Identity, database: Database, clock: FrozenClock, person: Person, whole_agency: bool
) -> None:
    token = issue(identity, database, clock, person)
    with database.unit_of_work() as uow:
        if whole_agency:
            identity.disable_agency(uow, OPERATOR, agency=POLICE)
            identity.enable_agency(uow, OPERATOR, agency=POLICE)
        else:
            identity.disable_person(uow, OPERATOR, person=person.id)
            identity.enable_person(uow, OPERATOR, person=person.id)
    assert refused(identity, database, token) == "token-revoked"
