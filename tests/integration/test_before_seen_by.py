"""What a sender is shown of what others will see is what they see: columns, forms, rows of each dataset that others get rows of."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from hub.app import build_snapshot
from hub.audit import in_turn
from hub.cli.itinerary import Itinerary
from hub.intake import State, Submission
from hub.snapshots import pages, previews
from hub.synthetic import Manifest, write_partnership
from tests.support.browser import a_browser, picture, sideways_pixels, violations, watch
from tests.support.pages import tables_of, words_of
from tests.support.partnerships import PURPOSE, House, Recipe, a_house, made
from tests.support.rows import MOVED, SEARCHES, SHARED, STREET, agree_in, an_agreement

OUTCOMES = "police/outcomes"
DATASETS = (OUTCOMES, STREET, SEARCHES)
MONTH = "2026-10"
POLICE = "ravensbourne-police"
SENDER = f"{POLICE}-analyst"
COUNCIL, YOUTH = "ravensbourne-council", "ravensbourne-youth-justice"


def _agreed(folder: Path) -> tuple[Itinerary, Manifest | None]:
    """The whole partnership's agreements, and nothing sent yet."""
    manifest = write_partnership(folder, months=1, datasets=DATASETS)
    geography = tuple(folder / one.path for one in manifest.geography)
    return Itinerary(partnership="ravensbourne", geography=geography, extracts=(), lead=COUNCIL), manifest


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    source = made(Recipe(name="agreed", plan=_agreed), tmp_path_factory)
    with a_house(source, tmp_path_factory.mktemp("before")) as served:
        for name, dataset, fields in (("street-rows", STREET, SHARED), ("search-rows", SEARCHES, MOVED)):
            document = an_agreement(
                name, dataset, fields, recipients=(COUNCIL,), supplier=POLICE, processor="ravensbourne-hosting"
            )
            agree_in(served.hub, document)
        yield served


@pytest.fixture(scope="module")
def sent(house: House) -> dict[str, Submission]:
    """A month of each dataset, accepted."""
    assert house.manifest is not None
    found = {}
    for one in house.manifest.extracts:
        if one.period == MONTH and one.dataset in DATASETS:
            content = (house.folder / "extracts" / one.path).read_bytes()
            found[one.dataset] = house.submit(SENDER, one.dataset, MONTH, content)
            assert found[one.dataset].state in {State.ACCEPTED, State.PART_ACCEPTED}
    assert set(found) == set(DATASETS)
    return found


@pytest.fixture(scope="module")
def read(house: House, sent: dict[str, Submission]) -> dict[str, list[dict[str, Any]]]:
    """What the sender was told of each, before a snapshot is built."""
    told = {dataset: house.api(SENDER).ok(f"/submissions/{one.id}/seen-by")["seen_by"] for dataset, one in sent.items()}
    build_snapshot(house.hub, house.reader(f"{COUNCIL}-analyst"))
    return told


def rows_got(house: House, agency: str, dataset: str, agreement: str) -> list[tuple[str, ...]]:
    """The whole of what the agency's analyst downloads, the guard against formulas taken off."""
    answer = house.api(f"{agency}-analyst").get(
        f"/datasets/{dataset}/rows", purpose=PURPOSE, agreement=agreement, supplier=POLICE, format="csv"
    )
    assert answer.status_code == 200, answer.text
    return [tuple(cell.removeprefix("'") for cell in row) for row in csv.reader(io.StringIO(answer.text))]


def test_every_dataset_with_rows_to_others_is_among_those_tried(house: House) -> None:
    with house.hub.database.reading() as reading:
        agreed = house.hub.agreements.in_force(reading, house.hub.clock.now())
    with_rows = {
        term.dataset
        for one in agreed
        for term in one.terms
        if term.discloses_rows and set(term.recipients) - {term.supplier}
    }
    assert with_rows == set(DATASETS)


