"""Filters choose cells and change none; the file says what the table says, and no cell of it is a formula."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from hub.disclosure import CellKey
from hub.geography import AreaTree
from hub.views import Cell, Measure, ProtectedTable, Query, Shown, ask, table_csv, table_document
from hub.views.rendered import result_hash
from hub.views.showing import Source, columns_of, put_together
from tests.support.geography import index_of, write_squares
from tests.support.views import a_measure, the_catalogue

VIEW = the_catalogue().view("violence-by-place")
WARDS, QUARTERS = ("X05000001", "X05000002"), ("2026-Q1", "2026-Q2", "2026-Q3")
KINDS = {"burglary": "Burglary", "=1+1": "@x", "-drugs": "+Drugs"}

a_cell = st.one_of(
    st.integers(0, 10**6).map(lambda value: Cell(Shown.NUMBER, value)),
    st.sampled_from([Cell(Shown.STAR), Cell(Shown.WITHHELD)]),
)
some_cells = st.dictionaries(
    st.builds(CellKey, st.sampled_from(WARDS), st.sampled_from(QUARTERS), st.sampled_from(sorted(KINDS))), a_cell
)


@cache
def tree() -> AreaTree:
    with TemporaryDirectory() as folder:
        return index_of(*write_squares(Path(folder))).tree


@cache
def measure() -> Measure:
    return a_measure(kinds=KINDS)


def shown(cells: dict[CellKey, Cell], query: Query) -> ProtectedTable:
    sources = [Source(column, found, query.table) for _, found, column in columns_of(VIEW, [measure()])]
    body = put_together(query, sources, tree(), lambda _measure, _spec: cells)
    return ProtectedTable(
        view=VIEW.id,
        title=VIEW.title,
        question=VIEW.question,
        table=query.table,
        dimensions=("area", "period", "kind"),
        columns=body.columns,
        rows=body.rows,
        cells=body.cells,
        suppressed=body.suppressed,
        gaps=body.gaps,
        notes=(),
        snapshot=1,
        snapshot_at="",
        tree_id=tree().id,
        tree_name=tree().name,
        policy_hash="",
        query="",
        result_hash=result_hash(body.columns, body.rows, body.gaps),
    )


@settings(max_examples=60, deadline=None)
@given(
    cells=some_cells,
    areas=st.sets(st.sampled_from(WARDS)),
    periods=st.sets(st.sampled_from(QUARTERS)),
    kinds=st.sets(st.sampled_from(sorted(KINDS))),
)
def test_a_filter_keeps_whole_rows_and_changes_none(
    cells: dict[CellKey, Cell], areas: set[str], periods: set[str], kinds: set[str]
) -> None:
    whole = ask(VIEW, by="ward,quarter,kind")
    filtered = replace(whole, areas=tuple(areas), periods=tuple(periods), kinds=tuple(kinds))
    expected = [
        row
        for row in shown(cells, whole).rows
        if (not areas or row.area in areas)
        and (not periods or row.period in periods)
        and (not kinds or row.kind in kinds)
    ]
    assert list(shown(cells, filtered).rows) == expected


@settings(max_examples=60, deadline=None)
@given(cells=some_cells)
def test_the_file_and_the_document_say_what_the_table_says(cells: dict[CellKey, Cell]) -> None:
    table = shown(cells, ask(VIEW, by="ward,quarter,kind"))
    rows = list(csv.reader(io.StringIO(table_csv(table), newline="")))
    assert [row[5] for row in rows[1 : len(table.rows) + 1]] == [row.cells[0].text for row in table.rows]
    assert not any(text.startswith(("=", "+", "-", "@", "\t", "\r")) for row in rows for text in row)
    assert table.cells == len(cells)
    document = table_document(table)
    assert [row["kind"] for row in document["rows"]] == [row.kind for row in table.rows]
    assert not any("value" in cell and cell["state"] != "number" for row in document["rows"] for cell in row["cells"])


@settings(max_examples=40, deadline=None)
@given(cells=some_cells, other=some_cells)
def test_equal_cells_hash_alike_and_different_cells_do_not(
    cells: dict[CellKey, Cell], other: dict[CellKey, Cell]
) -> None:
    query = ask(VIEW, by="ward,quarter,kind")
    backwards = dict(reversed(cells.items()))
    assert shown(cells, query).result_hash == shown(backwards, query).result_hash
    assert (shown(cells, query).result_hash == shown(other, query).result_hash) == (cells == other)
