"""The invented borough of Ravensbourne: its outline, 199 LSOAs, 22 wards, and the neighbour beyond its line.

It lies in the North Sea off Norfolk, where no borough is and none can be taken for it, yet inside the British National Grid
and with valid WGS84 coordinates. Codes follow the pattern of the Office for National Statistics but stand in a block that
was never issued (`E01999001`). The borough does not depend on the partnership's seed: the same ground in every demo.
"""

from __future__ import annotations

import functools
import itertools
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely as _untyped_shapely
from pyproj import Transformer

from hub.synthetic.names import WARDS
from hub.synthetic.streams import Floats, Ints, Streams

shapely: Any = _untyped_shapely
Shape = Any
"""A shapely Polygon on the British National Grid, in metres (shapely has no types of its own)."""

BOROUGH = "Ravensbourne (invented)"
BOROUGH_CODE = "E09999001"
NEIGHBOUR = "Saltmarsh (invented)"
NEIGHBOUR_CODE = "E09999002"
LSOAS = 199
NEIGHBOUR_LSOAS = 8
GROUND = 1  # seed of the ground itself
_CENTRE = (600_000.0, 370_000.0)  # easting, northing: 28 km north of the nearest coast
_TOWNS = (  # metres east and north of the centre, spread, weight: dense in the north and west, open in the south
    (-2600.0, 4300.0, 1500.0, 1.0),
    (-4300.0, 1200.0, 1300.0, 0.8),
    (300.0, 900.0, 1500.0, 1.0),
    (3300.0, 3600.0, 1500.0, 0.8),
    (3900.0, -300.0, 1500.0, 0.7),
    (-1700.0, -2700.0, 1700.0, 0.5),
)
_OPEN_LAND = 0.06

# Airy 1830 (OSGB36) to WGS84 by the published seven-parameter transformation, written out so that the answer does not depend
# on which grids a machine's PROJ has.
_TO_WGS84 = (
    "+proj=pipeline "
    "+step +inv +proj=tmerc +lat_0=49 +lon_0=-2 +k=0.9996012717 +x_0=400000 +y_0=-100000 +ellps=airy "
    "+step +proj=cart +ellps=airy "
    "+step +proj=helmert +x=446.448 +y=-125.157 +z=542.06 +rx=0.15 +ry=0.247 +rz=0.842 +s=-20.489 "
    "+convention=position_vector "
    "+step +inv +proj=cart +ellps=WGS84 "
    "+step +proj=unitconvert +xy_in=rad +xy_out=deg"
)


@dataclass(frozen=True, slots=True)
class Lsoa:
    """One small area. `shape` is on the British National Grid in metres; the neighbour's areas have none."""

    code: str
    name: str
    ward_code: str
    ward: str
    shape: Shape | None


@dataclass(frozen=True, slots=True)
class Borough:
    """All areas: `lsoas` inside (with shapes), `outside` beyond the line, `towniness` 0 to 1 for each LSOA inside."""

    lsoas: tuple[Lsoa, ...]
    outside: tuple[Lsoa, ...]
    towniness: Floats

    def outline(self) -> Shape:
        """The borough's line: the union of its LSOAs."""
        return shapely.union_all([lsoa.shape for lsoa in self.lsoas])


def to_wgs84(easting: Floats, northing: Floats) -> tuple[Floats, Floats]:
    """Longitude and latitude in degrees, rounded to six decimals (about 0.1 m) as data.police.uk writes them."""
    longitude, latitude = _transformer().transform(easting, northing)
    return np.round(np.asarray(longitude), 6), np.round(np.asarray(latitude), 6)


@functools.cache
def _transformer() -> Transformer:
    return Transformer.from_pipeline(_TO_WGS84)


@functools.cache
def ravensbourne() -> Borough:
    """The borough. Computed once in a process; always the same."""
    chance = Streams(GROUND)
    outline = _outline(chance)
    cells = _weathered(_cells(outline, _seeds(chance, outline)), chance)
    centres = np.array([(cell.centroid.x, cell.centroid.y) for cell in cells])
    order, wards = _in_order(centres, _wards(chance, centres))
    ward_names = WARDS
    lsoas = tuple(
        Lsoa(
            code=f"E01{999_000 + place + 1:06d}",
            name=f"Ravensbourne {place // 5 + 1:03d}{'ABCDE'[place % 5]}",
            ward_code=f"E05{999_000 + int(wards[index]) + 1:06d}",
            ward=ward_names[int(wards[index])],
            shape=cells[index],
        )
        for place, index in enumerate(order)
    )
    return Borough(lsoas=lsoas, outside=_neighbour(), towniness=_density(centres[order] - np.array(_CENTRE)))


def _outline(chance: Streams) -> Shape:
    """A rough, longer than wide, nearly convex line of about 150 square kilometres."""
    rng = chance.named("outline")
    angle = np.arange(240) * (2 * np.pi / 240)
    radius = np.full(240, 6900.0)
    for wave in range(2, 26):
        swing = 520.0 / wave**1.15
        radius = radius + swing * rng.normal() * np.cos(wave * angle + rng.random() * 2 * np.pi)
    x = _CENTRE[0] + radius * 0.93 * np.cos(angle)
    y = _CENTRE[1] + radius * 1.08 * np.sin(angle)
    return shapely.Polygon(np.round(np.column_stack([x, y]), 1))


