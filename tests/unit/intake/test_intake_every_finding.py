"""Every code of the catalogue from a real check of a real file, or, for questions about history, from a real comparison.

A code without a case fails: whoever adds one adds the file that it is found in. `history-unread` is found in no
file; its cases stand in test_intake_damage.py.
"""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from hub.engine import DuckDbEngine
from hub.geography import AreaIndex
from hub.geography.vintages import lsoas_only_of_2011
from hub.intake.damage import UNREAD
from hub.intake.history import blanks_query, mix_queries, months_before, place_query, volume_query
from hub.intake.query import finding_of
from hub.intake.summary import MonthCounts
from hub.kit.paths import data_root
from hub.schemas import DatasetSchema, ImportProfile, catalogue, check_file
from hub.schemas.load import code_lists, dataset_schema, read_yaml
from tests.support.geography import bromley, index_of, write_squares
from tests.support.schemas import csv_of, registry, rows_of, schema_of
from tests.support.schemas_samples import samples
from tests.support.workbooks import part_of, replaced, table_of, xlsx_of

CRIME, API, SEARCH = "police/street-crime", "police/street-crime-api", "police/stop-and-search"
ISTV, CALLS, FIRE, WARDS, RECORDED = (
    "health/istv-assaults",
    "ambulance/violence-callouts",
    "fire/incidents",
    "police/ward-counts",
    "police/recorded-crime",
)


@dataclass(frozen=True, slots=True)
class File:
    """A file, what it is checked against, and the codes it must be found to have, among others."""

    expected: str
    dataset: str
    content: bytes
    period: str = "2024-05"
    options: dict[str, Any] = field(default_factory=dict)
    schema: DatasetSchema | None = None

    @property
    def codes(self) -> set[str]:
        return set(self.expected.split())


def changed(dataset: str, *changes: dict[str, str]) -> bytes:
    """Good rows, the first ones changed."""
    rows = rows_of(dataset, len(changes) + 2)
    for row, change in zip(rows, changes, strict=False):
        row.update(change)
    return csv_of(rows)


def lines(dataset: str, change: Callable[[list[bytes]], None], count: int = 6) -> bytes:
    made = csv_of(rows_of(dataset, count)).splitlines(keepends=True)
    change(made)
    return b"".join(made)


def book(change: Callable[[openpyxl.Workbook], None]) -> bytes:
    return xlsx_of(table_of(rows_of(CRIME, 12)), change=change)


def cells(values: dict[str, Any]) -> bytes:
    def put(made: openpyxl.Workbook) -> None:
        for address, value in values.items():
            made.worksheets[0][address] = value

    return book(put)


def calculated(content: bytes, address: str, result: str) -> bytes:
    """The formula in a cell with the result that a spreadsheet program saves."""
    sheet = part_of(content)
    place = sheet.index(b"<v", sheet.index(f'r="{address}"'.encode()))
    end = sheet.index(b">", place) + 1
    if not sheet[:end].endswith(b"/>"):
        end = sheet.index(b"</v>", end) + 4
    return replaced(content, {"xl/worksheets/sheet1.xml": sheet[:place] + f"<v>{result}</v>".encode() + sheet[end:]})


def linked() -> bytes:
    content = book(lambda _: None)
    links = part_of(content, "xl/_rels/workbook.xml.rels").replace(
        b"</Relationships>",
        b'<Relationship Id="rId99" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/externalLink" '
        b'Target="externalLinks/externalLink1.xml"/></Relationships>',
    )
    return replaced(content, {"xl/_rels/workbook.xml.rels": links, "xl/vbaProject.bin": b"macro"})


def dressed(made: openpyxl.Workbook) -> None:
    """Merged cells, hidden rows and columns, a hidden sheet, another sheet of notes, the names in the third row."""
    sheet = made.worksheets[0]
    sheet.insert_rows(1, 2)
    sheet["A1"] = "A title"
    sheet.merge_cells("G4:G6")
    sheet.row_dimensions[7].hidden = True
    sheet.column_dimensions["C"].hidden = True
    made.create_sheet("Old")["A1"] = "x"
    made.worksheets[1].sheet_state = "hidden"
    made.create_sheet("Notes")["A1"] = "made by hand"
    made.epoch = CALENDAR_MAC_1904


