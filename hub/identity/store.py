"""Agencies, providers and people: tables and SQL. A client secret stands here wrapped under a key derived from the root key."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    ForeignKey,
    LargeBinary,
    RowMapping,
    String,
    Table,
    Text,
    UniqueConstraint,
    delete,
    insert,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from hub.db import Reading, UnitOfWork, metadata
from hub.identity.model import Agency, AgencyKind, Person, Provider, Role
from hub.kit.clock import moment
from hub.kit.errors import Conflict

_ID = String(64)
_TIME = String(27)

agencies = Table(
    "agencies",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("name", Text, nullable=False),
    Column("kind", String(40), nullable=False),
    Column("facilitator", Text, nullable=False),
    Column("disabled_at", _TIME, nullable=False),
)
people = Table(
    "people",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("agency", _ID, ForeignKey("agencies.id"), nullable=False, index=True),
    Column("issuer", Text, nullable=False),
    Column("subject", String(255), nullable=False),
    Column("name", Text, nullable=False),
    Column("disabled_at", _TIME, nullable=False),
    Column("removed_at", _TIME),
    Column("seen_at", _TIME),
    UniqueConstraint("issuer", "subject"),
)
person_roles = Table(
    "person_roles",
    metadata,
    Column("person", _ID, ForeignKey("people.id"), primary_key=True),
    Column("role", String(40), primary_key=True),
)
providers = Table(
    "providers",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("agency", _ID, ForeignKey("agencies.id"), nullable=False),
    Column("issuer", Text, nullable=False),
    Column("client_id", Text, nullable=False),
    Column("client_secret", LargeBinary, nullable=False),
    Column("algorithms", Text, nullable=False),
    Column("required_acr", Text, nullable=False),
    Column("subject_claim", String(40), nullable=False),
    Column("disabled_at", _TIME, nullable=False),
)


def _insert(uow: UnitOfWork, table: Table, taken: str, **values: Any) -> None:
    try:
        uow.connection.execute(insert(table).values(**values))
    except IntegrityError as error:
        raise Conflict(taken, code="taken") from error


def _of_id(reading: UnitOfWork | Reading, table: Table, id: str) -> RowMapping | None:  # noqa: A002 - the column's name
    if not id.isprintable():
        return None  # ids come from addresses too, and PostgreSQL takes no NUL in a text
    return _one(reading, table, table.c.id == id)


def _one(reading: UnitOfWork | Reading, table: Table, *where: ColumnElement[bool]) -> RowMapping | None:
    return reading.connection.execute(select(table).where(*where)).mappings().first()


def add_agency(uow: UnitOfWork, agency: Agency, *, taken: str) -> None:
    """Insert; Conflict with the text `taken` when the id is in use."""
    _insert(
        uow,
        agencies,
        taken,
        id=agency.id,
        name=agency.name,
        kind=agency.kind.value,
        facilitator=agency.facilitator,
        disabled_at="",
    )


def all_agencies(reading: UnitOfWork | Reading) -> tuple[Agency, ...]:
    """By id."""
    rows = reading.connection.execute(select(agencies).order_by(agencies.c.id)).mappings()
    return tuple(_agency(row) for row in rows)


def agency(reading: UnitOfWork | Reading, id: str) -> Agency | None:  # noqa: A002 - the column's name
    """One agency."""
    row = _of_id(reading, agencies, id)
    return _agency(row) if row else None


def _agency(row: RowMapping) -> Agency:
    return Agency(row["id"], row["name"], AgencyKind(row["kind"]), row["facilitator"], bool(row["disabled_at"]))


def add_provider(uow: UnitOfWork, provider: Provider, *, sealed_secret: bytes, taken: str) -> None:
    """Insert; Conflict with the text `taken` when the id is in use."""
    _insert(
        uow,
        providers,
        taken,
        id=provider.id,
        agency=provider.agency,
        issuer=provider.issuer,
        client_id=provider.client_id,
        client_secret=sealed_secret,
        algorithms=" ".join(provider.algorithms),
        required_acr=" ".join(provider.required_acr),
        subject_claim=provider.subject_claim,
        disabled_at="",
    )


def all_providers(reading: UnitOfWork | Reading) -> tuple[Provider, ...]:
    """By agency, then id."""
    rows = reading.connection.execute(select(providers).order_by(providers.c.agency, providers.c.id)).mappings()
    return tuple(_provider(row) for row in rows)


def provider(reading: UnitOfWork | Reading, id: str) -> Provider | None:  # noqa: A002 - the column's name
    """One provider, without its secret."""
    row = _of_id(reading, providers, id)
    return _provider(row) if row else None


def sealed_secret(reading: UnitOfWork | Reading, provider: str) -> bytes:
    """The wrapped client secret of a provider that exists."""
    return bytes(
        reading.connection.execute(select(providers.c.client_secret).where(providers.c.id == provider)).scalar_one()
    )


def replace_secret(uow: UnitOfWork, provider: str, sealed: bytes) -> None:
    """Overwrite the wrapped client secret."""
    uow.connection.execute(update(providers).where(providers.c.id == provider).values(client_secret=sealed))


def _provider(row: RowMapping) -> Provider:
    return Provider(
        row["id"],
        row["agency"],
        row["issuer"],
        row["client_id"],
        tuple(row["algorithms"].split()),
        tuple(row["required_acr"].split()),
        row["subject_claim"],
        bool(row["disabled_at"]),
    )


def add_person(uow: UnitOfWork, person: Person, *, taken: str) -> None:
    """Insert with roles; Conflict with the text `taken` when (issuer, subject) is known."""
    _insert(
        uow,
        people,
        taken,
        id=person.id,
        agency=person.agency,
        issuer=person.issuer,
        subject=person.subject,
        name=person.name,
        disabled_at="",
    )
    set_roles(uow, person.id, person.roles)


def set_roles(uow: UnitOfWork, person: str, roles: Iterable[Role]) -> None:
    """Replace a person's roles."""
    uow.connection.execute(delete(person_roles).where(person_roles.c.person == person))
    rows = [{"person": person, "role": role.value} for role in sorted(roles)]
    if rows:
        uow.connection.execute(insert(person_roles), rows)


