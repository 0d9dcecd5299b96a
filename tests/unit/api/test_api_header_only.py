"""A month of which only the header came is a missing month wherever months are told, and a zero nowhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.hubs import ANALYST, API, BARE, UPLOADER, an_extract
from tests.support.partnerships import House, a_house, made

BEFORE, EMPTY, AFTER = "2026-08", "2026-09", "2026-10"
TABLE = "/views/violence-by-place/table"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Two months of twenty crimes, and between them one of a header alone; all in a snapshot."""
    with a_house(made(BARE, tmp_path_factory), tmp_path_factory.mktemp("empty")) as served:
        api = served.api(UPLOADER)
        assert [api.send(API, month, content(month)).json()["state"] for month in (BEFORE, EMPTY, AFTER)] == [
            "accepted",
            "returned",
            "accepted",
        ]
        assert served.api(ANALYST).http.post("/snapshots").status_code == 201
        yield served


def content(month: str) -> bytes:
    whole = an_extract(month)
    return whole.split(b"\r\n")[0] + b"\r\n" if month == EMPTY else whole


def table(house: House, by: str, form: str = "json") -> Any:
    answer = house.api(ANALYST).http.get(TABLE, params={"by": by, "format": form, "purpose": "svd.identify_kinds"})
    return answer.json() if form == "json" else answer.text


def test_coverage_names_it_among_the_missing_months(house: House) -> None:
    (column, *_) = table(house, "borough,month")["columns"]
    assert column["coverage"]["months"] == [BEFORE, AFTER]
    assert column["coverage"]["missing"] == [EMPTY]


def test_tables_and_files_have_a_gap_there_and_no_number(house: House) -> None:
    shown = table(house, "borough,month")
    assert {row["period"] for row in shown["rows"]} == {BEFORE, AFTER}
    assert [(gap["period"], gap["missing"]) for gap in shown["gaps"] if gap["column"] == shown["columns"][0]["id"]] == [
        (EMPTY, [EMPTY])
    ]
    (line,) = [one for one in table(house, "borough,month", "csv").splitlines() if f",{EMPTY}," in one]
    assert "gap" in line
    quarters = table(house, "borough,quarter")
    assert "2026-Q3" in {gap["period"] for gap in quarters["gaps"]}


def test_the_calendar_waits_for_it(house: House) -> None:
    extracts = house.api(UPLOADER).ok("/calendar")["extracts"]
    states = {one["period"]: one["state"] for one in extracts if one["dataset"] == API}
    assert states[EMPTY] in ("returned", "late", "due")
    assert states[AFTER] not in ("returned", "late", "due")


def test_the_scorecard_does_not_count_it_as_sent(house: House) -> None:
    (score,) = [one for one in house.api(UPLOADER).ok("/scorecard")["datasets"] if one["dataset"] == API]
    rows = {mark["period"]: (mark["state"], mark["rows"]) for mark in score["periods"]}
    assert rows[EMPTY][0] in ("returned", "late", "due")
    assert rows[EMPTY][1] == 0
    assert rows[BEFORE][1] == 20