def _density(offsets: Floats) -> Floats:
    """How built-up places are, 0 to 1, from their distance to the invented towns."""
    level = np.full(len(offsets), _OPEN_LAND)
    for east, north, spread, weight in _TOWNS:
        squared = (offsets[:, 0] - east) ** 2 + (offsets[:, 1] - north) ** 2
        level = level + weight * np.exp(-squared / (2 * spread * spread))
    return np.minimum(level / 1.2, 1.0)


def _seeds(chance: Streams, outline: Shape) -> Floats:
    """One point an LSOA, crowded where people live, evened out a little."""
    rng = chance.named("lsoa")
    west, south, east, north = outline.bounds
    tried = np.column_stack([west + rng.random(20_000) * (east - west), south + rng.random(20_000) * (north - south)])
    kept = shapely.contains_xy(outline, tried[:, 0], tried[:, 1])
    kept &= rng.random(20_000) < _density(tried - np.array(_CENTRE))
    seeds: Floats = tried[kept][:LSOAS]
    for _ in range(3):
        seeds = np.array([(cell.centroid.x, cell.centroid.y) for cell in _cells(outline, seeds)])
    return np.round(seeds, 1)


def _cells(outline: Shape, seeds: Floats) -> list[Shape]:
    """The outline shared out among the seeds, each place to its nearest, in the order of the seeds."""
    diagram = shapely.voronoi_polygons(shapely.MultiPoint(seeds), extend_to=outline, ordered=True)
    clipped = shapely.intersection(np.array(shapely.get_parts(diagram)), outline)
    return [shapely.normalize(shapely.set_precision(cell, 0.1)) for cell in clipped]


def _weathered(cells: list[Shape], chance: Streams) -> list[Shape]:
    """The cells with their straight edges bent, each shared edge once, so that neighbours still meet exactly."""
    rng = chance.named("edges")
    bent: dict[tuple[tuple[float, float], tuple[float, float]], Floats] = {}
    shapes = []
    for cell in cells:
        ring = shapely.get_coordinates(cell.exterior)
        outlined: list[Floats] = []
        for start, end in itertools.pairwise(ring):
            first, last = sorted([tuple(start.tolist()), tuple(end.tolist())])
            if (first, last) not in bent:
                bent[first, last] = _bend(rng, np.array(first), np.array(last))
            inner = bent[first, last]
            outlined.extend([start[None, :], inner if tuple(start.tolist()) == first else inner[::-1]])
        shapes.append(shapely.Polygon(np.concatenate(outlined)))
    return shapes


def _bend(rng: np.random.Generator, start: Floats, end: Floats) -> Floats:
    """Points between two ends, pushed aside by midpoint displacement: at most three, none on an edge under 120 m."""
    line = np.vstack([start, end])
    for _ in range(2):
        steps = np.diff(line, axis=0)
        lengths = np.hypot(steps[:, 0], steps[:, 1])
        if lengths.min() < 120.0:
            break
        across = np.column_stack([-steps[:, 1], steps[:, 0]])
        middles = line[:-1] + steps / 2 + across * (rng.random(len(steps)) - 0.5)[:, None] * 0.28
        merged = np.empty((len(line) + len(middles), 2))
        merged[0::2], merged[1::2] = line, np.round(middles, 1)
        line = merged
    return line[1:-1]


def _wards(chance: Streams, centres: Floats) -> Ints:
    """Which of 22 clusters of neighbours each LSOA belongs to (k-means from a spread-out start)."""
    rng = chance.named("ward")
    crowding = (0.2 + _density(centres - np.array(_CENTRE))) * (0.8 + 0.2 * rng.random(len(centres)))
    heads = [int(rng.integers(len(centres)))]
    while len(heads) < len(WARDS):
        gaps = np.min([np.hypot(*(centres - centres[head]).T) for head in heads], axis=0)
        heads.append(int(np.argmax(gaps * crowding)))  # wards are small where people live close together
    means = centres[heads]
    for _ in range(12):
        nearest = np.argmin(np.hypot(*(centres[:, None, :] - means[None, :, :]).transpose(2, 0, 1)), axis=1)
        means = np.array([centres[nearest == ward].mean(axis=0) for ward in range(len(WARDS))])
    found: Ints = nearest.astype(np.int64)
    return found


def _in_order(centres: Floats, wards: Ints) -> tuple[Ints, Ints]:
    """LSOAs by ward and from north to south, and the wards renumbered from north to south."""
    north = np.array([centres[wards == ward, 1].mean() for ward in range(len(WARDS))])
    rank = np.empty(len(WARDS), dtype=np.int64)
    rank[np.argsort(-north, kind="stable")] = np.arange(len(WARDS))
    numbered = rank[wards]
    return np.lexsort((-centres[:, 1], numbered)), numbered


def _neighbour() -> tuple[Lsoa, ...]:
    """The small areas of the invented neighbour that the borough's agencies now and then report from."""
    return tuple(
        Lsoa(
            code=f"E01{999_800 + number + 1:06d}",
            name=f"Saltmarsh {number // 5 + 1:03d}{'ABCDE'[number % 5]}",
            ward_code="E05999801",
            ward="Samphire Flats",
            shape=None,
        )
        for number in range(NEIGHBOUR_LSOAS)
    )
