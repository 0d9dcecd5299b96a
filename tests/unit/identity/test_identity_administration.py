"""Delegated administration: an agency's administrators, and the bounds of what they may do."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from hub.db import Database
from hub.identity import Identity, Invited, Person, Role, givable
from hub.identity.model import AgencyKind
from hub.kit.authority import Action, Permit
from hub.kit.clock import FrozenClock
from hub.kit.errors import Conflict, Invalid, NotFound, NotPermitted, Unauthenticated
from hub.kit.words import say
from tests.support.identity import (
    HEALTH,
    OPERATOR,
    POLICE,
    a_permit_for,
    a_token_permit,
    add_agencies,
    add_person,
    add_provider,
    an_identity,
    audit_of,
)

ISSUER = "https://login.example/police"


class AnAgency:
    """The police with a provider, an administrator and an analyst; verbs by that administrator."""

    def __init__(self, database: Database, clock: FrozenClock) -> None:
        self.database, self.clock = database, clock
        self.identity: Identity = an_identity(database, clock)
        add_agencies(self.identity, database)
        add_provider(self.identity, database, issuer=ISSUER)
        add_provider(self.identity, database, issuer="https://login.example/health", agency=HEALTH)
        self.admin = add_person(self.identity, database, issuer=ISSUER, subject="admin", roles=["administrator"])
        self.alex = add_person(self.identity, database, issuer=ISSUER, subject="alex")
        self.nurse = add_person(
            self.identity, database, issuer="https://login.example/health", subject="nurse", agency=HEALTH
        )

    def permit(self, action: Action, **changes: Any) -> Permit:
        return a_permit_for(self.clock, changes.pop("by", self.admin), action, **changes)

    def do(self, verb: str, *, action: Action = Action.PERSON_CHANGE, by: Person | None = None, **said: Any) -> Any:
        with self.database.unit_of_work() as uow:
            return getattr(self.identity, verb)(uow, self.permit(action, by=by or self.admin), **said)

    def invite(self, *roles: str, name: str = "Sam Example") -> Invited:
        made: Invited = self.do("invite", action=Action.PERSON_INVITE, name=name, roles=roles)
        return made

    def now(self, person: Person) -> Person:
        with self.database.reading() as reading:
            return self.identity.person(reading, person.id)

    def another_admin(self) -> Person:
        return add_person(self.identity, self.database, issuer=ISSUER, subject="second", roles=["administrator"])


@pytest.fixture
def agency(database: Database, clock: FrozenClock) -> AnAgency:
    return AnAgency(database, clock)


@pytest.mark.db
def test_on_either_database_people_are_invited_changed_suspended_restored_and_removed(
    each_database: Database, clock: FrozenClock
) -> None:
    agency = AnAgency(each_database, clock)
    offered = agency.invite("uploader")
    agency.do("take_back", action=Action.PERSON_INVITE, invitation=offered.invitation.id)
    agency.do("nominate", action=Action.AGENCY_NOMINATE, person=agency.alex.id)
    agency.do("change_roles", person=agency.alex.id, roles=["governance_lead"])
    agency.do("suspend", person=agency.alex.id, reason="away")
    agency.do("restore", person=agency.alex.id)
    agency.do("remove", person=agency.alex.id, reason="left")
    with pytest.raises(Conflict):
        agency.do("remove", person=agency.admin.id, reason="left")
    with agency.database.reading() as reading:
        history = agency.identity.history(reading, person=agency.alex.id)
    assert [one.event for one in history] == ["add", "set-roles", "disable", "enable", "remove"]


def test_roles_are_given_and_taken_and_the_history_shows_it(agency: AnAgency) -> None:
    agency.do("change_roles", person=agency.alex.id, roles=["governance_lead"])
    assert agency.now(agency.alex).roles == {Role.GOVERNANCE_LEAD}
    with agency.database.reading() as reading:
        history = agency.identity.history(reading, person=agency.alex.id)
    assert [(one.event, sorted(one.roles)) for one in history] == [
        ("add", ["analyst", "uploader"]),
        ("set-roles", ["governance_lead"]),
    ]
    assert history[1].by_person == agency.admin.id


def test_nobody_gives_themselves_a_role_but_may_lay_one_down(agency: AnAgency) -> None:
    agency.another_admin()
    with pytest.raises(NotPermitted) as error:
        agency.do("change_roles", person=agency.admin.id, roles=["administrator", "analyst"])
    assert error.value.code == "own-roles"
    agency.do("change_roles", person=agency.alex.id, roles=["administrator", "analyst"])
    agency.do("change_roles", person=agency.alex.id, roles=["analyst"], by=agency.now(agency.alex))
    assert agency.now(agency.alex).roles == {Role.ANALYST}


@pytest.mark.parametrize("verb", ["change_roles", "invite", "enrol"])
def test_no_agency_gives_the_operators_role(agency: AnAgency, verb: str) -> None:
    said: dict[str, Any] = {"roles": ["operator"]}
    said |= {"person": agency.alex.id} if verb == "change_roles" else {"name": "Sam Example"}
    said |= {"provider": POLICE, "subject": "sam"} if verb == "enrol" else {}
    action = Action.PERSON_CHANGE if verb == "change_roles" else Action.PERSON_INVITE
    with pytest.raises(NotPermitted) as error:
        agency.do(verb, action=action, **said)
    assert error.value.code == "operator"


@pytest.mark.parametrize(
    ("verb", "said"),
    [("change_roles", {"roles": ["analyst"]}), ("suspend", {"reason": "left"}), ("remove", {"reason": "left"})],
)
def test_an_agency_keeps_an_administrator_who_can_sign_in(agency: AnAgency, verb: str, said: dict[str, Any]) -> None:
    second = agency.another_admin()
    with agency.database.unit_of_work() as uow:
        agency.identity.set_roles(uow, OPERATOR, person=agency.admin.id, roles=["administrator", "analyst"])
    agency.do("suspend", person=second.id, reason="away")
    with pytest.raises(Conflict) as error:
        agency.do(verb, person=agency.admin.id, by=agency.now(agency.admin), **said)
    assert error.value.code == "last-administrator"
    agency.do("restore", person=second.id)
    agency.do(verb, person=agency.admin.id, by=agency.now(agency.admin), **said)
    left = agency.now(agency.admin)
    assert left.disabled or Role.ADMINISTRATOR not in left.roles


def test_suspending_ends_sessions_tokens_and_invitations_at_once_and_is_undone(
    agency: AnAgency, clock: FrozenClock
) -> None:
    second = agency.another_admin()
    with agency.database.unit_of_work() as uow:
        token = agency.identity.issue_token(
            uow, a_token_permit(clock, second), person=second.id, name="Excel", days=7, scopes=["read"]
        )
    offered: Invited = agency.do("invite", action=Action.PERSON_INVITE, by=second, name="Kim", roles=["uploader"])
    agency.do("suspend", person=second.id, reason="security")
    with agency.database.reading() as reading:
        with pytest.raises(Unauthenticated):
            agency.identity.bearer(reading, token)
        with pytest.raises(Unauthenticated):
            agency.identity.invitation_of(reading, offered.code)
    with pytest.raises(Conflict):
        agency.do("suspend", person=second.id, reason="security")
    agency.do("restore", person=second.id)
    assert not agency.now(second).disabled
    assert agency.now(second).roles == second.roles
    with pytest.raises(Conflict):
        agency.do("restore", person=second.id)
    with agency.database.reading() as reading, pytest.raises(Unauthenticated):
        agency.identity.bearer(reading, token)  # nothing that ended comes back


def test_whoever_is_removed_is_forgotten_but_for_the_name_and_the_account_may_come_anew(agency: AnAgency) -> None:
    agency.do("remove", person=agency.alex.id, reason="left")
    gone = agency.now(agency.alex)
    assert (gone.removed, gone.disabled, gone.roles, gone.issuer) == (True, True, frozenset(), "")
    assert gone.name == agency.alex.name
    with agency.database.reading() as reading:
        assert gone.id not in {one.id for one in agency.identity.people(reading, agency=POLICE)}
        assert gone.id in {one.id for one in agency.identity.people(reading, agency=POLICE, removed=True)}
    with pytest.raises(NotFound):
        agency.do("restore", person=gone.id)
    said = {"provider": POLICE, "subject": "alex", "name": "Alex Example", "roles": ["uploader"]}
    anew: Person = agency.do("enrol", action=Action.PERSON_INVITE, **said)
    assert anew.id != gone.id


@pytest.mark.parametrize(
    ("verb", "said"),
    [
        ("change_roles", {"roles": ["analyst"]}),
        ("suspend", {"reason": "left"}),
        ("restore", {}),
        ("remove", {"reason": "left"}),
    ],
)
def test_another_agencys_people_do_not_exist(agency: AnAgency, verb: str, said: dict[str, Any]) -> None:
    with pytest.raises(NotFound):
        agency.do(verb, person=agency.nurse.id, **said)
    with pytest.raises(NotFound):
        agency.do(verb, person="per_nobody", **said)


@pytest.mark.parametrize(
    "changes",
    [
        {"action": Action.PERSON_READ},
        {"resource": f"person/{POLICE}"},
        {"resource": POLICE},
        {"minutes": 0},
    ],
)
def test_a_permit_for_something_else_opens_nothing(agency: AnAgency, changes: dict[str, Any]) -> None:
    permit = agency.permit(**({"action": Action.PERSON_CHANGE} | changes))
    with agency.database.unit_of_work() as uow, pytest.raises((NotPermitted, NotFound)):
        agency.identity.suspend(uow, permit, person=agency.alex.id, reason="left")
    assert not agency.now(agency.alex).disabled


def test_somebody_is_enrolled_through_an_own_provider_only(agency: AnAgency) -> None:
    said = {"subject": "sam", "name": "Sam", "roles": ["uploader"]}
    with pytest.raises(NotFound):
        agency.do("enrol", action=Action.PERSON_INVITE, provider=HEALTH, **said)
    made: Person = agency.do("enrol", action=Action.PERSON_INVITE, provider=POLICE, **said)
    assert (made.issuer, made.agency) == (ISSUER, POLICE)
    with pytest.raises(Conflict):
        agency.do("enrol", action=Action.PERSON_INVITE, provider=POLICE, **said)


def test_a_reason_is_one_of_those_offered(agency: AnAgency) -> None:
    with pytest.raises(Invalid):
        agency.do("suspend", person=agency.alex.id, reason="Alex was rude to Kim")


def test_roles_fit_the_kind_of_agency(agency: AnAgency) -> None:
    with pytest.raises(Invalid) as error:
        agency.do("change_roles", person=agency.alex.id, roles=["lpb_monitor"])
    assert error.value.code == "role-kind"
    assert Role.LPB_MONITOR in givable(AgencyKind.LOCAL_POLICING_BODY)
    assert all(Role.OPERATOR not in givable(kind) for kind in AgencyKind)


def test_nothing_is_done_without_an_entry_and_no_entry_names_anybody(agency: AnAgency) -> None:
    agency.invite("uploader", name="Unmistakable Name")
    agency.do("change_roles", person=agency.alex.id, roles=["analyst"])
    agency.do("nominate", action=Action.AGENCY_NOMINATE, person=agency.alex.id)
    agency.do("suspend", person=agency.alex.id, reason="left")
    agency.do("restore", person=agency.alex.id)
    agency.do("remove", person=agency.alex.id, reason="left")
    by_admin = audit_of(agency.database, person=agency.admin.id)
    assert [one.columns["action"] for one in by_admin] == [
        "invitation:make",
        "person:set-roles",
        "agency:nominate",
        "person:disable",
        "person:enable",
        "person:remove",
    ]
    assert all(one.columns["authority"].startswith("permit_") for one in by_admin)
    everything = json.dumps([dict(one.columns) for one in audit_of(agency.database)])
    for name in ("Unmistakable Name", agency.alex.name, "alex"):
        assert name not in everything


# ---- facilitator ---------------------------------------------------------------------------------------------------------


def test_the_facilitator_stands_as_long_as_they_may_use_the_hub(agency: AnAgency) -> None:
    def stands() -> str:
        with agency.database.reading() as reading:
            found = agency.identity.facilitator(reading, POLICE)
        return found.id if found else ""

    assert stands() == ""
    agency.do("nominate", action=Action.AGENCY_NOMINATE, person=agency.alex.id)
    assert stands() == agency.alex.id
    agency.do("suspend", person=agency.alex.id, reason="away")
    assert stands() == ""
    agency.do("restore", person=agency.alex.id)
    assert stands() == agency.alex.id
    agency.do("remove", person=agency.alex.id, reason="left")
    assert stands() == ""


def test_a_facilitator_is_of_the_own_agency(agency: AnAgency) -> None:
    for person in (agency.nurse.id, "per_nobody"):
        with pytest.raises(NotFound):
            agency.do("nominate", action=Action.AGENCY_NOMINATE, person=person)


# ---- invitations ------------------------------------------------------------------------------------------------------------


def test_an_invitation_is_found_by_its_code_however_it_is_typed_until_it_is_out_of_date(
    agency: AnAgency, clock: FrozenClock
) -> None:
    made = agency.invite("uploader")
    with agency.database.reading() as reading:
        for typed in (made.code, made.code.lower(), made.code.replace("-", " ")):
            assert agency.identity.invitation_of(reading, typed).id == made.invitation.id
        with pytest.raises(Unauthenticated):
            agency.identity.invitation_of(reading, made.code[:-1])
        with pytest.raises(Unauthenticated):
            agency.identity.invitation_of(reading, "")
    clock.advance(timedelta(days=7))
    with agency.database.reading() as reading, pytest.raises(Unauthenticated):
        agency.identity.invitation_of(reading, made.code)


def test_an_invitation_is_taken_back(agency: AnAgency) -> None:
    made = agency.invite("uploader")
    agency.do("take_back", action=Action.PERSON_INVITE, invitation=made.invitation.id)
    with agency.database.reading() as reading:
        assert agency.identity.open_invitations(reading, agency=POLICE) == ()
        with pytest.raises(Unauthenticated):
            agency.identity.invitation_of(reading, made.code)
    with pytest.raises(NotFound):
        agency.do("take_back", action=Action.PERSON_INVITE, invitation=made.invitation.id)


def test_the_code_stands_nowhere(agency: AnAgency) -> None:
    made = agency.invite("uploader")
    bare = made.code.replace("-", "")
    with agency.database.reading() as reading:
        for table in ("invitations", "audit_entries", "person_event"):
            rows = reading.connection.exec_driver_sql(f"SELECT * FROM {table}").all()
            assert bare not in repr(rows)
    assert made.code not in repr(made)


# ---- the operator's part ------------------------------------------------------------------------------------------------------


def operate(agency: AnAgency, verb: str, action: Action, resource: str, **said: Any) -> Any:
    permit = a_permit_for(agency.clock, OPERATOR, action, resource=resource)
    with agency.database.unit_of_work() as uow:
        return getattr(agency.identity, verb)(uow, permit, **said)


def test_the_operator_brings_an_agency_in_and_is_then_shut_out_of_it(agency: AnAgency) -> None:
    operate(
        agency,
        "register_agency",
        Action.AGENCY_ADD,
        "agencies",
        id="a-fire",
        name="A Fire Authority",
        kind="fire_rescue_authority",
    )
    of = "agency/a-fire"
    with pytest.raises(Conflict) as error:
        operate(agency, "first_person", Action.AGENCY_SET_UP, of, name="Kit")
    assert error.value.code == "no-provider"
    provider = {"issuer": "https://fire.example", "client_id": "hub", "client_secret": "secret"}
    operate(agency, "connect_provider", Action.AGENCY_SET_UP, of, **provider)
    first = operate(agency, "first_person", Action.AGENCY_SET_UP, of, name="Kit")
    again = operate(agency, "first_person", Action.AGENCY_SET_UP, of, name="Kit")
    with agency.database.reading() as reading:
        with pytest.raises(Unauthenticated):
            agency.identity.invitation_of(reading, first.code)  # the later invitation replaced the earlier
        assert agency.identity.invitation_of(reading, again.code).roles == {Role.ADMINISTRATOR}
    made = operate(agency, "first_person", Action.AGENCY_SET_UP, of, name="Kit", provider="a-fire", subject="kit")
    assert made.roles == {Role.ADMINISTRATOR}
    for verb, said in (("first_person", {"name": "Mallory", "subject": "m"}), ("connect_provider", provider)):
        with pytest.raises(Conflict) as error:
            operate(agency, verb, Action.AGENCY_SET_UP, of, **said)
        assert error.value.code == "administered"


def test_the_first_person_is_an_administrator(agency: AnAgency) -> None:
    with pytest.raises(NotPermitted):
        operate(agency, "first_person", Action.AGENCY_SET_UP, f"agency/{HEALTH}", name="Kit", roles=["analyst"])


def test_an_agency_is_shut_out_and_let_in(agency: AnAgency, clock: FrozenClock) -> None:
    with agency.database.unit_of_work() as uow:
        token = agency.identity.issue_token(
            uow, a_token_permit(clock, agency.alex), person=agency.alex.id, name="Excel", days=7, scopes=["read"]
        )
    of = f"agency/{POLICE}"
    with pytest.raises(Conflict):
        operate(agency, "let_agency_in", Action.AGENCY_SUSPEND, of)
    operate(agency, "shut_out_agency", Action.AGENCY_SUSPEND, of)
    with agency.database.reading() as reading, pytest.raises(Unauthenticated):
        agency.identity.bearer(reading, token)
    with pytest.raises(Conflict):
        operate(agency, "shut_out_agency", Action.AGENCY_SUSPEND, of)
    operate(agency, "let_agency_in", Action.AGENCY_SUSPEND, of)


def test_every_code_of_people_has_its_words() -> None:
    for role in Role:
        assert say(f"identity.role.{role}")
        assert say(f"web.role.{role}")
