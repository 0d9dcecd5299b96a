"""In a real browser: a person takes the marked file back, mends what its sheet says, sends it, and it is accepted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.support.browser import a_browser, sideways_pixels, violations, watch
from tests.support.schemas import csv_of, rows_of
from tests.support.site import POLICE, UPLOADER, Site, an_empty_site
from tests.support.workbooks import table_of, xlsx_of

pytestmark = pytest.mark.browser

STREET, PERIOD = "police/street-crime", "2026-10"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with an_empty_site(tmp_path_factory.mktemp("site")) as made:
        yield made


@pytest.fixture(scope="module")
def page(site: Site) -> Iterator[Any]:
    """A page of the uploader's, signed in by clicking on the person; it may make no trouble."""
    with a_browser() as browser:
        context = browser.new_context(base_url=site.base_url, accept_downloads=True)
        page = context.new_page()
        troubles = watch(page, site.base_url)
        page.goto("/login")
        page.get_by_role("link", name=site.persona(POLICE, UPLOADER), exact=True).click()
        page.get_by_role("heading", name="What do I do today?").wait_for()
        yield page
        context.close()
        assert troubles == []


def send(page: Any, path: Path) -> None:
    page.goto(f"/submit/{STREET}/{PERIOD}")
    page.set_input_files("input[type=file]", str(path))
    page.get_by_role("button", name="Send the file").click()
    page.wait_for_url(re.compile(r"/submissions/sub_"))
    page.get_by_role("heading", name="What the checks found").wait_for(timeout=30_000)


def downloaded(page: Any, link: str, path: Path) -> Path:
    with page.expect_download() as download:
        page.get_by_role("link", name=link).click()
    download.value.save_as(path)
    return path


def mended(path: Path) -> int:
    """Do in the workbook what its first sheet says, and nothing else; how many cells it named."""
    book = openpyxl.load_workbook(path)
    front, done = book["What to mend"], 0
    for row in front.iter_rows():
        if row[0].value != "Error":
            continue
        (example,) = re.findall(r"such as (\S+?)\.? ", f"{row[4].value} ") or [""]
        for cell in row[6:]:
            if cell.hyperlink is None:
                continue
            sheet, _, address = cell.hyperlink.location.partition("!")
            assert address == cell.value
            wrong = book[sheet.strip("'")][address]
            if "not in the list" in row[1].value:
                wrong.value = "Robbery"  # a code of the list on the page
            elif "Blank where" in row[1].value:
                wrong.value = "Ravensbourne Police"
            else:
                wrong.value = PERIOD if example == "2024-06" else example
            done += 1
    book.save(path)
    return done


def test_a_person_mends_the_marked_file_by_what_it_says_and_it_is_accepted(page: Any, tmp_path: Path) -> None:
    rows = rows_of(STREET, 12)
    for row in rows:
        row["Month"] = PERIOD
    rows[1]["Crime type"] = rows[7]["Crime type"] = "Piracy"
    rows[3]["Month"] = "October 26"
    rows[5]["Reported by"] = ""
    sent = tmp_path / "october.xlsx"
    sent.write_bytes(xlsx_of(("October", table_of(rows))))
    send(page, sent)
    assert violations(page) == []
    marked = downloaded(page, "Download your file with the errors marked (Excel workbook)", tmp_path / "marked.xlsx")
    assert openpyxl.load_workbook(marked).sheetnames == ["What to mend", "October"]
    assert mended(marked) == 4
    send(page, marked)
    assert page.get_by_text("The checks found nothing to say.").is_visible()
    page.get_by_label("I attest to this for my agency").check()
    page.get_by_role("button", name="Accept these rows").click()
    page.get_by_text("Accepted", exact=True).first.wait_for()
    assert "12" in page.get_by_text("Rows read:").inner_text()


def test_the_offer_fits_a_narrow_page_and_the_csv_and_the_template_come_too(page: Any, tmp_path: Path) -> None:
    rows = rows_of(STREET, 2, **{"Crime type": "Piracy"})
    sent = tmp_path / "two.csv"
    sent.write_bytes(csv_of([{**row, "Month": PERIOD} for row in rows]))
    send(page, sent)
    page.set_viewport_size({"width": 320, "height": 800})
    assert sideways_pixels(page) <= 0
    csv = downloaded(page, "Download it as CSV, with a column that says what is wrong", tmp_path / "marked.csv")
    assert "Hub: what is wrong" in csv.read_text(encoding="utf-8-sig")
    page.goto(f"/submit/{STREET}/{PERIOD}")
    template = downloaded(page, "Download an empty workbook to fill in", tmp_path / "template.xlsx")
    assert openpyxl.load_workbook(template).sheetnames == ["Extract", "How to fill it in", "Codes"]
