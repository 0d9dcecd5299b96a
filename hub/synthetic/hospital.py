"""What the emergency department sees: assault attendances in the ISTV minimum data set, nothing about who was hurt.

A month's file holds what arrived in it: a night's assault may be in the next month's file. Times are the patient's guess, places
the patient's words as a receptionist typed them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from hub.synthetic.events import Events
from hub.synthetic.places import Places
from hub.synthetic.seasons import existing, first_day, heaped, length, period_of, spelled
from hub.synthetic.streams import Bools, Ints, Streams, Texts, choose
from hub.synthetic.table import Table, repeated

SITE = "ZRV01"
"""Site code of Ravensbourne General Hospital, invented like it."""
BLANK_ARRIVAL = 0.03
_WAIT_MINUTES, _WAIT_SIGMA = 80.0, 0.85

_PHRASES = {  # how a known place gets written down; {0} the place, {1} the ward
    "{0}": 0.40,
    "outside {0}": 0.12,
    "near {0}": 0.10,
    "{0}, {1}": 0.10,
    "{0} {1}": 0.05,
    "inside {0}": 0.03,
    "corner of {0}": 0.03,
    "bus stop on {0}": 0.03,
    "walking home along {0}": 0.03,
    "": 0.06,
    "?": 0.05,
}
_VAGUE = (
    "unknown", "in town", "in the street", "pt does not recall", "patient unsure, intoxicated", "on the way home", "at a party",
    "bus", "outside a pub", "declined to say",
)  # fmt: skip
_AT_HOME = {"home": 0.45, "own home": 0.2, "home, {0}": 0.15, "{0}": 0.08, "partner's address": 0.05, "": 0.07}
_OTHER = (
    "pool cue",
    "bite",
    "hit with a bag",
    "thrown against wall",
    "headphone cable",
    "hot drink thrown",
    "spat at and pushed",
)


@dataclass(frozen=True, slots=True)
class Attendances:
    """ED records of one month's events: their rows, the month whose file each row belongs to, and the event of each row."""

    table: Table
    period: Texts
    event: Ints


def attendances(streams: Streams, ground: Places, events: Events, period: str, *, tidy: bool = False) -> Attendances:
    """The ED records of the events of `period`, in order of arrival; `tidy` leaves the defects out."""
    event = np.flatnonzero(events.ed)
    seen = events.where(event)
    rng = streams.named("ed", period)
    assault = existing(heaped(rng, seen.at))
    wait = np.exp(np.log(_WAIT_MINUTES) + _WAIT_SIGMA * rng.normal(size=len(event)))
    arrival = existing(seen.at + np.clip(wait, 12, 6 * 24 * 60).astype(np.int64))
    blank_arrival = streams.named("ed", "dirt", period).random(len(event)) < (0 if tidy else BLANK_ARRIVAL)
    counted = np.where(blank_arrival, assault, arrival)
    months = period_of(counted)
    rows = Table.of(
        {
            "reporting_period_start": np.array([f"{month}-01" for month in months], dtype=object),
            "reporting_period_end": np.array([_last_day(month) for month in months], dtype=object),
            "site_code_of_treatment": repeated(SITE, len(event)),
            "arrival_datetime": np.where(blank_arrival, "", np.array(spelled(arrival), dtype=object)),
            "assault_datetime": np.array(spelled(assault), dtype=object),
            "assault_method": seen.method,
            "assault_method_other": _other(streams.named("ed", "other", period), seen.method),
            "assault_location_type": seen.location_type,
            "assault_location_description": _described(streams.named("ed", "words", period), ground, seen, tidy=tidy),
        }
    )
    order = np.argsort(counted, kind="stable")
    return Attendances(rows.where(order), months[order], event[order])


def _last_day(period: str) -> str:
    return (first_day(period) + timedelta(days=length(period) - 1)).isoformat()


def _other(rng: np.random.Generator, method: Texts) -> Texts:
    words = np.array(_OTHER, dtype=object)[rng.integers(len(_OTHER), size=len(method))]
    return np.where(method == "A98", words, "")


def _described(rng: np.random.Generator, ground: Places, events: Events, *, tidy: bool) -> Texts:
    """The place in the patient's words: usually a street or venue one can find, sometimes neither, sometimes nothing."""
    size = len(events)
    phrases = choose(rng, _PHRASES, size)
    at_home = choose(rng, _AT_HOME, size)
    vague = np.array(_VAGUE, dtype=object)[rng.integers(len(_VAGUE), size=size)]
    lower = rng.random(size) < 0.35
    ward = [ground.areas[area].ward for area in ground.lsoa[events.point]]
    texts = []
    for row, place in enumerate(_place_names(ground, events)):
        if tidy:
            text = place
        elif events.location_type[row] == "L02":
            text = at_home[row].format(place)
        else:
            text = vague[row] if phrases[row] == "?" else phrases[row].format(place, ward[row])
        texts.append(text.lower() if lower[row] and not tidy else text)
    return np.array(texts, dtype=object)


def _place_names(ground: Places, events: Events) -> Texts:
    """The venue where one was named for the kind of place, else the street."""
    venue, street = ground.venue[events.point], ground.street[events.point]
    public: Bools = ~np.isin(events.location_type, ["L01", "L02"])
    return np.where((venue != "") & public, venue, street)
