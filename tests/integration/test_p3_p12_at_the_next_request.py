"""Promises P3 and P12 through the doors: what was withdrawn is shown no more; a number tampered with is refused, not served."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.app import build_snapshot
from hub.kit.errors import HubError
from tests.support.pages import words_of
from tests.support.partnerships import RAVENSBOURNE_QUARTER, House, a_house, made

COUNCIL, GOVERNANCE = "ravensbourne-council-analyst", "ravensbourne-police-governance"
STREET, POLICE = "police/street-crime", "ravensbourne-police"
VIEW = "/views/violence-by-place/table"


@pytest.fixture(scope="module")
def damaged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house whose tables are tampered with: each test takes one that no other has asked for."""
    with a_house(made(RAVENSBOURNE_QUARTER, tmp_path_factory), tmp_path_factory.mktemp("damaged")) as served:
        yield served


def datasets(house: House) -> set[str]:
    return {column["dataset"] for column in house.api(COUNCIL).ok(VIEW, by="borough,month")["columns"]}


def tamper(house: House, statement: str) -> None:
    """Change the database past every room."""
    with sqlite3.connect(house.hub.settings.state / "hub.sqlite") as connection:
        assert connection.execute(statement).rowcount > 0
    connection.close()


def test_a_withdrawn_submission_is_in_no_figure_from_the_next_request_on(
    tmp_path_factory: pytest.TempPathFactory, tmp_path: Path
) -> None:
    with a_house(made(RAVENSBOURNE_QUARTER, tmp_path_factory), tmp_path) as house:
        withdrawn_bites(house)


def withdrawn_bites(house: House) -> None:
    """View, known ETag and the assessment that was built from it; erased on disk; counted no more in the next snapshot."""
    api = house.api(COUNCIL)
    before = api.get(VIEW, by="borough,month")
    built = api.post("/assessments").json()
    assert STREET in datasets(house)
    ((identity, *objects),) = house.rows(
        "SELECT id, original_object, accepted_object FROM submissions WHERE agency = ? AND dataset = ? AND period = ?",
        POLICE,
        STREET,
        "2026-02",
    )
    answer = house.visitor(GOVERNANCE).post(f"/submissions/{identity}/withdraw", reason="sent by mistake", sure="yes")
    assert answer.status_code == 303, words_of(answer.text)
    known = {"If-None-Match": before.headers["etag"]}
    after = api.http.get(VIEW, params={"by": "borough,month"}, headers=known)
    assert after.status_code == 200
    assert STREET not in datasets(house)
    (note,) = [one["sentence"] for one in after.json()["notes"] if one["code"] == "withdrawn"]
    assert "withdrawn" in note
    assert api.get(f"/assessments/{built['id']}").status_code == 409
    assert not {f"{one}.sealed" for one in objects} & house.sealed_files()
    assert house.rows("SELECT COUNT(*) FROM vault_keys WHERE object_id IN (?, ?)", *objects) == [(0,)]
    build_snapshot(house.hub, house.reader(COUNCIL))
    table = api.ok(VIEW, by="borough,month")
    assert STREET in {column["dataset"] for column in table["columns"]}
    assert [gap["missing"] for gap in table["gaps"] if gap["column"].startswith(f"{STREET}:")] == [["2026-02"]]


@pytest.mark.parametrize(
    ("by", "change"),
    [
        ("borough,quarter", "UPDATE cells SET value = value + 5 WHERE spec = 'borough-quarter' AND state = 0"),
        ("ward,quarter,kind", "UPDATE cells SET state = 0, value = 3 WHERE spec = 'ward-quarter-kind' AND state = 1"),
        ("borough,month,kind", "DELETE FROM cells WHERE spec = 'borough-month-kind' AND period = '2026-03'"),
    ],
    ids=["another-number", "hidden-cells-opened", "cells-taken-away"],
)
def test_a_table_that_was_tampered_with_is_refused_at_every_door(damaged: House, by: str, change: str) -> None:
    tamper(damaged, change)
    answers = [
        damaged.api(COUNCIL).get(VIEW, by=by),
        damaged.api(COUNCIL).get(VIEW, by=by, format="csv"),
        damaged.visitor(COUNCIL).get(f"/views/violence-by-place?by={by}"),
        damaged.visitor(COUNCIL).get(f"/views/violence-by-place/table.csv?by={by}"),
    ]
    assert [answer.status_code for answer in answers] == [500] * 4
    for answer in answers:
        assert "Traceback" not in answer.text
        assert "<td" not in answer.text
    assert damaged.api(COUNCIL).get(VIEW, by="borough,month").status_code == 200


def test_a_sealed_object_with_one_changed_byte_is_in_no_snapshot(damaged: House) -> None:
    ((identity,),) = damaged.rows(
        "SELECT accepted_object FROM submissions WHERE agency = ? AND dataset = ? AND period = '2026-01'",
        POLICE,
        STREET,
    )
    (path,) = damaged.vault.rglob(f"{identity}.sealed")
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    before = damaged.rows("SELECT COUNT(*) FROM view_measures")
    answer = damaged.api(COUNCIL).post("/snapshots")
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert "Traceback" not in answer.text
    with pytest.raises(HubError):
        build_snapshot(damaged.hub, damaged.reader(COUNCIL))
    assert damaged.rows("SELECT COUNT(*) FROM view_measures") == before
    assert damaged.rows("SELECT number FROM snapshots WHERE state = 'in-force'") == [(1,)]
    assert damaged.api(COUNCIL).get(VIEW, by="borough,month").status_code == 200
