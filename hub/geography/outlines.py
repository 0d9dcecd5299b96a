"""Outlines of areas to draw: boundaries of LSOAs dissolved into the areas of a level, simplified together, in metres. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely as _untyped_shapely

from hub.geography.model import AreaTree

shapely: Any = _untyped_shapely

Ring = tuple[tuple[int, int], ...]

_STEPS = 350
"""Bends smaller than the length of the whole divided by this are left out: about a pixel and a half of a drawing."""

_MOST_HOLE = 2_000.0
"""Square metres below which a hole between two boundaries is a slip of the file, not a place."""


@dataclass(frozen=True, slots=True)
class Outline:
    """One area to draw: its rings (outer ones and holes) in whole metres of the National Grid, and a point inside it."""

    code: str
    rings: tuple[Ring, ...]
    at: tuple[int, int]


def outlines_of(tree: AreaTree, shapes: Mapping[str, Any], level: str) -> tuple[Outline, ...]:
    """The outlines of a level, in code order. `shapes` are the LSOAs' boundaries in metres.

    A ward or borough is the union of its LSOAs by best fit: what a map shows is what was counted. Neighbours are simplified
    together, so that no gap opens between them.
    """
    parts: dict[str, list[Any]] = {}
    for lsoa, shape in sorted(shapes.items()):
        parts.setdefault(tree.ancestor(lsoa, level), []).append(shape)
    codes = sorted(parts)
    whole = np.array([_filled(shapely.union_all(parts[code])) for code in codes], dtype=object)
    west, south, east, north = shapely.total_bounds(whole)
    simple = shapely.coverage_simplify(whole, max(east - west, north - south) / _STEPS)
    return tuple(_outline(code, shape) for code, shape in zip(codes, simple, strict=True))


def _filled(shape: Any) -> Any:
    """The shape without the slivers that boundaries drawn apart leave between them."""
    polygons = [
        shapely.Polygon(part.exterior, [hole for hole in part.interiors if shapely.Polygon(hole).area > _MOST_HOLE])
        for part in shapely.get_parts(shape)
    ]
    return polygons[0] if len(polygons) == 1 else shapely.MultiPolygon(polygons)


def _outline(code: str, shape: Any) -> Outline:
    parts = sorted(shapely.get_parts(shape), key=lambda part: -part.area)
    inside = parts[0].representative_point()
    rings = [ring for part in parts for ring in (part.exterior, *part.interiors)]
    return Outline(code, tuple(_ring(ring.coords) for ring in rings), (round(inside.x), round(inside.y)))


def _ring(coordinates: Sequence[tuple[float, float]]) -> Ring:
    return tuple((round(x), round(y)) for x, y, *_ in coordinates)
