"""What the tour submits: the demo's extracts, or the real public files as they are."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from hub.kit.errors import Invalid


@dataclass(frozen=True, slots=True, kw_only=True)
class Extract:
    """One file to submit: by which agency, as which dataset, for which month."""

    agency: str
    dataset: str
    period: str
    path: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Itinerary:
    """Which partnership, which geography files, which extracts; `context` is population and deprivation.

    `returned` are files that come back to be mended: the demo sends them so that somebody has that to do, the tour does not.
    """

    partnership: str
    geography: tuple[Path, ...]
    context: tuple[Path, ...] = ()
    returned: tuple[Extract, ...] = ()
    extracts: tuple[Extract, ...]
    lead: str


_REAL = (
    ("met-police", "police/street-crime-api", "police/bromley_api"),
    ("city-police", "police/street-crime", "police/street"),
    ("west-yorkshire-police", "police/street-crime", "police/street_large"),
    ("met-police", "police/street-crime", "police/met_burglary"),
    ("met-police", "police/outcomes", "police/met_burglary"),
    ("met-police", "police/stop-and-search", "police/stop_search"),
)
_OUTCOMES = "police/outcomes"
_REAL_EDITIONS = (
    ("met-police", "police/ward-counts", "police/mps_ward/vintage-2025-06-mps-ward-level-crime.csv", "2025-06"),
    ("met-police", "police/ward-counts", "police/mps_ward/vintage-2026-01-mps-ward-level-crime.csv", "2026-01"),
    ("met-police", "police/lsoa-counts", "police/mps_lsoa/bromley-lsoa-202402-202602.csv", "2026-02"),
    ("london-fire", "fire/incidents", "fire/lfb-incident-sample.csv", "2009-01"),
    ("london-fire", "fire/special-services", "fire/lfb-animal-rescue-edition-2021.csv", "2021-02"),
)
"""Files whose name does not say the month they are for."""
_REAL_GEOGRAPHY = ("geo/bromley_lsoa21.geojson", "geo/lsoa21_ward25_lad25_london.csv")
_REAL_CONTEXT = ("context/census2021_age_lsoa21_london.csv", "context/imd2025_london_lsoa21.csv")

_TO_MEND = frozenset({"housing/antisocial-behaviour", "youth-justice/caseload"})
"""Datasets whose newest month the demo leaves returned, a column missing."""


def real(data: Path, *, profile: str) -> Itinerary:
    """The public files of police and fire brigade under `data`, each month or edition as it is."""
    extracts = [
        Extract(agency=agency, dataset=dataset, period=path.name[:7], path=path)
        for agency, dataset, folder in _REAL
        for path in sorted((data / folder).glob("*.csv"))
        if ("outcomes" in path.name) == (dataset == _OUTCOMES)  # both layouts stand in one folder
    ]
    geography = tuple(data / name for name in _REAL_GEOGRAPHY)
    for path in geography:
        if not path.is_file():
            raise Invalid(
                f"{path} is missing", code="no-data", remedy="Name the folder of the public data with --data."
            )
    if not extracts:
        raise Invalid(
            f"no police files under {data}", code="no-data", remedy="Name the folder of the public data with --data."
        )
    extracts += [
        Extract(agency=agency, dataset=dataset, period=period, path=data / name)
        for agency, dataset, name, period in _REAL_EDITIONS
        if (data / name).is_file()
    ]
    return Itinerary(
        partnership="bromley-open" if profile == "open" else "bromley-closed",
        geography=geography,
        context=tuple(data / name for name in _REAL_CONTEXT if (data / name).is_file()),
        extracts=tuple(extracts),
        lead="bromley-council",
    )


def demo(folder: Path, *, months: int = 36) -> Itinerary:
    """The invented partnership, written into `folder`."""
    from hub.synthetic import write_context, write_partnership

    manifest = write_partnership(folder, months=months)
    return Itinerary(
        partnership="ravensbourne",
        geography=tuple(folder / file.path for file in manifest.geography),
        context=write_context(folder),
        extracts=tuple(
            Extract(agency=file.agency, dataset=file.dataset, period=file.period, path=folder / file.path)
            for file in manifest.extracts
        ),
        returned=tuple(
            Extract(agency=file.agency, dataset=file.dataset, period=file.period, path=folder / file.path)
            for file in manifest.samples
            if file.condition == "missing-column" and file.dataset in _TO_MEND
        ),
        lead="ravensbourne-council",
    )
