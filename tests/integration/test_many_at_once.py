"""Many at once over HTTP: nothing is lost, nothing is kept twice, nobody sees half of anything."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx2
import pytest

from tests.support.partnerships import RAVENSBOURNE_QUARTER, Api, House, a_house, made
from tests.support.schemas import csv_of, rows_of

POLICE, HOSPITAL, COUNCIL = (f"ravensbourne-{name}-analyst" for name in ("police", "hospital", "council"))
STREET = "police/street-crime"
VIEW = "/views/violence-by-place/table"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with a_house(made(RAVENSBOURNE_QUARTER, tmp_path_factory), tmp_path_factory.mktemp("many")) as served:
        yield served


def extract(month: str, rows: int = 200) -> bytes:
    return csv_of([row | {"Month": month} for row in rows_of(STREET, rows)])


def test_the_same_file_sent_by_many_at_once_is_one_submission(house: House) -> None:
    token, content = house.token(POLICE), extract("2023-05")

    def send(_: int) -> httpx2.Response:
        with Api(house.base_url, token) as api:
            return api.send(STREET, "2023-05", content)

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(send, range(6)))
    assert {answer.status_code for answer in answers} == {201}, [answer.text for answer in answers]
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert {answer.json()["report"]["accepted_rows"] for answer in answers} == {200}
    assert house.rows("SELECT COUNT(*) FROM submissions WHERE period = '2023-05'") == [(1,)]
    assert_whole(house)


def test_uploads_looks_and_a_build_at_once_leave_a_whole_hub(house: House) -> None:
    """While months arrive and readers look, a snapshot is built: each answer is of one snapshot, whole."""
    months = [f"2022-{month:02d}" for month in range(1, 9)]
    tokens = {name: house.token(name) for name in (POLICE, COUNCIL, HOSPITAL)}
    hashes = {1: house.api(COUNCIL).ok(VIEW, by="borough,quarter")["provenance"]["result_hash"]}

    def send(month: str) -> tuple[str, int, object]:
        with Api(house.base_url, tokens[POLICE]) as api:
            answer = api.send(STREET, month, extract(month))
            return "send", answer.status_code, answer.json().get("state")

    def look(number: int) -> tuple[str, int, object]:
        with Api(house.base_url, tokens[COUNCIL if number % 2 else HOSPITAL]) as api:
            answer = api.get(VIEW, by="borough,quarter")
            said = answer.json()["provenance"]
            return f"look {number % 2}", answer.status_code, (said["snapshot"], said["result_hash"])

    def build(_: int) -> tuple[str, int, object]:
        with Api(house.base_url, tokens[COUNCIL]) as api:
            answer = api.post("/snapshots")
            return "build", answer.status_code, answer.json().get("snapshot")

    with ThreadPoolExecutor(8) as pool:
        work = [pool.submit(build, 0)]
        work += [pool.submit(send, month) for month in months]
        work += [pool.submit(look, number) for number in range(16)]
        answers = [one.result() for one in work]
    assert {status for what, status, _ in answers if what.startswith("look")} == {200}
    assert Counter(answers)["send", 201, "accepted"] == len(months)
    assert [answer[1:] for answer in answers if answer[0] == "build"] == [(201, 2)]
    seen = {told for what, _, told in answers if what == "look 1"}
    assert {number for number, _ in seen} <= {1, 2}  # type: ignore[misc]
    assert len(seen) == len({number for number, _ in seen})  # type: ignore[misc]
    assert {digest for number, digest in seen if number == 1} <= {hashes[1]}  # type: ignore[misc]
    assert_whole(house)


def assert_whole(house: House) -> None:
    """The log holds, each submission is settled once, and each sealed file belongs to an object."""
    with house.hub.database.reading() as reading:
        assert house.hub.audit.verify(reading).problems == ()
    assert house.rows("SELECT COUNT(*) FROM submissions WHERE state = 'received'") == [(0,)]
    settled = house.rows(
        "SELECT subject, COUNT(*) FROM audit_entries WHERE (verb, action) = ('collection', 'submission:check') "
        "GROUP BY subject HAVING COUNT(*) > 2"  # checked once, let in once
    )
    assert settled == []
    living = {f"{one}.sealed" for (one,) in house.rows("SELECT id FROM vault_objects WHERE destroyed_at = ''")}
    assert house.sealed_files() == living
