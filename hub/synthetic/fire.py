"""What the fire and rescue service sees: all it was called to, in the layout of the London Fire Brigade, with its defects.

Deliberate fires are the part that the duty needs: three in five lie behind a police record of criminal damage and arson of the
same month, at nearly its time and place; of all incidents that is one in thirty.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from hub.synthetic.borough import BOROUGH, BOROUGH_CODE
from hub.synthetic.events import Events
from hub.synthetic.places import Places
from hub.synthetic.seasons import Clockwork, existing, period_of, season
from hub.synthetic.spoiling import Plan, Spoil, filled, longer, to, to_blank
from hub.synthetic.stream import Month, Stream
from hub.synthetic.streams import Bools, Ints, Streams, Texts, choose, overdispersed
from hub.synthetic.table import Table, blank, repeated
from hub.synthetic.volumes import OUTSIDE_BOROUGH, OWN_SPREAD
from hub.synthetic.writing import MONTHS, gone, numbered, rounded, safely_inside, whole

FIRE_INCIDENTS = 250.0
"""Incidents a month (a planning value: data-standards section 4.1, unverified)."""
DELIBERATE_FIRES = 15.0
KNOWN_TO_POLICE = 0.6
"""Share of deliberate fires behind a police record (section 4.4, unverified)."""
ATTACKED = 0.004
_CLOCK_SIGMA, _PLACE_METRES = 12.0, 40.0

_GROUPS = {"False Alarm": 0.51, "Special Service": 0.40, "Fire": 0.09}
_STOPS = {
    "deliberate": {"Primary Fire": 0.35, "Secondary Fire": 0.65},
    "Fire": {"Primary Fire": 0.62, "Secondary Fire": 0.33, "Chimney Fire": 0.02, "Late Call": 0.03},
    "False Alarm": {"AFA": 0.72, "False alarm - Good intent": 0.255, "False alarm - Malicious": 0.025},
    "Special Service": {"Special Service": 0.97, "Flood call attendance": 0.03},
}
_SERVICES = {
    "Effecting entry/exit": 0.27,
    "Flooding": 0.20,
    "Lift Release": 0.14,
    "Assist other agencies": 0.12,
    "RTC": 0.10,
    "Making Safe (not RTC)": 0.07,
    "Medical Incident": 0.05,
    "No action (not false alarm)": 0.05,
}
_CATEGORIES = {
    True: {"Outdoor": 0.45, "Outdoor Structure": 0.20, "Road Vehicle": 0.17, "Non Residential": 0.10, "Dwelling": 0.08},
    False: {
        "Dwelling": 0.545,
        "Non Residential": 0.245,
        "Other Residential": 0.07,
        "Road Vehicle": 0.06,
        "Outdoor": 0.05,
        "Outdoor Structure": 0.03,
    },
}
_TYPES = {
    "Dwelling": {
        "House - single occupancy": 0.42,
        "Purpose Built Flats/Maisonettes - 4 to 9 storeys": 0.27,
        "Purpose Built Flats/Maisonettes - Up to 3 storeys": 0.20,
        "Converted Flat/Maisonette - Up to 2 storeys": 0.11,
    },
    "Non Residential": {"Single shop": 0.4, "Infant/Primary school": 0.2, "Hospital": 0.2, "Purpose built office": 0.2},
    "Other Residential": {"Nursing/Care": 0.6, "Retirement/Old Persons Home": 0.4},
    "Road Vehicle": {"Car": 0.75, "Motorcycle": 0.15, "Van": 0.10},
    "Outdoor": {"Tree scrub": 0.4, "Grassland, pasture, grazing etc": 0.2, "Loose refuse": 0.4},
    "Outdoor Structure": {"Wheelie bin": 0.4, "Large refuse/rubbish container": 0.3, "Fence": 0.3},
}
_QUALIFIERS = {
    "Correct incident location": 0.55,
    "On land associated with building": 0.20,
    "In street close to gazetteer location": 0.25,
}
_STATIONS = ("Kingfisher Quay", "Heron Hill", "Otter Bridge")
_HOURLY, _NUMBERED = 424, 0.6
PADDED, CAPITALS, NULLS = 0.84, 0.5, {"USRN": 0.16, "AddressQualifier": 0.01, "FirstPumpArriving_AttendanceTime": 0.06}
"""Defects at the rates measured on the brigade's files (section 4.5)."""


