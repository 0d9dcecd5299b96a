"""In a real browser: a person of each agency mends its dirty file by following only what the pages say, and has it accepted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from hub.synthetic import DATASETS, SampleFile, write_partnership
from tests.support.browser import a_browser, picture, sideways_pixels, violations, watch
from tests.support.mending import filled, mended, with_column
from tests.support.site import POLICE, UPLOADER, Site, an_empty_site, load_geography, submit_all

pytestmark = pytest.mark.browser

WALKED = {
    "police/street-crime": "ravensbourne-police",
    "health/istv-assaults": "ravensbourne-hospital",
    "housing/antisocial-behaviour": "ravensbourne-housing",
}
"""Who mends what; those below as well."""
OTHERS = {
    "ambulance/violence-callouts": "ravensbourne-ambulance",
    "council/antisocial-behaviour": "ravensbourne-council",
    "fire/incidents": "ravensbourne-fire",
    "probation/caseload": "ravensbourne-probation",
    "youth-justice/caseload": "ravensbourne-youth-justice",
    "transport/incidents": "ravensbourne-transport",
    "health/admissions": "ravensbourne-icb",
}
FIRST, *LATER = WALKED | OTHERS
ALL = [FIRST, *(pytest.param(one, marks=pytest.mark.slow) for one in LATER)]
"""One agency is walked at each run, all of them in the long one."""
SEARCH, STREET = "police/stop-and-search", "police/street-crime"
AGENCIES = WALKED | OTHERS | {SEARCH: POLICE}
CLEAN_CLICKS, DIRTY_CLICKS, RENAMED_CLICKS = 9, 13, 11
"""From the sign-in page to *Accepted*, where no question is asked: docs/tutorials/from-a-messy-spreadsheet.md says them too."""
EXPLANATION = "Counted again in our own system: the figures are right."


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Site]:
    """The whole partnership's hub, with four months of the datasets that are walked."""
    folder = tmp_path_factory.mktemp("mending")
    manifest = write_partnership(folder / "extracts", months=4, datasets=DATASETS)
    asked = {str(item.callspec.params["dataset"]) for item in request.session.items if _walks(item)}
    with an_empty_site(folder) as made:
        made.folder = folder / "extracts"
        sent = tuple(one for one in manifest.extracts if one.dataset in asked)
        made.manifest = replace(manifest, extracts=sent)
        load_geography(made)
        submit_all(made)
        yield made


def _walks(item: Any) -> bool:
    return item.path == Path(__file__) and "dataset" in getattr(getattr(item, "callspec", None), "params", {})


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with a_browser() as chromium:
        yield chromium


