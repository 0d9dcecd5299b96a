"""Submitting through the API: sealed as it arrives, acknowledged once, absent when cut off, and nobody else's business."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from hub.api import create_api
from hub.intake import CheckProgress, Stage, Submission, Tell
from hub.kit.authority import Action
from tests.support.hubs import ANALYST, API, EACH_MONTH, STREET, UPLOADER, an_extract
from tests.support.partnerships import Api, House
from tests.support.serving import until

PERIOD = "2024-01"
BOUNDARY = "----form"


def multipart(content: bytes, *, name: str = "extract.csv", times: int = 1, ended: bool = True) -> bytes:
    part = (
        (
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
            "Content-Type: text/csv\r\n\r\n"
        ).encode()
        + content
        + b"\r\n"
    )
    return part * times + (f"--{BOUNDARY}--\r\n".encode() if ended else b"")


def send_form(api: Api, body: bytes) -> httpx2.Response:
    return api.http.post(
        "/submissions",
        params={"dataset": API, "period": PERIOD},
        content=body,
        headers={"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"},
    )


def test_a_raw_body_is_received_checked_and_acknowledged_with_its_report(bare: House) -> None:
    api = bare.api(UPLOADER)
    answer = api.send(API, PERIOD, an_extract(PERIOD), name="jan 100%41.csv")
    assert answer.status_code == 201, answer.text
    said = answer.json()
    assert (said["state"], said["rows"], said["accepted_rows"]) == ("accepted", EACH_MONTH, EACH_MONTH)
    assert said["report"]["outcome"] in ("accepted", "accepted-with-warnings")
    assert said["report"]["file"] == "jan 100%41.csv"
    assert len(bare.sealed_files()) == 2


def test_a_form_with_one_file_is_the_same_submission_as_its_raw_bytes(bare: House) -> None:
    api = bare.api(UPLOADER)
    first = send_form(api, multipart(an_extract(PERIOD)))
    assert first.status_code == 201, first.text
    again = api.send(API, PERIOD, an_extract(PERIOD))
    assert again.status_code == 201
    assert again.json()["id"] == first.json()["id"]
    assert len(bare.sealed_files()) == 2


def test_the_sender_finds_submission_report_and_receipt_and_nobody_else_does(bare: House) -> None:
    api = bare.api(UPLOADER)
    sent = api.send(API, PERIOD, an_extract(PERIOD, category="unheard-of")).json()
    assert sent["state"] == "part-accepted"
    assert [one["id"] for one in api.ok("/submissions")["submissions"]] == [sent["id"]]
    assert api.ok("/submissions", dataset=STREET)["submissions"] == []
    assert api.ok(f"/submissions/{sent['id']}")["state"] == "part-accepted"
    report = api.ok(f"/submissions/{sent['id']}/report")
    assert report["findings"][0]["code"] == "not-in-code-list"
    assert "unheard-of" not in str(report)
    receipt = api.ok(f"/submissions/{sent['id']}/receipt")
    assert (receipt["sha256"], receipt["audit_index"]) == (sent["sha256"], sent["audit_index"])
    for stranger in (bare.api(ANALYST), bare.api("city-police-analyst")):
        for what in ("", "/report", "/receipt"):
            assert stranger.get(f"/submissions/{sent['id']}{what}").status_code == 404
        assert stranger.ok("/submissions")["submissions"] == []


@pytest.mark.parametrize(
    ("dataset", "period", "status"),
    [(API, "2024-13", 422), (API, "", 422), ("no/such-dataset", PERIOD, 404), ("health/istv-assaults", PERIOD, 404)],
)
def test_what_may_not_be_sent_is_refused_before_a_byte_is_kept(
    bare: House, dataset: str, period: str, status: int
) -> None:
    answer = bare.api(UPLOADER).send(dataset, period, an_extract(PERIOD))
    assert answer.status_code == status, answer.text
    assert bare.sealed_files() == set()


def test_a_token_for_reading_does_not_submit(bare: House) -> None:
    with Api(bare.base_url, bare.token(UPLOADER, scopes=("read",))) as api:
        answer = api.send(API, PERIOD, an_extract(PERIOD))
    assert answer.status_code in (401, 403), answer.text
    assert bare.sealed_files() == set()


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (multipart(an_extract(PERIOD), ended=False), "cut-off"),
        (multipart(an_extract(PERIOD), times=2), "wrong-form"),
        (f"--{BOUNDARY}--\r\n".encode(), "no-file"),
        (b"no form at all", "not-a-file-form"),
    ],
)
def test_a_form_that_is_not_whole_or_not_one_file_leaves_nothing(bare: House, body: bytes, code: str) -> None:
    answer = send_form(bare.api(UPLOADER), body)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert bare.sealed_files() == set()
    assert bare.api(UPLOADER).ok("/submissions")["submissions"] == []


def test_a_line_that_never_ends_is_refused_while_it_arrives(bare: House) -> None:
    answer = bare.api(UPLOADER).send(API, PERIOD, b"x" * (1024 * 1024 + 2))
    assert (answer.status_code, answer.json()["code"]) == (422, "line-too-long")
    assert bare.sealed_files() == set()


def test_a_sender_who_goes_away_leaves_nothing(bare: House) -> None:
    messages = iter(
        [{"type": "http.request", "body": an_extract(PERIOD)[:500], "more_body": True}, {"type": "http.disconnect"}]
    )
    status, body = asyncio.run(_asked(bare, messages))
    assert status == 422
    assert b"cut-off" in body
    assert bare.sealed_files() == set()


def test_an_agreement_suspended_while_the_file_arrives_keeps_it_out(bare: House) -> None:
    permit = bare.permit("met-police-governance", Action.AGREEMENT_SUSPEND, "bromley-open-police")
    content = an_extract(PERIOD)

    def messages() -> Iterator[dict[str, Any]]:
        yield {"type": "http.request", "body": content[:500], "more_body": True}
        with bare.hub.database.unit_of_work() as uow:
            bare.hub.agreements.suspend(uow, permit, "bromley-open-police", reason="test")
        yield {"type": "http.request", "body": content[500:], "more_body": False}

    status, _ = asyncio.run(_asked(bare, messages()))
    assert status == 404
    assert bare.sealed_files() == set()
    with bare.hub.database.reading() as reading:
        assert bare.hub.intake.latest_accepted(reading) == ()


def test_an_empty_body_is_a_returned_file_with_its_finding(bare: House) -> None:
    said = bare.api(UPLOADER).send(API, PERIOD, b"").json()
    assert said["state"] == "returned"
    assert [one["code"] for one in said["report"]["findings"]] == ["empty-file"]


async def _asked(house: House, messages: Iterator[dict[str, Any]]) -> tuple[int, bytes]:
    """Ask the API without a server, so that the sender can go away at a chosen byte."""
    said: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return next(messages)

    async def send(message: Any) -> None:
        said.append(message)

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "path": "/v1/submissions",
        "raw_path": b"/v1/submissions",
        "query_string": f"dataset={API}&period={PERIOD}".encode(),
        "root_path": "",
        "scheme": "http",
        "server": ("127.0.0.1", 80),
        "client": ("127.0.0.1", 1),
        "headers": [
            (b"authorization", f"Bearer {house.token(UPLOADER)}".encode()),
            (b"content-type", b"text/csv"),
        ],
    }
    await create_api(house.hub)(scope, receive, send)
    return said[0]["status"], b"".join(message.get("body", b"") for message in said[1:])


def test_a_large_file_is_not_waited_for_and_its_progress_is_told(bare: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.app.work.LARGE", 100)
    gate = threading.Event()
    real = bare.hub.intake.check_apart

    def held(submission: str, *, tell: Tell) -> Submission:
        tell(CheckProgress(stage=Stage.READING, done=1, total=4))
        gate.wait(20)
        return real(submission, tell=tell)

    monkeypatch.setattr(bare.hub.intake, "check_apart", held)
    api = bare.api(UPLOADER)
    answer = api.send(API, PERIOD, an_extract(PERIOD))
    said = answer.json()
    assert (answer.status_code, said["state"], said["report"]) == (202, "received", None)
    until(lambda: api.ok(f"/submissions/{said['id']}")["progress"]["stage"] == "reading")
    told = api.ok(f"/submissions/{said['id']}")["progress"]
    assert told == {
        "stage": "reading",
        "stages": ["received", "reading", "checking", "sealing", "done"],
        "done": 1,
        "total": 4,
        "fraction": 0.1,
    }
    gate.set()
    until(lambda: api.ok(f"/submissions/{said['id']}")["state"] == "accepted")
    assert api.ok(f"/submissions/{said['id']}")["progress"]["fraction"] == 1.0
    assert api.ok(f"/submissions/{said['id']}/report")["accepted_rows"] == EACH_MONTH
