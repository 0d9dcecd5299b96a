"""Invitations, the history of people, mailboxes of agencies: tables and SQL. A code stands here only as its SHA-256."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Integer, RowMapping, String, Table, Text, delete, insert, select, update

from hub.db import Reading, UnitOfWork, metadata
from hub.identity import store
from hub.identity.model import Invitation, PersonEvent, Role
from hub.kit.clock import moment, stamp

_ID = String(64)
_TIME = String(27)

invitations = Table(
    "invitations",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("code_sha256", String(64), nullable=False, unique=True),
    Column("agency", _ID, ForeignKey(store.agencies.c.id), nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("roles", Text, nullable=False),
    Column("invited_by", _ID, nullable=False),
    Column("made_at", _TIME, nullable=False),
    Column("expires_at", _TIME, nullable=False),
    Column("ended_at", _TIME, nullable=False),
)
events = Table(
    "person_event",
    metadata,
    Column("sequence", Integer, primary_key=True),
    Column("person", _ID, ForeignKey(store.people.c.id), nullable=False, index=True),
    Column("event", String(20), nullable=False),
    Column("roles", Text, nullable=False),
    Column("by_person", _ID, nullable=False),
    Column("by_agency", _ID, nullable=False),
    Column("reason", String(20), nullable=False),
    Column("at", _TIME, nullable=False),
)
contacts = Table(
    "agency_contacts",
    metadata,
    Column("agency", _ID, ForeignKey(store.agencies.c.id), primary_key=True),
    Column("address", String(254), nullable=False),
)


def contact_of(reading: UnitOfWork | Reading, agency: str) -> str:
    """The mailbox of an agency; empty when it has none."""
    found = reading.connection.execute(select(contacts.c.address).where(contacts.c.agency == agency))
    return str(found.scalar_one_or_none() or "")


def set_contact(uow: UnitOfWork, agency: str, address: str) -> None:
    """Replace the mailbox of an agency; an empty one is forgotten."""
    uow.connection.execute(delete(contacts).where(contacts.c.agency == agency))
    if address:
        uow.connection.execute(insert(contacts).values(agency=agency, address=address))


def add_invitation(uow: UnitOfWork, code_sha256: str, made: Invitation) -> None:
    """Insert an open invitation by the hash of its code."""
    uow.connection.execute(
        insert(invitations).values(
            id=made.id,
            code_sha256=code_sha256,
            agency=made.agency,
            name=made.name,
            roles=" ".join(sorted(made.roles)),
            invited_by=made.invited_by,
            made_at=stamp(made.made_at),
            expires_at=stamp(made.expires_at),
            ended_at="",
        )
    )


def open_invitation(reading: UnitOfWork | Reading, code_sha256: str, now: str) -> Invitation | None:
    """The invitation of a code, if it is neither used nor taken back nor out of date."""
    row = (
        reading.connection.execute(
            select(invitations).where(
                invitations.c.code_sha256 == code_sha256,
                invitations.c.ended_at == "",
                invitations.c.expires_at > now,
            )
        )
        .mappings()
        .first()
    )
    return _invitation(row) if row else None


def open_invitations(reading: UnitOfWork | Reading, agency: str, now: str) -> tuple[Invitation, ...]:
    """Those of an agency that can still be used, newest first."""
    rows = reading.connection.execute(
        select(invitations)
        .where(invitations.c.agency == agency, invitations.c.ended_at == "", invitations.c.expires_at > now)
        .order_by(invitations.c.made_at.desc(), invitations.c.id)
    )
    return tuple(_invitation(row) for row in rows.mappings())


def end_invitation(uow: UnitOfWork, id: str, at: str) -> bool:  # noqa: A002 - the column's name
    """Used, or taken back. Whether it was still open: of two at once, one gets True."""
    ended = update(invitations).where(invitations.c.id == id, invitations.c.ended_at == "").values(ended_at=at, name="")
    return bool(uow.connection.execute(ended).rowcount)


def _invitation(row: RowMapping) -> Invitation:
    return Invitation(
        row["id"],
        row["agency"],
        row["name"],
        frozenset(Role(role) for role in row["roles"].split()),
        row["invited_by"],
        moment(row["made_at"]),
        moment(row["expires_at"]),
    )


def add_event(uow: UnitOfWork, person: str, event: PersonEvent) -> None:
    """Append to a person's history; the sequence number is the database's."""
    uow.connection.execute(
        insert(events).values(
            person=person,
            event=event.event,
            roles=" ".join(sorted(event.roles)),
            by_person=event.by_person,
            by_agency=event.by_agency,
            reason=event.reason,
            at=stamp(event.at),
        )
    )


def events_of(reading: UnitOfWork | Reading, person: str) -> tuple[PersonEvent, ...]:
    """A person's history, oldest first."""
    rows = reading.connection.execute(select(events).where(events.c.person == person).order_by(events.c.sequence))
    return tuple(
        PersonEvent(
            row["event"],
            frozenset(Role(role) for role in row["roles"].split()),
            row["by_person"],
            row["by_agency"],
            row["reason"],
            moment(row["at"]),
        )
        for row in rows.mappings()
    )
