"""Uploads in parts through the API: acknowledged means durable, refused means gone, and nobody else's business."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator

import httpx2
import pytest

from hub.kit.authority import Action
from tests.support.hubs import ANALYST, API, EACH_MONTH, UPLOADER, an_extract
from tests.support.partnerships import Api, House

PERIOD = "2024-01"
PART = 1_500


@pytest.fixture
def api(bare: House, monkeypatch: pytest.MonkeyPatch) -> Api:
    """The uploader's program; parts may be small."""
    monkeypatch.setattr("hub.uploads.parts.MIN_PART", 1_000)
    return bare.api(UPLOADER)


def begin(api: Api, size: int) -> httpx2.Response:
    return api.post("/uploads", dataset=API, period=PERIOD, size=str(size))


def patch(api: Api, upload: str, offset: int | str, content: bytes | Iterator[bytes]) -> httpx2.Response:
    return api.http.patch(f"/uploads/{upload}", content=content, headers={"Upload-Offset": str(offset)})


def complete(api: Api, upload: str, content: bytes, **other: str) -> httpx2.Response:
    return api.post(f"/uploads/{upload}/complete", sha256=hashlib.sha256(content).hexdigest(), attest="true", **other)


def sent(api: Api, content: bytes) -> str:
    upload = begin(api, len(content)).json()["id"]
    for start in range(0, len(content), PART):
        answer = patch(api, upload, start, content[start : start + PART])
        assert (answer.status_code, answer.headers["upload-offset"]) == (204, str(min(start + PART, len(content))))
    return str(upload)


def test_a_file_in_parts_is_the_submission_that_its_bytes_at_once_are(bare: House, api: Api) -> None:
    content = an_extract(PERIOD)
    begun = begin(api, len(content))
    assert (begun.status_code, begun.json()["offset"], begun.json()["state"]) == (201, 0, "open")
    assert begun.headers["location"] == f"/api/v1/uploads/{begun.json()['id']}"
    assert begun.headers["upload-limit"] == "max-append-size=16777216, min-append-size=1048576, max-age=86400"
    upload = sent(api, content)
    told = api.http.head(f"/uploads/{upload}")
    assert (told.status_code, told.headers["upload-offset"]) == (204, str(len(content)))
    assert (told.headers["upload-length"], told.headers["upload-complete"]) == (str(len(content)), "?0")
    answer = complete(api, upload, content, file_name="january.csv")
    assert answer.status_code == 201, answer.text
    said = answer.json()
    assert (said["state"], said["accepted_rows"], said["report"]["file"]) == ("accepted", EACH_MONTH, "january.csv")
    assert complete(api, upload, content).json()["id"] == said["id"]
    assert api.ok(f"/uploads/{upload}")["submission"] == said["id"]
    assert api.http.head(f"/uploads/{upload}").headers["upload-complete"] == "?1"
    assert api.send(API, PERIOD, content).json()["id"] == said["id"]
    assert len(bare.sealed_files()) == 2


def test_a_part_that_breaks_off_is_absent_and_the_next_one_goes_on_from_there(bare: House, api: Api) -> None:
    content = an_extract(PERIOD)
    upload = begin(api, len(content)).json()["id"]
    assert patch(api, upload, 0, content[:PART]).status_code == 204

    def broken() -> Iterator[bytes]:
        yield content[PART : PART + 900]
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        patch(api, upload, PART, broken())
    wrong = patch(api, upload, PART + 900, content[PART + 900 :])
    assert (wrong.status_code, wrong.json()["code"]) == (409, "offset-mismatch")
    assert api.http.head(f"/uploads/{upload}").headers["upload-offset"] == str(PART)
    assert patch(api, upload, PART, content[PART:]).status_code == 204
    assert complete(api, upload, content).status_code == 201


