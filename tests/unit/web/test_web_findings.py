"""The catalogue of findings in the hub: a list, and a page for every code, for people who are signed in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.schemas import catalogue, finding_page
from hub.web.pages.findings import catalogue_page, kind_page
from tests.support.hubs import BARE, STRATEGIC
from tests.support.partnerships import House, a_house, made
from tests.support.site import Visitor
from tests.support.web import a_frame, a_renderer


@pytest.fixture
def bare(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Iterator[House]:
    with a_house(made(BARE, tmp_path_factory), tmp_path) as house:
        yield house


def test_the_list_and_each_page_are_for_everybody_who_is_signed_in(bare: House) -> None:
    with bare.visitor(STRATEGIC) as person:
        listed = person.get("/findings").text
        assert [code for code in catalogue() if f'href="/findings/{code}"' not in listed] == []
        assert finding_page("bad-date").why in person.get("/findings/bad-date").text
        assert person.get("/findings/no-such-code").status_code == 404
    with Visitor(bare.base_url) as nobody:
        assert finding_page("bad-date").why not in nobody.get("/findings/bad-date").text


def test_a_page_of_each_code_renders_whole() -> None:
    renderer = a_renderer()
    for code in catalogue():
        shown = renderer.html("finding.html", a_frame(code), page=kind_page(code))
        assert shown.count("<h2") >= 6
    assert len(catalogue_page().table.rows) == len(catalogue())
