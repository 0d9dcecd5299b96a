"""Wide tables through the whole house: only the newest edition counts, its months are those of its columns, and a truncated
one is a gap.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from hub.disclosure import TableSpec
from hub.kit.clock import FrozenClock
from hub.snapshots import Snapshot
from hub.views import Catalogue, coverage_line, table_csv
from hub.views.declared import DeclaredColumn, View
from tests.support.databases import a_database
from tests.support.geography import bromley
from tests.support.schemas import csv_of, schema_of
from tests.support.schemas_samples import samples
from tests.support.shared import shared
from tests.support.snapshots import AHub, an_analyst, texts
from tests.support.views import the_catalogue

LSOAS, WARDS, MET = "police/lsoa-counts", "police/ward-counts", "met-police"
COUNCIL, BOROUGH = an_analyst("bromley-council"), "E09000006"
REAL = "data/police/mps_lsoa/bromley-lsoa-202402-202602.csv"

AGREEMENT = """
agreement: published-tables
version: 1
title: Published tables
gateway: public_domain
purposes: [svd.identify_kinds]
lawful_basis: Open Government Licence v3.0
starts_on: 2020-01-01
expires_on: 2035-12-31
parties:
  - {agency: bromley-council, role: recipient, lead: true}
  - {agency: met-police, role: controller}
  - {agency: hub-operator, role: processor}
datasets:
  - dataset: police/lsoa-counts
    supplier: met-police
    data_class: public
    profile: open
    fields: count
    combine_with: [police/ward-counts]
  - dataset: police/ward-counts
    supplier: met-police
    data_class: public
    profile: open
    fields: count
    combine_with: [police/lsoa-counts]
lawyer: {must_confirm: [], as_of: 2026-04-07}
"""


def a_view(catalogue: Catalogue) -> Catalogue:
    """The shipped catalogue with one view more."""
    tables = ("borough-month", "borough-quarter", "ward-quarter", "ward-year", "borough-month-kind", "lsoa21-year")
    view = View(
        id="tables",
        title="Tables",
        question="What is published?",
        columns=tuple(DeclaredColumn(dataset=dataset, side="police") for dataset in (LSOAS, WARDS)),
        tables=tuple(TableSpec.named(name) for name in tables),
    )
    return replace(catalogue, views={"tables": view})


def an_edition(folder: Path, last: int, each: str) -> Path:
    """A small table of the ten months up to `last` of 2025, of all wards, every count the same."""
    months = [f"2025{month:02d}" for month in range(last - 9, last + 1)]
    wards = bromley().tree.level("ward")
    row = {name: samples()[WARDS].row[name] for name in schema_of(WARDS).column_names}
    rows = [row | {"WardCode": ward.code, "WardName": ward.name} | dict.fromkeys(months, each) for ward in wards]
    path = folder / f"edition-{last}.csv"
    path.write_bytes(csv_of(rows))
    return path


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AHub]:
    folder = tmp_path_factory.mktemp("series")
    made = AHub(a_database(folder), FrozenClock(), folder)
    made.views = made.views_of(catalogue=a_view(the_catalogue()))
    made.load_areas(shared("data/geo/bromley_lsoa21.geojson"), shared("data/geo/lsoa21_ward25_lad25_london.csv"))
    made.agree(AGREEMENT)
    made.submit(MET, LSOAS, "2026-02", shared(REAL))
    made.submit(MET, WARDS, "2025-11", an_edition(folder, 11, "5"))
    made.submit(MET, WARDS, "2025-10", an_edition(folder, 10, "9"))
    made.build()
    yield made
    made.database.close()


def the_snapshot(hub: AHub) -> Snapshot:
    with hub.database.reading() as reading:
        found = hub.snapshots.current(reading)
    assert found is not None
    return found


def test_a_snapshot_holds_the_newest_edition_alone(hub: AHub) -> None:
    assert [(one.dataset, one.period) for one in the_snapshot(hub).inputs] == [(LSOAS, "2026-02"), (WARDS, "2025-11")]


def test_the_months_counted_are_those_of_the_columns_but_the_truncated_one(hub: AHub) -> None:
    with shared(REAL).open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    expected = Counter[tuple[str, str, str]]()
    for row in rows:
        for name, value in row.items():
            if name.isdigit() and name != "202402":
                expected[BOROUGH, f"{name[:4]}-{name[4:]}", ""] += int(value)
    shown = {key: text for key, text in texts(hub.table(COUNCIL, "tables", by="borough,month")).items() if text}
    assert shown == {key: str(number) for key, number in expected.items()}
    by_quarter = hub.table(COUNCIL, "tables", by="borough,quarter")
    gaps = {gap.period: gap.missing for gap in by_quarter.gaps if gap.column.startswith(LSOAS)}
    assert gaps["2024-Q1"] == ("2024-01", "2024-02")


def test_wards_are_counted_by_their_codes_and_have_no_finer_table(hub: AHub) -> None:
    by_ward = hub.table(COUNCIL, "tables", by="ward,quarter")
    wards = {key: text for key, text in texts(by_ward, 1).items() if text not in ("", "gap")}
    assert set(wards.values()) == {"15"}  # three months of 5
    assert {area for area, _, _ in wards} == {area.code for area in bromley().tree.level("ward")}
    assert {period for _, period, _ in wards} == {"2025-Q2", "2025-Q3"}  # 2025-02 to 2025-11
    by_lsoa = hub.table(COUNCIL, "tables", by="lsoa21,year")
    assert [column.id.split(":")[0] for column in by_lsoa.columns] == [LSOAS]
    assert table_csv(by_ward)


def test_the_coverage_line_says_that_the_rows_hold_counts(hub: AHub) -> None:
    table = hub.table(COUNCIL, "tables", by="borough,month")
    (lsoas, wards) = (coverage_line(column, tree="Bromley") for column in table.columns)
    assert "24 of 24 months from March 2024 to February 2026" in lsoas
    assert "hold counts, 1,100 in all; 1,100 counted" in wards  # 22 wards x 10 months x 5
