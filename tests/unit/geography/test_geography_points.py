"""Points: one rule, tried on an invented grid of squares and on 17 real months of Bromley."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import numpy as np
import pyproj
import pytest

from hub.geography import AreaIndex
from tests.support.geography import SOUTH, STEP, WEST, bromley, index_of, square_lsoa, write_squares
from tests.support.shared import shared

METRE = 1 / 111_320  # degrees of latitude


@pytest.fixture(scope="module")
def squares(tmp_path_factory: pytest.TempPathFactory) -> AreaIndex:
    return index_of(*write_squares(tmp_path_factory.mktemp("squares")))


@pytest.fixture(scope="module")
def real() -> AreaIndex:
    return bromley()


def located(index: AreaIndex, *points: tuple[float, float]) -> list[tuple[str, str]]:
    codes, places = index.points(np.array([p[0] for p in points]), np.array([p[1] for p in points]))
    return list(zip(codes.tolist(), places.tolist(), strict=True))


def test_a_point_inside_a_square_gets_its_code(squares: AreaIndex) -> None:
    assert located(squares, (WEST + STEP / 2, SOUTH + STEP / 2)) == [(square_lsoa(0, 0), "inside")]


def test_a_point_on_a_shared_edge_goes_to_the_lowest_code(squares: AreaIndex) -> None:
    edge, corner = (WEST + STEP, SOUTH + STEP / 2), (WEST + STEP, SOUTH + STEP)
    assert located(squares, edge, corner) == [(square_lsoa(0, 0), "edge")] * 2
    assert located(squares, (WEST + STEP, SOUTH + 1.5 * STEP)) == [(square_lsoa(0, 1), "edge")]


def test_a_point_at_most_fifty_metres_outside_goes_to_the_nearest(squares: AreaIndex) -> None:
    near, far = (WEST + STEP / 2, SOUTH - 48 * METRE), (WEST + STEP / 2, SOUTH - 53 * METRE)
    assert located(squares, near, far) == [(square_lsoa(0, 0), "near"), ("", "outside")]


def test_a_point_as_near_to_two_areas_goes_to_the_lowest_code(squares: AreaIndex) -> None:
    assert located(squares, (WEST + STEP, SOUTH - 20 * METRE)) == [(square_lsoa(0, 0), "near")]


def test_what_is_no_place_on_earth_is_unlocated(squares: AreaIndex) -> None:
    assert located(squares, (540000.0, 169000.0), (float("nan"), 51.4), (0.0, -90.5)) == [("", "unlocated")] * 3


def test_a_point_at_the_pole_is_outside_without_complaint(squares: AreaIndex) -> None:
    assert located(squares, (0.0, 90.0), (180.0, 0.0), (-179.9, -90.0)) == [("", "outside")] * 3


def test_no_points_are_no_trouble(squares: AreaIndex) -> None:
    assert located(squares) == []


def test_the_grid_agrees_with_the_register_of_coordinate_systems() -> None:
    from hub.geography.locate import _TO_WGS84

    ours = pyproj.Transformer.from_pipeline(_TO_WGS84)
    group = pyproj.transformer.TransformerGroup
    with pytest.warns(UserWarning, match="Best transformation"):
        theirs = next(t for t in group(27700, 4326, always_xy=True).transformers if "WGS 84 (6)" in t.description)
    assert ours.transform(540310, 169120) == pytest.approx(theirs.transform(540310, 169120), abs=1e-9)


def real_points() -> Counter[tuple[float, float]]:
    points: Counter[tuple[float, float]] = Counter()
    for path in sorted(shared("data/police/bromley_api").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as lines:
            points.update((float(row["longitude"]), float(row["latitude"])) for row in csv.DictReader(lines))
    return points


def test_the_seventeen_months_of_bromley_lie_where_they_were_measured_to_lie(real: AreaIndex) -> None:
    points = real_points()
    found = located(real, *points)
    assert len(points) == 3_055  # 3,116 when one point under two of the agency's wards is taken for two
    assert sum(points.values()) == 39_121
    assert Counter(place for _, place in found) == {"inside": 3_020, "edge": 11, "near": 24}
    assert sum(count for count, (_, place) in zip(points.values(), found, strict=True) if place == "near") == 233


def test_no_real_point_is_more_than_33_metres_outside(real: AreaIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.geography.locate.NEAR_METRES", 33.0)
    assert Counter(place for _, place in located(real, *real_points()))["outside"] == 0
    monkeypatch.setattr("hub.geography.locate.NEAR_METRES", 32.0)
    assert Counter(place for _, place in located(real, *real_points()))["outside"] > 0


def test_a_real_point_agrees_with_the_code_the_police_gave(real: AreaIndex) -> None:
    """Met street rows carry both a point and an LSOA code; away from simplified edges they must agree."""
    path: Path = shared("data/police/met_burglary/2023-07-metropolitan-street.csv")
    with path.open(encoding="utf-8", newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if row["Longitude"] and real.tree.has(row["LSOA code"])]
    found = located(real, *((float(row["Longitude"]), float(row["Latitude"])) for row in rows))
    agree = sum(code == row["LSOA code"] for row, (code, _) in zip(rows, found, strict=True))
    assert len(rows) > 50
    assert agree / len(rows) > 0.95
