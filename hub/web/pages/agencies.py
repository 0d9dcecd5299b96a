"""The agencies of the hub: for the operator what each still needs, for the lead whom each authority named."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from hub.identity import Agency, AgencyKind, Provider
from hub.kit.words import say
from hub.web.elements import Cell, Choice, Column, Fact, Select, Table, Tag


@dataclass(frozen=True, slots=True)
class AgencyState:
    """An agency and what it has: providers, an administrator who can sign in, a facilitator (`facilitator` is the name)."""

    agency: Agency
    providers: tuple[Provider, ...]
    administered: bool
    facilitator: str
    needs_facilitator: bool


@dataclass(frozen=True, slots=True)
class AgenciesPage:
    """The list; `add` is an address, empty where the reader may not."""

    title: str
    intro: str
    table: Table
    add: str = ""


@dataclass(frozen=True, slots=True)
class AddAgencyPage:
    """The form of a new agency."""

    kinds: Select
    ident: str = ""
    name: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True)
class AgencyPage:
    """One agency as the operator sees it; addresses are empty where there is nothing to do."""

    title: str
    status: Tag
    facts: tuple[Fact, ...]
    connect: str = ""
    claims: Select | None = None
    first: str = ""
    closed: bool = False
    shut_out: str = ""
    let_in: str = ""
    code: str = ""
    code_text: str = ""
    address: str = ""
    issuer: str = ""
    client_id: str = ""
    first_name: str = ""
    first_subject: str = ""
    provider_error: str = ""
    first_error: str = ""


def agencies_page(states: Sequence[AgencyState], *, operates: bool) -> AgenciesPage:
    """For the operator all agencies with what they need, no names; for the lead the authorities with whom they named."""
    shown = [one for one in states if operates or one.needs_facilitator]
    names = (
        ("name", "kind", "provider", "administrator", "facilitator", "status")
        if operates
        else ("name", "kind", "facilitator")
    )
    table = Table(
        "agencies",
        say("people.agencies.caption" if operates else "people.agencies.protocol_title"),
        tuple(Column(say(f"people.agencies.column_{name}")) for name in names),
        [_row(one, operates=operates) for one in shown],
        caption_hidden=not operates,
        wrap=True,
    )
    said = "" if operates else "protocol_"
    return AgenciesPage(
        title=say(f"people.agencies.{said}title"),
        intro=say(f"people.agencies.{said}intro"),
        table=table,
        add="/agencies/add" if operates else "",
    )


def _row(one: AgencyState, *, operates: bool) -> tuple[Cell, ...]:
    agency = one.agency
    kind = Cell(say(f"identity.kind.{agency.kind.value}"))
    missing = Cell(say("people.agencies.missing"))
    if not operates:
        return Cell(agency.name), kind, Cell(one.facilitator) if one.facilitator else missing
    unneeded = Cell(say("people.agencies.not_needed"))
    named = Cell(say("people.agencies.named"))
    own = agency.kind is AgencyKind.HUB_OPERATOR
    return (
        Cell(agency.name, href=f"/agencies/{agency.id}"),
        kind,
        Cell(say("people.agencies.connected")) if one.providers else missing,
        unneeded if own else named if one.administered else missing,
        named if one.facilitator else missing if one.needs_facilitator else unneeded,
        Cell(tag=_status(agency)),
    )


def _status(agency: Agency) -> Tag:
    if agency.disabled:
        return Tag(say("people.agencies.out"), "yellow")
    return Tag(say("people.agencies.active"), "green")


def agency_page(
    state: AgencyState, redirects: Iterable[str], *, people: int, said: AgencyPage | None = None
) -> AgencyPage:
    """One agency. `said` holds what a form sent and what was wrong with it."""
    agency, own = state.agency, state.agency.kind is AgencyKind.HUB_OPERATOR
    at = f"/agencies/{agency.id}"
    still_open = not state.administered and not own
    claims = tuple(Choice(one, say(f"people.agencies.provider_claim_{one}")) for one in ("sub", "oid"))
    return replace(
        said or AgencyPage("", Tag(""), ()),
        title=agency.name,
        status=_status(agency),
        facts=_facts(state, redirects, people),
        connect=f"{at}/provider" if still_open else "",
        claims=Select("subject_claim", say("people.agencies.provider_claim"), claims),
        first=f"{at}/administrator" if state.providers and still_open else "",
        closed=state.administered,
        shut_out=f"{at}/shut-out" if not agency.disabled and not own else "",
        let_in=f"{at}/let-in" if agency.disabled else "",
    )


def _facts(state: AgencyState, redirects: Iterable[str], people: int) -> tuple[Fact, ...]:
    agency = state.agency

    def whether(true: object) -> str:
        return say("people.agencies.there" if true else "people.agencies.absent")

    facts = (
        Fact(say("people.agencies.fact_id"), agency.id, mono=True),
        Fact(say("people.agencies.fact_kind"), say(f"identity.kind.{agency.kind.value}")),
        Fact(say("people.agencies.fact_providers"), items=tuple(one.issuer for one in state.providers)),
        Fact(say("people.agencies.fact_redirect"), items=tuple(redirects)),
        Fact(say("people.agencies.fact_people"), str(people)),
    )
    if agency.kind is AgencyKind.HUB_OPERATOR:
        return facts
    return (
        *facts,
        Fact(say("people.agencies.fact_administrator"), whether(state.administered)),
        Fact(say("people.agencies.fact_facilitator"), whether(state.facilitator)),
    )


def kind_select(chosen: str = "") -> Select:
    """The kinds that an agency may be added as; the operator's own is made once, at the start."""
    return Select(
        "kind",
        say("people.agencies.add_kind"),
        tuple(
            Choice(one.value, say(f"identity.kind.{one.value}"), one.value == chosen)
            for one in AgencyKind
            if one is not AgencyKind.HUB_OPERATOR
        ),
        say("people.agencies.add_kind_hint"),
    )
