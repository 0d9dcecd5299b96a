"""In a browser: a nearly empty month is asked about, explained on its page, accepted, and read beside the figure by others."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.support.browser import a_browser, picture, sideways_pixels, violations, watch
from tests.support.hubs import ANALYST, API, BARE, MONTHS, UPLOADER, an_extract
from tests.support.partnerships import House, a_house, made

pytestmark = pytest.mark.browser

BEFORE, NOW = MONTHS[:6], MONTHS[6]
SAID = "Our system was away until the 24th; what came in later is in the next extract."
MONTH = "July 2023"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Six months of sixty crimes each, sent through the hub."""
    with a_house(made(BARE, tmp_path_factory), tmp_path_factory.mktemp("asked")) as served:
        for month in BEFORE:
            served.submit(UPLOADER, API, month, an_extract(month, 60))
        yield served


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with a_browser() as chromium:
        yield chromium


@pytest.fixture
def open_as(house: House, browser: Browser) -> Iterator[Any]:
    """A browser of a person of their own, signed in by clicking on them; it may make no trouble."""
    opened = []

    def begin(name: str) -> Page:
        context = browser.new_context(base_url=house.base_url, viewport={"width": 1000, "height": 900})
        page = context.new_page()
        opened.append((context, watch(page, house.base_url)))
        page.goto("/login")
        page.get_by_role("link", name=house.person(name).name, exact=True).click()
        page.get_by_role("heading", name="What do I do today?").wait_for()
        return page

    yield begin
    for context, troubles in opened:
        context.close()
        assert troubles == []


def look(page: Page, name: str, folder: Path, at: str = "") -> None:
    """Accessible, no wider than a telephone, pictured from the element `at` on."""
    assert violations(page) == [], name
    wide = page.viewport_size
    page.set_viewport_size({"width": 320, "height": 800})
    assert sideways_pixels(page) == 0, name
    assert wide is not None
    page.set_viewport_size(wide)
    if at:
        page.evaluate("at => document.querySelector(at).scrollIntoView()", at)
    picture(page, name, folder)


def test_a_month_far_below_the_others_is_explained_on_its_page_and_read_beside_the_figure(
    house: House, open_as: Any, tmp_path: Path
) -> None:
    few = tmp_path / "july.csv"
    few.write_bytes(an_extract(NOW, 9))
    page = open_as(UPLOADER)
    page.get_by_role("link", name="Submit", exact=True).first.click()
    page.get_by_label("Dataset").select_option(API)
    page.get_by_label("Reporting period").select_option(label=MONTH)
    page.get_by_role("button", name="Continue").click()
    page.set_input_files("input[type=file]", str(few))
    page.get_by_role("button", name="Send the file").click()
    page.wait_for_url(re.compile(r"/submissions/sub_"))
    page.get_by_role("heading", name="What the checks found").wait_for(timeout=30_000)
    page.get_by_text("1 question to explain").wait_for()
    assert page.locator(".hub-finding--error").count() == 0
    assert page.locator("#query-0 svg").count() == 1
    look(page, "asked-question", tmp_path, "#queries")

    page.get_by_role("button", name="Explain the questions, and accept").click()
    page.locator("#explain-0").fill(SAID)
    look(page, "asked-explaining", tmp_path, "#word-title")
    page.locator("#explain-0").fill("")
    page.get_by_label("I attest to this for my agency").check()
    page.get_by_role("button", name="Accept these rows").click()
    page.get_by_role("alert").wait_for()
    assert page.title().startswith("Error: ")
    assert violations(page) == []
    page.get_by_role("alert").get_by_role("link").click()
    assert page.evaluate("document.activeElement.id") == "explain-0"
    page.keyboard.type(SAID)
    page.get_by_label("I attest to this for my agency").check()
    page.get_by_role("button", name="Accept these rows").click()
    page.get_by_text("The submission has been accepted.").wait_for()
    assert page.get_by_text("1 question explained").is_visible()
    assert SAID in page.inner_text("main")

    council = open_as(ANALYST)
    council.goto("/snapshots")
    council.get_by_role("button", name="Build a snapshot now").click()
    council.goto("/views/violence-by-place?by=borough,month")
    said = council.get_by_text(SAID)
    said.first.wait_for()
    assert MONTH in said.first.inner_text()
    look(council, "asked-read", tmp_path)
