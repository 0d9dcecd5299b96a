"""A small hub for tests of the doors: the public-data partnership over a borough of four squares, two years of few crimes."""

from __future__ import annotations

from pathlib import Path

from hub.cli.itinerary import Extract, Itinerary
from hub.synthetic import Manifest
from tests.support.geography import SOUTH, STEP, WEST, write_squares
from tests.support.partnerships import Recipe
from tests.support.schemas import csv_of, rows_of

API, STREET, SEARCH = "police/street-crime-api", "police/street-crime", "police/stop-and-search"
POLICE, COUNCIL = "met-police", "bromley-council"
UPLOADER, ANALYST, AUDITOR, GOVERNANCE_LEAD, STRATEGIC = (
    "met-police-analyst",
    "bromley-council-analyst",
    "bromley-council-auditor",
    "bromley-council-governance",
    "bromley-council-strategy",
)
OPERATOR = "hub-operator-operator"
MONTHS = tuple(f"{year}-{month:02d}" for year in (2023, 2024) for month in range(1, 13))
_KINDS = ("violent-crime", "violent-crime", "robbery", "drugs", "possession-of-weapons")
EACH_MONTH = 20


def an_extract(period: str, count: int = EACH_MONTH, **changes: str) -> bytes:
    """A month of crimes in the squares, no two alike; `changes` in the first."""
    first = MONTHS.index(period) * 1_000 if period in MONTHS else 900_000
    rows = rows_of(API, count)
    for number, row in enumerate(rows):
        row |= {
            "id": str(1_000_000 + first + number),
            "persistent_id": f"{first + number:064x}",
            "month": period,
            "outcome_date": period,
            "category": _KINDS[number % len(_KINDS)],
            "longitude": f"{WEST + STEP * (0.5 + number % 2):.6f}",
            "latitude": f"{SOUTH + STEP * (0.5 + number // 2 % 2):.6f}",
        }
    rows[0].update(changes)
    return csv_of(rows)


def _squares(folder: Path, months: tuple[str, ...]) -> Itinerary:
    folder.mkdir(parents=True)
    geography = write_squares(folder)
    extracts = []
    for period in months:
        path = folder / f"{period}-met.csv"
        path.write_bytes(an_extract(period))
        extracts.append(Extract(agency=POLICE, dataset=API, period=period, path=path))
    return Itinerary(partnership="bromley-open", geography=geography, extracts=tuple(extracts), lead=COUNCIL)


def _two_years(folder: Path) -> tuple[Itinerary, Manifest | None]:
    return _squares(folder, MONTHS), None


def _nothing_yet(folder: Path) -> tuple[Itinerary, Manifest | None]:
    return _squares(folder, ()), None


SQUARES = Recipe(name="squares", plan=_two_years, by=ANALYST)
"""Two years accepted, a snapshot in force."""

BARE = Recipe(name="bare-squares", plan=_nothing_yet)
"""Agencies, people, agreements and areas; nothing submitted."""
