"""Every failing cell of a file, at its place, up to a limit: the same cells that a look at each row by itself finds."""

from __future__ import annotations

import pytest

from hub.engine import DuckDbEngine
from hub.schemas import Checked, DatasetSchema, FailingCells, check, failing_cells
from tests.support.schemas import PERIOD, csv_of, rows_of, schema_of
from tests.support.schemas_samples import samples
from tests.support.workbooks import table_of, xlsx_of

STREET = "police/street-crime"


def failing(
    content: bytes, schema: DatasetSchema, *, period: str = PERIOD, most: int = 10_000
) -> tuple[Checked, FailingCells]:
    with DuckDbEngine(memory_mb=512).session() as session:
        checked = check(
            session,
            session.hold(content),
            schema,
            period=period,
            file_name="extract.csv",
            read_bytes=lambda: [content],
        )
        return checked, failing_cells(session, schema, checked, most=most)


@pytest.mark.parametrize("dataset", sorted(samples()))
def test_each_slip_of_each_dataset_is_a_failing_cell_where_it_was_made(dataset: str) -> None:
    sample, schema = samples()[dataset], schema_of(dataset)
    dirty = sample.dirty()
    checked, found = failing(csv_of(dirty), schema, period=sample.period)
    at: dict[tuple[int, str, str], list[int]] = {}
    for cell in found.cells:
        at.setdefault((cell.row, cell.code, cell.field), []).append(cell.place)
    columns = list(dirty[0])
    for row, fault in enumerate(sample.faults, start=3):
        places = at[row, fault.code, fault.field]
        assert places == [columns.index(fault.field)] if fault.field else len(places) >= 1, fault
    counts = {(one.code, one.field): one.count for one in checked.report.findings if one.rows}
    for (code, field), count in counts.items():
        assert sum((place[1], place[2]) == (code, field) for place in at) == count, (code, field)


def test_more_cells_than_a_finding_names_are_all_there() -> None:
    rows = rows_of(STREET, 60)
    for row in rows[10:]:
        row["Crime type"] = "Jaywalking"
        row["Month"] = "May"
    checked, found = failing(csv_of(rows), schema_of(STREET))
    wrong = [cell for cell in found.cells if cell.code in ("not-in-code-list", "bad-date")]
    assert (len(wrong), found.errors_to) == (100, 0)
    assert {cell.row for cell in wrong} == set(range(12, 62))
    assert all(len(one.rows) <= 20 for one in checked.report.findings)


def test_beyond_the_limit_errors_come_first_and_whole_rows_from_the_top() -> None:
    rows = rows_of(STREET, 60)
    for row in rows:
        row["Crime type"], row["Longitude"], row["LSOA name"] = "Jaywalking", "far", ""
    _, found = failing(csv_of(rows), schema_of(STREET), most=61)
    errors = [cell for cell in found.cells if cell.code in ("bad-type", "not-in-code-list")]
    assert (len(errors), found.errors_to) == (60, 31)  # thirty rows of two: the sixty-first would be half a row
    assert found.warnings_to == 0
    _, found = failing(csv_of(rows), schema_of(STREET), most=20)
    assert found.errors_to == 11
    assert {cell.row for cell in found.cells} == set(range(2, 22))  # below that, what the report names


def test_cells_of_a_workbook_stand_where_the_sheet_has_them() -> None:
    table = [["A title"], [], *[list(row) for row in table_of(rows_of(STREET, 30))]]
    for row in table[4:]:
        row[9] = "Jaywalking"
    checked, found = failing(xlsx_of(("Mine", table)), schema_of(STREET))
    cells = [(cell.row, cell.place) for cell in found.cells if cell.code == "not-in-code-list"]
    assert cells == [(row, 9) for row in range(5, 34)]
    assert checked.seen.header_row == 3


def test_what_is_wrong_with_the_header_is_marked_in_the_header_wherever_it_stands() -> None:
    table = [list(row) for row in table_of(rows_of(STREET, 3))]
    table[0][1] = "month"
    _, found = failing(xlsx_of([["A title"], *table]), schema_of(STREET))
    assert ("missing-column", 2, 1) in {(cell.code, cell.row, cell.place) for cell in found.cells}
    _, found = failing(csv_of(rows_of(STREET, 3)).replace(b"Month", b"month"), schema_of(STREET))
    assert ("missing-column", 1, 1) in {(cell.code, cell.row, cell.place) for cell in found.cells}


def test_rows_that_cannot_be_divided_and_copies_are_failing_rows() -> None:
    content = csv_of(rows_of(STREET, 4))
    lines = content.split(b"\r\n")
    content = b"\r\n".join([*lines[:3], b"a,b", *lines[3:-1], lines[1], lines[1], b""])
    checked, found = failing(content, schema_of(STREET))
    assert [(cell.row, cell.place) for cell in found.cells if cell.code == "ragged-row"] == [(4, -1)]
    again = [cell.row for cell in found.cells if cell.code in ("repeated-key", "exact-copies")]
    assert again
    assert set(again) == {7, 8}
    assert {one.code for one in checked.report.findings} >= {"ragged-row"}


def test_a_good_file_has_no_failing_cell_and_a_refused_one_only_those_of_its_refusal() -> None:
    _, found = failing(csv_of(rows_of(STREET, 3)), schema_of(STREET))
    assert found.cells == ()
    dataset = "health/istv-assaults"
    rows = rows_of(dataset, 3)
    rows[1]["assault_location_description"], rows[2]["arrival_datetime"] = "call 020 7946 0958", "x"
    checked, found = failing(csv_of(rows), schema_of(dataset))
    assert checked.report.outcome.value == "refused"
    place = list(rows[0]).index("assault_location_description")
    assert [(cell.row, cell.place, cell.code) for cell in found.cells] == [(3, place, "possible-identifier")]


def test_every_free_text_that_says_too_much_is_a_cell_of_its_own_and_no_error() -> None:
    rows = rows_of(STREET, 60)
    for row in rows[10:]:
        row["Location"] = "by her flat"
    rows[0]["Location"] = "by her flat, 9434765919"
    _, found = failing(csv_of(rows), schema_of(STREET))
    at = {(cell.code, cell.row) for cell in found.cells}
    assert at == {("possible-identifier", 2), *(("free-text-risk", row) for row in (2, *range(12, 62)))}