@dataclass(frozen=True, slots=True)
class FireFile:
    """One month's incidents: their rows, and for each row the event police know too, or -1."""

    table: Table
    event: Ints
    deliberate: Bools


@dataclass(frozen=True, slots=True)
class _Incidents:
    at: Ints
    point: Ints
    event: Ints
    deliberate: Bools

    def where(self, chosen: Bools | Ints) -> _Incidents:
        return _Incidents(self.at[chosen], self.point[chosen], self.event[chosen], self.deliberate[chosen])

    def __len__(self) -> int:
        return len(self.at)


def fire_file(streams: Streams, ground: Places, events: Events, period: str, *, tidy: bool = False) -> FireFile:
    """The incidents of a month in order of the call; `tidy` leaves the defects out."""
    incidents = _incidents(streams, ground, events, period, tidy=tidy)
    table = _table(streams, ground, incidents, period)
    if not tidy:
        table = _dirtied(streams.named("fire", "dirt", period), table)
    return FireFile(table, incidents.event, incidents.deliberate)


def _incidents(streams: Streams, ground: Places, events: Events, period: str, *, tidy: bool) -> _Incidents:
    rng = streams.named("fire", period)
    count = overdispersed(rng, DELIBERATE_FIRES * season(period), 2 * OWN_SPREAD)
    arson = np.flatnonzero((events.kind == "criminal-damage-arson") & (events.point < ground.first_outside))
    known = rng.permutation(arson)[: round(KNOWN_TO_POLICE * count)]
    alone = count - len(known)
    others = overdispersed(rng, FIRE_INCIDENTS * season(period) ** 0.3 - DELIBERATE_FIRES, OWN_SPREAD)
    called = existing(events.at[known] + np.round(_CLOCK_SIGMA * rng.normal(size=len(known))).astype(np.int64))
    called = np.where(period_of(called) == period, called, events.at[known])
    point = np.concatenate(
        [events.point[known], ground.wheels["damage"].spin(rng, alone), ground.wheels["homes"].spin(rng, others)]
    )
    beyond = rng.random(len(point)) < (0 if tidy else OUTSIDE_BOROUGH)
    point[beyond] = ground.first_outside + rng.integers(len(ground.lsoa) - ground.first_outside, size=int(beyond.sum()))
    drawn = _Incidents(
        at=np.concatenate(
            [
                called,
                Clockwork.of(period, "violence").draw(rng, alone),
                Clockwork.of(period, "other").draw(rng, others),
            ]
        ),
        point=safely_inside(ground, point, 50) if tidy else point,
        event=np.concatenate([known, np.full(alone + others, -1)]).astype(np.int64),
        deliberate=np.arange(len(point)) < count,
    )
    return drawn.where(np.argsort(drawn.at, kind="stable"))


def _by(rng: np.random.Generator, keys: Texts, weights: dict[Any, dict[str, float]]) -> Texts:
    found = blank(len(keys))
    for key, shares in weights.items():
        chosen = np.flatnonzero(keys == key)
        found[chosen] = choose(rng, shares, len(chosen))
    return found


def _table(streams: Streams, ground: Places, incidents: _Incidents, period: str) -> Table:
    rng, size, deliberate = streams.named("fire", "what", period), len(incidents), incidents.deliberate
    group = np.where(deliberate, "Fire", choose(rng, _GROUPS, size)).astype(object)
    special = group == "Special Service"
    category = _by(rng, deliberate.astype(object), _CATEGORIES)
    columns = _when(incidents.at, period, rng)
    columns |= {
        "IncidentGroup": group,
        "StopCodeDescription": _by(rng, np.where(deliberate, "deliberate", group).astype(object), _STOPS),
        "SpecialServiceType": np.where(special, choose(rng, _SERVICES, size), "").astype(object),
        "PropertyCategory": category,
        "PropertyType": _by(rng, category, _TYPES),
    }
    columns |= _where(streams.named("fire", "where", period), ground, incidents.point, home=category == "Dwelling")
    columns |= _pumps(streams.named("fire", "pumps", period), ground, incidents)
    columns["deliberate_flag"] = np.where(deliberate, "Y", np.where(group == "Fire", "N", "")).astype(object)
    columns["firefighter_attacked"] = np.where(rng.random(size) < ATTACKED, "Y", "N").astype(object)
    return Table.of(columns)


