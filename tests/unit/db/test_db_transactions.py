"""Transactions on SQLite and on PostgreSQL: nothing written without its entry, one consistent view, work after the end (P5)."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError

from hub import audit
from hub.audit.store import stored_entries
from hub.db import Database
from hub.kit.errors import Bug
from tests.support.audit import an_audit, an_entry

pytestmark = pytest.mark.db

AN_AGENCY = (
    "INSERT INTO agencies (id, name, kind, facilitator, disabled_at) VALUES ('somebody', 'S', 'transport', '', '')"
)


def agencies(database: Database) -> int:
    with database.reading() as reading:
        return int(reading.connection.exec_driver_sql("SELECT count(*) FROM agencies").scalar_one())


def entries(database: Database) -> list[int]:
    with database.reading() as reading:
        return [found.index for found in stored_entries(reading)]


def test_effect_and_entry_are_durable_together(each_database: Database) -> None:
    with each_database.unit_of_work() as uow:
        uow.connection.exec_driver_sql(AN_AGENCY)
        assert audit.record(uow, an_entry()) == 0
    assert (agencies(each_database), entries(each_database)) == (1, [0])


def test_a_write_without_an_entry_is_refused_and_undone(each_database: Database) -> None:
    with pytest.raises(Bug, match="without an audit entry"), each_database.unit_of_work() as uow:
        uow.connection.exec_driver_sql(AN_AGENCY)
    assert agencies(each_database) == 0


def test_an_error_undoes_effect_and_entry(each_database: Database) -> None:
    with pytest.raises(IntegrityError), each_database.unit_of_work() as uow:  # noqa: PT012 - what is raised undoes the rest
        audit.record(uow, an_entry())
        uow.connection.exec_driver_sql(AN_AGENCY)
        uow.connection.exec_driver_sql(AN_AGENCY)
    assert (agencies(each_database), entries(each_database)) == (0, [])


def test_a_unit_of_work_that_only_looks_needs_no_entry(each_database: Database) -> None:
    with each_database.unit_of_work() as uow:
        uow.connection.exec_driver_sql("SELECT count(*) FROM agencies").scalar_one()
    assert entries(each_database) == []


@pytest.mark.parametrize(
    "statement",
    [
        AN_AGENCY,
        "  delete from agencies",
        "WITH gone AS (SELECT 1) DELETE FROM agencies",
        "UPDATE agencies SET name = 'x'",
    ],
)
def test_a_reading_cannot_write(each_database: Database, statement: str) -> None:
    with pytest.raises(Bug, match="cannot write"), each_database.reading() as reading:
        reading.connection.exec_driver_sql(statement)
    assert agencies(each_database) == 0


def test_a_reading_sees_the_database_as_it_was_when_it_began(each_database: Database) -> None:
    with each_database.reading() as reading:
        before = reading.connection.exec_driver_sql("SELECT count(*) FROM agencies").scalar_one()
        with each_database.unit_of_work() as uow:
            uow.connection.exec_driver_sql(AN_AGENCY)
            audit.record(uow, an_entry())
        after = reading.connection.exec_driver_sql("SELECT count(*) FROM agencies").scalar_one()
        assert (before, after) == (0, 0)
        assert audit.size(reading) == 0
    assert agencies(each_database) == 1


def test_work_for_after_the_end_runs_once_and_only_on_its_side(each_database: Database) -> None:
    done: list[str] = []
    with each_database.unit_of_work() as uow:
        uow.after_commit(lambda: done.append("first"))
        uow.after_commit(lambda: done.append("second"))
        uow.after_rollback(lambda: done.append("undone"))
        assert done == []
    assert done == ["first", "second"]
    with pytest.raises(KeyError), each_database.unit_of_work() as uow:  # noqa: PT012
        uow.after_commit(lambda: done.append("committed"))
        uow.after_rollback(lambda: done.append("undone"))
        raise KeyError
    assert done == ["first", "second", "undone"]


def test_work_for_after_a_rollback_may_open_a_transaction_of_its_own(each_database: Database) -> None:
    refusal = an_entry(outcome="refused")
    with pytest.raises(KeyError), each_database.unit_of_work() as uow:  # noqa: PT012
        audit.record(uow, an_entry())
        uow.after_rollback(lambda: audit.with_own_transaction(each_database, refusal))  # type: ignore[arg-type,return-value]
        raise KeyError
    with each_database.reading() as reading:
        assert [found.columns["outcome"] for found in stored_entries(reading)] == ["refused"]


def test_two_threads_append_without_a_gap_and_the_log_verifies(each_database: Database) -> None:
    each = 25
    with each_database.unit_of_work() as uow:
        audit.record(uow, an_entry())
    start = threading.Barrier(2)
    indexes: dict[str, list[int]] = {"one": [], "two": []}

    def append(name: str) -> None:
        start.wait()
        for _ in range(each):
            with each_database.unit_of_work() as uow:
                indexes[name].append(audit.record(uow, an_entry(subject=f"submission/{name}")))

    threads = [threading.Thread(target=append, args=(name,)) for name in indexes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sorted([0, *indexes["one"], *indexes["two"]]) == list(range(2 * each + 1))
    assert all(found == sorted(found) for found in indexes.values())
    with each_database.reading() as reading:
        assert an_audit().verify(reading).verified


def test_a_log_that_grows_meanwhile_still_verifies(each_database: Database) -> None:
    with each_database.unit_of_work() as uow:
        audit.record(uow, an_entry())
    with each_database.reading() as reading:
        assert audit.size(reading) == 1
        with each_database.unit_of_work() as uow:
            audit.record(uow, an_entry())
        found = an_audit().verify(reading)
    assert found.problems == ()
    assert found.entries == 1


def test_a_checkpoint_of_the_files_truncates_the_write_ahead_log(tmp_path: Path, database: Database) -> None:
    with database.unit_of_work() as uow:
        audit.record(uow, an_entry())
    log = tmp_path / "hub.sqlite-wal"
    assert log.stat().st_size > 0
    database.checkpoint()
    assert log.stat().st_size == 0


def test_on_postgresql_there_is_no_write_ahead_log_of_ours(cluster: object) -> None:
    url = cluster.empty()  # type: ignore[attr-defined]
    database = Database(url)
    database.checkpoint()
    with database.reading() as reading:
        assert reading.connection.exec_driver_sql("SELECT 1").scalar_one() == 1
    database.close()
    cluster.drop(url)  # type: ignore[attr-defined]
