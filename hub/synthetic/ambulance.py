"""What the ambulance service sees: call-outs to violence, placed to the nearest 100 m, nothing about who was hurt."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hub.synthetic.events import Events
from hub.synthetic.hospital import SITE
from hub.synthetic.places import Places
from hub.synthetic.seasons import existing, period_of, spelled
from hub.synthetic.streams import Bools, Floats, Ints, Streams, Texts, choose, dealt
from hub.synthetic.table import Table, blank
from hub.synthetic.volumes import BLANK_AGE, BLANK_SEX, CONVEYED_ELSEWHERE, NO_LOCATION, PENETRATING

OTHER_SITE = "ZSM01"
"""Site code of Saltmarsh Infirmary (invented), where some patients are taken."""
_CLOCK_SIGMA, _PLACE_METRES = 25.0, (80.0, 300.0)
_ILLNESS = {"A05": "stabbing", "A06": "stabbing", "A09": "shooting", "A14": "sexual-assault"}
_DETERMINANTS = {
    "27": {"27D1S": 0.30, "27D2S": 0.10, "27B1S": 0.20, "27D4G": 0.05, "27A1P": 0.15, "27B3P": 0.20},
    "4": {"4B1A": 0.35, "4A1A": 0.20, "4D2A": 0.15, "4B2A": 0.15, "4D1A": 0.10, "4B3S": 0.05},
    "17": {"17B1": 0.6, "17A1": 0.4},
    "21": {"21D4": 0.5, "21B1": 0.5},
}
_CATEGORIES = {"27": {"C1": 0.45, "C2": 0.55}, "4": {"C1": 0.06, "C2": 0.54, "C3": 0.36, "C4": 0.04}}
_POLICE_ON_SCENE = {True: {"Y": 0.72, "N": 0.18, "U": 0.10}, False: {"Y": 0.10, "N": 0.70, "U": 0.20}}


@dataclass(frozen=True, slots=True)
class Callouts:
    """Ambulance records of one month's events: their rows, and the event of each row."""

    table: Table
    event: Ints


def callouts(streams: Streams, ground: Places, events: Events, period: str, *, tidy: bool = False) -> Callouts:
    """The call-outs of a month in order of the call; `tidy` leaves the defects out."""
    event = np.flatnonzero(events.ambulance)
    seen = events.where(event)
    size = len(event)
    rng = streams.named("ambulance", period)
    call = existing(seen.at + np.round(_CLOCK_SIGMA * rng.normal(size=size)).astype(np.int64))
    call = np.where(
        period_of(call) == period, call, seen.at
    )  # a call near midnight on the month's edge stays in its month
    order = np.argsort(call, kind="stable")
    event, seen, call = event[order], seen.where(order), call[order]
    card = _cards(rng, seen.method)
    easting, northing = _grid(streams.named("ambulance", "place", period), ground, seen.point, tidy=tidy)
    dirt = streams.named("ambulance", "dirt", period)
    rate = 0.0 if tidy else 1.0
    conveyed = _conveyed(streams.named("ambulance", "conveyed", period), seen)
    table = Table.of(
        {
            "incident_no": _numbers(rng, call),
            "call_datetime": np.array(spelled(call), dtype=object),
            "on_scene_datetime": np.array(
                spelled(existing(call + 5 + (rng.random(size) ** 2 * 40).astype(np.int64))), dtype=object
            ),
            "chief_complaint_code": card,
            "ampds_determinant": _by_card(rng, card, _DETERMINANTS),
            "response_category": _by_card(rng, card, _CATEGORIES),
            "crew_illness_code": np.array([_ILLNESS.get(method, "assault") for method in seen.method], dtype=object),
            "weapon_hint": np.where((seen.method == "A99") | (dirt.random(size) < 0.2 * rate), "", seen.method),
            "age_band": np.where(dirt.random(size) < BLANK_AGE["ambulance"] * rate, "", seen.age),
            "sex": np.where(dirt.random(size) < BLANK_SEX * rate, "", seen.sex),
            "easting": easting,
            "northing": northing,
            "location_type": seen.location_type,
            "conveyed": np.where(conveyed == "", "N", "Y").astype(object),
            "destination_site_code": conveyed,
            "police_on_scene": _police_there(streams.named("ambulance", "police", period), seen.police),
        }
    )
    return Callouts(table, event)


def _numbers(rng: np.random.Generator, call: Ints) -> Texts:
    """Incident numbers as a control room makes them: a letter, the date, four digits that no other call of the month has."""
    digits = rng.permutation(10_000)[: len(call)]
    days = [text[2:10].replace("-", "") for text in spelled(call)]
    return np.array([f"L{day}{digit:04d}" for day, digit in zip(days, digits, strict=True)], dtype=object)


def _cards(rng: np.random.Generator, method: Texts) -> Texts:
    """AMPDS card: 27 for what pierces, else 4; a few came in as falls or bleeding and were found to be violence."""
    other = choose(rng, {"4": 0.93, "17": 0.04, "21": 0.03}, len(method))
    return np.where(np.isin(method, list(PENETRATING)), "27", other).astype(object)


def _by_card(rng: np.random.Generator, card: Texts, weights: dict[str, dict[str, float]]) -> Texts:
    found = blank(len(card))
    for code in np.unique(card.astype(str)):
        chosen = np.flatnonzero(card == code)
        found[chosen] = choose(rng, weights.get(str(code), weights["4"]), len(chosen))
    return found


def _grid(rng: np.random.Generator, ground: Places, point: Ints, *, tidy: bool) -> tuple[Texts, Texts]:
    """Where the crew stood: 80 to 300 m from where it happened, rounded to 100 m; blank for a few."""
    size = len(point)
    low, high = (0.0, 0.0) if tidy else _PLACE_METRES
    away: Floats = low + (high - low) * rng.random(size)
    angle = rng.random(size) * 2 * np.pi
    nowhere = rng.random(size) < (0.0 if tidy else NO_LOCATION["ambulance"])
    return (
        _hundreds(ground.easting[point] + away * np.cos(angle), nowhere),
        _hundreds(ground.northing[point] + away * np.sin(angle), nowhere),
    )


def _hundreds(metres: Floats, nowhere: Bools) -> Texts:
    rounded = np.round(metres / 100.0).astype(np.int64) * 100
    return np.where(nowhere, "", rounded.astype(str).astype(object))


def _conveyed(rng: np.random.Generator, events: Events) -> Texts:
    """Site the patient was taken to: the borough's own for all whom its ED saw, another hospital for a share of the rest."""
    there = np.where(events.ed, SITE, "").astype(object)
    rest = np.flatnonzero(~events.ed)
    there[rest] = dealt(rng, {OTHER_SITE: CONVEYED_ELSEWHERE, "": 1 - CONVEYED_ELSEWHERE}, len(rest))
    return there


def _police_there(rng: np.random.Generator, known: Bools) -> Texts:
    met, alone = (choose(rng, _POLICE_ON_SCENE[flag], len(known)) for flag in (True, False))
    return np.where(known, met, alone)
