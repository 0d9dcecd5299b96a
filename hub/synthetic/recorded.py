"""What the force holds of a recorded crime: one row a crime, the very events behind its street-level file of the month.

Where the street-level file knows a month and a snap point, this one has the day it was recorded, when it may have been done, the
offence, its flags and a point some metres away. Its references are the force's own and in no other file.
"""

from __future__ import annotations

import numpy as np

from hub.synthetic.events import Events
from hub.synthetic.offences import ALCOHOL, DOMESTIC, FIREARM, HATE, KNIFE, OFFENCES
from hub.synthetic.places import Places
from hub.synthetic.seasons import first_day, heaped, length, spelled
from hub.synthetic.spoiling import Plan, Spoil, filled, longer, to, to_blank
from hub.synthetic.stream import Month, Stream
from hub.synthetic.streams import Bools, Ints, Streams, Texts, choose
from hub.synthetic.table import Table, blank, repeated
from hub.synthetic.volumes import NO_LOCATION, PENETRATING

FORCE_CODE = "E23999001"
"""A code of a block that was never issued."""
HEADER = (
    "crime_ref", "force_code", "recorded_date", "committed_from", "committed_to", "time_known", "ho_class",
    "prc_code", "knife_flag", "knife_flag_method", "firearm_flag", "domestic_abuse_flag", "hate_crime_flag",
    "alcohol_flag", "gang_flag", "cse_cce_flag", "public_place", "location_type", "location_text", "easting",
    "northing", "location_accuracy", "uprn", "injury_level", "outcome_code", "outcome_date", "no_of_victims",
    "no_of_suspects", "cad_ref",
)  # fmt: skip
_DAY = 24 * 60
_KNOWN = {"E": 0.46, "R": 0.34, "D": 0.15, "U": 0.05}
_ACCURACY = {"A": 0.44, "S": 0.40, "P": 0.12, "W": 0.04}
_BLANK_ACCURACY = "N"
_PUBLIC = {
    "L01": "PUB",
    "L02": "PRIV",
    "L03": "LIC",
    "L05": "SCH",
    "L06": "TRN",
    "L07": "PUB",
    "L04": "PUB",
    "L99": "UNK",
}
_REPEATED_KEY = 0.01
_NO_PREMISES = 0.12
_LONG_AGO = 9 * 365 * _DAY
_INJURY = {0: "0", 1: "0", 2: "1", 3: "1", 4: "3", 5: "4"}
_OUTCOMES = {
    "": 0.16,
    "18": 0.28,
    "15": 0.11,
    "16": 0.24,
    "14": 0.07,
    "1": 0.07,
    "8": 0.03,
    "22": 0.02,
    "9": 0.02,
}


def recorded_crime(month: Month) -> Table:
    """The month's crimes by day of record; anti-social behaviour is none. `tidy` leaves the defects out."""
    crimes = np.flatnonzero(month.now.events.police & (month.now.street.crime_id != ""))
    events = month.now.events.where(crimes)
    if month.tidy:
        first = int(np.datetime64(f"{month.period}-01T00:00", "m").astype(np.int64))
        events = events.where((events.point < month.ground.first_outside) & (events.at > first - _LONG_AGO))
    rng = month.chance.named("recorded", month.period)
    recorded = _recorded(rng, events, month.period)
    order = np.argsort(recorded, kind="stable")
    events, recorded = events.where(order), recorded[order]
    columns = {
        **_case(rng, month.period, events, recorded, tidy=month.tidy),
        **_offence(month.chance, month.period, events),
        **_flags(month.chance, month.period, events),
        **_place(month.chance.named("recorded", "place", month.period), month.ground, events, tidy=month.tidy),
        **_end(month.chance.named("recorded", "end", month.period), events, recorded, tidy=month.tidy),
    }
    table = Table.of({name: columns[name] for name in HEADER})
    if month.tidy:
        return table
    return _spoilt(month.chance.named("recorded", "dirt", month.period), table)


def _recorded(rng: np.random.Generator, events: Events, period: str) -> Ints:
    """Minute of the record: soon after the event, but in the month, and for what was reported late any day of it."""
    start = int(np.datetime64(f"{period}-01T00:00", "m").astype(np.int64))
    end = start + length(period) * _DAY - 1
    soon = events.at + (60 + 30 * _DAY * rng.random(len(events)) ** 6).astype(np.int64)
    any_day = start + (rng.random(len(events)) * (end - start)).astype(np.int64)
    recorded = np.where(events.at < start, any_day, np.minimum(soon, end))
    return np.maximum(recorded, np.minimum(events.at, end))