def wide(months: Sequence[str], count: str = "8", **changes: str) -> bytes:
    rows = [
        {name: row[name] for name in schema_of(WARDS).column_names} | dict.fromkeys(months, count) | changes
        for row in samples()[WARDS].rows(20)
    ]
    return csv_of(rows, list(rows[0]))


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"<x/>")
        archive.writestr("[Content_Types].xml", b"<x/>")
        archive.writestr("xl/worksheets/sheet1.xml", b" " * (130 * 2**20))
    return out.getvalue()


def with_rules(dataset: str, rules: list[dict[str, Any]]) -> DatasetSchema:
    folder = data_root("schemas")
    raw = read_yaml(folder / dataset / "1.0.0.yaml") | {"rules": rules}
    return dataset_schema(raw, code_lists(folder / "codes"), where="test")


def day_without_time() -> bytes:
    rows = table_of(rows_of(ISTV, 5))
    rows[3][3] = date(2024, 5, 20)
    return xlsx_of(rows)


def date_for_text() -> bytes:
    rows = table_of(rows_of(SEARCH, 5))
    rows[2][7] = date(2026, 10, 17)  # 10-17, the age band
    return xlsx_of(rows)


def number_for_code() -> bytes:
    """A number of six digits that begins with a nought, kept as a number."""
    rows = table_of(rows_of("council/suspensions-exclusions", 3))
    rows[2][rows[0].index("school_urn")] = 12345
    return xlsx_of(rows)


