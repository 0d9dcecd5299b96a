"""Templates: an empty workbook of every dataset that, filled in, passes; read by two other libraries."""

from __future__ import annotations

import io
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from hub.kit.errors import Invalid
from hub.schemas import CheckReport, DatasetSchema, check_file, template, template_name
from tests.support.choosing import some
from tests.support.schemas import codes, registry, schema_of
from tests.support.schemas_samples import samples

EVERY = [schema.id for schema in registry().all()]
FORM_FAULTS = {
    "bad-type",
    "bad-date",
    "bad-format",
    "not-in-code-list",
    "code-of-another-month",
    "out-of-range",
    "too-long",
}


def filled(schema: DatasetSchema, rows: list[dict[str, str]], period: str) -> bytes:
    """The template with rows typed in as a person would: dates as dates where the column is one, numbers as numbers."""
    book = openpyxl.load_workbook(io.BytesIO(template(schema, period=period)))
    sheet = book.worksheets[0]
    places = {cell.value: cell.column for cell in sheet[1]}
    for number, row in enumerate(rows, start=2):
        for name, text in row.items():
            if text:
                letter = openpyxl.utils.get_column_letter(places[name])
                cell = sheet.cell(number, places[name])
                cell.number_format = sheet.column_dimensions[letter].number_format
                cell.value = typed(text, cell.number_format, schema, name)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def typed(text: str, shown: str, schema: DatasetSchema, name: str) -> Any:
    if shown == "@":
        return text
    field = schema.field(name) if name in schema.names else None
    if field is not None and field.type in ("date", "datetime"):
        return datetime.strptime(text, field.formats[0])  # noqa: DTZ007 - a cell has no zone
    return float(text) if "." in text else int(text)


def report_on(folder: Path, content: bytes, schema: DatasetSchema, period: str) -> CheckReport:
    path = folder / "filled.xlsx"
    path.write_bytes(content)
    return check_file(path, schema, period=period, registry=registry())


@pytest.mark.parametrize("dataset", EVERY)
def test_a_filled_template_passes_with_nothing_to_say(tmp_path: Path, dataset: str) -> None:
    sample, schema = samples()[dataset], schema_of(dataset)
    rows = (
        [{**dict.fromkeys(months(schema, sample.period), "12"), **row} for row in sample.rows(3)]
        if schema.wide
        else sample.rows(3)
    )
    report = report_on(tmp_path, filled(schema, rows, sample.period), schema, sample.period)
    assert report.accepted_rows == 3
    assert set(codes(report)) <= {"no-time-of-day"}  # midnight, in a cell, is a day without a time


def months(schema: DatasetSchema, period: str) -> list[str]:
    book = openpyxl.load_workbook(io.BytesIO(template(schema, period=period)))
    return [str(cell.value) for cell in book.worksheets[0][1] if str(cell.value).isdecimal()]


@pytest.mark.parametrize("dataset", some(EVERY, every=3))
def test_the_examples_of_each_schema_have_the_form_its_template_asks_for(tmp_path: Path, dataset: str) -> None:
    schema = schema_of(dataset)
    row = {field.name: field.example for field in schema.columns}
    report = report_on(tmp_path, filled(schema, [row], ""), schema, "")
    assert not FORM_FAULTS & set(codes(report)), codes(report)


@pytest.mark.parametrize("dataset", EVERY)
def test_an_empty_template_names_every_column_and_refused_field_and_lists_the_codes_of_the_month(dataset: str) -> None:
    schema, period = schema_of(dataset), samples()[dataset].period
    content = template(schema, period=period)
    read = CalamineWorkbook.from_filelike(io.BytesIO(content))
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert read.sheet_names == book.sheetnames
    assert read.sheet_names[:2] == ["Extract", "How to fill it in"]
    assert all(sheet.sheet_state == "visible" for sheet in book)
    header = read.get_sheet_by_index(0).to_python()[0]
    assert header[: len(schema.columns)] == list(schema.column_names)
    sheet = book["Extract"]
    assert sheet.freeze_panes == "A2"
    said = [row[0] for row in read.get_sheet_by_index(1).to_python()]
    assert said[0] == "How to fill it in"
    assert set(said) >= {*schema.column_names, *(refused.name for refused in schema.refused)}
    lists = {
        str(one.sqref).partition("2")[0]: one for one in sheet.data_validations.dataValidation if one.type == "list"
    }
    for field in schema.columns:
        letter = openpyxl.utils.get_column_letter(header.index(field.name) + 1)
        if field.codes is None and field.type != "boolean":
            assert letter not in lists
            continue
        name, _, cells = lists[letter].formula1.rpartition("!")
        assert name.strip("'") == "Codes"
        offered = [str(cell.value) for (cell,) in book["Codes"][cells.replace("$", "")]] if ":" in cells else []
        expected = field.codes.valid_in(period) if field.codes else (field.true_values[0], field.false_values[0])
        assert offered == list(expected)
        assert lists[letter].showErrorMessage is not field.several


def test_an_empty_template_is_no_extract_and_says_so(tmp_path: Path) -> None:
    schema = schema_of("police/street-crime")
    report = report_on(tmp_path, template(schema, period="2024-05"), schema, "2024-05")
    assert codes(report) == ["header-only"]


def test_columns_keep_noughts_and_months_and_show_dates_as_they_are_written() -> None:
    schema = schema_of("health/istv-assaults")
    sheet = openpyxl.load_workbook(io.BytesIO(template(schema))).worksheets[0]
    shown = {cell.value: sheet.column_dimensions[cell.column_letter].number_format for cell in sheet[1]}
    assert shown["assault_method"] == "@"
    assert shown["reporting_period_start"] == "yyyy-mm-dd"
    street = openpyxl.load_workbook(io.BytesIO(template(schema_of("police/street-crime")))).worksheets[0]
    assert street.column_dimensions["B"].number_format == "@"


def test_a_wide_template_has_the_twelve_months_that_end_with_its_period_and_a_name() -> None:
    schema = schema_of("police/ward-counts")
    assert months(schema, "2024-05") == [*map(str, range(202306, 202313)), *map(str, range(202401, 202406))]
    assert template_name(schema, "2024-05") == "police-ward-counts-2024-05-template.xlsx"
    with pytest.raises(Invalid):
        template(schema, period="May")


def test_the_same_template_has_the_same_bytes() -> None:
    schema = schema_of("police/street-crime")
    assert template(schema, period="2024-05") == template(schema, period="2024-05")
