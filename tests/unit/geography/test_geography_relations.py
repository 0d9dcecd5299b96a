"""Whole relations located in the engine: no row lost, none doubled, each kind of place."""

from __future__ import annotations

import csv
from collections import Counter

import pyproj
import pytest

from hub.engine import DuckDbEngine
from hub.geography import LOCATED, AreaIndex, PlaceSpec
from tests.support.geography import SOUTH, STEP, WEST, bromley, index_of, square_lsoa, write_squares
from tests.support.shared import shared

MIDDLE = (WEST + STEP / 2, SOUTH + STEP / 2)


@pytest.fixture(scope="module")
def squares(tmp_path_factory: pytest.TempPathFactory) -> AreaIndex:
    return index_of(*write_squares(tmp_path_factory.mktemp("squares")))


def placed(index: AreaIndex, place: PlaceSpec, **columns: list[object]) -> list[tuple[str, str]]:
    with DuckDbEngine().session() as session:
        session.load("extract", {"hub_row": list(range(2, 2 + len(next(iter(columns.values()))))), **columns})
        index.located(session, "extract", place, "located")
        rows = session.rows("SELECT hub_row, hub_lsoa, hub_place FROM located ORDER BY hub_row")
        assert session.rows("SELECT count(*) FROM located") == session.rows("SELECT count(*) FROM extract")
    return [(code, where) for _, code, where in rows]


def test_points_written_as_text_are_located_row_by_row(squares: AreaIndex) -> None:
    east, north = f"{MIDDLE[0]:.6f}", f"{MIDDLE[1]:.6f}"
    found = placed(
        squares,
        PlaceSpec("point", ("Longitude", "Latitude")),
        Longitude=[east, east, "", None, east, "somewhere", "9.5"],
        Latitude=[north, north, north, north, "", north, north],
    )
    home = (square_lsoa(0, 0), "inside")
    assert found == [home, home, *[("", "unlocated")] * 4, ("", "outside")]


def test_grid_references_land_where_their_points_do(squares: AreaIndex) -> None:
    to_grid = pyproj.Transformer.from_crs(4326, 27700, always_xy=True)
    easting, northing = (round(number) for number in to_grid.transform(*MIDDLE))
    found = placed(squares, PlaceSpec("grid", ("e", "n")), e=[easting, None], n=[northing, northing])
    assert found == [(square_lsoa(0, 0), "inside"), ("", "unlocated")]


def test_codes_and_words_are_located_with_their_blanks_around_them(squares: AreaIndex) -> None:
    code = square_lsoa(1, 0)
    assert placed(squares, PlaceSpec("lsoa-code", ("area",)), area=[f" {code} ", "", None, "E01000001"]) == [
        (code, "inside"),
        ("", "unlocated"),
        ("", "unlocated"),
        ("", "outside"),
    ]
    assert placed(squares, PlaceSpec("text", ("said",)), said=["by the King's Arms", "'; DROP TABLE x", None]) == [
        (code, "inside"),
        ("", "unlocated"),
        ("", "unlocated"),
    ]


@pytest.mark.parametrize("kind", ["point", "grid", "lsoa-code", "text", "none"])
def test_an_empty_relation_is_located_too(squares: AreaIndex, kind: str) -> None:
    fields = {"point": ("a", "b"), "grid": ("a", "b"), "lsoa-code": ("a",), "text": ("a",), "none": ()}[kind]
    assert placed(squares, PlaceSpec(kind, fields), a=[], b=[]) == []


def test_a_dataset_without_a_place_is_unlocated(squares: AreaIndex) -> None:
    assert placed(squares, PlaceSpec("none"), a=["x"]) == [("", "unlocated")]


def test_bromley_rows_outside_the_simplified_polygons_are_counted_as_near() -> None:
    index = bromley()
    points: list[tuple[str, str]] = []
    for path in sorted(shared("data/police/bromley_api").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as lines:
            points += [(row["longitude"], row["latitude"]) for row in csv.DictReader(lines)]
    with DuckDbEngine().session() as session:
        session.load("extract", {"longitude": [p[0] for p in points], "latitude": [p[1] for p in points]})
        index.located(session, "extract", PlaceSpec("point", ("longitude", "latitude")), "located")
        places = Counter(dict(session.rows("SELECT hub_place, count(*) FROM located GROUP BY 1")))
    assert places.total() == 39_121
    assert places["near"] == 233
    assert set(places) == set(LOCATED)


def test_ward_codes_of_the_tree_have_a_place_and_others_lie_outside(squares: AreaIndex) -> None:
    ward = squares.tree.level("ward")[0].code
    assert placed(
        squares, PlaceSpec("ward-code", ("a",)), a=[f" {ward}", "X05999999", "E05000106", square_lsoa(0, 0), ""]
    ) == [
        (ward, "inside"),
        ("", "outside"),
        ("", "outside"),
        ("", "outside"),
        ("", "unlocated"),
    ]


def test_rows_about_the_whole_area_lie_in_its_one_borough(squares: AreaIndex) -> None:
    assert placed(squares, PlaceSpec("area"), a=["x", None]) == [(squares.tree.borough.code, "inside")] * 2


def test_the_place_says_the_finest_level_it_counts_in() -> None:
    assert [
        PlaceSpec(kind, ("a",) * fields).level for kind, fields in (("lsoa-code", 1), ("ward-code", 1), ("area", 0))
    ] == [
        "lsoa21",
        "ward",
        "borough",
    ]


def test_wards_of_other_vintages_are_told_by_their_codes_unless_the_lookup_knows_them() -> None:
    index = bromley()
    assert index.ward_vintages == ("2022",)
    codes = [
        "E05000106",
        "E05000127",
        "E05009317",
        "E05011462",
        "E05013987",
        "E05013999",
        "E01000676",
        "E05099999",
        "x",
    ]
    assert index.wards_of_other_vintages(codes) == {"2013": ["E05000106", "E05000127"]}
