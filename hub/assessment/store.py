"""What is kept of built assessments: their evidence and the hash of their bytes."""

from __future__ import annotations

from sqlalchemy import Column, Integer, String, Table, Text, insert, select

from hub.assessment.model import AssessmentRecord
from hub.db import Reading, UnitOfWork, metadata

assessments = Table(
    "assessments",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("snapshot", Integer, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("built_at", String(27), nullable=False),
    Column("built_by", String(40), nullable=False),
    Column("agency", String(80), nullable=False),
    Column("definition", String(120), nullable=False),
    Column("evidence", Text, nullable=False),
)


def add(uow: UnitOfWork, record: AssessmentRecord) -> None:
    """Keep the record of a build."""
    names = [column.name for column in assessments.c]
    uow.connection.execute(insert(assessments).values({name: getattr(record, name) for name in names}))


def all_records(reading: UnitOfWork | Reading) -> tuple[AssessmentRecord, ...]:
    """All builds, newest first."""
    query = select(assessments).order_by(assessments.c.built_at.desc(), assessments.c.id.desc())
    return tuple(AssessmentRecord(**dict(row._mapping)) for row in reading.connection.execute(query))


def newest(reading: UnitOfWork | Reading) -> AssessmentRecord | None:
    """The build that came last."""
    query = select(assessments).order_by(assessments.c.built_at.desc(), assessments.c.id.desc()).limit(1)
    row = reading.connection.execute(query).one_or_none()
    return None if row is None else AssessmentRecord(**dict(row._mapping))


def get(reading: UnitOfWork | Reading, identity: str) -> AssessmentRecord | None:
    """One build."""
    row = reading.connection.execute(select(assessments).where(assessments.c.id == identity)).one_or_none()
    return None if row is None else AssessmentRecord(**dict(row._mapping))
