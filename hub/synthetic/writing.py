"""Columns as agencies write them: whole numbers, dates, places; and cells gone missing at a rate."""

from __future__ import annotations

import functools

import numpy as np

from hub.synthetic.borough import Shape, ravensbourne, shapely
from hub.synthetic.places import Places
from hub.synthetic.streams import Bools, Floats, Ints, Texts

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
DAY = 24 * 60
"""Minutes of a day."""


def whole(numbers: Ints) -> Texts:
    """Whole numbers without signs for thousands."""
    return numbers.astype(str).astype(object)


def day(minutes: Ints) -> Texts:
    """`2024-05-13` of minutes of the Europe/London clock."""
    return np.datetime_as_string(minutes.astype("datetime64[m]"), unit="D").astype(object)


def numbered(pattern: str, numbers: Ints | Floats) -> Texts:
    """One text a number, by a format such as `P{:07d}`."""
    return np.array([pattern.format(number) for number in numbers.tolist()], dtype=object)


def gone(rng: np.random.Generator, column: Texts, rate: float, *, text: str = "") -> Texts:
    """The column with a share of its cells written as `text`."""
    return np.where(rng.random(len(column)) < rate, text, column).astype(object)


def areas_of(ground: Places, point: Ints) -> Texts:
    """The LSOA code of each point."""
    return np.array([lsoa.code for lsoa in ground.areas], dtype=object)[ground.lsoa[point]]


def rounded(metres: Floats, step: int) -> Ints:
    """To the nearest `step` metres."""
    return np.round(metres / step).astype(np.int64) * step


def safely_inside(ground: Places, point: Ints, step: int) -> Ints:
    """The points, each that rounding would put outside the borough replaced by the next that stays inside."""
    stays = np.flatnonzero(_inside_by(step, ground.easting.tobytes(), ground.northing.tobytes()))
    return stays[np.searchsorted(stays, point) % len(stays)]


@functools.cache
def _inside_by(step: int, easting: bytes, northing: bytes) -> Bools:
    x, y = (rounded(np.frombuffer(axis, dtype=np.float64), step) for axis in (easting, northing))
    found: Bools = np.asarray(shapely.contains_xy(_outline(), x, y), dtype=bool)
    return found


@functools.cache
def _outline() -> Shape:
    return shapely.buffer(ravensbourne().outline(), -1.0)
