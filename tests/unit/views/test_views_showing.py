"""A protected table put together: cells, gaps, columns side by side, and the one rendering of it."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import replace

import pytest

from hub.disclosure import CellKey, TableSpec
from hub.geography import AreaTree
from hub.kit.errors import Invalid
from hub.views import Cell, Coverage, Measure, Note, ProtectedTable, Query, Shown, ask, table_csv, table_document
from hub.views.notes import about, coverage_line
from hub.views.rendered import result_hash
from hub.views.showing import Source, columns_of, gaps_of, months_between, put_together, spec_for
from hub.views.workbook import table_xlsx
from tests.support.geography import index_of, square_lsoa, write_squares
from tests.support.hostile import inert_csv, inert_workbook
from tests.support.views import a_measure, the_catalogue

BOROUGH, WEST, EAST = "X09000001", "X05000001", "X05000002"
VIEW = the_catalogue().view("violence-by-place")
BESIDE = the_catalogue().view("police-and-health")


def number(value: int) -> Cell:
    return Cell(Shown.NUMBER, value)


STAR, WITHHELD = Cell(Shown.STAR), Cell(Shown.WITHHELD)
BY_QUARTER = {
    CellKey(WEST, "2026-Q1", "burglary"): number(10),
    CellKey(WEST, "2026-Q1", "violent-crime"): STAR,
    CellKey(EAST, "2026-Q1", "burglary"): WITHHELD,
    CellKey(EAST, "2026-Q1", "violent-crime"): number(0),
}


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> AreaTree:
    return index_of(*write_squares(tmp_path_factory.mktemp("squares"))).tree


def shown(
    query: Query,
    tree: AreaTree,
    measures: list[Measure],
    cells: Mapping[tuple[str, str], Mapping[CellKey, Cell]],
    *,
    beside: bool = False,
) -> ProtectedTable:
    view = BESIDE if beside else VIEW
    sources = [
        Source(column, measure, spec if (spec := spec_for(declared, query.table)) in measure.tables else None)
        for declared, measure, column in columns_of(view, measures)
    ]
    body = put_together(query, sources, tree, lambda measure, spec: cells.get((measure.id, spec.name), {}))
    return ProtectedTable(
        view=view.id,
        title=view.title,
        question=view.question,
        table=query.table,
        dimensions=("area", "period", "kind"),
        columns=body.columns,
        rows=body.rows,
        cells=body.cells,
        suppressed=body.suppressed,
        gaps=body.gaps,
        notes=(),
        snapshot=3,
        snapshot_at="2026-11-02T09:00:00.000000Z",
        tree_id=tree.id,
        tree_name=tree.name,
        policy_hash="0" * 64,
        query="{}",
        result_hash=result_hash(body.columns, body.rows, body.gaps),
    )


def quarters(tree: AreaTree, where: str = "", **changes: object) -> ProtectedTable:
    measure = a_measure(**changes)
    query = ask(VIEW, by="ward,quarter,kind", where=where)
    return shown(query, tree, [measure], {(measure.id, "ward-quarter-kind"): BY_QUARTER})


def test_rows_stand_by_period_area_and_kind_with_their_names(tree: AreaTree) -> None:
    table = quarters(tree)
    assert [(row.period, row.area_name, row.kind_title, row.cells[0].text) for row in table.rows] == [
        ("2026-Q1", "Ward 0", "Burglary", "10"),
        ("2026-Q1", "Ward 0", "Violence and sexual offences", "*"),
        ("2026-Q1", "Ward 1", "Burglary", "w"),
        ("2026-Q1", "Ward 1", "Violence and sexual offences", "0"),
    ]
    assert (table.cells, table.suppressed) == (4, 2)


def test_filters_choose_whole_cells_and_change_none(tree: AreaTree) -> None:
    assert [row.cells[0].text for row in quarters(tree, f"area={EAST}").rows] == ["w", "0"]
    assert [row.cells[0].text for row in quarters(tree, f"area={BOROUGH};kind=burglary").rows] == ["10", "w"]
    assert quarters(tree, "period=2026-Q2").rows == ()
    with pytest.raises(Invalid) as caught:
        quarters(tree, "area=E05013994")
    assert caught.value.code == "unknown-area"
    with pytest.raises(Invalid):
        quarters(tree, f"area={square_lsoa(0, 0)}")


def test_a_period_that_lacks_a_month_is_a_named_gap_and_not_a_cell(tree: AreaTree) -> None:
    coverage = Coverage(
        months=("2026-01", "2026-02", "2026-04", "2026-05", "2026-06"), missing=("2026-03",), located_percent=97
    )
    assert gaps_of(coverage, "month") == {"2026-03": ("2026-03",)}
    assert gaps_of(coverage, "quarter") == {"2026-Q1": ("2026-03",)}
    assert gaps_of(coverage, "year") == {"2026": ("2026-03", *months_between("2026-07", "2026-12"))}
    table = quarters(tree, coverage=coverage, kinds={})
    assert [(gap.period, gap.missing) for gap in table.gaps] == [("2026-Q1", ("2026-03",))]


def test_gaps_are_in_the_file_too(tree: AreaTree) -> None:
    coverage = Coverage(months=("2026-01", "2026-03"), missing=("2026-02",), located_percent=97)
    measure = a_measure(coverage=coverage)
    cells = {
        CellKey(BOROUGH, "2026-01", ""): number(100),
        CellKey(BOROUGH, "2026-03", ""): number(90),
    }
    table = shown(ask(VIEW, by="month"), tree, [measure], {(measure.id, "borough-month"): cells})
    rows = list(csv.DictReader(io.StringIO(table_csv(table))))
    assert [(row["area_code"], row["period"], row[measure.id]) for row in rows] == [
        (BOROUGH, "2026-01", "100"),
        (BOROUGH, "2026-03", "90"),
        ("", "2026-02", "gap"),
    ]


def test_measures_stand_side_by_side_and_one_without_the_month_says_gap(tree: AreaTree) -> None:
    police = a_measure()
    health = a_measure(
        number=2,
        id="health/istv-assaults:attendances@trust",
        dataset="health/istv-assaults",
        agency="trust",
        profile="nhs_hes",
        kinds={"A05": "Knife"},
        coverage=Coverage(months=("2026-02", "2026-03", "2026-04"), missing=(), located_percent=80),
    )
    violence = {**BY_QUARTER, CellKey(BOROUGH, "2026-Q1", "violent-crime"): number(50)}
    table = shown(
        ask(BESIDE, by="quarter", where=f"area={BOROUGH}"),
        tree,
        [health, police],
        {(police.id, "borough-quarter-kind"): {CellKey(BOROUGH, "2026-Q1", "violent-crime"): number(50), **violence}},
        beside=True,
    )
    assert [column.id for column in table.columns] == [f"{police.id}#violent-crime", health.id]
    assert [[cell.text for cell in row.cells] for row in table.rows] == [["50", "gap"]]
    assert [column.profile for column in table.columns] == ["open", "nhs_hes"]


def test_a_dropped_table_leaves_an_empty_column(tree: AreaTree) -> None:
    kept = tuple(one for one in a_measure().tables if one != TableSpec.named("ward-quarter-kind"))
    table = quarters(tree, tables=kept, dropped={"ward-quarter-kind": "not-protected"})
    assert (table.rows, len(table.columns)) == ((), 1)


def test_the_hash_is_of_cells_and_not_of_words(tree: AreaTree) -> None:
    table = quarters(tree)
    assert quarters(tree, title="Other words").result_hash == table.result_hash
    assert quarters(tree, f"area={BOROUGH}").result_hash == table.result_hash
    assert quarters(tree, f"area={EAST}").result_hash != table.result_hash


def test_texts_are_inert_in_a_csv_file_and_as_they_are_in_a_workbook(tree: AreaTree) -> None:
    kinds = {"burglary": "=cmd()", "violent-crime": " @SUM(1)"}
    table = quarters(tree, kinds=kinds)
    hostile = replace(
        table,
        title="=1+1",
        question="+1",
        tree_name="_x003D_1",
        columns=tuple(replace(column, id="@a", title="-2+3", agency_name="=1+1") for column in table.columns),
        rows=tuple(row._replace(area_name="\ufeff=1+1") for row in table.rows),
        notes=(Note("explained", "=1+1", table.columns[0].id, "2026-02"),),
    )
    header, *lines = inert_csv(table_csv(hostile).encode())
    assert (header[5], header[-1]) == ("'@a", "explained")
    assert {(line[1], line[4], line[-1]) for line in lines} == {
        ("'\ufeff=1+1", "'=cmd()", "'=1+1"),
        ("'\ufeff=1+1", "' @SUM(1)", "'=1+1"),
    }
    (header, *lines), about = inert_workbook(table_xlsx(hostile)).values()
    assert header[5] == "@a"
    assert {(line[1], line[4], line[-1]) for line in lines} == {
        ("\ufeff=1+1", "=cmd()", "=1+1"),
        ("\ufeff=1+1", " @SUM(1)", "=1+1"),
    }
    assert about[0] == ["=1+1", "+1"]
    assert any("_x003D_1" in str(line[1]) for line in about)


def test_file_and_document_hold_the_same_cells(tree: AreaTree) -> None:
    table = quarters(tree)
    document = table_document(table)
    rows = list(csv.DictReader(io.StringIO(table_csv(table))))
    column = table.columns[0].id
    words = {"star": "*", "withheld": "w"}
    said = [
        str(cell["value"]) if cell["state"] == "number" else words[cell["state"]]
        for row in document["rows"]
        for cell in row["cells"]
    ]
    assert said == [row[column] for row in rows]
    assert {row["result_hash"] for row in rows} == {document["provenance"]["result_hash"]}
    assert not any("value" in cell for row in document["rows"] for cell in row["cells"] if cell["state"] != "number")


def test_coverage_names_what_is_missing_and_counts_only_what_is_open(tree: AreaTree) -> None:
    coverage = Coverage(months=("2026-01", "2026-03"), missing=("2026-02",), located_percent=97, counts=None)
    (column,) = quarters(tree, coverage=coverage, profile="nhs_hes").columns
    line = coverage_line(column, agency="Metropolitan Police", tree=tree.name)
    assert "2 of 3 months" in line
    assert "missing: February 2026" in line
    assert "at least 97 %" in line
    assert "records kept" not in line
    figures = ("rows", "counted", "inside", "edge", "near", "outside", "unlocated", "other_months", "repeats")
    counts = dict.fromkeys(figures, 1_234)
    (column,) = quarters(
        tree, coverage=Coverage(months=("2026-01",), missing=(), located_percent=1, counts=counts)
    ).columns
    assert "1,234 records kept" in coverage_line(column, agency="a", tree="b")


def test_of_few_records_and_of_little_the_located_share_says_nothing_exact(tree: AreaTree) -> None:
    for percent, words in (
        (None, "is not shown, for the records are few"),
        (0, "less than 10 %"),
        (90, "at least 90 %"),
    ):
        coverage = Coverage(months=("2026-01",), missing=(), located_percent=percent)
        (column,) = quarters(tree, coverage=coverage, profile="nhs_hes").columns
        assert words in coverage_line(column, agency="a", tree="b")


def test_notes_say_what_the_signs_mean_under_each_profile(tree: AreaTree) -> None:
    (column,) = quarters(tree, profile="nhs_hes").columns
    codes = [note.code for note in about([column], by_ward=True)]
    assert codes == ["profile-nhs_hes", "sensitive-zero", "repeated-key", "best-fit"]
    (column,) = quarters(tree, has_key=False).columns
    assert [note.code for note in about([column], by_ward=False)] == ["profile-open"]
