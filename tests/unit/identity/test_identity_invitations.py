"""An invitation is taken up at the first login through the agency's own provider, once, and binds (issuer, subject)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from hub.db import Database
from hub.identity import Invited, Role, SessionStart
from hub.kit.authority import Action
from hub.kit.clock import FrozenClock
from hub.kit.errors import Unauthenticated
from tests.support.identity import HEALTH, OPERATOR, POLICE, DemoHub, a_demo_hub, a_permit_for, audit_of, params_of


@pytest.fixture
def hub(database: Database, clock: FrozenClock) -> Iterator[DemoHub]:
    with a_demo_hub(database, clock) as made:
        yield made


def invited(hub: DemoHub, clock: FrozenClock, *roles: str, agency: str = POLICE) -> Invited:
    permit = a_permit_for(clock, hub.people[agency], Action.PERSON_INVITE)
    with hub.database.unit_of_work() as uow:
        return hub.identity.invite(uow, permit, name="Sam Example", roles=roles or ("analyst",))


def login(hub: DemoHub, code: str, *, subject: str, agency: str = POLICE) -> SessionStart:
    start = hub.identity.begin_login(agency, invitation=code)
    back = hub.provider.authorize(agency, params_of(start.redirect_url), subject=subject)
    return hub.identity.complete_login(callback_url=back, login_cookie=start.login_cookie)


def code_of(hub: DemoHub, code: str, **who: str) -> str:
    with pytest.raises(Unauthenticated) as error:
        login(hub, code, **who)
    return str(error.value.code)


def test_the_first_login_with_the_code_makes_the_person(hub: DemoHub, clock: FrozenClock) -> None:
    made = invited(hub, clock, "analyst", "governance_lead")
    done = login(hub, made.code, subject="sam")
    assert (done.person.agency, done.person.subject, done.person.roles) == (
        POLICE,
        "sam",
        {Role.ANALYST, Role.GOVERNANCE_LEAD},
    )
    assert done.person.name == "Sam Example"
    assert hub.login(subject="sam").person == done.person  # from now on by the account alone
    with hub.database.reading() as reading:
        assert hub.identity.open_invitations(reading, agency=POLICE) == ()
    assert [one.columns["subject"] for one in audit_of(hub.database, action="invitation:use")] == [
        f"invitation/{made.invitation.id}"
    ]


def test_a_code_is_good_once(hub: DemoHub, clock: FrozenClock) -> None:
    made = invited(hub, clock)
    login(hub, made.code, subject="sam")
    assert code_of(hub, made.code, subject="kim") == "no-invitation"


def test_of_two_logins_with_one_code_one_gets_it(hub: DemoHub, clock: FrozenClock) -> None:
    made = invited(hub, clock)
    starts = [hub.identity.begin_login(POLICE, invitation=made.code) for _ in range(2)]
    back = [
        hub.provider.authorize(POLICE, params_of(start.redirect_url), subject=subject)
        for start, subject in zip(starts, ("sam", "kim"), strict=True)
    ]
    hub.identity.complete_login(callback_url=back[1], login_cookie=starts[1].login_cookie)
    with pytest.raises(Unauthenticated):
        hub.identity.complete_login(callback_url=back[0], login_cookie=starts[0].login_cookie)


def test_a_code_opens_nothing_through_another_agencys_provider(hub: DemoHub, clock: FrozenClock) -> None:
    made = invited(hub, clock)
    assert code_of(hub, made.code, subject="sam", agency=HEALTH) == "no-invitation"
    assert login(hub, made.code, subject="sam").person.agency == POLICE  # and is not used up by the attempt


def test_a_made_up_code_opens_nothing(hub: DemoHub) -> None:
    assert code_of(hub, "AAAA-BBBB-CCCC-DDDD-EEEE-FFFF", subject="sam") == "no-invitation"


def test_an_invitation_adds_no_role_to_an_account_the_hub_knows(hub: DemoHub, clock: FrozenClock) -> None:
    made = invited(hub, clock, "administrator")
    done = login(hub, made.code, subject="alex")
    assert done.person.roles == hub.people[POLICE].roles
    assert login(hub, made.code, subject="sam").person.roles == {Role.ADMINISTRATOR}


def test_nobody_who_was_suspended_comes_back_by_an_invitation(hub: DemoHub, clock: FrozenClock) -> None:
    made = invited(hub, clock)
    with hub.database.unit_of_work() as uow:
        hub.identity.disable_person(uow, OPERATOR, person=hub.people[POLICE].id)
    assert code_of(hub, made.code, subject="alex") == "unknown-person"


def test_last_use_is_known_to_five_minutes(hub: DemoHub, clock: FrozenClock) -> None:
    done = hub.login()
    with hub.database.reading() as reading:
        assert hub.identity.person(reading, done.person.id).seen_at == clock.now()
        assert hub.identity.person(reading, hub.people[HEALTH].id).seen_at is None
