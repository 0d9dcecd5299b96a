"""A file given back: the same cells and formats, every failing cell marked and said in words, and nothing in it that acts."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from datetime import datetime
from typing import Any

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from python_calamine import CalamineWorkbook

from hub.engine import DuckDbEngine
from hub.schemas import MARKED_MEDIA, MarkedFile, marked
from hub.schemas.marking import MOST_ROWS_BACK
from tests.support.schemas import PERIOD, codes, csv_of, registry, rows_of, schema_of
from tests.support.schemas_samples import samples
from tests.support.workbooks import SHEET, ods_of, part_of, replaced, sheet_xml, table_of, xlsx_of

STREET = "police/street-crime"
DAY = datetime(2024, 5, 1)  # noqa: DTZ001 - a cell has no zone
NOTE = "Hub: what is wrong"
FRONT = "What to mend"

QUICK = ("health/istv-assaults", "police/stop-and-search", "police/street-crime")
"""Looked at in each run; the other datasets in the long one."""


def given_back(content: bytes, *, dataset: str = STREET, period: str = PERIOD, **options: Any) -> MarkedFile:
    with DuckDbEngine(memory_mb=512).session() as session:
        return marked(
            session,
            session.hold(content),
            schema_of(dataset),
            period=period,
            file_name="extract",
            read_bytes=lambda: [content],
            others=registry().all(),
            **{"form": "xlsx", **options},
        )


def sheets(made: MarkedFile) -> list[Any]:
    return openpyxl.load_workbook(io.BytesIO(made.content)).worksheets


def filled(sheet: Any) -> set[str]:
    return {cell.coordinate for row in sheet.iter_rows() for cell in row if cell.fill.fill_type == "solid"}


def dirty(dataset: str = STREET) -> list[dict[str, str]]:
    return samples()[dataset].dirty()


def test_a_workbook_comes_back_with_its_cells_formats_and_widths() -> None:
    def change(book: openpyxl.Workbook) -> None:
        sheet = book["Mine"]
        sheet["B2"], sheet["B2"].number_format = DAY, "mmm yyyy"
        sheet["A1"].font, sheet["A1"].fill = Font(bold=True), PatternFill("solid", fgColor="FF00FF00")
        sheet["G2"].comment = Comment("a word beside it", "somebody")
        sheet["E2"] = 0.014
        sheet.column_dimensions["G"].width, sheet.column_dimensions["H"].hidden = 41, True
        sheet.row_dimensions[3].height = 33
        book.create_sheet("Other")["A1"] = "not the extract"

    made = given_back(xlsx_of(("Mine", table_of(dirty())), change=change))
    front, sheet = sheets(made)
    assert (front.title, sheet.title) == (FRONT, "Mine")
    assert (sheet["B2"].value, sheet["B2"].number_format) == (DAY, "mmm yyyy")
    assert (sheet["A1"].font.b, sheet["A1"].fill.fgColor.rgb, sheet["E2"].value) == (True, "FF00FF00", 0.014)
    assert (sheet.column_dimensions["G"].width, sheet.column_dimensions["H"].hidden) == (41, True)
    assert (sheet.row_dimensions[3].height, sheet.freeze_panes, sheet["G2"].comment) == (33, "A2", None)
    for number, row in enumerate(table_of(dirty())[1:], start=2):
        assert [sheet.cell(number, place).value or "" for place in (1, 3, 7, 10)] == [
            row[place] for place in (0, 2, 6, 9)
        ]
    assert any("Not kept: other sheets" in str(cell.value) for (cell,) in front.iter_rows(max_col=1))


@pytest.mark.parametrize(
    "dataset",
    [one if one in QUICK else pytest.param(one, marks=pytest.mark.slow) for one in sorted(samples())],
)
@pytest.mark.parametrize("write", [csv_of, lambda rows: xlsx_of(table_of(rows))], ids=["csv", "xlsx"])
def test_every_slip_is_marked_and_said_whatever_the_dataset(dataset: str, write: Any) -> None:
    sample = samples()[dataset]
    made = given_back(write(sample.dirty()), dataset=dataset, period=sample.period)
    front, sheet = sheets(made)
    columns = [cell.value for cell in sheet[1]]
    note = (
        columns.index(NOTE)
        if NOTE in columns
        else next(n for n, one in enumerate(columns) if str(one).startswith(NOTE))
    )
    marks = filled(sheet)
    for row, fault in enumerate(sample.faults, start=3):
        assert sheet.cell(row, note + 1).coordinate in marks
        said = str(sheet.cell(row, note + 1).value)
        if fault.field:
            cell = sheet.cell(row, columns.index(fault.field) + 1).coordinate
            assert cell in marks
            assert f"{cell} {fault.field}: " in said
    table = {
        (row[1].value.split(".")[0], row[2].value): row
        for row in front.iter_rows()
        if row[0].value in ("Error", "Warning")
    }
    assert len(table) == len({(one.code, one.field) for one in made.report.findings})
    assert sum(row[3].value for row in table.values()) == sum(one.count for one in made.report.findings)


def test_addresses_lead_to_their_cells_and_counts_are_exact() -> None:
    rows = rows_of(STREET, 40)
    for row in rows[5:]:
        row["Crime type"] = "Piracy"
    front, sheet = sheets(given_back(csv_of(rows)))
    (line,) = [row for row in front.iter_rows() if row[2].value == "Crime type"]
    places = [cell for cell in line[6:] if cell.value and cell.hyperlink]
    assert line[3].value == 35
    assert [cell.value for cell in places] == [f"J{row}" for row in range(7, 27)]
    assert [cell.hyperlink.location for cell in places] == [f"'Your file'!J{row}" for row in range(7, 27)]
    assert "and 15 more" in {cell.value for cell in line}
    assert {cell for cell in filled(sheet) if cell.startswith("J")} == {f"J{row}" for row in range(7, 42)}
    assert line[5].value == "/findings/not-in-code-list"


def test_a_marked_file_sent_again_unmended_is_judged_and_marked_the_same() -> None:
    first = given_back(xlsx_of(("Mine", table_of(dirty()))))
    second = given_back(first.content)
    assert codes(second.report) == codes(first.report)
    assert filled(sheets(second)[1]) == filled(sheets(first)[1])
    assert len(sheets(second)) == 2


def test_a_marked_file_that_is_mended_passes_with_nothing_left_to_say() -> None:
    rows = rows_of(STREET, 3)
    table = table_of(rows)
    table[2] = list(rows[1].values())
    table[2][9] = "Piracy"
    made = given_back(xlsx_of(("Mine", table)))
    book = openpyxl.load_workbook(io.BytesIO(made.content))
    book["Mine"]["J3"] = "Robbery"
    out = io.BytesIO()
    book.save(out)
    again = given_back(out.getvalue())
    assert (again.report.outcome.value, codes(again.report)) == ("accepted", [])
    assert filled(sheets(again)[1]) == set()


HOSTILE = (
    "=1+1",
    "+1",
    "@SUM(A1)",
    "\t=1",
    '=HYPERLINK("http://192.0.2.1")',
    "=cmd|' /C calc'!A0",
    "a_x0041_b",
    " x ",
    "<b>&\u2028",
)


@pytest.mark.parametrize(
    "write",
    [csv_of, lambda rows: xlsx_of(table_of(rows)), lambda rows: ods_of(table_of(rows))],
    ids=["csv", "xlsx", "ods"],
)
def test_nothing_that_comes_back_runs_and_every_text_is_the_same(write: Any) -> None:
    rows = rows_of(STREET, len(HOSTILE), **{"Crime type": "Piracy"})
    for row, text in zip(rows, HOSTILE, strict=True):
        row["Location"] = text
    made = given_back(write(rows))
    with zipfile.ZipFile(io.BytesIO(made.content)) as archive:
        parts = archive.namelist()
        content = b"".join(archive.read(name) for name in parts if "sheet" in name)
    assert not any("external" in name or "vba" in name.lower() or "sharedStrings" in name for name in parts)
    assert b"<f>" not in content
    assert b"<f " not in content
    assert b"r:id" not in content
    read = CalamineWorkbook.from_filelike(io.BytesIO(made.content)).get_sheet_by_index(1).to_python()
    shown = [row[6] for row in read[1:]]
    if write is csv_of:
        assert shown == list(HOSTILE)
    assert {"@SUM(A1)", "\t=1", "<b>&\u2028"} <= set(map(str, shown))


def test_a_formula_comes_back_as_its_last_result() -> None:
    table = table_of(rows_of(STREET, 2))
    content = xlsx_of(("Mine", table), change=lambda book: book["Mine"].__setitem__("G2", "=1+1"))
    _, sheet = sheets(given_back(content))
    assert sheet["G2"].value is None  # it was saved without its result
    assert sheet["G2"].fill.fill_type == "solid"


def test_csv_comes_back_with_a_column_and_is_inert_but_for_numbers() -> None:
    rows = rows_of(STREET, 3, **{"Crime type": "Piracy", "Location": "=1+1", "Longitude": "-0.014"})
    made = given_back(csv_of(rows), form="csv")
    assert made.content.startswith(b"\xef\xbb\xbf")
    read = list(csv.reader(io.StringIO(made.content.decode("utf-8-sig"), newline="")))
    assert read[0][-1] == NOTE
    assert read[1][-1].startswith("J2 Crime type: A code that is not in the list.")
    assert (read[1][6], read[1][4], read[2][-1]) == ("'=1+1", "-0.014", "")
    assert (made.name, MARKED_MEDIA["csv"]) == ("police-street-crime-2024-05-marked.csv", "text/csv; charset=utf-8")


def test_rows_that_cannot_be_divided_come_back_as_they_are() -> None:
    lines = csv_of(rows_of(STREET, 3)).split(b"\r\n")
    content = b"\r\n".join([*lines[:2], b"a,b", *lines[2:]])
    _, sheet = sheets(given_back(content))
    assert [sheet["A3"].value, sheet["B3"].value, sheet["C3"].value] == ["a", "b", None]
    assert str(sheet["M3"].value).startswith("Too many or too few columns.")


def test_a_missing_column_is_said_in_the_header_and_a_file_of_no_table_has_its_findings_alone() -> None:
    _, sheet = sheets(given_back(csv_of(rows_of(STREET, 2)).replace(b"Month", b"Mnth")))
    assert sheet["M1"].value == f"{NOTE}: There is no column “Month”."
    assert filled(sheet) == {"M1"}
    for content in (b"", b"\0\1\2", b"PK\x03\x04 no archive", b"%PDF-1.7"):
        made = given_back(content)
        (front,) = sheets(made)
        assert front.title == FRONT
        assert any(row[0].value == "Error" for row in front.iter_rows())
        assert made.report.findings[0].message.split(".")[0] in given_back(content, form="csv").content.decode(
            "utf-8-sig"
        )


def test_of_a_large_file_only_the_failing_rows_come_back_with_their_numbers() -> None:
    assert MOST_ROWS_BACK == 50_000
    rows = rows_of(STREET, 30)
    rows[7]["Crime type"], rows[20]["Month"] = "Piracy", "May"
    for content in (csv_of(rows), xlsx_of(("Mine", table_of(rows)))):
        front, sheet = sheets(given_back(content, most_rows=10))
        assert [sheet.cell(row, 1).value for row in range(1, 5)] == ["Crime ID", f"{7:064x}", f"{20:064x}", None]
        assert str(sheet["M2"].value).startswith("Row 9 of your file.\nJ9 Crime type: ")
        links = {cell.value: cell.hyperlink.location for row in front.iter_rows() for cell in row if cell.hyperlink}
        name = sheet.title
        assert links == {"J9": f"'{name}'!J2", "B22": f"'{name}'!B3"}
        assert any("Here are only the 2 with something wrong" in str(row[0].value) for row in front.iter_rows())


def test_a_table_below_a_title_keeps_its_place() -> None:
    table = table_of(rows_of(STREET, 3, **{"Crime type": "Piracy"}))
    _, sheet = sheets(given_back(xlsx_of(("Mine", [["A title"], [], *table]))))
    assert (sheet["A1"].value, sheet["M3"].value, sheet.freeze_panes) == ("A title", NOTE, "A4")
    assert {"J4", "M4"} <= filled(sheet)


def test_the_same_file_is_marked_to_the_same_bytes() -> None:
    content = xlsx_of(table_of(dirty()))
    assert given_back(content).content == given_back(content).content


def test_a_sheet_that_cannot_be_written_as_it_came_comes_back_as_its_values() -> None:
    """Rows that do not stand in order are read, but no spreadsheet would open them so."""
    content = xlsx_of(table_of(rows_of(STREET, 3, **{"Crime type": "Piracy"})))
    rows = re.findall(r"<row .*?</row>", part_of(content).decode(), re.DOTALL)
    made = given_back(replaced(content, {SHEET: sheet_xml("".join([rows[0], *reversed(rows[1:])]))}))
    assert sheets(made)[1]["J2"].value == "Piracy"
    assert "J2" in filled(sheets(made)[1])


def test_styles_that_mean_harm_are_left_behind() -> None:
    styles = (
        b'<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:x="urn:x"><fonts><font/></fonts>'
        b'<fills><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>'
        b'<borders><border/></borders><cellStyleXfs><xf/></cellStyleXfs><cellXfs><xf x:evil="1" numFmtId="0"/></cellXfs>'
        b'<dxfs><dxf/></dxfs><extLst><ext uri="u"><x:thing/></ext></extLst></styleSheet>'
    )
    content = xlsx_of(table_of(rows_of(STREET, 2, **{"Crime type": "Piracy"})))
    made = given_back(replaced(content, {"xl/styles.xml": styles}))
    written = part_of(made.content, "xl/styles.xml")
    assert not any(one in written for one in (b"evil", b"extLst", b"thing", b"dxf"))
    assert "J2" in filled(sheets(made)[1])


def test_a_value_beyond_the_last_column_of_a_csv_file_stands_behind_the_note() -> None:
    good = csv_of(rows_of(STREET, 2)).decode()
    longer = good.rstrip("\r\n") + ",what a comma pushed out\r\n"
    back = given_back(longer.encode())
    assert "ragged-row" in codes(back.report)
    sheet = openpyxl.load_workbook(io.BytesIO(back.content)).worksheets[1]
    last = [cell.value for cell in list(sheet.iter_rows(max_row=3))[2]]
    assert last[-1] == "what a comma pushed out"
    assert "columns" in str(last[-2])
