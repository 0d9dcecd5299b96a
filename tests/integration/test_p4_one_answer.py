"""Promise P4: the same question has the same cells through page, API, downloads and assessment, for every reader who may look."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any
from urllib.parse import urlencode

import pytest

from hub.kit.errors import NotPermitted
from hub.synthetic import FOUR_PERSONAS
from hub.web.dates import short_period
from tests.support.pages import tables_of, words_of
from tests.support.partnerships import RAVENSBOURNE_2025, House, a_house, made

VIEWS = ("violence-by-place", "police-and-health", "when")
LOOKERS = [one.id for one in FOUR_PERSONAS if one.roles & {"analyst", "strategic_lead"}]
OTHERS = [one.id for one in FOUR_PERSONAS if one.id not in LOOKERS]
COUNCIL = "ravensbourne-council-analyst"

Key = tuple[str, str, str, str]
"""Column, area, period, kind."""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    source = made(RAVENSBOURNE_2025, tmp_path_factory)
    with a_house(source, tmp_path_factory.mktemp("one-answer")) as served:
        yield served


# ---- one answer, read four ways ----------------------------------------------------------------------------------------


def of_document(document: Mapping[str, Any]) -> dict[Key, str]:
    """The cells of the API's JSON."""
    found = {}
    for row in document["rows"]:
        for column, cell in zip(document["columns"], row["cells"], strict=True):
            key = (column["id"], row["area"], row["period"], row.get("kind", ""))
            sign = {"star": "*", "withheld": "w", "gap": "gap", "none": ""}.get(cell["state"])
            found[key] = str(cell["value"]) if sign is None else sign
    return found


def of_csv(text: str) -> dict[Key, str]:
    """The cells of a CSV file, from either door."""
    rows = list(csv.reader(io.StringIO(text)))
    first = 5 if rows[0][3] == "kind" else 3
    columns = [name for name in rows[0][first : rows[0].index("snapshot")] if " per " not in name]
    last = first + len(columns)
    found = {}
    for row in rows[1:]:
        kind = row[3] if first == 5 else ""
        found |= {
            (column, row[0], row[2], kind): cell
            for column, cell in zip(columns, row[first:last], strict=True)
            if row[0]
        }
    return found


def compared_in_document(document: Mapping[str, Any]) -> dict[Key, tuple[str, ...]]:
    """Ratio with its bounds, and both ranks, of the API's JSON: by pair of columns, place and period; empty where there is none."""
    found = {}
    for one in document["across"]:
        for row in one["rows"]:
            ratio = tuple((row["ratio"] or dict.fromkeys(("value", "low", "high"), "")).values())
            ranks = row["ranks"] or {"left": "", "right": ""}
            key = (one["left"], one["right"], row["area"], row["period"])
            found[key] = (*ratio, str(ranks["left"]), str(ranks["right"]))
    return found


def compared_in_csv(text: str, document: Mapping[str, Any]) -> dict[Key, tuple[str, ...]]:
    """The same of a CSV file."""
    names = ("ratio", "ratio_low", "ratio_high", "rank_left", "rank_right")
    return {
        (one["left"], one["right"], row["area_code"], row["period"]): tuple(
            row[f"{name} {one['left']} per {one['right']}"] for name in names
        )
        for row in csv.DictReader(io.StringIO(text))
        for one in document["across"]
        if row["area_code"]
    }


def compared_on_page(page: str, document: Mapping[str, Any]) -> dict[Key, tuple[str, ...]]:
    """The same of the page's tables."""
    areas = {row["area_name"]: row["area"] for row in document["rows"]}
    periods = {short_period(row["period"]): row["period"] for row in document["rows"]}
    found = {}
    for at, one in enumerate(document["across"]):
        for area, period, ratio, between, *ranks in tables_of(page)[f"across-cells-{at}"][1:]:
            low, _, high = between.partition(" to ")
            texts = (ratio, low, high, *(rank.partition(" of ")[0] for rank in ranks[:2]))
            shown = tuple("" if text.startswith(("not shown", "-")) else text for text in texts)
            found[one["left"], one["right"], areas[area], periods[period]] = shown
    return found


