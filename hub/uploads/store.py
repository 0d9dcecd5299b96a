"""The tables of uploads and of their parts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Row, Select, String, Table, delete, insert, select, update

from hub.db import Reading, UnitOfWork, metadata
from hub.kit.clock import moment, stamp
from hub.uploads.model import Upload, UploadState

uploads = Table(
    "uploads",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("agency", String(80), nullable=False, index=True),
    Column("dataset", String(120), nullable=False),
    Column("period", String(7), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("state", String(20), nullable=False, index=True),
    Column("started_by", String(40), nullable=False),
    Column("started_at", String(27), nullable=False),
    Column("touched_at", String(27), nullable=False),
    Column("received", BigInteger, nullable=False),
    Column("run", BigInteger, nullable=False),
    Column("archive", Boolean, nullable=False),
    Column("submission", String(40), nullable=False),
)

upload_parts = Table(
    "upload_parts",
    metadata,
    Column("upload", String(40), primary_key=True),
    Column("starts", BigInteger, primary_key=True, autoincrement=False),
    Column("object", String(40), nullable=False),
)

_TIMES = ("started_at", "touched_at")
_FIELDS = tuple(column.name for column in uploads.columns)


def add(uow: UnitOfWork, upload: Upload) -> None:
    """Keep a new upload."""
    uow.connection.execute(insert(uploads).values(**_values(upload)))


def change(uow: UnitOfWork, upload: Upload) -> None:
    """Keep what an upload is now."""
    uow.connection.execute(update(uploads).where(uploads.c.id == upload.id).values(**_values(upload)))


def get(reading: UnitOfWork | Reading, identity: str) -> Upload | None:
    """One upload."""
    found = _all(reading, select(uploads).where(uploads.c.id == identity))
    return found[0] if found else None


def open_of(reading: UnitOfWork | Reading, agency: str) -> tuple[Upload, ...]:
    """An agency's open uploads, oldest first."""
    query = select(uploads).where(uploads.c.agency == agency, uploads.c.state == UploadState.OPEN.value)
    return _all(reading, query.order_by(uploads.c.started_at, uploads.c.id))


def untouched_since(reading: UnitOfWork | Reading, at: datetime) -> tuple[Upload, ...]:
    """The open uploads of which no part came since then."""
    query = select(uploads).where(uploads.c.state == UploadState.OPEN.value, uploads.c.touched_at <= stamp(at))
    return _all(reading, query.order_by(uploads.c.id))


def add_part(uow: UnitOfWork, upload: Upload, object_id: str) -> None:
    """Keep a part that follows what was received so far."""
    uow.connection.execute(insert(upload_parts).values(upload=upload.id, starts=upload.received, object=object_id))


def parts_of(reading: UnitOfWork | Reading, upload: str) -> tuple[str, ...]:
    """The sealed objects of an upload's parts, in the order of the file."""
    query = select(upload_parts.c.object).where(upload_parts.c.upload == upload).order_by(upload_parts.c.starts)
    return tuple(reading.connection.execute(query).scalars())


def drop_parts(uow: UnitOfWork, upload: str) -> None:
    """Forget the parts: their objects are erased in the same transaction."""
    uow.connection.execute(delete(upload_parts).where(upload_parts.c.upload == upload))


def _values(upload: Upload) -> dict[str, Any]:
    values = {name: getattr(upload, name) for name in _FIELDS}
    return values | {"state": upload.state.value} | {name: stamp(values[name]) for name in _TIMES}


def _all(reading: UnitOfWork | Reading, query: Select[Any]) -> tuple[Upload, ...]:
    return tuple(_upload(row) for row in reading.connection.execute(query))


def _upload(row: Row[Any]) -> Upload:
    values = {name: row._mapping[name] for name in _FIELDS}
    return Upload(
        **(values | {"state": UploadState(values["state"])} | {name: moment(values[name]) for name in _TIMES})
    )
