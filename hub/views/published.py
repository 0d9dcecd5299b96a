"""Measures and cells as stored, and back: one protected value for each cell, with a digest so that a wrong one is
refused (promise P12).
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from threading import Lock

from hub.db import Reading, UnitOfWork
from hub.disclosure import CellKey, CellState, PublishedCell, TableSpec
from hub.kit.canonical import canonical_json, sha256_hex
from hub.kit.errors import Bug
from hub.views import store
from hub.views.model import Cell, Coverage, Measure, Shown

_SHOWN = {CellState.NUMBER: Shown.NUMBER, CellState.STAR: Shown.STAR, CellState.WITHHELD: Shown.WITHHELD}
_STATES = {shown: state for state, shown in _SHOWN.items()}
_KEPT_TABLES = 128


@dataclass(frozen=True, slots=True)
class PublishedTable:
    """One table as built: how many cells, how many hidden, and the SHA-256 of them all."""

    spec: TableSpec
    cells: int
    hidden: int
    sha256: str


def keep(
    uow: UnitOfWork, snapshot: int, measure: Measure, cells: Mapping[TableSpec, Mapping[CellKey, PublishedCell]]
) -> tuple[PublishedTable, ...]:
    """Store a measure and the cells of its tables."""
    tables = []
    for spec in measure.tables:
        found = [
            store.StoredCell(key.area, key.period, key.kind, int(cell.state), cell.value)
            for key, cell in sorted(cells.get(spec, {}).items())
        ]
        hidden = sum(cell.state != CellState.NUMBER for cell in found)
        tables.append(PublishedTable(spec, len(found), hidden, _digest(found)))
        store.add_cells(uow, snapshot=snapshot, measure=measure.number, spec=spec.name, found=found)
    document = canonical_json({"measure": _as_json(measure), "tables": [_table(table) for table in tables]}).decode()
    store.add_measure(
        uow,
        store.StoredMeasure(snapshot, measure.number, measure.id, measure.dataset, measure.agency, document),
    )
    return tuple(tables)


class Shelf:
    """Measures and tables of snapshots, kept in memory once read and checked: a snapshot's cells never change."""

    def __init__(self) -> None:
        self._measures: dict[int, tuple[Measure, ...]] = {}
        self._published: dict[tuple[int, int], dict[TableSpec, PublishedTable]] = {}
        self._cells: OrderedDict[tuple[int, int, TableSpec], Mapping[CellKey, Cell]] = OrderedDict()
        self._lock = Lock()

    def measures(self, reading: UnitOfWork | Reading, snapshot: int) -> tuple[Measure, ...]:
        """The measures of a snapshot whose tables were built; none otherwise."""
        with self._lock:
            kept = self._measures.get(snapshot)
        if kept is not None:
            return kept
        stored = store.measures_of(reading, snapshot)
        read = [(one.number, json.loads(one.document)) for one in stored]
        measures = tuple(_from_json(document["measure"]) for _, document in read)
        with self._lock:
            for number, document in read:
                tables = [_table_from(entry) for entry in document["tables"]]
                self._published[snapshot, number] = {table.spec: table for table in tables}
            if measures:
                self._measures[snapshot] = measures
        return measures

    def published(self, reading: UnitOfWork | Reading, snapshot: int, measure: Measure) -> tuple[PublishedTable, ...]:
        """The tables of a measure, as built."""
        self.measures(reading, snapshot)
        return tuple(self._published[snapshot, measure.number].values())

    def cells(
        self, reading: UnitOfWork | Reading, snapshot: int, measure: Measure, spec: TableSpec
    ) -> Mapping[CellKey, Cell]:
        """The cells of one table. Bug (`corrupt-table`) when they are not those that were built: a wrong number is
        refused.
        """
        place = (snapshot, measure.number, spec)
        with self._lock:
            kept = self._cells.get(place)
            if kept is not None:
                self._cells.move_to_end(place)
                return kept
        self.measures(reading, snapshot)
        stored = store.cells_of(reading, snapshot=snapshot, measure=measure.number, spec=spec.name)
        found = sorted(stored, key=lambda cell: (cell.area, cell.period, cell.kind))
        if _digest(found) != self._published[snapshot, measure.number][spec].sha256:
            raise Bug("the stored cells of a table are not those that were built", code="corrupt-table")
        cells = {
            CellKey(cell.area, cell.period, cell.kind): Cell(_SHOWN[CellState(cell.state)], cell.value)
            for cell in found
        }
        with self._lock:
            self._cells[place] = cells
            if len(self._cells) > _KEPT_TABLES:
                self._cells.popitem(last=False)
        return cells

    def forget(self) -> None:
        """Read everything anew the next time."""
        with self._lock:
            self._measures.clear()
            self._published.clear()
            self._cells.clear()


def as_published(cell: Cell) -> PublishedCell:
    """A shown number or hidden cell as disclosure control writes it."""
    return PublishedCell(_STATES[cell.state], cell.value)


def _digest(cells: Iterable[store.StoredCell]) -> str:
    return sha256_hex(canonical_json([[cell.area, cell.period, cell.kind, cell.state, cell.value] for cell in cells]))


def _table(table: PublishedTable) -> dict[str, object]:
    return {"table": table.spec.name, "cells": table.cells, "hidden": table.hidden, "sha256": table.sha256}


def _table_from(entry: Mapping[str, object]) -> PublishedTable:
    spec = TableSpec.named(str(entry["table"]))
    return PublishedTable(spec, int(str(entry["cells"])), int(str(entry["hidden"])), str(entry["sha256"]))


def _as_json(measure: Measure) -> dict[str, object]:
    coverage = measure.coverage
    return {
        "number": measure.number,
        "id": measure.id,
        "dataset": measure.dataset,
        "dataset_title": measure.dataset_title,
        "counting_basis": measure.counting_basis,
        "agency": measure.agency,
        "agency_kind": measure.agency_kind,
        "title": measure.title,
        "profile": measure.profile,
        "sensitive": sorted(measure.sensitive),
        "has_key": measure.has_key,
        "tables": [table.name for table in measure.tables],
        "dropped": dict(measure.dropped),
        "kinds": [[code, title] for code, title in measure.kinds.items()],
        "coverage": {
            "months": list(coverage.months),
            "missing": list(coverage.missing),
            "located_percent": coverage.located_percent,
            "counts": None if coverage.counts is None else dict(coverage.counts),
        },
        "submissions": list(measure.submissions),
    }


def _from_json(entry: Mapping[str, object]) -> Measure:
    values = dict(entry)
    coverage = values["coverage"]
    if not isinstance(coverage, dict):
        raise Bug("a stored measure has no coverage")
    values["coverage"] = Coverage(
        months=tuple(coverage["months"]),
        missing=tuple(coverage["missing"]),
        located_percent=coverage["located_percent"],
        counts=coverage["counts"],
    )
    values["tables"] = tuple(TableSpec.named(name) for name in _list(values["tables"]))
    values["sensitive"] = frozenset(_list(values["sensitive"]))
    values["kinds"] = {pair[0]: pair[1] for pair in _list(values["kinds"])}
    values["submissions"] = tuple(_list(values["submissions"]))
    return Measure(**values)  # type: ignore[arg-type]


def _list(value: object) -> list[str]:
    if not isinstance(value, list):
        raise Bug("a stored measure is not as it was written")
    return value
