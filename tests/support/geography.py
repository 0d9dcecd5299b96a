"""Areas for tests: a small invented square borough, the real Bromley, and permits to load them."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

from hub.db import Database
from hub.geography import AreaIndex, Geography
from hub.geography.read import read_boundaries, read_gazetteer, read_lookup
from hub.geography.tree import grow
from hub.geography.words import normal_place
from hub.kit.authority import Action, Permit, Reader
from hub.kit.clock import Clock, FrozenClock
from tests.support.shared import shared

WEST, SOUTH, STEP = 0.0, 51.4, 0.01
"""Corner and side of the invented squares, degrees."""


def square(column: int, row: int) -> list[list[float]]:
    """The ring of one square of the invented grid."""
    west, south = round(WEST + column * STEP, 6), round(SOUTH + row * STEP, 6)
    east, north = round(west + STEP, 6), round(south + STEP, 6)
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def square_lsoa(column: int, row: int, columns: int = 2) -> str:
    """The invented code of a square."""
    return f"X01{row * columns + column + 1:06d}"


def write_squares(folder: Path, *, columns: int = 2, rows: int = 2) -> tuple[Path, Path, Path]:
    """Files of an invented borough of squares, each column a ward; another borough stands in the lookup only."""
    features, lookup = [], ["LSOA21CD,LSOA21NM,WD25CD,WD25NM,LAD25CD,LAD25NM"]
    for row in range(rows):
        for column in range(columns):
            code = square_lsoa(column, row, columns)
            features.append(
                {
                    "type": "Feature",
                    "properties": {"lsoa21cd": code, "lsoa21nm": f"Square {column}{row}"},
                    "geometry": {"type": "Polygon", "coordinates": [square(column, row)]},
                }
            )
            lookup.append(f"{code},Square {column}{row},X05{column + 1:06d},Ward {column},X09000001,Squareham")
    lookup.append("X01999999,Elsewhere 1,X05999999,Far,X09000002,Elsewhere")
    boundaries = folder / "boundaries.geojson"
    boundaries.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    table = folder / "lookup.csv"
    table.write_text("\n".join(lookup) + "\n", encoding="utf-8-sig")
    gazetteer = folder / "gazetteer.csv"
    gazetteer.write_text(
        f"place,lsoa21\nMarket Square,{square_lsoa(0, 0, columns)}\nThe King's Arms,{square_lsoa(1, 0, columns)}\n"
        f"Arms,{square_lsoa(0, 0, columns)}\nFar Station,X01999999\n",
        encoding="utf-8",
    )
    return boundaries, table, gazetteer


def index_of(boundaries: Path, lookup: Path, gazetteer: Path | None = None) -> AreaIndex:
    """The index of files, without a database."""
    shapes = read_boundaries(boundaries.read_bytes(), file=boundaries.name)
    rows = read_lookup(lookup.read_bytes(), file=lookup.name)
    places = () if gazetteer is None else read_gazetteer(gazetteer.read_bytes(), file=gazetteer.name)
    return AreaIndex(
        tree=grow(shapes, rows, places),
        boundaries=shapes,
        known={code for row in rows for code in (row.lsoa, row.ward)},
        gazetteer={normal_place(row.place): row.lsoa for row in places},
    )


def bromley() -> AreaIndex:
    """The index of the real Bromley."""
    return index_of(shared("data/geo/bromley_lsoa21.geojson"), shared("data/geo/lsoa21_ward25_lad25_london.csv"))


_RESOURCES = {Action.AUDIT_READ: "audit/log", Action.CONTEXT_LOAD: "context", Action.DEFINITION_CHOOSE: "definitions"}


def a_geography_permit(clock: Clock, *, action: Action = Action.GEOGRAPHY_LOAD) -> Permit:
    """A permit as the policy would give it to the operator."""
    return Permit(
        id="prm_test",
        reader=Reader(agency="hub", person="per_operator", roles=frozenset({"operator"})),
        action=action,
        resource=_RESOURCES.get(action, "geography"),
        purpose="hub.operate",
        policy_hash="0" * 64,
        expires_at=clock.now() + timedelta(minutes=5),
    )


def a_geography(database: Database, clock: FrozenClock, *paths: Path) -> Geography:
    """A geography room with these files loaded."""
    geography = Geography(clock=clock)
    with database.unit_of_work() as uow:
        geography.load_all(uow, a_geography_permit(clock), paths)
    return geography
