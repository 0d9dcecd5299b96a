"""What children's social care takes on: the episodes of need whose referral came in a month.

An extract is made on the twelfth day of the month after: what followed later is blank in it. An episode lasts ten
months on average, so that about 2,700 are open at any time (a planning value: data-standards section 4.1, unverified).
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np

from hub.synthetic.children import children, month_number, references
from hub.synthetic.places import Places
from hub.synthetic.seasons import first_day, length
from hub.synthetic.spoiling import Plan, Spoil, filled, to, to_blank
from hub.synthetic.stream import Month, Stream
from hub.synthetic.streams import Bools, Ints, Streams, Texts, choose, overdispersed
from hub.synthetic.table import Table, blank, repeated
from hub.synthetic.writing import DAY, areas_of, day, gone, numbered, whole

EPISODES, MONTHS_OPEN = 270.0, 10.0
"""New episodes a month, and how long one lasts on average."""
OPEN = 2700.0
NO_HOME, ELSEWHERE = 0.05, 0.04
_MADE_AFTER = 11 * DAY
_LONGEST = 60
_SOURCES = {
    "6": 0.29,
    "2A": 0.19,
    "3A": 0.03,
    "3B": 0.03,
    "3E": 0.05,
    "3F": 0.06,
    "1A": 0.08,
    "1C": 0.02,
    "4": 0.02,
    "5A": 0.05,
    "5B": 0.05,
    "5C": 0.03,
    "7": 0.03,
    "8": 0.05,
    "9": 0.02,
}
_NEEDS = {
    "N1": 0.55,
    "N5": 0.14,
    "N2": 0.10,
    "N4": 0.09,
    "N3": 0.03,
    "N6": 0.03,
    "N9": 0.025,
    "N0": 0.015,
    "N8": 0.012,
    "N7": 0.008,
}
_FACTORS = {
    "3B": 0.26,
    "3A": 0.12,
    "4B": 0.18,
    "4A": 0.10,
    "17A": 0.11,
    "2B": 0.08,
    "16A": 0.07,
    "1B": 0.05,
    "10A": 0.03,
}
_GRAVE = {"13A": 0.35, "24A": 0.35, "11A": 0.2, "14A": 0.1}
_DISABILITIES = {"AUT": 0.4, "LD": 0.3, "AUT;LD": 0.2, "BEH": 0.1}
_CLOSED = {"RC8": 0.50, "RC9": 0.22, "RC7": 0.22, "RC5": 0.03, "RC3": 0.02, "RC6": 0.01}


@dataclass(frozen=True, slots=True)
class Episodes:
    """The truth of one month's new episodes: who, when it came, when it will be closed."""

    child: Ints
    start: Ints
    end: Ints
    nothing_done: Bools


def episodes(streams: Streams, period: str) -> Episodes:
    """The episodes that begin in a month, in order of their referrals; a child begins one a month at most."""
    return _episodes(streams, period)


def open_at_end(streams: Streams, period: str) -> int:
    """How many episodes are open on the last day of a month."""
    index = first_day(period).year * 12 + first_day(period).month - 1
    last = _start(period) + length(period) * DAY
    months = (f"{month // 12:04d}-{month % 12 + 1:02d}" for month in range(index - _LONGEST, index + 1))
    return sum(int((_episodes(streams, month).end > last).sum()) for month in months)


@functools.lru_cache(maxsize=512)
def _episodes(streams: Streams, period: str) -> Episodes:
    rng = streams.named("social-care", period)
    wanted = overdispersed(rng, EPISODES * length(period) / 30.4375, 0.05)
    drawn = children(streams).wheel("in-need", period).spin(rng, wanted + 80)
    _, first = np.unique(drawn, return_index=True)
    child = drawn[np.sort(first)][:wanted]
    start = np.sort(_start(period) + rng.integers(0, length(period), len(child)) * DAY)
    nothing_done = rng.random(len(child)) < 0.06
    stay = np.where(
        nothing_done,
        2 + 5 * rng.random(len(child)),
        8 + rng.gamma(0.75, MONTHS_OPEN * 30.4375 / 0.75 / 0.94, len(child)),
    )
    return Episodes(child, start, start + stay.astype(np.int64) * DAY, nothing_done)


def _start(period: str) -> int:
    return int(np.datetime64(f"{period}-01T00:00", "m").astype(np.int64))


