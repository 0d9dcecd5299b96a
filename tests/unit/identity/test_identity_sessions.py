"""Browser sessions: how they begin, last and end."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from hub.db import Database
from hub.identity import Role, Scope
from hub.identity.session_store import sessions
from hub.kit.clock import FrozenClock
from hub.kit.errors import Unauthenticated
from tests.support.identity import HEALTH, OPERATOR, POLICE, DemoHub, a_demo_hub, audit_of


@pytest.fixture
def hub(database: Database, clock: FrozenClock) -> Iterator[DemoHub]:
    with a_demo_hub(database, clock) as made:
        yield made


def refused(hub: DemoHub, cookie: str) -> str:
    with pytest.raises(Unauthenticated) as error:
        hub.session(cookie)
    return error.value.code


def test_a_session_says_who_asks(hub: DemoHub, clock: FrozenClock) -> None:
    session = hub.session(hub.login().cookie)
    assert session.person == hub.people[POLICE]
    assert session.agency.id == POLICE
    assert session.reader.person == session.person.id
    assert session.reader.roles == {"uploader", "analyst"}
    assert session.scopes == set(Scope)
    assert session.expires_at == clock.now() + timedelta(hours=1)


@pytest.mark.parametrize("cookie", ["", "x", "x" * 43, "\x00", "ä", "\udc80", "' OR 1=1 --", "x" * 100_000])
def test_a_cookie_the_hub_never_gave_is_no_session(hub: DemoHub, cookie: str) -> None:
    assert refused(hub, cookie) == "no-session"


def test_neither_cookies_nor_their_parts_stand_in_the_database(hub: DemoHub, database: Database) -> None:
    start = hub.identity.begin_login(POLICE)
    done = hub.login()
    database.checkpoint()
    content = b"".join(path.read_bytes() for path in sorted(_files(database)))
    assert done.cookie.encode() not in content
    assert start.login_cookie.encode() not in content
    assert repr(done).count(done.cookie) == 0
    assert repr(start).count(start.login_cookie) == 0


def _files(database: Database) -> list:  # type: ignore[type-arg]
    from pathlib import Path

    main = Path(database.url.removeprefix("sqlite:///"))
    return list(main.parent.glob(main.name + "*"))


def test_each_login_has_a_new_cookie_and_the_sessions_stand_side_by_side(hub: DemoHub) -> None:
    one, two = hub.login(), hub.login()
    assert one.cookie != two.cookie
    assert hub.session(one.cookie).id != hub.session(two.cookie).id


def test_an_idle_session_ends_after_the_idle_minutes(hub: DemoHub, clock: FrozenClock) -> None:
    cookie = hub.login().cookie
    clock.advance(timedelta(minutes=60))
    assert refused(hub, cookie) == "session-expired"


def test_a_session_in_use_goes_on_but_never_past_its_hours(hub: DemoHub, clock: FrozenClock) -> None:
    cookie = hub.login().cookie
    began = clock.now()
    while clock.now() < began + timedelta(hours=9, minutes=30):
        clock.advance(timedelta(minutes=30))
        session = hub.session(cookie)
    assert session.expires_at == began + timedelta(hours=10)
    clock.advance(timedelta(minutes=30))
    assert refused(hub, cookie) == "session-expired"


def test_use_is_written_down_every_five_minutes_with_an_audit_entry(
    hub: DemoHub, database: Database, clock: FrozenClock
) -> None:
    cookie = hub.login().cookie
    for _ in range(9):
        clock.advance(timedelta(minutes=1))
        hub.session(cookie)
    assert len(audit_of(database, action="session-continued")) == 1


def test_within_a_unit_of_work_use_is_written_down_in_it(hub: DemoHub, database: Database, clock: FrozenClock) -> None:
    cookie = hub.login().cookie
    clock.advance(timedelta(minutes=6))
    with database.unit_of_work() as uow:
        hub.identity.session(uow, cookie)
        hub.identity.session(uow, cookie)
    assert len(audit_of(database, action="session-continued")) == 1


def test_logging_out_ends_this_session_and_no_other(hub: DemoHub, database: Database) -> None:
    one, two = hub.login(), hub.login()
    with database.unit_of_work() as uow:
        hub.identity.end_session(uow, one.cookie)
    assert refused(hub, one.cookie) == "no-session"
    hub.session(two.cookie)
    [entry] = audit_of(database, action="logout")
    assert entry.columns["person"] == hub.people[POLICE].id


def test_logging_out_without_a_session_changes_nothing(hub: DemoHub, database: Database) -> None:
    with database.unit_of_work() as uow:
        hub.identity.end_session(uow, "never given")
    assert audit_of(database, action="logout") == []


def test_disabling_a_person_ends_their_sessions_at_once_and_enabling_brings_none_back(
    hub: DemoHub, database: Database
) -> None:
    police, health = hub.login(), hub.login(HEALTH)
    person = hub.people[POLICE].id
    with database.unit_of_work() as uow:
        hub.identity.disable_person(uow, OPERATOR, person=person)
    assert refused(hub, police.cookie) == "no-session"
    hub.session(health.cookie)
    with database.unit_of_work() as uow:
        hub.identity.enable_person(uow, OPERATOR, person=person)
    assert refused(hub, police.cookie) == "no-session"
    hub.session(hub.login().cookie)


def test_disabling_an_agency_ends_the_sessions_of_its_people_at_once(hub: DemoHub, database: Database) -> None:
    police, health = hub.login(), hub.login(HEALTH)
    with database.unit_of_work() as uow:
        hub.identity.disable_agency(uow, OPERATOR, agency=POLICE)
    assert refused(hub, police.cookie) == "no-session"
    hub.session(health.cookie)


def test_disabling_a_provider_ends_the_sessions_it_began(hub: DemoHub, database: Database) -> None:
    police, health = hub.login(), hub.login(HEALTH)
    with database.unit_of_work() as uow:
        hub.identity.disable_provider(uow, OPERATOR, provider=POLICE)
    assert refused(hub, police.cookie) == "no-session"
    hub.session(health.cookie)


def test_a_session_left_behind_by_a_disabled_person_is_refused_all_the_same(hub: DemoHub, database: Database) -> None:
    """Whatever else may happen to the rows, the person's and the agency's state decide."""
    from hub.identity import store

    cookie = hub.login().cookie
    for table, id_ in ((store.people, hub.people[POLICE].id), (store.agencies, POLICE)):
        with database.unit_of_work() as uow:
            store.set_disabled(uow, table, id_, "2026-11-02T09:00:00.000000Z")
            uow.count_entry()
        assert refused(hub, cookie) == "no-session"
        with database.unit_of_work() as uow:
            store.set_disabled(uow, table, id_, "")
            uow.count_entry()
        hub.session(cookie)


def test_changed_roles_hold_at_the_next_request(hub: DemoHub, database: Database) -> None:
    cookie = hub.login().cookie
    with database.unit_of_work() as uow:
        hub.identity.set_roles(uow, OPERATOR, person=hub.people[POLICE].id, roles=["auditor"])
    assert hub.session(cookie).person.roles == {Role.AUDITOR}
    assert hub.session(cookie).reader.roles == {"auditor"}


def test_a_form_token_fits_its_own_session_and_no_other(hub: DemoHub) -> None:
    one, two = hub.session(hub.login().cookie), hub.session(hub.login().cookie)
    assert one.is_csrf_token(one.csrf_token)
    assert not one.is_csrf_token(two.csrf_token)
    assert not one.is_csrf_token("")
    assert not one.is_csrf_token("ä\udc80")
    assert one.csrf_token not in repr(one)


def test_sessions_and_logins_that_are_over_are_swept_at_the_next_login(
    hub: DemoHub, database: Database, clock: FrozenClock
) -> None:
    hub.login()
    hub.identity.begin_login(POLICE)
    clock.advance(timedelta(hours=11))
    hub.login(HEALTH)
    with database.reading() as reading:
        assert len(reading.connection.execute(sessions.select()).all()) == 1
