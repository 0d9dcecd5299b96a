"""What the council hears of anti-social behaviour: a part of what police were called to as well, and much that they were not."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hub.synthetic.events import Events
from hub.synthetic.places import Places
from hub.synthetic.seasons import Clockwork, existing, heaped, period_of, season, spelled
from hub.synthetic.spoiling import Plan, Spoil, filled, longer, to, to_blank
from hub.synthetic.stream import Month, Stream
from hub.synthetic.streams import Floats, Ints, Streams, Texts, choose, overdispersed
from hub.synthetic.table import Table, blank
from hub.synthetic.volumes import OUTSIDE_BOROUGH, OWN_SPREAD
from hub.synthetic.writing import DAY, day, gone, numbered, safely_inside, whole

REPORTS = 180.0
"""Reports a month (a proposal; police hear of 477)."""
KNOWN_TO_POLICE = 0.30
"""Share of them that police were called to as well (a proposal)."""
NO_PLACE, NO_TIME, NO_TYPE, NO_REPORTER = 0.07, 0.12, 0.03, 0.14
WITHHELD = 0.15
"""Share of places in words that a council writes as `Redacted` (measured on free text, data-standards section 4.5)."""
_CLOCK_SIGMA, _PLACE_METRES = 25.0, (80.0, 300.0)
_REPORT_HOURS = 10.0
_CATEGORIES = {"Nuisance": 0.66, "Personal": 0.22, "Environmental": 0.12}
_TYPES = {
    "Nuisance": {"rowdy": 0.30, "noise": 0.28, "vehicle": 0.14, "drugs": 0.10, "fireworks": 0.05, "animal": 0.05, "other": 0.08},
    "Personal": {"verbal-abuse": 0.55, "rowdy": 0.20, "drugs": 0.15, "begging": 0.10},
    "Environmental": {"vandalism": 0.5, "street-drinking": 0.2, "drugs": 0.2, "other": 0.1},
}  # fmt: skip
_REPORTERS = {"resident": 0.62, "staff": 0.11, "housing": 0.10, "business": 0.08, "police": 0.05, "anonymous": 0.04}
_ACTIONS = {
    "advice": 0.34,
    "NFA": 0.22,
    "warning": 0.16,
    "referral": 0.10,
    "warning;CPW": 0.08,
    "CPW": 0.06,
    "CPN": 0.02,
    "ABC": 0.015,
    "injunction": 0.005,
}
_WORDS = ("outside {}", "near {}", "by the bins on {}", "{}", "along {}", "corner of {}")


@dataclass(frozen=True, slots=True)
class DisorderFile:
    """One month's reports: their rows, and for each row the event police know too, or -1."""

    table: Table
    event: Ints


def disorder_file(streams: Streams, ground: Places, events: Events, period: str, *, tidy: bool = False) -> DisorderFile:
    """The reports of a month in order of the report; `tidy` leaves the defects out."""
    rng = streams.named("disorder", period)
    size = overdispersed(rng, REPORTS * season(period), OWN_SPREAD)
    called = np.flatnonzero((events.kind == "anti-social-behaviour") & (events.point < ground.first_outside))
    known = rng.permutation(called)[: rng.binomial(size, KNOWN_TO_POLICE)]
    alone = size - len(known)
    happened = np.concatenate(
        [
            events.at[known] + np.round(_CLOCK_SIGMA * rng.normal(size=len(known))).astype(np.int64),
            Clockwork.of(period, "violence").draw(rng, alone),
        ]
    )
    happened = existing(heaped(rng, happened))
    reported = existing(happened + np.round(rng.gamma(0.6, _REPORT_HOURS, size) * 60).astype(np.int64) + 5)
    late = period_of(reported) != period  # the report stands in the month in which it came: these came at once
    reported = np.where(late, np.maximum(happened, _first_minute(period)), reported)
    happened = np.minimum(happened, reported)
    point = np.concatenate([events.point[known], ground.wheels["disorder"].spin(rng, alone)])
    order = np.argsort(reported, kind="stable")
    event = np.concatenate([known, np.full(alone, -1)]).astype(np.int64)[order]
    happened, reported, point = happened[order], reported[order], point[order]
    if tidy:
        point = safely_inside(ground, point, 10)
    columns = _columns(streams.named("disorder", "what", period), ground, happened, reported, point)
    if not tidy:
        columns = _dirtied(streams.named("disorder", "dirt", period), ground, columns, point)
    return DisorderFile(Table.of(columns), event)


def _known_until(reported: Ints) -> int:
    """The extract is made ten days after the month's last report: what closed later is open in it."""
    return int(reported[-1]) + 10 * DAY if len(reported) else 0


def _first_minute(period: str) -> int:
    return int(np.datetime64(f"{period}-01T00:00", "m").astype(np.int64))


