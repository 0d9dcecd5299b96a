import re
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest

from hub.kit.charts import (
    AXIS,
    GRID,
    MAX_SERIES,
    PALETTE,
    PAPER,
    TEXT,
    Mark,
    MarkKind,
    Series,
    axis_ticks,
    bar_chart,
    contrast,
    line_chart,
)
from tests.support.web import HOSTILE

SVG = "{http://www.w3.org/2000/svg}"


def a_line(*marks: Mark, name: str = "Violence") -> str:
    return str(line_chart([Series(name, marks)], ident="c", title="Violence", description="By month"))


def numbers(*values: float) -> tuple[Mark, ...]:
    return tuple(Mark(f"m{index}", MarkKind.NUMBER, value) for index, value in enumerate(values))


@pytest.mark.parametrize("colour", [*PALETTE, AXIS])
def test_every_mark_stands_out_from_the_paper_by_three_to_one(colour):
    assert contrast(colour, PAPER) >= 3


def test_text_stands_out_from_the_paper_by_seven_to_one():
    assert contrast(TEXT, PAPER) >= 7


def test_contrast_is_the_ratio_of_the_guidelines():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#12436D", "#ffffff") == pytest.approx(10.25, abs=0.01)
    assert contrast(GRID, GRID) == pytest.approx(1)


def test_a_missing_month_breaks_the_line_instead_of_touching_zero():
    chart = a_line(*numbers(5, 6), Mark("m2", MarkKind.GAP), *numbers(7, 8))
    assert chart.count("<polyline") == 2
    assert "url(#c-" not in chart.split("</defs>")[1]


def test_a_lone_month_between_gaps_is_seen_as_a_dot():
    chart = a_line(Mark("m0", MarkKind.GAP), *numbers(7), Mark("m2", MarkKind.GAP))
    assert "<polyline" not in chart
    assert chart.count("<circle") == 1


def test_a_small_cell_is_a_hatched_box_up_to_seven_and_not_a_point_at_zero():
    root = ET.fromstring(a_line(*numbers(20, 20), Mark("m2", MarkKind.STAR)))
    box = next(rect for rect in root.iter(f"{SVG}rect") if rect.get("data-mark") == "star")
    assert box.get("fill") == "url(#c-hatch-0)"
    assert 0 < float(box.get("height")) < 284 / 2
    assert len(list(root.iter(f"{SVG}circle"))) == 2


def test_a_withheld_cell_is_hatched_over_the_whole_height():
    root = ET.fromstring(a_line(*numbers(20), Mark("m1", MarkKind.WITHHELD)))
    band = next(rect for rect in root.iter(f"{SVG}rect") if rect.get("data-mark") == "withheld")
    assert float(band.get("height")) == 284


def test_a_hidden_cell_never_carries_its_value_into_the_picture():
    marks = (*numbers(20), Mark("m1", MarkKind.STAR, 3), Mark("m2", MarkKind.WITHHELD, 977))
    other = (*numbers(20), Mark("m1", MarkKind.STAR, 6), Mark("m2", MarkKind.WITHHELD, 12))
    assert a_line(*marks) == a_line(*other)
    bars = [bar_chart(some, ident="b", title="t", description="d") for some in (marks, other)]
    assert bars[0] == bars[1]


def test_a_chart_has_a_title_and_a_description_for_a_screen_reader():
    root = ET.fromstring(a_line(*numbers(1, 2)))
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == "c-title c-desc"
    assert root.find(f"{SVG}title").text == "Violence"
    assert root.find(f"{SVG}desc").text == "By month"


def test_a_chart_has_no_inline_style_and_no_script():
    chart = a_line(*numbers(1, 2)) + bar_chart(numbers(3, 4), ident="b", title="t", description="d")
    assert "style=" not in chart
    assert "<script" not in chart


def test_hostile_labels_are_text():
    marks = (Mark(HOSTILE, MarkKind.NUMBER, 4),)
    for chart in (
        line_chart([Series(HOSTILE, marks), Series("b", marks)], ident="c", title=HOSTILE, description=HOSTILE),
        bar_chart(marks, ident="c", title=HOSTILE, description=HOSTILE),
    ):
        assert "<script" not in chart
        ET.fromstring(chart)


def test_lines_differ_in_dash_as_well_as_colour():
    chart = line_chart(
        [Series(f"kind {index}", numbers(index + 1, index + 2)) for index in range(MAX_SERIES)],
        ident="c",
        title="t",
        description="d",
    )
    styles = [re.sub(r'points="[^"]*"', "", line) for line in re.findall(r"<polyline[^>]*>", chart)]
    assert len({re.sub(r'stroke="[^"]*"', "", style) for style in styles}) == MAX_SERIES
    assert all(f"kind {index}" in chart for index in range(MAX_SERIES))


def test_a_chart_refuses_more_lines_than_can_be_told_apart():
    series = [Series(f"{index}", numbers(1)) for index in range(MAX_SERIES + 1)]
    with pytest.raises(ValueError, match="one to six"):
        line_chart(series, ident="c", title="t", description="d")


def test_a_bar_says_its_value_and_a_hidden_one_its_sign():
    bars = (
        Mark("Alder", MarkKind.NUMBER, 1240),
        Mark("Bridge", MarkKind.STAR),
        Mark("Cray", MarkKind.WITHHELD),
        Mark("Downs", MarkKind.GAP),
    )
    texts = [
        text.text for text in ET.fromstring(bar_chart(bars, ident="b", title="t", description="d")).iter(f"{SVG}text")
    ]
    assert {"1,240", "*", "w", "no data"} <= set(texts)


@pytest.mark.parametrize("top", [0, 1, 3, 7, 8, 9, 25, 99, 100, 101, 999, 12_345, 1_000_000])
def test_an_axis_has_few_whole_even_ticks_that_reach_the_top(top):
    ticks = axis_ticks(top)
    assert ticks[0] == 0
    assert ticks[-1] >= top
    assert 2 <= len(ticks) <= 6
    steps = {after - before for before, after in pairwise(ticks)}
    assert len(steps) == 1
    assert all(float(tick).is_integer() for tick in ticks)