def _when(at: Ints, period: str, rng: np.random.Generator) -> dict[str, Texts]:
    seconds = at * 60 + rng.integers(60, size=len(at))
    seconds.sort()
    stamps = np.datetime_as_string(seconds.astype("datetime64[s]")).tolist()
    month, year = MONTHS[int(period[5:]) - 1], period[:4]
    serial = np.sort(rng.permutation(900)[: len(at)]) + 1 + 1000 * (int(period[5:]) - 1)
    tails = [f"{stamp[8:10]}{stamp[5:7]}{stamp[:4]}" for stamp in stamps]
    return {
        "IncidentNumber": np.array([f"{n:06d}-{tail}" for n, tail in zip(serial.tolist(), tails, strict=True)], object),
        "DateOfCall": np.array([f"{stamp[8:10]} {month} {year}" for stamp in stamps], object),
        "CalYear": repeated(year, len(at)),
        "TimeOfCall": np.array([stamp[11:19] for stamp in stamps], object),
        "HourOfCall": np.array([str(int(stamp[11:13])) for stamp in stamps], object),
    }


def _where(rng: np.random.Generator, ground: Places, point: Ints, *, home: Bools) -> dict[str, Texts]:
    size = len(point)
    lsoas = [ground.areas[area] for area in ground.lsoa[point]]
    ward = np.array([lsoa.ward for lsoa in lsoas], dtype=object)
    ward_code = np.array([lsoa.ward_code for lsoa in lsoas], dtype=object)
    district = np.array([f"ZV{int(code[-2:]) % 9 + 1}" for code in ward_code], dtype=object)
    full = np.array(
        [f"{first} {number % 9 + 1}AB" for first, number in zip(district, point.tolist(), strict=True)], object
    )

    uprn = numbered("{}.0", 990_000_000_000 + point)

    def exact(texts: Texts) -> Texts:
        return np.where(home, "", texts).astype(object)

    return {
        "AddressQualifier": choose(rng, _QUALIFIERS, size),
        "Postcode_full": exact(full),
        "Postcode_district": district,
        "UPRN": np.where(home, "0.0", np.where(rng.random(size) < _NUMBERED, uprn, "")).astype(object),
        "USRN": numbered("{}.0", 90_000_000 + point),
        "IncGeo_BoroughCode": repeated(BOROUGH_CODE, size),
        "IncGeo_BoroughName": repeated(BOROUGH.upper(), size),
        "ProperCase": repeated(BOROUGH, size),
        "IncGeo_WardCode": ward_code,
        "IncGeo_WardName": ward,
        "IncGeo_WardNameNew": ward,
        "Easting_m": exact(numbered("{:.1f}", ground.easting[point])),
        "Northing_m": exact(numbered("{:.1f}", ground.northing[point])),
        "Easting_rounded": whole(rounded(ground.easting[point], 50)),
        "Northing_rounded": whole(rounded(ground.northing[point], 50)),
        "Latitude": exact(ground.latitude[point]),
        "Longitude": exact(ground.longitude[point]),
        "FRS": repeated("Ravensbourne (invented)", size),
    }  # fmt: skip


