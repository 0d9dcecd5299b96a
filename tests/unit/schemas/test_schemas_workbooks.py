"""Workbooks through the check: the same rows as from CSV, every peculiarity a finding with its cells."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from hub.engine import DuckDbEngine
from hub.schemas import CheckReport, ImportProfile, Outcome, check
from tests.support.choosing import some
from tests.support.schemas import ROWS, checked, codes, csv_of, found, registry, rows_of, schema_of
from tests.support.workbooks import Xml, ods_of, ods_with, part_of, replaced, table_of, xlsx_of

CRIME, SEARCH, ISTV, CALLS = tuple(ROWS)[:4]
PERIOD = "2024-05"
NOTES = ("Notes", [["Extract of the month"], ["Made by the records team"]])
TABLE = table_of(rows_of(CRIME, 12))


def accepted_rows(dataset: str, content: bytes, *, name: str = "extract") -> tuple[CheckReport, list[tuple[Any, ...]]]:
    """The report and the accepted rows, in their order."""
    with DuckDbEngine().session() as session:
        source = session.hold(content)
        outcome = check(
            session, source, schema_of(dataset), period=PERIOD, file_name=name, read_bytes=lambda: [content]
        )
        return outcome.report, session.rows(f"SELECT * FROM {outcome.accepted} ORDER BY hub_row, hub_month")


def crimes(*sheets: Any, **options: Any) -> bytes:
    return xlsx_of(*(sheets or (TABLE,)), **options)


def changed(cells: dict[str, Any]) -> bytes:
    """Twelve good crimes in a workbook, with some cells changed."""

    def change(book: openpyxl.Workbook) -> None:
        for address, value in cells.items():
            book.worksheets[0][address] = value

    return crimes(change=change)


# ---- the same rows, whatever the form --------------------------------------------------------------------------------------


@pytest.mark.parametrize("dataset", some(ROWS, every=4))
def test_the_same_table_as_csv_xlsx_and_ods_gives_the_same_accepted_rows(dataset: str) -> None:
    rows = rows_of(dataset, 20)
    plain, expected = accepted_rows(dataset, csv_of(rows))
    assert len(expected) >= 20
    for form, content in (("xlsx", xlsx_of(table_of(rows))), ("ods", ods_of(table_of(rows)))):
        report, got = accepted_rows(dataset, content)
        assert got == expected
        assert (report.encoding, report.outcome, report.rows) == (form, plain.outcome, 20)
        assert (report.size, len(report.sha256)) == (len(content), 64)


def typed(dataset: str, rows: Sequence[dict[str, str]]) -> list[Sequence[Any]]:
    """The rows with real dates, numbers and booleans, as people keep them in a spreadsheet."""
    schema = schema_of(dataset)

    def cell(name: str, text: str) -> Any:
        kind = schema.field(name).type
        if not text or kind == "string":
            return text
        if kind == "datetime":
            return datetime.fromisoformat(text)
        if kind in ("date", "yearmonth"):
            return date.fromisoformat(text if kind == "date" else f"{text}-01")
        if kind == "boolean":
            return text in schema.field(name).true_values
        return float(text) if kind == "number" else int(text)

    return [list(rows[0]), *([cell(name, text) for name, text in row.items()] for row in rows)]


@pytest.mark.parametrize("dataset", [CRIME, ISTV, CALLS])
def test_real_dates_numbers_and_booleans_are_read_as_the_texts_the_schema_agreed(dataset: str) -> None:
    rows = rows_of(dataset, 20)
    _, expected = accepted_rows(dataset, csv_of(rows))
    for content in (xlsx_of(typed(dataset, rows)), ods_of(typed(dataset, rows))):
        report, got = accepted_rows(dataset, content)
        assert got == expected, codes(report)


def test_numbers_keep_their_exact_text(tmp_path: Path) -> None:
    """No `1.0` for 1, no `1e-05`, no binary noise."""
    numbers = {0.014: "0.014", 51.402000000000001: "51.402", 1.0: "1", 0.00001: "0.00001", 1e14: "100000000000000"}
    for number, text in numbers.items():
        content = changed({"G2": number})
        _, rows = accepted_rows(CRIME, content)
        assert rows[0][6] == text


def test_a_line_end_within_a_cell_moves_no_row(tmp_path: Path) -> None:
    content = changed({"G3": 'two\nlines, and a "quote"', "J5": "Jaywalking"})
    assert found(checked(tmp_path, CRIME, content), "not-in-code-list").cells == ("J5",)
    _, rows = accepted_rows(CRIME, changed({"G3": 'two\nlines, and a "quote"'}))
    assert rows[1][6] == 'two\nlines, and a "quote"'


def test_rows_are_numbered_as_the_sheet_shows_them(tmp_path: Path) -> None:
    table = [["Crimes of the month"], [], TABLE[0], *TABLE[1:5], [], *TABLE[5:]]
    table[9] = [*TABLE[6][:9], "Jaywalking", *TABLE[6][10:]]
    for content in (xlsx_of(table), ods_of(table)):
        report = checked(tmp_path, CRIME, content)
        assert found(report, "header-lower").rows == (3,)
        assert found(report, "not-in-code-list").cells == ("J10",)
        assert report.rows == 12


def test_a_table_that_begins_in_another_column_is_read_where_it_stands(tmp_path: Path) -> None:
    table = [["", "", *row] for row in TABLE]
    table[4][11] = "Jaywalking"
    report = checked(tmp_path, CRIME, xlsx_of(table))
    assert found(report, "not-in-code-list").cells == ("L5",)
    assert "extra-column" not in codes(report)


# ---- which sheet -----------------------------------------------------------------------------------------------------------


def test_the_one_fitting_sheet_among_notes_is_taken_and_said(tmp_path: Path) -> None:
    for content in (xlsx_of(NOTES, ("Data", TABLE)), ods_of(NOTES, ("Data", TABLE))):
        report = checked(tmp_path, CRIME, content)
        assert (report.outcome, report.accepted_rows) == (Outcome.ACCEPTED_WITH_WARNINGS, 12)
        assert "“Data” was read" in found(report, "sheet-taken").message
        assert "“Notes”" in found(report, "sheet-taken").message


def test_two_sheets_that_fit_are_asked_about_and_the_sender_may_choose(tmp_path: Path) -> None:
    content = xlsx_of(("May", TABLE), ("June", TABLE[:7]), NOTES)
    report = checked(tmp_path, CRIME, content)
    finding = found(report, "two-sheets")
    assert (report.outcome, report.rows, finding.count, report.encoding) == (Outcome.RETURNED, 0, 2, "xlsx")
    assert "“May”, “June”" in finding.message
    assert "Notes" not in finding.message
    chosen = checked(tmp_path, CRIME, content, profile=ImportProfile(sheet="June"))
    assert (chosen.accepted_rows, codes(chosen)) == (6, ["sheet-taken"])


def test_sheets_of_which_none_fits_are_asked_about(tmp_path: Path) -> None:
    report = checked(tmp_path, CRIME, xlsx_of(("One", [["a"], ["b"]]), ("Two", [["c"], ["d"]])))
    assert "none has the columns" in found(report, "two-sheets").message


def test_a_sheet_that_is_not_there_is_answered_with_those_that_are(tmp_path: Path) -> None:
    report = checked(tmp_path, CRIME, xlsx_of(("May", TABLE)), profile=ImportProfile(sheet="Mai"))
    assert (codes(report), report.outcome) == (["no-such-sheet"], Outcome.RETURNED)
    assert "“May”" in found(report, "no-such-sheet").message


def test_a_hidden_sheet_is_never_taken_unasked(tmp_path: Path) -> None:
    def hide(book: openpyxl.Workbook) -> None:
        book.worksheets[0].sheet_state = "veryHidden"

    content = crimes(("Old", TABLE), ("New", TABLE[:4]), change=hide)
    report = checked(tmp_path, CRIME, content)
    assert (report.accepted_rows, codes(report)) == (3, ["hidden-sheet"])
    assert "“Old”" in found(report, "hidden-sheet").message
    chosen = checked(tmp_path, CRIME, content, profile=ImportProfile(sheet="Old"))
    assert chosen.accepted_rows == 12
    assert "is hidden" in found(chosen, "hidden-sheet").message


def test_a_hidden_sheet_of_an_ods_workbook_is_not_read(tmp_path: Path) -> None:
    tables = part_of(ods_of(("Old", TABLE), ("New", TABLE[:4])), "content.xml").decode()
    tables = tables[tables.index("<table:table ") : tables.rindex("</table:table>") + len("</table:table>")]
    style = '<style:style style:name="ta2" style:family="table"><style:table-properties table:display="false"/></style:style>'
    hidden = tables.replace('table:name="Old"', 'table:name="Old" table:style-name="ta2"')
    report = checked(tmp_path, CRIME, ods_with(hidden, styles=style))
    assert (report.accepted_rows, codes(report)) == (3, ["hidden-sheet"])


def test_a_sheet_named_like_a_person_number_is_told_by_its_place(tmp_path: Path) -> None:
    report = checked(tmp_path, CRIME, xlsx_of(("07700 900123", [["x"]]), ("Data", TABLE)))
    assert "sheet 1" in found(report, "sheet-taken").message
    assert "900123" not in str(report.as_json())


def test_two_rows_that_could_each_be_the_header_are_asked_about(tmp_path: Path) -> None:
    report = checked(tmp_path, CRIME, xlsx_of([["A title"], TABLE[0], *TABLE[1:4], TABLE[0], *TABLE[4:]]))
    assert found(report, "header-unclear").rows == (2, 6)


def test_a_workbook_of_another_layout_is_answered_like_a_csv_of_it(tmp_path: Path) -> None:
    with DuckDbEngine().session() as session:
        content = xlsx_of(table_of(rows_of(SEARCH)))
        report = check(
            session,
            "",
            schema_of(CRIME),
            period=PERIOD,
            file_name="x",
            read_bytes=lambda: [content],
            others=registry().all(),
        ).report
    assert SEARCH in found(report, "wrong-schema").remedy


# ---- cells -----------------------------------------------------------------------------------------------------------------


def with_result(content: bytes, address: str, result: str) -> bytes:
    """The formula in a cell of an openpyxl workbook with the result a spreadsheet program saves."""
    sheet = part_of(content)
    start = sheet.index(f'r="{address}"'.encode())
    place = sheet.index(b"<v", start)
    end = sheet.index(b">", place) + 1
    if not sheet[:end].endswith(b"/>"):
        end = sheet.index(b"</v>", end) + 4
    return replaced(content, {"xl/worksheets/sheet1.xml": sheet[:place] + f"<v>{result}</v>".encode() + sheet[end:]})


def test_a_formula_with_its_result_is_read_and_told(tmp_path: Path) -> None:
    content = with_result(changed({"E4": "=0.007*2"}), "E4", "0.014")
    report = checked(tmp_path, CRIME, content)
    assert (report.outcome, report.accepted_rows) == (Outcome.ACCEPTED_WITH_WARNINGS, 12)
    finding = found(report, "formula-cell")
    assert (finding.field, finding.cells, finding.count) == ("Longitude", ("E4",), 1)


@pytest.mark.parametrize("part_accept", [False, True])
def test_a_formula_without_its_result_keeps_its_row_out(tmp_path: Path, part_accept: bool) -> None:
    """The value reader gives a blank for it, silently; Longitude and Latitude may be blank, so nothing else would tell."""
    content = changed({"E4": "=A1", "F4": None, "E9": "=A1", "F9": None})
    report = checked(tmp_path, CRIME, content, part_accept=part_accept)
    finding = found(report, "formula-without-result")
    assert (finding.field, finding.cells, finding.count) == ("Longitude", ("E4", "E9"), 2)
    assert report.accepted_rows == (10 if part_accept else 0)


def test_a_formula_without_its_result_in_an_ods_workbook_is_found(tmp_path: Path) -> None:
    table = [list(row) for row in TABLE]
    table[3][4] = Xml('<table:table-cell table:formula="of:=[.A1]"/>')
    report = checked(tmp_path, CRIME, ods_of(table))
    assert found(report, "formula-without-result").cells == ("E4",)


def test_an_error_in_a_cell_is_found_and_not_read_as_blank(tmp_path: Path) -> None:
    content = changed({"G4": "#N/A", "G7": "#REF!"})  # openpyxl writes these as errors
    report = checked(tmp_path, CRIME, content, part_accept=True)
    assert found(report, "error-cell").cells == ("G4", "G7")
    assert (report.accepted_rows, report.quarantined_rows) == (10, 2)
    table = [list(row) for row in TABLE]
    table[3][6] = Xml(
        '<table:table-cell table:formula="of:=NA()" office:value-type="string" office:string-value="" '
        'calcext:value-type="error"><text:p>#N/A</text:p></table:table-cell>'
    )
    assert found(checked(tmp_path, CRIME, ods_of(table)), "error-cell").cells == ("G4",)


def test_merged_cells_in_the_table_are_found_and_those_in_a_title_are_not(tmp_path: Path) -> None:
    def merge(book: openpyxl.Workbook) -> None:
        sheet = book.worksheets[0]
        sheet.insert_rows(1)
        sheet["A1"] = "A title over everything"
        sheet.merge_cells("A1:L1")
        sheet.merge_cells("G4:G6")

    report = checked(tmp_path, CRIME, crimes(change=merge), part_accept=True)
    finding = found(report, "merged-cells")
    assert (finding.count, finding.cells) == (3, ("G4", "G5", "G6"))
    assert report.accepted_rows == 9


def test_hidden_rows_and_columns_are_read_and_told(tmp_path: Path) -> None:
    def hide(book: openpyxl.Workbook) -> None:
        sheet = book.worksheets[0]
        sheet.row_dimensions[5].hidden = sheet.row_dimensions[8].hidden = True
        sheet.column_dimensions["C"].hidden = True

    report = checked(tmp_path, CRIME, crimes(change=hide))
    assert report.accepted_rows == 12
    assert found(report, "hidden-rows").rows == (5, 8)
    assert found(report, "hidden-columns").cells == ("C1",)


def test_dates_counted_from_1904_are_read_as_shown_and_told(tmp_path: Path) -> None:
    def epoch(book: openpyxl.Workbook) -> None:
        book.epoch = CALENDAR_MAC_1904

    rows = rows_of(ISTV, 5)
    _, expected = accepted_rows(ISTV, csv_of(rows))
    report, got = accepted_rows(ISTV, xlsx_of(typed(ISTV, rows), change=epoch))
    assert got == expected
    assert "date-1904" in codes(report)


def test_a_text_that_a_spreadsheet_made_a_date_of_is_found(tmp_path: Path) -> None:
    rows = table_of(rows_of(SEARCH, 5))
    rows[2][7] = date(2026, 10, 17)  # 10-17, the age band
    report = checked(tmp_path, SEARCH, xlsx_of(rows))
    assert found(report, "turned-into-date").cells == ("H3",)


def test_a_number_of_more_than_fifteen_digits_is_found(tmp_path: Path) -> None:
    report = checked(tmp_path, CRIME, changed({"G3": 12345678901234567890}))
    assert found(report, "digits-lost").cells == ("G3",)


def test_a_day_without_a_time_is_read_as_midnight_and_told(tmp_path: Path) -> None:
    rows = typed(ISTV, rows_of(ISTV, 5))
    rows[3][3] = date(2024, 5, 20)
    report = checked(tmp_path, ISTV, xlsx_of(rows))
    (finding,) = [one for one in report.findings if (one.code, one.field) == ("no-time-of-day", "arrival_datetime")]
    assert (finding.cells, finding.severity) == (("D4",), "warning")


def test_no_date_is_guessed_of_a_text_or_a_number(tmp_path: Path) -> None:
    rows = typed(ISTV, rows_of(ISTV, 5))
    rows[2][3], rows[3][3] = "13/05/2024 01:12", 45425.05
    report = checked(tmp_path, ISTV, xlsx_of(rows))
    assert found(report, "bad-date").cells == ("D3", "D4")


def test_a_zone_is_not_made_up_for_a_real_date(tmp_path: Path) -> None:
    rows = table_of(rows_of(SEARCH, 3))
    rows[1][1] = datetime.fromisoformat("2024-05-13T22:04")
    report = checked(tmp_path, SEARCH, xlsx_of(rows))
    assert found(report, "bad-date").cells == ("B2",)


# ---- the workbook as a whole -------------------------------------------------------------------------------------------------


def test_links_to_other_files_and_macros_are_told(tmp_path: Path) -> None:
    content = crimes()
    links = part_of(content, "xl/_rels/workbook.xml.rels").replace(
        b"</Relationships>",
        b'<Relationship Id="rId99" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/externalLink" '
        b'Target="externalLinks/externalLink1.xml"/></Relationships>',
    )
    content = replaced(content, {"xl/_rels/workbook.xml.rels": links, "xl/vbaProject.bin": b"macro"})
    report = checked(tmp_path, CRIME, content)
    assert (report.outcome, codes(report)) == (Outcome.ACCEPTED_WITH_WARNINGS, ["external-link", "macros"])


def test_a_password_is_named(tmp_path: Path) -> None:
    locked = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1000) + "EncryptedPackage".encode("utf-16-le") + bytes(1000)
    assert codes(checked(tmp_path, CRIME, locked)) == ["password-protected"]
    manifest = b'<manifest xmlns="x"><file-entry><encryption-data/></file-entry></manifest>'
    assert codes(checked(tmp_path, CRIME, ods_with("", more={"META-INF/manifest.xml": manifest}))) == [
        "password-protected"
    ]


def test_an_old_workbook_and_a_zip_of_something_else_are_named(tmp_path: Path) -> None:
    old = checked(tmp_path, CRIME, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1000))
    assert ".xls" in found(old, "not-csv").message
    other = checked(tmp_path, CRIME, replaced(b"PK\x05\x06" + bytes(18), {"a.txt": b"hello"}))
    assert codes(other) == ["wrong-schema"]  # the one file in it is text of one column


def test_a_refused_column_in_a_workbook_refuses_it(tmp_path: Path) -> None:
    rows = [row | {"NHS Number": "x"} for row in rows_of(ISTV, 3)]
    report = checked(tmp_path, ISTV, xlsx_of(("Notes", [["x"]]), ("Data", table_of(rows))))
    assert (report.outcome, codes(report)) == (Outcome.REFUSED, ["refused-field"])


@pytest.mark.parametrize("where", ["table", "other sheet", "hidden sheet", "unread sheets"])
def test_an_nhs_number_anywhere_in_a_health_workbook_refuses_it(tmp_path: Path, where: str) -> None:
    """It would be kept, sealed, with the file."""
    rows = rows_of(ISTV, 3, **({"assault_location_description": "9434765919"} if where == "table" else {}))
    notes = ("Notes", [["patient"], ["9434765919" if where != "table" else "none"]])
    data = [["", *row] for row in table_of(rows)] if where == "unread sheets" else table_of(rows)
    second = (("Again", data),) if where == "unread sheets" else ()

    def hide(book: openpyxl.Workbook) -> None:
        book.worksheets[0].sheet_state = "hidden" if where == "hidden sheet" else "visible"

    report = checked(tmp_path, ISTV, xlsx_of(notes, ("Data", data), *second, change=hide))
    assert (report.outcome, codes(report)) == (Outcome.REFUSED, ["possible-identifier"])
    assert report.as_json()["accepted_rows"] == 0
