"""What probation holds: the people under supervision on the last day of a month, with no prediction about any of them.

A person comes under supervision in some month and leaves months or years later; a month's stock is whoever has come and not
yet left. So most people of one month's file stand in the next one too, under the same reference.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, fields

import numpy as np

from hub.synthetic.places import Places, places
from hub.synthetic.seasons import first_day, length
from hub.synthetic.spoiling import Plan, Spoil, to, to_blank
from hub.synthetic.stream import Month, Stream
from hub.synthetic.streams import Bools, Floats, Ints, Streams, Texts, Wheel, choose
from hub.synthetic.table import Table, repeated
from hub.synthetic.writing import DAY, areas_of, day, gone, numbered, whole

PEOPLE = 1200.0
"""People under supervision (a planning value: data-standards section 4.1, unverified)."""
_STAY_MONTHS, _STAY_SHAPE, _LONGEST = 16.0, 2.0, 84
NO_HOME, NO_ETHNICITY, NO_SENTENCE, ELSEWHERE = 0.04, 0.03, 0.02, 0.05
PDU = "Ravensbourne (invented)"
_SENTENCES = {"CO": 0.34, "SSO": 0.26, "LIC": 0.27, "PSS": 0.05, "CUS": 0.08}
_ROSH = {"LOW": 0.24, "MEDIUM": 0.56, "HIGH": 0.19, "VERY_HIGH": 0.01}
_OFFENCES = {  # Home Office class and sub-class: violent?, share
    "008/06": (True, 0.14), "105/01": (True, 0.12), "005/01": (True, 0.04), "034/01": (True, 0.05), "195/94": (True, 0.05),
    "046/00": (False, 0.12), "092/60": (False, 0.10), "030/02": (False, 0.07), "053/33": (False, 0.06), "803/01": (False, 0.10),
    "149/00": (False, 0.06), "066/91": (False, 0.05), "125/09": (False, 0.04),
}  # fmt: skip
_ETHNICITY = {
    "W1": 0.56,
    "W2": 0.01,
    "W9": 0.09,
    "B1": 0.08,
    "B2": 0.06,
    "B9": 0.04,
    "M1": 0.04,
    "M9": 0.02,
    "A1": 0.01,
    "A2": 0.01,
    "A3": 0.01,
    "A9": 0.03,
    "O9": 0.02,
    "NS": 0.02,
}
_NEEDS = ("drugs", "alcohol", "thinking", "ete", "accommodation", "relationships", "lifestyle", "attitudes")
_AT_RISK = {"public": 0.5, "known-adult": 0.25, "public;known-adult": 0.13, "children": 0.06, "staff": 0.06}
_CONDITIONS = {"programme": 0.3, "residence": 0.25, "curfew": 0.2, "exclusion-zone;non-contact": 0.15, "gps-tag": 0.1}


@dataclass(frozen=True, slots=True)
class _Cohort:
    """The people who came under supervision in one month."""

    number: Ints
    start: Ints
    end: Ints
    birth: Ints
    point: Ints
    sex: Texts
    ethnicity: Texts
    sentence: Texts
    offence: Texts
    rosh: Texts
    draw: Floats
    """A number in [0, 1) of each person, for what is told of them whenever it is told."""

    def where(self, chosen: Bools | Ints) -> _Cohort:
        return _Cohort(**{field.name: getattr(self, field.name)[chosen] for field in fields(self)})


def caseload(streams: Streams, ground: Places, period: str, *, tidy: bool = False) -> Table:
    """Everybody under supervision on the last day of a month, in the order of their references; `tidy` leaves the defects out."""
    last = int(np.datetime64(f"{period}-01T00:00", "m").astype(np.int64)) + (length(period) - 1) * DAY
    cohorts = [_cohort(streams, month) for month in _months_before(period)]
    everybody = _Cohort(
        **{field.name: np.concatenate([getattr(one, field.name) for one in cohorts]) for field in fields(_Cohort)}
    )
    people = everybody.where((everybody.start <= last) & (everybody.end > last))
    people = people.where(np.argsort(people.number, kind="stable"))
    columns = _columns(ground, people, last)
    if not tidy:
        columns = _dirtied(streams.named("caseload", "dirt", period), ground, columns)
    return Table.of(columns)


def _months_before(period: str) -> list[str]:
    index = first_day(period).year * 12 + first_day(period).month - 1
    return [f"{month // 12:04d}-{month % 12 + 1:02d}" for month in range(index - _LONGEST, index + 1)]


@functools.lru_cache(maxsize=512)
def _cohort(streams: Streams, month: str) -> _Cohort:
    rng = streams.named("caseload", "cohort", month)
    size = int(rng.poisson(PEOPLE / _STAY_MONTHS))
    start = int(np.datetime64(f"{month}-01T00:00", "m").astype(np.int64)) + rng.integers(0, 28, size) * DAY
    stay = rng.gamma(_STAY_SHAPE, _STAY_MONTHS / _STAY_SHAPE, size) * 30.4375
    age = 18 + rng.gamma(2.6, 6.8, size)
    offence = choose(rng, {code: share for code, (_, share) in _OFFENCES.items()}, size)
    serial = (first_day(month).year - 2010) * 12 + first_day(month).month
    ground = places()
    near = ground.wheels["violence"].spin(rng, size)
    wide = ground.wheels["homes"].spin(rng, size)
    return _Cohort(
        number=serial * 1000 + rng.permutation(1000)[:size],
        start=start,
        end=start + np.maximum(stay, 30).astype(np.int64) * DAY,
        birth=start - (np.minimum(age, 84) * 365.25).astype(np.int64) * DAY,
        point=np.where(rng.random(size) < 0.6, near, wide),
        sex=choose(rng, {"M": 0.90, "F": 0.10}, size),
        ethnicity=choose(rng, _ETHNICITY, size),
        sentence=choose(rng, _SENTENCES, size),
        offence=offence,
        rosh=_rosh(rng, offence),
        draw=rng.random(size),
    )


def _rosh(rng: np.random.Generator, offence: Texts) -> Texts:
    """Levels are higher among those convicted of violence."""
    violent = np.array([_OFFENCES[code][0] for code in offence], dtype=bool)
    draw = rng.random(len(offence))
    return np.array(list(_ROSH), dtype=object)[
        Wheel.of(list(_ROSH.values())).at(np.where(violent, draw**0.7, draw**1.25))
    ]


def _columns(ground: Places, people: _Cohort, last: int) -> dict[str, Texts]:
    size, draw = len(people.number), people.draw
    violent = np.array([_OFFENCES[code][0] for code in people.offence], dtype=bool)
    dated = np.isin(people.sentence, ["LIC", "SSO", "CO"])
    high = np.isin(people.rosh, ["HIGH", "VERY_HIGH"])

    def told(shift: float) -> Floats:
        """Another number in [0, 1) of each person, the same every month."""
        return (draw * 977.0 + shift) % 1.0

    def some(weights: dict[str, float], shift: float) -> Texts:
        return np.array(list(weights), dtype=object)[Wheel.of(list(weights.values())).at(told(shift))]

    def flag(rate: Floats | float, shift: float) -> Texts:
        return np.where(told(shift) < rate, "Y", np.where(told(shift) > 0.96, "U", "N")).astype(object)

    first, second = (np.array(_NEEDS, dtype=object)[(told(shift) * 8).astype(np.int64)] for shift in (0.13, 0.71))
    return {
        "crn": numbered("Z{:06d}", people.number),
        "snapshot_date": repeated(str(day(np.array([last]))[0]), size),
        "age": whole(np.clip((last - people.birth) // (365.25 * DAY), 18, 110).astype(np.int64)),
        "sex": people.sex,
        "ethnicity": people.ethnicity,
        "home_lsoa21": areas_of(ground, people.point),
        "pdu": repeated(PDU, size),
        "sentence_type": people.sentence,
        "main_offence_ho": people.offence,
        "sentence_date": day(people.start),
        "licence_end_date": np.where(dated, day(people.end), "").astype(object),
        "rosh_community": people.rosh,
        "rosh_to": np.where(high, some(_AT_RISK, 0.37), "").astype(object),
        "mappa_level": np.where(high & (told(0.21) < 0.35), np.where(told(0.55) < 0.9, "1", "2"), "").astype(object),
        "mappa_category": np.where(high & (told(0.21) < 0.35), "2", "").astype(object),
        "violence_flag": np.where(violent, "Y", flag(0.25, 0.42)).astype(object),
        "weapon_flag": flag(np.where(violent, 0.25, 0.05), 0.83),
        "gang_flag": flag(0.04, 0.64),
        "da_perpetrator_flag": flag(np.where(violent, 0.35, 0.10), 0.91),
        "criminogenic_needs": np.where(first == second, first, first + ";" + second).astype(object),
        "licence_conditions": np.where(people.sentence == "LIC", some(_CONDITIONS, 0.77), "").astype(object),
        "breach_12m": whole((told(0.5) ** 6 * 3).astype(np.int64)),
    }


def _dirtied(rng: np.random.Generator, ground: Places, columns: dict[str, Texts]) -> dict[str, Texts]:
    size = len(columns["crn"])
    beyond = ground.first_outside + rng.integers(len(ground.lsoa) - ground.first_outside, size=size)
    area = np.where(rng.random(size) < ELSEWHERE, areas_of(ground, beyond), columns["home_lsoa21"]).astype(object)
    columns["home_lsoa21"] = gone(rng, area, NO_HOME)
    columns["ethnicity"] = gone(rng, columns["ethnicity"], NO_ETHNICITY)
    columns["sentence_date"] = gone(rng, columns["sentence_date"], NO_SENTENCE)
    return columns


PLAN = Plan(
    left_out="rosh_community",
    added=("team", "north"),
    refused=("ogrs3_2yr", "51"),
    spoils=(
        Spoil("bad-date", 8, "snapshot_date", to("30 Nov 2026")),
        Spoil("several-values", 6, "snapshot_date", to("2026-11-29")),
        Spoil("bad-format", 8, "crn", lambda cell: cell[1:]),
        Spoil("bad-format", 6, "main_offence_ho", lambda cell: cell[1:]),
        Spoil("not-in-code-list", 9, "rosh_community", to("Very high")),
        Spoil("not-in-code-list", 6, "criminogenic_needs", lambda cell: f"{cell}, other"),
        Spoil("out-of-range", 7, "age", to("17")),
        Spoil("bad-type", 6, "breach_12m", to("one")),
        Spoil("out-of-order", 5, "sentence_date", to("2026-12-24"), lambda row: row["licence_end_date"] == ""),
        Spoil("blank-required", 7, "sentence_type", to_blank, lambda row: row["sentence_type"] != "LIC"),
        Spoil("blank-expected", 6, "licence_end_date", to_blank, lambda row: row["sentence_type"] == "LIC"),
        Spoil("possible-identifier", 4, "pdu", to("officer on 07700 900123")),
        Spoil("too-long", 3, "pdu", lambda cell: cell + " and the neighbouring units of the probation region" * 2),
        Spoil("blank-wanted", 8, "ethnicity", to_blank),
    ),
    copies_raise="repeated-key",
)


def _write(month: Month) -> Table:
    return caseload(month.chance, month.ground, month.period, tidy=month.tidy)


STREAM = Stream(dataset="probation/caseload", write=_write, plan=PLAN)
