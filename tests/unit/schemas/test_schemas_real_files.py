"""All real files are accepted, with counts equal to counts made with Python's csv module."""

from __future__ import annotations

import csv
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from hub.engine import DuckDbEngine
from hub.schemas import CheckReport, Outcome, check, check_file
from tests.support.geography import bromley
from tests.support.schemas import codes, found, registry, schema_of
from tests.support.shared import shared

KEPT = {Outcome.ACCEPTED, Outcome.ACCEPTED_WITH_WARNINGS}


@cache
def records(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@cache
def report_on(path: Path, dataset: str) -> CheckReport:
    return check_file(path, schema_of(dataset), period=path.name[:7], registry=registry())


def surplus(rows: list[dict[str, str]], *columns: str) -> int:
    seen = Counter(tuple(row[column] for column in columns or row) for row in rows)
    return sum(count - 1 for count in seen.values())


@pytest.mark.parametrize(
    ("dataset", "folder", "pattern", "expected_rows"),
    [
        ("police/street-crime", "data/police/street", "*.csv", 3932),
        ("police/street-crime", "data/police/street_large", "*.csv", 28537),
        ("police/street-crime", "data/police/met_burglary", "*-street.csv", 9165),
        ("police/outcomes", "data/police/met_burglary", "*-outcomes.csv", 2079),
        ("police/stop-and-search", "data/police/stop_search", "*.csv", 24668),
        ("police/street-crime-api", "data/police/bromley_api", "*.csv", 39121),
    ],
)
def test_every_row_of_the_real_files_is_accepted(dataset: str, folder: str, pattern: str, expected_rows: int) -> None:
    total = 0
    for path in sorted(shared(folder).glob(pattern)):
        rows, report = records(path), report_on(path, dataset)
        total += report.accepted_rows
        assert report.outcome in KEPT
        assert (report.rows, report.accepted_rows, report.quarantined_rows) == (len(rows), len(rows), 0)
        repeats = surplus(rows)
        assert (found(report, "exact-copies").count if repeats else "exact-copies" not in codes(report)) in (
            repeats,
            True,
        )
    assert total == expected_rows


def test_rows_without_a_key_are_never_merged_but_copies_are_counted() -> None:
    path = shared("data/police/street_large/2017-07-west-yorkshire-street.csv")
    rows, report = records(path), report_on(path, "police/street-crime")
    without_id = [row for row in rows if not row["Crime ID"]]
    assert report.accepted_rows == 28537
    assert found(report, "exact-copies").count == surplus(without_id) == 1857


def test_a_key_that_occurs_twice_is_counted_and_both_rows_are_kept() -> None:
    accepted, repeated, distinct = 0, 0, set()
    for path in sorted(shared("data/police/bromley_api").glob("*.csv")):
        rows, report = records(path), report_on(path, "police/street-crime-api")
        distinct |= {row["id"] for row in rows}
        accepted += report.accepted_rows
        repeated += found(report, "repeated-key").count
        assert found(report, "repeated-key").count == surplus(rows, "id")
    assert (accepted, len(distinct), repeated) == (39121, 38380, 741)


def test_blanks_of_stop_and_search_are_counted_exactly() -> None:
    path = shared("data/police/stop_search/2023-06-metropolitan-stop-and-search.csv")
    rows, report = records(path), report_on(path, "police/stop-and-search")
    blanks = {finding.field: finding.count for finding in report.findings if finding.code == "blank-wanted"}
    wanted = [field.name for field in schema_of("police/stop-and-search").fields if field.wanted]
    assert blanks == {name: count for name in wanted if (count := sum(not row[name] for row in rows))}


def test_searches_stamped_late_on_the_last_day_of_may_in_utc_belong_to_june() -> None:
    path = shared("data/police/stop_search/2023-06-metropolitan-stop-and-search.csv")
    assert any(row["Date"].startswith("2023-05-31T23") for row in records(path))
    assert "outside-period" not in codes(report_on(path, "police/stop-and-search"))
    may = check_file(path, schema_of("police/stop-and-search"), period="2023-05")
    assert found(may, "outside-period").count == len(records(path))


def test_the_accepted_relation_has_the_values_of_the_file_with_their_types() -> None:
    path = shared("data/police/street/2022-01-city-of-london-street.csv")
    rows = records(path)
    with DuckDbEngine().session(local=[path]) as session:
        result = check(
            session,
            str(path),
            schema_of("police/street-crime"),
            period="2022-01",
            file_name=path.name,
            read_bytes=lambda: [path.read_bytes()],
        )
        kept = session.rows(
            f'SELECT hub_row, "Crime ID", "Longitude", "Location", hub_month FROM {result.accepted} ORDER BY hub_row'
        )
    assert [row[0] for row in kept] == list(range(2, len(rows) + 2))
    assert [row[1] or "" for row in kept] == [row["Crime ID"] for row in rows]
    assert [row[2] for row in kept] == [float(row["Longitude"]) if row["Longitude"] else None for row in rows]
    assert [row[3] for row in kept] == [row["Location"] for row in rows]
    assert {row[4] for row in kept} == {"2022-01"}


@pytest.mark.parametrize(
    ("dataset", "name", "place", "kind", "cut"),
    [
        ("police/lsoa-counts", "mps_lsoa/bromley-lsoa-202402-202602.csv", "lsoa_code", "minor_category", "202402"),
        pytest.param(
            "police/ward-counts",
            "mps_ward/vintage-2025-06-mps-ward-level-crime.csv",
            "WardCode",
            "MinorText",
            "",
            marks=pytest.mark.slow,
        ),
        pytest.param(
            "police/ward-counts",
            "mps_ward/vintage-2026-01-mps-ward-level-crime.csv",
            "WardCode",
            "MinorText",
            "",
            marks=pytest.mark.slow,
        ),
    ],
)
def test_the_wide_tables_add_up_to_what_a_plain_reading_adds_up_to(
    dataset: str, name: str, place: str, kind: str, cut: str
) -> None:
    path = shared(f"data/police/{name}")
    rows = records(path)
    months = [column for column in rows[0] if column.isdigit() and column != cut]
    expected: Counter[tuple[str, str, str]] = Counter()
    for row in rows:
        for month in months:
            expected[row[place], row[kind], f"{month[:4]}-{month[4:]}"] += int(row[month])
    last = f"{months[-1][:4]}-{months[-1][4:]}"
    with DuckDbEngine().session(local=[path]) as session:
        result = check(
            session,
            str(path),
            schema_of(dataset),
            period=last,
            file_name=path.name,
            read_bytes=lambda: [path.read_bytes()],
            area=bromley(),
        )
        summed = session.rows(f'SELECT "{place}", "{kind}", hub_month, sum(count) FROM {result.accepted} GROUP BY ALL')
    report = result.report
    assert (report.rows, report.accepted_rows) == (len(rows), len(rows))
    assert {(where, what, month): int(number) for where, what, month, number in summed} == dict(expected)
    assert [(one.field, one.count) for one in report.findings if one.code == "truncated-period"] == (
        [(cut, 1)] if cut else []
    )
    in_bromley = {area.code for area in bromley().tree.areas}
    outside = sum(row[place] not in in_bromley for row in rows)
    assert (found(report, "outside-area").count if outside else 0) == outside
    assert set(codes(report)) <= {"truncated-period", "outside-area"}


def test_every_outcome_of_the_real_files_has_its_crime() -> None:
    for path in sorted(shared("data/police/met_burglary").glob("*-outcomes.csv")):
        crimes = {row["Crime ID"] for row in records(path.with_name(path.name.replace("outcomes", "street")))}
        assert all(row["Crime ID"] in crimes for row in records(path))
        assert report_on(path, "police/outcomes").outcome is Outcome.ACCEPTED_WITH_WARNINGS  # copies, and nothing else
        assert codes(report_on(path, "police/outcomes")) == ["exact-copies"]
