"""Values of the assessment: what an indicator asks, what it found, and the evidence it stands on."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Make(StrEnum):
    """What is made of the published cells of a table."""

    ROLLING_12 = "rolling-12"
    RATE = "rate"
    XMR = "xmr"
    SERIES = "series"
    HEAT = "heat"
    SHARE = "share"
    RANKING = "ranking"
    GRADIENT = "gradient"
    DEPRIVED = "deprived"
    RATIO = "ratio"
    OVERLAP = "overlap"


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """An indicator as declared: which table of which view, of which dataset's measures, and what is made of it.

    `kinds`: these alone, else those of the definition where the table has kinds. `ages`: who the residents of a rate are, both
    included. `per`: so many residents. `total`: the table that holds the whole of a share; `rest`: the share is of what is left of
    it beside `kinds`. `beside`: the other dataset that is compared with. `apart`: its kinds overlap and are never taken together.
    `years`: how many a rolling figure is of.
    """

    id: str
    chapter: str
    make: Make
    view: str
    by: str
    dataset: str
    kinds: tuple[str, ...] = ()
    ages: tuple[int, int] | None = None
    per: int = 1_000
    total: str = ""
    rest: bool = False
    years: int = 1
    apart: bool = False
    beside: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What a figure stands on. `query` is canonical JSON; `result_hash` the SHA-256 of the cells it was made from.

    `further`: query and result hash of every other table that went into it. `context`: the files of population or deprivation.
    """

    indicator: str
    measure: str
    query: str
    snapshot: int
    policy_hash: str
    profile: str
    result_hash: str
    definition: str
    further: tuple[tuple[str, str], ...] = ()
    context: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a figure's table, as text: labels first, then figures."""

    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One indicator for one measure: heading, table, drawing, notes and evidence. The first `labels` columns hold words."""

    indicator: str
    chapter: str
    heading: str
    agency: str
    head: tuple[str, ...]
    lines: tuple[Line, ...]
    chart: str
    evidence: Evidence
    labels: int = 1
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BuiltAssessment:
    """An assessment as built: `html` is the whole document, `body` the part a page can hold; `sha256` is of `html`."""

    id: str
    snapshot: int
    sha256: str
    built_at: str
    built_by: str
    definition: str
    figures: tuple[Figure, ...]
    html: str
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessmentRecord:
    """What is kept of a built assessment: never its figures, which are looked up again under the policy of the moment (P3)."""

    id: str
    snapshot: int
    sha256: str
    built_at: str
    built_by: str
    agency: str
    definition: str
    evidence: str
