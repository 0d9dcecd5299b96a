"""Rules about rows: each broken rule is found where it is broken, counted exactly, and never repeats the value."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.kit.errors import Invalid
from hub.schemas import SAMPLE, Outcome
from tests.support.schemas import checked, codes, csv_of, found, is_clean, rows_of, schema_of

CRIME = "police/street-crime"
API = "police/street-crime-api"
SEARCH = "police/stop-and-search"
ISTV = "health/istv-assaults"
CALLS = "ambulance/violence-callouts"


@pytest.mark.parametrize("dataset", [CRIME, API, SEARCH, ISTV, CALLS])
def test_good_rows_are_accepted_without_a_word(tmp_path: Path, dataset: str) -> None:
    report = checked(tmp_path, dataset, csv_of(rows_of(dataset, 5)))
    assert (is_clean(report), report.accepted_rows) == (True, 5)


@pytest.mark.parametrize(
    ("dataset", "field", "value", "code"),
    [
        (CRIME, "Month", "", "blank-required"),
        (CRIME, "Location", "   ", "blank-required"),
        (CRIME, "Month", "05/2024", "bad-date"),
        (CRIME, "Month", "2024-5", "bad-date"),
        (CRIME, "Crime ID", "12345", "bad-format"),
        (CRIME, "Longitude", "0,014", "bad-type"),
        (CRIME, "Longitude", "nan", "bad-type"),
        (CRIME, "Longitude", "1e-2", "bad-type"),
        (CRIME, "Latitude", "514.02", "out-of-range"),
        (CRIME, "Location", "x" * 201, "too-long"),
        (CRIME, "Crime type", "robbery", "not-in-code-list"),
        (CRIME, "Crime type", "Robbery ", "not-in-code-list"),
        (CRIME, "Latitude", "", "half-filled"),
        (CRIME, "Month", "2024-04", "outside-period"),
        (API, "id", "4.6e7", "bad-type"),
        (API, "id", "007", "bad-type"),
        (API, "id", " 7", "bad-type"),
        (API, "id", "1.5", "bad-type"),
        (API, "location_type", "Navy", "not-in-code-list"),
        (SEARCH, "Date", "13/05/2024 22:04", "bad-date"),
        (SEARCH, "Date", "2024-05-13T22:04:00", "bad-date"),
        (SEARCH, "Date", "2024-02-30T22:04:00+00:00", "bad-date"),
        (SEARCH, "Part of a policing operation", "FALSE", "bad-type"),
        (ISTV, "assault_datetime", "13/05/2024 00:30", "bad-date"),
        (ISTV, "assault_datetime", "2024-05-13 00:30", "bad-date"),
        (ISTV, "arrival_datetime", "2024-05-13T00:10", "out-of-order"),
        (ISTV, "reporting_period_end", "2024-06-30", "bad-period"),
        (ISTV, "assault_method", "knife", "not-in-code-list"),
        (CALLS, "easting", "540300.5", "bad-type"),
        (CALLS, "chief_complaint_code", "04", "not-in-code-list"),
    ],
)
def test_a_broken_rule_is_found(tmp_path: Path, dataset: str, field: str, value: str, code: str) -> None:
    rows = rows_of(dataset, 3)
    rows[1][field] = value
    if code == "out-of-order":
        rows[1]["assault_datetime"] = "2024-05-13T00:30"
    content = csv_of(rows)
    report = checked(tmp_path, dataset, content)
    finding = found(report, code)
    assert report.outcome is Outcome.RETURNED
    assert (finding.count, finding.rows) == (1, (3,))
    if finding.field:
        letter = chr(ord("A") + list(rows[0]).index(finding.field))
        assert finding.cells == (f"{letter}3",)
    part = checked(tmp_path, dataset, content, part_accept=True)
    assert (part.outcome, part.accepted_rows, part.quarantined_rows) == (Outcome.PART_ACCEPTED, 2, 1)


def test_a_bad_date_names_the_expected_format(tmp_path: Path) -> None:
    report = checked(tmp_path, ISTV, csv_of(rows_of(ISTV, assault_datetime="13/05/2024")))
    assert "YYYY-MM-DDTHH:MM" in found(report, "bad-date").message
    assert "such as" in found(report, "bad-date").remedy


def test_no_finding_repeats_a_value(tmp_path: Path) -> None:
    planted = "Zaphod-12345"
    for field in schema_of(CRIME).names:
        rows = rows_of(CRIME, **{field: planted})
        assert planted not in str(checked(tmp_path, CRIME, csv_of(rows)).as_json())


def test_counts_are_exact_and_samples_are_the_first_twenty(tmp_path: Path) -> None:
    rows = rows_of(CRIME, 200)
    for number in range(50, 150):
        rows[number]["Crime type"] = "Piracy"
    finding = found(checked(tmp_path, CRIME, csv_of(rows)), "not-in-code-list")
    assert finding.count == 100
    assert finding.rows == tuple(range(52, 52 + SAMPLE))
    assert finding.cells == tuple(f"J{row}" for row in range(52, 52 + SAMPLE))


def test_a_row_with_two_faults_is_quarantined_once(tmp_path: Path) -> None:
    report = checked(
        tmp_path, CRIME, csv_of(rows_of(CRIME, 4, **{"Month": "", "Crime type": "Piracy"})), part_accept=True
    )
    assert (report.accepted_rows, report.quarantined_rows) == (3, 1)


def test_a_file_in_which_every_row_is_wrong_is_returned_even_where_part_may_be_accepted(tmp_path: Path) -> None:
    report = checked(tmp_path, CRIME, csv_of(rows_of(CRIME, 1, Month="")), part_accept=True)
    assert (report.outcome, report.accepted_rows) == (Outcome.RETURNED, 0)


def test_repeats_of_a_key_are_kept_and_counted(tmp_path: Path) -> None:
    rows = rows_of(API, 5)
    rows[3]["id"] = rows[4]["id"] = rows[1]["id"]
    rows[4]["ward_code"] = "E05000107"
    report = checked(tmp_path, API, csv_of(rows))
    assert (report.outcome, report.accepted_rows) == (Outcome.ACCEPTED_WITH_WARNINGS, 5)
    assert (found(report, "repeated-key").count, found(report, "repeated-key").cells) == (2, ("A5", "A6"))
    assert (found(report, "exact-copies").count, found(report, "exact-copies").rows) == (1, (5,))


def test_a_crime_reference_that_occurs_twice_is_no_repeated_key(tmp_path: Path) -> None:
    rows = rows_of(CRIME, 4, **{"Crime ID": f"{2:064x}", "Crime type": "Drugs"})
    report = checked(tmp_path, CRIME, csv_of(rows))
    assert (report.outcome, report.accepted_rows) == (Outcome.ACCEPTED, 4)


def test_anti_social_behaviour_needs_no_reference_but_other_crimes_do(tmp_path: Path) -> None:
    rows = rows_of(CRIME, 3)
    rows[0] |= {"Crime type": "Anti-social behaviour", "Crime ID": "", "Last outcome category": ""}
    rows[1] |= {"Crime ID": ""}
    report = checked(tmp_path, CRIME, csv_of(rows))
    assert report.outcome is Outcome.ACCEPTED_WITH_WARNINGS
    assert (found(report, "blank-expected").field, found(report, "blank-expected").rows) == ("Crime ID", (3,))


def test_the_hour_before_midnight_utc_belongs_to_the_next_month_in_summer_only(tmp_path: Path) -> None:
    summer = csv_of(rows_of(SEARCH, 1, Date="2024-05-31T23:30:00+00:00"))
    assert checked(tmp_path, SEARCH, summer, period="2024-06").outcome is Outcome.ACCEPTED
    assert codes(checked(tmp_path, SEARCH, summer, period="2024-05")) == ["outside-period"]
    winter = csv_of(rows_of(SEARCH, 1, Date="2024-01-31T23:30:00+00:00"))
    assert checked(tmp_path, SEARCH, winter, period="2024-01").outcome is Outcome.ACCEPTED


def test_a_blank_arrival_leaves_the_month_to_the_assault(tmp_path: Path) -> None:
    report = checked(tmp_path, ISTV, csv_of(rows_of(ISTV, arrival_datetime="")))
    assert codes(report) == ["blank-wanted"]
    other = rows_of(ISTV, arrival_datetime="", assault_datetime="2024-04-30T23:50")
    assert "outside-period" in codes(checked(tmp_path, ISTV, csv_of(other)))


def test_an_arrival_a_week_after_the_assault_is_asked_about(tmp_path: Path) -> None:
    rows = rows_of(ISTV, assault_datetime="2024-05-02T00:10", arrival_datetime="2024-05-13T00:30")
    report = checked(tmp_path, ISTV, csv_of(rows))
    assert (report.outcome, codes(report)) == (Outcome.ACCEPTED_WITH_WARNINGS, ["long-gap"])


def test_a_fall_is_a_call_out_to_violence_only_when_the_crew_says_so(tmp_path: Path) -> None:
    rows = rows_of(CALLS, chief_complaint_code="17", crew_illness_code="")
    report = checked(tmp_path, CALLS, csv_of(rows))
    assert found(report, "blank-required-here").field == "crew_illness_code"


def test_without_a_period_no_month_is_asked(tmp_path: Path) -> None:
    rows = rows_of(CRIME, Month="2019-01")
    assert checked(tmp_path, CRIME, csv_of(rows), period="").outcome is Outcome.ACCEPTED


@pytest.mark.parametrize("period", ["2024", "2024-13", "May 2024", "2024-05-01"])
def test_a_period_that_is_no_month_is_invalid(tmp_path: Path, period: str) -> None:
    with pytest.raises(Invalid, match="no month"):
        checked(tmp_path, CRIME, csv_of(rows_of(CRIME)), period=period)


def test_the_report_is_the_contract_of_hub_check(tmp_path: Path) -> None:
    said = checked(tmp_path, CRIME, csv_of(rows_of(CRIME, Month=""))).as_json()
    assert {
        "schema",
        "version",
        "file",
        "sha256",
        "encoding",
        "rows",
        "accepted_rows",
        "quarantined_rows",
        "outcome",
        "findings",
    } <= set(said)
    assert said["outcome"] == "returned"
    assert {"code", "severity", "field", "count", "message", "rows"} <= set(said["findings"][0])
    assert said["rows"] == said["accepted_rows"] + said["quarantined_rows"]


def test_a_time_is_compared_with_a_date_by_the_day(tmp_path: Path) -> None:
    crimes = "police/recorded-crime"
    rows = rows_of(crimes, 3)
    for row, moment in zip(rows, ("2024-05-14T23:59", "2024-05-15T00:00", "2024-05-14T00:00"), strict=True):
        row |= {"committed_from": moment, "committed_to": moment}  # recorded on the 14th
    assert found(checked(tmp_path, crimes, csv_of(rows)), "out-of-order").rows == (3,)


def test_a_recorded_crime_code_is_bound_to_the_months_it_was_used_in(tmp_path: Path) -> None:
    crimes = "police/recorded-crime"
    rows = rows_of(crimes, 2, prc_code="28A")
    rows[1]["prc_code"] = "28E"
    finding = found(checked(tmp_path, crimes, csv_of(rows)), "code-of-another-month")
    assert (finding.rows, finding.count) == ((2,), 1)
    assert "28A (Burglary in a dwelling)" in finding.message
    assert "until March 2017" in finding.message
    assert len(schema_of(crimes).field("prc_code").codes.codes) == 136  # type: ignore[union-attr]
    assert len(schema_of(crimes).kinds) == 28