@dataclass
class Walk:
    """One person at the browser; counts what they click and the pages they come to."""

    page: Page
    site: Site
    agency: str
    folder: Path
    clicks: int = 0
    pages: int = 0
    keyboard: bool = False
    careful: bool = True

    def click(self, role: Any, name: str) -> None:
        before = self.page.url
        wanted = self.page.get_by_role(role, name=name, exact=True).first
        if self.keyboard:
            self._tab_to(wanted)
            self.page.keyboard.press("Space" if role == "checkbox" else "Enter")
            self.page.wait_for_load_state()
        else:
            wanted.click()
        self.clicks += 1
        self.pages += self.page.url != before

    def _tab_to(self, wanted: Any) -> None:
        """Press Tab until the control has the focus, as somebody without a mouse does."""
        wanted.wait_for()
        for _ in range(200):
            if wanted.evaluate("one => one === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError("the keyboard does not reach it")

    def look(self, name: str, at: str = "") -> None:
        """Accessible, no wider than a telephone, and pictured from the element `at` on."""
        if not self.careful:
            return
        assert violations(self.page) == [], name
        wide = self.page.viewport_size
        self.page.set_viewport_size({"width": 320, "height": 800})
        assert sideways_pixels(self.page) == 0, name
        assert wide is not None
        self.page.set_viewport_size(wide)
        if at:
            self.page.evaluate("at => document.querySelector(at).scrollIntoView()", at)
        if self.agency == POLICE and not self.keyboard:
            picture(self.page, f"mending-{name}", self.folder)

    def sign_in(self) -> None:
        self.page.goto("/login")
        self.click("link", self.site.persona(self.agency, UPLOADER))
        self.page.get_by_role("heading", name="What do I do today?").wait_for()

    def choose(self, sample: SampleFile) -> dict[str, list[str]]:
        """From the first page to the form; what it says of each column's codes."""
        self.click("link", "Submit")
        self.page.get_by_label("Dataset").select_option(sample.dataset)
        self.page.get_by_label("Reporting period").select_option(sample.period)
        self.clicks += 2
        self.click("button", "Continue")
        self.page.locator("#columns").wait_for()
        rows = self.page.locator("#columns tbody tr").all()
        assert rows
        return dict(_codes(row.locator("th, td").all_inner_texts()) for row in rows)

    def send(self, path: Path) -> None:
        self.page.set_input_files("input[type=file]", str(path))
        self.clicks += 1
        self.click("button", "Send the file")
        self.page.wait_for_url(re.compile(r"/submissions/sub_"))
        self.page.get_by_role("heading", name="What the checks found").wait_for(timeout=60_000)

    def take_back(self) -> Path:
        with self.page.expect_download() as download:
            self.click("link", "Download your file with the errors marked (Excel workbook)")
        path = self.folder / "marked.xlsx"
        download.value.save_as(path)
        return path

    def accept(self) -> int:
        """Explain what is asked, tick the statements, accept; how many questions were asked."""
        asked = self.page.locator("form textarea").all()
        for box in asked:
            box.fill(EXPLANATION)
            self.clicks += 1
        self.click("checkbox", "I attest to this for my agency")
        self.click("button", "Accept these rows")
        self.page.get_by_text("The submission has been accepted.").wait_for()
        return len(asked)


def _codes(texts: list[str]) -> tuple[str, list[str]]:
    column, _, written, *_ = (text.strip() for text in texts)
    return column, re.findall("“(.+?)”", written) or written.removeprefix("One of: ").split("; ")


@pytest.fixture
def walk(site: Site, browser: Browser, tmp_path: Path) -> Iterator[Any]:
    """A person of an agency at a browser of their own, which may make no trouble."""
    opened = []

    def begin(dataset: str, *, script: bool = True, keyboard: bool = False) -> Walk:
        size = {"width": 1000, "height": 900}
        context = browser.new_context(
            base_url=site.base_url, viewport=size, java_script_enabled=script, accept_downloads=True
        )
        page = context.new_page()
        opened.append((context, watch(page, site.base_url)))
        careful = script and (dataset not in WALKED or AGENCIES[dataset] == POLICE)
        return Walk(page, site, AGENCIES[dataset], tmp_path, keyboard=keyboard, careful=careful)

    yield begin
    for context, troubles in opened:
        context.close()
        assert troubles == []


def sample(site: Site, dataset: str, condition: str) -> SampleFile:
    of = (AGENCIES[dataset], dataset, condition)
    return next(one for one in site.manifest.samples if (one.agency, one.dataset, one.condition) == of)


def severity(page: Page, name: str) -> int:
    return page.locator(f".hub-finding--{name}").count()


@pytest.mark.parametrize("dataset", ALL)
def test_a_person_mends_the_agency_s_dirty_file_by_what_the_pages_say(dataset: str, site: Site, walk: Any) -> None:
    dirty = sample(site, dataset, "dirty")
    person: Walk = walk(dataset)
    page = person.page
    person.sign_in()
    lists = person.choose(dirty)
    person.look("submit")
    person.send(site.path(dirty))
    assert severity(page, "error") >= 8
    person.look("report")
    marked = person.take_back()
    assert mended(marked, clean=site.path(sample(site, dataset, "clean")), lists=lists) > 10
    person.click("button", "Send a mended file")
    person.send(marked)
    assert (severity(page, "error"), page.get_by_text("Held back: 0.").count()) == (0, 1)
    person.look("accept", "#word-title")
    asked = person.accept()
    assert person.clicks - asked == DIRTY_CLICKS
    person.look("accepted")
    assert page.get_by_text("Accepted", exact=True).first.is_visible()
    person.click("link", "Today")
    assert dirty_title(site, dataset) not in page.inner_text("main")
    if dataset == STREET:
        for place in ("Calendar", "Scorecard"):
            page.goto(f"/{place.lower()}")
            person.look(place.lower())


@pytest.mark.parametrize("way", ["marked", pytest.param("template", marks=pytest.mark.slow)])
@pytest.mark.parametrize("dataset", [STREET])
def test_a_person_mends_a_file_that_lacks_a_column_by_what_the_pages_say(
    dataset: str, way: str, site: Site, walk: Any
) -> None:
    """Into the marked workbook they add the column that is named; or they fill the template from their own system."""
    person: Walk = walk(dataset)
    page = person.page
    person.sign_in()
    person.choose(sample(site, dataset, "missing-column"))
    person.send(site.path(sample(site, dataset, "missing-column")))
    assert page.get_by_text("1 thing to mend", exact=True).is_visible()
    page.get_by_role("link", name="A needed column is missing", exact=True).click()
    cause = page.locator(".hub-finding")
    assert "the whole file lacks it" in cause.inner_text()
    assert "Rows:" not in cause.inner_text()
    said = re.search(r"There is no column “(.+)”\.", cause.inner_text())
    assert said is not None
    assert "Add the column, with exactly that name in the first row." in cause.inner_text()
    person.look("missing", "#report")
    clean = site.path(sample(site, dataset, "clean"))
    if way == "marked":
        mended_file = person.take_back()
        with_column(mended_file, said[1], clean=clean)
        person.click("button", "Send a mended file")
    else:
        person.click("button", "Send a mended file")
        with page.expect_download() as download:
            person.click("link", "Download an empty workbook to fill in")
        mended_file = person.folder / "template.xlsx"
        download.value.save_as(mended_file)
        filled(mended_file, clean=clean)
    person.send(mended_file)
    assert (severity(page, "error"), page.get_by_text("Held back: 0.").count()) == (0, 1)
    person.accept()


def dirty_title(site: Site, dataset: str) -> str:
    return f"{site.hub.schemas.get(dataset).title}, November 2026"


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["mouse", "keyboard", "no-script"])
def test_a_column_called_otherwise_is_mended_without_a_second_upload(
    mode: str, site: Site, walk: Any, tmp_path: Path
) -> None:
    clean = sample(site, SEARCH, "clean")
    text = site.path(clean).read_text(encoding="utf-8-sig")
    with site.visitor(POLICE, UPLOADER) as visitor:
        visitor.send(SEARCH, clean.period, "october.csv", "\n".join(text.splitlines()[:-20]).encode())
    renamed = tmp_path / "export.csv"
    renamed.write_text(text.replace("Gender", "Sex", 1), encoding="utf-8")
    person: Walk = walk(SEARCH, script=mode != "no-script", keyboard=mode == "keyboard")
    page = person.page
    person.sign_in()
    person.choose(clean)
    person.send(renamed)
    assert page.get_by_text("Returned", exact=True).first.is_visible()
    person.click("button", "Say how to read this file")
    page.wait_for_url("**/reading")
    person.look("reading")
    person.click("button", "Confirm and check again")
    page.wait_for_url(re.compile(r"/submissions/sub_\w+$"))
    page.get_by_role("heading", name="Who will see this").wait_for(timeout=60_000)
    address = page.url
    for ident, name in (("difference", "difference"), ("seen-by", "seen-by")):
        page.locator(f"#{ident} ~ p a").first.click()
        page.get_by_role("heading", level=1).wait_for()
        person.look(name)
        page.goto(address)
    asked = person.accept()
    assert person.clicks - asked == RENAMED_CLICKS
    page.goto(f"/import-profiles/{SEARCH}")
    page.get_by_role("button", name="Forget all of this").click()


@pytest.mark.slow
def test_a_clean_file_takes_a_dozen_clicks_at_the_most(site: Site, walk: Any) -> None:
    person: Walk = walk("youth-justice/caseload", keyboard=False)
    clean = sample(site, "youth-justice/caseload", "clean")
    person.sign_in()
    person.choose(clean)
    person.send(site.path(clean))
    asked = person.accept()
    assert person.clicks - asked == CLEAN_CLICKS
