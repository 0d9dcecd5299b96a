"""The months behind a query: one chart and one table each, with the same numbers, and nobody's words unescaped."""

from __future__ import annotations

import re

from hub.kit.charts import MarkKind
from tests.support.web import a_renderer, samples
from tests.support.web_queries import SAID, some_blocks, some_queries


def the_page() -> str:
    (sample,) = [one for one in samples() if one.name == "submission-asked"]
    return a_renderer().html(sample.template, sample.frame, page=sample.page)


def test_every_query_has_a_chart_with_its_month_ringed_and_a_table_of_the_same_months() -> None:
    queries, blocks = some_queries(), some_blocks()
    assert [one.code for one in queries] == ["volume-step", "category-appeared", "mix-shift", "place-shift"]
    for query, block in zip(queries, blocks, strict=True):
        assert block.figure.chart.count('data-mark="signal"') == 1
        assert len(block.months.rows) == len(query.series) + 1
        assert block.months.rows[0][0].text.endswith("(this one)")
        assert (block.parts is not None) == bool(query.parts)


def test_a_missing_month_is_a_break_and_a_word_and_no_nought() -> None:
    block = some_blocks()[0]
    (missing,) = [row for row in block.months.rows if row[0].text == "March 2026"]
    assert missing[1].text == "missing"
    drawn = re.search(r'<g data-mark="series-0">(.*?)</g>', block.figure.chart)
    assert drawn is not None
    assert drawn[1].count("<polyline") == 2
    assert MarkKind.STAR not in drawn[1]


def test_wards_and_codes_are_called_by_their_names() -> None:
    parts = some_blocks()[-1].parts
    assert parts is not None
    assert {row[0].text for row in parts.rows} == {"Bickley", "Plaistow"}


def test_what_was_explained_is_shown_escaped() -> None:
    page = the_page()
    assert "&lt;script&gt;alert" in page
    assert SAID not in page
