"""What a partnership adopted, choice by choice."""

from __future__ import annotations

from sqlalchemy import Column, Integer, String, Table, insert, select

from hub.db import Reading, UnitOfWork, metadata
from hub.definitions.model import Choice

definition_choices = Table(
    "definition_choices",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("reference", String(120), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("chosen_at", String(27), nullable=False),
    Column("chosen_by", String(40), nullable=False),
    Column("agency", String(80), nullable=False),
    Column("minute", String(300), nullable=False),
)


def add(uow: UnitOfWork, choice: Choice) -> None:
    """Keep a choice."""
    values = {column.name: getattr(choice, column.name) for column in definition_choices.c}
    uow.connection.execute(insert(definition_choices).values(**values))


def choices(reading: UnitOfWork | Reading) -> tuple[Choice, ...]:
    """All choices, newest first."""
    query = select(definition_choices).order_by(definition_choices.c.number.desc())
    return tuple(Choice(**dict(row._mapping)) for row in reading.connection.execute(query))
