"""A page for each code: whole, the same in the reference and in the hub, and true to the catalogue."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.kit.errors import NotFound
from hub.kit.words import catalogue as words
from hub.schemas import SAMPLE, Finding, catalogue, finding_markdown, finding_page
from hub.schemas.findings import finding

FOLDER = Path(__file__).resolve().parents[3] / "docs" / "reference" / "findings"
PARTS = {"why", "wrong", "right", "excel", "system"}
NAMED_BY_THE_ISSUE = [
    "missing-column",
    "extra-column",
    "column-renamed",
    "blank-required",
    "bad-type",
    "bad-date",
    "not-in-code-list",
    "out-of-range",
    "repeated-key",
    "exact-copies",
    "outside-period",
    "header-only",
    "truncated-period",
    "volume-step",
    "category-appeared",
    "category-vanished",
    "possible-identifier",
    "mixed-encoding",
    "formula-cell",
    "ragged-row",
]


def test_the_catalogue_has_every_code_that_was_asked_for() -> None:
    assert set(NAMED_BY_THE_ISSUE) <= set(catalogue())


def test_every_code_has_its_five_sentences_and_no_sentence_is_of_no_code() -> None:
    said = {
        key.removeprefix("findings.") for key in words() if key.startswith("findings.") and ".page." not in f".{key}"
    }
    said = {key for key in said if not key.startswith("page.")}
    assert said == {f"{code}.{part}" for code in catalogue() for part in PARTS}


def test_the_reference_has_exactly_the_pages_of_the_catalogue() -> None:
    assert {path.stem: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.md")} == {
        code: finding_markdown(code) for code in catalogue()
    }


@pytest.mark.parametrize("code", list(catalogue()))
def test_a_page_shows_no_hole(code: str) -> None:
    page = finding_page(code)
    texts = (
        page.means,
        page.remedy,
        page.why,
        page.wrong,
        page.right,
        page.excel,
        page.system,
        page.returns,
        page.floor,
    )
    assert all(text.strip() and "{" not in text for text in texts)
    assert all(one != page.means for one in page.also)


def test_a_page_says_what_becomes_of_the_file() -> None:
    assert "kept out" in finding_page("bad-date").returns
    assert "returned to you" in finding_page("header-only").returns
    assert "returns nothing" in finding_page("extra-column").returns
    assert "explained" in finding_page("volume-step").returns
    assert "not kept" in finding_page("refused-field").floor
    assert "s.16(4)" in finding_page("possible-identifier").floor
    assert f"first {SAMPLE}" in finding_page("bad-date").samples


def test_a_code_that_is_none_has_no_page() -> None:
    with pytest.raises(NotFound):
        finding_page("no-such-code")


def test_a_finding_says_where_its_page_is_and_whether_its_rows_are_all() -> None:
    few = finding("exact-copies", count=2, rows=[2, 3])
    many = finding("exact-copies", count=1200, rows=range(2, 60))
    assert (few.as_json()["rows_named"], few.as_json()["about"]) == ("all", "/findings/exact-copies")
    assert (many.as_json()["rows_named"], len(many.as_json()["rows"])) == ("first 20", 20)
    assert [Finding.from_json(one.as_json()) for one in (few, many)] == [few, many]
