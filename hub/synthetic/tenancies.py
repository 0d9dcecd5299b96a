"""What a housing association sees: its own tenants' cases, a part of them violence in homes that police know too."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hub.synthetic.events import Events
from hub.synthetic.places import Places
from hub.synthetic.seasons import Clockwork, season
from hub.synthetic.spoiling import Plan, Spoil, to, to_blank
from hub.synthetic.stream import Month, Stream
from hub.synthetic.streams import Ints, Streams, Texts, choose, overdispersed
from hub.synthetic.table import Table, repeated
from hub.synthetic.volumes import OWN_SPREAD
from hub.synthetic.writing import areas_of, day, gone, numbered, whole

LANDLORD = "LZ001"
"""Registration code of Ravensbourne Homes, invented like it."""
CASES = 72.0
"""Cases opened a month (a proposal; no public source)."""
KNOWN_TO_POLICE = 0.22
"""Share of them behind violence that police recorded in a home of the same month (a proposal)."""
TOLD_OF_IT = 0.5
"""Share of those in which the landlord has the crime reference."""
NO_PLACE, NO_ACTION, NO_URGENCY, ELSEWHERE = 0.04, 0.08, 0.03, 0.02
_ALONE = {
    "noise": 0.46,
    "harassment": 0.19,
    "drugs": 0.13,
    "damage": 0.10,
    "violence": 0.05,
    "hate": 0.03,
    "DA": 0.03,
    "cuckooing": 0.01,
}
_SHARED = {"violence": 0.45, "DA": 0.40, "harassment": 0.10, "cuckooing": 0.05}
_ACTIONS = {
    "advice": 0.42,
    "NFA": 0.16,
    "referral": 0.16,
    "NSP": 0.12,
    "injunction": 0.06,
    "NSP;injunction": 0.03,
    "transfer": 0.04,
    "possession": 0.01,
}


@dataclass(frozen=True, slots=True)
class TenancyFile:
    """One month's cases: their rows, and for each row the event police know too, or -1."""

    table: Table
    event: Ints


def tenancy_file(streams: Streams, ground: Places, events: Events, period: str, *, tidy: bool = False) -> TenancyFile:
    """The cases opened in a month in order of opening; `tidy` leaves the defects out."""
    rng = streams.named("tenancies", period)
    size = overdispersed(rng, CASES * season(period) ** 0.5, OWN_SPREAD)
    at_home = (events.location_type == "L02") & events.police & (events.severity > 0)
    homes = np.flatnonzero(at_home & (events.point < ground.first_outside))
    known = rng.permutation(homes)[: rng.binomial(size, KNOWN_TO_POLICE)]
    alone = size - len(known)
    start = np.datetime64(f"{period}-01T00:00", "m").astype(np.int64)
    at = np.concatenate([np.maximum(events.at[known], start), Clockwork.of(period, "other").draw(rng, alone)])
    point = np.concatenate([events.point[known], ground.wheels["violence"].spin(rng, alone)])
    category = np.concatenate([choose(rng, _SHARED, len(known)), choose(rng, _ALONE, alone)])
    event = np.concatenate([known, np.full(alone, -1)]).astype(np.int64)
    order = np.argsort(at, kind="stable")
    columns = _columns(
        streams.named("tenancies", "what", period),
        area=areas_of(ground, point)[order],
        at=at[order],
        point=point[order],
        category=category[order],
        known=event[order] >= 0,
    )
    if not tidy:
        columns = _dirtied(streams.named("tenancies", "dirt", period), ground, columns)
    return TenancyFile(Table.of(columns), event[order])


def _columns(
    rng: np.random.Generator, *, area: Texts, at: Ints, point: Ints, category: Texts, known: Texts
) -> dict[str, Texts]:
    size = len(at)
    year, month = (day(at[:1])[0] if size else "2026-01-01")[2:7].split("-")
    told = known & (rng.random(size) < TOLD_OF_IT)
    serial = np.sort(rng.permutation(999)[:size]) + 1
    urgent = np.isin(category, ["violence", "DA", "hate", "cuckooing"])
    severity = np.where(
        urgent, choose(rng, {"2": 0.4, "3": 0.6}, size), choose(rng, {"1": 0.75, "2": 0.21, "3": 0.04}, size)
    )
    return {
        "landlord_code": repeated(LANDLORD, size),
        "case_ref": numbered(f"T/{year}/{month}{{:03d}}", serial),
        "opened_date": day(at),
        "category": category.astype(object),
        "severity": severity.astype(object),
        "uprn": whole(990_000_000_000 + point),
        "lsoa21": area,
        "perpetrator_tenant": choose(rng, {"Y": 0.62, "N": 0.20, "U": 0.18}, size),
        "victim_tenant": choose(rng, {"Y": 0.70, "N": 0.18, "U": 0.12}, size),
        "vulnerability_flag": choose(rng, {"N": 0.52, "Y": 0.23, "U": 0.25}, size),
        "action": choose(rng, _ACTIONS, size),
        "police_ref": np.where(told, numbered("ZV/{:06d}/" + year, serial + 4000), "").astype(object),
    }


def _dirtied(rng: np.random.Generator, ground: Places, columns: dict[str, Texts]) -> dict[str, Texts]:
    size = len(columns["case_ref"])
    beyond = ground.first_outside + rng.integers(len(ground.lsoa) - ground.first_outside, size=size)
    area = np.where(rng.random(size) < ELSEWHERE, areas_of(ground, beyond), columns["lsoa21"]).astype(object)
    columns["lsoa21"] = gone(rng, area, NO_PLACE)
    columns["action"] = gone(rng, columns["action"], NO_ACTION)
    columns["severity"] = gone(rng, columns["severity"], NO_URGENCY)
    columns["uprn"] = gone(rng, columns["uprn"], 0.2)
    return columns


PLAN = Plan(
    left_out="category",
    added=("estate", "north"),
    refused=("tenant_name", "withheld"),
    spoils=(
        Spoil("bad-date", 3, "opened_date", lambda cell: f"{cell[5:7]}-{cell[8:]}-{cell[:4]}"),
        Spoil("outside-period", 3, "opened_date", to("2026-10-31")),
        Spoil("not-in-code-list", 3, "category", to("neighbour dispute")),
        Spoil("not-in-code-list", 3, "action", lambda cell: f"{cell} + letter"),
        Spoil("bad-type", 3, "uprn", lambda cell: f"{cell}.0"),
        Spoil("bad-format", 3, "case_ref", lambda cell: cell.lower()),
        Spoil("bad-format", 3, "lsoa21", lambda cell: cell[:7]),
        Spoil("blank-required", 4, "opened_date", to_blank),
        Spoil("possible-identifier", 3, "police_ref", to("PC on 07700 900123")),
        Spoil("too-long", 2, "police_ref", to("crime reference to follow from the officer")),
        Spoil("out-of-range", 2, "uprn", to("0")),
        Spoil("blank-wanted", 4, "severity", to_blank),
    ),
    ragged=2,
    copies_raise="repeated-key",
)


def _write(month: Month) -> Table:
    return tenancy_file(month.chance, month.ground, month.now.events, month.period, tidy=month.tidy).table


STREAM = Stream(dataset="housing/antisocial-behaviour", write=_write, plan=PLAN)
