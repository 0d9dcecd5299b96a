from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from hub.disclosure import TableSpec
from hub.geography.model import Area, AreaTree
from hub.views import Cell, Column, Coverage, Gap, Note, Offer, ProtectedTable, Shown, TableOffer, TableRow, by_of
from hub.views.across import compare
from hub.views.comparison import Across
from hub.views.model import AreaColumn, AreaFigure
from hub.web.dates import at_level, brief_period, short_period, spoken_period
from hub.web.pages.view_figures import figure_of, kinds_across, side_by_side, slice_of
from hub.web.pages.view_filters import asked_of, selects_of, table_words
from hub.web.pages.views import view_page
from tests.support.web import a_frame, a_renderer

STAR, WITHHELD, NONE = Cell(Shown.STAR), Cell(Shown.WITHHELD), Cell(Shown.NONE)
TREE = AreaTree(
    "tree",
    "Ravensbourne",
    (
        Area("B1", "Ravensbourne", "borough"),
        Area("W1", "Alder", "ward", "B1"),
        Area("W2", "Bridge", "ward", "B1"),
        Area("L1", "Alder 001A", "lsoa21", "W1"),
        Area("L2", "Bridge 001A", "lsoa21", "W2"),
    ),
)
MONTHS = tuple(f"2025-{month:02d}" for month in range(1, 13))
SPECS = [TableSpec.named(name) for name in ("borough-month", "ward-quarter-kind", "ward-year", "lsoa21-year")]
KINDS = {"robbery": "Robbery", "violence": "Violence"}


def a_number(value):
    return Cell(Shown.NUMBER, value)


def a_column(name="crimes", **changes):
    values = {
        "id": f"police/street-crime:{name}",
        "measure": f"police/street-crime:{name}",
        "dataset": "police/street-crime",
        "dataset_title": "Street-level crime",
        "counting_basis": name,
        "agency": "police",
        "agency_name": "Ravensbourne Police",
        "agency_kind": "chief_officer_police",
        "title": f"Recorded {name}",
        "kind": "",
        "kind_title": "",
        "profile": "nhs_hes",
        "has_key": True,
        "coverage": Coverage(months=MONTHS, missing=(), located_percent=97, counts=None),
    }
    return Column(**(values | changes))


def a_table(spec, rows, *, columns=None, gaps=(), notes=()):
    columns = columns or (a_column(),)
    return ProtectedTable(
        view="violence-by-place",
        title="Violence by place",
        question="Where?",
        table=TableSpec.named(spec),
        dimensions=("area", "period"),
        columns=columns,
        rows=tuple(
            TableRow(area, TREE.area(area).name, period, kind, KINDS.get(kind, ""), tuple(cells))
            for area, period, kind, *cells in rows
        ),
        gaps=tuple(gaps),
        notes=tuple(notes),
        snapshot=4,
        snapshot_at="2026-11-02T09:00:00.000000Z",
        tree_id="tree",
        tree_name="Ravensbourne",
        policy_hash="p" * 64,
        query="{}",
        result_hash="r" * 64,
        cells=0,
        suppressed=0,
    )


def an_offer():
    column = a_column()
    return Offer(
        view="violence-by-place",
        title="Violence by place",
        question="Where?",
        snapshot=4,
        tree=TREE,
        tables=tuple(
            TableOffer(
                table=spec,
                by=by_of(spec),
                columns=(column.id,),
                kinds=KINDS if spec.with_kind else {},
            )
            for spec in SPECS
        ),
        columns=(column,),
        kinds=KINDS,
        months=MONTHS,
        notes=(),
    )


def asked(**parameters):
    return asked_of(an_offer(), TREE, {name.rstrip("_"): value for name, value in parameters.items()})


# ---- the address ----------------------------------------------------------------------------------------------------


def test_an_address_without_filters_asks_for_everything_of_the_first_table():
    assert (asked().by, asked().where) == ("borough,month", "")