def _pumps(rng: np.random.Generator, ground: Places, incidents: _Incidents) -> dict[str, Texts]:
    size = len(incidents)
    station = np.array(_STATIONS, dtype=object)[ground.lsoa[incidents.point] % len(_STATIONS)]
    first = np.round(rng.gamma(9.0, 36.0, size)).astype(np.int64) + 60
    second = rng.random(size) < 0.37
    pumps = 1 + second + (rng.random(size) < 0.03)
    minutes = 60 + np.round(rng.gamma(0.5, 60.0, size)).astype(np.int64) * (rng.random(size) < 0.25)
    hours = -(-minutes // 60)
    return {
        "IncidentStationGround": station,
        "FirstPumpArriving_AttendanceTime": numbered("{}.0", first),
        "FirstPumpArriving_DeployedFromStation": station,
        "SecondPumpArriving_AttendanceTime": np.where(second, numbered("{}.0", first + 70), "").astype(object),
        "SecondPumpArriving_DeployedFromStation": np.where(second, _STATIONS[0], "").astype(object),
        "NumStationsWithPumpsAttending": numbered("{}.0", 1 + second * (station != _STATIONS[0])),
        "NumPumpsAttending": numbered("{}.0", pumps),
        "PumpCount": whole(pumps),
        "PumpMinutesRounded": numbered("{}.0", minutes),
        "PumpHoursRoundUp": blank(size),
        "Notional Cost (£)": numbered("{}.0", hours * _HOURLY),
        "NumCalls": numbered("{}.0", 1 + rng.poisson(0.35, size)),
    }


def _dirtied(rng: np.random.Generator, table: Table) -> Table:
    """NULL for what is not there, blanks behind texts, capitals here and there, as the brigade publishes them."""
    size = len(table)
    columns = dict(zip(table.header, table.columns, strict=True))
    for name in ("UPRN", "Easting_m", "Northing_m", "Latitude", "Longitude"):
        columns[name] = np.where(columns[name] == "", "NULL", columns[name]).astype(object)
    for name, rate in NULLS.items():
        columns[name] = gone(rng, columns[name], rate, text="NULL")
    padded = rng.random(size) < PADDED
    columns["PropertyType"] = np.where(padded, columns["PropertyType"] + " ", columns["PropertyType"]).astype(object)
    capitals = np.array([name.upper() for name in columns["IncGeo_WardName"]], dtype=object)
    columns["IncGeo_WardName"] = np.where(rng.random(size) < CAPITALS, capitals, columns["IncGeo_WardName"]).astype(
        object
    )
    return Table.of(columns)


PLAN = Plan(
    left_out="StopCodeDescription",
    added=("crew", "blue watch"),
    refused=("telephone", "withheld"),
    spoils=(
        Spoil("bad-date", 5, "DateOfCall", lambda cell: f"{cell[3:6]} {cell[:2]}, {cell[7:]}"),
        Spoil("outside-period", 4, "DateOfCall", to("05 Oct 2026")),
        Spoil("disagrees", 4, "HourOfCall", lambda cell: str((int(cell) + 12) % 24)),
        Spoil("not-in-code-list", 5, "StopCodeDescription", to("Bin fire")),
        Spoil("not-in-code-list", 3, "PropertyCategory", to("Domestic")),
        Spoil("bad-type", 4, "Easting_rounded", lambda cell: f"{cell[:3]},{cell[3:]}"),
        Spoil("out-of-range", 3, "Northing_rounded", lambda cell: f"{cell}0"),
        Spoil("bad-format", 4, "IncidentNumber", lambda cell: f"{cell[:7]}{cell[13:]}"),
        Spoil("half-filled", 3, "Northing_m", to_blank, filled("Northing_m")),
        Spoil("filled-here", 3, "UPRN", to("990000000001"), lambda row: row["PropertyCategory"] == "Dwelling"),
        Spoil("blank-required", 4, "IncidentStationGround", to_blank),
        Spoil("too-long", 2, "PropertyType", lambda cell: longer("behind the bins by the railings ")(cell).strip()),
        Spoil("possible-identifier", 2, "AddressQualifier", to("caller on 07700 900123")),
        Spoil("null-text", 5, "USRN", to("NULL")),
        Spoil("blanks-trimmed", 6, "PropertyType", lambda cell: f"{cell} "),
    ),
    copies_raise="repeated-key",
)


def _write(month: Month) -> Table:
    return fire_file(month.chance, month.ground, month.now.events, month.period, tidy=month.tidy).table


STREAM = Stream(dataset="fire/incidents", write=_write, plan=PLAN)
