"""The London Fire Brigade's own files, checked, with counts equal to counts made with Python's csv module."""

from __future__ import annotations

import csv
import re
from functools import cache
from pathlib import Path

from hub.engine import DuckDbEngine
from hub.schemas import CheckReport, Outcome, check, check_file, values_at
from tests.support.schemas import codes, found, registry, schema_of
from tests.support.shared import shared

INCIDENTS = "data/fire/lfb-incident-sample.csv"
RESCUES = "data/fire/lfb-animal-rescue-edition-2021.csv"
PHONE = re.compile(r"0(?:[ ().]{0,3}[0-9]){9,10}(?![0-9A-Za-z])")


@cache
def records(path: Path, encoding: str) -> list[dict[str, str]]:
    with path.open(newline="", encoding=encoding) as file:
        return list(csv.DictReader(file))


@cache
def rescues(part_accept: bool) -> CheckReport:
    schema = schema_of("fire/special-services")
    return check_file(shared(RESCUES), schema, registry=registry(), part_accept=part_accept)


def counts(report: CheckReport, code: str) -> dict[str, int]:
    return {finding.field: finding.count for finding in report.findings if finding.code == code}


def test_the_brigade_s_incident_records_are_accepted_as_they_are_published() -> None:
    path = shared(INCIDENTS)
    rows = records(path, "utf-8")
    assert "Notional Cost (£)" in rows[0]
    assert set(rows[0]) == set(schema_of("fire/incidents").names) - {
        "PumpHoursRoundUp", "deliberate_flag", "firefighter_attacked",
    }  # fmt: skip
    report = check_file(path, schema_of("fire/incidents"), period="2009-01", registry=registry())
    assert (report.outcome, report.rows, report.accepted_rows) == (Outcome.ACCEPTED_WITH_WARNINGS, 20, len(rows))
    assert set(codes(report)) == {"column-left-out", "blanks-trimmed"}
    padded = {name: sum(row[name] != row[name].strip() for row in rows) for name in rows[0]}
    assert counts(report, "blanks-trimmed") == {name: count for name, count in padded.items() if count}
    assert len(counts(report, "column-left-out")) == 3


def test_the_rescue_edition_is_another_layout_and_the_incident_schema_says_which() -> None:
    report = check_file(shared(RESCUES), schema_of("fire/incidents"), registry=registry())
    assert (report.outcome, codes(report)) == (Outcome.RETURNED, ["wrong-schema", "other-encoding"])
    assert "fire/special-services" in found(report, "wrong-schema").remedy


def test_the_rescue_edition_is_read_as_windows_1252_and_says_so() -> None:
    content = shared(RESCUES).read_bytes()
    report = rescues(True)
    assert report.encoding == "windows-1252"
    assert found(report, "other-encoding").count == sum(byte > 127 for byte in content) == 2


def test_every_null_and_every_padded_value_of_the_rescue_edition_is_counted() -> None:
    rows = records(shared(RESCUES), "windows-1252")
    report = rescues(True)
    assert report.rows == len(rows) == 7312
    nulls = {name: sum(row[name].strip() == "NULL" for row in rows) for name in rows[0]}
    assert counts(report, "null-text") == {name: count for name, count in nulls.items() if count}
    assert counts(report, "null-text")["UPRN"] == 4729
    padded = {name: sum(row[name] != row[name].strip() for row in rows) for name in rows[0]}
    assert counts(report, "blanks-trimmed") == {name: count for name, count in padded.items() if count}
    assert counts(report, "blanks-trimmed")["PropertyType"] == 6131


def test_the_rescue_edition_holds_phone_numbers_and_a_point_off_the_map_and_only_these_rows_are_kept_out() -> None:
    rows = records(shared(RESCUES), "windows-1252")
    phones = {number for number, row in enumerate(rows, start=2) if PHONE.search(row["FinalDescription"])}
    off = {
        number
        for number, row in enumerate(rows, start=2)
        if row["Latitude"] != "NULL" and not 49 <= float(row["Latitude"]) <= 61
    }
    whole, part = rescues(False), rescues(True)
    assert (whole.outcome, whole.accepted_rows) == (Outcome.RETURNED, 0)
    assert (part.outcome, part.quarantined_rows) == (Outcome.PART_ACCEPTED, len(phones | off))
    assert (len(phones), len(off)) == (14, 1)
    assert set(found(part, "possible-identifier").rows) == phones
    assert set(found(part, "out-of-range").rows) == off
    homes = [row for row in rows if row["PropertyCategory"] == "Dwelling"]
    assert all(row["Easting_m"] == row["Latitude"] == "NULL" for row in homes)
    assert "filled-here" not in codes(part)


def test_the_accepted_rescues_have_the_values_of_the_file_with_blanks_for_null_and_nothing_around_them() -> None:
    path = shared(RESCUES)
    rows = records(path, "windows-1252")
    with DuckDbEngine().session(local=[path]) as session:
        result = check(
            session,
            str(path),
            schema_of("fire/special-services"),
            period="",
            file_name=path.name,
            read_bytes=lambda: [path.read_bytes()],
            part_accept=True,
        )
        kept = session.rows(
            'SELECT hub_row, "PropertyType", "UPRN", "HourlyNotionalCost(£)", "DateTimeOfCall", hub_month'
            f" FROM {result.accepted} ORDER BY hub_row"
        )
    assert len(kept) == result.report.accepted_rows
    for row, kind, uprn, cost, when, month in kept:
        said = rows[row - 2]
        assert kind == said["PropertyType"].strip()
        assert uprn == (None if said["UPRN"] == "NULL" else float(said["UPRN"]))
        assert cost == float(said["HourlyNotionalCost(£)"])
        assert when.strftime("%d/%m/%Y %H:%M") == said["DateTimeOfCall"]
        assert month == when.strftime("%Y-%m")


def test_a_value_of_a_windows_1252_file_is_read_back_for_its_agency() -> None:
    path = shared(RESCUES)
    with DuckDbEngine().session(local=[path]) as session:
        values = values_at(
            session,
            str(path),
            schema_of("fire/special-services"),
            read_bytes=lambda: [path.read_bytes()],
            field="HourlyNotionalCost(£)",
            rows=[2, 3],
        )
    assert values == {2: "255", 3: "255"}
