"""A browser's session makes tokens; nothing else of the API opens to a cookie."""

from __future__ import annotations

import pytest

from tests.support.hubs import ANALYST
from tests.support.partnerships import House


def test_a_session_tells_who_it_is_and_gives_the_token_its_forms_carry(served: House) -> None:
    with_browser = served.visitor(ANALYST).get("/api/v1/session")
    assert with_browser.status_code == 200
    said = with_browser.json()
    assert (said["agency"], said["roles"]) == ("bromley-council", ["analyst"])
    assert said["csrf_token"]
    assert said["expires_at"].endswith("Z")


def test_a_session_makes_a_token_that_opens_the_api(served: House) -> None:
    browser = served.visitor(ANALYST).http
    csrf = browser.get("/api/v1/session").json()["csrf_token"]
    made = browser.post("/api/v1/tokens", json={"name": "excel", "days": 3}, headers={"X-CSRF-Token": csrf})
    assert made.status_code == 201, made.text
    assert (made.json()["days"], made.json()["scopes"]) == (3, ["read"])
    headers = {"Authorization": f"Bearer {made.json()['token']}"}
    assert browser.get("/api/v1/views", headers=headers).status_code == 200


def test_without_the_forms_token_no_token_is_made(served: House) -> None:
    browser = served.visitor(ANALYST).http
    for headers in ({}, {"X-CSRF-Token": "guessed"}):
        answer = browser.post("/api/v1/tokens", json={"name": "excel"}, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "stale-form")


@pytest.mark.parametrize(
    "wanted", [{}, {"name": ""}, {"name": "x", "days": 91}, {"name": "x", "days": 0}, {"name": "x", "admin": True}]
)
def test_a_token_lasts_ninety_days_at_most_and_is_asked_for_in_no_other_words(
    served: House, wanted: dict[str, object]
) -> None:
    browser = served.visitor(ANALYST).http
    csrf = browser.get("/api/v1/session").json()["csrf_token"]
    answer = browser.post("/api/v1/tokens", json=wanted, headers={"X-CSRF-Token": csrf})
    assert (answer.status_code, answer.json()["code"]) == (422, "bad-parameter")


def test_a_cookie_alone_opens_nothing_else(served: House) -> None:
    browser = served.visitor(ANALYST).http
    for path in ("/api/v1/views", "/api/v1/submissions", "/api/v1/snapshots"):
        assert browser.get(path).status_code == 401


def test_without_a_session_there_is_nobody(bare: House) -> None:
    answer = bare.api(ANALYST).get("/session")
    assert answer.status_code == 401