def of_page(page: str, document: Mapping[str, Any]) -> dict[Key, str]:
    """The cells of the page's tables; `document` tells which names stand for which codes."""
    areas = {row["area_name"]: row["area"] for row in document["rows"]}
    periods = {short_period(row["period"]): row["period"] for row in document["rows"]}
    kinds = {row["kind_title"]: row["kind"] for row in document["rows"] if "kind" in row}
    columns = [column["id"] for column in document["columns"]]
    found = {}
    for name, (head, *rows) in tables_of(page).items():
        if not name.startswith("cells"):
            continue
        first = 2 if head[0] == "Place" else 1
        if "Hours" in head:
            found |= _of_week(columns[int(name.partition("-")[2])], document, head, rows)
            continue
        if name == "cells":
            heads = [(column, "") for column in columns]
        else:  # with kinds each measure has a table of its own, a column for each kind
            heads = [(columns[int(name.partition("-")[2])], kinds[title]) for title in head[first:]]
        for row in rows:
            area = areas.get(row[0], "") if first == 2 else next(iter(areas.values()))
            period = periods.get(row[first - 1], "")
            if area and period:
                for (column, kind), text in zip(heads, row[first:], strict=True):
                    found[column, area, period, kind] = _plain(text)
    return found


def _of_week(column: str, document: Mapping[str, Any], head: list[str], rows: list[list[str]]) -> dict[Key, str]:
    """The cells of a table by hour of the week of one place: days across."""
    (area,) = {row["area"] for row in document["rows"]}
    periods = {short_period(row["period"]): row["period"] for row in document["rows"]}
    kinds = {row["kind_title"]: row["kind"] for row in document["rows"]}
    return {
        (column, area, periods[row[0]], kinds[f"{day}, {row[1]}"]): _plain(text)
        for row in rows
        if row[0] in periods
        for day, text in zip(head[2:], row[2:], strict=True)
    }


def _plain(text: str) -> str:
    return "" if text == "-" else text.replace(",", "")


def assert_explained_alike(document: Mapping[str, Any], page: str, text: str) -> None:
    """What agencies explained stands on the page and in the file, and nothing else is said to be explained."""
    said = [note["sentence"] for note in document["notes"] if note["code"] == "explained"]
    words = words_of(page)
    assert all(sentence in words for sentence in said)
    in_file = "".join({row.get("explained", "") for row in csv.DictReader(io.StringIO(text))})
    assert all(sentence in in_file for sentence in said)
    assert bool(in_file) == bool(said)


def shown(cells: Mapping[Key, str]) -> dict[Key, str]:
    """Without those that are not there."""
    return {key: text for key, text in cells.items() if text}


@pytest.fixture(scope="module")
def documents(house: House) -> Callable[[str], dict[tuple[str, str], dict[str, Any]]]:
    """Every table that somebody is offered, as the API's JSON, by view and dimensions; each person's asked once."""

    @cache
    def of(persona: str) -> dict[tuple[str, str], dict[str, Any]]:
        api = house.api(persona)
        asked = [(view, ",".join(one["by"])) for view in VIEWS for one in api.ok(f"/views/{view}")["tables"]]
        return {(view, by): api.ok(f"/views/{view}/table", by=by) for view, by in asked}

    return of


Documents = Callable[[str], dict[tuple[str, str], dict[str, Any]]]


