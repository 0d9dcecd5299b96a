"""The children whom youth justice, schools and social care know: truth first.

Each service sees some of them, under references of its own. How far the three know the same children is set as in
data-standards section 4.4: of those known to youth justice seven in ten were children in need and 85 % were suspended at some
time (both unverified), 86 % are boys, and 16 is the age at which most come (DfE-MoJ).
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from hub.synthetic.places import places
from hub.synthetic.seasons import first_day
from hub.synthetic.streams import Bools, Floats, Ints, Streams, Texts, Wheel, choose
from hub.synthetic.writing import DAY

IN_YOUTH_JUSTICE, SUSPENDED, IN_NEED = 450, 2_400, 9_000
"""How many children each service knows in the years of the demo."""
SHARED = {"suspended": 0.85, "in-need": 0.70}
"""Share of the children known to youth justice who were ever suspended, ever in need."""
SUSPENDED_IN_NEED = 0.35
BOYS = {"youth": 0.86, "suspended": 0.63, "in-need": 0.54}
_MIDDLE = "2025-05"
YEAR = 365.25 * DAY

ETHNICITIES: Mapping[str, tuple[str, float]] = {  # as schools write it: as criminal justice writes it, share
    "WBRI": ("W1", 0.56),
    "WOTH": ("W9", 0.10),
    "WIRI": ("W2", 0.01),
    "WROM": ("W3", 0.01),
    "BAFR": ("B2", 0.08),
    "BCRB": ("B1", 0.05),
    "BOTH": ("B9", 0.02),
    "MWBC": ("M1", 0.05),
    "MWBA": ("M2", 0.02),
    "MWAS": ("M3", 0.02),
    "MOTH": ("M9", 0.02),
    "AIND": ("A1", 0.01),
    "APKN": ("A2", 0.01),
    "ABAN": ("A3", 0.01),
    "AOTH": ("A9", 0.01),
    "OOTH": ("O9", 0.01),
    "NOBT": ("NS", 0.01),
}
AGES = {  # how likely at each age, from 0 on
    "youth": (*(0.0,) * 10, 0.02, 0.05, 0.12, 0.28, 0.52, 0.80, 1.0, 0.95),
    "suspended": (0, 0, 0, 0, 0, 0.04, 0.06, 0.08, 0.10, 0.12, 0.15, 0.34, 0.70, 0.95, 1.0, 0.78, 0.10),
    "in-need": (1.0,) * 18,
}


@dataclass(frozen=True, slots=True)
class Children:
    """All of them, column by column; `youth`, `suspended` and `in_need` say who is known to whom.

    `birth` is minutes of the day of birth, `point` a position in Places, `weight` how much more often than others a child
    comes to notice, `draw` a number in [0, 1) for what is told of a child at any time.
    """

    birth: Ints
    point: Ints
    sex: Texts
    ethnicity: Texts
    weight: Floats
    draw: Floats
    youth: Bools
    suspended: Bools
    in_need: Bools

    def __len__(self) -> int:
        return len(self.birth)

    def told(self, who: Ints, shift: float) -> Floats:
        """A number in [0, 1) of each child, the same whenever it is asked for with this shift."""
        return (self.draw[who] * 977.0 + shift) % 1.0

    def age(self, who: Ints, at: Ints) -> Ints:
        """Whole years at a time; -1 for a child not yet born."""
        return np.floor((at - self.birth[who]) / YEAR).astype(np.int64)

    def known(self, service: str) -> Bools:
        """Who is known to `youth`, `suspended` or `in-need`."""
        return {"youth": self.youth, "suspended": self.suspended, "in-need": self.in_need}[service]

    def wheel(self, service: str, period: str) -> Wheel:
        """How likely each child comes to a service's notice in a month."""
        middle = int(np.datetime64(f"{period}-15T00:00", "m").astype(np.int64))
        curve = np.array([*AGES[service], 0.0, 0.0])
        ages = self.age(np.arange(len(self)), np.full(len(self), middle))
        likely = np.where(ages < 0, curve[0] * (ages == -1) * 0.4, curve[np.clip(ages, 0, len(curve) - 1)])
        return Wheel.of(self.weight * likely * self.known(service))


@functools.lru_cache(maxsize=8)
def children(streams: Streams) -> Children:
    """The children of one partnership. Always the same for a seed."""
    rng, ground = streams.named("children"), places()
    youth = np.arange(IN_YOUTH_JUSTICE + SUSPENDED + IN_NEED) < IN_YOUTH_JUSTICE
    size = len(youth)
    shared = {what: youth & (rng.random(size) < rate) for what, rate in SHARED.items()}
    order = np.arange(size)
    suspended_alone = (order >= IN_YOUTH_JUSTICE) & (
        order < SUSPENDED + IN_YOUTH_JUSTICE - int(shared["suspended"].sum())
    )
    suspended = shared["suspended"] | suspended_alone
    both = suspended_alone & (rng.random(size) < SUSPENDED_IN_NEED)
    free = np.flatnonzero(~youth & ~suspended)
    in_need = shared["in-need"] | both
    in_need[free[: IN_NEED - int(in_need.sum())]] = True
    keep = youth | suspended | in_need
    boys = np.where(youth, BOYS["youth"], np.where(suspended, BOYS["suspended"], BOYS["in-need"]))
    middle = int(np.datetime64(f"{_MIDDLE}-01T00:00", "m").astype(np.int64))
    years = np.where(
        youth,
        9.5 + 10.0 * rng.random(size),
        np.where(suspended, 5 + 13 * rng.random(size), -1.9 + 20 * rng.random(size)),
    )
    near = ground.wheels["violence"].spin(rng, size)
    wide = ground.wheels["homes"].spin(rng, size)
    made = Children(
        birth=(middle - years * YEAR).astype(np.int64),
        point=np.where(rng.random(size) < 0.65, near, wide),
        sex=np.where(rng.random(size) < boys, "M", "F").astype(object),
        ethnicity=choose(rng, {code: share for code, (_, share) in ETHNICITIES.items()}, size),
        weight=rng.gamma(0.8, 1.25, size) + 0.05,
        draw=rng.random(size),
        youth=youth,
        suspended=suspended,
        in_need=in_need,
    )
    return Children(**{name: getattr(made, name)[keep] for name in Children.__slots__})


def references(streams: Streams, service: str, digits: int) -> Ints:
    """The number that a service gave each child: another in every service, the same in every month."""
    known = len(children(streams))
    return streams.named("children", "references", service).permutation(10**digits - 1)[:known] + 1


def month_number(period: str) -> int:
    """Months since the beginning of 2015, from 1."""
    return (first_day(period).year - 2015) * 12 + first_day(period).month
