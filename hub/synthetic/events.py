"""The truth: every event of a month, before any agency looks at it.

First the assaults that an ambulance or an emergency department saw (and perhaps police), then all that only police recorded.
A month's events depend on the seed and the month alone.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from hub.synthetic.places import Places
from hub.synthetic.seasons import Clockwork, existing, season, years_from_middle
from hub.synthetic.streams import Bools, Floats, Ints, Streams, Texts, choose, dealt, overdispersed
from hub.synthetic.table import blank, repeated
from hub.synthetic.volumes import (
    AGES,
    KINDS,
    LATE_REPORTS,
    LOCATION_TYPES,
    MEDICAL,
    MEDICAL_KINDS,
    MEDICAL_TREND,
    METHODS,
    OUTSIDE_BOROUGH,
    OWN_SPREAD,
    PENETRATING,
    SHARED_SPREAD,
    STORY_FROM,
    STORY_MEAN,
    STORY_MEDICAL,
    VIOLENCE,
    YOUNG_MEN,
    Kind,
)


@dataclass(frozen=True, slots=True)
class Events:
    """Latent events of one month, column by column, all of one length.

    `at` is minutes of the Europe/London clock when it was done, which may be years before the month for what was reported
    late; `point` is a position in Places. Texts are empty where an event has no such side.
    """

    kind: Texts
    at: Ints
    point: Ints
    location_type: Texts
    method: Texts
    age: Texts
    sex: Texts
    by_stranger: Bools
    severity: Ints
    police: Bools
    ed: Bools
    ambulance: Bools

    def __len__(self) -> int:
        return len(self.at)

    def where(self, chosen: Bools | Ints) -> Events:
        """The chosen events, in the order of `chosen`."""
        return Events(**{field.name: getattr(self, field.name)[chosen] for field in fields(self)})

    def types(self) -> Texts:
        """The data.police.uk type of each."""
        return np.array([KINDS[kind].type for kind in self.kind], dtype=object)


def events_of(streams: Streams, ground: Places, period: str) -> Events:
    """All events of a month in order of time."""
    level = _shared_level(streams, period)
    parts = [_medical(streams, ground, period, level)]
    known = {kind: mean for kind, mean in _known_medical().items() if mean}
    for name, kind in KINDS.items():
        parts.append(
            _police_only(streams, ground, period, name=name, mean=kind.mean - known.get(name, 0.0), level=level)
        )
    everything = Events(
        **{field.name: np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(Events)}
    )
    return everything.where(np.argsort(everything.at, kind="stable"))


def _shared_level(streams: Streams, period: str) -> float:
    """How violent the month is beside its season: one rate for all violence, so that its kinds rise and fall together."""
    shape = 1.0 / SHARED_SPREAD**2
    return float(streams.named("level", period).gamma(shape, 1.0 / shape))


def _known_medical() -> dict[str, float]:
    """Mean a month of police records that medical events already make, by kind."""
    known = sum(mean for pattern, mean in MEDICAL.items() if "police" in pattern)
    return {kind: share * known for kind, share in MEDICAL_KINDS.items()}


def _medical(streams: Streams, ground: Places, period: str, level: float) -> Events:
    rng = streams.named("medical", period)
    rate = season(period) * level * (1 + MEDICAL_TREND * years_from_middle(period))
    count = int(rng.poisson(sum(MEDICAL.values()) * rate))
    pattern = dealt(rng, MEDICAL, count)
    point = ground.wheels["medical"].spin(rng, count)
    if period >= STORY_FROM:
        extra = int(streams.named("story", period).poisson(STORY_MEAN * season(period)))
        pattern = np.concatenate([pattern, dealt(streams.named("story", "pattern", period), STORY_MEDICAL, extra)])
        point = np.concatenate([point, ground.wheels["story"].spin(streams.named("story", "point", period), extra)])
        count += extra
    police, ed, ambulance = (
        np.array([agency in text for text in pattern], bool) for agency in ("police", "ed", "ambulance")
    )
    at = Clockwork.of(period, "medical").draw(streams.named("medical", "clock", period), count)
    method = _methods(streams.named("medical", "method", period), ambulance)
    age, sex, by_stranger = _victims(streams.named("medical", "victim", period), police)
    kind = dealt(streams.named("medical", "kind", period), MEDICAL_KINDS, count)
    severity = np.where(np.isin(method, list(PENETRATING)), 4, np.where(ed & ambulance, 3, 2)).astype(np.int64)
    location_type = _location_types(streams.named("medical", "location", period), ground.kind[point])
    return Events(kind, at, point, location_type, method, age, sex, by_stranger, severity, police, ed, ambulance)


def _methods(rng: np.random.Generator, ambulance: Bools) -> Texts:
    """How the victim was hurt; blades and guns are likelier where an ambulance came, their share kept as measured."""
    method = blank(len(ambulance))
    for seen, weights in ((True, METHODS["ambulance"]), (False, METHODS["other"])):
        chosen = ambulance == seen
        method[chosen] = dealt(rng, weights, int(chosen.sum()))
    return method


def _victims(rng: np.random.Generator, police: Bools) -> tuple[Texts, Texts, Bools]:
    """Age band, sex and whether a stranger did it: men of 18 to 34 hurt by strangers are the group police know least."""
    size = len(police)
    young_men = rng.random(size) < np.where(police, YOUNG_MEN[True], YOUNG_MEN[False])
    age = choose(rng, AGES, size)
    sex = np.where(rng.random(size) < 0.58, "M", "F").astype(object)
    stranger = rng.random(size) < 0.25
    stranger &= ~((sex == "M") & np.isin(age, ["18-24", "25-34"]))
    age = np.where(young_men, np.where(rng.random(size) < 0.55, "18-24", "25-34"), age)
    return age.astype(object), np.where(young_men, "M", sex).astype(object), stranger | young_men


def _location_types(rng: np.random.Generator, kind: Texts) -> Texts:
    found = blank(len(kind))
    position = rng.random(len(kind))
    for what, weights in LOCATION_TYPES.items():
        chosen = np.flatnonzero(kind == what)
        edges = np.cumsum(list(weights.values()))
        codes = np.array(list(weights), dtype=object)
        found[chosen] = codes[np.minimum(np.searchsorted(edges, position[chosen], side="right"), len(codes) - 1)]
    return found


def _police_only(streams: Streams, ground: Places, period: str, *, name: str, mean: float, level: float) -> Events:
    kind = KINDS[name]
    rng = streams.named("police", name, period)
    violent = kind.type == VIOLENCE or kind.gathering == "robbery"
    rate = mean * season(period) ** (1.0 if violent else 0.5) * (1 + kind.trend * years_from_middle(period))
    count = int(rng.poisson(rate * level)) if violent else overdispersed(rng, rate, OWN_SPREAD)
    point = ground.wheels[kind.gathering].spin(rng, count)
    beyond = rng.random(count) < OUTSIDE_BOROUGH
    point[beyond] = ground.first_outside + rng.integers(len(ground.lsoa) - ground.first_outside, size=int(beyond.sum()))
    at = Clockwork.of(period, kind.manner).draw(rng, count)
    at = _backdated(rng, at, kind)
    location_type = _location_types(rng, ground.kind[point]) if kind.severity else blank(count)
    unsaid = blank(count)
    no = np.zeros(count, dtype=bool)
    severity = np.full(count, kind.severity, dtype=np.int64)
    return Events(repeated(name, count), at, point, location_type, unsaid, unsaid, unsaid, no, severity, ~no, no, no)


def _backdated(rng: np.random.Generator, at: Ints, kind: Kind) -> Ints:
    """When the event was really done: for kinds that are reported late, 20 % lie in an earlier month than the record."""
    if not kind.late:
        return at
    wait = choose(rng, LATE_REPORTS, len(at))
    months: Floats = np.select(
        [wait == "1", wait == "2-11", wait == "12+"],
        [1.0, 2 + 10 * rng.random(len(at)), 12 + 120 * rng.random(len(at)) ** 2],
        0.0,
    )
    return existing(at - (months * 30.4375).astype(np.int64) * 24 * 60)