def _case(rng: np.random.Generator, period: str, events: Events, recorded: Ints, *, tidy: bool) -> dict[str, Texts]:
    size = len(events)
    first = 10_000 + int(rng.integers(1_000)) + (first_day(period).month - 1) * 4_000
    year = period[2:4]
    known = choose(rng, _KNOWN, size)
    said = heaped(rng, events.at)
    started = np.where(known == "D", events.at // _DAY * _DAY, said)
    spread = (rng.random(size) * 10 * 60).astype(np.int64)
    ended = np.where(known == "R", np.minimum(started + spread, recorded), started)
    return {
        "crime_ref": np.array([f"99/{first + number:06d}/{year}" for number in range(size)], dtype=object),
        "force_code": repeated(FORCE_CODE, size),
        "recorded_date": np.array([text[:10] for text in spelled(recorded)], dtype=object),
        "committed_from": np.array(spelled(started), dtype=object),
        "committed_to": np.where((known == "U") & (not tidy), "", np.array(spelled(ended), dtype=object)),
        "time_known": known,
    }


def _offence(chance: Streams, period: str, events: Events) -> dict[str, Texts]:
    prc, ho_class = blank(len(events)), blank(len(events))
    for kind in np.unique(events.kind.astype(str)):
        rows = np.flatnonzero(events.kind == kind)
        rng = chance.named("recorded", "offence", kind, period)
        offences = OFFENCES[str(kind)]
        codes = choose(rng, {offence.prc: offence.share for offence in offences}, len(rows))
        classes = {offence.prc: offence.ho_class for offence in offences}
        prc[rows], ho_class[rows] = codes, np.array([classes[code] for code in codes], dtype=object)
    return {"ho_class": ho_class, "prc_code": prc}


def _flags(chance: Streams, period: str, events: Events) -> dict[str, Texts]:
    size = len(events)
    prc = _offence(chance, period, events)["prc_code"]
    rng = chance.named("recorded", "flags", period)

    def drawn(share: Texts) -> Bools:
        hit: Bools = rng.random(size) < np.array(share, dtype=np.float64)
        return hit

    cut = (events.method == "A05") | (events.method == "A06")
    unseen = np.array([KNIFE.get(code, 0.0) for code in prc], dtype=object)
    knife = np.where(events.method == "", drawn(unseen), cut)
    hate = drawn(np.array([HATE.get(code, 0.0) for code in prc], dtype=object))
    domestic = drawn(np.array([DOMESTIC.get(kind, 0.0) for kind in events.kind], dtype=object))
    alcohol = drawn(np.array([ALCOHOL.get(kind, 0.02) for kind in events.kind], dtype=object))
    firearm = (events.method == "A09") | drawn(np.full(size, FIREARM, dtype=object))
    unsure = rng.random(size) < 0.02
    return {
        "knife_flag": np.where(unsure & ~knife, "U", _yes(knife)),
        "knife_flag_method": repeated("ndqis", size),
        "firearm_flag": _yes(firearm),
        "domestic_abuse_flag": _yes(domestic & (events.method == "")),
        "hate_crime_flag": np.where(hate, "race", ""),
        "alcohol_flag": np.where(rng.random(size) < 0.3, "U", _yes(alcohol)),
        "gang_flag": np.where(rng.random(size) < 0.6, "U", "N"),
        "cse_cce_flag": np.where(rng.random(size) < 0.004, "CCE", "none"),
    }


def _yes(values: Bools) -> Texts:
    return np.where(values, "Y", "N").astype(object)


def _place(rng: np.random.Generator, ground: Places, events: Events, *, tidy: bool) -> dict[str, Texts]:
    """Where it was: a few metres from the snap point that the public file shows, never across an LSOA's edge."""
    size = len(events)
    nowhere = rng.random(size) < (0.0 if tidy else NO_LOCATION["street"])
    away, angle = 12.0 * rng.random(size), 2 * np.pi * rng.random(size)

    def metres(values: Texts) -> Texts:
        return np.where(nowhere, "", np.round(values.astype(np.float64)).astype(np.int64).astype(str).astype(object))

    accuracy = choose(rng, _ACCURACY, size)
    kind = np.where(events.location_type == "", "L99", events.location_type).astype(object)
    unmapped = rng.random(size) < (0.0 if tidy else _NO_PREMISES)
    return {
        "public_place": np.array([_PUBLIC.get(code, "PRIV") for code in kind], dtype=object),
        "location_type": np.where(unmapped, "", kind).astype(object),
        "location_text": np.where(rng.random(size) < 0.4, "", ground.street[events.point]),
        "easting": metres(ground.easting[events.point] + away * np.cos(angle)),
        "northing": metres(ground.northing[events.point] + away * np.sin(angle)),
        "location_accuracy": np.where(nowhere, _BLANK_ACCURACY, accuracy).astype(object),
        "uprn": blank(size),
    }


def _end(rng: np.random.Generator, events: Events, recorded: Ints, *, tidy: bool) -> dict[str, Texts]:
    size = len(events)
    severe = np.where(np.isin(events.method, list(PENETRATING)), 4, events.severity)
    outcome = choose(rng, _OUTCOMES, size)
    days = (3 + 60 * rng.random(size) ** 2).astype(np.int64)
    if tidy:  # every case closed on the day
        outcome, days = np.where(outcome == "", "18", outcome), np.zeros_like(days)
    dated = np.array([text[:10] for text in spelled(recorded + days * _DAY)], dtype=object)
    this_month = spelled(recorded)[-1][:7] if size else ""
    late = np.array([day[:7] > this_month for day in dated], dtype=bool)
    outcome = np.where(late, "", outcome).astype(object)  # an extract knows no outcome of a month to come
    return {
        "injury_level": np.array([_INJURY[int(level)] for level in severe], dtype=object),
        "outcome_code": outcome,
        "outcome_date": np.where(outcome == "", "", dated).astype(object),
        "no_of_victims": np.where(rng.random(size) < 0.93, "1", "2").astype(object),
        "no_of_suspects": choose(rng, {"0": 0.45, "1": 0.44, "2": 0.08, "3": 0.03}, size),
        "cad_ref": np.where(
            rng.random(size) < 0.35,
            [f"CAD {number:04d}/{this_month}" for number in rng.integers(1, 9_999, size=size)],
            "",
        ).astype(object),
    }


def _spoilt(rng: np.random.Generator, table: Table) -> Table:
    """The table with a share of references written twice: one crime, two rows."""
    copies = np.flatnonzero(rng.random(len(table)) < _REPEATED_KEY)
    return table.where(np.sort(np.concatenate([np.arange(len(table)), copies]), kind="stable"))


PLAN = Plan(
    left_out="prc_code",
    added=("Beat note", "see log"),
    refused=("victim_name", "A. Nother"),
    copies_raise="repeated-key",
    spoils=(
        Spoil("bad-date", 9, "recorded_date", lambda cell: f"{cell[8:10]}/{cell[5:7]}/{cell[:4]}"),
        Spoil("bad-date", 4, "committed_from", to("1904-01-00")),
        Spoil("outside-period", 6, "recorded_date", to("2026-12-02")),
        Spoil("not-in-code-list", 8, "prc_code", to("8X")),
        Spoil("not-in-code-list", 5, "knife_flag", to("yes")),
        Spoil("not-in-code-list", 4, "location_type", to("pub")),
        Spoil("bad-format", 6, "ho_class", lambda cell: cell.replace("/", "")),
        Spoil("bad-format", 3, "force_code", to("MPS")),
        Spoil("bad-type", 4, "easting", lambda cell: f"{cell} m", filled("easting")),
        Spoil("out-of-range", 3, "northing", lambda cell: f"{cell}0", filled("northing")),
        Spoil("half-filled", 4, "northing", to_blank, filled("northing")),
        Spoil(
            "out-of-order",
            5,
            "committed_from",
            to("2026-11-30T23:59"),
            lambda row: row["recorded_date"] < "2026-11-30",
        ),
        Spoil("blank-required", 4, "public_place", to_blank),
        Spoil(
            "too-long",
            2,
            "location_text",
            longer("see attached log of the incident "),
            filled("location_text"),
        ),
        Spoil("possible-identifier", 3, "location_text", to("ring 07700 900123")),
    ),
)
STREAM = Stream(dataset="police/recorded-crime", write=recorded_crime, plan=PLAN, months=24)
