"""Real hostile and malformed workbooks and archives: each is read rightly or returned with what is wrong; none breaks anything."""

from __future__ import annotations

import csv
import io
import time

import openpyxl
import pytest

from hub.kit.workbooks import Asked, opened
from hub.schemas import CheckReport, Outcome, check_file
from tests.support.schemas import codes, registry, schema_of
from tests.support.shared import shared

CRIME = "police/street-crime"
READABLE = {"wrong-schema", "two-sheets", "empty-file"}
"""None of the corpus is an extract of ours: what could be read is of another layout, empty, or asks which sheet."""


def checked_file(relative: str) -> CheckReport:
    return check_file(shared(relative), schema_of(CRIME), registry=registry())


def corpus(*kinds: str) -> list[str]:
    root = shared("badinput")
    return sorted(
        path.relative_to(root).as_posix() for kind in kinds for path in (root / kind).rglob("*") if path.is_file()
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kinds", "count"), [(("xlsx", "zip"), 41), (("parquet",), 39), (("realworld",), 16), (("csv",), 260)]
)
def test_every_hostile_file_is_read_or_returned_with_a_reason_in_little_time(
    kinds: tuple[str, ...], count: int
) -> None:
    files = corpus(*kinds)
    assert len(files) == count
    for name in files:
        began = time.monotonic()
        report = checked_file(f"badinput/{name}")
        assert time.monotonic() - began < 30, name
        assert report.outcome is Outcome.RETURNED or codes(report)[0] == "refused-field", name
        assert report.accepted_rows == 0, name
        assert report.findings, name
        assert all(one.message and one.remedy for one in report.findings), name
        if name.startswith("xlsx/"):
            assert (report.encoding == "xlsx") == bool(READABLE & set(codes(report))), (name, codes(report))


@pytest.mark.parametrize(
    ("name", "code", "says"),
    [
        ("xlsx/apache__poi/test-data__spreadsheet__poc-xmlbomb-empty.xlsx", "bad-workbook", "declares entities"),
        ("zip/thejoshwolfe__yauzl/test__failure__absolute_path_atxt.zip", "bad-zip", "leads elsewhere"),
        (
            "zip/thejoshwolfe__yauzl/test__success__traditional-encryption_deprecated.zip",
            "password-protected",
            "password",
        ),
        ("xlsx/apache__poi/test-data__spreadsheet__DateFormats.xls", "not-csv", ".xls"),
        ("xlsx/apache__poi/test-data__spreadsheet__FormulaSheetRange.xlsx", "two-sheets", "“Sheet2”"),
    ],
)
def test_a_hostile_file_is_answered_with_its_own_reason(name: str, code: str, says: str) -> None:
    report = checked_file(f"badinput/{name}")
    assert codes(report) == [code]
    assert says in report.findings[0].message


def test_formulas_are_found_where_another_library_finds_them() -> None:
    path = shared("badinput/xlsx/apache__poi/test-data__spreadsheet__TestShiftRowSharedFormula.xlsx")
    sheet = openpyxl.load_workbook(path).worksheets[0]
    expected = {cell.coordinate for row in sheet.iter_rows(min_row=2) for cell in row if cell.data_type == "f"}
    report = checked_file(path.relative_to(shared("badinput").parent).as_posix())
    assert {cell for one in report.findings if one.code == "formula-cell" for cell in one.cells} == expected


@pytest.mark.slow
def test_the_deprivation_workbook_is_read_whole_and_its_sheet_of_notes_left() -> None:
    """A real publication: a sheet of notes, in a drawing, and a table of all 33,755 areas."""
    path = shared("data/context/iod2025_imd_england.xlsx")
    report = check_file(path, schema_of(CRIME), registry=registry())
    assert (codes(report), report.rows, report.encoding) == (["wrong-schema"], 33_755, "xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(path.read_bytes()), read_only=True)["IMD25"]
    with opened(path.read_bytes()) as workbook:
        table = workbook.table(Asked(sheet=1, header=1, columns=()))
    ours = csv.reader(io.StringIO(table.csv.decode(), newline=""))
    for theirs, read in zip(sheet.iter_rows(values_only=True), ours, strict=True):
        assert ["" if value is None else str(value) for value in theirs] == read
