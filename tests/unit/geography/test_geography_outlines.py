"""Outlines to draw: dissolved by best fit, simplified together, every area there once."""

from __future__ import annotations

import pytest
import shapely

from hub.geography import AreaIndex, Outline
from tests.support.geography import bromley, index_of, write_squares


@pytest.fixture(scope="module")
def squares(tmp_path_factory: pytest.TempPathFactory) -> AreaIndex:
    return index_of(*write_squares(tmp_path_factory.mktemp("squares")))


def shape(outline: Outline) -> shapely.Geometry:
    return shapely.union_all([shapely.Polygon(ring) for ring in outline.rings])


def test_a_ward_is_the_union_of_its_small_areas(squares: AreaIndex) -> None:
    small, wards = squares.outlines("lsoa21"), squares.outlines("ward")
    assert [one.code for one in wards] == [area.code for area in squares.tree.level("ward")]
    assert len(small) == len(squares.tree.level("lsoa21"))
    for ward in wards:
        inside = [shape(one) for one in small if squares.tree.ward_of(one.code) == ward.code]
        assert shape(ward).area == pytest.approx(sum(one.area for one in inside), rel=0.02)
        assert shape(ward).contains(shapely.Point(ward.at))
    assert squares.outlines("ward") is wards


def test_the_real_wards_of_bromley_are_all_drawn_and_leave_no_gap() -> None:
    index = bromley()
    wards = index.outlines("ward")
    (borough,) = index.outlines("borough")
    assert len(wards) == 22
    assert sum(shape(one).area for one in wards) == pytest.approx(shape(borough).area, rel=0.005)
    assert sum(len(ring) for one in wards for ring in one.rings) < 4_000