# ---- the tests ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("persona", LOOKERS)
def test_page_api_and_both_downloads_show_the_same_cells(house: House, documents: Documents, persona: str) -> None:
    api, browser = house.api(persona), house.visitor(persona)
    assert len(documents(persona)) >= 8
    for (view, by), document in documents(persona).items():
        download = api.get(f"/views/{view}/table", by=by, format="csv")
        page = browser.get(f"/views/{view}?{urlencode({'by': by, 'from': '', 'to': ''})}")
        own = browser.get(f"/views/{view}/table.csv?{urlencode({'by': by})}")
        cells = of_document(document)
        assert len(shown(cells)) == document["cells"] > 0
        assert download.content == own.content
        assert of_csv(download.text) == cells
        assert_explained_alike(document, page.text, download.text)
        compared = compared_in_document(document)
        assert compared_in_csv(download.text, document) == compared
        assert compared_on_page(page.text, document) == compared
        assert shown(of_page(page.text, document)) == shown(cells), (view, by)
        assert document["provenance"]["result_hash"] in page.text
        assert document["provenance"]["result_hash"] in download.text


def test_a_ratio_and_a_rank_are_the_same_whichever_places_are_asked_for(house: House) -> None:
    api = house.api(COUNCIL)
    whole = api.ok("/views/police-and-health/table", by="ward,year")
    compared = compared_in_document(whole)
    assert {bool(texts[0]) for texts in compared.values()} == {True, False}
    assert {bool(texts[3]) for texts in compared.values()} == {True, False}
    shown = {(key[0], key[2], key[3]) for key, texts in compared.items() if texts[3]}
    hidden = {key for key, text in of_document(whole).items() if not text.isdecimal()}
    assert not {(column, area, period) for column, area, period, _ in hidden} & shown
    ward = whole["rows"][0]["area"]
    some = api.ok("/views/police-and-health/table", by="ward,year", where=f"area={ward}")
    assert compared_in_document(some) == {key: texts for key, texts in compared.items() if key[2] == ward}
    assert [one["overlaps"] for one in some["across"]] == [one["overlaps"] for one in whole["across"]]


def test_filters_ask_the_same_question_at_every_door(house: House) -> None:
    api, browser = house.api(COUNCIL), house.visitor(COUNCIL)
    ward = next(row["area"] for row in api.ok("/views/violence-by-place/table", by="ward,quarter")["rows"])
    where = f"area={ward};period=2025-Q2..2025-Q3;kind=Robbery"
    document = api.ok("/views/violence-by-place/table", by="ward,quarter,kind", where=where)
    filters = {"by": "ward,quarter,kind", "area": ward, "from": "2025-Q2", "to": "2025-Q3", "kind": "Robbery"}
    page = browser.get(f"/views/violence-by-place?{urlencode(filters)}").text
    assert document["provenance"]["result_hash"] in page
    cells = shown(of_document(document))
    assert shown(of_page(page, document)) == cells
    assert {key[1:] for key in cells} == {(ward, quarter, "Robbery") for quarter in ("2025-Q2", "2025-Q3")}
    whole = of_document(api.ok("/views/violence-by-place/table", by="ward,quarter,kind"))
    assert {key: whole[key] for key in cells} == cells


def test_no_two_readers_and_no_two_views_see_a_cell_differently(documents: Documents) -> None:
    """A view's column of one kind is the cell by kind of its measure."""
    seen: dict[Key, list[str]] = {}
    for persona in LOOKERS:
        for document in documents(persona).values():
            for (column, area, period, kind), text in shown(of_document(document)).items():
                measure, _, only = column.partition("#")
                seen.setdefault((measure, area, period, only or kind), []).append(text)
    assert len(seen) > 3_000
    assert [key for key, texts in seen.items() if len(set(texts)) > 1] == []
    assert max(map(len, seen.values())) > len(LOOKERS)  # a cell that several readers saw, in two views


@pytest.mark.parametrize("persona", OTHERS)
def test_who_may_not_look_gets_no_cell_through_any_door(house: House, persona: str) -> None:
    """The pages refuse, and so does the API to a token of theirs; who has no use for one cannot even have it."""
    browser = house.visitor(persona)
    for view in VIEWS:
        for path in (f"/views/{view}", f"/views/{view}/table.csv"):
            answer = browser.get(path)
            assert answer.status_code == 403
            assert "role.none" in answer.text or "floor.operator-reads-nothing" in answer.text
    try:
        api = house.api(persona)
    except NotPermitted:
        assert not house.reader(persona).roles & {"auditor", "administrator", "operator"}
        return
    for form in ("json", "csv"):
        answer = api.get("/views/violence-by-place/table", format=form)
        assert answer.status_code == 403
        assert set(answer.json()["reasons"]) <= {"role.none", "floor.operator-reads-nothing"}