@pytest.mark.parametrize("dataset", DATASETS)
def test_the_rows_shown_to_the_sender_are_the_rows_that_each_recipient_gets(
    house: House, sent: dict[str, Submission], read: dict[str, list[dict[str, Any]]], dataset: str
) -> None:
    with_rows = [one for one in read[dataset] if one["sees"] == "rows"]
    assert {agency for one in with_rows for agency in one["agencies"]} == (
        {COUNCIL, YOUTH} if dataset == OUTCOMES else {COUNCIL}
    )
    whole = house.hub.previews.of(house.reader(SENDER), sent[dataset], first=1_000_000)
    for one in with_rows:
        (agreement,) = one["agreements"]
        for agency in one["agencies"]:
            head, *got = rows_got(house, agency, dataset, agreement)
            first = [tuple(cell or "" for cell in row.values()) for row in one["first_rows"]]
            assert len(first) == 10
            assert list(one["first_rows"][0]) == list(head)
            assert not Counter(first) - Counter(got)
            (shown,) = (each.preview for each in whole if each.rows and each.agreements == (agreement,))
            assert shown is not None
            assert [tuple(cell or "" for cell in row) for row in shown.rows] == got


@pytest.mark.parametrize("dataset", DATASETS)
def test_each_columns_form_is_the_one_that_the_policy_explains_to_that_agency(
    house: House, read: dict[str, list[dict[str, Any]]], dataset: str
) -> None:
    told: dict[str, dict[str, str]] = {}
    for one in read[dataset]:
        for agency in one["agencies"]:
            assert agency not in told, "several agreements: compare one by one"
            told[agency] = {field["name"]: field["form"] for field in one["fields"]}
    assert "ravensbourne-hosting" in told
    for agency, forms in told.items():
        if agency == "ravensbourne-hosting":  # runs the hub: reads nothing
            assert set(forms.values()) == {"none"}
            continue
        said = house.api(f"{agency}-analyst").ok("/explain", dataset=dataset, purpose=PURPOSE)
        assert {field["field"]: field["form"] for field in said["fields"]} == forms


def test_the_page_shows_the_same_rows_and_names_who_gets_counts_or_nothing(
    house: House, sent: dict[str, Submission], read: dict[str, list[dict[str, Any]]]
) -> None:
    page = house.visitor(SENDER).get(f"/submissions/{sent[OUTCOMES].id}/seen-by").text
    tables = tables_of(page)
    groups = [one for one in read[OUTCOMES] if one["sees"] != "nothing"]
    for index, one in enumerate(groups):
        if one["sees"] == "rows":
            assert tables[f"preview-{index}"][1:] == [
                [cell or "" for cell in row.values()] for row in one["first_rows"]
            ]
        else:
            assert f"preview-{index}" not in tables
    words = words_of(page)
    assert "Protected counts only, never a row: " in words
    assert "Nothing, although a party: Ravensbourne Hosting (invented)." in words
    own = words_of(house.visitor(SENDER).get(f"/submissions/{sent[OUTCOMES].id}").text)
    assert "Rows, in the form agreed: Ravensbourne Council (invented), Ravensbourne Youth Justice Service" in own
    upload = words_of(house.visitor(SENDER).get(f"/submit/{OUTCOMES}/2026-11").text)
    assert "a pseudonym that this agreement alone uses" in upload


def test_two_agreements_show_the_sender_two_pseudonyms_of_a_reference(read: dict[str, list[dict[str, Any]]]) -> None:
    shown = [{row["Crime ID"] for row in one["first_rows"]} for one in read[OUTCOMES] if one["sees"] == "rows"]
    assert len(shown) == 2
    assert not (shown[0] & shown[1]) - {None}


def test_looking_at_it_grants_nothing_to_anybody_else_and_is_a_consultation_of_own_rows(
    house: House, sent: dict[str, Submission]
) -> None:
    (before,) = house.rows('SELECT max("index") FROM audit_entries')
    house.api(SENDER).ok(f"/submissions/{sent[OUTCOMES].id}/seen-by")
    entries = house.rows('SELECT verb, action, agency, recipients FROM audit_entries WHERE "index" > ?', *before)
    assert {agency for _, _, agency, _ in entries} == {POLICE}
    assert ("consultation", "submission:preview", POLICE, POLICE) in entries


