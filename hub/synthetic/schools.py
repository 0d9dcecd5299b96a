"""What the council hears from schools: suspensions and permanent exclusions, on school days alone.

About two hundred suspensions and four permanent exclusions in a month of school (planning values: data-standards section 4.1,
unverified); three in a hundred for a weapon. In August only alternative provision is open, and sends a handful.
"""

from __future__ import annotations

import functools
from collections import Counter
from datetime import date, timedelta

import numpy as np

from hub.synthetic.children import Children, children, references
from hub.synthetic.places import Places
from hub.synthetic.seasons import bank_holidays, easter, first_day, length
from hub.synthetic.spoiling import Plan, Spoil, to, to_blank
from hub.synthetic.stream import Month, Stream
from hub.synthetic.streams import Ints, Streams, Texts, Wheel, choose, overdispersed
from hub.synthetic.table import Table
from hub.synthetic.writing import areas_of, gone, numbered, whole

SUSPENSIONS, PERMANENT = 204.0, 0.02
"""In a month of school; the second is the share of permanent exclusions."""
SCHOOL_DAYS = 192 / 11
"""In an ordinary month of school."""
NO_HOME, NO_ETHNICITY, NO_SEND, ELSEWHERE = 0.04, 0.05, 0.02, 0.05
WEAPON = 0.03
_REASONS = {
    "DB": 0.475,
    "PP": 0.16,
    "VA": 0.14,
    "PA": 0.055,
    "VP": 0.04,
    "OW": WEAPON,
    "DA": 0.035,
    "DM": 0.022,
    "RA": 0.013,
    "BU": 0.01,
    "SM": 0.008,
    "TH": 0.007,
    "LG": 0.003,
    "MT": 0.002,
}
_SECOND, _THIRD = 0.32, 0.07
_SEND = {"N": 0.52, "K": 0.35, "E": 0.13}
_CARE = {"none": 0.78, "CIN": 0.13, "CPP": 0.05, "CLA": 0.04}


def is_school_day(when: date) -> bool:
    """Whether schools are open: weekdays outside holidays and half terms, by rule."""
    if when.weekday() > 4 or when in bank_holidays(when.year):
        return False
    spring = easter(when.year)
    closed = (
        (date(when.year, 1, 1), date(when.year, 1, 4)),
        (_monday_on(date(when.year, 2, 13)), 4),
        (spring - timedelta(days=9), spring + timedelta(days=7)),
        (_monday_on(date(when.year, 5, 25)), 4),
        (date(when.year, 7, 22), date(when.year, 9, 2)),
        (_monday_on(date(when.year, 10, 24)), 4),
        (date(when.year, 12, 20), date(when.year, 12, 31)),
    )
    return not any(
        start <= when <= (end if isinstance(end, date) else start + timedelta(days=end)) for start, end in closed
    )


def _monday_on(when: date) -> date:
    return when + timedelta(days=(7 - when.weekday()) % 7)


def suspensions(streams: Streams, ground: Places, period: str, *, tidy: bool = False) -> Table:
    """The suspensions and exclusions that began in a month, in order of their first day; `tidy` leaves the defects out."""
    rng, them = streams.named("schools", period), children(streams)
    days = _days(period)
    size = max(overdispersed(rng, SUSPENSIONS * len(days) / SCHOOL_DAYS, 0.06), 3)
    open_days = np.array(days or [first_day(period) + timedelta(days=n) for n in (2, 3, 4)], dtype="datetime64[D]")
    start = np.sort(open_days[rng.integers(len(open_days), size=size)])
    pupil = them.wheel("suspended", period).spin(rng, size)
    at = start.astype("datetime64[m]").astype(np.int64)
    permanent = rng.random(size) < PERMANENT
    reasons = _reasons(rng, size, permanent)
    columns: dict[str, Texts] = {
        "pupil_ref": numbered("P{:07d}", _references(streams)[pupil]),
        "school_urn": _schools(rng, ground, them, pupil),
        "ncy": _years(them, pupil, at),
        "sex": them.sex[pupil],
        "ethnicity": them.ethnicity[pupil],
        "send": _some(them, pupil, _SEND, 0.29),
        "fsm": np.where(them.told(pupil, 0.47) < 0.46, "Y", "N").astype(object),
        "category": np.where(permanent, "PERM", choose(rng, {"SUSP": 0.99, "LNCH": 0.01}, size)).astype(object),
        **reasons,
        "start_date": np.datetime_as_string(start).astype(object),
        "sequence": _sequence(pupil, start),
        "sessions": np.where(permanent, "", whole(_sessions(rng, size))).astype(object),
        "home_lsoa21": areas_of(ground, them.point[pupil]),
        "cin_cla_status": np.where(them.in_need[pupil], _some(them, pupil, _CARE, 0.71), "none").astype(object),
    }
    return Table.of(columns if tidy else _dirtied(streams.named("schools", "dirt", period), ground, columns))


