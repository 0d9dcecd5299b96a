"""A document of any length, from whoever sends it, costs the hub no more than the longest that it takes."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated, Any

import pytest
from fastapi import Body, FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.types import Message, Scope

import hub.api
from hub.api.application import create_api
from hub.api.bounded import LONGEST_DOCUMENT, BoundedDocuments, takes_file
from hub.api.problems import no_route
from tests.support.partnerships import Api, House

MIB = 2**20
JSON = {"Content-Type": "application/json"}


def app() -> FastAPI:
    app = FastAPI()
    app.add_exception_handler(HTTPException, no_route)
    app.add_middleware(BoundedDocuments)

    @app.post("/v1/submissions/one/undo")
    def undo(said: Annotated[dict[str, Any], Body()]) -> int:
        return len(said["reason"])

    @app.post("/v1/submissions")
    async def submit(request: Request) -> int:
        return sum([len(chunk) async for chunk in request.stream()])

    return app


def sent(path: str, pieces: int, *, declared: str = "") -> tuple[int, int]:
    """The status, and how many pieces of 1 MiB were taken of so many."""
    scope: Scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [(b"content-type", b"application/json")]
        + ([(b"content-length", declared.encode())] if declared else []),
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }
    taken, status = 0, 0

    async def receive() -> Message:
        nonlocal taken
        taken += 1
        return {"type": "http.request", "body": b" " * MIB, "more_body": taken < pieces}

    async def send(message: Message) -> None:
        nonlocal status
        status = message.get("status", status)

    asyncio.run(app()(scope, receive, send))
    return status, taken


@pytest.mark.parametrize("declared", ["", "0", "-1", "5"])
def test_a_body_is_heard_until_it_is_longer_than_a_document(declared: str) -> None:
    status, taken = sent("/v1/submissions/one/undo", 1_000, declared=declared)
    assert (status, taken) == (413, LONGEST_DOCUMENT // MIB + 1)


@pytest.mark.parametrize("declared", [str(LONGEST_DOCUMENT + 1), "9" * 4_000])
def test_a_body_that_says_it_is_too_long_is_not_heard_at_all(declared: str) -> None:
    assert sent("/v1/submissions/one/undo", 1_000, declared=declared) == (413, 0)


def test_a_file_is_as_long_as_it_is() -> None:
    assert sent("/v1/submissions", 20) == (200, 20)


def test_what_reads_its_body_itself_is_what_takes_a_file(bare: House) -> None:
    paths = create_api(bare.hub).openapi()["paths"]
    files = {(verb, path) for path, verbs in paths.items() for verb in verbs if takes_file(verb.upper(), f"/api{path}")}
    assert files == {("post", "/v1/submissions"), ("patch", "/v1/uploads/{upload_id}")}
    reading = {path.stem for path in Path(hub.api.__file__).parent.glob("*.py") if ".stream()" in path.read_text()}
    assert reading == {"submissions", "uploads"}


def test_to_whoever_is_nobody_a_long_document_is_too_long_and_a_short_one_is_for_people_with_a_token(
    bare: House,
) -> None:
    with Api(bare.base_url) as nobody:
        for length, said in ((LONGEST_DOCUMENT, (413, "too-large")), (10, (401, "no-credentials"))):
            answer = nobody.http.post(
                "/submissions/one/undo", content=b'{"reason":"' + b"x" * length + b'"}', headers=JSON
            )
            assert (answer.status_code, answer.json()["code"]) == said
        answer = nobody.http.post("/submissions?dataset=a/b&period=2026-10", content=b"x" * (2 * LONGEST_DOCUMENT))
        assert answer.status_code == 401  # a file's length is looked at once somebody is known to send it
