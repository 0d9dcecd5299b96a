"""The invented ground: whole, nested, and impossible to take for a real place."""

from __future__ import annotations

import csv
import json
from typing import Any

import numpy as np
import pytest
import shapely
from shapely.geometry import shape

from hub.geography import INSIDE
from hub.synthetic.borough import ravensbourne as borough
from tests.support.shared import shared
from tests.support.synthetic import Written, records


@pytest.fixture(scope="module")
def features(ravensbourne: Written) -> list[dict[str, Any]]:
    return json.loads(ravensbourne.geography("boundaries").read_text(encoding="utf-8"))["features"]


def test_there_are_199_areas_in_22_wards(features: list[dict[str, Any]]) -> None:
    properties = [feature["properties"] for feature in features]
    assert [set(one) for one in properties] == [{"lsoa21cd", "lsoa21nm", "wd25cd", "wd25nm"}] * 199
    assert len({one["lsoa21cd"] for one in properties}) == len({one["lsoa21nm"] for one in properties}) == 199
    assert len({one["wd25cd"] for one in properties}) == len({one["wd25nm"] for one in properties}) == 22


def test_the_written_areas_meet_exactly_without_gap_or_overlap(features: list[dict[str, Any]]) -> None:
    shapes = [shape(feature["geometry"]) for feature in features]
    assert all(one.is_valid and one.geom_type == "Polygon" for one in shapes)
    assert shapely.coverage_is_valid(shapes)
    whole = shapely.union_all(shapes)
    assert whole.geom_type == "Polygon"
    assert len(whole.interiors) == 0


def test_each_ward_is_one_piece_of_neighbours(features: list[dict[str, Any]]) -> None:
    wards: dict[str, list[Any]] = {}
    for feature in features:
        wards.setdefault(feature["properties"]["wd25nm"], []).append(shape(feature["geometry"]))
    assert {name for name, parts in wards.items() if shapely.union_all(parts).geom_type != "Polygon"} == set()
    assert 3 <= min(map(len, wards.values())) <= max(map(len, wards.values())) <= 18


def test_it_lies_in_the_sea_of_the_british_national_grid() -> None:
    west, south, east, north = borough().outline().bounds
    assert 590_000 < west < east < 700_000
    assert 360_000 < south < north < 400_000  # the coast of Norfolk ends near northing 345,000 here
    assert 140e6 < borough().outline().area < 160e6


def test_no_code_or_name_of_it_is_a_real_one(ravensbourne: Written) -> None:
    with shared("data/geo/lsoa21_ward25_lad25_london.csv").open(encoding="utf-8-sig", newline="") as file:
        real = list(csv.DictReader(file))
    invented = list(records(ravensbourne.geography("lookup")))
    assert list(invented[0]) == list(real[0])
    for column in ("LSOA21CD", "LSOA21NM", "WD25CD", "LAD25CD", "LAD25NM"):
        assert {row[column] for row in real} & {row[column] for row in invented} == set()
    assert all(row["LSOA21CD"].startswith("E01999") and row["WD25CD"].startswith("E05999") for row in invented)
    assert {row["LAD25NM"] for row in invented} == {"Ravensbourne (invented)", "Saltmarsh (invented)"}


def test_the_neighbour_stands_in_the_lookup_without_boundaries(
    ravensbourne: Written, features: list[dict[str, Any]]
) -> None:
    drawn = {feature["properties"]["lsoa21cd"] for feature in features}
    beyond = {row["LSOA21CD"] for row in records(ravensbourne.geography("lookup"))} - drawn
    assert len(beyond) == 8
    used = {row["LSOA code"] for row in ravensbourne.rows("police/street-crime")} - {""}
    assert used - drawn == beyond


def test_every_police_point_lies_in_the_area_its_row_names(ravensbourne: Written) -> None:
    rows = [
        row for row in ravensbourne.rows("police/street-crime", last=6) if row["LSOA name"].startswith("Ravensbourne")
    ]
    points = {(row["Longitude"], row["Latitude"]): row["LSOA code"] for row in rows}
    longitude, latitude = np.array(list(points), dtype=float).T
    codes, places = ravensbourne.area().points(longitude, latitude)
    assert set(places) == {INSIDE}
    assert codes.tolist() == list(points.values())


def test_points_of_the_neighbour_lie_outside(ravensbourne: Written) -> None:
    rows = [row for row in ravensbourne.rows("police/street-crime", last=6) if row["LSOA name"].startswith("Saltmarsh")]
    points = np.array([(row["Longitude"], row["Latitude"]) for row in rows], dtype=float)
    assert set(ravensbourne.area().points(points[:, 0], points[:, 1])[1]) == {"outside"}


def test_the_gazetteer_finds_most_descriptions_in_the_area_of_the_truth(ravensbourne: Written) -> None:
    area = ravensbourne.area()
    true = {
        (row["ed_period"], row["committed_at"][:10], row["method"], row["location_type"]): row["lsoa21"]
        for row in ravensbourne.truth()
        if row["ed"]
    }
    texts = [row["assault_location_description"] for row in ravensbourne.rows("health/istv-assaults")]
    codes, _ = area.words(texts)
    assert 0.6 < np.mean(codes != "") < 0.85
    assert set(codes) - {""} <= {lsoa.code for lsoa in borough().lsoas}
    matched = [
        (code, true[key])
        for code, row in zip(codes, ravensbourne.rows("health/istv-assaults"), strict=True)
        if code
        and (
            key := (
                row["reporting_period_start"][:7],
                row["assault_datetime"][:10],
                row["assault_method"],
                row["assault_location_type"],
            )
        )
        in true
    ]
    assert np.mean([code == lsoa for code, lsoa in matched]) > 0.9
