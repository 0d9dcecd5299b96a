"""The invented partnership for tests. Run as a module it writes the golden list anew: `python -m tests.support.synthetic`."""

from __future__ import annotations

import csv
import hashlib
import json
import sys
import tempfile
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from hub.geography import AreaIndex
from hub.synthetic import DATASETS, ExtractFile, Manifest, write_partnership
from tests.support.geography import index_of

GOLDEN = Path(__file__).resolve().parent.parent / "golden" / "synthetic_sha256.json"

Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class Written:
    """A partnership on disk. Files are read once and kept: take rows, do not change them."""

    folder: Path
    manifest: Manifest
    kept: dict[str, list[Row]] = field(default_factory=dict)

    def extracts(self, dataset: str, *, last: int = 36) -> list[ExtractFile]:
        """The extracts of a dataset in the `last` months, oldest first."""
        periods = self.manifest.periods[-last:]
        return [
            extract for extract in self.manifest.extracts if extract.dataset == dataset and extract.period in periods
        ]

    def rows(self, dataset: str, *, last: int = 36) -> list[Row]:
        """All records of a dataset in the `last` months."""
        return [row for extract in self.extracts(dataset, last=last) for row in self.read(extract.path)]

    def truth(self, *, last: int = 36) -> list[Row]:
        """The truth of the `last` months."""
        periods = set(self.manifest.periods[-last:])
        return [row for row in self.read(self.manifest.truth.path) if row["period"] in periods]

    def read(self, path: str) -> list[Row]:
        """The records of one of its CSV files."""
        if path not in self.kept:
            self.kept[path] = list(records(self.folder / path))
        return self.kept[path]

    def geography(self, kind: str) -> Path:
        """The file of boundaries, lookup or gazetteer."""
        return next(self.folder / file.path for file in self.manifest.geography if file.kind == kind)

    def area(self) -> AreaIndex:
        """The index of its own boundaries, lookup and gazetteer."""
        return index_of(self.geography("boundaries"), self.geography("lookup"), self.geography("gazetteer"))


def written(folder: Path, *, seed: int = 2022, months: int = 36, datasets: Collection[str] = DATASETS) -> Written:
    """The partnership, freshly written."""
    return Written(folder, write_partnership(folder, seed=seed, months=months, datasets=datasets))


def records(path: Path) -> Iterator[Row]:
    """The records of a CSV file; equal texts are one object, so that a whole partnership fits in little memory."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        header = next(rows)
        for row in rows:
            yield dict(zip(header, map(sys.intern, row), strict=True))


def hashes(folder: Path) -> dict[str, str]:
    """SHA-256 of every file below the folder, by its path."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        write_partnership(Path(place))
        GOLDEN.write_text(json.dumps(hashes(Path(place)), indent=1, sort_keys=True) + "\n", encoding="utf-8")
