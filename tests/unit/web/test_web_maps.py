"""Maps: classes, hatching, labels, and the table beside them; what is hidden is never coloured."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace

import pytest

from hub.disclosure import TableSpec
from hub.geography import Area, AreaTree, Outline
from hub.kit.charts import MarkKind, contrast
from hub.kit.maps import CLASS_COLOURS, Line, Place, choropleth, class_of, class_words, classes_of
from hub.views import Cell, Gap, Shown
from hub.web.pages.view_figures import slice_of
from hub.web.pages.view_map import map_of
from hub.web.pages.views import view_page
from tests.support.web import a_frame, a_renderer
from tests.unit.web import test_web_views as pages

SQUARE = ((0, 0), (10, 0), (10, 10), (0, 10), (0, 0))


def places(*values: int | MarkKind) -> list[Place]:
    found = []
    for at, value in enumerate(values):
        ring = tuple((x + 10 * at, y) for x, y in SQUARE)
        kind = value if isinstance(value, MarkKind) else MarkKind.NUMBER
        number = 0 if isinstance(value, MarkKind) else value
        found.append(Place((ring,), (5 + 10 * at, 5), kind, number, str(at + 1)))
    return found


def drawn(*values: int | MarkKind, **more: object) -> str:
    return str(choropleth(places(*values), ident="m", title="A & B", description="Of <two>", **more))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("values", "classes"),
    [
        (range(1, 11), ((1, 2), (3, 4), (5, 6), (7, 8), (9, 10))),
        ([5, 5, 5, 5], ((5, 5),)),
        ([0, 0, 0, 10, 20], ((0, 0), (10, 10), (20, 20))),
        ([7], ((7, 7),)),
        ([], ()),
    ],
)
def test_classes_hold_about_as_many_places_each_and_equal_figures_together(values, classes):
    assert classes_of(list(values)) == classes
    assert all(classes[class_of(value, classes)][0] <= value for value in values)


def test_there_are_never_more_than_five_classes_and_none_overlaps():
    for count in range(1, 60):
        classes = classes_of([value * value % 37 for value in range(count)])
        assert len(classes) <= 5
        assert all(low[1] < high[0] for low, high in itertools.pairwise(classes))


def test_shades_grow_darker_step_by_step_so_that_grey_tells_them_apart():
    steps = [contrast("#ffffff", colour) for colour in CLASS_COLOURS]
    assert all(lighter * 1.3 < darker for lighter, darker in itertools.pairwise(steps))


def test_a_hidden_or_missing_place_is_hatched_and_never_coloured():
    svg = drawn(10, 20, MarkKind.STAR, MarkKind.WITHHELD, MarkKind.GAP)
    fills = re.findall(r'<path d="[^"]*" fill="([^"]*)" fill-rule="evenodd"[^>]*data-mark="(\w+)"', svg)
    assert [kind for _, kind in fills] == ["number", "number", "star", "withheld", "gap"]
    assert [fill for fill, _ in fills[2:]] == ["url(#m-star)", "url(#m-withheld)", "url(#m-gap)"]
    assert all(fill in CLASS_COLOURS for fill, _ in fills[:2])
    assert "small, hidden (1)" in svg
    assert "no figure (1)" in svg
    assert "small, hidden" not in drawn(10, 20)


def test_a_map_names_itself_and_asks_nothing_of_anybody():
    svg = drawn(10, MarkKind.STAR)
    assert '<title id="m-title">A &amp; B</title><desc id="m-desc">Of &lt;two&gt;</desc>' in svg
    assert 'role="img" aria-labelledby="m-title m-desc"' in svg
    assert not re.search(r"(href|style|url\((?!#))=?", svg)
    assert re.findall(r">(\d)</text>", svg) == ["1", "2"]


def test_north_is_up_and_borders_lie_over_the_places():
    svg = drawn(10, 20, borders=[Line((SQUARE,), (5, 5), "9")])
    assert svg.index('stroke-width="2"') > svg.index('fill-rule="evenodd"')
    assert ">9</text>" in svg
    first = re.search(r'd="M([\d.]+) ([\d.]+)', svg)
    assert first is not None
    assert float(first[2]) > 8  # the southern corner stands below the northern edge


def test_a_map_of_nothing_cannot_be_drawn():
    with pytest.raises(ValueError, match="at least one"):
        choropleth([], ident="m", title="", description="")


def test_a_class_of_one_value_is_said_as_that_value():
    assert class_words((5, 5)) == "5"
    assert class_words((1000, 2500)) == "1,000 to 2,500"


# ---- on the page ------------------------------------------------------------------------------------------------------

TREE = AreaTree(
    "tree",
    "Ravensbourne",
    (
        Area("B1", "Ravensbourne", "borough"),
        Area("W1", "Alder", "ward", "B1"),
        Area("W2", "Bridge", "ward", "B1"),
        *(Area(f"L{at:02d}", f"Small {at:02d}", "lsoa21", "W1" if at < 30 else "W2") for at in range(60)),
    ),
)


def outlines(level: str) -> tuple[Outline, ...]:
    return tuple(
        Outline(area.code, (tuple((x + 10 * at, y) for x, y in SQUARE),), (5 + 10 * at, 5))
        for at, area in enumerate(TREE.level(level))
    )


def by_ward():
    rows = [
        ("W1", "2024", "", pages.a_number(10)),
        ("W1", "2025", "", pages.a_number(15)),
        ("W2", "2025", "", Cell(Shown.STAR)),
    ]
    return pages.a_table("ward-year", rows, gaps=[Gap(pages.a_column().id, "2026", ("2026-12",))])


def test_the_map_shows_the_newest_period_that_has_cells_and_the_table_beside_it_the_same():
    figure, table = map_of(slice_of(by_ward(), 0), TREE, outlines("ward"), outlines("borough"), "map-0")
    assert figure.title == "Map: Recorded crimes, Ravensbourne Police"
    assert figure.subtitle.startswith("2025. Counted: crimes. Shades hold about as many places each")
    assert "2 places, 1 with a figure, 1 hidden, 0 without one" in figure.chart
    assert [[cell.text for cell in row] for row in table.rows] == [
        ["Alder", "1", "15", "15"],
        ["Bridge", "2", "*", "hatched"],
    ]
    assert table.rows[1][2].spoken == "small count, hidden"


def test_places_too_many_to_number_bear_the_numbers_of_their_wards():
    rows = [(area.code, "2025", "", Cell(Shown.NUMBER, 5)) for area in TREE.level("lsoa21")]
    table = replace(pages.a_table("ward-year", []), table=TableSpec.named("lsoa21-year"))
    table = replace(table, rows=tuple(pages.TableRow(c, TREE.area(c).name, p, k, "", (v,)) for c, p, k, v in rows))
    figure, beside = map_of(slice_of(table, 0), TREE, outlines("lsoa21"), outlines("ward"), "map-0")
    assert re.findall(r">(\d+)</text>", figure.chart) == ["1", "2"]
    assert {row[1].text for row in beside.rows[:30]} == {"1"}


def test_no_map_is_drawn_of_one_place_of_several_kinds_or_of_no_cell():
    one = pages.a_table("ward-year", [("W1", "2025", "", pages.a_number(15))])
    kinds = pages.a_table("ward-quarter-kind", [("W1", "2025-Q1", kind, pages.a_number(9)) for kind in pages.KINDS])
    none = pages.a_table("ward-year", [])
    for table in (one, kinds, none):
        assert map_of(slice_of(table, 0), TREE, outlines("ward"), outlines("borough"), "m") is None


def test_the_page_of_one_measure_below_the_borough_opens_with_its_map():
    page = view_page(pages.an_offer(), by_ward(), pages.asked(by="ward,year"), tree=TREE, draw=outlines)
    assert page.blocks[0].ident == "map-0"
    html = a_renderer().html("view.html", a_frame("Violence by place"), page=page)
    assert html.index("hub-map") < html.index('id="map-0-places"')
    whole = pages.a_table("borough-month", [("B1", month, "", pages.a_number(9)) for month in pages.MONTHS])
    assert "hub-map" not in str(view_page(pages.an_offer(), whole, pages.asked(), tree=TREE, draw=outlines).blocks)


def test_several_measures_are_not_mapped_and_the_page_says_how_to_get_a_map():
    columns = (pages.a_column(), pages.a_column("call-outs"))
    table = pages.a_table("ward-year", [("W1", "2025", "", pages.a_number(9), pages.a_number(9))], columns=columns)
    page = view_page(pages.an_offer(), table, pages.asked(by="ward,year"), tree=TREE, draw=outlines)
    assert page.description == "Choose one measure and, where there are kinds, one kind to see a map."
    assert not any(block.ident.startswith("map") for block in page.blocks)
