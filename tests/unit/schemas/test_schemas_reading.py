"""How a file is read, to be shown: whatever it is written in, with the same lines in each encoding that may be meant."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from hub.engine import DuckDbEngine
from hub.schemas import NO_PROFILE, ImportProfile, Reading, read_as, read_file_as
from tests.support.schemas import PERIOD, csv_of, rows_of, schema_of
from tests.support.workbooks import table_of, xlsx_of

CRIME, RECORDED = "police/street-crime", "police/recorded-crime"


def shown(content: bytes, dataset: str = CRIME, profile: ImportProfile = NO_PROFILE) -> Reading:
    with DuckDbEngine().session() as session:
        source = session.hold(content)
        return read_as(
            session, source, schema_of(dataset), read_bytes=lambda: [content], period=PERIOD, profile=profile
        )


def renamed(**names: str) -> list[dict[str, str]]:
    return [{names.get(name, name): value for name, value in row.items()} for row in rows_of(CRIME, 12)]


def test_a_file_that_fits_has_nothing_to_confirm() -> None:
    reading = shown(csv_of(rows_of(CRIME, 12)))
    assert {one.how for one in reading.columns} == {"agreed"}
    assert (reading.proposed, reading.missing, reading.codes, reading.spellings) == (NO_PROFILE, (), (), ())
    assert len(reading.rows) == 10


def test_the_same_lines_are_shown_in_each_encoding_that_may_be_meant() -> None:
    content = csv_of(rows_of(CRIME, 5, Location="On or near Café Street")).decode().encode("cp1252")
    for bytes_sent in (content, _zipped(content)):
        reading = shown(bytes_sent)
        assert [one.code for one in reading.stopped] == ["wrong-encoding"]
        lines = {one.encoding: one.lines for one in reading.spellings}
        assert "Café" in lines["windows-1252"][0]
        assert "Café" not in lines["mac-roman"][0]
        confirmed = shown(bytes_sent, profile=ImportProfile(encoding="windows-1252"))
        assert (confirmed.stopped, confirmed.encoding) == ((), "windows-1252")
        assert "On or near Café Street" in confirmed.rows[0]


def _zipped(content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("extract.csv", content)
    return out.getvalue()


def test_the_sheets_of_a_workbook_are_offered_and_the_one_that_was_read_is_named() -> None:
    fits = table_of(rows_of(CRIME))
    two = shown(xlsx_of(("Notes", [["read", "me"]]), ("May", fits), ("June", fits)))
    assert [one.code for one in two.stopped] == ["two-sheets"]
    assert two.sheets == ("Notes", "May", "June")
    june = shown(xlsx_of(("", []), ("May", fits), ("June", fits)), profile=ImportProfile(sheet="June"))
    assert (june.sheet, june.sheets, june.form) == ("June", ("May", "June"), "xlsx")


def test_a_parquet_file_has_no_encoding_and_no_delimiter_to_choose() -> None:
    rows = renamed(Month="Crime month")
    out = io.BytesIO()
    parquet.write_table(pa.table({name: [row[name] for row in rows] for name in rows[0]}), out)
    reading = shown(out.getvalue())
    assert (reading.spellings, reading.delimiter, reading.sheets) == ((), "", ())
    assert reading.proposed.columns == {"Crime month": "Month"}


def test_codes_of_a_column_that_is_only_proposed_are_looked_through_as_well() -> None:
    rows = [{("Offence kind" if n == "Crime type" else n): v for n, v in row.items()} for row in rows_of(CRIME, 12)]
    for row in rows:
        row["Offence kind"] = "burglary"
    reading = shown(csv_of(rows))
    assert reading.proposed == ImportProfile(
        columns={"Offence kind": "Crime type"}, codes={"Crime type": {"burglary": "Burglary"}}
    )


def test_the_texts_of_a_field_are_counted_exactly_and_a_few_are_shown() -> None:
    rows = rows_of(RECORDED, 120)
    for number, row in enumerate(rows):
        row["knife_flag"] = f"text {number:03}" if number else "yes"
    (codes,) = shown(csv_of(rows), RECORDED).codes
    assert (codes.field, codes.different, len(codes.texts)) == ("knife_flag", 120, 40)
    assert all(one.count == 1 for one in codes.texts)


def test_a_text_that_looks_like_a_person_is_shown_to_its_agency_and_cannot_be_kept() -> None:
    rows = rows_of(RECORDED, 3, knife_flag="jo@example.org")
    reading = shown(csv_of(rows), RECORDED)
    assert [one.keepable for one in reading.codes[0].texts] == [False]
    assert reading.proposed.codes == {}


@pytest.mark.parametrize(
    "content", [b"", b"\x00\x01", b"PK\x03\x04broken", b"a" * 100, b"\n\n", b"%PDF-1.7", b"\xff\xfea"]
)
def test_no_bytes_raise(content: bytes) -> None:
    reading = shown(content)
    assert reading.rows == () or reading.header


def test_the_desk_shows_the_same(tmp_path: Path) -> None:
    content = csv_of(renamed(Month="Crime month"))
    path = tmp_path / "extract.csv"
    path.write_bytes(content)
    assert read_file_as(path, schema_of(CRIME), period=PERIOD) == shown(content)


def test_a_vintage_in_the_name_of_a_column_is_spoken_of() -> None:
    dataset = "council/consultation-responses"
    rows = [{("WD22CD" if n == "ward_code" else n): v for n, v in row.items()} for row in rows_of(dataset, 5)]
    (only,) = [one for one in shown(csv_of(rows), dataset).columns if one.proposed]
    assert only.proposed == "ward_code"
    assert any("vintage" in reason for reason in only.reasons)
