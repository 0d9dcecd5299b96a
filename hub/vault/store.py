"""Tables of the vault. Wrapped data keys stand alone in `vault_keys`, which stays small and is rewritten to erase."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Integer,
    LargeBinary,
    String,
    Table,
    delete,
    func,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.engine import Engine

from hub.db import Reading, UnitOfWork, metadata
from hub.kit.clock import moment, stamp
from hub.vault.model import ObjectKind, SealedObject

vault_objects = Table(
    "vault_objects",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("agency", String(64), nullable=False, index=True),
    Column("dataset", String(128), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("created_at", String(27), nullable=False),
    Column("destroyed_at", String(27), nullable=False, default=""),
)

vault_keys = Table(
    "vault_keys",
    metadata,
    Column("object_id", String(40), primary_key=True),
    Column("agency", String(64), nullable=False, index=True),
    Column("version", Integer, nullable=False),
    Column("algorithm", String(32), nullable=False),
    Column("wrapped", LargeBinary, nullable=False),
)

vault_agency_keys = Table(
    "vault_agency_keys",
    metadata,
    Column("agency", String(64), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("algorithm", String(32), nullable=False),
    Column("wrapped", LargeBinary, nullable=False),
    Column("created_at", String(27), nullable=False),
)

ALGORITHM = "AES-256-KWP"
"""RFC 5649, with a wrapping key of 32 bytes."""


@dataclass(frozen=True, slots=True)
class WrappedKey:
    """A wrapped key and the version of the key-encryption key: for a data key the one it is under, else its own."""

    version: int
    wrapped: bytes


def add_object(uow: UnitOfWork, sealed: SealedObject, key: WrappedKey) -> None:
    """Keep the object's row and its wrapped data key."""
    uow.connection.execute(
        insert(vault_objects).values(
            id=sealed.id,
            agency=sealed.agency,
            dataset=sealed.dataset,
            kind=sealed.kind.value,
            size=sealed.size,
            sha256=sealed.sha256,
            created_at=stamp(sealed.created_at),
            destroyed_at="",
        )
    )
    uow.connection.execute(
        insert(vault_keys).values(
            object_id=sealed.id, agency=sealed.agency, version=key.version, algorithm=ALGORITHM, wrapped=key.wrapped
        )
    )


def find_object(reading: UnitOfWork | Reading, object_id: str) -> SealedObject | None:
    """The object's row."""
    row = reading.connection.execute(select(vault_objects).where(vault_objects.c.id == object_id)).one_or_none()
    return None if row is None else _object(row)


def find_key(reading: UnitOfWork | Reading, object_id: str) -> WrappedKey | None:
    """The object's wrapped data key; None once it was destroyed."""
    query = select(vault_keys.c.version, vault_keys.c.wrapped).where(vault_keys.c.object_id == object_id)
    row = reading.connection.execute(query).one_or_none()
    return None if row is None else WrappedKey(row.version, bytes(row.wrapped))


def keys_of(reading: UnitOfWork | Reading, agency: str) -> dict[str, WrappedKey]:
    """All wrapped data keys of an agency, by object."""
    rows = reading.connection.execute(select(vault_keys).where(vault_keys.c.agency == agency))
    return {row.object_id: WrappedKey(row.version, bytes(row.wrapped)) for row in rows}


def replace_key(uow: UnitOfWork, object_id: str, key: WrappedKey) -> None:
    """Put another wrapping of the object's data key in place of the present one."""
    uow.connection.execute(
        update(vault_keys)
        .where(vault_keys.c.object_id == object_id)
        .values(version=key.version, algorithm=ALGORITHM, wrapped=key.wrapped)
    )


def destroy_key(uow: UnitOfWork, object_id: str, *, at: str) -> bool:
    """Delete the wrapped data key and mark the object destroyed; False when that was done before."""
    gone = uow.connection.execute(delete(vault_keys).where(vault_keys.c.object_id == object_id)).rowcount == 1
    uow.connection.execute(update(vault_objects).where(vault_objects.c.id == object_id).values(destroyed_at=at))
    return gone


def agency_key(reading: UnitOfWork | Reading, agency: str, version: int) -> WrappedKey | None:
    """One version of an agency's wrapped key-encryption key."""
    row = reading.connection.execute(
        select(vault_agency_keys).where(vault_agency_keys.c.agency == agency, vault_agency_keys.c.version == version)
    ).one_or_none()
    return None if row is None else WrappedKey(row.version, bytes(row.wrapped))


def latest_version(reading: UnitOfWork | Reading, agency: str) -> int:
    """The newest version of an agency's key-encryption key, 0 when it has none."""
    query = select(func.max(vault_agency_keys.c.version)).where(vault_agency_keys.c.agency == agency)
    return int(reading.connection.execute(query).scalar_one() or 0)


def add_agency_key(uow: UnitOfWork, agency: str, key: WrappedKey, *, at: str) -> None:
    """Keep a new version of an agency's key-encryption key."""
    uow.connection.execute(
        insert(vault_agency_keys).values(
            agency=agency, version=key.version, algorithm=ALGORITHM, wrapped=key.wrapped, created_at=at
        )
    )


def drop_agency_keys(uow: UnitOfWork, agency: str, *, below: int) -> None:
    """Delete the older versions of an agency's key-encryption key."""
    uow.connection.execute(
        delete(vault_agency_keys).where(vault_agency_keys.c.agency == agency, vault_agency_keys.c.version < below)
    )


def known_ids_now(engine: Engine) -> set[str]:
    """The ids of all objects that are not destroyed, in a transaction begun now."""
    with engine.connect().execution_options(hub_writes=False) as connection, connection.begin():
        query = select(vault_objects.c.id).where(vault_objects.c.destroyed_at == "")
        return set(connection.execute(query).scalars())


def standing(reading: UnitOfWork | Reading) -> list[tuple[str, int, bool]]:
    """Of every object that is not destroyed its id, its plaintext bytes, and whether it has a data key."""
    keyed = vault_objects.outerjoin(vault_keys, vault_keys.c.object_id == vault_objects.c.id)
    query = select(vault_objects.c.id, vault_objects.c.size, vault_keys.c.object_id).select_from(keyed)
    rows = reading.connection.execute(query.where(vault_objects.c.destroyed_at == "").order_by(vault_objects.c.id))
    return [(identity, size, key is not None) for identity, size, key in rows]


def engine_of(reading: UnitOfWork | Reading) -> Engine:
    """The engine of this transaction, for work that follows it."""
    return reading.connection.engine


def forget(engine: Engine) -> None:
    """Make deleted keys leave the database's files.

    SQLite overwrites them in the file (`secure_delete`), but the write-ahead log still holds the page as it was until it is
    truncated. PostgreSQL keeps dead rows until the table is rewritten.
    """
    if engine.dialect.name == "sqlite":
        raw = engine.raw_connection()
        try:
            raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        finally:
            raw.close()
        return
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for table in (vault_keys, vault_agency_keys):
            connection.execute(text(f"VACUUM (FULL) {table.name}"))


def _object(row: Any) -> SealedObject:
    return SealedObject(
        id=row.id,
        agency=row.agency,
        dataset=row.dataset,
        kind=ObjectKind(row.kind),
        size=row.size,
        sha256=row.sha256,
        created_at=moment(row.created_at),
        destroyed_at=moment(row.destroyed_at) if row.destroyed_at else None,
    )
