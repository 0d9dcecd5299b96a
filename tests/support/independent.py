"""Counts of real files made without the hub: csv, shapely and pyproj alone. What the hub shows is held against them.

A point lies in the LSOA of the lowest code that touches it; one outside all of them, but at most 50 metres away, in the nearest.
"""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import shapely
from pyproj import Transformer
from shapely.geometry import shape

from tests.support.shared import shared

LONDON = ZoneInfo("Europe/London")
NEAR_METRES = 50
Row = dict[str, str]


def records(path: Path) -> Iterator[Row]:
    """The records of a CSV file."""
    with path.open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


def files(folder: str) -> list[Path]:
    """The CSV files of a folder of the shared data, by name; outcomes are of another layout."""
    return [path for path in sorted(shared(f"data/{folder}").glob("*.csv")) if "outcomes" not in path.name]


def manifest_rows() -> dict[str, int]:
    """The rows of each file as the shared data's own manifest states them, by path."""
    return {row["file"]: int(row["rows"]) for row in records(shared("data/MANIFEST.csv")) if row["rows"]}


@cache
def _boundaries() -> tuple[tuple[str, ...], shapely.STRtree, shapely.STRtree]:
    features = json.loads(shared("data/geo/bromley_lsoa21.geojson").read_text(encoding="utf-8"))["features"]
    pairs = sorted((one["properties"]["lsoa21cd"], shape(one["geometry"])) for one in features)
    in_degrees = [polygon for _, polygon in pairs]
    in_metres = shapely.transform(in_degrees, lambda points: np.column_stack(_to_grid().transform(*points.T)))
    return tuple(code for code, _ in pairs), shapely.STRtree(in_degrees), shapely.STRtree(in_metres)


@cache
def _to_grid() -> Transformer:
    return Transformer.from_crs("EPSG:4326", "EPSG:27700", always_xy=True)


@cache
def wards() -> dict[str, str]:
    """The ward of each LSOA of the borough, by the lookup."""
    codes = set(lsoas())
    return {
        row["LSOA21CD"]: row["WD25CD"]
        for row in records(shared("data/geo/lsoa21_ward25_lad25_london.csv"))
        if row["LSOA21CD"] in codes
    }


def lsoas() -> tuple[str, ...]:
    """The LSOAs of the borough."""
    return _boundaries()[0]


def located(places: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """The LSOA of each (longitude, latitude) as written; none for those outside and those that are blank."""
    codes, in_degrees, in_metres = _boundaries()
    wanted = sorted({place for place in places if all(place)})
    points = shapely.points(np.array([[float(x), float(y)] for x, y in wanted]))
    found: dict[tuple[str, str], str] = {}
    for at, polygon in zip(*in_degrees.query(points, predicate="intersects").tolist(), strict=True):
        found[wanted[at]] = min(codes[polygon], found.get(wanted[at], "~"))
    left = [at for at, place in enumerate(wanted) if place not in found]
    on_grid = shapely.points(
        np.column_stack(_to_grid().transform(*np.array([[float(x), float(y)] for x, y in wanted]).T))
    )
    for at, polygon in zip(*in_metres.query_nearest(on_grid[left], max_distance=NEAR_METRES).tolist(), strict=True):
        found[wanted[left[at]]] = min(codes[polygon], found.get(wanted[left[at]], "~"))
    return found


@cache
def bromley_crimes() -> tuple[tuple[str, str, str], ...]:
    """(month, LSOA, category) of each distinct id of the seventeen months of the API layout."""
    rows = {row["id"]: row for path in files("police/bromley_api") for row in reversed(list(records(path)))}
    placed = located((row["longitude"], row["latitude"]) for row in rows.values())
    return tuple(
        (row["month"], placed.get((row["longitude"], row["latitude"]), ""), row["category"]) for row in rows.values()
    )


def met_crimes() -> Counter[str]:
    """Rows of the Met's street files in the borough by their own LSOA codes, by month."""
    codes = set(lsoas())
    rows = (row for path in files("police/met_burglary") for row in records(path))
    return Counter(row["Month"] for row in rows if row["LSOA code"] in codes)


def met_searches() -> Counter[str]:
    """Searches in the borough by their point, by the month in London time of the file they stand in."""
    counted: Counter[str] = Counter()
    for path in files("police/stop_search"):
        rows = list(records(path))
        placed = located((row["Longitude"], row["Latitude"]) for row in rows)
        for row in rows:
            month = datetime.fromisoformat(row["Date"]).astimezone(LONDON).strftime("%Y-%m")
            if month == path.name[:7] and (row["Longitude"], row["Latitude"]) in placed:
                counted[month] += 1
    return counted


def quarter(month: str) -> str:
    """The quarter of a month: 2016-Q2."""
    return f"{month[:4]}-Q{(int(month[5:]) + 2) // 3}"


def month_totals(path: Path, column: str) -> dict[str, Counter[str]]:
    """What a table with a column a month counts in each month, for each value of a column."""
    found: dict[str, Counter[str]] = {}
    for row in records(path):
        months = {f"{name[:4]}-{name[4:]}": int(row[name]) for name in row if name.isdigit() and len(name) == 6}
        found.setdefault(row[column], Counter()).update(months)
    return found