def test_filters_in_the_address_become_the_question():
    question = asked(by="ward,quarter,kind", area="W1", from_="2025-Q1", to="2025-Q3", kind="robbery", measure="m")
    assert question.where == "area=W1;period=2025-Q1..2025-Q3;kind=robbery;measure=m"


@pytest.mark.parametrize(
    ("by", "first", "last", "where"),
    [
        ("ward,year", "2025-02", "2025-11", "period=2025..2025"),
        ("ward,quarter,kind", "2025-02", "2025-11", "period=2025-Q1..2025-Q4"),
        ("borough,month", "2025-Q2", "2025-Q3", "period=2025-04..2025-09"),
        ("borough,month", "2025-09", "2025-04", "period=2025-04..2025-09"),
        ("borough,month", "", "2025-04", "period=2025-01..2025-04"),
        ("borough,month", "rubbish", "", ""),
        ("borough,month", "", "", ""),
    ],
)
def test_periods_are_carried_over_to_the_level_of_the_chosen_table(by, first, last, where):
    assert asked(by=by, from_=first, to=last).where == where


def test_a_place_finer_than_the_table_and_a_kind_the_table_lacks_are_left_out():
    assert asked(by="borough,month", area="W1", kind="robbery").where == ""
    assert asked(by="lsoa21,year", area="W1").where == "area=W1"


def test_a_kind_of_another_family_is_left_out_and_an_unknown_one_handed_on():
    offer = replace(an_offer(), kinds=KINDS | {"when:1-18": "Monday, 18:00 to 20:59"})
    by = {"by": "ward,quarter,kind"}
    assert asked_of(offer, TREE, by | {"kind": "when:1-18"}).where == ""
    assert asked_of(offer, TREE, by | {"kind": "fraud"}).where == "kind=fraud"


def test_a_table_is_named_by_its_levels_and_its_family():
    assert table_words(TableSpec.named("ward-year")) == "By ward and year"
    assert table_words(TableSpec.named("ward-year-kind")) == "By ward and year, with kinds"
    assert (
        table_words(TableSpec.named("ward-year-when"), "Hour of the week") == "By ward and year, with hour of the week"
    )
    assert table_words(TableSpec.named("ward-year-when")) == "By ward and year, with when"


def test_a_place_that_does_not_exist_is_handed_on_for_the_views_room_to_judge():
    assert asked(area="W9").where == "area=W9"


def test_the_selects_show_what_was_asked():
    question = asked(by="ward,quarter,kind", area="W2", from_="2025-Q2", to="2025-Q2", kind="violence")
    chosen = {
        field.name: next((choice.value for choice in field.choices if choice.selected), "")
        for field in selects_of(an_offer(), TREE, question)
    }
    assert chosen == {
        "by": "ward,quarter,kind",
        "area": "W2",
        "from": "2025-Q2",
        "to": "2025-Q2",
        "kind": "violence",
    }


def test_a_long_table_opens_with_its_newest_period_and_says_so(monkeypatch):
    monkeypatch.setattr("hub.web.pages.view_filters.MANY_ROWS", 7)
    assert asked(by="ward,quarter,kind").where == "period=2025-Q4..2025-Q4"
    assert asked(by="ward,quarter,kind", from_="", to="").where == ""


def test_a_long_table_never_opens_with_a_period_that_lacks_a_month(monkeypatch):
    monkeypatch.setattr("hub.web.pages.view_filters.MANY_ROWS", 7)
    offer = replace(an_offer(), months=MONTHS[:-1])
    assert asked_of(offer, TREE, {"by": "ward,quarter,kind"}).where == "period=2025-Q3..2025-Q3"
    assert asked_of(replace(offer, months=MONTHS[:2]), TREE, {"by": "ward,quarter,kind"}).where == ""


def test_the_download_asks_the_same_question():
    question = asked(by="ward,year", area="W1")
    assert question.query_string == "by=ward%2Cyear&where=area%3DW1"


