"""Months of the partners' streams, made without writing a partnership."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

from hub.geography import AreaIndex
from hub.schemas import CheckReport, check_file
from hub.synthetic.ambulance import callouts
from hub.synthetic.events import events_of
from hub.synthetic.ground import boundaries, gazetteer, lookup
from hub.synthetic.hospital import attendances
from hub.synthetic.places import places
from hub.synthetic.seasons import periods
from hub.synthetic.stream import Month
from hub.synthetic.streams import Streams
from hub.synthetic.street import street_file
from hub.synthetic.table import Table
from hub.synthetic.truth import Seen
from tests.support.geography import index_of
from tests.support.schemas import schema_of

SEED = 2022
CHANCE = Streams(SEED)


@cache
def seen(period: str, seed: int = SEED, *, tidy: bool = False) -> Seen:
    """The truth of a month and what the first agencies made of it."""
    chance, ground = Streams(seed), places()
    events = events_of(chance, ground, period)
    return Seen(
        period=period,
        events=events,
        street=street_file(chance, ground, events, period, tidy=tidy),
        ed=attendances(chance, ground, events, period, tidy=tidy),
        ambulance=callouts(chance, ground, events, period, tidy=tidy),
    )


def a_month(period: str, *, seed: int = SEED, tidy: bool = False) -> Month:
    """What a stream may look at in a month."""
    now = seen(period, seed)
    return Month(chance=Streams(seed), ground=places(), before=now, now=now, tidy=tidy)


def last(months: int) -> tuple[str, ...]:
    """The newest months of the demo."""
    return periods(months)


@cache
def area() -> AreaIndex:
    """The invented borough, as the hub reads it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file, (content, _) in {
            "lsoa.geojson": boundaries(),
            "lookup.csv": lookup(),
            "gazetteer.csv": gazetteer(places()),
        }.items():
            (folder / file).write_bytes(content)
        return index_of(folder / "lsoa.geojson", folder / "lookup.csv", folder / "gazetteer.csv")


def report_on(dataset: str, content: Table | bytes, period: str, *, part: bool = False) -> CheckReport:
    """The check of a table or of bytes against the agreed schema of a dataset."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "extract.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.csv())
        return check_file(path, schema_of(dataset), period=period, area=area(), part_accept=part)
