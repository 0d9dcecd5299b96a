"""Migrations go up and down on SQLite and on PostgreSQL, and end at exactly the tables that the code declares."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect

from hub.db import Database, metadata, migrate, revision_of, unmigrate
from tests.support.databases import load_all_tables
from tests.support.postgres import Cluster

pytestmark = pytest.mark.db


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    load_all_tables()
    if request.param == "sqlite":
        database = Database(f"sqlite:///{tmp_path / 'empty.sqlite'}")
        yield database
        database.close()
        return
    cluster: Cluster = request.getfixturevalue("cluster")
    url = cluster.empty()
    database = Database(url)
    yield database
    database.close()
    cluster.drop(url)


def tables(database: Database) -> set[str]:
    return set(inspect(database.engine).get_table_names())


def test_an_empty_database_has_no_revision(empty: Database) -> None:
    assert revision_of(empty) == ""
    assert tables(empty) == set()


def test_the_migrations_make_every_table_and_take_them_away_again(empty: Database) -> None:
    migrate(empty)
    assert revision_of(empty) != ""
    assert set(metadata.tables) <= tables(empty)
    unmigrate(empty)
    assert revision_of(empty) == ""
    assert tables(empty) <= {"alembic_version"}
    migrate(empty)
    assert set(metadata.tables) <= tables(empty)


def test_migrating_again_changes_nothing(empty: Database) -> None:
    migrate(empty)
    before = revision_of(empty), tables(empty)
    migrate(empty)
    assert (revision_of(empty), tables(empty)) == before


def test_processes_that_start_at_once_migrate_one_after_another(empty: Database) -> None:
    others = [Database(empty.url) for _ in range(3)]
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(migrate, others))
    assert set(metadata.tables) <= tables(empty)
    for other in others:
        other.close()


def test_the_migrations_and_the_declared_tables_are_the_same(empty: Database) -> None:
    migrate(empty)
    with empty.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, metadata) == []


def test_a_difference_would_be_noticed(empty: Database) -> None:
    migrate(empty)
    with empty.engine.connect().execution_options(hub_writes=True) as connection, connection.begin():
        connection.exec_driver_sql("ALTER TABLE agencies DROP COLUMN facilitator")
    with empty.engine.connect() as connection:
        found = compare_metadata(MigrationContext.configure(connection), metadata)
    assert [difference[0] for difference in found] == ["add_column"]