def test_an_answer_is_known_again_by_its_etag(house: House) -> None:
    api = house.api(COUNCIL)
    first = api.get("/views/violence-by-place/table", by="ward,quarter")
    headers = {"If-None-Match": first.headers["etag"]}
    again = api.http.get("/views/violence-by-place/table", params={"by": "quarter,ward"}, headers=headers)
    assert (again.status_code, again.content) == (304, b"")
    for other in ({"by": "ward,year"}, {"by": "ward,quarter", "format": "csv"}):
        assert api.http.get("/views/violence-by-place/table", params=other, headers=headers).status_code == 200
    assert first.json()["provenance"]["result_hash"] in first.headers["etag"]
    assert "private" in first.headers["cache-control"]


# ---- the assessment ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def assessment(house: House) -> Mapping[str, Any]:
    built = house.api(COUNCIL).post("/assessments", justification="annual assessment")
    assert built.status_code == 201, built.text
    return dict(built.json())


def test_every_figure_s_evidence_leads_back_to_the_very_cells(house: House, assessment: Mapping[str, Any]) -> None:
    api = house.api(COUNCIL)
    (kept,) = [one for one in api.ok("/assessments")["assessments"] if one["id"] == assessment["id"]]
    assert len({one["indicator"] for one in kept["evidence"]}) >= 4
    for one in kept["evidence"]:
        query = json.loads(one["query"])
        document = api.ok(f"/views/{query['view']}/table", by=query["table"].replace("-", ","))
        said = document["provenance"]
        assert (said["query"], said["result_hash"]) == (one["query"], one["result_hash"])
        assert (said["snapshot"], said["policy_hash"]) == (one["snapshot"], one["policy_hash"])
        (column,) = [column for column in document["columns"] if column["measure"] == one["measure"]]
        assert column["profile"] == one["profile"]


def test_the_document_has_the_figures_that_the_cells_give(house: House, assessment: Mapping[str, Any]) -> None:
    """Attendances by quarter and the wards with most of them, worked out anew from the API's answer."""
    api = house.api(COUNCIL)
    page = api.get(f"/assessments/{assessment['id']}").text
    tables = [[[_plain(cell) for cell in row] for row in rows[1:]] for rows in tables_of(page).values()]
    attendances = "health/istv-assaults:attendances@ravensbourne-hospital"
    quarters = of_document(api.ok("/views/police-and-health/table", by="borough,quarter"))
    series = [text for (column, *_), text in sorted(quarters.items()) if column == attendances]
    assert len(series) == 4
    assert series in [[row[-1] for row in rows] for rows in tables]
    document = api.ok("/views/police-and-health/table", by="ward,year")
    names = {row["area"]: row["area_name"] for row in document["rows"]}
    wards = [
        (-int(text), names[area])
        for (column, area, _, _), text in of_document(document).items()
        if column == attendances and text.isdecimal()
    ]
    ranking = [[name, str(-count)] for count, name in sorted(wards)[:10]]
    assert len(ranking) == 10
    assert ranking in [[row[-2:] for row in rows] for rows in tables]


def test_page_and_api_hand_out_the_same_document(house: House, assessment: Mapping[str, Any]) -> None:
    through_api = house.api(COUNCIL).get(f"/assessments/{assessment['id']}")
    through_page = house.visitor(COUNCIL).get(f"/assessments/{assessment['id']}/document.html")
    lead = house.visitor("ravensbourne-council-strategy").get(f"/assessments/{assessment['id']}/document.html")
    assert through_api.content == through_page.content == lead.content
    assert through_api.headers["etag"] == f'"{assessment["sha256"]}"'
