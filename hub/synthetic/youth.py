"""What the youth justice service decides: the outcomes of a month, one row for each offence of each.

Some twenty children a month receive one; each stays with the service for about five months, which makes its caseload of about
a hundred (a planning value: data-standards section 4.1, unverified).
"""

from __future__ import annotations

import functools

import numpy as np

from hub.synthetic.children import ETHNICITIES, children, references
from hub.synthetic.places import Places
from hub.synthetic.seasons import length
from hub.synthetic.spoiling import Plan, Spoil, to, to_blank
from hub.synthetic.stream import Month, Stream
from hub.synthetic.streams import Ints, Streams, Texts, Wheel, choose, overdispersed
from hub.synthetic.table import Table
from hub.synthetic.writing import DAY, areas_of, day, gone, numbered, whole

OCCASIONS, OFFENCES = 20.0, 1.25
"""Outcomes a month, and offences to an outcome."""
NO_HOME, NO_CARE, ELSEWHERE = 0.05, 0.08, 0.06
_OFFENCES = {  # Home Office class and sub-class: gravity, share
    "008/06": (4, 0.15), "105/01": (3, 0.20), "005/01": (7, 0.02), "034/01": (6, 0.11), "008/01": (5, 0.04), "195/94": (3, 0.04),
    "092/65": (2, 0.13), "092/60": (3, 0.03), "125/09": (2, 0.07), "149/00": (2, 0.10), "046/00": (2, 0.07), "030/02": (4, 0.04),
}  # fmt: skip
SERIOUS = ("005/01", "034/01", "008/01")
"""Violence against the person or robbery of a gravity of five or more."""
_OUTCOMES = {
    True: {"YCC": 0.12, "RO": 0.40, "YRO": 0.28, "YRO-ISS": 0.08, "DTO": 0.07, "S250": 0.05},
    False: {
        "PREV": 0.14,
        "NFA-DIV": 0.05,
        "CR": 0.33,
        "OC22": 0.10,
        "YC": 0.10,
        "YCC": 0.11,
        "AD-CD": 0.03,
        "RO": 0.09,
        "REP": 0.01,
        "YRO": 0.03,
        "FINE": 0.01,
    },
}
_CARE = {"none": 0.82, "s20": 0.08, "s31": 0.05, "care-leaver": 0.03, "remand": 0.02}
_EDUCATION = {"full-time": 0.44, "AP": 0.20, "part-time": 0.14, "NEET": 0.14, "excluded": 0.05, "U": 0.03}


def outcomes(streams: Streams, ground: Places, period: str, *, tidy: bool = False) -> Table:
    """The outcomes of a month in order of their dates; `tidy` leaves the defects out."""
    rng, them = streams.named("youth", period), children(streams)
    occasions = overdispersed(rng, OCCASIONS, 0.1)
    drawn = them.wheel("youth", period).spin(rng, 4 * occasions + 20)
    _, first = np.unique(drawn, return_index=True)
    child = drawn[np.sort(first)][:occasions]
    start = int(np.datetime64(f"{period}-01T00:00", "m").astype(np.int64))
    decided = np.sort(start + rng.integers(0, length(period), len(child)) * DAY)
    many = 1 + rng.poisson(OFFENCES - 1, len(child))
    row = np.repeat(np.arange(len(child)), many)
    sequence = np.arange(len(row)) - np.repeat(np.cumsum(many) - many, many) + 1
    offence = choose(rng, {code: share for code, (_, share) in _OFFENCES.items()}, len(row))
    wait = np.clip(rng.gamma(1.8, 60, len(row)), 1, 700).astype(np.int64) * DAY
    serious = np.zeros(len(child), dtype=bool)
    np.logical_or.at(serious, row, np.isin(offence, SERIOUS))
    outcome = np.where(serious, choose(rng, _OUTCOMES[True], len(child)), choose(rng, _OUTCOMES[False], len(child)))
    who = child[row]

    def some(weights: dict[str, float], shift: float) -> Texts:
        return np.array(list(weights), dtype=object)[Wheel.of(list(weights.values())).at(them.told(who, shift))]

    columns: dict[str, Texts] = {
        "child_ref": numbered("YJ{:06d}", _references(streams)[who]),
        "outcome_date": day(decided[row]),
        "offence_seq": whole(sequence),
        "age_at_outcome": whole(np.clip(them.age(who, decided[row]), 10, 18)),
        "sex": them.sex[who],
        "ethnicity": np.array([ETHNICITIES[code][0] for code in them.ethnicity[who]], dtype=object),
        "home_lsoa21": areas_of(ground, them.point[who]),
        "care_status": some(_CARE, 0.17),
        "ehcp_send": some({"N": 0.45, "K": 0.33, "E": 0.22}, 0.29),
        "offence_ho": offence,
        "offence_date": day(decided[row] - wait),
        "gravity_score": np.array([str(_OFFENCES[code][0]) for code in offence], dtype=object),
        "outcome_type": outcome[row].astype(object),
        "nrm_referred": some({"N": 0.93, "Y": 0.07}, 0.61),
        "education_status": some(_EDUCATION, 0.83),
    }
    return Table.of(columns if tidy else _dirtied(streams.named("youth", "dirt", period), ground, columns))


@functools.lru_cache(maxsize=8)
def _references(streams: Streams) -> Ints:
    return references(streams, "youth", 6)


def _dirtied(rng: np.random.Generator, ground: Places, columns: dict[str, Texts]) -> dict[str, Texts]:
    size = len(columns["child_ref"])
    beyond = ground.first_outside + rng.integers(len(ground.lsoa) - ground.first_outside, size=size)
    area = np.where(rng.random(size) < ELSEWHERE, areas_of(ground, beyond), columns["home_lsoa21"]).astype(object)
    columns["home_lsoa21"] = gone(rng, area, NO_HOME)
    columns["care_status"] = gone(rng, columns["care_status"], NO_CARE)
    return columns


PLAN = Plan(
    left_out="outcome_type",
    added=("worker", "withheld"),
    refused=("assetplus_rosh", "high"),
    spoils=(
        Spoil("bad-date", 1, "offence_date", lambda cell: f"{cell[5:7]}.{cell[8:]}.{cell[:4]}"),
        Spoil("outside-period", 1, "outcome_date", to("2026-12-01")),
        Spoil("out-of-order", 1, "offence_date", to("2026-12-02")),
        Spoil("not-in-code-list", 2, "outcome_type", to("Caution")),
        Spoil("out-of-range", 1, "gravity_score", to("9")),
        Spoil("out-of-range", 1, "age_at_outcome", to("9")),
        Spoil("bad-type", 1, "gravity_score", lambda cell: f"{cell}+"),
        Spoil("bad-format", 1, "child_ref", lambda cell: cell[2:]),
        Spoil("blank-required", 2, "ethnicity", to_blank),
        Spoil("long-gap", 1, "offence_date", to("2020-02-10")),
        Spoil("blank-wanted", 1, "care_status", to_blank),
    ),
    ragged=1,
    copies=1,
    copies_raise="repeated-key",
)


def _write(month: Month) -> Table:
    return outcomes(month.chance, month.ground, month.period, tidy=month.tidy)


STREAM = Stream(dataset="youth-justice/caseload", write=_write, plan=PLAN)
