"""Migrations go up and down on SQLite and on PostgreSQL, and end at exactly the tables that the code declares."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from hub.db import Database, metadata, migrate, revision_of, unmigrate
from hub.kit.errors import Unavailable
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


def test_whoever_opens_a_new_file_while_another_prepares_it_waits_for_its_turn(tmp_path: Path) -> None:
    path = tmp_path / "new.sqlite"
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute(
        "BEGIN IMMEDIATE"
    )  # as one does that switches the journal: SQLite tells the next one "locked" at once
    opener = Database(f"sqlite:///{path}")
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(revision_of, opener)
        with pytest.raises(TimeoutError):
            waiting.result(timeout=0.3)
        other.execute("ROLLBACK")
        other.close()
        assert waiting.result(timeout=60) == ""
    with opener.reading() as reading:
        assert reading.connection.exec_driver_sql("PRAGMA journal_mode").scalar_one() == "wal"
    opener.close()


def test_a_file_that_is_no_database_is_not_asked_again(tmp_path: Path) -> None:
    broken = tmp_path / "broken.sqlite"
    broken.write_bytes(b"this is no database" * 100)
    with pytest.raises(Unavailable), Database(f"sqlite:///{broken}").reading():
        pass


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


def written(database: Database, statement: str, **values: object) -> None:
    with database.engine.connect().execution_options(hub_writes=True) as connection, connection.begin():
        connection.execute(text(statement), values)


def a_submission(database: Database, identity: str, state: str, **more: object) -> None:
    """A submission as revision 0006 keeps it, and what later ones add."""
    texts = ("agency", "dataset", "period", "schema_version", "file_name", "sha256", "agreement", "submitted_by", "at")
    later = ("profile", "attested_by", "accepted_at", "superseded_by")
    sealed = ("original_object", "accepted_object", "quarantine_object", "report")
    values: dict[str, object] = dict.fromkeys((*texts, *later), "") | {name: f"a {name}" for name in sealed}
    values |= dict.fromkeys(("size", "audit_index", "rows", "accepted_rows", "quarantined_rows", "findings"), 7)
    values |= {"id": identity, "state": state, "explanations": "{}", "attested_by": "somebody"} | more
    written(database, f"INSERT INTO submissions ({', '.join(values)}) VALUES (:{', :'.join(values)})", **values)


def test_the_release_before_is_not_gone_back_to_while_rows_sealed_for_a_word_would_be_left_to_nobody(
    empty: Database,
) -> None:
    migrate(empty, "0006")
    for state in ("checked", "accepted"):
        a_submission(empty, f"sub_{state}", state)
    with pytest.raises(RuntimeError, match="1 file waits"):
        unmigrate(empty, "0005")
    columns = {column["name"] for column in inspect(empty.engine).get_columns("submissions")}
    assert (revision_of(empty), {"profile", "sheet"} & columns) == ("0006", {"profile"})
    written(empty, "UPDATE submissions SET state = 'withdrawn', accepted_object = '' WHERE state = 'checked'")
    unmigrate(empty, "0005")
    names = "id, state, original_object, accepted_object, quarantine_object, report, accepted_rows, findings"
    with empty.engine.connect() as connection:
        found = connection.execute(text(f"SELECT {names} FROM submissions WHERE state = 'accepted'")).one()
    kept = ("a original_object", "a accepted_object", "a quarantine_object", "a report", 7, 7)
    assert tuple(found) == ("sub_accepted", "accepted", *kept)


def test_what_reports_of_withdrawn_files_quote_goes_and_what_was_counted_stays(empty: Database) -> None:
    migrate(empty, "0011")
    found = {
        "code": "extra-column",
        "severity": "warning",
        "field": "column C",
        "count": 1,
        "message": "Column C (Mrs X)",
    }
    whole = {
        "file": "x.csv",
        "rows": 3,
        "findings": [found | {"remedy": "Take Mrs X out.", "rows": [1], "cells": ["C1"]}],
    }
    for state in ("withdrawn", "accepted"):
        a_submission(empty, state, state, report=json.dumps(whole), settled_at="")
    a_submission(empty, "unchecked", "withdrawn", report="", settled_at="")
    migrate(empty, "0012")
    with empty.engine.connect() as connection:
        kept = {row.id: row.report for row in connection.execute(text("SELECT id, report FROM submissions"))}
    assert (json.loads(kept["accepted"]), kept["unchecked"]) == (whole, "")
    bare = found | {"message": "", "remedy": "", "rows": [], "cells": []}
    assert json.loads(kept["withdrawn"]) == {"file": "", "rows": 3, "findings": [bare]}


def test_whoever_had_either_role_of_information_governance_has_the_one(empty: Database) -> None:
    migrate(empty, "0012")
    written(empty, "INSERT INTO agencies (id, name, kind, facilitator, disabled_at) VALUES ('a', 'A', 'vcs', '', '')")
    held = {"one": ["steward"], "both": ["steward", "approver", "analyst"], "none": ["uploader"]}
    for person, roles in held.items():
        written(
            empty,
            "INSERT INTO people (id, agency, issuer, subject, name, disabled_at) VALUES (:id, 'a', 'i', :id, 'N', '')",
            id=person,
        )
        for role in roles:
            written(empty, "INSERT INTO person_roles (person, role) VALUES (:id, :role)", id=person, role=role)
    values = {"roles": "analyst approver", **dict.fromkeys(("id", "code_sha256", "name", "invited_by"), "x")}
    values |= {"agency": "a", **dict.fromkeys(("made_at", "expires_at", "ended_at"), "")}
    written(empty, f"INSERT INTO invitations ({', '.join(values)}) VALUES (:{', :'.join(values)})", **values)
    migrate(empty, "0013")
    assert _roles(empty) == {"one": ["governance_lead"], "both": ["analyst", "governance_lead"], "none": ["uploader"]}
    with empty.engine.connect() as connection:
        assert connection.execute(text("SELECT roles FROM invitations")).scalar() == "analyst governance_lead"
    unmigrate(empty, "0012")
    assert _roles(empty) == {
        "one": ["approver", "steward"],
        "both": ["analyst", "approver", "steward"],
        "none": ["uploader"],
    }


def _roles(database: Database) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    with database.engine.connect() as connection:
        for person, role in connection.execute(text("SELECT person, role FROM person_roles ORDER BY person, role")):
            found.setdefault(person, []).append(role)
    return found


def test_the_tables_of_uploads_are_not_dropped_while_sealed_parts_are_named_there_alone(empty: Database) -> None:
    migrate(empty, "0007")
    written(empty, "INSERT INTO upload_parts (upload, starts, object) VALUES ('upl_1', 0, 'obj_1')")
    with pytest.raises(RuntimeError, match="uploads are open"):
        unmigrate(empty, "0006")
    assert (revision_of(empty), {"uploads", "upload_parts"} <= tables(empty)) == ("0007", True)
    written(empty, "DELETE FROM upload_parts")
    unmigrate(empty, "0006")
    assert not {"uploads", "upload_parts"} & tables(empty)
