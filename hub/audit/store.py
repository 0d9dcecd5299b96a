"""Tables of the log. Entries are only ever inserted; no foreign keys, so that the log outlives what it speaks of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqlalchemy import BigInteger, Column, Integer, String, Table, Text, bindparam, insert, select, update

from hub.audit.model import COLUMNS, Checkpoint, StoredEntry
from hub.db import Reading, UnitOfWork, metadata

audit_entries = Table(
    "audit_entries",
    metadata,
    Column("index", BigInteger, primary_key=True, autoincrement=False),
    *(Column(name, Text, nullable=False) for name in COLUMNS),
    Column("leaf_hash", String(64), nullable=False),
)

audit_head = Table(
    "audit_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("size", BigInteger, nullable=False),
    Column("frontier", Text, nullable=False),
)

audit_checkpoints = Table(
    "audit_checkpoints",
    metadata,
    Column("size", BigInteger, primary_key=True, autoincrement=False),
    Column("root", String(64), nullable=False),
    Column("at", String(27), nullable=False),
    Column("note", Text, nullable=False),
)

_HEAD = 1

# Made once: every request writes entries, and building the same statements anew took longer than running them.
_LOCK_HEAD = select(audit_head.c.size, audit_head.c.frontier).where(audit_head.c.id == _HEAD).with_for_update()
_ADD_ENTRY = insert(audit_entries)
_MOVE_HEAD = (
    update(audit_head)
    .where(audit_head.c.id == _HEAD)
    .values(size=bindparam("new_size"), frontier=bindparam("new_frontier"))
)


def lock_head(uow: UnitOfWork) -> tuple[int, list[bytes]]:
    """Size and frontier of the log, locked until the transaction ends: entries get their numbers one after another."""
    row = uow.connection.execute(_LOCK_HEAD).one_or_none()
    if row is None:
        uow.connection.execute(insert(audit_head).values(id=_HEAD, size=0, frontier=""))
        return 0, []
    return row.size, [bytes.fromhex(node) for node in row.frontier.split()]


def append(uow: UnitOfWork, *, index: int, columns: Mapping[str, str], leaf: bytes, frontier: list[bytes]) -> None:
    """Store the entry and the head that now includes it."""
    uow.connection.execute(_ADD_ENTRY, {"index": index, **columns, "leaf_hash": leaf.hex()})
    moved = {"new_size": index + 1, "new_frontier": " ".join(node.hex() for node in frontier)}
    uow.connection.execute(_MOVE_HEAD, moved)


def head(reading: UnitOfWork | Reading) -> tuple[int, list[bytes]]:
    """Size and frontier as stored."""
    row = reading.connection.execute(select(audit_head.c.size, audit_head.c.frontier)).one_or_none()
    return (0, []) if row is None else (row.size, [bytes.fromhex(node) for node in row.frontier.split()])


def stored_entries(
    reading: UnitOfWork | Reading,
    *,
    first: int = 0,
    count: int | None = None,
    matching: Mapping[str, str] | None = None,
) -> Iterator[StoredEntry]:
    """Entries in order from index `first`; `matching` asks for equality in columns."""
    query = select(audit_entries).where(audit_entries.c.index >= first).order_by(audit_entries.c.index)
    for name, value in (matching or {}).items():
        query = query.where(audit_entries.c[name] == value)
    if count is not None:
        query = query.limit(count)
    for row in reading.connection.execute(query):
        values = row._mapping
        yield StoredEntry(values["index"], {name: values[name] for name in COLUMNS}, values["leaf_hash"])


def add_checkpoint(uow: UnitOfWork, checkpoint: Checkpoint) -> None:
    """Keep a signed head; one per size."""
    uow.connection.execute(
        insert(audit_checkpoints).values(
            size=checkpoint.size, root=checkpoint.root, at=checkpoint.at, note=checkpoint.note
        )
    )


def checkpoints(reading: UnitOfWork | Reading) -> list[Checkpoint]:
    """All signed heads, smallest first."""
    query = select(audit_checkpoints).order_by(audit_checkpoints.c.size)
    return [Checkpoint(row.size, row.root, row.at, row.note) for row in reading.connection.execute(query)]