# ---- charts and tables ------------------------------------------------------------------------------------------------


def test_one_place_over_months_is_drawn_as_lines_with_its_gap():
    rows = [("B1", month, "", a_number(100 + index)) for index, month in enumerate(MONTHS) if month != "2025-05"]
    rows[2] = ("B1", "2025-03", "", STAR)
    gap = Gap(a_column().id, "2025-05", ("2025-05",))
    figure, notes = figure_of(slice_of(a_table("borough-month", rows, gaps=[gap]), 0), "c")
    assert "polyline" in figure.chart
    assert 'data-mark="star"' in figure.chart
    assert {kind for kind, _ in figure.key} == {"star", "gap"}
    assert "10 values are shown, 1 are hidden, 1 are missing" in figure.chart
    assert notes == ()


def test_places_in_one_year_are_drawn_as_bars_in_the_order_of_their_names():
    rows = [("W2", "2025", "", a_number(900)), ("W1", "2025", "", WITHHELD)]
    figure, notes = figure_of(slice_of(a_table("ward-year", rows), 0), "c")
    labels = [text.text for text in ET.fromstring(figure.chart).iter("{http://www.w3.org/2000/svg}text")]
    assert labels.index("Alder") < labels.index("Bridge")
    assert notes == ()


def test_places_over_several_periods_show_the_newest_and_say_so():
    rows = [(ward, f"2025-Q{quarter}", "", a_number(10)) for quarter in (1, 2, 3) for ward in ("W1", "W2")]
    figure, notes = figure_of(slice_of(a_table("ward-quarter", rows), 0), "c")
    assert "July to September 2025" in figure.subtitle
    assert "July to September 2025" in notes[0]


def test_where_no_chart_would_be_readable_the_page_says_what_to_choose():
    rows = [(ward, "2025-Q1", kind, a_number(10)) for ward in ("W1", "W2") for kind in KINDS]
    figure, notes = figure_of(slice_of(a_table("ward-quarter-kind", rows), 0), "c")
    assert figure is None
    assert notes == ("Choose one place or one kind to see a chart of this measure.",)


def test_the_kinds_drawn_are_chosen_by_what_is_shown_never_by_what_is_hidden():
    kinds = [f"k{index}" for index in range(8)]
    rows = [
        ("B1", month, kind, WITHHELD if index == 0 else a_number(index))
        for month in MONTHS
        for index, kind in enumerate(kinds)
    ]
    figure, notes = figure_of(slice_of(a_table("borough-month-kind", rows), 0), "c")
    assert "withheld" not in {kind for kind, _ in figure.key}
    assert notes == ("The chart draws the 6 largest of 8; the table holds all.",)


def test_measures_stand_side_by_side_and_a_missing_period_is_a_named_row():
    columns = (a_column(), a_column("call-outs", agency="ambulance", agency_name="Ambulance"))
    rows = [("B1", "2025-01", "", a_number(1240), STAR), ("B1", "2025-03", "", WITHHELD, NONE)]
    gaps = [Gap(columns[0].id, "2025-02", ("2025-02",)), Gap(columns[1].id, "2025-02", ("2025-02",))]
    table = a_table("borough-month", rows, columns=columns, gaps=gaps)
    parts = [slice_of(table, place) for place in range(2)]
    shown = side_by_side(table, parts)
    assert [[cell.text for cell in row] for row in shown.rows] == [
        ["Jan 2025", "1,240", "*"],
        ["Feb 2025", "no data", "no data"],
        ["Mar 2025", "w", "-"],
    ]
    assert shown.columns[1].text == "Recorded crimes, Ravensbourne Police"


