"""Tables of geography: the files as loaded, and which of them make the tree in force. Public reference data, nothing sealed."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, String, Table, func, insert, select

from hub.db import Reading, UnitOfWork, metadata
from hub.geography.context_model import ContextFile

geography_files = Table(
    "geography_files",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("kind", String(16), nullable=False),
    Column("file_name", String(255), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("records", BigInteger, nullable=False),
    Column("loaded_at", String(27), nullable=False),
    Column("content", LargeBinary, nullable=False),
)

geography_trees = Table(
    "geography_trees",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("tree_id", String(12), nullable=False, index=True),
    Column("boundaries", Integer, nullable=False),
    Column("lookup", Integer, nullable=False),
    Column("gazetteer", Integer, nullable=False),
    Column("at", String(27), nullable=False),
)

context_file_table = Table(
    "context_files",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("kind", String(16), nullable=False),
    Column("file_name", String(255), nullable=False),
    Column("vintage", String(4), nullable=False),
    Column("source", String(200), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("records", BigInteger, nullable=False),
    Column("used", BigInteger, nullable=False),
    Column("loaded_at", String(27), nullable=False),
    Column("content", LargeBinary, nullable=False),
)

_ABOUT = [column for column in context_file_table.c if column.name != "content"]


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file as loaded: its number, kind, name, and its bytes."""

    number: int
    kind: str
    file_name: str
    sha256: str
    content: bytes


@dataclass(frozen=True, slots=True)
class StoredTree:
    """Which files make a tree; `gazetteer` 0 means none."""

    tree_id: str
    boundaries: int
    lookup: int
    gazetteer: int


def add_file(uow: UnitOfWork, *, kind: str, file_name: str, sha256: str, records: int, at: str, content: bytes) -> int:
    """Keep the file; its number."""
    number = _next(uow, geography_files)
    uow.connection.execute(
        insert(geography_files).values(
            number=number,
            kind=kind,
            file_name=file_name,
            sha256=sha256,
            records=records,
            loaded_at=at,
            content=zlib.compress(content, 9),
        )
    )
    return number


def latest_number(reading: UnitOfWork | Reading, kind: str) -> int:
    """The number of the newest file of a kind, 0 when there is none."""
    query = select(func.max(geography_files.c.number)).where(geography_files.c.kind == kind)
    return int(reading.connection.execute(query).scalar_one() or 0)


def file(reading: UnitOfWork | Reading, number: int) -> StoredFile:
    """The file of that number."""
    row = reading.connection.execute(select(geography_files).where(geography_files.c.number == number)).one()
    return StoredFile(row.number, row.kind, row.file_name, row.sha256, zlib.decompress(row.content))


def add_tree(uow: UnitOfWork, tree: StoredTree, *, at: str) -> None:
    """Put a tree in force."""
    uow.connection.execute(
        insert(geography_trees).values(
            number=_next(uow, geography_trees),
            tree_id=tree.tree_id,
            boundaries=tree.boundaries,
            lookup=tree.lookup,
            gazetteer=tree.gazetteer,
            at=at,
        )
    )


def latest_tree(reading: UnitOfWork | Reading, tree_id: str = "") -> StoredTree | None:
    """The tree in force, or the newest of that id; None when there is none."""
    query = select(geography_trees).order_by(geography_trees.c.number.desc()).limit(1)
    if tree_id:
        query = query.where(geography_trees.c.tree_id == tree_id)
    row = reading.connection.execute(query).one_or_none()
    return None if row is None else StoredTree(row.tree_id, row.boundaries, row.lookup, row.gazetteer)


def next_context(uow: UnitOfWork) -> int:
    """The number that the next file of context gets."""
    return _next(uow, context_file_table)


def add_context(uow: UnitOfWork, file: ContextFile, content: bytes) -> None:
    """Keep a file of context with its bytes."""
    values = {column.name: getattr(file, column.name) for column in _ABOUT}
    uow.connection.execute(insert(context_file_table).values(**values, content=zlib.compress(content, 9)))


def latest_context(reading: UnitOfWork | Reading, kind: str) -> ContextFile | None:
    """The newest file of a kind; None when there is none."""
    return next((file for file in context_files(reading) if file.kind == kind), None)


def context_files(reading: UnitOfWork | Reading) -> tuple[ContextFile, ...]:
    """All files of context, newest first, without their bytes."""
    query = select(*_ABOUT).order_by(context_file_table.c.number.desc())
    return tuple(ContextFile(**dict(row._mapping)) for row in reading.connection.execute(query))


def context_content(reading: UnitOfWork | Reading, number: int) -> bytes:
    """The bytes of a file of context."""
    query = select(context_file_table.c.content).where(context_file_table.c.number == number)
    return zlib.decompress(reading.connection.execute(query).scalar_one())


def _next(uow: UnitOfWork, table: Table) -> int:
    return int(uow.connection.execute(select(func.max(table.c.number))).scalar_one() or 0) + 1
