"""What is written as a workbook holds texts and numbers, and nothing that acts."""

from __future__ import annotations

import io
import zipfile

import openpyxl
import pytest
import python_calamine

from hub.kit.workbooks import Asked, SheetToWrite, opened, workbook_of
from tests.support.shared import shared

HOSTILE = (
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    '=HYPERLINK("http://192.0.2.1")',
    "=cmd|' /C calc'!A0",
    "＝1+1",  # noqa: RUF001 - full width
    "<script>",
    "#N/A",
    "1e5",
    "2024-05-01",
    "007",
)


def written(*values: object) -> bytes:
    return workbook_of(SheetToWrite("Table", [["h"], *[[value] for value in values]]))  # type: ignore[list-item]


def test_no_text_becomes_a_formula_a_number_a_date_or_an_error() -> None:
    content = written(*HOSTILE)
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    cells = [row[0] for row in sheet.iter_rows(min_row=2)]
    assert {cell.data_type for cell in cells} <= {"s", "inlineStr"}
    assert [cell.value for cell in cells] == [text.replace("\r", "_x000D_") for text in HOSTILE]
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        xml = archive.read("xl/worksheets/sheet1.xml")
    assert b"<f" not in xml
    assert b"hyperlink" not in xml


@pytest.mark.parametrize(
    "text", ["_x0041_", "_x003D_1+1", "a_x000d_b", "__x0041_", "\r=1", "a\x07b\x1b[2J", " \t lead ", "_x41_", "a\nb"]
)
def test_a_text_that_looks_like_a_spelt_sign_is_read_back_as_it_is(text: str) -> None:
    """Spreadsheets read `_x0041_` as an A (ECMA-376 part 1, 22.9.2.19): calamine does as they do."""
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(written(text)))
    assert book.get_sheet_by_index(0).to_python()[1] == [text]
    with opened(written(text)) as workbook:
        assert text in workbook.table(Asked(sheet=0, header=1, columns=())).csv.decode().replace("\r\n", "\n")


@pytest.mark.slow
def test_every_naughty_string_stays_a_text() -> None:
    lines = shared("badinput/strings/minimaxir__big-list-of-naughty-strings")
    texts = next(lines.glob("*blns.txt")).read_text(encoding="utf-8").splitlines()
    sheet = openpyxl.load_workbook(io.BytesIO(written(*texts))).worksheets[0]
    assert {row[0].data_type for row in sheet.iter_rows(min_row=2) if row[0].value} <= {"s", "inlineStr"}


def test_numbers_are_numbers_and_the_same_sheets_are_the_same_bytes() -> None:
    content = written(1, 2.5, "*", "w", 0)
    assert content == written(1, 2.5, "*", "w", 0)
    values = [row[0].value for row in openpyxl.load_workbook(io.BytesIO(content)).worksheets[0].iter_rows(min_row=2)]
    assert values == [1, 2.5, "*", "w", 0]


def test_what_we_write_we_read_back() -> None:
    with opened(written("a,b", 'say "x"', 7)) as workbook:
        table = workbook.table(Asked(sheet=0, header=1, columns=()))
    assert table.csv.decode() == 'h\r\n"a,b"\r\n"say ""x"""\r\n7\r\n'
    assert table.marks == ()