@cache
def files() -> tuple[File, ...]:
    """The table."""
    good, table = csv_of(rows_of(CRIME, 6)), table_of(rows_of(CRIME, 6))
    ward = next(area.code for area in bromley().tree.level("ward"))
    area: dict[str, Any] = {"area": bromley()}
    fire = {"PropertyCategory": "Dwelling", "UPRN": "200220110"}
    return (
        File("refused-field", CRIME, csv_of([row | {"surname": "x"} for row in rows_of(CRIME, 2)])),
        File(
            "possible-identifier free-text-risk",
            CRIME,
            changed(CRIME, {"Location": "9434765919"}, {"Location": "by her flat"}),
        ),
        File("empty-file", CRIME, b""),
        File("not-csv", CRIME, b"%PDF-1.7\x00\x01rest"),
        File(
            "bad-workbook",
            CRIME,
            replaced(book(lambda _: None), {"xl/worksheets/sheet1.xml": b"<worksheet><sheetData>"}),
        ),
        File("bad-zip", CRIME, book(lambda _: None)[:2000]),
        File("bad-parquet", CRIME, b"PAR1" + bytes(200) + b"PAR1"),
        File("workbook-too-large", CRIME, bomb()),
        File(
            "password-protected",
            CRIME,
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le"),
        ),
        File("two-sheets", CRIME, xlsx_of(("May", table), ("June", table))),
        File("no-such-sheet", CRIME, xlsx_of(("May", table)), options={"profile": ImportProfile(sheet="Mai")}),
        File("header-unclear", CRIME, xlsx_of([["A title"], table[0], *table[1:4], table[0], *table[4:]])),
        File("wrong-encoding", CRIME, good.replace(b"High Street", b"Caf\xe9 Lane", 1)),
        File("mixed-encoding", CRIME, lines(CRIME, two_encodings, 60)),
        File("line-too-long", CRIME, good + b"x" * (2 * 2**20)),
        File("too-many-columns", CRIME, ",".join(f"c{number}" for number in range(600)).encode() + b"\r\n1\r\n"),
        File("wrong-delimiter", CRIME, good, options={"profile": ImportProfile(delimiter="ab")}),
        File("other-delimiter", CRIME, good.replace(b",", b";")),
        File("wrong-schema", CRIME, csv_of(rows_of(SEARCH))),
        File("missing-column", CRIME, good.replace(b"Crime type", b"Sort", 1)),
        File("repeated-column", CRIME, good.replace(b"Context", b"Month", 1)),
        File("month-columns", WARDS, wide(["202405", "202404"])),
        File("other-edition", WARDS, wide(["202402", "202403"])),
        File(
            "truncated-period",
            WARDS,
            wide(
                [f"2023{month:02d}" for month in range(5, 13)] + ["202401", "202402", "202403", "202404", "202405"],
                **{"202405": "0"},
            ),
        ),
        File("header-only", CRIME, good.splitlines(keepends=True)[0]),
        File(
            "unclosed-quote",
            CRIME,
            lines(CRIME, lambda made: made.__setitem__(3, made[3].replace(b"On or near", b'"On or near'))),
        ),
        File(
            "unreadable-file",
            CRIME,
            csv_of(rows_of(CRIME, 2)) + csv_of(rows_of(CRIME, 2000)).split(b"\r\n", 1)[1] * 100,
            options={"engine": DuckDbEngine(memory_mb=24, threads=1)},
        ),
        File("cut-off", CRIME, good[:-60]),
        File(
            "ragged-row unreadable-row",
            CRIME,
            lines(CRIME, lambda made: made.__setitem__(slice(2, 4), [b"too,few\r\n", b'"a"b' + made[3]])),
        ),
        File(
            "formula-without-result digits-lost error-cell",
            CRIME,
            cells({"E4": "=A1", "F4": None, "G3": 12345678901234567890, "G7": "#N/A"}),
        ),
        File("formula-cell", CRIME, calculated(cells({"E4": "=0.007*2"}), "E4", "0.014")),
        File(
            "merged-cells hidden-rows hidden-columns hidden-sheet sheet-taken header-lower date-1904",
            CRIME,
            book(dressed),
        ),
        File("external-link macros", CRIME, linked()),
        File("turned-into-date", SEARCH, date_for_text()),
        File("noughts-lost", "council/suspensions-exclusions", number_for_code()),
        File("no-time-of-day", ISTV, day_without_time()),
        File(
            "blank-required bad-date bad-type bad-format out-of-range too-long not-in-code-list half-filled outside-period",
            CRIME,
            changed(
                CRIME,
                {"Month": ""},
                {"Month": "05/2024"},
                {"Longitude": "0,014"},
                {"Crime ID": "12345"},
                {"Latitude": "514.02"},
                {"Location": "x" * 201},
                {"Crime type": "robbery"},
                {"Latitude": ""},
                {"Month": "2024-04"},
            ),
        ),
        File(
            "blank-required-here out-of-order coordinates-swapped degrees-in-grid too-few-alike",
            CALLS,
            changed(
                CALLS,
                {"chief_complaint_code": "17", "crew_illness_code": ""},
                {"on_scene_datetime": "2024-05-01T00:00"},
                {"easting": "169100", "northing": "540300"},
                {"easting": "0.014", "northing": "51.405"},
            ),
            options=area | {"part_accept": True},
        ),
        File("grid-in-degrees", API, changed(API, {"longitude": "540300", "latitude": "169100"})),
        File("code-of-another-month", RECORDED, changed(RECORDED, {"prc_code": "28A"})),
        File(
            "other-vintage",
            "council/consultation-responses",
            changed("council/consultation-responses", {"ward_code": "E05000106"}, {"ward_code": ward}),
            options=area,
        ),
        File(
            "bad-period long-gap",
            ISTV,
            changed(
                ISTV,
                {"reporting_period_end": "2024-06-30"},
                {"assault_datetime": "2024-05-02T00:10", "arrival_datetime": "2024-05-13T00:30"},
            ),
        ),
        File("filled-here disagrees", FIRE, changed(FIRE, fire, {"CalYear": "2023"})),
        File(
            "several-values",
            CRIME,
            changed(CRIME, {"Reported by": "Another force"}),
            schema=with_rules(CRIME, [{"rule": "one-value", "field": "Reported by"}]),
        ),
        File("other-encoding", FIRE, csv_of(rows_of(FIRE, 3, PropertyType="Café")).decode().encode("windows-1252")),
        File(
            "column-renamed",
            FIRE,
            csv_of([{name.replace("(£)", "(GBP)"): value for name, value in row.items()} for row in rows_of(FIRE)]),
        ),
        File(
            "codes-mapped",
            RECORDED,
            changed(RECORDED, {"knife_flag": "Yes"}),
            options={"profile": ImportProfile(codes={"knife_flag": {"Yes": "Y"}})},
        ),
        File(
            "choice-not-used",
            CRIME,
            good.replace(b"Month", b"Mnth", 1),
            options={"profile": ImportProfile(columns={"Period": "Month"}, remembered="kept")},
        ),
        File(
            "no-such-time",
            CALLS,
            changed(CALLS, {"call_datetime": "2024-03-31T01:30", "on_scene_datetime": "2024-03-31T02:30"}),
            period="",
        ),
        File("extra-column", CRIME, csv_of([row | {"remark": "x"} for row in rows_of(CRIME, 2)])),
        File(
            "column-left-out",
            CRIME,
            csv_of([{name: value for name, value in row.items() if name != "Context"} for row in rows_of(CRIME)]),
        ),
        File(
            "derived-differs",
            RECORDED,
            csv_of([row | {"offence_subgroup": "Robbery of business property"} for row in rows_of(RECORDED, 2)]),
        ),
        File("repeated-key exact-copies", API, csv_of([*rows_of(API, 2), rows_of(API, 2)[1]])),
        File(
            "outside-area moved-to-nearest no-place",
            API,
            changed(
                API,
                {"longitude": "0.5", "latitude": "51.5"},
                {"longitude": "", "latitude": ""},
                {"longitude": "0.005", "latitude": "51.39998"},
            ),
            options={"area": squares()},
        ),
        File("lsoa-2011", CRIME, changed(CRIME, {"LSOA code": min(lsoas_only_of_2011())}), options=area),
        File("blank-expected", CRIME, changed(CRIME, {"Crime ID": ""})),
        File("blank-wanted", ISTV, changed(ISTV, {"arrival_datetime": ""})),
        File("null-text blanks-trimmed", FIRE, changed(FIRE, {"UPRN": "NULL"}, {"StopCodeDescription": " AFA\t"})),
    )


