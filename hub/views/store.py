"""Tables of views: measures of a snapshot, and one protected value for each cell. Exact counts of closed measures are
never stored.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import BigInteger, Column, Integer, String, Table, Text, insert, select

from hub.db import Reading, UnitOfWork, metadata

view_measures = Table(
    "view_measures",
    metadata,
    Column("snapshot", Integer, primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("id", String(220), nullable=False),
    Column("dataset", String(100), nullable=False),
    Column("agency", String(100), nullable=False),
    Column("document", Text, nullable=False),
)

cells = Table(
    "cells",
    metadata,
    Column("snapshot", Integer, primary_key=True, autoincrement=False),
    Column("measure", Integer, primary_key=True, autoincrement=False),
    Column("spec", String(24), primary_key=True),
    Column("period", String(7), primary_key=True),
    Column("area", String(16), primary_key=True),
    Column("kind", String(200), primary_key=True),
    Column("state", Integer, nullable=False),
    Column("value", BigInteger, nullable=False),
)

_BATCH = 5_000


@dataclass(frozen=True, slots=True)
class StoredMeasure:
    """A measure as stored; `document` is canonical JSON of all the rest."""

    snapshot: int
    number: int
    id: str
    dataset: str
    agency: str
    document: str


@dataclass(frozen=True, slots=True)
class StoredCell:
    """One protected cell; `state` is a `CellState` number."""

    area: str
    period: str
    kind: str
    state: int
    value: int


def add_measure(uow: UnitOfWork, measure: StoredMeasure) -> None:
    """Keep a measure of a snapshot."""
    uow.connection.execute(
        insert(view_measures).values(
            snapshot=measure.snapshot,
            number=measure.number,
            id=measure.id,
            dataset=measure.dataset,
            agency=measure.agency,
            document=measure.document,
        )
    )


def add_cells(uow: UnitOfWork, *, snapshot: int, measure: int, spec: str, found: Iterable[StoredCell]) -> int:
    """Keep the cells of one table; how many."""
    kept = 0
    batch: list[Mapping[str, str | int]] = []
    for cell in found:
        batch.append(
            {
                "snapshot": snapshot,
                "measure": measure,
                "spec": spec,
                "period": cell.period,
                "area": cell.area,
                "kind": cell.kind,
                "state": cell.state,
                "value": cell.value,
            }
        )
        if len(batch) == _BATCH:
            uow.connection.execute(insert(cells), batch)
            kept += len(batch)
            batch = []
    if batch:
        uow.connection.execute(insert(cells), batch)
    return kept + len(batch)


def measures_of(reading: UnitOfWork | Reading, snapshot: int) -> tuple[StoredMeasure, ...]:
    """The measures of a snapshot, by number."""
    query = select(view_measures).where(view_measures.c.snapshot == snapshot).order_by(view_measures.c.number)
    return tuple(
        StoredMeasure(row.snapshot, row.number, row.id, row.dataset, row.agency, row.document)
        for row in reading.connection.execute(query)
    )


def cells_of(reading: UnitOfWork | Reading, *, snapshot: int, measure: int, spec: str) -> list[StoredCell]:
    """All cells of one table, by period, area and kind."""
    query = (
        select(cells.c.area, cells.c.period, cells.c.kind, cells.c.state, cells.c.value)
        .where(cells.c.snapshot == snapshot, cells.c.measure == measure, cells.c.spec == spec)
        .order_by(cells.c.period, cells.c.area, cells.c.kind)
    )
    return [StoredCell(*row) for row in reading.connection.execute(query)]
