"""What a file may write otherwise: another encoding, words for blank, blanks around values, earlier column names. All of it is
read, told and counted.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from hub.kit.errors import Invalid
from hub.kit.paths import data_root
from hub.schemas import DatasetSchema, Outcome, check_file
from hub.schemas.load import code_lists, dataset_schema, read_yaml
from tests.support.schemas import checked, codes, csv_of, found, rows_of, schema_of

FIRE = "fire/incidents"
CRIME = "police/street-crime"


def changed(dataset: str, **changes: Any) -> DatasetSchema:
    folder = data_root("schemas")
    raw = read_yaml(folder / dataset / "1.0.0.yaml") | changes
    return dataset_schema(raw, code_lists(folder / "codes"), where="test")


def test_a_windows_1252_file_is_read_where_the_schema_allows_it(tmp_path: Path) -> None:
    content = csv_of(rows_of(FIRE, 3, PropertyType="Café \u2013 terrace")).decode().encode("windows-1252")
    report = checked(tmp_path, FIRE, content)
    assert (report.outcome, report.encoding, report.accepted_rows) == (
        Outcome.ACCEPTED_WITH_WARNINGS,
        "windows-1252",
        3,
    )
    assert found(report, "other-encoding").count == 3  # the pound sign, the accent and the dash


def test_a_windows_1252_file_is_returned_where_the_schema_does_not_allow_it(tmp_path: Path) -> None:
    content = csv_of(rows_of(CRIME, 3, Location="On or near Café")).decode().encode("windows-1252")
    report = checked(tmp_path, CRIME, content)
    assert (report.outcome, report.encoding, codes(report)) == (Outcome.RETURNED, "", ["wrong-encoding"])


def test_a_byte_that_windows_1252_does_not_know_returns_the_file(tmp_path: Path) -> None:
    content = csv_of(rows_of(FIRE, 3, PropertyType="x")).decode().encode("windows-1252").replace(b",x,", b",\x81,", 1)
    report = checked(tmp_path, FIRE, content)
    assert (report.outcome, codes(report)) == (Outcome.RETURNED, ["wrong-encoding"])


def test_utf_8_is_read_as_utf_8_where_another_encoding_is_allowed_too(tmp_path: Path) -> None:
    report = checked(tmp_path, FIRE, csv_of(rows_of(FIRE, 3, PropertyType="Café")))
    assert (report.outcome, report.encoding) == (Outcome.ACCEPTED, "utf-8")


def test_null_as_text_is_blank_and_counted_for_each_column(tmp_path: Path) -> None:
    rows = rows_of(FIRE, 4)
    rows[0] |= {"UPRN": "NULL", "USRN": "NULL"}
    rows[1] |= {"UPRN": "NULL", "PropertyType": "NULL "}
    report = checked(tmp_path, FIRE, csv_of(rows), part_accept=True)
    told = {finding.field: (finding.count, finding.rows) for finding in report.findings if finding.code == "null-text"}
    assert told == {"UPRN": (2, (2, 3)), "USRN": (1, (2,)), "PropertyType": (1, (3,))}
    assert (found(report, "blank-required").field, report.accepted_rows) == ("PropertyType", 3)


def test_a_schema_that_does_not_speak_of_null_takes_it_for_a_word(tmp_path: Path) -> None:
    report = checked(tmp_path, CRIME, csv_of(rows_of(CRIME, 3, Location="NULL")))
    assert report.outcome is Outcome.ACCEPTED


def test_blanks_around_a_coded_value_are_taken_off_only_where_the_schema_says_so(tmp_path: Path) -> None:
    padded = checked(tmp_path, FIRE, csv_of(rows_of(FIRE, 3, StopCodeDescription=" AFA\t")))
    assert (padded.outcome, codes(padded)) == (Outcome.ACCEPTED_WITH_WARNINGS, ["blanks-trimmed"])
    exact = checked(tmp_path, CRIME, csv_of(rows_of(CRIME, 3, **{"Crime type": "Robbery "})))
    assert codes(exact) == ["not-in-code-list"]


def test_an_earlier_column_name_is_read_as_the_present_one_and_told(tmp_path: Path) -> None:
    rows = [{name.replace("(£)", "(GBP)"): value for name, value in row.items()} for row in rows_of(FIRE)]
    report = checked(tmp_path, FIRE, csv_of(rows))
    assert (report.outcome, codes(report)) == (Outcome.ACCEPTED_WITH_WARNINGS, ["column-renamed"])
    assert (found(report, "column-renamed").field, found(report, "column-renamed").cells) == (
        "Notional Cost (£)",
        ("AM1",),
    )


def test_both_names_of_a_column_at_once_are_one_column_twice(tmp_path: Path) -> None:
    rows = [row | {"Notional Cost (GBP)": "1"} for row in rows_of(FIRE)]
    report = checked(tmp_path, FIRE, csv_of(rows))
    assert (report.outcome, codes(report)) == (Outcome.RETURNED, ["repeated-column"])


def test_hours_of_pumps_are_never_read_as_minutes() -> None:
    aliases = {name for field in schema_of(FIRE).fields for name in field.aliases}
    assert "PumpHoursRoundUp" not in aliases
    assert {"PumpHoursRoundUp", "PumpMinutesRounded"} <= set(schema_of(FIRE).names)


@pytest.mark.parametrize("written", ["13 May 2024", "13/05/2024", "13-May-24", "2024-05-13", "2024/5/13"])
def test_each_of_the_five_ways_to_write_a_date_of_call_is_read(tmp_path: Path, written: str) -> None:
    assert checked(tmp_path, FIRE, csv_of(rows_of(FIRE, 2, DateOfCall=written))).outcome is Outcome.ACCEPTED


@pytest.mark.parametrize(
    "written", ["13 may 2024", "13/5/2024", "5/13/2024", "2024/13/5", "13-05-24", "31 Feb 2024", "13 Mai 2024"]
)
def test_other_ways_to_write_it_are_not_guessed_at(tmp_path: Path, written: str) -> None:
    report = checked(tmp_path, FIRE, csv_of(rows_of(FIRE, 2, DateOfCall=written)))
    assert (report.outcome, codes(report)[0]) == (Outcome.RETURNED, "bad-date")


def test_a_number_that_must_be_blank_may_be_nought(tmp_path: Path) -> None:
    home = dict.fromkeys(("Postcode_full", "Easting_m", "Northing_m", "Latitude", "Longitude"), "")
    rows = rows_of(FIRE, 2, PropertyCategory="Dwelling", UPRN="0.0", **home)
    assert checked(tmp_path, FIRE, csv_of(rows)).outcome is Outcome.ACCEPTED
    rows = rows_of(FIRE, 2, PropertyCategory="Dwelling", UPRN="200220110", **home)
    report = checked(tmp_path, FIRE, csv_of(rows))
    assert (codes(report), found(report, "filled-here").field) == (["filled-here"], "UPRN")


def test_a_file_stands_for_one_value_where_the_schema_says_so(tmp_path: Path) -> None:
    schema = changed(CRIME, rules=[{"rule": "one-value", "field": "Reported by"}])
    rows = rows_of(CRIME, 4)
    rows[2]["Reported by"] = "Another force"
    path = tmp_path / "extract.csv"
    path.write_bytes(csv_of(rows))
    report = check_file(path, schema, period="2024-05", part_accept=True)
    assert (report.outcome, found(report, "several-values").rows, report.accepted_rows) == (
        Outcome.PART_ACCEPTED,
        (4,),
        3,
    )


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"missingValues": ["NULL"]}, "missingValues"),
        ({"encodings": ["utf-8", "klingon"]}, "klingon"),
        ({"rules": [{"rule": "part-of", "field": "Month", "whole": "Month", "part": "moon"}]}, "moon"),
    ],
)
def test_a_slip_in_what_a_file_may_write_is_named(change: dict[str, Any], says: str) -> None:
    with pytest.raises(Invalid, match=says):
        changed(CRIME, **change)
