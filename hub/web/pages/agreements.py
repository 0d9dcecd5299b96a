"""Agreements: the list, one agreement, and the proposal of a new one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from hub.agreements import ALL_FIELDS, SIGNING, Agreement, Party, Standing, Status, Term
from hub.kit.words import say
from hub.web.dates import spoken_day, spoken_moment
from hub.web.elements import Cell, Choice, Column, Fact, Table, Tag

_COLOURS = {
    Standing.DRAFT: "blue",
    Standing.NOT_STARTED: "blue",
    Standing.IN_FORCE: "green",
    Standing.SUSPENDED: "yellow",
    Standing.EXPIRED: "red",
    Standing.ENDED: "grey",
}
_CHANGES = {
    Status.DRAFT: ("end",),
    Status.IN_FORCE: ("suspend", "end"),
    Status.SUSPENDED: ("resume", "end"),
    Status.ENDED: (),
}


@dataclass(frozen=True, slots=True)
class AgreementsPage:
    """Agreements the reader's agency is party to."""

    table: Table
    can_propose: bool


@dataclass(frozen=True, slots=True)
class ProposePage:
    """The text as it was sent, and what is wrong with it."""

    document: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True)
class SharedDataset:
    """One clause of an agreement."""

    title: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class AgreementPage:
    """One agreement; `sign` and `change_action` are addresses, empty where the reader may not."""

    title: str
    status: Tag
    facts: tuple[Fact, ...]
    parties: Table
    datasets: tuple[SharedDataset, ...]
    confirm: tuple[str, ...] = ()
    sign: str = ""
    sign_text: str = ""
    sign_first: str = ""
    changes: tuple[Choice, ...] = ()
    change_action: str = ""
    change_error: str = ""
    document: str = ""
    again: str = ""
    differences: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Allowed:
    """What the policy lets the reader do with an agreement; `agency` is the name of the reader's agency.

    `ready`: the agency is no authority that has yet to name its facilitator (SI 2007/1830 reg 4(3)).
    """

    agency: str
    sign: bool
    change: bool
    propose: bool = False
    ready: bool = True


@dataclass(frozen=True, slots=True)
class Facilitators:
    """Whom each agency named (by agency; absent: nobody), and which agencies are authorities that must name somebody."""

    names: Mapping[str, str]
    authorities: frozenset[str]


def standing_tag(agreement: Agreement, now: datetime) -> Tag:
    """How it stands at this second."""
    standing = agreement.standing(now)
    return Tag(say(f"web.agreements.status.{standing.value}"), _COLOURS[standing])


def agreements_page(
    known: Sequence[Agreement], names: Mapping[str, str], now: datetime, *, can_propose: bool
) -> AgreementsPage:
    """The list, those in force first."""
    ordered = sorted(known, key=lambda one: (one.standing(now) is not Standing.IN_FORCE, one.title, -one.version))
    columns = ("title", "version", "status", "parties", "until")
    rows = [
        (
            Cell(one.title, href=f"/agreements/{one.reference}"),
            Cell(str(one.version)),
            Cell(tag=standing_tag(one, now)),
            Cell(", ".join(names.get(agency, agency) for agency in one.agencies())),
            Cell(spoken_day(one.expires_on)),
        )
        for one in ordered
    ]
    table = Table(
        "agreements",
        say("web.agreements.caption"),
        tuple(Column(say(f"web.agreements.column_{name}")) for name in columns),
        rows,
        wrap=True,
    )
    return AgreementsPage(table, can_propose)


