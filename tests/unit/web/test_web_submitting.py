"""The page on which a file is sent: every agreed column, what must not be in it, and what a series is sent for."""

from __future__ import annotations

import pytest

from hub.schemas import SchemaRegistry
from hub.web.pages.submit import UploadPage, upload_page
from tests.support.web import a_frame, a_renderer

SCHEMAS = SchemaRegistry.from_folder()


def page(dataset: str, period: str = "2026-01") -> UploadPage:
    return upload_page(
        SCHEMAS.get(dataset), [], supplier="met-police", period=period, names={}, purposes={}, limit_mb=500
    )


def columns(shown: UploadPage) -> dict[str, tuple[str, ...]]:
    assert shown.columns is not None
    return {row[0].text: tuple(cell.text for cell in row[1:]) for row in shown.columns.rows}


@pytest.mark.parametrize("dataset", [schema.id for schema in SCHEMAS.all()])
def test_every_column_is_named_with_what_it_holds_and_nothing_that_the_hub_derives(dataset: str) -> None:
    schema, shown = SCHEMAS.get(dataset), page(dataset)
    named = columns(shown)
    assert list(named)[: len(schema.columns)] == list(schema.column_names)
    assert not set(named) & {field.name for field in schema.derived}
    assert all(what for what, *_ in named.values())
    assert set(shown.refused) == {refused.name for refused in schema.refused}


def test_the_file_is_asked_for_first_then_what_it_must_hold_then_who_sees_it() -> None:
    html = a_renderer().html("submit.html", a_frame("Submit"), page=page("police/street-crime"))
    order = [html.index(one) for one in ('name="file"', 'id="columns"', "Who will see what")]
    assert order == sorted(order)
    assert html.count('type="text"') == 0


def test_a_series_is_sent_for_its_last_month_and_says_how_months_are_named() -> None:
    shown = page("police/ward-counts")
    assert "its last month" in shown.hint
    what, written, required = columns(shown)["202601"]
    assert "January 2026" in what
    assert "without a gap" in what
    assert (written, required) == ("Such as 12", "yes")
    assert "its last month" not in page("police/street-crime").hint
