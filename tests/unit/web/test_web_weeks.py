"""The week of a measure: a grid with days across, hidden hours hatched, and the table of the same cells."""

from __future__ import annotations

import re
from dataclasses import replace

from hub.disclosure import TableSpec
from hub.views import Gap, TableRow
from hub.web.pages.view_figures import slice_of
from hub.web.pages.view_week import week_of
from hub.web.pages.views import view_page
from tests.support.web import a_frame, a_renderer
from tests.unit.web import test_web_views as pages

TITLES = {
    "when:1-00": "Monday, 00:00 to 02:59",
    "when:1-18": "Monday, 18:00 to 20:59",
    "when:7-00": "Sunday, 00:00 to 02:59",
    "when:7-18": "Sunday, 18:00 to 20:59",
    "when:not-stated": "Not stated",
}


def by_hour(cells, *, gaps=()):
    table = pages.a_table("borough-month", [], gaps=gaps)
    rows = tuple(
        TableRow(area, pages.TREE.area(area).name, period, kind, TITLES[kind], (cell,))
        for area, period, kind, cell in cells
    )
    return replace(table, table=TableSpec.named("borough-month-when"), rows=rows)


def a_week():
    return by_hour(
        [
            ("B1", "2025-01", "when:1-00", pages.a_number(1)),
            ("B1", "2025-02", "when:1-00", pages.a_number(1240)),
            ("B1", "2025-02", "when:1-18", pages.STAR),
            ("B1", "2025-02", "when:7-00", pages.WITHHELD),
            ("B1", "2025-02", "when:7-18", pages.a_number(10)),
            ("B1", "2025-02", "when:not-stated", pages.a_number(5)),
        ],
        gaps=[Gap(pages.a_column().id, "2025-03", ("2025-03",))],
    )


def test_the_grid_shows_the_newest_period_with_days_across_and_hides_what_is_hidden():
    figure, _ = week_of(slice_of(a_week(), 0), "cells-0")
    assert figure.subtitle == "Ravensbourne, February 2025. Counted: crimes"
    marks = re.findall(r'fill="([^"]+)" stroke="#6f7477" data-mark="(\w+)"', figure.chart)
    assert [kind for _, kind in marks] == ["number", "withheld", "star", "number"]
    assert [fill for fill, kind in marks if kind != "number"] == ["url(#cells-0-withheld)", "url(#cells-0-star)"]
    assert re.findall(r">(Mon|Sun|Not)</text>", figure.chart) == ["Mon", "Sun"]
    assert ">1,240</text>" in figure.chart
    assert "4 bands of hours from Monday to Sunday, 2 with a figure, 2 hidden or missing" in figure.chart


def test_the_table_has_a_row_for_each_band_and_a_gap_says_no_data():
    _, table = week_of(slice_of(a_week(), 0), "cells-0")
    assert [column.text for column in table.columns] == ["Period", "Hours", "Monday", "Sunday", "Not stated"]
    assert [[cell.text for cell in row] for row in table.rows] == [
        ["Jan 2025", "00:00 to 02:59", "1", "-", "-"],
        ["Jan 2025", "18:00 to 20:59", "-", "-", "-"],
        ["Jan 2025", "no hour stated", "-", "-", "-"],
        ["Feb 2025", "00:00 to 02:59", "1,240", "w", "-"],
        ["Feb 2025", "18:00 to 20:59", "*", "10", "-"],
        ["Feb 2025", "no hour stated", "-", "-", "5"],
        ["Mar 2025", "00:00 to 02:59", "no data", "no data", "no data"],
        ["Mar 2025", "18:00 to 20:59", "no data", "no data", "no data"],
        ["Mar 2025", "no hour stated", "no data", "no data", "no data"],
    ]


def test_several_places_have_a_table_and_no_grid():
    week = by_hour([(area, "2025-01", "when:1-00", pages.a_number(9)) for area in ("W1", "W2")])
    figure, table = week_of(slice_of(week, 0), "cells-0")
    assert figure is None
    assert [[cell.text for cell in row] for row in table.rows] == [
        ["Alder", "Jan 2025", "00:00 to 02:59", "9"],
        ["Bridge", "Jan 2025", "00:00 to 02:59", "9"],
    ]


def test_the_page_shows_the_week_of_each_measure():
    page = view_page(pages.an_offer(), a_week(), pages.asked(), tree=pages.TREE)
    html = a_renderer().html("view.html", a_frame("When"), page=page)
    assert "The week: Recorded crimes, Ravensbourne Police" in html
    assert html.index("data-mark=") < html.index("18:00 to 20:59</td>")
