"""Tables of agreements: each version's document, and the append-only history from which its status follows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Column, Integer, String, Table, Text, func, insert, select

from hub.agreements.model import AgreementEvent, Status
from hub.db import Reading, UnitOfWork, metadata
from hub.kit.clock import moment, stamp
from hub.kit.ids import new_id

documents = Table(
    "agreement_document",
    metadata,
    Column("id", String(80), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("sha256", String(64), nullable=False),
    Column("document", Text, nullable=False),
)

events = Table(
    "agreement_event",
    metadata,
    Column("sequence", Integer, primary_key=True),
    Column("id", String(40), nullable=False),
    Column("agreement", String(80), nullable=False, index=True),
    Column("version", Integer, nullable=False),
    Column("event", String(20), nullable=False),
    Column("status", String(20), nullable=False),
    Column("agency", String(80), nullable=False),
    Column("person", String(80), nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", String(27), nullable=False),
)


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """A kept document, word for word."""

    id: str
    version: int
    sha256: str
    document: str


def fingerprint(reading: UnitOfWork | Reading) -> str:
    """Changes whenever any agreement changes: how many events there are, and the last one's own id.

    The number notices an earlier event that was committed late; the random id tells an event from another that took its place after
    a rollback, so that what one transaction saw and then undid is never taken for what stands.
    """
    number = select(func.count()).select_from(events).scalar_subquery()
    last = reading.connection.execute(select(number, events.c.id).order_by(events.c.sequence.desc()).limit(1)).first()
    return f"{last[0]}-{last[1]}" if last else "0"


def lock(uow: UnitOfWork) -> None:
    """Hold off every other change to agreements until this transaction ends (SQLite: writers queue already)."""
    uow.connection.execute(select(documents.c.id).with_for_update()).all()


def add_document(uow: UnitOfWork, stored: StoredDocument) -> None:
    """Keep a version's document."""
    uow.connection.execute(
        insert(documents).values(id=stored.id, version=stored.version, sha256=stored.sha256, document=stored.document)
    )


def add_event(uow: UnitOfWork, event: AgreementEvent) -> None:
    """Append to the history; the sequence number is the database's."""
    uow.connection.execute(
        insert(events).values(
            id=new_id("evt"),
            agreement=event.agreement,
            version=event.version,
            event=event.event,
            status=event.status.value,
            agency=event.agency,
            person=event.person,
            reason=event.reason,
            at=stamp(event.at),
        )
    )


def all_documents(reading: UnitOfWork | Reading) -> Sequence[StoredDocument]:
    """Every version of every agreement, by id and version."""
    rows = reading.connection.execute(select(documents).order_by(documents.c.id, documents.c.version))
    return [StoredDocument(row.id, row.version, row.sha256, row.document) for row in rows]


def all_events(reading: UnitOfWork | Reading) -> Sequence[AgreementEvent]:
    """The whole history, in order."""
    return [
        AgreementEvent(
            sequence=row.sequence,
            agreement=row.agreement,
            version=row.version,
            event=row.event,
            status=Status(row.status),
            agency=row.agency,
            person=row.person,
            reason=row.reason,
            at=moment(row.at),
        )
        for row in reading.connection.execute(select(events).order_by(events.c.sequence))
    ]
