"""What the police record: their street-level file of a month, in the data.police.uk CSV layout of twelve columns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hub.synthetic.events import Events
from hub.synthetic.places import Places
from hub.synthetic.streams import Bools, Ints, Streams, Texts, choose
from hub.synthetic.table import Table, blank, repeated
from hub.synthetic.volumes import ASB, BLANK_OUTCOME, NO_LOCATION, REPEATED_CRIME_ID, VIOLENCE

FORCE = "Ravensbourne Police (invented)"
_NO_SUSPECT = "Investigation complete; no suspect identified"
_UNABLE = "Unable to prosecute suspect"
_SENTENCES = {
    "Court result unavailable": 0.030,
    "Offender given a caution": 0.018,
    "Offender given community sentence": 0.016,
    "Local resolution": 0.018,
    "Offender sent to prison": 0.013,
    "Awaiting court outcome": 0.012,
    "Further investigation is not in the public interest": 0.012,
    "Action to be taken by another organisation": 0.012,
    "Defendant found not guilty": 0.010,
    "Offender given suspended prison sentence": 0.007,
    "Offender fined": 0.006,
    "Formal action is not in the public interest": 0.003,
}
OUTCOMES: dict[str, dict[str, float]] = {
    VIOLENCE: _SENTENCES
    | {_UNABLE: 0.55, _NO_SUSPECT: 0.12, "Under investigation": 0.12, "Status update unavailable": 0.05},
    "Shoplifting": _SENTENCES
    | {_NO_SUSPECT: 0.44, _UNABLE: 0.16, "Under investigation": 0.09, "Local resolution": 0.09},
    "": _SENTENCES | {_NO_SUSPECT: 0.64, _UNABLE: 0.12, "Under investigation": 0.10, "Status update unavailable": 0.05},
}
"""Last outcome by crime type (the empty key: all others), after a whole-force month of West Yorkshire."""


@dataclass(frozen=True, slots=True)
class StreetFile:
    """One month's street-level file, and for each event of the month the Crime ID police gave it.

    An event they do not know, and anti-social behaviour, has an empty Crime ID.
    """

    table: Table
    crime_id: Texts


def street_file(streams: Streams, ground: Places, events: Events, period: str, *, tidy: bool = False) -> StreetFile:
    """The file of a month, ordered by LSOA as published, rows without a place last.

    `tidy` leaves the defects out: every crime has its place inside the borough, a Crime ID of its own and an outcome, and no
    two rows are equal.
    """
    known = np.flatnonzero(events.police)
    kind, point = events.types()[known], events.point[known]
    asb: Bools = kind == ASB
    ids = _crime_ids(streams.named("street", "ids", period), len(known))
    outcome = _outcomes(streams.named("street", "outcome", period), kind)
    placed = np.ones(len(known), dtype=bool)
    kept = np.ones(len(known), dtype=bool)
    if tidy:
        kept = ~_seen_before(point, asb) & (point < ground.first_outside)
    else:
        dirt = streams.named("street", "dirt", period)
        placed = dirt.random(len(known)) >= NO_LOCATION["street"]
        outcome[dirt.random(len(known)) < BLANK_OUTCOME] = ""
        _repeat(dirt, ids, np.flatnonzero(~asb))
    table = _table(
        ground,
        period,
        point=point,
        placed=placed,
        kind=kind,
        ids=np.where(asb, "", ids),
        outcome=np.where(asb, "", outcome),
    )
    order = np.lexsort((ids, table.column("LSOA code"), ~placed))
    crime_id = blank(len(events))
    crime_id[known[kept & ~asb]] = ids[kept & ~asb]
    return StreetFile(table.where(order[kept[order]]), crime_id)


def _table(
    ground: Places, period: str, *, point: Ints, placed: Bools, kind: Texts, ids: Texts, outcome: Texts
) -> Table:
    def where_placed(texts: Texts, otherwise: str = "") -> Texts:
        return np.where(placed, texts, otherwise)

    area = ground.lsoa[point]
    size = len(point)
    return Table.of(
        {
            "Crime ID": ids,
            "Month": repeated(period, size),
            "Reported by": repeated(FORCE, size),
            "Falls within": repeated(FORCE, size),
            "Longitude": where_placed(ground.longitude[point]),
            "Latitude": where_placed(ground.latitude[point]),
            "Location": where_placed(ground.police_text[point], "No Location"),
            "LSOA code": where_placed(np.array([lsoa.code for lsoa in ground.areas], dtype=object)[area]),
            "LSOA name": where_placed(np.array([lsoa.name for lsoa in ground.areas], dtype=object)[area]),
            "Crime type": kind,
            "Last outcome category": outcome,
            "Context": blank(size),
        }
    )


def _crime_ids(rng: np.random.Generator, size: int) -> Texts:
    """Random identifiers of 64 hexadecimal digits, as data.police.uk publishes them."""
    digits = rng.bytes(32 * size).hex()
    return np.array([digits[start : start + 64] for start in range(0, 64 * size, 64)], dtype=object)


def _outcomes(rng: np.random.Generator, kind: Texts) -> Texts:
    outcome = blank(len(kind))
    for what, weights in OUTCOMES.items():
        chosen = np.flatnonzero(kind == what if what else ~np.isin(kind, list(OUTCOMES)))
        outcome[chosen] = choose(rng, weights, len(chosen))
    return outcome


def _repeat(rng: np.random.Generator, ids: Texts, rows: Ints) -> None:
    """Give a share of `rows` the Crime ID of another of them: one case, two crimes."""
    chosen = rows[rng.random(len(rows)) < REPEATED_CRIME_ID]
    ids[chosen] = ids[rng.choice(rows, size=len(chosen))]


def _seen_before(point: Ints, asb: Bools) -> Bools:
    """Anti-social behaviour at a point that the month has already: having no Crime ID, its row would equal another."""
    rows = np.flatnonzero(asb)
    _, first = np.unique(point[rows], return_index=True)
    again = asb.copy()
    again[rows[first]] = False
    return again
