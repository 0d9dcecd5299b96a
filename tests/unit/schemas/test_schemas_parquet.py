"""A Parquet extract is checked like the CSV of the same table, and gives the same accepted rows."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from hub.engine import DuckDbEngine
from hub.schemas import CheckReport, ImportProfile, Outcome, check, values_at
from tests.support.schemas import checked, codes, csv_of, found, rows_of, schema_of

CRIME, SEARCHES, ISTV = "police/street-crime", "police/stop-and-search", "health/istv-assaults"


def parquet(rows: list[dict[str, Any]]) -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows), out)
    return out.getvalue()


def accepted(content: bytes, dataset: str) -> list[tuple[Any, ...]]:
    with DuckDbEngine().session() as session:
        result = check(
            session,
            session.hold(content),
            schema_of(dataset),
            period="2024-05",
            file_name="extract",
            read_bytes=lambda: [content],
        )
        return session.rows(f"SELECT * FROM {result.accepted} ORDER BY hub_row")


def typed(row: dict[str, str]) -> dict[str, Any]:
    numbers = {"Longitude", "Latitude"}
    return {name: float(value) if name in numbers and value else value or None for name, value in row.items()}


def test_the_accepted_rows_are_those_of_the_csv_file() -> None:
    rows = rows_of(CRIME, 20, Location='On or near "The Star",\nHigh Street')
    assert accepted(parquet([typed(row) for row in rows]), CRIME) == accepted(csv_of(rows), CRIME)


def test_moments_and_truth_values_are_written_as_the_schema_asks(tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [typed(row) for row in rows_of(SEARCHES, 3)]
    for row in rows:
        row["Date"] = datetime(2024, 5, 13, 12, 30, tzinfo=UTC)
        row["Part of a policing operation"] = False
    assert checked(tmp_path, SEARCHES, parquet(rows)).accepted_rows == 3


def test_the_report_is_that_of_the_csv_file_with_the_same_rows_and_cells(tmp_path: Path) -> None:
    rows = rows_of(CRIME, 6, Month="2024-13")
    rows[3]["Crime type"] = "Jaywalking"
    plain = checked(tmp_path, CRIME, csv_of(rows), part_accept=True)
    report = checked(tmp_path, CRIME, parquet(rows), part_accept=True)
    assert report.findings == plain.findings
    assert (report.encoding, report.rows, report.accepted_rows) == ("parquet", 6, 4)


def test_values_are_read_back() -> None:
    content = parquet(rows_of(CRIME, 3, Location="Café"))
    with DuckDbEngine().session() as session:
        source = session.hold(content)
        values = values_at(
            session, source, schema_of(CRIME), read_bytes=lambda: [content], field="Location", rows=[2, 3]
        )
    assert values[2] == "Café"


def test_a_confirmed_name_of_a_column_decides_how_it_is_written(tmp_path: Path) -> None:
    rows = [{("When" if name == "Month" else name): value for name, value in row.items()} for row in rows_of(CRIME)]
    dated = [row | {"When": datetime(2024, 5, 1).date()} for row in rows]  # noqa: DTZ001 - a date
    report = checked(tmp_path, CRIME, parquet(dated), profile=ImportProfile(columns={"When": "Month"}))
    assert report.accepted_rows == 3, codes(report)


def refused(report: CheckReport, *words: str) -> None:
    assert (report.outcome, codes(report), report.encoding) == (Outcome.RETURNED, ["bad-parquet"], "parquet")
    assert all(word in found(report, "bad-parquet").message for word in words), found(report, "bad-parquet").message


def test_what_cannot_be_read_is_returned_with_its_reason(tmp_path: Path) -> None:
    refused(checked(tmp_path, CRIME, parquet([{"a": 1, "b": [1], "c": {"d": 1}}])), "columns B, C hold lists")
    refused(checked(tmp_path, CRIME, b"PAR1" + b"x" * 100), "damaged")
    refused(checked(tmp_path, CRIME, parquet([{f"c{place}": "" for place in range(501)}])), "more columns")
    refused(checked(tmp_path, CRIME, parquet(rows_of(CRIME, 2, Location="a\0b"))), "row 2 holds a sign")


def test_a_table_without_rows_is_a_header_only(tmp_path: Path) -> None:
    out = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows_of(CRIME)).slice(0, 0), out)
    assert codes(checked(tmp_path, CRIME, out.getvalue())) == ["header-only"]


@pytest.mark.parametrize("rows", [3, 1])
def test_an_identifier_in_a_health_table_refuses_it(tmp_path: Path, rows: int) -> None:
    content = parquet(rows_of(ISTV, rows, assault_location_description="9434765919"))
    assert checked(tmp_path, ISTV, content).outcome is Outcome.REFUSED
