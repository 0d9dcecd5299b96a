"""The people of an agency: the list, one person, an invitation, and the question before something is done."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from hub.identity import Agency, Invitation, Person, PersonEvent, Provider, Reason, Role, givable
from hub.kit.words import say
from hub.web.dates import spoken_moment
from hub.web.elements import Cell, Choice, Column, Fact, Link, Select, Table, Tag

ROLE_FIELD = "role_"
"""A box for each role has a name of its own: a form's field stands there once."""


@dataclass(frozen=True, slots=True)
class ConfirmPage:
    """A question before something that ends access or data: what will happen, and the way back."""

    title: str
    lines: tuple[str, ...]
    action: str
    button: str
    back: Link
    warning: str = ""
    reasons: tuple[Choice, ...] = ()
    hidden: tuple[tuple[str, str], ...] = ()
    error: str = ""


@dataclass(frozen=True, slots=True)
class OpenInvitation:
    """An invitation that waits; `take_back` is an address, empty where the reader may not."""

    name: str
    text: str
    take_back: str = ""


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """Who acts for the agency. `invite` and `nominate` are addresses, empty where the reader may not."""

    title: str
    table: Table
    facilitator: str
    facilitator_needed: bool
    candidates: Select | None
    nominate: str
    invitations: tuple[OpenInvitation, ...]
    invite: str
    protocol: str = ""
    one_administrator: bool = False


@dataclass(frozen=True, slots=True)
class PersonPage:
    """One person of the agency. Addresses are empty where the reader may not, or where it makes no sense."""

    title: str
    status: Tag
    facts: tuple[Fact, ...]
    history: Table
    roles: tuple[Choice, ...] = ()
    change: str = ""
    suspend: str = ""
    restore: str = ""
    remove: str = ""
    own: bool = False
    error: str = ""


@dataclass(frozen=True, slots=True)
class InvitePage:
    """The form for a new person; `code` is the invitation just made, shown this once."""

    roles: tuple[Choice, ...]
    providers: Select | None
    name: str = ""
    subject: str = ""
    name_error: str = ""
    roles_error: str = ""
    subject_error: str = ""
    code: str = ""
    code_text: str = ""
    address: str = ""


def role_name(role: str) -> str:
    """A role in words."""
    return say(f"identity.role.{role}")


def role_choices(agency: Agency, held: Collection[str], *, own: bool = False) -> tuple[Choice, ...]:
    """The roles to choose from; of oneself one sees only what one has."""
    return tuple(
        Choice(role.value, role_name(role.value), role.value in held, say(f"web.role.{role.value}"))
        for role in givable(agency.kind)
        if not own or role.value in held
    )


def status_tag(person: Person) -> Tag:
    """Whether the person may sign in."""
    if person.removed:
        return Tag(say("people.status.removed"), "grey")
    return (
        Tag(say("people.status.suspended"), "yellow") if person.disabled else Tag(say("people.status.active"), "green")
    )


def people_page(
    agency: Agency,
    people: Sequence[Person],
    invitations: Sequence[Invitation],
    *,
    facilitator: Person | None,
    needs_facilitator: bool,
    may: Collection[str],
) -> PeoplePage:
    """The list by name. `may` names what the reader may do: `invite`, `nominate`, `protocol`."""
    rows = [
        (
            Cell(one.name, href=f"/people/{one.id}"),
            Cell(", ".join(role_name(role) for role in sorted(one.roles))),
            Cell(tag=status_tag(one)),
            Cell(_last_use(one), order=one.seen_at.isoformat() if one.seen_at else ""),
        )
        for one in people
    ]
    columns = tuple(Column(say(f"people.column_{name}")) for name in ("name", "roles", "status", "seen"))
    active = tuple(one for one in people if not one.disabled)
    chosen = facilitator.id if facilitator else ""
    choices = (
        *((Choice("", say("people.facilitator_choose"), True),) if not chosen else ()),
        *(Choice(one.id, one.name, one.id == chosen) for one in active),
    )
    administrators = sum(Role.ADMINISTRATOR in one.roles for one in active)
    return PeoplePage(
        title=say("people.title", agency=agency.name),
        table=Table("people", say("people.caption"), columns, rows, wrap=True),
        facilitator=facilitator.name if facilitator else "",
        facilitator_needed=needs_facilitator,
        candidates=Select("person", say("people.facilitator_label"), choices) if "nominate" in may else None,
        nominate="/people/facilitator" if "nominate" in may and active else "",
        invitations=tuple(_open(one, may) for one in invitations),
        invite="/people/invite" if "invite" in may else "",
        protocol="/agencies" if "protocol" in may else "",
        one_administrator=administrators == 1 and "invite" in may,
    )


