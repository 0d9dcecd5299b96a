"""Measures and relations for tests of views: the real Bromley rows, and a small invented lattice."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import contextmanager

from hub.disclosure import CellKey
from hub.engine import DuckDbEngine, EngineSession
from hub.schemas import SchemaRegistry
from hub.views.counting import Counted, count_dataset
from hub.views.declared import Catalogue, read_catalogue
from hub.views.model import Coverage, Measure
from tests.support.geography import bromley
from tests.support.shared import shared

API = "police/street-crime-api"
FORCE = "met-police"


def the_catalogue() -> Catalogue:
    """The catalogue as shipped, against the schemas as shipped."""
    return read_catalogue(SchemaRegistry.from_folder())


@contextmanager
def a_relation(**columns: list[object]) -> Iterator[tuple[EngineSession, str]]:
    """A relation such as a snapshot gives, of these columns and the hub's own; `hub_row` counts up from 2 where it is
    not given.
    """
    rows = len(next(iter(columns.values())))
    own: dict[str, list[object]] = {
        "hub_row": list(range(2, rows + 2)),
        "hub_agency": [FORCE] * rows,
        "hub_period": columns.get("hub_month", ["2026-01"] * rows),
        "hub_month": ["2026-01"] * rows,
    }
    with DuckDbEngine().session() as session:
        session.load("relation", {**own, **columns})
        yield session, "relation"


def real_bromley() -> Counted:
    """The 17 real months of Bromley, counted as the hub counts them."""
    names = ("id", "month", "category", "longitude", "latitude")
    columns: dict[str, list[object]] = {name: [] for name in (*names, "hub_row")}
    for path in sorted(shared("data/police/bromley_api").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as lines:
            for number, row in enumerate(csv.DictReader(lines), start=2):
                columns["hub_row"].append(number)
                for name in names:
                    columns[name].append(row[name])
    columns |= {"hub_month": columns["month"], "hub_period": columns["month"]}
    months = sorted({str(month) for month in columns["month"]})
    schema = SchemaRegistry.from_folder().get(API)
    with a_relation(**columns) as (session, relation):
        (counted,) = count_dataset(session, relation, schema=schema, index=bromley(), months={FORCE: months})
    return counted


def a_measure(**changes: object) -> Measure:
    """A measure of two months and two kinds, open, as if just built."""
    declared = the_catalogue().measures[API]
    values: dict[str, object] = {
        "number": 1,
        "id": f"{API}:crimes@{FORCE}",
        "dataset": API,
        "dataset_title": "Street-level crime",
        "counting_basis": "crimes",
        "agency": FORCE,
        "agency_kind": "chief_officer_police",
        "title": "Recorded crimes",
        "profile": "open",
        "sensitive": frozenset({"area", "kind"}),
        "has_key": True,
        "tables": declared.tables,
        "dropped": {},
        "kinds": {"burglary": "Burglary", "violent-crime": "Violence and sexual offences"},
        "coverage": Coverage(months=("2026-01", "2026-02", "2026-03"), missing=(), located_percent=99, counts=None),
        "submissions": ("sub_1",),
    }
    return Measure(**(values | changes))  # type: ignore[arg-type]


def total(events: dict[CellKey, int]) -> int:
    """All events together."""
    return sum(events.values())
