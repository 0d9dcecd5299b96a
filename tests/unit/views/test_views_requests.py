"""What bites at the next request: suspension, expiry, withdrawal, a changed cell. A small invented borough, three months."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from hub.db import Database
from hub.disclosure import DroppedTable, Lattice, Masked, Profile, Protected, TableSpec, protect_measure
from hub.disclosure.model import Counts
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
        agreement = next(
            one for one in hub.agreements.all(reading) if one.reference.startswith("bromley-closed-police")
        )
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


def test_a_table_that_could_not_be_protected_is_not_there_and_the_reader_is_told_why(
    database: Database, clock: FrozenClock, tmp_path: Path
) -> None:
    def too_much(lattice: Lattice, counts: Mapping[TableSpec, Counts], profile: Profile) -> Protected:
        """As if the mask had had to withhold too much of the kinds by quarter."""
        made = protect_measure(lattice, counts, profile)
        spec = TableSpec.named("borough-quarter-kind")
        gone = DroppedTable(spec.name, "too-much-withheld", 1, 1)
        kept = {table: cells for table, cells in made.masked.tables.items() if table != spec}
        return Protected(Masked(kept, replace(made.masked.report, dropped=(gone,))), made.verdict)

    hub = a_small_hub(database, clock, tmp_path)
    hub.views = hub.views_of(protect=too_much)
    (measure,) = hub.build().measures
    assert dict(measure.dropped) == {"borough-quarter-kind": "not-protected"}
    table = hub.table(COUNCIL, by="borough,quarter,kind")
    assert table.rows == ()
    assert ["could not be protected" in note.sentence for note in table.notes if note.code == "dropped"] == [True]
    assert hub.table(COUNCIL, "police-and-health", by="borough,quarter").cells == 0
    assert hub.table(COUNCIL, by="borough,quarter").cells == 1


def test_a_build_is_done_once_and_only_of_a_frozen_snapshot(
    database: Database, clock: FrozenClock, tmp_path: Path
) -> None:
    hub = a_small_hub(database, clock, tmp_path)
    snapshot = hub.freeze()
    with hub.database.unit_of_work() as uow:
        hub.views.build(uow, hub.build_permit(uow), snapshot)
    assert hub.table(COUNCIL, by="borough,quarter").snapshot == 1
    with pytest.raises(Conflict), hub.database.unit_of_work() as uow:
        hub.views.build(uow, hub.build_permit(uow), snapshot)
    with hub.database.reading() as reading:
        done = hub.snapshots.get(reading, 1)
    with pytest.raises(Conflict), hub.database.unit_of_work() as uow:
        hub.views.build(uow, hub.build_permit(uow), done)


def test_a_build_that_fails_leaves_no_cell_and_no_snapshot_in_force(
    database: Database, clock: FrozenClock, tmp_path: Path
) -> None:
    def broken(_lattice: Lattice, _counts: Mapping[TableSpec, Counts], _profile: Profile) -> Protected:
        raise RuntimeError

    hub = a_small_hub(database, clock, tmp_path)
    hub.build()
    hub.views = hub.views_of(protect=broken)
    with pytest.raises(RuntimeError):
        hub.build()
    with hub.database.reading() as reading:
        current = hub.snapshots.current(reading)
        assert current is not None
        assert current.number == 1
        assert hub.views.measures(reading, 2) == ()
