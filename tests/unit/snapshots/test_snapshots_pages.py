"""Pages, cursors and files of granted rows: the same cells, inert in a spreadsheet, each look in the log."""

from __future__ import annotations

import base64
import csv
import io
import json
from pathlib import Path

import pytest

from hub.audit import entry, size
from hub.db import Database
from hub.kit.clock import FrozenClock
from hub.kit.errors import Conflict, Invalid
from hub.snapshots import RowsPage, pages, rows_csv, rows_document
from tests.support.rows import COUNCIL, MET, SEARCHES, STREET, a_grant, an_agreement
from tests.support.schemas import csv_of, rows_of
from tests.support.snapshots import PURPOSE, AHub, an_analyst

FORMS = {
    "Month": "read_generalised",
    "Longitude": "read_clear",
    "Reported by": "read_clear",
    "Crime type": "read_clear",
}


@pytest.fixture
def hub(database: Database, clock: FrozenClock, tmp_path: Path) -> AHub:
    made = AHub(database, clock, tmp_path)
    made.agree(an_agreement("rows", STREET, FORMS))
    made.agree(an_agreement("own", STREET, "read_clear", recipients=(MET,)))
    path = tmp_path / "may.csv"
    changes = {"Reported by": "=cmd|' /C calc'!A0", "Longitude": "-0.5"}
    path.write_bytes(csv_of(rows_of(STREET, 7, **changes)))
    made.submit(MET, STREET, "2024-05", path)
    return made


def page(hub: AHub, agency: str = COUNCIL, **how: object) -> RowsPage:
    grant = a_grant(hub, an_analyst(agency), STREET, **({"agreement": "own"} if agency == MET else {}))
    with hub.database.unit_of_work() as uow:
        return hub.pages.page(uow, grant, STREET, **how)  # type: ignore[arg-type]


def test_pages_one_after_the_other_are_the_whole(hub: AHub) -> None:
    grant = a_grant(hub, an_analyst(COUNCIL), STREET)
    with hub.database.unit_of_work() as uow:
        whole = hub.pages.whole(uow, grant, STREET)
    found, cursor, firsts = [], "", []
    while True:
        one = page(hub, limit=3, cursor=cursor)
        found += one.rows
        firsts.append((one.first, one.total))
        cursor = one.cursor
        if not cursor:
            break
    assert firsts == [(0, 7), (3, 7), (6, 7)]
    assert tuple(found) == whole.rows
    assert (whole.cursor, whole.months, whole.purpose) == ("", ("2024-05",), PURPOSE)


def test_a_cursor_is_one_of_these_rows_or_none(hub: AHub, tmp_path: Path) -> None:
    cursor = page(hub, limit=3).cursor
    forged = base64.urlsafe_b64encode(json.dumps(["x", -1]).encode()).decode()
    for wrong in ("nonsense!", "AAAA", forged, base64.urlsafe_b64encode(b"7").decode()):
        with pytest.raises(Invalid):
            page(hub, cursor=wrong)
    with pytest.raises(Conflict):
        page(hub, MET, cursor=cursor)
    path = tmp_path / "june.csv"
    path.write_bytes(csv_of([row | {"Month": "2024-06"} for row in rows_of(STREET, 2)]))
    hub.submit(MET, STREET, "2024-06", path)
    with pytest.raises(Conflict) as caught:
        page(hub, limit=3, cursor=cursor)
    assert caught.value.code == "rows-changed"
    for limit in (0, 1001):
        with pytest.raises(Invalid):
            page(hub, limit=limit)


def test_a_cursor_that_was_tampered_with_is_told_so(hub: AHub) -> None:
    cursor = page(hub, limit=3).cursor
    edition = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))[0]
    for forged in (json.dumps([edition, 10**30]), "[" * 20_000, f'["{edition}", 1e999]'):
        with pytest.raises(Invalid) as caught:
            page(hub, cursor=base64.urlsafe_b64encode(forged.encode()).decode())
        assert caught.value.code == "bad-cursor"


def test_a_download_that_would_be_cut_short_is_refused(hub: AHub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "MOST_OF_A_DOWNLOAD", 6)
    grant = a_grant(hub, an_analyst(COUNCIL), STREET)
    with pytest.raises(Conflict) as caught, hub.database.unit_of_work() as uow:
        hub.pages.whole(uow, grant, STREET)
    assert caught.value.code == "too-many-rows"


def test_the_file_has_the_cells_of_the_page_and_runs_nothing(hub: AHub) -> None:
    seen = page(hub)
    document = rows_document(seen)
    assert [list(row.values()) for row in document["rows"]] == [list(row) for row in seen.rows]
    assert [one["form"] for one in document["fields"]] == ["read_generalised", "read_clear", "read_clear", "read_clear"]
    assert document["fields"][0]["generalised_to"] == "month"
    header, *rows = csv.reader(io.StringIO(rows_csv(seen)))
    assert header == ["Month", "Reported by", "Longitude", "Crime type"]
    hostile = [row for row in rows if "calc" in row[1]]
    assert [row[1] for row in hostile] == ["'=cmd|' /C calc'!A0"]
    assert hostile[0][2] == "-0.5"  # a number stays a number
    plain = [[(text or "") for text in row] for row in seen.rows]
    assert [[row[0], row[1].removeprefix("'"), *row[2:]] for row in rows] == plain


def test_each_look_is_in_the_log_with_purpose_and_justification(hub: AHub) -> None:
    page(hub, limit=2)
    page(hub, MET)
    with hub.database.reading() as reading:
        logged = [entry(reading, index).columns for index in range(size(reading))]
    looks = [one for one in logged if one["action"] == "dataset:read-rows" and one["outcome"] == "done"]
    assert [one["verb"] for one in looks] == ["disclosure", "consultation"]
    assert {(one["purpose"], one["justification"]) for one in looks} == {(PURPOSE, "to plan patrols")}
    assert looks[0]["recipients"] == COUNCIL
    assert json.loads(looks[0]["detail"]) == {
        "supplier": MET,
        "agreement": "rows@1",
        "forms": "read_generalised read_clear",
        "fields": 4,
        "month": "",
        "first": 0,
        "rows": 2,
        "total": 7,
        "withheld": 0,
    }


def test_moments_and_truths_are_written_as_they_are_sent(hub: AHub, tmp_path: Path) -> None:
    hub.agree(an_agreement("searches", SEARCHES, "read_clear", recipients=(MET,)))
    path = tmp_path / "searches.csv"
    path.write_bytes(csv_of(rows_of(SEARCHES, 1)))
    hub.submit(MET, SEARCHES, "2024-05", path)
    grant = a_grant(hub, an_analyst(MET), SEARCHES)
    with hub.database.unit_of_work() as uow:
        (row,) = hub.pages.page(uow, grant, SEARCHES).rows
        names = [one.name for one in hub.pages.page(uow, grant, SEARCHES).fields]
    cells = dict(zip(names, row, strict=True))
    assert cells["Date"] == "2024-05-01T23:04:00"  # kept as Europe/London time
    assert cells["Part of a policing operation"] == "false"
    assert (cells["Latitude"], cells["Longitude"]) == ("51.402", "0.014")
    assert "Policing operation" not in cells  # free text
