"""From published cells to lines: nothing is added up that is hidden or missing, nothing is ranked that is not a number (P12)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from hub.assessment import drawing
from hub.assessment.figures import (
    TOP,
    change,
    ranking,
    ranks,
    rolling,
    rolling_lines,
    series_lines,
)
from hub.disclosure import TableSpec
from hub.views import Shown
from hub.views.model import Cell, TableRow


@dataclass(frozen=True)
class AColumn:
    id: str = "measure"
    title: str = "Crimes"
    dataset: str = "police/street-crime"
    agency: str = "police"
    kind: str = ""
    agency_name: str = "Police"
    profile: str = "nhs_hes"
    stock: bool = False


@dataclass(frozen=True)
class ATable:
    rows: tuple[TableRow, ...]
    columns: tuple[AColumn, ...] = (AColumn(), AColumn(id="other", agency="other-police"))
    result_hash: str = "ab" * 32
    across: tuple[Any, ...] = ()
    context: tuple[Any, ...] = ()
    table: TableSpec = field(default_factory=lambda: TableSpec.named("borough-month-kind"))

    @property
    def context_files(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(one for column in self.context for one in column.references))


def number(value: int) -> Cell:
    return Cell(Shown.NUMBER, value)


STAR, WITHHELD, GAP, NONE = (Cell(state, 0) for state in (Shown.STAR, Shown.WITHHELD, Shown.GAP, Shown.NONE))


def row(period: str, cell: Cell, *, kind: str = "", area: str = "X", name: str = "Ward") -> TableRow:
    values: dict[str, Any] = {
        "area": area,
        "area_name": name,
        "period": period,
        "kind": kind,
        "kind_title": kind.title(),
        "cells": (cell,),
    }
    return TableRow(**values)


def a_table(*rows: TableRow) -> Any:
    return ATable(rows)


def months(first_year: int, count: int) -> list[str]:
    return [f"{first_year + index // 12}-{index % 12 + 1:02d}" for index in range(count)]


def test_a_rolling_figure_is_the_sum_of_its_twelve_months() -> None:
    table = a_table(*(row(month, number(10 + index), kind="robbery") for index, month in enumerate(months(2023, 13))))
    assert rolling(table, 0, ["robbery", "burglary"]) == {
        "robbery": [("2023-12", sum(range(10, 22))), ("2024-01", sum(range(11, 23)))]
    }


@pytest.mark.parametrize("cell", [STAR, WITHHELD, GAP, NONE])
def test_a_window_with_a_hidden_or_missing_month_has_no_figure(cell: Cell) -> None:
    table = a_table(
        *(row(month, cell if month == "2023-06" else number(5), kind="robbery") for month in months(2023, 24))
    )
    found = dict(rolling(table, 0, ["robbery"])["robbery"])
    assert found["2023-12"] is None
    assert found["2024-05"] is None
    assert found["2024-06"] == 60


def test_a_month_without_a_row_is_a_missing_month() -> None:
    table = a_table(*(row(month, number(5), kind="robbery") for month in months(2023, 13) if month != "2023-06"))
    assert dict(rolling(table, 0, ["robbery"])["robbery"]) == {"2023-12": None, "2024-01": None}


def test_fewer_than_twelve_months_make_no_figure_and_no_line() -> None:
    table = a_table(*(row(month, number(5), kind="robbery") for month in months(2023, 11)))
    sums = rolling(table, 0, ["robbery"])
    assert sums == {"robbery": []}
    assert rolling_lines(sums, {}) == ()
    assert drawing.lines(sums, {}) == ""


def test_a_line_sets_the_newest_figure_beside_the_one_a_year_before() -> None:
    sums = {"robbery": [(month, 100 + index) for index, month in enumerate(months(2023, 13))]}
    (line,) = rolling_lines(sums, {"robbery": "Robbery"})  # type: ignore[arg-type]
    assert line.cells == ("Robbery", "January 2024", "112", "100", "+12 %")
    (short,) = rolling_lines({"robbery": [("2024-01", None)]}, {})
    assert short.cells[:2] == ("robbery", "January 2024")
    assert short.cells[2] == short.cells[3] != ""


@pytest.mark.parametrize(
    ("newest", "before", "said"),
    [
        (20, 20, "+0 %"),
        (30, 20, "+50 %"),
        (20, 30, "-33 %"),
        (201, 200, "+1 %"),
        (399, 400, "+0 %"),
        (1000, 20, "+4900 %"),
    ],
)
def test_a_change_is_whole_percent_rounded_half_up(newest: int, before: int, said: str) -> None:
    assert change(newest, before) == said


@pytest.mark.parametrize(("newest", "before"), [(None, 20), (20, None), (19, 200), (200, 19), (0, 0)])
def test_no_change_is_told_of_small_or_hidden_figures(newest: int | None, before: int | None) -> None:
    assert "%" not in change(newest, before)


def test_a_series_shows_published_cells_in_order_and_says_what_is_hidden() -> None:
    table = a_table(
        row("2023-Q2", STAR), row("2023-Q1", number(1625)), row("2023-Q3", NONE), row("2023-Q4", number(7), kind="x")
    )
    lines = series_lines(table, 0)
    assert [line.cells for line in lines] == [("January to March 2023", "1,625"), ("April to June 2023", "*")]
    assert drawing.series(table, 0).startswith("<svg")
    assert drawing.series(a_table(), 0) == ""


def test_a_ranking_holds_the_newest_year_of_numbers_ties_by_name() -> None:
    table = a_table(
        row("2022", number(99), area="A", name="Alder"),
        row("2023", number(5), area="B", name="Birch"),
        row("2023", number(9), area="C", name="Cedar"),
        row("2023", number(5), area="A", name="Alder"),
        row("2023", WITHHELD, area="D", name="Dogwood"),
        row("2024", STAR, area="A", name="Alder"),
    )
    year, areas = ranking(table, 0, "")
    assert (year, [one.area_name for one in areas]) == ("2023", ["Cedar", "Alder", "Birch"])
    assert ranking(table, 0, "robbery") == ("", ())
    assert drawing.bars(areas, 0).startswith("<svg")
    assert drawing.bars((), 0) == ""


def test_areas_with_equal_figures_share_a_rank() -> None:
    table = a_table(
        *(row("2023", number(value), area=f"A{value}{index}", name="W") for index, value in enumerate((9, 5, 5, 3)))
    )
    assert ranks(ranking(table, 0, "")[1], 0) == ("1", "2=", "2=", "4")


def test_a_kind_without_any_figure_is_not_named_in_the_drawing() -> None:
    sums = {"robbery": [("2024-01", 120)], "firearms": [("2024-01", None)]}
    drawn = drawing.lines(sums, {"robbery": "Robbery", "firearms": "Firearms"})  # type: ignore[arg-type]
    assert "Robbery" in drawn
    assert "Firearms" not in drawn


def test_a_ranking_is_no_longer_than_a_page_can_hold() -> None:
    table = a_table(
        *(row("2023", number(10 + index), area=f"A{index}", name=f"Ward {index:02d}") for index in range(20))
    )
    assert len(ranking(table, 0, "")[1]) == TOP


def test_the_same_figures_are_drawn_as_the_same_bytes_and_others_as_others() -> None:
    def drawn(first: int) -> str:
        sums: dict[str, list[tuple[str, int | None]]] = {"robbery": [("2023-12", first), ("2024-01", None)]}
        return drawing.lines(sums, {"robbery": "Robbery"})

    assert drawn(120) == drawn(120)
    assert drawn(120) != drawn(125)
