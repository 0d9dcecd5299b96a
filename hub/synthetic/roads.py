"""What the council knows of road collisions with injury: STATS19 in the terms of SI 2007/1831 item 5."""

from __future__ import annotations

import numpy as np

from hub.synthetic.places import Places
from hub.synthetic.seasons import Clockwork, heaped, season, spelled
from hub.synthetic.spoiling import Plan, Spoil, to, to_blank
from hub.synthetic.stream import Month, Stream
from hub.synthetic.streams import Ints, Streams, Texts, choose, overdispersed
from hub.synthetic.table import Table
from hub.synthetic.volumes import OUTSIDE_BOROUGH, OWN_SPREAD
from hub.synthetic.writing import gone, numbered, safely_inside, whole

COLLISIONS = 70.0
"""Collisions with injury a month (a planning value for a borough of this size, unverified)."""
SEVERITIES = {"1": 0.008, "2": 0.16, "3": 0.832}
NO_LIMIT, NO_PLACE = 0.02, 0.01
_LIMITS = {"20": 0.35, "30": 0.52, "40": 0.07, "50": 0.03, "60": 0.02, "70": 0.01}
_POLICE = {"1": 0.62, "2": 0.10, "3": 0.28}
_CHILD = 0.11


def collision_file(streams: Streams, ground: Places, period: str, *, tidy: bool = False) -> Table:
    """The collisions of a month in order of time; `tidy` leaves the defects out."""
    rng = streams.named("roads", period)
    size = overdispersed(rng, COLLISIONS * season(period) ** 0.3, OWN_SPREAD)
    at = np.sort(heaped(rng, Clockwork.of(period, "other").draw(rng, size)))
    point = ground.wheels["homes"].spin(rng, size)
    if tidy:
        point = safely_inside(ground, point, 10)
    severity = choose(rng, SEVERITIES, size)
    columns: dict[str, Texts] = {
        "collision_ref": _references(rng, period, size),
        "collision_datetime": np.array(spelled(at), dtype=object),
        "easting": whole(np.round(ground.easting[point]).astype(np.int64)),
        "northing": whole(np.round(ground.northing[point]).astype(np.int64)),
        "collision_severity": severity,
        "number_of_vehicles": whole(1 + (rng.random(size) < 0.68) + (rng.random(size) < 0.08)),
        **_hurt(rng, severity),
        "speed_limit": choose(rng, _LIMITS, size),
        "police_attended": choose(rng, _POLICE, size),
        "road_name": ground.street[point],
    }
    return Table.of(columns if tidy else _dirtied(streams.named("roads", "dirt", period), columns, ground))


def _references(rng: np.random.Generator, period: str, size: int) -> Texts:
    return numbered(f"RC{period[2:4]}{period[5:]}{{:05d}}", np.sort(rng.permutation(99_999)[:size]) + 1)


def _hurt(rng: np.random.Generator, severity: Texts) -> dict[str, Texts]:
    """How many were hurt, and how badly: the worst of a collision is its severity, others in it were hurt slightly."""
    size = len(severity)
    child = rng.random(size) < _CHILD
    slight = rng.poisson(0.25, size)
    young = rng.binomial(slight, _CHILD)
    worst = {level: (severity == level).astype(np.int64) for level in ("1", "2", "3")}
    counts: dict[str, Ints] = {}
    for who, theirs, others in (("adults", ~child, slight - young), ("children", child, young)):
        counts[f"{who}_killed"] = worst["1"] * theirs
        counts[f"{who}_seriously_injured"] = worst["2"] * theirs
        counts[f"{who}_slightly_injured"] = worst["3"] * theirs + others
    return {name: whole(numbers) for name, numbers in counts.items()}


def _dirtied(rng: np.random.Generator, columns: dict[str, Texts], ground: Places) -> dict[str, Texts]:
    size = len(columns["easting"])
    nowhere, beyond = rng.random(size) < NO_PLACE, rng.random(size) < OUTSIDE_BOROUGH
    point = ground.first_outside + rng.integers(len(ground.lsoa) - ground.first_outside, size=size)
    for name, axis in (("easting", ground.easting), ("northing", ground.northing)):
        there = np.where(beyond, whole(np.round(axis[point]).astype(np.int64)), columns[name])
        columns[name] = np.where(nowhere, "", there).astype(object)
    columns["speed_limit"] = gone(rng, columns["speed_limit"], NO_LIMIT)
    return columns


PLAN = Plan(
    left_out="collision_severity",
    added=("weather", "wet"),
    refused=("number_plate", "withheld"),
    spoils=(
        Spoil("bad-date", 3, "collision_datetime", lambda cell: cell[:10]),
        Spoil("outside-period", 3, "collision_datetime", to("2026-10-31T23:30")),
        Spoil("not-in-code-list", 3, "collision_severity", to("Slight")),
        Spoil("bad-type", 3, "speed_limit", lambda cell: f"{cell} mph"),
        Spoil("out-of-range", 2, "number_of_vehicles", to("0")),
        Spoil("out-of-range", 2, "easting", lambda cell: f"{cell}0"),
        Spoil("half-filled", 3, "northing", to_blank),
        Spoil("filled-here", 3, "children_killed", to("1"), lambda row: row["collision_severity"] == "3"),
        Spoil("blank-required", 3, "adults_killed", to_blank),
        Spoil("bad-format", 2, "collision_ref", lambda cell: cell.lower()),
        Spoil("possible-identifier", 2, "road_name", to("call 020 7946 0123")),
        Spoil("blank-wanted", 3, "speed_limit", to_blank),
    ),
    copies_raise="repeated-key",
)


def _write(month: Month) -> Table:
    return collision_file(month.chance, month.ground, month.period, tidy=month.tidy)


STREAM = Stream(dataset="council/road-collisions", write=_write, plan=PLAN)
