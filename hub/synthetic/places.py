"""Where things happen: some 3,400 named points in the borough, what stands there, and how each kind of event gathers on them.

Like the snap points of data.police.uk, a point stands for a street or a venue. Half of violence falls on about a ninth of the
points and on 40 of the 199 LSOAs, as measured (data-standards section 4.3). The places do not depend on the seed.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np

from hub.synthetic import names
from hub.synthetic.borough import GROUND, LSOAS, Borough, Lsoa, ravensbourne, shapely, to_wgs84
from hub.synthetic.streams import Bools, Floats, Ints, Streams, Texts, Wheel, choose
from hub.synthetic.volumes import (
    BUS_STATION,
    COURT,
    FACILITIES,
    GATHERINGS,
    HOSPITAL,
    LABELLED,
    PLAIN,
    POLICE_STATION,
    STATION,
    STORY_WARD,
    Gathering,
)

_LORENZ = (0.61, 1.46)
"""Shape of the top-down Lorenz curve 1-(1-p^a)^b fitted to: 12 of 199 LSOAs hold 25 %, 40 hold 50 %, 103 hold 80 %."""
_BUSIEST = 0.043
"""Share of the busiest LSOA (measured), where the fitted curve is too steep."""
_POINTS_OUTSIDE = 40


@dataclass(frozen=True, slots=True)
class Places:
    """All points, column by column; those from `first_outside` on lie in the invented neighbour, beyond the line."""

    easting: Floats
    northing: Floats
    longitude: Texts
    latitude: Texts
    """WGS84 degrees with six decimals, as data.police.uk writes them."""
    lsoa: Ints
    """Position in `areas`."""
    areas: tuple[Lsoa, ...]
    kind: Texts
    street: Texts
    venue: Texts
    """Name of the venue at the point; empty on a plain street."""
    police_text: Texts
    """How data.police.uk names the point."""
    first_outside: int
    wheels: dict[str, Wheel]
    """For each gathering, the weights of the points inside; `story` is `medical` in one ward alone."""

    def gazetteer(self) -> list[tuple[str, str]]:
        """Every street and venue inside the borough with its LSOA code, each once, in alphabetical order."""
        inside = range(self.first_outside)
        known = {str(self.street[point]): self.areas[self.lsoa[point]].code for point in inside}
        known |= {str(self.venue[point]): self.areas[self.lsoa[point]].code for point in inside if self.venue[point]}
        return sorted(known.items())


@functools.cache
def places() -> Places:
    """The places of Ravensbourne. Computed once in a process; always the same."""
    borough, chance = ravensbourne(), Streams(GROUND)
    level, landmark_areas = _levels(borough, chance)
    lsoa, spots = _spots(borough, chance)
    kind = choose(chance.named("facility"), FACILITIES | {PLAIN: 1 - sum(FACILITIES.values())}, len(lsoa))
    venue = np.full(len(lsoa), "", dtype=object)
    _landmarks(landmark_areas, lsoa, kind, venue)
    _venues(chance, kind, venue)
    outside = _outside(borough, chance)
    lsoa = np.concatenate([lsoa, LSOAS + np.arange(_POINTS_OUTSIDE) % len(borough.outside)])
    spots = np.vstack([spots, outside])
    kind = np.concatenate([kind, np.full(_POINTS_OUTSIDE, PLAIN, dtype=object)])
    longitude, latitude = to_wgs84(spots[:, 0], spots[:, 1])
    street = _streets(chance, lsoa)
    inside = len(lsoa) - _POINTS_OUTSIDE
    return Places(
        easting=spots[:, 0],
        northing=spots[:, 1],
        longitude=_degrees(longitude),
        latitude=_degrees(latitude),
        lsoa=lsoa,
        areas=borough.lsoas + borough.outside,
        kind=kind,
        street=street,
        venue=np.concatenate([venue, np.full(_POINTS_OUTSIDE, "", dtype=object)]),
        police_text=_police_text(kind, street),
        first_outside=inside,
        wheels=_wheels(borough, chance, level, lsoa[:inside], kind[:inside]),
    )


def violence_levels() -> Floats:
    """Each LSOA's share of the borough's violence, in the order of its LSOAs."""
    return _levels(ravensbourne(), Streams(GROUND))[0]


def _degrees(values: Floats) -> Texts:
    return np.array([f"{value:.6f}" for value in values], dtype=object)


def _police_text(kind: Texts, street: Texts) -> Texts:
    named = np.where(np.isin(kind, list(LABELLED)), kind, street)
    return np.array([f"On or near {name}" for name in named], dtype=object)


def _levels(borough: Borough, chance: Streams) -> tuple[Floats, Ints]:
    """Each LSOA's share of violence along the Lorenz curve, and the LSOAs in falling order of it."""
    rng = chance.named("level")
    centres = np.array([(lsoa.shape.centroid.x, lsoa.shape.centroid.y) for lsoa in borough.lsoas if lsoa.shape])
    poverty = np.zeros(LSOAS)
    for _ in range(16):  # a few quarters, wide and narrow, where life is harder
        heart, width = centres[rng.integers(LSOAS)], 300 + 600 * rng.random()
        poverty = np.maximum(poverty, np.exp(-((centres - heart) ** 2).sum(axis=1) / (2 * width * width)))
    score = 0.5 * borough.towniness + 1.0 * poverty + 0.40 * rng.normal(size=LSOAS)
    order = np.argsort(-score, kind="stable")
    a, b = _LORENZ
    curve = 1 - (1 - (np.arange(LSOAS + 1) / LSOAS) ** a) ** b
    level = np.empty(LSOAS)
    level[order] = np.minimum(np.diff(curve), _BUSIEST)
    return level, order