def two_encodings(made: list[bytes]) -> None:
    for number in range(1, len(made)):
        said = made[number].replace(b"High Street", "Café".encode())
        made[number] = said.decode().encode("windows-1252") if number % 2 else said


@cache
def squares() -> AreaIndex:
    """The invented borough of squares: a point can lie some metres outside it."""
    with tempfile.TemporaryDirectory() as folder:
        return index_of(*write_squares(Path(folder)))


def asked_of_history() -> set[str]:
    """The questions that a month raises against the months before."""
    month = "2026-09"
    year = months_before(month)[-12:]
    steady = dict.fromkeys(year, 250)
    kinds, spread = {"theft": 120, "robbery": 30, "knife": 50}, {"E05000001": 100, "E05000002": 100}
    blanks = {name: MonthCounts(rows=200, counted=200, blanks={"place": 6}) for name in year}
    found = [
        volume_query(month, 400, steady),
        volume_query(month, 3, steady),
        blanks_query(month, "place", MonthCounts(rows=200, counted=200, blanks={"place": 90}), blanks),
        *mix_queries(month, "kind", {"theft": 120, "knife": 50, "arson": 6}, dict.fromkeys(year, kinds)),
        *mix_queries(month, "kind", {"theft": 20, "robbery": 30, "knife": 150}, dict.fromkeys(year, kinds)),
        place_query(month, "lsoa", {"E05000001": 100, "outside": 100}, dict.fromkeys(year, spread)),
    ]
    return {finding_of(one).code for one in found if one is not None}


@pytest.mark.parametrize("file", files(), ids=lambda file: file.expected.split()[0])
def test_the_file_is_found_to_be_what_it_is(tmp_path: Path, file: File) -> None:
    path = tmp_path / "extract"
    path.write_bytes(file.content)
    schema = file.schema or schema_of(file.dataset)
    report = check_file(path, schema, period=file.period, registry=registry(), **file.options)
    assert file.codes <= {finding.code for finding in report.findings}


def test_every_code_has_a_case() -> None:
    covered = {code for file in files() for code in file.codes} | asked_of_history() | {UNREAD}
    assert [code for code in catalogue() if code not in covered] == []
    assert covered <= set(catalogue())