def _columns(rng: np.random.Generator, ground: Places, happened: Ints, reported: Ints, point: Ints) -> dict[str, Texts]:
    size = len(point)
    category = choose(rng, _CATEGORIES, size)
    kind = blank(size)
    for name, weights in _TYPES.items():
        chosen = np.flatnonzero(category == name)
        kind[chosen] = choose(rng, weights, len(chosen))
    said = rng.integers(len(_WORDS), size=size).tolist()
    streets = ground.street[point].tolist()
    closing = reported + (1 + rng.integers(0, 21, size)) * DAY
    closed = (rng.random(size) < 0.5) & (closing < _known_until(reported))
    serial = np.sort(rng.permutation(999)[:size]) + 1
    stamp = day(reported[:1])[0] if size else "2026-01-01"
    prefix = f"ASB/{stamp[2:4]}/{stamp[5:7]}"
    return {
        "case_ref": numbered(prefix + "{:03d}", serial),
        "reported_datetime": np.array(spelled(reported), dtype=object),
        "incident_datetime": np.array(spelled(happened), dtype=object),
        "asb_category": category,
        "asb_type": kind,
        "weapon_mentioned": choose(rng, {"N": 0.90, "U": 0.07, "Y": 0.03}, size),
        "youth_related": choose(rng, {"N": 0.58, "Y": 0.32, "U": 0.10}, size),
        "location_text": np.array([_WORDS[n].format(street) for n, street in zip(said, streets, strict=True)], object),
        "easting": whole(np.round(ground.easting[point]).astype(np.int64)),
        "northing": whole(np.round(ground.northing[point]).astype(np.int64)),
        "uprn": np.where(rng.random(size) < 0.3, whole(990_000_000_000 + point), "").astype(object),
        "reporter_type": choose(rng, _REPORTERS, size),
        "repeat_flag": choose(rng, {"N": 0.72, "Y": 0.28}, size),
        "action": choose(rng, _ACTIONS, size),
        "status": np.where(closed, "closed", "open").astype(object),
        "closed_date": np.where(closed, day(closing), "").astype(object),
    }


def _dirtied(rng: np.random.Generator, ground: Places, columns: dict[str, Texts], point: Ints) -> dict[str, Texts]:
    size = len(point)
    nowhere = rng.random(size) < NO_PLACE
    beyond = rng.random(size) < OUTSIDE_BOROUGH
    elsewhere = ground.first_outside + rng.integers(len(ground.lsoa) - ground.first_outside, size=size)
    low, high = _PLACE_METRES
    away: Floats = np.where(rng.random(size) < 0.3, low + (high - low) * rng.random(size), 0.0)
    angle = rng.random(size) * 2 * np.pi
    for name, axis, shift in (("easting", ground.easting, np.cos(angle)), ("northing", ground.northing, np.sin(angle))):
        metres = np.where(beyond, axis[elsewhere], axis[point] + away * shift)
        columns[name] = np.where(nowhere, "", whole(np.round(metres).astype(np.int64))).astype(object)
    for name, rate in (("incident_datetime", NO_TIME), ("asb_type", NO_TYPE), ("reporter_type", NO_REPORTER)):
        columns[name] = gone(rng, columns[name], rate)
    columns["location_text"] = gone(rng, columns["location_text"], WITHHELD, text="Redacted")
    return columns


PLAN = Plan(
    left_out="asb_category",
    added=("officer", "withheld"),
    refused=("complainant_name", "withheld"),
    spoils=(
        Spoil("bad-date", 4, "reported_datetime", lambda cell: f"{cell[5:7]}-{cell[8:10]}-{cell[:4]}"),
        Spoil("outside-period", 3, "reported_datetime", to("2026-12-02T09:30"), lambda row: row["status"] == "open"),
        Spoil("out-of-order", 3, "incident_datetime", to("2026-11-30T23:59")),
        Spoil("not-in-code-list", 4, "asb_category", to("Noise")),
        Spoil("not-in-code-list", 3, "action", lambda cell: f"{cell}, advice"),
        Spoil("bad-type", 3, "easting", lambda cell: f"{cell}.0"),
        Spoil("out-of-range", 3, "northing", lambda cell: f"{cell}0"),
        Spoil("half-filled", 3, "northing", to_blank),
        Spoil("blank-required", 4, "case_ref", to_blank),
        Spoil("bad-format", 3, "case_ref", lambda cell: cell[4:]),
        Spoil("possible-identifier", 3, "location_text", lambda cell: f"{cell}, ring 07700 900123"),
        Spoil("too-long", 2, "location_text", longer("behind the bins by the railings ")),
        Spoil("blank-expected", 3, "closed_date", to_blank, filled("closed_date")),
        Spoil("blank-wanted", 4, "reporter_type", to_blank),
    ),
    copies_raise="repeated-key",
)


def _write(month: Month) -> Table:
    return disorder_file(month.chance, month.ground, month.now.events, month.period, tidy=month.tidy).table


STREAM = Stream(dataset="council/antisocial-behaviour", write=_write, plan=PLAN)
