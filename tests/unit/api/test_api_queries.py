"""What is asked about a month, through the API: in figures for those who send it, for nobody else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from hub.kit.words import say
from tests.support.hubs import ANALYST, API, BARE, MONTHS, UPLOADER, an_extract
from tests.support.partnerships import House, a_house, made

BEFORE, NOW = MONTHS[:6], MONTHS[6]
SAID = "The system was away <b>in the second week</b>."
VIEW = "/views/violence-by-place/table"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Six months of sixty crimes each."""
    with a_house(made(BARE, tmp_path_factory), tmp_path_factory.mktemp("asked")) as served:
        api = served.api(UPLOADER)
        for month in BEFORE:
            api.send(API, month, an_extract(month, 60))
        yield served


@pytest.fixture(scope="module")
def few(house: House) -> dict[str, Any]:
    """The seventh month, of nine crimes."""
    answer: dict[str, Any] = house.api(UPLOADER).send(API, NOW, an_extract(NOW, 9)).json()
    return answer


def test_the_report_names_the_query_in_words(few: dict[str, Any]) -> None:
    (asked,) = [one for one in few["report"]["findings"] if one["severity"] == "query"]
    assert (asked["code"], asked["field"], asked["count"]) == ("truncated-period", "", 9)
    assert "less than a quarter of the 60" in asked["message"]


def test_the_figures_are_had_apart_with_the_months_before(house: House, few: dict[str, Any]) -> None:
    answer = house.api(UPLOADER).http.get(f"/submissions/{few['id']}/queries")
    (asked,) = answer.json()["queries"]
    assert (asked["key"], asked["now"], asked["usual"], asked["unit"]) == ("truncated-period:", 9, 60, "counted")
    assert asked["series"] == [{"month": month, "value": 60} for month in BEFORE]
    assert asked["offered"] == ""


def test_to_others_there_is_no_such_submission(house: House, few: dict[str, Any]) -> None:
    assert house.api(ANALYST).http.get(f"/submissions/{few['id']}/queries").status_code == 404


def test_the_look_at_the_figures_is_logged_without_a_figure(house: House, few: dict[str, Any]) -> None:
    house.api(UPLOADER).http.get(f"/submissions/{few['id']}/queries")
    kept = "SELECT verb, subject, detail FROM audit_entries WHERE action = 'submission:read-queries'"
    (verb, subject, detail), *_ = house.rows(kept)
    assert (verb, subject) == ("consultation", f"submission/{few['id']}")
    assert json.loads(detail) == {"queries": 1}


def test_the_month_counts_once_explained_and_whoever_may_see_the_figure_reads_why(
    house: House, few: dict[str, Any]
) -> None:
    api, accept = house.api(UPLOADER), f"/submissions/{few['id']}/accept"
    assert few["state"] == "checked"
    unexplained = api.http.post(accept, json={"attest": True})
    assert (unexplained.status_code, unexplained.json()["code"]) == (409, "not-explained")
    names = api.http.post(accept, json={"attest": True, "explanations": {"truncated-period:": "Ring 07700 900123"}})
    assert (names.status_code, names.json()["code"]) == (422, "bad-explanation")
    done = api.http.post(accept, json={"attest": True, "explanations": {"truncated-period:": SAID}})
    assert done.json()["state"] == "accepted"
    assert api.http.get(f"/submissions/{few['id']}/queries").json()["queries"][0]["explanation"] == SAID

    council = house.api(ANALYST)
    assert council.http.post("/snapshots").status_code == 201
    asked = {"by": "borough,month", "purpose": "svd.identify_kinds"}
    document = council.http.get(f"{VIEW}?format=json", params=asked).json()
    (note,) = [one for one in document["notes"] if one["code"] == "explained"]
    assert (note["month"], SAID in note["sentence"]) == (NOW, True)
    assert SAID in council.http.get(f"{VIEW}?format=csv", params=asked).text
    page = house.visitor(ANALYST).get("/views/violence-by-place?by=borough,month").text
    assert "The system was away &lt;b&gt;" in page
    assert SAID not in page


def test_the_page_draws_the_months_for_those_who_send(house: House, few: dict[str, Any]) -> None:
    page = house.visitor(UPLOADER).get(f"/submissions/{few['id']}").text
    assert say("queries.title") in page
    assert page.count("hub-figure__title") == 1
    assert 'data-mark="signal"' in page
