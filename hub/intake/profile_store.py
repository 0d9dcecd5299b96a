"""The table of import profiles: how an agency's files of a dataset are read, as its people have confirmed."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Column, Row, String, Table, Text, delete, insert, select

from hub.db import Reading, UnitOfWork, metadata
from hub.intake.profile_model import Confirmed
from hub.kit.clock import moment, stamp
from hub.schemas import ImportProfile

import_profiles = Table(
    "import_profiles",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("agency", String(80), nullable=False, index=True),
    Column("dataset", String(120), nullable=False),
    Column("schema_version", String(20), nullable=False),
    Column("profile", Text, nullable=False),
    Column("confirmed_by", String(40), nullable=False),
    Column("confirmed_at", String(27), nullable=False),
)


def add(uow: UnitOfWork, confirmed: Confirmed) -> None:
    """Keep what was confirmed."""
    values = {
        "id": confirmed.id,
        "agency": confirmed.agency,
        "dataset": confirmed.dataset,
        "schema_version": confirmed.schema_version,
        "profile": json.dumps(confirmed.profile.as_json(), ensure_ascii=False, sort_keys=True),
        "confirmed_by": confirmed.confirmed_by,
        "confirmed_at": stamp(confirmed.confirmed_at),
    }
    uow.connection.execute(insert(import_profiles).values(**values))


def of_dataset(reading: UnitOfWork | Reading, agency: str, dataset: str) -> tuple[Confirmed, ...]:
    """What was confirmed for an agency's files of a dataset, newest first."""
    query = (
        select(import_profiles)
        .where(import_profiles.c.agency == agency, import_profiles.c.dataset == dataset)
        .order_by(import_profiles.c.confirmed_at.desc(), import_profiles.c.id.desc())
    )
    return tuple(_confirmed(row) for row in reading.connection.execute(query))


def datasets_of(reading: UnitOfWork | Reading, agency: str) -> tuple[str, ...]:
    """The datasets for which an agency has confirmed something."""
    query = select(import_profiles.c.dataset).where(import_profiles.c.agency == agency).distinct()
    return tuple(sorted(row.dataset for row in reading.connection.execute(query)))


def remove(uow: UnitOfWork, *identities: str) -> None:
    """Forget these for good."""
    uow.connection.execute(delete(import_profiles).where(import_profiles.c.id.in_(identities)))


def _confirmed(row: Row[Any]) -> Confirmed:
    return Confirmed(
        id=row.id,
        agency=row.agency,
        dataset=row.dataset,
        schema_version=row.schema_version,
        profile=ImportProfile.from_json(json.loads(row.profile)),
        confirmed_by=row.confirmed_by,
        confirmed_at=moment(row.confirmed_at),
    )