def test_others_can_write_while_the_rows_are_read(
    house: House, sent: dict[str, Submission], monkeypatch: pytest.MonkeyPatch
) -> None:
    reads = []

    def cells(*args: Any, **kwargs: Any) -> Any:
        pool = ThreadPoolExecutor(1)
        try:
            pool.submit(_take_the_locks_of_a_writer, house).result(timeout=4)
        finally:
            pool.shutdown(wait=False)
        reads.append(args)
        return pages.cells(*args, **kwargs)

    monkeypatch.setattr(previews, "cells", cells)
    shown = house.hub.previews.of(house.reader(SENDER), sent[OUTCOMES])
    assert len(reads) == sum(one.preview is not None for one in shown) > 0


def _take_the_locks_of_a_writer(house: House) -> None:
    with house.hub.database.unit_of_work() as uow:
        in_turn(uow)


def test_others_are_told_nothing_and_who_may_not_see_values_sees_no_rows(
    house: House, sent: dict[str, Submission]
) -> None:
    for path in ("seen-by", "difference"):
        assert house.api(f"{COUNCIL}-analyst").get(f"/submissions/{sent[OUTCOMES].id}/{path}").status_code == 404
        assert house.visitor(f"{COUNCIL}-analyst").get(f"/submissions/{sent[OUTCOMES].id}/{path}").status_code == 404
    page = house.visitor(f"{POLICE}-governance").get(f"/submissions/{sent[OUTCOMES].id}/seen-by").text
    assert not [name for name in tables_of(page) if name.startswith("preview")]
    assert "shown to an uploader of your agency alone" in words_of(page)


@pytest.mark.browser
@pytest.mark.parametrize(
    "script", [True, pytest.param(False, marks=pytest.mark.slow)], ids=["with-javascript", "without"]
)
def test_the_pages_are_accessible_reflow_at_320_pixels_and_work_without_javascript_and_mouse(
    house: House, sent: dict[str, Submission], tmp_path: Path, script: bool
) -> None:
    assert house.manifest is not None
    file = next(one for one in house.manifest.extracts if (one.dataset, one.period) == (OUTCOMES, MONTH))
    header, *rows = (house.folder / "extracts" / file.path).read_bytes().splitlines()
    answer = house.api(SENDER).send(OUTCOMES, MONTH, b"\n".join([header, *rows[3:], b""]), attest="false")
    waiting = f"/submissions/{answer.json()['id']}"
    with a_browser() as browser:
        context = browser.new_context(base_url=house.base_url, java_script_enabled=True)
        page = context.new_page()
        page.goto(f"/login/start/{POLICE}?persona={SENDER}")
        page.get_by_role("heading", name="What do I do today?").wait_for()
        kept = context.storage_state()
        context.close()
        context = browser.new_context(base_url=house.base_url, java_script_enabled=script, storage_state=kept)
        page = context.new_page()
        troubles = watch(page, house.base_url)
        page.goto(waiting)
        for name in ("See what differs", "See it as they will"):
            page.goto(waiting)
            link = page.get_by_role("link", name=name)
            link.focus()
            page.keyboard.press("Enter")
            page.wait_for_url(re.compile(r"/(difference|seen-by)"))
            _looked_at(page, f"before-{page.url.rsplit('/', 1)[1]}", tmp_path, script=script)
        page.goto(f"{waiting}/difference")
        page.get_by_role("button", name="Compare").press("Enter")
        page.wait_for_url(re.compile(r"against="))
        page.goto(waiting)
        _looked_at(page, "before-submission", tmp_path, script=script)
        page.goto(f"/submit/{OUTCOMES}/2026-11")
        opener = page.locator("summary").filter(has_text="Columns and forms: Ravensbourne Council (invented)")
        opener.press("Enter")
        page.get_by_text("a pseudonym that this agreement alone uses").first.wait_for()
        _looked_at(page, "before-upload", tmp_path, script=script)
        assert troubles == []


def _looked_at(page: Page, name: str, folder: Path, *, script: bool) -> None:
    page.set_viewport_size({"width": 1100, "height": 1500})
    if script:  # axe is a script
        assert violations(page) == []
        picture(page, name, folder)
    page.set_viewport_size({"width": 320, "height": 640})
    assert sideways_pixels(page) == 0
