"""How we read your file, in a browser: by keyboard, in a narrow window, clean for axe, nothing asked of another host."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.support.browser import a_browser, sideways_pixels, violations, watch
from tests.support.schemas import csv_of, rows_of
from tests.support.site import POLICE, UPLOADER, Site, an_empty_site

pytestmark = [pytest.mark.browser, pytest.mark.slow]

STREET, PERIOD = "police/street-crime", "2024-05"
NAMES = {"Month": "Crime month", "Location": "LOC", "LSOA code": "lsoa_cd"}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with an_empty_site(tmp_path_factory.mktemp("reading")) as served:
        yield served


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with a_browser() as chromium:
        yield chromium


def otherwise() -> bytes:
    rows = rows_of(STREET, 12, **{"Crime type": "Violence & sexual offences"})
    return csv_of([{NAMES.get(name, name): value for name, value in row.items()} for row in rows])


@pytest.fixture
def page(site: Site, browser: Browser, tmp_path: Path) -> Iterator[tuple[Page, str]]:
    """A browser signed in as the police uploader, and the address of a file that came back."""
    with site.visitor(POLICE, UPLOADER) as visitor:
        context = browser.new_context(viewport={"width": 1000, "height": 900})
        for cookie in visitor.http.cookies.jar:
            context.add_cookies([{"name": cookie.name, "value": cookie.value or "", "url": site.base_url}])
        address = visitor.send(STREET, PERIOD, "extract.csv", otherwise()).headers["location"]
        yield context.new_page(), f"{site.base_url}{address}"
        context.close()
        visitor.post(f"/import-profiles/{STREET}")


def test_the_page_is_accessible_wide_and_narrow(site: Site, page: tuple[Page, str]) -> None:
    tab, address = page
    troubles = watch(tab, site.base_url)
    for width in (1000, 320):
        tab.set_viewport_size({"width": width, "height": 900})
        tab.goto(f"{address}/reading")
        assert (violations(tab), sideways_pixels(tab)) == ([], 0)
    assert troubles == []


def test_a_person_mends_the_file_with_the_keyboard_alone(site: Site, page: tuple[Page, str]) -> None:
    tab, address = page
    tab.goto(address)
    tab.get_by_role("button", name="Say how to read this file").focus()
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/reading")
    tab.get_by_role("button", name="Confirm and check again").focus()
    tab.keyboard.press("Enter")
    tab.wait_for_url(address)
    assert "read with the choices confirmed by" in tab.inner_text("main")
    tab.goto(f"{site.base_url}/import-profiles/{STREET}")
    assert violations(tab) == []
    tab.set_viewport_size({"width": 320, "height": 900})
    assert sideways_pixels(tab) == 0
    tab.get_by_role("button", name="Forget all of this").focus()
    tab.keyboard.press("Enter")
    tab.wait_for_url("**done=forgotten")
    assert "Forgotten" in tab.inner_text("body")
