"""Write the invented partnership to a folder: truth first, then each agency's view of it, month by month."""

from __future__ import annotations

import itertools
import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from hub.kit.canonical import sha256_hex
from hub.synthetic import ground as maps
from hub.synthetic.ambulance import callouts
from hub.synthetic.datasets import STREAMS, SUPPLIERS
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
from hub.synthetic.places import Places, places
from hub.synthetic.seasons import NEXT_PERIOD, periods
from hub.synthetic.spoiling import Spoilt, refused, spoilt, without_a_column
from hub.synthetic.stream import Month, Stream
from hub.synthetic.streams import Streams
from hub.synthetic.street import street_file
from hub.synthetic.table import Table
from hub.synthetic.truth import Seen
from hub.synthetic.volumes import STORY_FROM, STORY_WARD

DATASETS = tuple(stream.dataset for stream in STREAMS)
"""Every dataset of the demo."""


def write_partnership(
    folder: Path, *, seed: int = 2022, months: int = 36, datasets: Collection[str] = DATASETS
) -> Manifest:
    """Write extracts, geography, samples, truth and `manifest.json` of the invented partnership below `folder`.

    The extracts cover the `months` (1 to 36) whole months that end with 2026-10, those of some datasets fewer; the samples are
    of 2026-11. `datasets` leaves the others out. Same seed, same bytes, in any process; a month's extracts are the same however
    many months and datasets are written. The borough itself does not depend on the seed. Existing files of the same names are
    replaced. ValueError when `months` is out of range or a dataset is not one of the demo's.

    The truth table holds the events of those months. Attendances that the first month's hospital file carries over from the
    night before it have no row there; those of the last night arrive after the last file.
    """
    if not 1 <= months <= 36:
        raise ValueError("months must lie between 1 and 36")
    if unknown := set(datasets) - set(DATASETS):
        raise ValueError(f"no such dataset in the demo: {', '.join(sorted(unknown))}")
    writer = _Writer(folder)
    streams = [stream for stream in STREAMS if stream.dataset in datasets]
    chance, ground = Streams(seed), places()
    wanted = periods(months + 1)
    seen = [seen_in(chance, ground, period) for period in wanted]
    extracts: list[ExtractFile] = []
    for left, (before, now) in zip(range(months, 0, -1), itertools.pairwise(seen), strict=True):
        month = Month(chance, ground, before, now)
        due = (stream for stream in streams if left <= stream.months and stream.due(now.period))
        extracts.extend(_extract(writer, stream, month) for stream in due)
    manifest = Manifest(
        partnership=PARTNERSHIP,
        seed=seed,
        periods=wanted[1:],
        extracts=tuple(extracts),
        geography=_geography(writer, ground),
        samples=tuple(_samples(writer, streams, chance, ground, seen[-1])),
        truth=_truth(writer, ground, seen[1:]),
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


def seen_in(streams: Streams, spots: Places, period: str, *, tidy: bool = False) -> Seen:
    """One month's truth and what the first four agencies made of it."""
    events = events_of(streams, spots, period)
    return Seen(
        period=period,
        events=events,
        street=street_file(streams, spots, events, period, tidy=tidy),
        ed=attendances(streams, spots, events, period, tidy=tidy),
        ambulance=callouts(streams, spots, events, period, tidy=tidy),
    )


def _extract(writer: _Writer, stream: Stream, month: Month) -> ExtractFile:
    agency, table = SUPPLIERS[stream.dataset], stream.write(month)
    path = f"extracts/{agency}/{_file_name(month.period, stream.dataset)}"
    return ExtractFile(
        agency=agency,
        dataset=stream.dataset,
        period=month.period,
        path=path,
        rows=len(table),
        sha256=writer.write(path, table.csv()),
    )


def _file_name(period: str, dataset: str) -> str:
    return f"{period}-ravensbourne-invented-{dataset.split('/')[1]}.csv"


def _geography(writer: _Writer, spots: Places) -> tuple[GeographyFile, ...]:
    files = {
        "boundaries": ("geography/ravensbourne-invented-lsoa21.geojson", *maps.boundaries()),
        "lookup": ("geography/ravensbourne-invented-lsoa21-ward25-lad25.csv", *maps.lookup()),
        "gazetteer": ("geography/ravensbourne-invented-gazetteer.csv", *maps.gazetteer(spots)),
    }
    return tuple(
        GeographyFile(kind=kind, path=path, rows=rows, sha256=writer.write(path, content))
        for kind, (path, content, rows) in files.items()
    )


def _samples(
    writer: _Writer, streams: Iterable[Stream], chance: Streams, ground: Places, last: Seen
) -> Iterator[SampleFile]:
    month = Month(chance, ground, last, seen_in(chance, ground, NEXT_PERIOD, tidy=True), tidy=True)
    for stream in streams:
        clean = stream.write(month)
        made = {
            "clean": Spoilt(clean.csv(), len(clean), {}),
            "dirty": spoilt(chance, stream.dataset, stream.plan, clean),
            "missing-column": without_a_column(stream.plan, clean),
            "refused": refused(chance, stream.plan, clean),
        }
        for condition, file in made.items():
            if file is not None:
                yield _sample(writer, stream.dataset, condition, file)


def _sample(writer: _Writer, dataset: str, condition: str, made: Spoilt) -> SampleFile:
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
