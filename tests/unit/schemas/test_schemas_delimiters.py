"""The sign between columns: found where it alone gives the agreed columns, or chosen by a person; always told."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from hub.engine import DuckDbEngine
from hub.schemas import ImportProfile, Outcome, check, delimiter_found
from tests.support.schemas import checked, codes, found, rows_of, schema_of

CRIME = "police/street-crime"
SIGNS = (";", "\t", "|", "^", "~", "!", "\x1f", "\x01", ":", "'", "\\", "#", "$", "%", "{")


def written(sign: str, *, count: int = 3, quoting: int = csv.QUOTE_MINIMAL, **changes: str) -> bytes:
    rows, out = rows_of(CRIME, count, **changes), io.StringIO(newline="")
    writer = csv.DictWriter(out, fieldnames=list(rows[0]), delimiter=sign, quoting=quoting)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


@pytest.mark.parametrize("sign", SIGNS)
def test_a_sign_that_alone_gives_the_agreed_columns_is_read_and_told(tmp_path: Path, sign: str) -> None:
    report = checked(tmp_path, CRIME, written(sign, Location=f'On "or" near{sign}, High Street'))
    assert (report.outcome, codes(report), report.accepted_rows) == (
        Outcome.ACCEPTED_WITH_WARNINGS,
        ["other-delimiter"],
        3,
    )
    assert delimiter_found(written(sign), schema_of(CRIME)) == sign


@pytest.mark.parametrize("sign", [";", "\t", "|"])
def test_the_values_are_those_that_were_written(sign: str) -> None:
    said = f'On "or" near{sign}, High\nStreet'
    content = written(sign, Location=said)
    with DuckDbEngine().session() as session:
        result = check(
            session,
            session.hold(content),
            schema_of(CRIME),
            period="2024-05",
            file_name="extract.tsv",
            read_bytes=lambda: [content],
        )
        assert session.rows(f'SELECT "Location" FROM {result.accepted} WHERE hub_row = 2') == [(said,)]


def test_a_missing_column_is_named_whatever_divides_the_others(tmp_path: Path) -> None:
    content = written(";").replace(b";Crime type;", b";Sort;", 1)
    report = checked(tmp_path, CRIME, content)
    assert (report.outcome, codes(report)) == (Outcome.RETURNED, ["missing-column", "other-delimiter"])
    assert found(report, "missing-column").field == "Crime type"
    assert report.rows == 3
    assert "most of the agreed columns" in found(report, "other-delimiter").message


def test_names_in_other_capitals_show_the_division_too(tmp_path: Path) -> None:
    head, rest = written(";").split(b"\r\n", 1)
    report = checked(tmp_path, CRIME, head.lower() + b"\r\n" + rest)
    assert report.outcome is Outcome.RETURNED
    assert set(codes(report)) == {"missing-column", "other-delimiter"}
    assert "nearly that name" in report.findings[0].message


def test_a_chosen_sign_is_used_and_told(tmp_path: Path) -> None:
    report = checked(tmp_path, CRIME, written(";"), profile=ImportProfile(delimiter=";"))
    assert "because you chose it" in found(report, "other-delimiter").message


def test_a_remembered_sign_gives_way_to_the_one_that_gives_all_the_columns_and_it_is_told(tmp_path: Path) -> None:
    report = checked(tmp_path, CRIME, written(","), profile=ImportProfile(delimiter=";"))
    assert (report.outcome, codes(report)) == (Outcome.ACCEPTED_WITH_WARNINGS, ["choice-not-used"])


def test_a_chosen_sign_that_gives_nothing_is_not_overruled_by_half_a_guess(tmp_path: Path) -> None:
    content = written("|").replace(b"Crime type", b"Sort", 1)
    report = checked(tmp_path, CRIME, content, profile=ImportProfile(delimiter=";"))
    assert codes(report) == ["wrong-schema", "other-delimiter"]


@pytest.mark.parametrize("sign", ["", "ab", '"', " ", "a", "é", "\n", "\0"])
def test_what_is_no_sign_between_columns_is_refused_by_name(tmp_path: Path, sign: str) -> None:
    report = checked(tmp_path, CRIME, written(","), profile=ImportProfile(delimiter=sign))
    assert codes(report) == (["wrong-delimiter"] if sign else [])


@pytest.mark.parametrize("sign", [";", ",", "\t"])
def test_a_line_that_says_the_sign_to_a_spreadsheet_is_no_row(tmp_path: Path, sign: str) -> None:
    content = f"sep={sign}\r\n".encode() + written(sign, Month="2024-13")
    report = checked(tmp_path, CRIME, content, part_accept=True)
    assert (report.rows, report.accepted_rows, found(report, "bad-date").rows) == (3, 2, (3,))
    assert ("other-delimiter" in codes(report)) == (sign != ",")


def test_a_comma_stays_the_comma_where_nothing_fits() -> None:
    schema = schema_of(CRIME)
    assert delimiter_found(b"", schema) == ","
    assert delimiter_found(b"a;b;c\n", schema) == ","
    assert delimiter_found(b"sep=;\n", schema) == ","
    assert delimiter_found(written(";").decode().encode("utf-16"), schema) == ";"


def test_decimal_commas_are_never_turned_into_points(tmp_path: Path) -> None:
    report = checked(tmp_path, CRIME, written(";", Longitude="0,0137"))
    assert (report.outcome, found(report, "bad-type").field) == (Outcome.RETURNED, "Longitude")