def test_kinds_stand_across_with_a_row_for_each_place_and_period():
    rows = [
        ("W1", "2025-Q1", "robbery", STAR),
        ("W1", "2025-Q1", "violence", a_number(40)),
        ("W2", "2025-Q1", "violence", a_number(0)),
    ]
    shown = kinds_across(slice_of(a_table("ward-quarter-kind", rows), 0), "t")
    assert [column.text for column in shown.columns] == ["Place", "Period", "Robbery", "Violence"]
    assert [[cell.text for cell in row] for row in shown.rows] == [
        ["Alder", "Jan to Mar 2025", "*", "40"],
        ["Bridge", "Jan to Mar 2025", "-", "0"],
    ]


def test_a_period_without_any_figure_is_one_row_and_periods_sort_as_they_follow():
    rows = [("W1", "2025-Q2", "robbery", STAR), ("W2", "2025-Q2", "robbery", a_number(40))]
    gap = Gap(a_column().id, "2025-Q1", ("2025-01",))
    shown = kinds_across(slice_of(a_table("ward-quarter-kind", rows, gaps=[gap]), 0), "t")
    assert [[cell.text for cell in row] for row in shown.rows] == [
        ["all places", "Jan to Mar 2025", "no data"],
        ["Alder", "Apr to Jun 2025", "*"],
        ["Bridge", "Apr to Jun 2025", "40"],
    ]
    assert [row[1].order for row in shown.rows] == ["2025-Q1", "2025-Q2", "2025-Q2"]


def test_two_measures_are_set_against_each_other_and_what_has_no_figure_says_why():
    columns = (a_column(), a_column("call-outs", agency_name="Ambulance", dataset="ambulance/callouts"))
    rows = [
        ("W1", "2024", "", a_number(40), a_number(20)),
        ("W2", "2024", "", a_number(30), a_number(10)),
        ("W1", "2025", "", a_number(20), STAR),
    ]
    table = a_table("ward-year", rows, columns=columns)
    sides = {columns[0].dataset: "police", columns[1].dataset: "health"}
    across = compare(Across("police", "health", 1), sides, columns, table.rows)
    page = view_page(an_offer(), replace(table, across=across), asked(by="ward,year"), tree=TREE)
    block = page.blocks[-1]
    assert block.heading == "Recorded crimes, Ravensbourne Police, compared with Recorded call-outs, Ambulance"
    assert block.notes == (
        "2024: of 2 places with both figures, 1 stand out by the first measure and 1 by the second; 1 by both: Alder."
        " Overlap (shared among either): 1.00.",
    )
    assert [[cell.text for cell in row[2:]] for row in block.table.rows] == [
        ["2.00", "1.73 to 2.33", "1 of 2", "1 of 2", "same"],
        ["3.00", "2.33 to 4.00", "2 of 2", "2 of 2", "same"],
        ["not shown", "-", "not shown", "not shown", "not shown"],
    ]
    assert block.table.rows[2][2].spoken == "not both figures are shown"
    html = a_renderer().html("view.html", a_frame("Police and health"), page=page)
    assert "Rounding leaves" in html


def test_the_view_of_coverage_says_what_a_reader_may_know_of_the_data():
    names = ("rows", "counted", "inside", "edge", "near", "outside", "unlocated", "repeats", "other_months")
    counts = dict.fromkeys(names, 0) | {"counted": 1234, "outside": 5}
    opened = Coverage(months=MONTHS[:2], missing=("2025-03",), located_percent=8, counts=counts)
    columns = (
        a_column(),
        a_column("stops", profile="open", coverage=opened),
        a_column("call-outs", coverage=Coverage(months=MONTHS[:1], missing=(), located_percent=None)),
        a_column("cases", coverage=Coverage(months=MONTHS[:1], missing=(), located_percent=0)),
    )
    table = a_table("borough-month", [("B1", "2025-01", "", *[STAR] * 4)], columns=columns)
    page = view_page(replace(an_offer(), view="coverage"), table, asked(), tree=TREE)
    assert page.blocks[0].heading == "What the data hold"
    shown = [[cell.text for cell in row[2:]] for row in page.blocks[0].table.rows]
    hidden = ["not shown"] * 5
    assert shown == [
        ["12 of 12, January 2025 to December 2025", "none", "at least 97 %", *hidden],
        ["2 of 2, January 2025 to February 2025", "March 2025", "8 %", "1,234", "5", "0", "0", "0"],
        ["1 of 1, January 2025 to January 2025", "none", "not shown", *hidden],
        ["1 of 1, January 2025 to January 2025", "none", "less than 10 %", *hidden],
    ]