def test_two_at_once_send_the_same_part_and_one_is_taken(bare: House, api: Api) -> None:
    content = an_extract(PERIOD)
    upload = begin(api, len(content)).json()["id"]
    both, answers = threading.Barrier(2), []

    def slowly() -> Iterator[bytes]:
        yield content[:700]
        both.wait(10)
        yield content[700:PART]

    def send() -> None:
        with Api(bare.base_url, api.token) as other:
            answers.append(patch(other, upload, 0, slowly()).status_code)

    threads = [threading.Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [204, 409]
    assert api.ok(f"/uploads/{upload}")["offset"] == PART


def test_a_refused_line_ends_the_upload_and_leaves_nothing(bare: House, api: Api) -> None:
    upload = begin(api, 4 * 2**20).json()["id"]
    assert patch(api, upload, 0, b"a,b\n" + b"x" * 2**20).status_code == 204
    refused = patch(api, upload, 2**20 + 4, b"x" * 2**20)
    assert (refused.status_code, refused.json()["code"]) == (422, "line-too-long")
    assert bare.sealed_files() == set()
    assert api.ok(f"/uploads/{upload}")["state"] == "ended"
    assert api.ok("/uploads")["uploads"] == []


def test_another_digest_keeps_nothing(bare: House, api: Api) -> None:
    content = an_extract(PERIOD)
    upload = sent(api, content)
    assert [one["id"] for one in api.ok("/uploads")["uploads"]] == [upload]
    answer = complete(api, upload, content + b"\n")
    assert (answer.status_code, answer.json()["code"]) == (422, "digest-mismatch")
    assert bare.sealed_files() == set()
    assert complete(api, upload, content).json()["code"] == "upload-ended"


def test_given_up_nothing_stays(bare: House, api: Api) -> None:
    upload = sent(api, an_extract(PERIOD))
    assert api.http.delete(f"/uploads/{upload}").status_code == 204
    assert bare.sealed_files() == set()
    assert api.http.delete(f"/uploads/{upload}").json()["code"] == "upload-ended"


REFUSED = (
    ({"period": "2024-13"}, 422),
    ({"size": "-1"}, 422),
    ({"size": "many"}, 422),
    ({"size": str(2**40)}, 413),
    ({"dataset": "no/such-dataset"}, 404),
    ({"dataset": "health/istv-assaults"}, 404),
)


def test_what_may_not_be_sent_is_refused_before_a_byte_and_so_is_too_much_of_it(bare: House, api: Api) -> None:
    for asked, status in REFUSED:
        answer = api.post("/uploads", **({"dataset": API, "period": PERIOD, "size": "10"} | asked))
        assert answer.status_code == status, asked
    upload = begin(api, 40 * 2**20).json()["id"]
    assert api.http.patch(f"/uploads/{upload}", content=b"x").status_code == 422
    assert patch(api, upload, -1, b"x").status_code == 422
    large = patch(api, upload, 0, b"a,b\n" * (4 * 2**20 + 1))
    assert (large.status_code, large.json()["code"]) == (413, "part-too-large")
    assert bare.sealed_files() == set()
    assert [begin(api, 10).status_code for _ in range(8)] == [201] * 7 + [429]


def test_to_everybody_else_an_upload_does_not_exist(bare: House, api: Api) -> None:
    content = an_extract(PERIOD)
    upload = sent(api, content)
    stranger = bare.api("city-police-analyst")
    assert stranger.get(f"/uploads/{upload}").status_code == 404
    assert stranger.http.head(f"/uploads/{upload}").status_code == 404
    assert patch(stranger, upload, len(content), b"x").status_code == 404
    assert complete(stranger, upload, content).status_code == 404
    assert stranger.http.delete(f"/uploads/{upload}").status_code == 404
    assert stranger.ok("/uploads")["uploads"] == []
    with Api(bare.base_url, bare.token(UPLOADER, scopes=("read",))) as reader:
        assert reader.get(f"/uploads/{upload}").status_code in (401, 403)
    assert begin(bare.api(ANALYST), 10).status_code in (403, 404)


def test_who_may_no_longer_send_adds_no_part(bare: House, api: Api) -> None:
    content = an_extract(PERIOD)
    upload = begin(api, len(content)).json()["id"]
    assert patch(api, upload, 0, content[:PART]).status_code == 204
    with bare.hub.database.unit_of_work() as uow:
        governance = bare.reader("met-police-governance")
        permit = bare.hub.policy.permit(uow, governance, Action.AGREEMENT_SUSPEND, "bromley-open-police")
        bare.hub.agreements.suspend(uow, permit, "bromley-open-police@1", reason="a test")
    assert patch(api, upload, PART, content[PART:]).status_code in (403, 404)
    assert complete(api, upload, content).status_code in (403, 404, 409)
    assert len(bare.sealed_files()) == 1
