"""The table of reminders: of which period, at which stage, an agency has been reminded."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Column, String, Table, and_, delete, insert, select

from hub.db import Reading, UnitOfWork, metadata

reminders = Table(
    "reminders",
    metadata,
    Column("agency", String(80), primary_key=True),
    Column("period", String(7), primary_key=True),
    Column("stage", String(10), primary_key=True),
    Column("at", String(27), nullable=False),
)

Key = tuple[str, str]
"""A period, and the stage of a reminder of it."""


def sent(reading: UnitOfWork | Reading, agency: str) -> frozenset[Key]:
    """What an agency has been reminded of."""
    query = select(reminders.c.period, reminders.c.stage).where(reminders.c.agency == agency)
    return frozenset((row.period, row.stage) for row in reading.connection.execute(query))


def add(uow: UnitOfWork, agency: str, keys: Iterable[Key], at: str) -> None:
    """It is being reminded of these."""
    for period, stage in keys:
        uow.connection.execute(insert(reminders).values(agency=agency, period=period, stage=stage, at=at))


def remove(uow: UnitOfWork, agency: str, keys: Iterable[Key]) -> None:
    """It was not reminded of these after all."""
    for period, stage in keys:
        this = and_(reminders.c.agency == agency, reminders.c.period == period, reminders.c.stage == stage)
        uow.connection.execute(delete(reminders).where(this))
