"""Deprivation beside the cells: summed up as the index itself is, said in words where it is not known, worked out of no count."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from fractions import Fraction
from typing import Any

import openpyxl
import polars as pl
import pytest

from hub.disclosure import TableSpec
from hub.geography import AreaTree, ContextFile, Deprivation, Population
from hub.geography.context_model import Deprived
from hub.geography.context_read import read_context
from hub.views import AreaColumn, Cell, Column, Coverage, ProtectedTable, Shown, TableRow, table_csv, table_xlsx
from hub.views.deprived import deprivation_columns, deprivation_notes
from hub.views.rendered import table_document
from tests.support.geography import bromley
from tests.support.shared import shared

IMD, CENSUS = "data/context/imd2025_london_lsoa21.csv", "data/context/census2021_age_lsoa21_london.csv"
LOOKUP = "data/geo/lsoa21_ward25_lad25_london.csv"
AVERAGE, TENTH = "imd_2025_average_score", "imd_2025_percent_in_most_deprived_tenth"


def a_file(kind: str, year: str) -> ContextFile:
    values: dict[str, Any] = {"number": 1, "file_name": "f", "source": "MHCLG", "sha256": "ab" * 32, "records": 1}
    return ContextFile(kind=kind, vintage=year, used=1, loaded_at="", **values)


@pytest.fixture(scope="module")
def tree() -> AreaTree:
    return bromley().tree


@pytest.fixture(scope="module")
def deprivation() -> Deprivation:
    found = read_context(shared(IMD).read_bytes(), file="imd2025.csv").deprivation
    return Deprivation(a_file("deprivation", "2025"), found or {})


@pytest.fixture(scope="module")
def population() -> Population:
    found = read_context(shared(CENSUS).read_bytes(), file="census.csv").population
    assert found is not None
    return Population(a_file("population", "2021"), found.bands, found.residents, found.by_band)


def by_polars(area: str) -> dict[str, tuple[float, float]]:
    """(average score weighted by residents, percent of LSOAs in decile 1) of each area, worked out by another library."""
    joined = (
        pl.read_csv(shared(LOOKUP))
        .filter(pl.col("LAD25CD") == "E09000006")
        .join(pl.read_csv(shared(IMD)), left_on="LSOA21CD", right_on="lsoa21_code", how="left")
        .join(pl.read_csv(shared(CENSUS)), left_on="LSOA21CD", right_on="geography code", how="left")
    )
    people, score = pl.col("Age: Total"), pl.col("IMD_score")
    found = joined.group_by(area).agg(
        ((score * people).sum() / people.sum()).alias("average"),
        ((pl.col("IMD_decile") == 1).sum() * 100 / pl.len()).alias("tenth"),
    )
    return {code: (average, tenth) for code, average, tenth in found.iter_rows()}


@pytest.mark.parametrize(("level", "column"), [("ward", "WD25CD"), ("borough", "LAD25CD")])
def test_wards_and_borough_have_the_summary_measures_that_another_library_works_out(
    tree: AreaTree, deprivation: Deprivation, population: Population, level: str, column: str
) -> None:
    columns = deprivation_columns(tree, level, deprivation, population)
    assert [one.id for one in columns] == [AVERAGE, TENTH]
    expected = by_polars(column)
    assert {area.code for area in tree.level(level)} == set(expected)
    for area, (average, tenth) in expected.items():
        assert float(columns[0].text(area)) == pytest.approx(average, abs=0.0051)
        assert float(columns[1].text(area)) == pytest.approx(tenth, abs=0.051)
    assert len({one.text for one in columns[0].figures.values()}) > len(expected) // 2


def test_an_lsoa_has_its_own_score_and_decile(tree: AreaTree, deprivation: Deprivation) -> None:
    score, decile = deprivation_columns(tree, "lsoa21", deprivation, None)
    assert (score.id, decile.id) == ("imd_2025_score", "imd_2025_decile")
    rows = pl.read_csv(shared(IMD)).filter(pl.col("lsoa21_code").is_in([one.code for one in tree.level("lsoa21")]))
    for code, rank, raw in rows.select("lsoa21_code", "IMD_decile", "IMD_score").iter_rows():
        assert decile.text(code) == str(int(rank))
        assert float(score.text(code)) == pytest.approx(raw, abs=0.0051)


@pytest.mark.parametrize(
    ("lacking", "said"),
    [
        ("file", ["not loaded", "not loaded"]),
        ("scores", ["not known: the file loaded has no scores", "0.0"]),
        ("population", ["not known: no population is loaded to weight by", "0.0"]),
        ("lsoa", ["not known: not every LSOA of the area is in the files loaded"] * 2),
        ("residents", ["not known: not every LSOA of the area is in the files loaded", "0.0"]),
    ],
)
def test_what_is_not_known_is_said_in_words_and_is_no_nought(lacking: str, said: list[str]) -> None:
    tree = bromley().tree
    ward = tree.level("ward")[0].code
    lsoas = [one.code for one in tree.level("lsoa21")]
    index = Deprivation(a_file("deprivation", "2025"), {one: Deprived(5, Fraction(9)) for one in lsoas})
    people: Population | None = Population(a_file("population", "2021"), (), dict.fromkeys(lsoas, 100), {})
    own = next(one for one in lsoas if tree.ancestor(one, "ward") == ward)
    if lacking == "scores":
        index = replace(index, by_lsoa={one: Deprived(5, None) for one in lsoas})
    elif lacking == "lsoa":
        index = replace(index, by_lsoa={one: known for one, known in index.by_lsoa.items() if one != own})
    elif lacking == "population":
        people = None
    elif lacking == "residents" and people is not None:
        people = replace(people, residents={one: 100 for one in lsoas if one != own})
    columns = deprivation_columns(tree, "ward", None if lacking == "file" else index, people)
    assert [one.text(ward) for one in columns] == said
    assert [one.figures[ward].known for one in columns] == [text == "0.0" for text in said]
    notes = deprivation_notes(columns)
    assert [note.code for note in notes] == (["no-deprivation"] if lacking == "file" else ["deprivation"] * 2)


# ---- through the doors -------------------------------------------------------------------------------------------------


def a_table(context: tuple[AreaColumn, ...], areas: dict[str, str]) -> ProtectedTable:
    column = Column(
        id="asb",
        measure="asb",
        dataset="council/antisocial-behaviour",
        dataset_title="ASB",
        counting_basis="reports",
        agency="c",
        agency_name="Council",
        agency_kind="local_authority",
        title="ASB",
        kind="",
        kind_title="",
        profile="nhs_hes",
        has_key=True,
        coverage=Coverage(months=("2026-01",), missing=(), located_percent=90),
    )
    cells = [Cell(Shown.STAR), Cell(Shown.WITHHELD)]
    return ProtectedTable(
        view="drivers",
        title="Drivers",
        question="Where?",
        table=TableSpec.named("ward-year"),
        dimensions=("area", "period"),
        columns=(column,),
        rows=tuple(
            TableRow(code, name, "2026", "", "", (cell,))
            for (code, name), cell in zip(areas.items(), cells, strict=True)
        ),
        cells=2,
        suppressed=2,
        gaps=(),
        notes=tuple(deprivation_notes(context)),
        snapshot=1,
        snapshot_at="2026-11-02T09:00:00.000000Z",
        tree_id="t",
        tree_name="Bromley",
        policy_hash="p" * 64,
        query="{}",
        result_hash="r" * 64,
        context=context,
    )


def test_every_form_has_the_same_figures_beside_cells_that_stay_hidden(
    tree: AreaTree, deprivation: Deprivation, population: Population
) -> None:
    areas = {one.code: one.name for one in tree.level("ward")[:2]}
    columns = deprivation_columns(tree, "ward", deprivation, population)
    table = a_table(columns, areas)
    rows = list(csv.DictReader(io.StringIO(table_csv(table), newline="")))
    assert [row["asb"] for row in rows] == ["*", "w"]
    assert [(row[AVERAGE], row[TENTH]) for row in rows] == [(*(one.text(area) for one in columns),) for area in areas]
    document = table_document(table)
    assert [one["value"] for one in document["context"][0]["areas"]] == [row[AVERAGE] for row in rows]
    assert document["provenance"]["context"] == list(table.context_files) != []
    sheet, about = openpyxl.load_workbook(io.BytesIO(table_xlsx(table))).worksheets
    header, first, _second = sheet.iter_rows(values_only=True)
    assert first[header.index(AVERAGE)] == float(rows[0][AVERAGE])
    assert any("average score" in str(row[1]) and "residents of 2021" in str(row[1]) for row in about.values)
    numbers = {text for row in rows for name, text in row.items() if text.replace(".", "").isdigit()} - {"2026", "1"}
    assert numbers <= {one.text(area) for one in columns for area in areas}  # no rate, no other figure of the two


def test_a_file_without_deprivation_says_so_in_each_row_and_is_no_number(tree: AreaTree) -> None:
    areas = {one.code: one.name for one in tree.level("ward")[:2]}
    table = a_table(deprivation_columns(tree, "ward", None, None), areas)
    rows = list(csv.DictReader(io.StringIO(table_csv(table), newline="")))
    assert {row["imd_average_score"] for row in rows} == {"not loaded"}
    assert {one["value"] for one in table_document(table)["context"][0]["areas"]} == {None}
    assert {one["absent"] for one in table_document(table)["context"][0]["areas"]} == {"not loaded"}
