"""Any point gets one place, and the code that arithmetic gives it on a grid of squares."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from hub.geography import LOCATED, OUTSIDE, UNLOCATED, AreaIndex, PlaceSpec
from hub.geography.words import normal_place
from tests.support.geography import SOUTH, STEP, WEST, index_of, square_lsoa, write_squares

COLUMNS, ROWS = 4, 3


@cache
def squares() -> AreaIndex:
    with TemporaryDirectory() as folder:
        return index_of(*write_squares(Path(folder), columns=COLUMNS, rows=ROWS))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.floats(-1, 1.4), st.floats(-1, 1.4)), min_size=1, max_size=40))
def test_a_point_well_inside_a_square_gets_its_code_and_others_get_one_place(parts: list[tuple[float, float]]) -> None:
    longitude = np.array([WEST + east * COLUMNS * STEP for east, _ in parts])
    latitude = np.array([SOUTH + north * ROWS * STEP for _, north in parts])
    codes, places = squares().points(longitude, latitude)
    for (east, north), code, place in zip(parts, codes.tolist(), places.tolist(), strict=True):
        column, row = east * COLUMNS, north * ROWS
        assert (code != "") == (place in LOCATED)
        inside = 0 < column < COLUMNS and 0 < row < ROWS
        clear = min(column % 1, 1 - column % 1, row % 1, 1 - row % 1) > 1e-6
        if inside and clear:
            assert (code, place) == (square_lsoa(int(column), int(row), COLUMNS), "inside")
        if max(-column, column - COLUMNS, -row, row - ROWS) > 0.2:  # more than 50 m off
            assert (code, place) == ("", OUTSIDE)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(allow_nan=True, allow_infinity=True), min_size=1, max_size=20))
def test_no_number_brings_the_index_down(numbers: list[float]) -> None:
    codes, places = squares().points(np.array(numbers), np.array(numbers[::-1]))
    assert all(place in (*LOCATED, OUTSIDE, UNLOCATED) for place in places.tolist())
    assert len(codes) == len(numbers)


@settings(max_examples=80, deadline=None)
@example("0:_0")
@example("\u0390 \u1e9e \ufb03")
@given(st.text(max_size=60))
def test_any_text_is_a_code_a_place_or_nowhere(text: str) -> None:
    index = squares()
    assert normal_place(normal_place(text)) == normal_place(text)
    for codes, places in (index.words([text]), index.codes([text])):
        assert (codes[0] != "") == (places[0] in LOCATED)
    PlaceSpec("text", (text,))
