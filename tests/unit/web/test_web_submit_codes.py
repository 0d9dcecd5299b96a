"""Codes on the page where a file is sent: told apart though one holds what divides them."""

from hub.schemas import SchemaRegistry
from hub.web.pages.submit import _written


def test_codes_that_hold_a_semicolon_stand_in_quotation_marks() -> None:
    field = SchemaRegistry.from_folder().get("police/street-crime").field("Last outcome category")
    assert "“Investigation complete; no suspect identified”; “Local resolution”" in _written(field, "2026-11")