@functools.cache
def _days(period: str) -> list[date]:
    every = (first_day(period) + timedelta(days=offset) for offset in range(length(period)))
    return [when for when in every if is_school_day(when)]


@functools.lru_cache(maxsize=8)
def _references(streams: Streams) -> Ints:
    return references(streams, "schools", 6)


def _some(them: Children, who: Ints, weights: dict[str, float], shift: float) -> Texts:
    return np.array(list(weights), dtype=object)[Wheel.of(list(weights.values())).at(them.told(who, shift))]


def _reasons(rng: np.random.Generator, size: int, permanent: Texts) -> dict[str, Texts]:
    graver = {"DB": 0.30, "PA": 0.20, "OW": 0.18, "PP": 0.17, "DA": 0.15}
    first = np.where(permanent, choose(rng, graver, size), choose(rng, _REASONS, size)).astype(object)
    second, third = choose(rng, _REASONS, size), choose(rng, _REASONS, size)
    has_second = (rng.random(size) < _SECOND) & (second != first)
    has_third = has_second & (rng.random(size) < _THIRD / _SECOND) & (third != first) & (third != second)
    return {
        "reason_1": first,
        "reason_2": np.where(has_second, second, "").astype(object),
        "reason_3": np.where(has_third, third, "").astype(object),
    }


def _schools(rng: np.random.Generator, ground: Places, them: Children, pupil: Ints) -> Texts:
    """The school of a child: the same every month; numbers of schools that were never given."""
    schools = np.flatnonzero(ground.kind == "School")
    return whole(900_000 + schools[(them.told(pupil, 0.05) ** 1.6 * len(schools)).astype(np.int64)])


def _years(them: Children, pupil: Ints, at: Ints) -> Texts:
    year = np.clip(them.age(pupil, at) - 5, 0, 14)
    return np.where(year == 0, "R", whole(year)).astype(object)


def _sequence(pupil: Ints, start: Texts) -> Texts:
    """1, or 2 and so on where a pupil is suspended again on the same day."""
    seen: Counter[tuple[int, object]] = Counter()
    numbers = []
    for one in zip(pupil.tolist(), start.tolist(), strict=True):
        seen[one] += 1
        numbers.append(str(seen[one]))
    return np.array(numbers, dtype=object)


def _sessions(rng: np.random.Generator, size: int) -> Ints:
    """Half days: most often two, seldom more than ten, never more than ninety."""
    return np.minimum(1 + rng.negative_binomial(1.1, 0.28, size), 90)


def _dirtied(rng: np.random.Generator, ground: Places, columns: dict[str, Texts]) -> dict[str, Texts]:
    size = len(columns["pupil_ref"])
    beyond = ground.first_outside + rng.integers(len(ground.lsoa) - ground.first_outside, size=size)
    area = np.where(rng.random(size) < ELSEWHERE, areas_of(ground, beyond), columns["home_lsoa21"]).astype(object)
    columns["home_lsoa21"] = gone(rng, area, NO_HOME)
    columns["ethnicity"] = gone(rng, columns["ethnicity"], NO_ETHNICITY)
    columns["send"] = gone(rng, columns["send"], NO_SEND)
    return columns


PLAN = Plan(
    left_out="reason_1",
    added=("tutor", "withheld"),
    refused=("upn", "withheld"),
    spoils=(
        Spoil("bad-date", 5, "start_date", lambda cell: f"{cell[5:7]}.{cell[8:]}.{cell[:4]}"),
        Spoil("outside-period", 4, "start_date", to("2026-10-23")),
        Spoil("not-in-code-list", 5, "reason_1", to("Weapon")),
        Spoil("not-in-code-list", 4, "ncy", lambda cell: f"Y{cell}"),
        Spoil("bad-format", 4, "school_urn", lambda cell: cell[1:]),
        Spoil("bad-format", 4, "pupil_ref", lambda cell: cell.lower()),
        Spoil("bad-type", 4, "sessions", lambda cell: f"{cell} days", lambda row: row["category"] != "PERM"),
        Spoil("out-of-range", 3, "sessions", to("120"), lambda row: row["category"] != "PERM"),
        Spoil("blank-required-here", 4, "sessions", to_blank, lambda row: row["category"] == "SUSP"),
        Spoil("filled-here", 2, "category", to("PERM"), lambda row: row["sessions"] != ""),
        Spoil("blank-required", 5, "sex", to_blank),
        Spoil("blank-wanted", 5, "send", to_blank),
    ),
    copies_raise="repeated-key",
)


def _write(month: Month) -> Table:
    return suspensions(month.chance, month.ground, month.period, tidy=month.tidy)


STREAM = Stream(dataset="council/suspensions-exclusions", write=_write, plan=PLAN)