def need_file(streams: Streams, ground: Places, period: str, *, tidy: bool = False) -> Table:
    """The episodes of a month as they stand on the twelfth day of the next; `tidy` leaves the defects out."""
    them, truth = children(streams), _episodes(streams, period)
    rng = streams.named("social-care", "what", period)
    chosen = np.arange(len(truth.child))
    if tidy:
        chosen = chosen[them.age(truth.child, truth.start) >= 0]
    who, start, size = truth.child[chosen], truth.start[chosen], len(chosen)
    made = _start(period) + length(period) * DAY + _MADE_AFTER
    assessed = start + rng.integers(1, 6, size) * DAY
    authorised = assessed + np.clip(rng.normal(36, 16, size), 3, 75).astype(np.int64) * DAY
    age = them.age(who, start)
    going = ~truth.nothing_done[chosen]
    done = going & (authorised <= made)
    closed = truth.end[chosen] <= made
    planned = done & (rng.random(size) < 0.5)
    protected = planned & (rng.random(size) < 0.25)
    abuse = choose(rng, {"NEG": 0.46, "EMO": 0.38, "PHY": 0.08, "SAB": 0.05, "MUL": 0.03}, size)

    def told(when: Ints, where: Bools) -> Texts:
        return np.where(where, day(when), "").astype(object)

    columns: dict[str, Texts] = {
        "LAchildID": numbered("CH{:07d}", _references(streams)[who]),
        "CINdetailsID": repeated(str(month_number(period)), size),
        "age": np.where(age < 0, "", whole(np.clip(age, 0, 25))).astype(object),
        "Sex": np.where(age < 0, "U", them.sex[who]).astype(object),
        "Ethnicity": them.ethnicity[who],
        "Disability": np.where(them.told(who, 0.33) < 0.12, choose(rng, _DISABILITIES, size), "NONE").astype(object),
        "CINreferralDate": day(start),
        "ReferralSource": choose(rng, _SOURCES, size),
        "ReferralNFA": np.where(going, "0", "1").astype(object),
        "PrimaryNeedCode": choose(rng, _NEEDS, size),
        "AssessmentActualStartDate": told(assessed, going & (assessed <= made)),
        "AssessmentAuthorisationDate": told(authorised, done),
        "AssessmentFactor": np.where(done, _factors(rng, youth=them.youth[who]), "").astype(object),
        "CINPlanStartDate": told(authorised, planned),
        "CINPlanEndDate": blank(size),
        "CPPstartDate": told(authorised, protected),
        "CPPendDate": blank(size),
        "InitialCategoryOfAbuse": np.where(protected, abuse, "").astype(object),
        "LatestCategoryOfAbuse": np.where(protected, abuse, "").astype(object),
        "CINclosureDate": told(truth.end[chosen], closed),
        "ReasonForClosure": np.where(closed, np.where(going, choose(rng, _CLOSED, size), "RC8"), "").astype(object),
        "home_lsoa21": areas_of(ground, them.point[who]),
    }  # fmt: skip
    return Table.of(columns if tidy else _dirtied(streams.named("social-care", "dirt", period), ground, columns))


@functools.lru_cache(maxsize=8)
def _references(streams: Streams) -> Ints:
    return references(streams, "social-care", 6)


def _factors(rng: np.random.Generator, *, youth: Bools) -> Texts:
    """One factor or two; gangs and exploitation far more often among children whom youth justice knows."""
    size = len(youth)
    first, grave = choose(rng, _FACTORS, size), choose(rng, _GRAVE, size)
    second = rng.random(size) < np.where(youth, 0.45, 0.06)
    return np.where(second, first + ";" + grave, first).astype(object)


def _dirtied(rng: np.random.Generator, ground: Places, columns: dict[str, Texts]) -> dict[str, Texts]:
    size = len(columns["LAchildID"])
    beyond = ground.first_outside + rng.integers(len(ground.lsoa) - ground.first_outside, size=size)
    area = np.where(rng.random(size) < ELSEWHERE, areas_of(ground, beyond), columns["home_lsoa21"]).astype(object)
    columns["home_lsoa21"] = gone(rng, area, NO_HOME)
    return columns


PLAN = Plan(
    left_out="PrimaryNeedCode",
    added=("team", "assessment north"),
    refused=("PersonBirthDate", "withheld"),
    spoils=(
        Spoil("bad-date", 5, "CINreferralDate", lambda cell: f"{cell[5:7]}.{cell[8:]}.{cell[:4]}"),
        Spoil("outside-period", 4, "CINreferralDate", to("2026-10-30")),
        Spoil("out-of-order", 4, "AssessmentActualStartDate", to("2026-10-01"), filled("AssessmentActualStartDate")),
        Spoil("long-gap", 3, "AssessmentAuthorisationDate", to("2027-03-01"), filled("AssessmentActualStartDate")),
        Spoil("half-filled", 3, "ReasonForClosure", to_blank, filled("ReasonForClosure")),
        Spoil("not-in-code-list", 5, "PrimaryNeedCode", to("Neglect")),
        Spoil("not-in-code-list", 4, "Disability", to("AUT, LD")),
        Spoil("bad-format", 4, "LAchildID", lambda cell: f"{cell[:2]}-{cell[2:]}"),
        Spoil("bad-type", 4, "age", lambda cell: f"{cell} years"),
        Spoil("out-of-range", 3, "age", to("26")),
        Spoil("blank-required", 5, "Ethnicity", to_blank),
        Spoil("blank-wanted", 4, "age", to_blank),
    ),
    copies_raise="repeated-key",
)


def _write(month: Month) -> Table:
    return need_file(month.chance, month.ground, month.period, tidy=month.tidy)


STREAM = Stream(dataset="council/children-in-need", write=_write, plan=PLAN)
