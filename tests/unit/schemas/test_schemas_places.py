"""Where rows lie: outside, just outside, nowhere; all kept, all counted."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.geography import AreaIndex
from hub.schemas import Outcome
from tests.support.geography import bromley, index_of, write_squares
from tests.support.schemas import checked, codes, csv_of, found, rows_of
from tests.support.shared import shared

API, ISTV, CALLS = "police/street-crime-api", "health/istv-assaults", "ambulance/violence-callouts"


@pytest.fixture
def squares(tmp_path: Path) -> AreaIndex:
    return index_of(*write_squares(tmp_path))


def test_points_outside_near_and_missing_are_kept_and_counted(tmp_path: Path, squares: AreaIndex) -> None:
    rows = rows_of(API, 6)
    for row, (longitude, latitude) in zip(
        rows,
        [("0.005", "51.405"), ("0.5", "51.5"), ("0.6", "51.5"), ("0.005", "51.39998"), ("", ""), ("0.015", "51.415")],
        strict=True,
    ):
        row |= {"longitude": longitude, "latitude": latitude}
    report = checked(tmp_path, API, csv_of(rows), area=squares)
    assert (report.outcome, report.accepted_rows) == (Outcome.ACCEPTED_WITH_WARNINGS, 6)
    assert (found(report, "outside-area").count, found(report, "outside-area").rows) == (2, (3, 4))
    assert found(report, "moved-to-nearest").rows == (5,)
    assert found(report, "no-place").rows == (6,)


def test_rows_inside_give_no_finding(tmp_path: Path, squares: AreaIndex) -> None:
    rows = rows_of(API, 3)
    for row in rows:
        row |= {"longitude": "0.005", "latitude": "51.405"}
    assert checked(tmp_path, API, csv_of(rows), area=squares).findings == ()


def test_the_words_of_a_description_are_looked_up(tmp_path: Path, squares: AreaIndex) -> None:
    rows = rows_of(ISTV, 3)
    for row, text in zip(rows, ("by Market Square", "at the Far Station", "somewhere else"), strict=True):
        row["assault_location_description"] = text
    report = checked(tmp_path, ISTV, csv_of(rows), area=squares)
    assert found(report, "outside-area").rows == (3,)
    assert found(report, "no-place").rows == (4,)


def test_grid_references_are_turned_into_points(tmp_path: Path, squares: AreaIndex) -> None:
    report = checked(tmp_path, CALLS, csv_of(rows_of(CALLS, easting="430000", northing="430000")), area=squares)
    assert 2 in found(report, "outside-area").rows


def test_quarantined_rows_are_not_looked_up(tmp_path: Path, squares: AreaIndex) -> None:
    rows = rows_of(API, 3, category="piracy", longitude="0.5", latitude="51.5")
    report = checked(tmp_path, API, csv_of(rows), area=squares, part_accept=True)
    assert codes(report) == ["not-in-code-list"]


def test_without_an_area_tree_nothing_is_said_of_places(tmp_path: Path) -> None:
    rows = rows_of(API, longitude="0.5", latitude="51.5")
    assert codes(checked(tmp_path, API, csv_of(rows))) == []


def test_the_real_city_of_london_lies_outside_bromley(tmp_path: Path) -> None:
    path = shared("data/police/street/2022-01-city-of-london-street.csv")
    report = checked(tmp_path, "police/street-crime", path.read_bytes(), period="2022-01", area=bromley())
    assert (report.rows, report.accepted_rows) == (593, 593)
    assert found(report, "lsoa-2011").count == 1  # E01004325: the file of 2022 was still coded by the areas of 2011
    assert found(report, "outside-area").count + found(report, "no-place").count == 592
