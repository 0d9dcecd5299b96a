"""Figures made of published cells and residents, each worked out again here by hand: rates, shares, hours, gradient, limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from hub.assessment import drawing, of_both, of_people, of_place, of_time
from hub.assessment.build import indicators
from hub.assessment.figures import all_periods, decimal_text, percent_text, rate, together, whole, windows
from hub.assessment.gaps import unheld
from hub.assessment.matter import Ground, Matter
from hub.assessment.model import Indicator, Make
from hub.assessment.xmr import limits, signals
from hub.definitions import Definitions
from hub.disclosure import TableSpec
from hub.geography import Area, AreaTree, ContextFile, Deprivation, Population
from hub.geography.context_model import Band, Deprived
from hub.schemas import SchemaRegistry
from hub.views.across import compare
from hub.views.comparison import Across
from hub.views.deprived import deprivation_columns
from hub.views.model import Cell, TableRow
from tests.unit.assessment.test_assessment_figures import GAP, STAR, WITHHELD, AColumn, ATable, months, number

WARDS = tuple(f"W{place}" for place in range(1, 11))
"""Ten wards of one LSOA each, from the most to the least deprived; ward n has 1000 n residents."""


def a_tree() -> AreaTree:
    lsoas = [Area(f"L{ward}", ward, "lsoa21", ward) for ward in WARDS]
    wards = [Area(ward, f"Ward {ward}", "ward", "B") for ward in WARDS]
    return AreaTree("0" * 12, "Town", (Area("B", "Town", "borough"), *wards, *lsoas))


def a_file(kind: str, year: str) -> ContextFile:
    return ContextFile(
        number=1,
        kind=kind,
        file_name="f",
        vintage=year,
        source="S",
        sha256="ab" * 32,
        records=10,
        used=10,
        loaded_at="",
    )


def a_ground() -> Ground:
    residents = {f"L{ward}": 1_000 * place for place, ward in enumerate(WARDS, start=1)}
    bands = (
        Band(0, 9),
        Band(10, 14),
        Band(15, 19),
        Band(20, 24),
        Band(25, 34),
        Band(35, 49),
        Band(50, 64),
        Band(65, None),
    )
    by_band = {lsoa: (number // 10,) * 7 + (number * 3 // 10,) for lsoa, number in residents.items()}
    return Ground(
        tree=a_tree(),
        population=Population(a_file("population", "2021"), bands, residents, by_band),
        deprivation=Deprivation(
            a_file("deprivation", "2025"),
            {f"L{ward}": Deprived(place, Fraction(60 - 5 * place)) for place, ward in enumerate(WARDS, start=1)},
        ),
    )


def row(period: str, cell: Cell, *, kind: str = "", area: str = "B") -> TableRow:
    return TableRow(area, f"Ward {area}", period, kind, kind.title(), (cell,))


def a_matter(spec: str, *rows: TableRow, others: Mapping[str, Any] | None = None, **said: Any) -> Matter:
    table: Any = ATable(tuple(rows), (AColumn(kind=""),), table=TableSpec.named(spec))
    indicator = Indicator(
        **{"id": "T2", "chapter": "when", "make": Make.SHARE, "view": "v", "by": spec, "dataset": "d", **said}
    )
    return Matter(
        indicator=indicator,
        table=table,
        column=table.columns[0],
        position=0,
        definition=Definitions.from_folder().get("ravensbourne"),
        ground=a_ground(),
        ask=lambda view, by: (others or {}).get(f"{view} {by}"),
    )


def a_whole(*rows: TableRow) -> Any:
    return ATable(tuple(rows), (AColumn(kind=""),), table=TableSpec.named("borough-year"))


# ---- windows and rates -------------------------------------------------------------------------------------------------


def test_four_published_quarters_are_a_rolling_year() -> None:
    cells = {"2024-Q4": 9, "2025-Q1": 10, "2025-Q2": 20, "2025-Q3": 30, "2025-Q4": 40}
    assert windows(cells) == [("2025-Q3", 9 + 10 + 20 + 30), ("2025-Q4", 100)]
    assert windows({**cells, "2025-Q2": None}) == [("2025-Q3", None), ("2025-Q4", None)]
    missing = {key: value for key, value in cells.items() if key != "2025-Q2"}
    assert windows(missing) == [("2025-Q3", None), ("2025-Q4", None)]
    assert windows({}) == []
    assert windows({"2024": 7, "2026": 8}) == [("2024", 7), ("2025", None), ("2026", 8)]


def test_periods_follow_each_other_over_the_turn_of_the_year() -> None:
    assert all_periods("2024-Q3", "2025-Q2") == ["2024-Q3", "2024-Q4", "2025-Q1", "2025-Q2"]
    assert all_periods("2024-11", "2025-02") == ["2024-11", "2024-12", "2025-01", "2025-02"]
    assert all_periods("2024", "2026") == ["2024", "2025", "2026"]


def test_two_boroughs_have_a_figure_only_where_both_are_published() -> None:
    table: Any = ATable(
        (row("2025", number(5)), row("2025", number(7), area="C"), row("2024", number(5)), row("2024", STAR, area="C"))
    )
    assert whole(table, 0, "") == {"2024": None, "2025": 12}
    alone: Any = ATable((row("2025", number(5)), row("2024", number(5)), row("2025", number(1), area="C")))
    assert whole(alone, 0, "") == {"2024": None, "2025": 6}


def test_kinds_are_taken_together_only_where_each_has_a_figure() -> None:
    sums = {"a": [("2025-01", 10), ("2025-02", None)], "b": [("2025-01", 5), ("2025-02", 6)]}
    assert together(sums) == [("2025-01", 15), ("2025-02", None)]


@pytest.mark.parametrize(
    ("events", "residents", "per", "said"),
    [(48, 400, 1000, "120.0"), (20, 3000, 1000, "6.7"), (25, 1000, 1000, "25.0"), (20, 330_000, 100_000, "6.1")],
)
def test_a_rate_is_events_for_so_many_residents(events: int, residents: int, per: int, said: str) -> None:
    assert rate(events, residents, per) == said


@pytest.mark.parametrize(("events", "residents"), [(None, 400), (19, 400), (48, None), (48, 0)])
def test_no_rate_on_a_small_base_or_without_residents(events: int | None, residents: int | None) -> None:
    assert rate(events, residents, 1000) == "no figure"


def test_numbers_are_rounded_half_up() -> None:
    assert [decimal_text(Fraction(one), 2) for one in ("0.125", "1.115", "2", "1234.5")] == [
        "0.13",
        "1.12",
        "2.00",
        "1,234.50",
    ]
    assert decimal_text(Fraction("2.5"), 0) == "3"
    assert (percent_text(1, 3), percent_text(1, 200), percent_text(0, 7)) == ("33 %", "1 %", "0 %")


def test_rates_are_of_residents_of_the_ages_asked_for() -> None:
    rows = [row(month, number(100), kind="robbery") for month in months(2025, 12)]
    (drawn,) = of_time.rates(a_matter("borough-month-kind", *rows, kinds=("robbery",), ages=(0, 19), make=Make.RATE))
    young = sum(
        3 * (1_000 * place // 10) for place in range(1, 11)
    )  # three of the bands, a tenth of the residents each
    assert drawn.lines[0].cells == ("Robbery", "December 2025", "1,200", f"{1_200_000 / young:.1f}")
    assert drawn.notes[0] == "16,500 residents aged 0 to 19 (2021)."
    assert young == 16_500
    without = a_matter("borough-month-kind", *rows, kinds=("robbery",), ages=(0, 17), make=Make.RATE)
    assert list(of_time.rates(without)) == []  # no band ends at 17: nothing is estimated
    nobody = replace(without, ground=Ground(tree=a_tree()), indicator=replace(without.indicator, ages=None))
    assert list(of_time.rates(nobody)) == []


# ---- hours -------------------------------------------------------------------------------------------------------------

NIGHT = ("when:5-18", "when:5-21", "when:6-00", "when:6-03", "when:6-18", "when:6-21", "when:7-00", "when:7-03")


def bands(year: str, value: int, *, hidden: str = "") -> list[TableRow]:
    names = [f"when:{day}-{hour:02d}" for day in range(1, 8) for hour in range(0, 24, 3)]
    return [row(year, STAR if name == hidden else number(value), kind=name) for name in names]


def test_the_night_time_share_is_eight_bands_of_the_whole() -> None:
    whole_year = a_whole(row("2025", number(7 * 8 * 10)))
    matter = a_matter(
        "borough-year-when", *bands("2025", 10), others={"t b": whole_year}, kinds=NIGHT, total="t b", make=Make.SHARE
    )
    (drawn,) = of_time.share(matter)
    assert [line.cells for line in drawn.lines] == [("2025", "80", "560", "14 %")]  # 24 of 168 hours, evenly spread
    assert drawn.further == (whole_year,)


@pytest.mark.parametrize("hidden", ["when:6-00", ""])
def test_a_share_with_a_hidden_cell_or_a_hidden_whole_has_no_figure(hidden: str) -> None:
    total = a_whole(row("2025", number(560) if hidden else WITHHELD))
    matter = a_matter(
        "borough-year-when",
        *bands("2025", 10, hidden=hidden),
        others={"t b": total},
        kinds=NIGHT,
        total="t b",
    )
    (drawn,) = of_time.share(matter)
    assert drawn.lines[0].cells[3] == "no figure"


def test_a_share_on_a_small_whole_or_of_a_table_not_open_to_the_reader_is_not_shown() -> None:
    small = a_matter(
        "borough-year-when",
        *bands("2025", 0),
        others={"t b": a_whole(row("2025", number(19)))},
        kinds=NIGHT,
        total="t b",
    )
    (drawn,) = of_time.share(small)
    assert drawn.lines[0].cells[3] == "no figure"
    assert list(of_time.share(replace(small, ask=lambda _view, _by: None))) == []


def test_hours_of_the_week_stand_as_published_newest_period_alone() -> None:
    rows = [
        *bands("2024", 1),
        *bands("2025", 12, hidden="when:3-09"),
        row("2025", number(4), kind="when:not-stated"),
    ]
    (drawn,) = of_time.heat(a_matter("borough-year-when", *rows, make=Make.HEAT))
    assert drawn.head == ("Weekday", *(f"From {hour:02d}:00" for hour in range(0, 24, 3)))
    assert [line.cells[0] for line in drawn.lines][0::6] == ["Monday", "Sunday"]
    assert drawn.lines[2].cells[1:5] == ("12", "12", "12", "*")
    assert drawn.notes == ("Numbers of 2025.", "Without a time: 4.")
    assert list(of_time.heat(a_matter("borough-year-when", make=Make.HEAT))) == []


# ---- limits ------------------------------------------------------------------------------------------------------------


def test_months_stand_beside_their_limits_and_a_month_outside_is_named() -> None:
    values = [20, 22] * 8 + [60]
    rows = [row(month, number(value), kind="robbery") for month, value in zip(months(2024, 17), values, strict=True)]
    rows[3] = row("2024-04", STAR, kind="robbery")
    matter = a_matter("borough-month-kind", *rows, kinds=("robbery",), make=Make.XMR)
    (drawn,) = of_time.limits_of(matter)
    assert drawn.lines[3].cells == ("April 2024", "Hidden or missing", "no figure")
    assert drawn.lines[16].cells == ("May 2025", "Above the upper limit", "60")
    shown = [value for place, value in enumerate(values) if place != 3]
    ranges = [2] * 2 + [2] * 11 + [38]  # the two steps at the hidden month are no ranges
    mean, spread = sum(shown) / len(shown), sum(ranges) / len(ranges)
    assert drawn.notes[0] == (
        f"Mean {mean:.1f}, lower limit {mean - 2.66 * spread:.1f}, upper limit {mean + 2.66 * spread:.1f},"
        " from 16 published months with 14 moving ranges."
    )
    assert drawn.notes[1] == "Outside the limits: May 2025."
    assert drawn.chart.count('data-mark="signal"') == 1 + 12  # it draws the mean up: all months after the gap lie below
    assert drawn.chart.count('data-mark="rule"') == 3
    assert drawn.chart.count("<polyline") == 2  # the line breaks at the hidden month


def test_too_few_months_have_a_series_and_no_limits() -> None:
    rows = [row(month, number(20), kind="robbery") for month in months(2025, 11)]
    (drawn,) = of_time.limits_of(a_matter("borough-month-kind", *rows, kinds=("robbery", "arson"), make=Make.XMR))
    assert drawn.notes == ("No limits: they need at least 12 published months, and 8 pairs of neighbours among them.",)
    assert 'data-mark="rule"' not in drawn.chart
    assert len(drawn.lines) == 11


def test_nothing_is_drawn_of_nothing() -> None:
    assert drawing.control(["2025-01"], [None], None, [None], seed="x") == ""
    found = limits([5] * 12)
    assert found is not None
    drawn = drawing.control(months(2025, 12), [5] * 12, found, signals([5] * 12, found), seed="x")
    assert "lower limit" in drawn


# ---- places ------------------------------------------------------------------------------------------------------------


def test_the_gradient_is_the_rate_of_each_fifth_of_the_wards() -> None:
    """Two wards a fifth; ward n has n thousand residents and 1,100 - 100 n events."""
    rows = [row("2025", number(1_100 - 100 * place), area=ward) for place, ward in enumerate(WARDS, start=1)]
    (drawn,) = of_place.gradient(a_matter("ward-year", *rows, make=Make.GRADIENT))
    expected = []
    for first in range(1, 11, 2):
        residents = 1_000 * (first + first + 1)
        events = (1_100 - 100 * first) + (1_100 - 100 * (first + 1))
        expected.append((f"{residents:,}", f"{events:,}", f"{events * 1_000 / residents:.1f}"))
    assert [line.cells[2:] for line in drawn.lines] == expected
    assert (
        drawn.notes[0]
        == f"The rate in the most deprived fifth is {(1900 / 3000) / (300 / 19000):.1f} times that in the least deprived."
    )
    assert len(drawn.context) == 2


@pytest.mark.parametrize("cell", [STAR, WITHHELD, GAP])
def test_a_fifth_with_a_hidden_ward_has_no_figure(cell: Cell) -> None:
    rows = [row("2025", number(100), area=ward) for ward in WARDS[1:]]
    (drawn,) = of_place.gradient(a_matter("ward-year", row("2025", cell, area="W1"), *rows, make=Make.GRADIENT))
    assert drawn.lines[0].cells[3:] == ("no figure", "no figure")
    assert drawn.lines[1].cells[3] == "200"
    assert drawn.notes[0].startswith("The most and the least deprived fifth cannot be compared")


def test_no_gradient_without_residents_scores_or_five_wards() -> None:
    matter = a_matter("ward-year", *(row("2025", number(50), area=ward) for ward in WARDS), make=Make.GRADIENT)
    ground = matter.ground
    assert ground.population is not None
    assert ground.deprivation is not None
    unknown = replace(ground.deprivation, by_lsoa={"LW1": Deprived(1, None)})
    for lacking in (Ground(tree=ground.tree), replace(ground, deprivation=unknown)):
        assert list(of_place.gradient(replace(matter, ground=lacking))) == []
    four = AreaTree("1" * 12, "Town", tuple(area for area in ground.tree.areas if area.code[-2:] in ("B", "W1", "W2")))
    assert of_place.fifths_of_wards(replace(ground, tree=four), ground.population, ground.deprivation) == ()


def test_wards_stand_by_their_deprivation_with_their_counts_as_published() -> None:
    rows = [row("2025", number(50), area="W3"), row("2025", STAR, area="W1"), row("2024", number(9), area="W2")]
    matter = a_matter("ward-year", *rows, make=Make.DEPRIVED)
    ground = matter.ground
    columns = deprivation_columns(ground.tree, "ward", ground.deprivation, ground.population)
    table: Any = replace(matter.table, context=columns)  # type: ignore[type-var]
    (drawn,) = of_place.beside_deprivation(replace(matter, table=table))
    assert [line.cells for line in drawn.lines] == [
        ("Ward W1", "55.00", "100.0", "*"),
        ("Ward W3", "45.00", "0.0", "50"),
    ]
    assert drawn.head[1].startswith("Index of Multiple Deprivation 2025, average score")
    assert drawn.kind == matter.column.title  # the council alone has three drivers by ward
    assert [one.partition("@")[0] for one in drawn.context] == ["deprivation", "population"]
    none: Any = replace(table, context=deprivation_columns(ground.tree, "ward", None, ground.population))
    assert list(of_place.beside_deprivation(replace(matter, table=none))) == []


# ---- across agencies ---------------------------------------------------------------------------------------------------


def beside(spec: str, *rows: tuple[str, str, Cell, Cell]) -> Matter:
    """A table of a police and a health column, compared as the views room compares them."""
    police, health = AColumn(id="p", dataset="police/x"), AColumn(id="h", dataset="health/x", agency="hospital")
    found = tuple(TableRow(area, f"Ward {area}", period, "", "", (mine, other)) for area, period, mine, other in rows)
    sides = {"police/x": "police", "health/x": "health"}
    columns: Any = (police, health)
    across = compare(Across("police", "health", 2), sides, columns, found)
    table: Any = ATable(found, columns, table=TableSpec.named(spec), across=across)
    matter = a_matter(spec, beside="police/x", dataset="health/x", make=Make.RATIO)
    return replace(matter, table=table, column=columns[1], position=1)


def test_a_ratio_stands_where_both_numbers_are_published() -> None:
    (drawn,) = of_both.ratios(
        beside(
            "borough-quarter",
            ("B", "2025-Q1", number(300), number(40)),
            ("B", "2025-Q2", number(310), STAR),
            ("B", "2025-Q3", WITHHELD, number(50)),
            ("B", "2025-Q4", number(100), number(400)),
        )
    )
    assert [line.cells[:2] for line in drawn.lines] == [
        ("January to March 2025", "7.50"),
        ("October to December 2025", "0.25"),
    ]
    assert drawn.kind == "Police"


def test_hotspots_of_health_alone_are_named() -> None:
    """The two highest wards of four: A and B by the police, B and C by health: one of three wards is in both."""
    rows = [("A", 90, 1), ("B", 80, 70), ("C", 20, 60), ("D", 10, 9)]
    matter = beside("ward-year", *((area, "2025", number(mine), number(other)) for area, mine, other in rows))
    (drawn,) = of_both.overlaps(matter)
    assert [line.cells for line in drawn.lines] == [("2025", "Ward B", "4", "0.33")]
    assert drawn.notes[1] == "In 2025 among the most by health and not by the police: Ward C."
    hidden = beside("ward-year", *((area, "2025", STAR, number(other)) for area, _, other in rows))
    (nothing,) = of_both.overlaps(hidden)
    assert nothing.lines == ()
    assert list(of_both.overlaps(replace(matter, indicator=replace(matter.indicator, beside="fire/x")))) == []


# ---- stocks, remainders, years -----------------------------------------------------------------------------------------


def test_a_stock_stands_month_by_month_and_is_never_added_up() -> None:
    rows = [row(month, number(30), kind="HIGH") for month in months(2025, 2)]
    matter = a_matter("borough-month-kind", *rows, kinds=("HIGH",), make=Make.SERIES)
    (drawn,) = of_time.series(replace(matter, column=replace(matter.column, stock=True)))
    assert [line.cells for line in drawn.lines] == [("January 2025", "30"), ("February 2025", "30")]
    assert "never added up" in drawn.notes[0]


def test_a_share_can_be_of_what_is_left() -> None:
    matter = a_matter(
        "borough-year-outcome",
        row("2025", number(600), kind="outcome:nothing"),
        others={"t b": a_whole(row("2025", number(800)))},
        kinds=("outcome:nothing",),
        total="t b",
        rest=True,
    )
    (drawn,) = of_time.share(matter)
    assert drawn.lines[0].cells == ("2025", "200", "800", "25 %")


def test_a_bare_yes_is_said_in_words() -> None:
    rows = [row(period, number(50), kind="knife:Y") for period in ("2024", "2025")]
    matter = a_matter("borough-year-knife", *rows, kinds=("knife:Y",), make=Make.ROLLING_12, id="K3")
    (drawn,) = of_time.rolling_years(matter)
    assert drawn.lines[0].cells[0] == "With a knife or sharp instrument"
    (other,) = of_time.rolling_years(replace(matter, indicator=replace(matter.indicator, id="T2")))
    assert other.lines[0].cells[0] == "Knife:Y"


def test_three_years_are_a_figure_only_where_each_is() -> None:
    cells = {"2022": 5, "2023": 6, "2024": 7, "2025": None}
    assert windows(cells, years=3) == [("2024", 18), ("2025", None)]
    assert windows({"2025": 4}, years=3) == []


def test_kinds_that_overlap_are_not_taken_together() -> None:
    rows = [row(period, number(50), kind=kind) for kind in ("a", "b") for period in ("2024", "2025")]
    matter = a_matter("borough-year-kind", *rows, kinds=("a", "b"), make=Make.ROLLING_12)
    (summed,) = of_time.rolling_years(matter)
    assert summed.lines[-1].cells == ("All of these together", "2025", "100", "100", "+0 %")
    (apart,) = of_time.rolling_years(replace(matter, indicator=replace(matter.indicator, apart=True)))
    assert len(apart.lines) == 2


# ---- people ------------------------------------------------------------------------------------------------------------


def test_residents_by_age_add_up_to_all_of_them() -> None:
    figures = dict(of_people.people(a_ground()))
    assert list(figures) == ["C1", "C2"]
    ages = figures["C1"].lines
    assert ages[0].cells == ("0 to 9", "5,500", "10 %")
    assert ages[-2].cells == ("65 and over", "16,500", "30 %")
    assert ages[-1].cells == ("All ages", "55,000", "100 %")
    assert sum(int(line.cells[1].replace(",", "")) for line in ages[:-1]) == 55_000


def test_deprivation_is_shown_by_national_fifth_with_its_weighted_score() -> None:
    fifths = dict(of_people.people(a_ground()))["C2"]
    assert [line.cells[1:] for line in fifths.lines] == [("2", "20 %")] * 5
    weighted = sum((60 - 5 * place) * place for place in range(1, 11)) / sum(range(1, 11))
    assert fifths.notes[1].startswith(f"Mean score of the index of deprivation, weighted by residents: {weighted:.1f}.")
    assert list(of_people.people(Ground(tree=a_tree()))) == []


# ---- success measures --------------------------------------------------------------------------------------------------


def test_the_success_measures_stand_on_what_the_extracts_hold_and_the_rest_is_a_named_gap() -> None:
    """No indicator asks for what no agreed field carries; what is missing says why and who holds it."""
    schemas = SchemaRegistry.from_folder()
    success = {one.id: one for one in indicators() if one.chapter == "success"}
    assert list(success) == ["M1", "M1R", "M1Y", "M1YR", "M1A", "M1AR", "M2", "M3"]
    admissions = {code.code for code in schemas.get("health/admissions").kinds}
    for identity in ("M1", "M1R", "M1Y", "M1YR", "M1A", "M1AR"):
        assert set(success[identity].kinds) <= admissions
    assert success["M1YR"].ages == (0, 24)
    crimes = schemas.get("police/recorded-crime")
    assert not [name for name in crimes.names if {"age", "birth", "victim"} & set(name.split("_"))]  # so nobody's age
    said = {line.split(" ")[0]: line for line in unheld()}
    assert "nothing of people" in said["M2Y"]
    assert "nothing of people" in said["M3Y"]
    assert "too few to be shown" in said["M3K"]
    assert all(said[identity].endswith("held by the police.") for identity in ("M2Y", "M3Y", "M3K"))


def test_assault_by_a_sharp_object_stands_year_by_year_and_a_hidden_year_has_no_figure() -> None:
    rows = [row("2024", number(15), kind="X99"), row("2025", number(10), kind="X99")]
    hidden = [row("2024", STAR, kind="X99-under-25"), row("2025", STAR, kind="X99-under-25")]
    said = {"make": Make.ROLLING_12, "dataset": "health/admissions"}
    (drawn,) = of_time.rolling_years(a_matter("borough-year-kind", *rows, *hidden, kinds=("X99",), **said))
    assert [line.cells[2:] for line in drawn.lines] == [("10", "15", "not shown")]
    (drawn,) = of_time.rolling_years(a_matter("borough-year-kind", *rows, *hidden, kinds=("X99-under-25",), **said))
    assert [line.cells[2:] for line in drawn.lines] == [("no figure", "no figure", "not shown")]
    (drawn,) = of_time.rolling_years(a_matter("borough-year-kind", kinds=("X99",), **said))
    assert drawn.lines == ()  # not sent at all: the gaps name it