def _open(one: Invitation, may: Collection[str]) -> OpenInvitation:
    roles = ", ".join(role_name(role) for role in sorted(one.roles))
    text = say("people.invitation_line", roles=roles, until=spoken_moment(one.expires_at))
    return OpenInvitation(one.name, text, f"/people/invitations/{one.id}/take-back" if "invite" in may else "")


def person_page(
    person: Person,
    agency: Agency,
    history: Iterable[PersonEvent],
    names: Mapping[str, str],
    *,
    may_change: bool,
    own: bool,
    error: str = "",
) -> PersonPage:
    """One person: account, roles, history; what may be changed, where the reader may."""
    held = frozenset(role.value for role in person.roles)
    change = may_change and not person.removed and Role.OPERATOR not in person.roles
    at = f"/people/{person.id}"
    return PersonPage(
        title=person.name,
        status=status_tag(person),
        facts=(
            Fact(say("people.fact_roles"), items=tuple(role_name(role) for role in sorted(held))),
            Fact(say("people.fact_seen"), _last_use(person)),
            *_account(person),
            Fact(say("people.fact_id"), person.id, mono=True),
        ),
        history=_history(history, names),
        roles=role_choices(agency, held, own=own) if change and not person.disabled else (),
        change=f"{at}/roles" if change and not person.disabled else "",
        suspend=f"{at}/suspend" if change and not person.disabled else "",
        restore=f"{at}/restore" if change and person.disabled else "",
        remove=f"{at}/remove" if change else "",
        own=own,
        error=error,
    )


def _account(person: Person) -> tuple[Fact, ...]:
    if person.removed:
        return ()
    return (
        Fact(say("people.fact_issuer"), person.issuer, mono=True),
        Fact(say("people.fact_subject"), person.subject, mono=True),
    )


def _last_use(person: Person) -> str:
    return spoken_moment(person.seen_at) if person.seen_at else say("people.never")


def _history(history: Iterable[PersonEvent], names: Mapping[str, str]) -> Table:
    rows = [
        (
            Cell(spoken_moment(one.at), order=one.at.isoformat()),
            Cell(say(f"people.event.{one.event.replace('-', '_')}")),
            Cell(", ".join(role_name(role) for role in sorted(one.roles)) or say("people.no_roles")),
            Cell(
                names.get(
                    one.by_person,
                    say("people.by_set_up" if not one.by_person.startswith("per_") else "people.by_other"),
                )
            ),
            Cell(say(f"identity.reason.{one.reason}") if one.reason else ""),
        )
        for one in history
    ]
    columns = tuple(Column(say(f"people.history_{name}")) for name in ("at", "event", "roles", "by", "reason"))
    return Table("history", say("people.history_title"), columns, rows, caption_hidden=True, wrap=True)


def reason_choices(*, away: bool) -> tuple[Choice, ...]:
    """Why somebody is shut out; being away for a time is no reason to remove somebody."""
    return tuple(
        Choice(one.value, say(f"identity.reason.{one.value}")) for one in Reason if away or one is not Reason.AWAY
    )


def provider_choices(providers: Sequence[Provider]) -> Select | None:
    """Which provider an account is at, where the agency has several."""
    if len(providers) < 2:
        return None
    return Select("provider", say("people.invite_provider"), tuple(Choice(one.id, one.issuer) for one in providers))


def chosen_roles(fields: Mapping[str, str]) -> tuple[str, ...]:
    """The roles whose boxes are ticked."""
    return tuple(name.removeprefix(ROLE_FIELD) for name in fields if name.startswith(ROLE_FIELD))
