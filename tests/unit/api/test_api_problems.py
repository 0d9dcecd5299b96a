"""Every error is a problem document of the right status, and none tells more than it may."""

from __future__ import annotations

import json

import pytest
from fastapi import FastAPI
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.testclient import TestClient

from hub.api.problems import Guard, invalid_request, no_route, problem, status_of
from hub.kit.errors import (
    Bug,
    Conflict,
    HubError,
    Invalid,
    NotFound,
    NotPermitted,
    Refused,
    Unauthenticated,
    Unavailable,
)


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (Unauthenticated("x"), 401),
        (NotPermitted("x"), 403),
        (NotFound("x"), 404),
        (Conflict("x"), 409),
        (Refused("x"), 422),
        (Refused("x", code="too-large"), 413),
        (Invalid("x"), 422),
        (Unavailable("x"), 503),
        (Bug("x"), 500),
        (HubError("x"), 500),
    ],
)
def test_each_kind_of_error_has_its_status(error: HubError, status: int) -> None:
    assert status_of(error) == status
    answer = problem(None, error)  # type: ignore[arg-type]
    assert answer.status_code == status
    assert json.loads(bytes(answer.body))["status"] == status
    assert ("retry-after" in answer.headers) == (status == 503)


def test_absent_says_nothing_of_what_is_absent() -> None:
    said = json.loads(bytes(problem(None, NotFound("submission sub_1 of met-police", code="x")).body))  # type: ignore[arg-type]
    assert said["code"] == "not-found"
    assert "sub_1" not in str(said)


def test_reasons_are_told_to_a_party() -> None:
    error = NotPermitted("no", reasons=("agreement.expired",), code="agreement.expired", remedy="Ask.")
    said = json.loads(bytes(problem(None, error).body))  # type: ignore[arg-type]
    assert (said["reasons"], said["remedy"]) == (["agreement.expired"], "Ask.")


def test_an_unforeseen_error_tells_nothing_of_itself() -> None:
    answer = problem(None, ValueError("9434765919 of row 7"))  # type: ignore[arg-type]
    assert answer.status_code == 500
    assert b"9434765919" not in bytes(answer.body)


def test_a_wrong_request_names_the_place_and_not_the_value() -> None:
    assert b"bad-parameter" in bytes(invalid_request(None, ValueError("secret")).body)  # type: ignore[arg-type]
    assert no_route(None, HTTPException(405)).status_code == 405  # type: ignore[arg-type]
    assert no_route(None, ValueError()).status_code == 404  # type: ignore[arg-type]


def test_an_error_nobody_meant_says_nothing_of_itself_to_asker_or_log(caplog: pytest.LogCaptureFixture) -> None:
    def fails() -> None:
        raise ValueError("12 High Street")

    app = FastAPI()
    app.add_api_route("/fails", fails)
    app.add_middleware(Guard)
    answer = TestClient(app).get("/fails")  # the client raises what the server would have written into its log
    assert (answer.status_code, answer.json()["code"]) == (500, "bug")
    assert "ValueError at" in caplog.text
    assert "High Street" not in answer.text + caplog.text


@pytest.mark.parametrize(
    ("path", "kept"),
    [("/plain", "private, no-store"), ("/fails", "private, no-store"), ("/named", "private, no-cache")],
)
def test_no_answer_is_kept_by_whoever_passes_it_on_unless_it_says_so(path: str, kept: str) -> None:
    def fails() -> None:
        raise ValueError

    app = FastAPI()
    app.add_api_route("/plain", lambda: {"first_rows": ["12 High Street"]})
    app.add_api_route("/fails", fails)
    app.add_api_route("/named", lambda: JSONResponse({}, headers={"Cache-Control": "private, no-cache"}))
    app.add_middleware(Guard)
    headers = TestClient(app).get(path).headers
    assert (headers["cache-control"], headers["x-content-type-options"]) == (kept, "nosniff")