def _spots(borough: Borough, chance: Streams) -> tuple[Ints, Floats]:
    """Points inside each LSOA, none nearer than 15 m to its edge, so that no rounding moves one across."""
    rng = chance.named("points")
    which: list[Ints] = []
    where: list[Floats] = []
    for index, lsoa in enumerate(borough.lsoas):
        ground = shapely.buffer(lsoa.shape, -15.0)
        wanted = int(rng.integers(9, 26))
        west, south, east, north = ground.bounds
        tried = np.column_stack([west + rng.random(400) * (east - west), south + rng.random(400) * (north - south)])
        kept = tried[shapely.contains_xy(ground, tried[:, 0], tried[:, 1])][:wanted]
        which.append(np.full(len(kept), index, dtype=np.int64))
        where.append(np.round(kept, 0))
    return np.concatenate(which), np.concatenate(where)


def _outside(borough: Borough, chance: Streams) -> Floats:
    """Points 300 to 900 m east of the line, in the neighbour."""
    rng = chance.named("outside")
    _, south, east, north = borough.outline().bounds
    down = south + (north - south) * (0.35 + 0.3 * rng.random(_POINTS_OUTSIDE))
    return np.round(np.column_stack([east + 300 + 600 * rng.random(_POINTS_OUTSIDE), down]), 0)


def _landmarks(busiest: Ints, lsoa: Ints, kind: Texts, venue: Texts) -> None:
    """Put the one hospital, police station and court and the stations on the first points of the busiest LSOAs."""
    wanted = [(HOSPITAL, names.HOSPITAL), (POLICE_STATION, names.POLICE_STATION), (COURT, names.COURT)]
    wanted += [(BUS_STATION if "Bus" in name else STATION, name) for name in names.STATIONS]
    for place, (what, name) in enumerate(wanted):
        point = int(np.searchsorted(lsoa, busiest[1 + place * 3]))
        kind[point], venue[point] = what, name


def _venues(chance: Streams, kind: Texts, venue: Texts) -> None:
    """Name the pubs, clubs, shops, schools and parks; no name is given twice."""
    rng = chance.named("venues")
    pubs = [f"The {first} {last}" for first in names.PUB_FIRST for last in names.PUB_LAST]
    streets = names.STREET_FIRST
    shops = [f"{first} {last}" for last in names.SHOP_KINDS for first in streets]
    parks = [f"{first} {last}" for last in names.PARK_LAST for first in streets]
    schools = [f"{first} {last}" for last in names.SCHOOL_KINDS for first in streets]
    pools = {
        "Pub": pubs,
        "Nightclub": [f"Club {word}" for word in names.CLUBS] + [f"{first} Rooms" for first in streets],
        "Takeaway": [name for name in shops if not name.endswith(("Supermarket", "Off Licence"))],
        "Supermarket": [name for name in shops if name.endswith("Supermarket")],
        "Park/Open Space": parks,
        "Sports/Recreation Area": [f"{first} Sports Ground" for first in streets],
        "School": schools,
    }  # fmt: skip
    for what, pool in pools.items():
        points = np.flatnonzero((kind == what) & (venue == ""))
        venue[points] = np.array(pool, dtype=object)[rng.permutation(len(pool))[: len(points)]]


def _streets(chance: Streams, lsoa: Ints) -> Texts:
    """A street for every point. A street lies in one LSOA, holds one to three points, and its name is not used again."""
    rng = chance.named("streets")
    pool = [f"{first} {last}" for first in names.STREET_FIRST for last in names.STREET_LAST]
    shuffled = np.array(pool, dtype=object)[rng.permutation(len(pool))]
    starts = rng.random(len(lsoa)) < 0.6
    starts |= np.concatenate([[True], lsoa[1:] != lsoa[:-1]])
    found: Texts = shuffled[np.cumsum(starts) - 1]
    return found


def _wheels(borough: Borough, chance: Streams, level: Floats, lsoa: Ints, kind: Texts) -> dict[str, Wheel]:
    quiet = chance.named("quiet").random(len(lsoa))
    bumps = chance.named("bumps").normal(size=len(lsoa))
    weights = {
        name: _weights(
            gathering, chance.named("gathering", name), level=level, lsoa=lsoa, kind=kind, quiet=quiet, bumps=bumps
        )
        for name, gathering in GATHERINGS.items()
    }
    story = np.array([area.ward == STORY_WARD for area in borough.lsoas])[lsoa]
    weights["story"] = np.where(story, weights["medical"], 0.0)
    return {name: Wheel.of(weight) for name, weight in weights.items()}


def _weights(
    gathering: Gathering,
    rng: np.random.Generator,
    *,
    level: Floats,
    lsoa: Ints,
    kind: Texts,
    quiet: Floats,
    bumps: Floats,
) -> Floats:
    """The weight of every point: lively points are lively for several kinds of event, so half of each bump is shared.

    Each LSOA's points together carry level^area, so that the spread over LSOAs is exactly the one asked for.
    """
    plain: Bools = kind == PLAIN
    own = 0.8 * bumps + 0.6 * rng.normal(size=len(lsoa))
    weight = np.exp(gathering.spread * own)
    weight[plain] *= gathering.plain
    weight[plain & (quiet < gathering.nowhere)] = 0.0
    for what, factor in gathering.pull.items():
        weight[kind == what] *= factor
    if gathering.plain < 0.1:  # shops stand where they stand, whatever the area
        return weight * level[lsoa] ** gathering.area
    held = np.bincount(lsoa, weights=weight, minlength=LSOAS)
    share = level**gathering.area / np.where(held > 0, held, 1.0)
    return weight * share[lsoa]
