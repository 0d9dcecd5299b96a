"""Hostile names and values in a real browser: they are words, nothing runs, nothing else is asked for, every page stays usable."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Dialog

from hub.identity import Role
from tests.support.browser import a_browser, picture, sideways_pixels, violations, watch
from tests.support.hostile_house import AGENCY, WARDS, a_hostile_house
from tests.support.hubs import ANALYST, OPERATOR, POLICE, STREET, UPLOADER
from tests.support.identity import OPERATOR as TASK
from tests.support.partnerships import House
from tests.support.snapshots import PURPOSE

pytestmark = [pytest.mark.browser, pytest.mark.slow]

NAME = "\"><svg onload=alert(1)><script>alert('name')</script> {{ 7*7 }}"
PAGES = [
    ("views", ANALYST, "/views/violence-by-place?by=ward,quarter", WARDS[1]),
    ("views-kind", ANALYST, "/views/violence-by-place?by=ward,quarter,kind", WARDS[0]),
    ("calendar", ANALYST, "/calendar?of=partnership&state=all", AGENCY),
    ("people", "met-police-governance", "/people", NAME),
    ("agencies", OPERATOR, "/agencies", AGENCY),
    ("home", UPLOADER, "/", AGENCY),
]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with a_hostile_house(tmp_path_factory) as served:
        with served.hub.database.unit_of_work() as uow:
            served.hub.identity.add_person(
                uow, TASK, agency=POLICE, issuer="https://x.example", subject=NAME, name=NAME, roles=[Role.UPLOADER]
            )
        yield served


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with a_browser() as opened:
        yield opened


@pytest.mark.parametrize("asked", PAGES, ids=[one[0] for one in PAGES])
def test_a_page_of_hostile_names_runs_nothing_and_stays_usable(
    house: House, browser: Browser, tmp_path: Path, asked: tuple[str, str, str, str]
) -> None:
    name, who, path, shown = asked
    page = browser.new_page(viewport={"width": 320, "height": 900})
    dialogs: list[str] = []

    def heard(dialog: Dialog) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", heard)
    try:
        page.goto(f"{house.base_url}/login/start/{house.person(who).agency}?persona={who}")
        troubles = watch(page, house.base_url)
        page.goto(f"{house.base_url}{path}", wait_until="networkidle")
        assert shown in page.locator("body").inner_text()
        assert sideways_pixels(page) == 0
        assert violations(page) == []
        picture(page, f"hostile-{name}", tmp_path)
        assert (troubles, dialogs) == ([], [])
    finally:
        page.close()


def test_rows_of_hostile_values_run_nothing(house: House, browser: Browser, tmp_path: Path) -> None:
    page = browser.new_page(viewport={"width": 1000, "height": 1400})
    try:
        page.goto(f"{house.base_url}/login/start/bromley-council?persona={ANALYST}")
        troubles = watch(page, house.base_url)
        page.goto(f"{house.base_url}/rows/{STREET}?purpose={PURPOSE}")
        page.get_by_label("Why").first.fill("<script>alert(1)</script>")
        page.get_by_role("button", name="Show").first.click()
        assert "<script>alert(1)</script>" in page.locator("table").first.inner_text()
        assert violations(page) == []
        picture(page, "hostile-rows", tmp_path)
        assert troubles == []
    finally:
        page.close()
