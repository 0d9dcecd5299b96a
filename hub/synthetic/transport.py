"""What buses and trains see: threats, assaults and disorder on board, at stops and at stations.

A part of it lies behind violence that police recorded at a station of the same month; the rest the operators alone know.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hub.synthetic.events import Events
from hub.synthetic.places import Places
from hub.synthetic.seasons import Clockwork, existing, heaped, period_of, season, spelled
from hub.synthetic.spoiling import Plan, Spoil, to, to_blank
from hub.synthetic.stream import Month, Stream
from hub.synthetic.streams import Ints, Streams, Texts, choose, overdispersed
from hub.synthetic.table import Table, blank
from hub.synthetic.volumes import BUS_STATION, OWN_SPREAD, STATION
from hub.synthetic.writing import gone, numbered, safely_inside, whole

INCIDENTS = 64.0
"""Incidents a month (a proposal; no public source)."""
KNOWN_TO_POLICE = 0.18
"""Share of them behind a police record (a proposal)."""
NO_PLACE, NO_ROUTE = 0.06, 0.04
_CLOCK_SIGMA = 15.0
_TYPES = {
    "asb": 0.27,
    "threat": 0.22,
    "disturbance": 0.20,
    "assault-passenger": 0.13,
    "assault-staff": 0.11,
    "robbery": 0.045,
    "weapon-seen": 0.025,
}
_SOURCES = {True: {"BTP": 0.55, "RAIL": 0.45}, False: {"BUS": 0.93, "TRAM": 0.07}}
_ROUTES = ("R1", "R2", "R7", "R14", "61", "119", "146", "208", "261", "N3", "N47")
_LETTERS = {"BTP": "T", "RAIL": "R", "BUS": "B", "TRAM": "M"}
_RED = {True: {"Y": 0.30, "N": 0.70}, False: {"Y": 0.04, "N": 0.96}}


@dataclass(frozen=True, slots=True)
class TransportFile:
    """One month's incidents: their rows, and for each row the event police know too, or -1."""

    table: Table
    event: Ints


def transport_file(
    streams: Streams, ground: Places, events: Events, period: str, *, tidy: bool = False
) -> TransportFile:
    """The incidents of a month in order of time; `tidy` leaves the defects out."""
    rng = streams.named("transport", period)
    size = overdispersed(rng, INCIDENTS * season(period), OWN_SPREAD)
    at_stops = np.isin(ground.kind[events.point], [STATION, BUS_STATION]) | (events.location_type == "L06")
    shared = np.flatnonzero(events.police & at_stops & (events.severity > 0))
    known = rng.permutation(shared)[: rng.binomial(size, KNOWN_TO_POLICE)]
    alone = size - len(known)
    told = existing(
        heaped(rng, events.at[known] + np.round(_CLOCK_SIGMA * rng.normal(size=len(known))).astype(np.int64))
    )
    told = np.where(period_of(told) == period, told, Clockwork.of(period, "violence").draw(rng, len(known)))
    at = np.concatenate([told, heaped(rng, Clockwork.of(period, "violence").draw(rng, alone))])
    point = np.concatenate([events.point[known], _stops(rng, ground, alone)])
    order = np.argsort(at, kind="stable")
    event = np.concatenate([known, np.full(alone, -1)]).astype(np.int64)[order]
    at, point = at[order], point[order]
    if tidy:
        point = safely_inside(ground, point, 10)
    columns = _columns(streams.named("transport", "what", period), ground, at, point, period)
    if not tidy:
        columns = _dirtied(streams.named("transport", "dirt", period), columns)
    return TransportFile(Table.of(columns), event)


def _stops(rng: np.random.Generator, ground: Places, size: int) -> Ints:
    """Half at stations, half at stops along the streets where crowds gather."""
    stations = np.flatnonzero(np.isin(ground.kind, [STATION, BUS_STATION]))
    at_station = stations[rng.integers(len(stations), size=size)]
    return np.where(rng.random(size) < 0.5, at_station, ground.wheels["violence"].spin(rng, size))


def _columns(rng: np.random.Generator, ground: Places, at: Ints, point: Ints, period: str) -> dict[str, Texts]:
    size = len(at)
    rail = ground.kind[point] == STATION
    source = blank(size)
    red = blank(size)
    for flag in (True, False):
        chosen = np.flatnonzero(rail == flag)
        source[chosen] = choose(rng, _SOURCES[flag], len(chosen))
    on_bus = source == "BUS"
    for flag in (True, False):
        chosen = np.flatnonzero(on_bus == flag)
        red[chosen] = choose(rng, _RED[flag], len(chosen))
    serial = np.sort(rng.permutation(99_999)[:size]) + 1
    letters = [_LETTERS[one] for one in source]
    route = np.array(_ROUTES, dtype=object)[rng.integers(len(_ROUTES), size=size)]
    known = rng.random(size) < KNOWN_TO_POLICE * 0.5
    return {
        "source": source,
        "ref": np.array(
            [f"{letter}{period[2:4]}{period[5:]}{n:06d}" for letter, n in zip(letters, serial.tolist(), strict=True)],
            object,
        ),
        "incident_datetime": np.array(spelled(at), dtype=object),
        "type": choose(rng, _TYPES, size),
        "route_or_station": np.where(rail, ground.venue[point], route).astype(object),
        "stop_code": np.where(rail, "", numbered("490{:08d}", point)).astype(object),
        "easting": whole(np.round(ground.easting[point]).astype(np.int64)),
        "northing": whole(np.round(ground.northing[point]).astype(np.int64)),
        "code_red": red,
        "police_ref": np.where(known, numbered("ZV/{:06d}/" + period[2:4], serial), "").astype(object),
    }


def _dirtied(rng: np.random.Generator, columns: dict[str, Texts]) -> dict[str, Texts]:
    nowhere = rng.random(len(columns["ref"])) < NO_PLACE
    for name in ("easting", "northing"):
        columns[name] = np.where(nowhere, "", columns[name]).astype(object)
    columns["route_or_station"] = gone(rng, columns["route_or_station"], NO_ROUTE)
    return columns


PLAN = Plan(
    left_out="type",
    added=("vehicle", "bus 4411"),
    refused=("staff_name", "withheld"),
    spoils=(
        Spoil("bad-date", 3, "incident_datetime", lambda cell: cell.replace("-", ".")),
        Spoil("outside-period", 3, "incident_datetime", to("2026-12-01T00:10")),
        Spoil("not-in-code-list", 3, "type", to("fight")),
        Spoil("not-in-code-list", 2, "source", to("TfL")),
        Spoil("bad-format", 3, "ref", lambda cell: cell.lower()),
        Spoil("bad-type", 3, "easting", lambda cell: f"{cell} m"),
        Spoil("out-of-range", 2, "northing", lambda cell: f"{cell}0"),
        Spoil("half-filled", 3, "northing", to_blank),
        Spoil("blank-required", 3, "incident_datetime", to_blank),
        Spoil("possible-identifier", 2, "route_or_station", to("rang 07700 900123")),
        Spoil("too-long", 2, "route_or_station", to("the stop beside the second lamp post after the bridge")),
        Spoil("blank-wanted", 3, "route_or_station", to_blank),
    ),
    ragged=2,
    copies_raise="repeated-key",
)


def _write(month: Month) -> Table:
    return transport_file(month.chance, month.ground, month.now.events, month.period, tidy=month.tidy).table


STREAM = Stream(dataset="transport/incidents", write=_write, plan=PLAN)
