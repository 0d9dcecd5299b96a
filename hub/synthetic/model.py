"""What was written: every file of the invented partnership with its rows and hash, the samples and a summary of the truth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

PARTNERSHIP = "Ravensbourne (invented)"
NOTICE = (
    "All of this is invented: the borough, its places, codes and people, and everything said to have happened there."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtractFile:
    """One extract an agency submits: `path` is relative to the folder, `rows` counts data records, `sha256` is of the bytes."""

    agency: str
    dataset: str
    period: str
    path: str
    rows: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GeographyFile:
    """One file for `hub geography load`: `kind` is `boundaries`, `lookup` or `gazetteer`; `rows` counts features or records."""

    kind: str
    path: str
    rows: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleFile:
    """One file for a visitor to try, of the month after the last.

    `condition` is `clean`, `dirty`, `missing-column` or `refused` (it holds what no health file may hold). `planted` tells how
    many rows, or columns, were spoilt in each way, by finding code; other findings may follow from them.
    """

    agency: str
    dataset: str
    period: str
    condition: str
    path: str
    rows: int
    sha256: str
    planted: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class TruthSummary:
    """Sizes of the truth behind the extracts: how many events there were and how many of them whom reached.

    `path` names the truth table, which is submitted by nobody. The `ed_`, `ambulance_` and `police_` numbers are events.
    """

    path: str
    sha256: str
    events: int
    police: int
    police_violence: int
    ed: int
    ed_and_police: int
    ambulance: int
    ambulance_and_police: int
    ambulance_and_ed: int
    story_ward: str
    story_from: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """Everything `write_partnership` wrote. Paths are relative to the folder and use forward slashes."""

    partnership: str
    seed: int
    periods: tuple[str, ...]
    extracts: tuple[ExtractFile, ...]
    geography: tuple[GeographyFile, ...]
    samples: tuple[SampleFile, ...]
    truth: TruthSummary

    def as_json(self) -> dict[str, Any]:
        """The manifest as `manifest.json` holds it."""
        return {"notice": NOTICE} | asdict(self)
