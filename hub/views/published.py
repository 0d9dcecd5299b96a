"""Measures and cells as stored, and back: one protected value for each cell, with a digest so that a wrong one is
refused (promise P12).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from hub.db import Reading, UnitOfWork
from hub.disclosure import CellKey, CellState, PublishedCell, TableSpec
from hub.kit.canonical import canonical_json, sha256_hex
from hub.kit.errors import Bug
from hub.views import store
from hub.views.kept import Kept
from hub.views.model import Cell, Coverage, Family, Measure, Shown

_SHOWN = {CellState.NUMBER: Shown.NUMBER, CellState.STAR: Shown.STAR, CellState.WITHHELD: Shown.WITHHELD}
_STATES = {shown: state for state, shown in _SHOWN.items()}
_KEPT_TABLES = 128
_KEPT_SNAPSHOTS = 4


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
            for key, cell in cells.get(spec, {}).items()
        ]
        found.sort(key=lambda cell: (cell.period, cell.area, cell.kind))
        hidden = sum(cell.state != CellState.NUMBER for cell in found)
        tables.append(PublishedTable(spec, len(found), hidden, _digest(found)))
        store.add_cells(uow, snapshot=snapshot, measure=measure.number, spec=spec.name, found=found)
    document = canonical_json({"measure": _as_json(measure), "tables": [_table(table) for table in tables]}).decode()
    store.add_measure(
        uow,
        store.StoredMeasure(snapshot, measure.number, measure.id, measure.dataset, measure.agency, document),
    )
    return tuple(tables)


@dataclass(frozen=True, slots=True)
class _Built:
    """The measures of a snapshot, and their tables as built."""

    measures: tuple[Measure, ...]
    tables: Mapping[int, Mapping[TableSpec, PublishedTable]]


class Shelf:
    """Measures and tables of snapshots, kept in memory once read and checked: a snapshot's cells never change."""

    def __init__(self) -> None:
        self._built: Kept[int, _Built] = Kept(most=_KEPT_SNAPSHOTS)
        self._cells: Kept[tuple[int, int, TableSpec], Mapping[CellKey, Cell]] = Kept(most=_KEPT_TABLES)

    def measures(self, reading: UnitOfWork | Reading, snapshot: int) -> tuple[Measure, ...]:
        """The measures of a snapshot whose tables were built; none for one that is still to be built."""
        return self._of(reading, snapshot).measures

    def tables(self, reading: UnitOfWork | Reading, snapshot: int, measure: Measure) -> tuple[PublishedTable, ...]:
        """The tables of a measure as built: how many cells, how many hidden."""
        return tuple(self._of(reading, snapshot).tables[measure.number].values())

    def cells(
        self, reading: UnitOfWork | Reading, snapshot: int, measure: Measure, spec: TableSpec
    ) -> Mapping[CellKey, Cell]:
        """The cells of one table, by period, area and kind.

        Bug (`corrupt-table`) when they are not those that were built: a wrong number is refused, not served.
        """
        return self._cells.get(
            (snapshot, measure.number, spec), lambda: self._read_cells(reading, snapshot, measure, spec)
        )

    def _of(self, reading: UnitOfWork | Reading, snapshot: int) -> _Built:
        return self._built.get(
            snapshot, lambda: _read_built(reading, snapshot), worth=lambda built: bool(built.measures)
        )

    def _read_cells(
        self, reading: UnitOfWork | Reading, snapshot: int, measure: Measure, spec: TableSpec
    ) -> Mapping[CellKey, Cell]:
        found = store.cells_of(reading, snapshot=snapshot, measure=measure.number, spec=spec.name)
        found.sort(key=lambda cell: (cell.period, cell.area, cell.kind))
        if _digest(found) != self._of(reading, snapshot).tables[measure.number][spec].sha256:
            raise Bug("the stored cells of a table are not those that were built", code="corrupt-table")
        return {
            CellKey(cell.area, cell.period, cell.kind): Cell(_SHOWN[CellState(cell.state)], cell.value)
            for cell in found
        }


def _read_built(reading: UnitOfWork | Reading, snapshot: int) -> _Built:
    documents = [json.loads(one.document) for one in store.measures_of(reading, snapshot)]
    measures = tuple(_from_json(document["measure"]) for document in documents)
    tables = {
        measure.number: {table.spec: table for table in map(_table_from, document["tables"])}
        for measure, document in zip(measures, documents, strict=True)
    }
    return _Built(measures, tables)


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
        "stock": measure.stock,
        "families": [
            {
                "name": family.name,
                "title": family.title,
                "fields": list(family.fields),
                "kinds": [[code, title] for code, title in family.kinds.items()],
            }
            for family in measure.families
        ],
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
    values["families"] = tuple(_family(one) for one in _list(values.get("families", [])))
    return Measure(**values)  # type: ignore[arg-type]  # read back from what this room wrote


def _family(entry: Mapping[str, Any]) -> Family:
    return Family(
        name=entry["name"],
        title=entry["title"],
        fields=tuple(entry["fields"]),
        kinds={pair[0]: pair[1] for pair in entry["kinds"]},
    )


def _list(value: object) -> list[Any]:
    if not isinstance(value, list):
        raise Bug("a stored measure is not as it was written")
    return value