def person(reading: UnitOfWork | Reading, id: str) -> Person | None:  # noqa: A002 - the column's name
    """One person with roles."""
    return next(iter(_people(reading, people.c.id == id)), None) if id.isprintable() else None


def person_of_account(reading: UnitOfWork | Reading, *, issuer: str, subject: str) -> Person | None:
    """The person behind an account."""
    return next(iter(_people(reading, people.c.issuer == issuer, people.c.subject == subject)), None)


def all_people(reading: UnitOfWork | Reading, agency: str = "", *, removed: bool = False) -> tuple[Person, ...]:
    """By name; of one agency, or of all; with those who were removed, where asked for."""
    where = [] if removed else [people.c.removed_at.is_(None)]
    return _people(reading, *where, *([people.c.agency == agency] if agency else []))


def see_person(uow: UnitOfWork, id: str, at: str) -> None:  # noqa: A002 - the column's name
    """Note when a person last used the hub."""
    uow.connection.execute(update(people).where(people.c.id == id).values(seen_at=at))


def remove_person(uow: UnitOfWork, id: str, at: str) -> None:  # noqa: A002 - the column's name
    """Forget the account and the roles, keep the name: the account may be invited again, as somebody new."""
    set_roles(uow, id, ())
    gone = {"issuer": "", "subject": id, "disabled_at": at, "removed_at": at}
    uow.connection.execute(update(people).where(people.c.id == id).values(**gone))


def nominate(uow: UnitOfWork, agency: str, person: str) -> None:
    """Whom the agency nominated; empty: nobody."""
    uow.connection.execute(update(agencies).where(agencies.c.id == agency).values(facilitator=person))


def lock_agency(uow: UnitOfWork, id: str) -> None:  # noqa: A002 - the column's name
    """Hold off other changes to an agency's people until this transaction ends (SQLite: writers queue already)."""
    uow.connection.execute(select(agencies.c.id).where(agencies.c.id == id).with_for_update()).all()


def _people(reading: UnitOfWork | Reading, *where: ColumnElement[bool]) -> tuple[Person, ...]:
    rows = (
        reading.connection.execute(select(people).where(*where).order_by(people.c.name, people.c.id)).mappings().all()
    )
    ids = [row["id"] for row in rows]
    held = reading.connection.execute(select(person_roles).where(person_roles.c.person.in_(ids)))
    roles: dict[str, set[Role]] = {}
    for person_id, role in held:
        roles.setdefault(person_id, set()).add(Role(role))
    return tuple(
        Person(
            row["id"],
            row["agency"],
            row["name"],
            frozenset(roles.get(row["id"], ())),
            row["issuer"],
            row["subject"],
            bool(row["disabled_at"] or row["removed_at"]),
            bool(row["removed_at"]),
            moment(row["seen_at"]) if row["seen_at"] else None,
        )
        for row in rows
    )


def set_disabled(uow: UnitOfWork, table: Table, id: str, at: str) -> None:  # noqa: A002 - the column's name
    """Disable a row of `agencies`, `people` or `providers` at a time; an empty time enables it."""
    uow.connection.execute(update(table).where(table.c.id == id).values(disabled_at=at))
