"""Write the invented partnership to a folder: truth first, then each agency's view of it, month by month."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from hub.kit.canonical import sha256_hex
from hub.synthetic import ground, samples
from hub.synthetic.ambulance import callouts
from hub.synthetic.events import events_of
from hub.synthetic.hospital import attendances
from hub.synthetic.model import (
    NOTICE,
    PARTNERSHIP,
    ExtractFile,
    GeographyFile,
    Manifest,
    SampleFile,
    TruthSummary,
)
from hub.synthetic.personas import PARTNERS
from hub.synthetic.places import Places, places
from hub.synthetic.searches import search_file
from hub.synthetic.seasons import NEXT_PERIOD, periods
from hub.synthetic.streams import Streams
from hub.synthetic.street import street_file
from hub.synthetic.table import Table
from hub.synthetic.truth import Seen
from hub.synthetic.volumes import STORY_FROM, STORY_WARD

SUPPLIERS = {dataset: agency.id for agency in PARTNERS for dataset in agency.supplies}


def write_partnership(folder: Path, *, seed: int = 2022, months: int = 36) -> Manifest:
    """Write extracts, geography, samples, truth and `manifest.json` of the invented partnership below `folder`.

    The extracts cover the `months` (1 to 36) whole months that end with 2026-10; the samples are of 2026-11. Same seed, same
    bytes, in any process; a month's extracts are the same however many months are written. The borough itself does not depend
    on the seed. Existing files of the same names are replaced. ValueError when `months` is out of range.

    The truth table holds the events of those months. Attendances that the first month's hospital file carries over from the
    night before it have no row there; those of the last night arrive after the last file.
    """
    if not 1 <= months <= 36:
        raise ValueError("months must lie between 1 and 36")
    writer = _Writer(folder)
    streams, spots = Streams(seed), places()
    wanted = periods(months + 1)
    seen = [_seen(streams, spots, period) for period in wanted]
    extracts: list[ExtractFile] = []
    for before, now in itertools.pairwise(seen):
        extracts.extend(_extracts(writer, streams, spots, before, now))
    manifest = Manifest(
        partnership=PARTNERSHIP,
        seed=seed,
        periods=wanted[1:],
        extracts=tuple(extracts),
        geography=_geography(writer, spots),
        samples=tuple(_samples(writer, streams, spots)),
        truth=_truth(writer, spots, seen[1:]),
    )
    writer.write("README.txt", f"{PARTNERSHIP}\n\n{NOTICE}\n".encode())
    writer.write("manifest.json", (json.dumps(manifest.as_json(), indent=1, sort_keys=True) + "\n").encode())
    return manifest


@dataclass(slots=True)
class _Writer:
    folder: Path
    made: set[Path] = field(default_factory=set)

    def write(self, path: str, content: bytes) -> str:
        """Write a file below the folder; its SHA-256."""
        target = self.folder / path
        if target.parent not in self.made:
            target.parent.mkdir(parents=True, exist_ok=True)
            self.made.add(target.parent)
        target.write_bytes(content)
        return sha256_hex(content)


def _seen(streams: Streams, spots: Places, period: str, *, tidy: bool = False) -> Seen:
    events = events_of(streams, spots, period)
    return Seen(
        period=period,
        events=events,
        street=street_file(streams, spots, events, period, tidy=tidy),
        ed=attendances(streams, spots, events, period, tidy=tidy),
        ambulance=callouts(streams, spots, events, period, tidy=tidy),
    )


def _extracts(writer: _Writer, streams: Streams, spots: Places, before: Seen, now: Seen) -> list[ExtractFile]:
    tables = {
        "police/street-crime": now.street.table,
        "police/stop-and-search": search_file(streams, spots, now.period),
        "health/istv-assaults": _ed_file(before, now),
        "ambulance/violence-callouts": now.ambulance.table,
    }
    written = []
    for dataset, table in tables.items():
        agency = SUPPLIERS[dataset]
        path = f"extracts/{agency}/{_file_name(now.period, dataset)}"
        sha256 = writer.write(path, table.csv())
        written.append(
            ExtractFile(agency=agency, dataset=dataset, period=now.period, path=path, rows=len(table), sha256=sha256)
        )
    return written


def _file_name(period: str, dataset: str) -> str:
    return f"{period}-ravensbourne-invented-{dataset.split('/')[1]}.csv"


def _ed_file(before: Seen, now: Seen) -> Table:
    """What arrived in the month: the end of the month before first, then the month's own."""
    parts = [seen.ed.table.where(seen.ed.period == now.period) for seen in (before, now)]
    columns = (np.concatenate(pair) for pair in zip(*(part.columns for part in parts), strict=True))
    return Table(now.ed.table.header, tuple(columns))


def _geography(writer: _Writer, spots: Places) -> tuple[GeographyFile, ...]:
    files = {
        "boundaries": ("geography/ravensbourne-invented-lsoa21.geojson", *ground.boundaries()),
        "lookup": ("geography/ravensbourne-invented-lsoa21-ward25-lad25.csv", *ground.lookup()),
        "gazetteer": ("geography/ravensbourne-invented-gazetteer.csv", *ground.gazetteer(spots)),
    }
    return tuple(
        GeographyFile(kind=kind, path=path, rows=rows, sha256=writer.write(path, content))
        for kind, (path, content, rows) in files.items()
    )


def _samples(writer: _Writer, streams: Streams, spots: Places) -> list[SampleFile]:
    seen = _seen(streams, spots, NEXT_PERIOD, tidy=True)
    clean = {
        "police/street-crime": seen.street.table,
        "police/stop-and-search": search_file(streams, spots, NEXT_PERIOD, tidy=True),
        "health/istv-assaults": seen.ed.table.where(seen.ed.period == NEXT_PERIOD),
        "ambulance/violence-callouts": seen.ambulance.table,
    }
    written = []
    for dataset, table in clean.items():
        good = samples.Spoilt(table.csv(), len(table), {})
        written.append(_sample(writer, dataset, "clean", good))
        written.append(_sample(writer, dataset, "dirty", samples.spoilt(streams, dataset, table)))
        written.append(_sample(writer, dataset, "missing-column", samples.without_a_column(dataset, table)))
    refused = samples.with_nhs_numbers(streams, clean["health/istv-assaults"])
    written.append(_sample(writer, "health/istv-assaults", "refused", refused))
    return written


def _sample(writer: _Writer, dataset: str, condition: str, made: samples.Spoilt) -> SampleFile:
    agency = SUPPLIERS[dataset]
    path = f"samples/{agency}/{condition}-{_file_name(NEXT_PERIOD, dataset)}"
    return SampleFile(
        agency=agency,
        dataset=dataset,
        period=NEXT_PERIOD,
        condition=condition,
        path=path,
        rows=made.rows,
        sha256=writer.write(path, made.content),
        planted=made.planted,
    )


def _truth(writer: _Writer, spots: Places, seen: list[Seen]) -> TruthSummary:
    months = [month.truth(spots) for month in seen]
    columns = (np.concatenate(parts) for parts in zip(*(month.columns for month in months), strict=True))
    table = Table(months[0].header, tuple(columns))
    counts = [month.counts() for month in seen]
    return TruthSummary(
        path="truth/truth.csv",
        sha256=writer.write("truth/truth.csv", table.csv()),
        story_ward=STORY_WARD,
        story_from=STORY_FROM,
        **{name: sum(month[name] for month in counts) for name in counts[0]},
    )
