"""Files that are no extract at all: each gets one clear finding that says what, where and how to mend it."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.schemas import Outcome, column_letter
from hub.schemas.header import MOST_COLUMNS, read_header
from hub.schemas.text import LONGEST_LINE
from tests.support.schemas import ROWS, checked, codes, csv_of, found, rows_of, schema_of

CRIME = "police/street-crime"
SEARCH = "police/stop-and-search"


def test_an_empty_file_is_returned(tmp_path: Path) -> None:
    for content in (b"", b"\xef\xbb\xbf", b"\r\n\r\n"):
        report = checked(tmp_path, CRIME, content)
        assert (report.outcome, codes(report), report.rows) == (Outcome.RETURNED, ["empty-file"], 0)


def test_a_file_with_only_a_header_is_returned(tmp_path: Path) -> None:
    header = csv_of(rows_of(CRIME)).splitlines(keepends=True)[0]
    for content in (header, header.rstrip(), header + b"\r\n\r\n"):
        report = checked(tmp_path, CRIME, content)
        assert (report.outcome, codes(report), report.rows) == (Outcome.RETURNED, ["header-only"], 0)


def test_bytes_that_are_not_utf_8_are_found_at_their_offset_and_row(tmp_path: Path) -> None:
    content = csv_of(rows_of(CRIME, 5))
    lines = content.splitlines(keepends=True)
    lines[3] = lines[3].replace(b"High Street", b"Caf\xe9 Lane")
    report = checked(tmp_path, CRIME, b"".join(lines))
    finding = found(report, "wrong-encoding")
    offset = b"".join(lines).index(b"\xe9")
    assert (report.outcome, codes(report)) == (Outcome.RETURNED, ["wrong-encoding"])
    assert finding.rows == (4,)
    assert f"{offset:,}" in finding.message
    assert (report.encoding, report.rows, report.accepted_rows) == ("", 5, 0)


def test_a_sign_cut_in_half_at_the_very_end_is_found(tmp_path: Path) -> None:
    report = checked(tmp_path, CRIME, csv_of(rows_of(CRIME)) + "é".encode()[:1])
    assert codes(report) == ["wrong-encoding"]


def test_a_byte_order_mark_is_allowed(tmp_path: Path) -> None:
    report = checked(tmp_path, CRIME, b"\xef\xbb\xbf" + csv_of(rows_of(CRIME)))
    assert (report.outcome, report.rows) == (Outcome.ACCEPTED, 3)


@pytest.mark.parametrize(
    ("head", "word"),
    [
        (b"%PDF-1.7", "PDF"),
        (b"\x1f\x8b\x08", "compressed"),
        (b"\xd0\xcf\x11\xe0", "of the old kind"),
    ],
)
def test_a_file_of_another_kind_is_named(tmp_path: Path, head: bytes, word: str) -> None:
    report = checked(tmp_path, CRIME, head + b"\x00\x01rest")
    assert codes(report) == ["not-csv"]
    assert word in found(report, "not-csv").message


def test_a_nul_byte_is_found_where_it_stands(tmp_path: Path) -> None:
    content = csv_of(rows_of(CRIME, 4)).replace(b"High Street", b"High\x00Street", 1)
    finding = found(checked(tmp_path, CRIME, content), "not-csv")
    assert finding.rows == (2,)
    assert f"{content.index(0):,}" in finding.message


def test_a_line_without_end_is_found(tmp_path: Path) -> None:
    content = csv_of(rows_of(CRIME)) + b"x" * (2 * LONGEST_LINE)
    report = checked(tmp_path, CRIME, content)
    assert (report.outcome, codes(report)) == (Outcome.RETURNED, ["line-too-long"])
    assert found(report, "line-too-long").rows == (5,)


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    rows = [{name: value for name, value in row.items() if name != "Crime type"} for row in rows_of(CRIME)]
    report = checked(tmp_path, CRIME, csv_of(rows))
    assert (report.outcome, codes(report), report.rows) == (Outcome.RETURNED, ["missing-column"], 3)
    assert found(report, "missing-column").field == "Crime type"


def test_a_column_name_in_other_capitals_is_missing_and_its_cell_is_told(tmp_path: Path) -> None:
    content = csv_of(rows_of(CRIME)).replace(b"Crime type", b"crime_type", 1)
    finding = found(checked(tmp_path, CRIME, content), "missing-column")
    assert finding.cells == ("J1",)
    assert "Crime type" in finding.remedy


def test_a_column_name_twice_is_found(tmp_path: Path) -> None:
    content = csv_of(rows_of(CRIME)).replace(b"Context", b"Month", 1)
    report = checked(tmp_path, CRIME, content)
    assert codes(report) == ["repeated-column"]
    assert found(report, "repeated-column").cells == ("B1", "L1")


def test_a_file_of_another_schema_is_named_by_its_header(tmp_path: Path) -> None:
    for other in ROWS:
        if other != CRIME:
            report = checked(tmp_path, CRIME, csv_of(rows_of(other)))
            assert (report.outcome, codes(report), report.rows) == (Outcome.RETURNED, ["wrong-schema"], 3)
            assert schema_of(other).title in found(report, "wrong-schema").message
            assert f"`--schema {other}`" in found(report, "wrong-schema").remedy


def test_a_file_without_a_header_repeats_nothing_of_its_first_row(tmp_path: Path) -> None:
    content = csv_of(rows_of(CRIME, Location="Somebody Smith")).split(b"\r\n", 1)[1]
    report = checked(tmp_path, CRIME, content)
    assert codes(report) == ["wrong-schema"]
    assert "Smith" not in str(report.as_json())


def test_columns_may_stand_in_any_order(tmp_path: Path) -> None:
    report = checked(tmp_path, CRIME, csv_of(rows_of(CRIME), columns=sorted(ROWS[CRIME], reverse=True)))
    assert report.outcome is Outcome.ACCEPTED


def test_an_unclosed_quote_returns_the_file_and_names_its_row(tmp_path: Path) -> None:
    lines = csv_of(rows_of(CRIME, 6)).splitlines(keepends=True)
    lines[3] = lines[3].replace(b"On or near", b'"On or near')
    report = checked(tmp_path, CRIME, b"".join(lines))
    assert (report.outcome, codes(report)) == (Outcome.RETURNED, ["unclosed-quote"])
    assert found(report, "unclosed-quote").rows == (4,)


def test_a_file_that_breaks_off_in_its_last_row_is_returned(tmp_path: Path) -> None:
    report = checked(tmp_path, CRIME, csv_of(rows_of(CRIME, 4))[:-60], part_accept=True)
    assert (report.outcome, codes(report)) == (Outcome.RETURNED, ["cut-off"])
    assert found(report, "cut-off").rows == (5,)


def test_a_missing_last_line_end_is_no_fault(tmp_path: Path) -> None:
    assert checked(tmp_path, CRIME, csv_of(rows_of(CRIME)).rstrip()).outcome is Outcome.ACCEPTED


def test_ragged_rows_are_counted_with_their_numbers(tmp_path: Path) -> None:
    lines = csv_of(rows_of(CRIME, 8)).splitlines(keepends=True)
    lines[2] = b"too,few\r\n"
    lines[5] = lines[5].rstrip() + b",one,more\r\n"
    report = checked(tmp_path, CRIME, b"".join(lines))
    assert (report.outcome, report.rows) == (Outcome.RETURNED, 8)
    assert (found(report, "ragged-row").count, found(report, "ragged-row").rows) == (2, (3, 6))
    kept = checked(tmp_path, CRIME, b"".join(lines), part_accept=True)
    assert (kept.outcome, kept.accepted_rows, kept.quarantined_rows) == (Outcome.PART_ACCEPTED, 6, 2)


def test_an_extra_column_is_dropped_and_said_so(tmp_path: Path) -> None:
    rows = [{**row, "Beat": "7"} for row in rows_of(CRIME)]
    report = checked(tmp_path, CRIME, csv_of(rows))
    finding = found(report, "extra-column")
    assert report.outcome is Outcome.ACCEPTED_WITH_WARNINGS
    assert (finding.field, finding.cells) == ("column M", ("M1",))
    assert "Beat" in finding.message


def test_an_extra_column_named_by_a_value_is_not_repeated(tmp_path: Path) -> None:
    rows = [{**row, "9434765919": "7"} for row in rows_of(CRIME)]
    assert "9434765919" not in str(checked(tmp_path, CRIME, csv_of(rows)).as_json())


def test_an_optional_column_may_be_left_out(tmp_path: Path) -> None:
    rows = [{name: value for name, value in row.items() if name != "Context"} for row in rows_of(CRIME)]
    report = checked(tmp_path, CRIME, csv_of(rows))
    assert report.outcome is Outcome.ACCEPTED_WITH_WARNINGS
    assert found(report, "column-left-out").field == "Context"


@pytest.mark.parametrize(
    "name", ["nhs_number", "NHS Number", "NHSNO", "Surname", "first name", "DOB", "Home Postcode", "Risk Score"]
)
@pytest.mark.parametrize("dataset", sorted(ROWS))
def test_a_refused_column_is_known_whatever_it_is_called(dataset: str, name: str) -> None:
    header = read_header([*ROWS[dataset], name], schema_of(dataset))
    assert (header.refused, [finding.code for finding in header.findings]) == (True, ["refused-field"])


@pytest.mark.parametrize("dataset", [CRIME, "health/istv-assaults"])
def test_a_refused_column_refuses_the_file_even_where_part_may_be_accepted(tmp_path: Path, dataset: str) -> None:
    rows = [{**row, "NHS Number": "x"} for row in rows_of(dataset)]
    report = checked(tmp_path, dataset, csv_of(rows), part_accept=True)
    assert (report.outcome, report.rows, report.accepted_rows) == (Outcome.REFUSED, 3, 0)
    assert codes(report) == ["refused-field"]
    assert found(report, "refused-field").cells == (f"{column_letter(len(ROWS[dataset]))}1",)


def test_line_ends_of_every_kind_are_read(tmp_path: Path) -> None:
    content = csv_of(rows_of(CRIME, 3))
    for end in (b"\n", b"\r\n", b"\r"):
        report = checked(tmp_path, CRIME, content.replace(b"\r\n", end))
        assert (report.outcome, report.rows) == (Outcome.ACCEPTED, 3)


def test_quoted_commas_quotes_and_line_ends_are_one_value(tmp_path: Path) -> None:
    rows = rows_of(CRIME, 4)
    rows[1]["Location"] = 'On or near "The Star",\nHigh Street'
    rows[3]["Month"] = "2024-13"
    report = checked(tmp_path, CRIME, csv_of(rows), part_accept=True)
    assert (report.rows, report.accepted_rows) == (4, 3)
    assert found(report, "bad-date").rows == (5,)


def test_a_file_with_far_too_many_columns_is_returned_without_reading_its_rows(tmp_path: Path) -> None:
    for names in ([f"c{place}" for place in range(100_000)], [""] * 100_000, ["Month"] * 100_000):
        content = (",".join(names) + "\n" + "," * (len(names) - 1) + "\n").encode()
        report = checked(tmp_path, CRIME, content)
        assert (report.outcome, codes(report), report.rows) == (Outcome.RETURNED, ["too-many-columns"], 1)
        assert "100,000" in report.findings[0].message


def test_a_refused_field_is_found_behind_any_number_of_columns(tmp_path: Path) -> None:
    health = schema_of("health/istv-assaults")
    names = [*(f"c{place}" for place in range(MOST_COLUMNS)), *[min(health.refused[0].names)] * 3]
    report = checked(tmp_path, health.id, (",".join(names) + "\n").encode())
    assert (report.outcome, codes(report)) == (Outcome.REFUSED, ["refused-field"])
    assert report.findings[0].count == 3
