"""A protected table as CSV and as plain data: page, API, download and command line all use these, so that the bytes are
the same.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from hub.kit.canonical import sha256_hex
from hub.kit.delimited import csv_lines, inert
from hub.views.asked import by_of
from hub.views.beside import comparison_columns, comparison_document
from hub.views.model import AreaColumn, Cell, Column, Coverage, Gap, Note, ProtectedTable, Shown, TableRow
from hub.views.showing import period_of


def table_csv(table: ProtectedTable) -> str:
    """The table as CSV (RFC 4180, CRLF). Columns: area code and name, period, kind where the table has it, one for each
    measure, ratio, ranks and overlap of each comparison, each public figure of the area, provenance.

    A cell is a number, `*`, `w`, `gap` (a month is missing), or empty (no such cell). A period that no column has is
    one row without an area. Where agencies explained figures of the periods shown, the last column `explained` says what they
    said, in each row of the period. No cell can be taken for a formula by a spreadsheet: what could be one gets an apostrophe
    before it. A public figure that is not known says so in words.
    """
    return csv_lines([inert(text) for text in line] for line in table_lines(table))


def table_lines(table: ProtectedTable) -> Iterator[list[str]]:
    """The header and the lines of the table, each text as it is: what its files are made of."""
    kind = ("kind", "kind_title") if table.table.with_kind else ()
    beside = [comparison_columns(one) for one in table.across]
    explained = _explained(table)
    yield [
        *("area_code", "area_name", "period", *kind),
        *(column.id for column in table.columns),
        *(name for one in beside for name in one.names),
        *(column.id for column in table.context),
        *("snapshot", "result_hash"),
        *(["explained"] if explained else []),
    ]
    for row in (*table.rows, *gap_rows(table)):
        named = (row.kind, row.kind_title) if kind else ()
        texts = (row.area, row.area_name, row.period, *named, *(cell.text for cell in row.cells))
        figures = [text for one in beside for text in one.of(row)]
        figures += [column.text(row.area) for column in table.context]
        said = [explained.get(row.period, "")] if explained else []
        yield [*texts, *figures, str(table.snapshot), table.result_hash, *said]


def table_document(table: ProtectedTable) -> dict[str, Any]:
    """The table as plain data for JSON: the same cells, with columns, gaps, coverage, notes and provenance."""
    return {
        "view": table.view,
        "title": table.title,
        "question": table.question,
        "by": list(by_of(table.table)),
        "dimensions": list(table.dimensions),
        "columns": [_column(column) for column in table.columns],
        "rows": [_row(row, with_kind=table.table.with_kind) for row in table.rows],
        "gaps": [{"column": gap.column, "period": gap.period, "missing": list(gap.missing)} for gap in table.gaps],
        "notes": [_note(note) for note in table.notes],
        "across": [comparison_document(one) for one in table.across],
        "context": [_context(column, table) for column in table.context],
        "cells": table.cells,
        "suppressed": table.suppressed,
        "provenance": {
            "snapshot": table.snapshot,
            "snapshot_at": table.snapshot_at,
            "area_tree": table.tree_id,
            "policy_hash": table.policy_hash,
            "profiles": list(table.profiles),
            "query": table.query,
            "result_hash": table.result_hash,
            "context": list(table.context_files),
        },
    }


def result_hash(columns: tuple[Column, ...], rows: tuple[TableRow, ...], gaps: tuple[Gap, ...]) -> str:
    """SHA-256 of the canonical cells: which column, area, period and kind has what in it; no name and no sentence.

    Canonical: a JSON list without white space, codes and cell texts as they stand, rows in the table's order.
    """
    said = [
        [column.id for column in columns],
        [[row.area, row.period, row.kind, *(cell.text for cell in row.cells)] for row in rows],
        [[gap.column, gap.period] for gap in gaps],
    ]
    return sha256_hex(json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode())


def gap_rows(table: ProtectedTable) -> tuple[TableRow, ...]:
    """One row without an area for each period that has no cell in any column: the named gaps."""
    shown = {row.period for row in table.rows}
    periods = sorted({gap.period for gap in table.gaps} - shown)
    gaps = {(gap.column, gap.period) for gap in table.gaps}
    return tuple(
        TableRow(
            "",
            "",
            period,
            "",
            "",
            tuple(Cell(Shown.GAP if (column.id, period) in gaps else Shown.NONE) for column in table.columns),
        )
        for period in periods
    )


def _explained(table: ProtectedTable) -> dict[str, str]:
    """What agencies said of unusual figures, by the table's periods."""
    said: dict[str, list[str]] = {}
    for note in table.notes:
        if note.month:
            said.setdefault(period_of(note.month, table.table.period_level), []).append(note.sentence)
    return {period: " ".join(dict.fromkeys(sentences)) for period, sentences in said.items()}


def _note(note: Note) -> dict[str, str]:
    said = {"code": note.code, "sentence": note.sentence}
    return said | {"column": note.column, "month": note.month} if note.month else said


def _column(column: Column) -> dict[str, Any]:
    return {
        "id": column.id,
        "measure": column.measure,
        "dataset": column.dataset,
        "counting_basis": column.counting_basis,
        "agency": column.agency,
        "agency_kind": column.agency_kind,
        "title": column.title,
        "kind": column.kind,
        "profile": column.profile,
        "coverage": _coverage(column.coverage),
    }


def _context(column: AreaColumn, table: ProtectedTable) -> dict[str, Any]:
    """Numbers are texts, as ratios are; where a figure is not known, `absent` says why."""
    areas = {area: column.figures[area] for area in dict.fromkeys(row.area for row in table.rows)}
    return {
        "id": column.id,
        "title": column.title,
        "edition": column.edition,
        "source": column.source,
        "about": column.about,
        "areas": [
            {"area": area, "value": found.text if found.known else None, "absent": "" if found.known else found.text}
            for area, found in areas.items()
        ],
    }


def _coverage(coverage: Coverage) -> dict[str, Any]:
    return {
        "months": list(coverage.months),
        "missing": list(coverage.missing),
        "located_percent": coverage.located_percent,
        **({} if coverage.counts is None else {"counts": dict(coverage.counts)}),
    }


def _row(row: TableRow, *, with_kind: bool) -> dict[str, Any]:
    return {
        "area": row.area,
        "area_name": row.area_name,
        "period": row.period,
        **({"kind": row.kind, "kind_title": row.kind_title} if with_kind else {}),
        "cells": [_cell(cell) for cell in row.cells],
    }


def _cell(cell: Cell) -> dict[str, Any]:
    return {"state": cell.state.value, **({"value": cell.value} if cell.state is Shown.NUMBER else {})}
