"""What bites at the next request: suspension, expiry, withdrawal, a changed cell. A small invented borough, three months."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from hub.db import Database
from hub.kit.clock import FrozenClock
from hub.kit.errors import Bug, Conflict, NotPermitted
from hub.views import ProtectedTable
from tests.support.geography import write_squares
from tests.support.schemas import csv_of, rows_of
from tests.support.snapshots import AHub, an_analyst

API, MET = "police/street-crime-api", "met-police"
COUNCIL = an_analyst("bromley-council")


def a_small_hub(database: Database, clock: FrozenClock, folder: Path) -> AHub:
    """Three months of twelve crimes each, none built yet."""
    hub = AHub(database, clock, folder)
    hub.load_areas(*write_squares(folder))
    hub.agree_shipped("bromley-closed")
    for month in ("2024-04", "2024-05", "2024-06"):
        rows = [row | {"month": month, "outcome_date": month} for row in rows_of(API, 12)]
        path = folder / f"{month}.csv"
        path.write_bytes(csv_of(rows))
        hub.submit(MET, API, month, path)
    return hub


def test_a_second_build_of_the_same_data_gives_the_same_cells(
    database: Database, clock: FrozenClock, tmp_path: Path
) -> None:
    hub = a_small_hub(database, clock, tmp_path)
    answers: list[ProtectedTable] = []
    for _ in range(2):
        hub.build()
        answers.append(hub.table(COUNCIL, by="ward,quarter,kind"))
    first, second = answers
    assert (first.snapshot, second.snapshot) == (1, 2)
    assert first.result_hash == second.result_hash
    assert first.rows == second.rows


def test_suspension_bites_at_the_next_request(database: Database, clock: FrozenClock, tmp_path: Path) -> None:
    hub = a_small_hub(database, clock, tmp_path)
    hub.build()
    assert hub.table(COUNCIL, by="quarter").cells == 1
    hub.suspend("bromley-closed-police", MET)
    with pytest.raises(NotPermitted) as caught:
        hub.table(COUNCIL, by="quarter")
    assert any(reason.startswith("agreement.") for reason in caught.value.reasons)


def test_expiry_bites_at_the_second(database: Database, clock: FrozenClock, tmp_path: Path) -> None:
    hub = a_small_hub(database, clock, tmp_path)
    hub.build()
    with hub.database.reading() as reading:
        (agreement,) = hub.agreements.all(reading)
    hub.clock.at = agreement.expires_at - timedelta(seconds=1)
    assert hub.table(COUNCIL, by="quarter").cells == 1
    hub.clock.at = agreement.expires_at
    with pytest.raises(NotPermitted):
        hub.table(COUNCIL, by="quarter")


def test_figures_of_a_withdrawn_submission_are_shown_no_more(
    database: Database, clock: FrozenClock, tmp_path: Path
) -> None:
    hub = a_small_hub(database, clock, tmp_path)
    hub.build()
    with hub.database.reading() as reading:
        first, *_ = hub.intake.latest_accepted(reading)
    hub.withdraw(first)
    table = hub.table(COUNCIL, by="quarter")
    assert (table.columns, table.rows) == ((), ())
    assert "withdrawn" in {note.code for note in table.notes}


def test_a_changed_cell_is_refused_and_not_served(database: Database, clock: FrozenClock, tmp_path: Path) -> None:
    hub = a_small_hub(database, clock, tmp_path)
    hub.build()
    with hub.database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE cells SET value = value + 5 WHERE spec = 'borough-quarter'")
    with pytest.raises(Bug) as caught:
        hub.table(COUNCIL, by="borough,quarter")
    assert caught.value.code == "corrupt-table"


def test_without_a_snapshot_in_force_there_is_nothing_to_see(
    database: Database, clock: FrozenClock, tmp_path: Path
) -> None:
    hub = AHub(database, clock, tmp_path)
    hub.agree_shipped("bromley-open")
    with pytest.raises(Conflict) as caught:
        hub.table(COUNCIL)
    assert caught.value.code == "no-snapshot"
