"""A small hub in which everything that has a name has a hostile one: areas, an agency, values of rows read by another agency."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hub.cli.itinerary import Extract, Itinerary
from hub.synthetic import Manifest
from tests.support.geography import square, square_lsoa
from tests.support.hubs import ANALYST, API, COUNCIL, POLICE, STREET, UPLOADER, an_extract
from tests.support.partnerships import House, Recipe, a_house, made
from tests.support.rows import agree_in, an_agreement
from tests.support.schemas import PERIOD, csv_of, rows_of

MONTHS = ("2024-01", "2024-02", "2024-03")
WARDS = ("=cmd|' /C calc'!A0", '<script>alert("ward")</script>')
BOROUGH = "@SUM(1+1)*cmd|' /C calc'!A0"
AGENCY = '=HYPERLINK("http://192.0.2.1")\\;,<img src=x onerror=alert(1)> {{ 7*7 }} é'
VALUES = (
    "=1+1",
    "+44 20 7946",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(A1)",
    " =1+1",
    "\u00a0=1+1",
    "\ufeff=1+1",
    "\tTab",
    "\uff1d1+1",
    "_x003D_1+1",
    "'=1+1",
    "<script>alert(1)</script>",
    'say "hello", then; go',
    "http://192.0.2.1/",
    "\u202egnp.exe",
    "Z\u0351\u036b",
)
COPIES = 12
"""So many rows of each value: none stands out."""


def write_areas(folder: Path) -> tuple[Path, ...]:
    """Two wards of two squares each, with the names of the hostile."""
    codes = [(square_lsoa(column, row), column, row) for row in range(2) for column in range(2)]
    features = [
        {
            "type": "Feature",
            "properties": {"lsoa21cd": code, "lsoa21nm": f"+{column}{row}"},
            "geometry": {"type": "Polygon", "coordinates": [square(column, row)]},
        }
        for code, column, row in codes
    ]
    boundaries = folder / "boundaries.geojson"
    boundaries.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    lookup = folder / "lookup.csv"
    with lookup.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["LSOA21CD", "LSOA21NM", "WD25CD", "WD25NM", "LAD25CD", "LAD25NM"])
        for code, column, row in codes:
            writer.writerow([code, f"+{column}{row}", f"X05{column + 1:06d}", WARDS[column], "X09000001", BOROUGH])
        writer.writerow(["X01999999", "-1", "X05999999", "\t=far", "X09000002", "Elsewhere"])
    return boundaries, lookup


def _plan(folder: Path) -> tuple[Itinerary, Manifest | None]:
    folder.mkdir(parents=True)
    extracts = []
    for period in MONTHS:
        path = folder / f"{period}-met.csv"
        path.write_bytes(an_extract(period))
        extracts.append(Extract(agency=POLICE, dataset=API, period=period, path=path))
    geography = write_areas(folder)
    return Itinerary(partnership="bromley-open", geography=geography, extracts=tuple(extracts), lead=COUNCIL), None


HOSTILE = Recipe(name="hostile-squares", plan=_plan, by=ANALYST)
"""A quarter accepted, a snapshot in force."""


@contextmanager
def a_hostile_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The house, served: VALUES are rows of STREET that the council reads as they are."""
    with a_house(made(HOSTILE, tmp_path_factory), tmp_path_factory.mktemp("hostile")) as served:
        with served.hub.database.engine.begin() as connection:
            name = AGENCY.replace("'", "''").replace("%", "%%")
            connection.exec_driver_sql(f"UPDATE agencies SET name = '{name}' WHERE id = '{POLICE}'")
        rows = rows_of(STREET, COPIES * len(VALUES))
        changed = [row | {"Reported by": VALUES[number % len(VALUES)]} for number, row in enumerate(rows)]
        accepted = served.submit(UPLOADER, STREET, PERIOD, csv_of(changed))
        assert accepted.accepted_rows == len(rows), accepted
        agreement = an_agreement("hostile-rows", STREET, {"Reported by": "read_clear", "Crime type": "read_clear"})
        for old, new in (("nhs_hes", "open"), ("pcsc_s16", "public_domain"), ("anonymised_record", "public")):
            agreement = agreement.replace(old, new)
        agree_in(served.hub, agreement)
        yield served