def agreement_page(
    agreement: Agreement,
    *,
    names: Mapping[str, str],
    schemas: Mapping[str, str],
    purposes: Mapping[str, str],
    facilitators: Facilitators,
    allowed: Allowed,
    now: datetime,
    differences: Sequence[str] = (),
    error: str = "",
) -> AgreementPage:
    """One agreement as its parties see it. `differences`: where it says other than the agreements beside it, in words."""
    changes = _CHANGES[agreement.status] if allowed.change else ()
    signable = allowed.sign and agreement.status is Status.DRAFT
    return AgreementPage(
        title=agreement.title,
        status=standing_tag(agreement, now),
        facts=(
            Fact(say("web.agreement.version"), agreement.reference, mono=True),
            Fact(say("web.agreement.gateway"), agreement.gateway, mono=True),
            Fact(say("web.agreement.basis"), agreement.lawful_basis),
            Fact(
                say("web.agreement.purposes"), items=tuple(purposes.get(ident, ident) for ident in agreement.purposes)
            ),
            Fact(say("web.agreement.starts"), spoken_day(agreement.starts_on)),
            Fact(say("web.agreement.expires"), spoken_day(agreement.expires_on)),
            Fact(say("web.agreement.sha"), agreement.sha256, mono=True),
        ),
        parties=_parties(agreement, names, facilitators),
        datasets=tuple(_shared(term, names, schemas, purposes) for term in agreement.terms),
        confirm=_confirm(agreement),
        sign=f"/agreements/{agreement.reference}/sign" if signable and allowed.ready else "",
        sign_first=say("web.agreement.no_facilitator") if signable and not allowed.ready else "",
        sign_text=say("web.agreement.sign", agency=allowed.agency),
        changes=tuple(Choice(change, say(f"web.agreement.{change}")) for change in changes),
        change_action=f"/agreements/{agreement.reference}/change",
        change_error=error,
        differences=tuple(differences),
        document=agreement.document,
        again=f"/agreements/propose?from={agreement.reference}" if allowed.propose else "",
    )


def _parties(agreement: Agreement, names: Mapping[str, str], facilitators: Facilitators) -> Table:
    signed = {one.agency: one.at for one in agreement.sign_offs}
    rows = [
        (
            Cell(names.get(party.agency, party.agency)),
            Cell(say(f"web.agreement.roles.{party.role.value}") + (say("web.agreement.lead") if party.lead else "")),
            Cell(spoken_moment(signed[party.agency]) if party.agency in signed else _unsigned(party)),
            Cell(_facilitator(party.agency, facilitators)),
        )
        for party in agreement.parties
    ]
    columns = tuple(Column(say(f"web.agreement.{name}")) for name in ("party", "role", "signed", "facilitator"))
    return Table("parties", say("web.agreement.parties_title"), columns, rows, caption_hidden=True, wrap=True)


def _facilitator(agency: str, facilitators: Facilitators) -> str:
    named = facilitators.names.get(agency, "")
    return named or say(f"web.agreement.facilitator_{'no' if agency in facilitators.authorities else 'unneeded'}")


def _unsigned(party: Party) -> str:
    """A controller or recipient has yet to sign; nobody waits for a processor."""
    return say("web.agreement.signed_no" if party.role in SIGNING else "web.agreement.signed_unneeded")


def _shared(
    term: Term, names: Mapping[str, str], schemas: Mapping[str, str], purposes: Mapping[str, str]
) -> SharedDataset:
    forms = tuple(
        say(
            "web.agreement.field_form",
            field=name
            if name != ALL_FIELDS
            else say(f"web.agreement.{'all' if len(term.forms) == 1 else 'other'}_fields"),
            form=say(f"web.explain.form.{form.value}"),
        )
        for name, form in term.forms.items()
    )
    return SharedDataset(
        title=schemas.get(term.dataset, term.dataset),
        facts=(
            Fact(say("web.agreement.supplier"), names.get(term.supplier, term.supplier)),
            Fact(say("web.agreement.recipients"), items=tuple(names.get(one, one) for one in term.recipients)),
            Fact(say("web.agreement.fields"), items=forms),
            Fact(say("web.agreement.data_class"), say(f"web.agreement.classes.{term.data_class}")),
            Fact(say("web.agreement.profile"), term.profile, mono=True),
            Fact(say("web.agreement.purposes"), items=tuple(purposes.get(one, one) for one in term.purposes)),
            Fact(say("web.agreement.combine"), items=tuple(schemas.get(one, one) for one in term.combine_with)),
        ),
    )


def _confirm(agreement: Agreement) -> tuple[str, ...]:
    mark = agreement.lawyer
    if mark.confirmed_on is not None:
        return (say("web.agreement.confirmed", by=mark.confirmed_by, on=spoken_day(mark.confirmed_on)),)
    read = say("web.agreement.as_of", on=spoken_day(mark.as_of))
    return (*mark.must_confirm, read)