def test_the_page_holds_coverage_legend_download_and_provenance():
    notes = [
        Note("no-side", "No health submission is in snapshot 4."),
        Note("profile-nhs_hes", "1 to 7 are hidden as *."),
    ]
    table = a_table("ward-year", [("W1", "2025", "", STAR), ("W2", "2025", "", a_number(20))], notes=notes)
    page = view_page(an_offer(), table, asked(by="ward,year"), tree=TREE)
    html = a_renderer().html("view.html", a_frame("Violence by place"), page=page)
    assert "Recorded crimes, Ravensbourne Police: 12 of 12 months" in html
    assert "No health submission is in snapshot 4." in page.coverage
    assert ("", "1 to 7 are hidden as *.") in page.legend
    assert "r" * 64 in html
    assert "p" * 64 in html
    assert "/views/violence-by-place/table.csv?by=ward%2Cyear" in html


# ---- dates ------------------------------------------------------------------------------------------------------------


def test_periods_are_written_for_people():
    assert spoken_period("2026-10") == "October 2026"
    assert spoken_period("2026-Q4") == "October to December 2026"
    assert spoken_period("2026") == "2026"
    assert [brief_period(period) for period in ("2026-10", "2026-Q4")] == ["October 2026", "Oct to Dec 2026"]
    assert [short_period(period) for period in ("2026-10", "2026-Q4", "2026")] == [
        "Oct 2026",
        "Oct to Dec 2026",
        "2026",
    ]


def test_a_period_finds_its_place_in_another_level():
    assert at_level("2026-Q2", "month", last=True) == "2026-06"
    assert at_level("2026", "quarter", last=False) == "2026-Q1"
    assert at_level("", "month", last=False) == ""


# ---- public figures of the places --------------------------------------------------------------------------------------


def with_deprivation(table):
    figures = {"W1": AreaFigure("21.50", known=True), "W2": AreaFigure("not loaded", known=False)}
    title = "Index of Multiple Deprivation 2025, average score"
    column = AreaColumn(
        id="imd_2025_average_score",
        title=title,
        edition="2025",
        source="MHCLG",
        about="How it is made.",
        references=("deprivation@1 (2025, abab)",),
        figures=figures,
    )
    return replace(table, context=(column,))


def test_deprivation_is_a_column_beside_the_measures_and_a_hidden_cell_stays_hidden():
    table = with_deprivation(a_table("ward-year", [("W1", "2025", "", STAR), ("W2", "2025", "", a_number(20))]))
    shown = side_by_side(table, [slice_of(table, 0)])
    assert [column.text for column in shown.columns][-1] == "Index of Multiple Deprivation 2025, average score"
    assert [[cell.text for cell in row] for row in shown.rows] == [
        ["Alder", "2025", "*", "21.50"],
        ["Bridge", "2025", "20", "not loaded"],
    ]


def test_where_kinds_stand_in_columns_deprivation_has_a_table_of_its_own():
    table = with_deprivation(a_table("ward-quarter-kind", [("W1", "2025-Q1", "robbery", a_number(10))]))
    page = view_page(an_offer(), table, asked(by="ward,quarter,kind"), tree=TREE)
    (block,) = [one for one in page.blocks if one.ident == "context"]
    assert [[cell.text for cell in row] for row in block.table.rows] == [["Alder", "21.50"]]
    assert any("deprivation@1" in fact.text for fact in page.provenance.facts)
