"""Real crimes: 17 months of Bromley, as counted and as masked."""

from __future__ import annotations

import csv
from functools import cache

import pytest

from hub.disclosure import (
    NHS_HES,
    AreaPlace,
    CellKey,
    Lattice,
    TableSpec,
    WholeMeasure,
    attack,
    protect_measure,
    thresholds_only,
)
from tests.support.disclosure import BOTH, POLICE
from tests.support.shared import shared

TABLES = tuple(TableSpec.named(name) for name in POLICE if not name.startswith("lsoa21"))


@cache
def crimes() -> dict[CellKey, int]:
    """Crimes by ward, month and category: each id once, in the ward that comes first."""
    first: dict[str, CellKey] = {}
    for path in sorted(shared("data/police/bromley_api").glob("*.csv")):
        with path.open(newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                key = CellKey(row["ward_code"], row["month"], row["category"])
                first[row["id"]] = min(first.get(row["id"], key), key)
    counted: dict[CellKey, int] = {}
    for key in first.values():
        counted[key] = counted.get(key, 0) + 1
    return counted


def bromley(sensitive: frozenset[str]) -> Lattice:
    wards = sorted({key.area for key in crimes()})
    return Lattice(
        areas=(AreaPlace("E09000006", "borough", ""), *(AreaPlace(ward, "ward", "E09000006") for ward in wards)),
        months=tuple(sorted({key.period for key in crimes()})),
        kinds=tuple(sorted({key.kind for key in crimes()})),
        tables=TABLES,
        sensitive=sensitive,
    )


def test_bromley_counts_each_id_once_and_names_the_missing_months() -> None:
    lattice = bromley(BOTH)
    counts = lattice.roll_up(crimes())
    assert counts[TableSpec.named("borough-month")].sum() == 38_380
    assert len(lattice.area_codes("ward")) == 22
    assert lattice.gaps("quarter") == ("2016-Q1",)
    assert lattice.gaps("year") == ("2016", "2017")


@pytest.mark.parametrize("sensitive", [BOTH, frozenset()])
def test_bromley_is_published_whole_and_nothing_hidden_can_be_worked_out(sensitive: frozenset[str]) -> None:
    lattice = bromley(sensitive)
    protected = protect_measure(lattice, lattice.roll_up(crimes()), NHS_HES)
    assert protected.verdict.is_clean
    assert protected.verdict.measures[0].narrowest >= 3
    assert protected.masked.report.dropped == ()
    shown = {report.table: report.numbers / report.cells for report in protected.masked.report.tables}
    assert shown["borough-month"] == shown["ward-quarter"] == 1
    assert shown["ward-quarter-kind"] > 0.5


@pytest.mark.parametrize("sensitive", [BOTH, frozenset()])
def test_with_the_masking_switched_off_bromley_leaks(sensitive: frozenset[str]) -> None:
    lattice, profile = bromley(sensitive), NHS_HES.unrounded()
    plain = thresholds_only(lattice, lattice.roll_up(crimes()), profile)
    assert attack([WholeMeasure(lattice=lattice, profile=profile, masked=plain)]).exact > 0
