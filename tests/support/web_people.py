"""Sample pages about people and agencies, for `tests.support.web.samples`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from hub.identity import Agency, AgencyKind, Invitation, Person, PersonEvent, Provider, Role
from hub.web.elements import Link
from hub.web.pages.agencies import AddAgencyPage, AgencyState, agencies_page, agency_page, kind_select
from hub.web.pages.people import (
    ConfirmPage,
    InvitePage,
    people_page,
    person_page,
    provider_choices,
    reason_choices,
    role_choices,
)
from hub.web.pages.sign_in import InvitationPage

AT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
POLICE = Agency("ravensbourne-police", "Ravensbourne Police", AgencyKind.CHIEF_OFFICER_POLICE)
HOST = Agency("hosting", "Ravensbourne Hosting", AgencyKind.HUB_OPERATOR)
ISSUER = "https://login.example/police"
PROVIDERS = tuple(Provider(f"police-{n}", POLICE.id, f"{ISSUER}/{n}", "hub", ("RS256",)) for n in (1, 2))


def a_person(name: str, *roles: Role, **changes: Any) -> Person:
    """Somebody of the police."""
    known = f"per_{name.lower()}"
    return Person(known, POLICE.id, name, frozenset(roles), ISSUER, f"subject-of-{name.lower()}", **changes)


def pages_of_people() -> Iterator[tuple[str, str, Any]]:
    """Name, template, page."""
    amira = a_person("Amira", Role.ADMINISTRATOR, seen_at=AT)
    bo = a_person("Bo", Role.UPLOADER, Role.ANALYST, disabled=True)
    gone = a_person("Cy", removed=True, disabled=True)
    invitation = Invitation("inv_1", POLICE.id, "Dee", frozenset({Role.GOVERNANCE_LEAD}), amira.id, AT, AT)
    may = {"invite", "nominate", "protocol"}
    everything: dict[str, Any] = {"facilitator": None, "needs_facilitator": True, "may": may}
    yield "people", "people.html", people_page(POLICE, [amira, bo], [invitation], **everything)
    yield "people-empty", "people.html", people_page(POLICE, [], [], **everything | {"may": set()})
    named = everything | {"facilitator": amira, "may": {"nominate"}}
    yield "people-named", "people.html", people_page(POLICE, [amira], [], **named)
    history = [
        PersonEvent("add", frozenset({Role.UPLOADER}), "set-up", "hosting", "", AT),
        PersonEvent("set-roles", bo.roles, amira.id, POLICE.id, "", AT),
        PersonEvent("disable", bo.roles, "per_elsewhere", POLICE.id, "away", AT),
    ]
    names = {amira.id: amira.name}
    for name, person, own in (
        ("person", amira, True),
        ("person-suspended", bo, False),
        ("person-removed", gone, False),
    ):
        yield name, "person.html", person_page(person, POLICE, history, names, may_change=True, own=own)
    wrong = person_page(amira, POLICE, history, names, may_change=True, own=False, error="Choose one")
    yield "person-error", "person.html", wrong
    roles = role_choices(POLICE, {"uploader"})
    yield "invite", "invite.html", InvitePage(roles, provider_choices(PROVIDERS))
    yield (
        "invited",
        "invite.html",
        InvitePage(roles, None, code="AAAA-BBBB", code_text="For Dee.", address="https://hub.example/login/invitation"),
    )
    yield (
        "invite-error",
        "invite.html",
        InvitePage(roles, None, name_error="Say who", roles_error="Say what", subject_error="Known already"),
    )
    yield (
        "confirm",
        "confirm.html",
        ConfirmPage(
            "Suspend Bo?",
            ("They are signed out now.",),
            "/people/per_bo/suspend",
            "Suspend",
            Link("Go back", "/people/per_bo"),
            warning="Whatever they do breaks off.",
            reasons=reason_choices(away=True),
            hidden=(("seen", "yes"),),
            error="Say why",
        ),
    )
    yield (
        "confirm-plain",
        "confirm.html",
        ConfirmPage("Sure?", ("Yes.",), "/agencies/a/shut-out", "Go", Link("Back", "/")),
    )


def pages_of_agencies() -> Iterator[tuple[str, str, Any]]:
    """Name, template, page."""
    new = AgencyState(POLICE, (), False, "", True)
    connected = AgencyState(POLICE, PROVIDERS[:1], False, "", True)
    whole = AgencyState(POLICE, PROVIDERS[:1], True, "Amira", True)
    host = AgencyState(HOST, PROVIDERS[:1], False, "", False)
    yield "agencies", "agencies.html", agencies_page([new, whole, host], operates=True)
    yield "facilitators", "agencies.html", agencies_page([new, whole, host], operates=False)
    yield "agencies-empty", "agencies.html", agencies_page([], operates=True)
    yield "agency-add", "agency_add.html", AddAgencyPage(kind_select("vcs"), "a b", "A", "An id is a short name")
    for name, state in (
        ("agency-new", new),
        ("agency-connected", connected),
        ("agency-whole", whole),
        ("agency-own", host),
    ):
        yield name, "agency.html", agency_page(state, ["https://hub.example/login/callback/police"], people=3)
    yield "invitation", "invitation.html", InvitationPage()
    yield "invitation-error", "invitation.html", InvitationPage(error="Not known")
    yield (
        "invitation-ready",
        "invitation.html",
        InvitationPage("Ravensbourne Police", (Link("Sign in", "/login/start/p"),)),
    )


def samples_of_people(sample: Callable[[str, str, Any], Any]) -> Iterator[Any]:
    """Each as `sample(name, template, page)` makes it."""
    for one in (*pages_of_people(), *pages_of_agencies()):
        yield sample(*one)
