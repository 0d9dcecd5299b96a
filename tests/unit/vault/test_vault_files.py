"""Sealed objects as the query engine sees them."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from hub.db import Database
from hub.engine import DuckDbEngine, EngineError
from hub.kit.clock import FrozenClock
from hub.kit.errors import Bug, NotFound, NotPermitted
from hub.vault import ObjectKind, Vault
from tests.support.vault import AGENCY, DATASET, a_grant, a_vault, put

ROWS = 40_000
TABLE = b"id,place\n" + b"".join(b"%d,place %d\n" % (number, number % 7) for number in range(ROWS))


@pytest.fixture
def vault(tmp_path: Path, clock: FrozenClock) -> Vault:
    return a_vault(tmp_path, clock)


def ciphertexts(folder: Path) -> set[str]:
    return {path.stem for path in (folder / "objects").glob("*/*")}


def test_a_sealed_extract_becomes_sealed_parquet_and_is_read_back(
    vault: Vault, database: Database, clock: FrozenClock
) -> None:
    source = put(vault, database, clock, TABLE)
    grant = a_grant(clock)
    with (
        database.reading() as reading,
        vault.files(reading, grant, [source.id]) as files,
        DuckDbEngine().session(files=files) as session,
    ):
        assert session.read_csv(f"sealed://{source.id}", columns=["id", "place"], into="extract") == []
        target = files.create(agency=AGENCY, dataset=DATASET)
        assert session.write_parquet("SELECT * FROM extract", f"sealed://{target}") == ROWS
        asked = f"SELECT count(*), sum(id::BIGINT), max(hub_row) FROM 'sealed://{target}'"
        assert session.rows(asked.replace(f"'sealed://{target}'", f"read_parquet('sealed://{target}')")) == [
            (ROWS, ROWS * (ROWS - 1) // 2, ROWS + 1)
        ]
        with database.unit_of_work() as uow:
            accepted = vault.publish(uow, files.writer(target), ObjectKind.ACCEPTED)
    with (
        database.reading() as reading,
        vault.files(reading, grant, [accepted.id]) as files,
        DuckDbEngine().session(files=files) as session,
    ):
        found = session.rows(f"SELECT count(DISTINCT place) FROM read_parquet('sealed://{accepted.id}')")
        assert found == [(7,)]
        assert b"".join(files.read(accepted.id))[:4] == b"PAR1"


def test_an_unpublished_target_is_unlinked_at_the_end(
    vault: Vault, database: Database, clock: FrozenClock, tmp_path: Path
) -> None:
    with (
        database.reading() as reading,
        vault.files(reading, a_grant(clock)) as files,
        DuckDbEngine().session(files=files) as session,
    ):
        target = files.create(agency=AGENCY, dataset=DATASET)
        session.write_parquet("SELECT 1 AS one", f"sealed://{target}")
        assert ciphertexts(tmp_path) == {target}
        writer = files.writer(target)
    assert ciphertexts(tmp_path) == set()
    with pytest.raises(Bug), database.unit_of_work() as uow:
        vault.publish(uow, writer, ObjectKind.ACCEPTED)


def test_a_copy_that_fails_half_way_leaves_nothing_to_publish(
    vault: Vault, database: Database, clock: FrozenClock, tmp_path: Path
) -> None:
    failing = (
        "SELECT CASE WHEN range > 900000 THEN error('CANARY') ELSE range::VARCHAR END AS value FROM range(1000000)"
    )
    with (
        database.reading() as reading,
        vault.files(reading, a_grant(clock)) as files,
        DuckDbEngine().session(files=files) as session,
    ):
        target = files.create(agency=AGENCY, dataset=DATASET)
        with pytest.raises(EngineError) as caught:
            session.write_parquet(failing, f"sealed://{target}")
        assert "CANARY" not in repr(caught.value)
        assert ciphertexts(tmp_path) == set()
        with pytest.raises(NotFound):
            files.writer(target)


def test_a_target_that_was_never_written_is_not_published(
    vault: Vault, database: Database, clock: FrozenClock, tmp_path: Path
) -> None:
    with database.reading() as reading, vault.files(reading, a_grant(clock)) as files:
        target = files.create(agency=AGENCY, dataset=DATASET)
        with pytest.raises(Bug):
            files.writer(target)
        with pytest.raises(NotFound):
            files.writer("obj_none")
    assert ciphertexts(tmp_path) == set()


def test_a_target_is_made_only_where_the_grant_reaches(vault: Vault, database: Database, clock: FrozenClock) -> None:
    with database.reading() as reading, vault.files(reading, a_grant(clock)) as files:
        with pytest.raises(NotPermitted):
            files.create(agency="city-police", dataset=DATASET)
        with pytest.raises(NotPermitted):
            files.create(agency=AGENCY, dataset="health/istv-assaults")


def test_a_session_reaches_no_object_but_the_named_ones_and_writes_none_of_them(
    vault: Vault, database: Database, clock: FrozenClock
) -> None:
    named, other = put(vault, database, clock, TABLE), put(vault, database, clock, TABLE)
    with (
        database.reading() as reading,
        vault.files(reading, a_grant(clock), [named.id]) as files,
        DuckDbEngine().session(files=files) as session,
    ):
        for attempt in (
            f"SELECT * FROM read_text('sealed://{other.id}')",
            f"COPY (SELECT 1) TO 'sealed://{named.id}' (FORMAT parquet, USE_TMP_FILE false)",
            f"COPY (SELECT 1) TO 'sealed://{other.id}' (FORMAT parquet, USE_TMP_FILE false)",
        ):
            try:
                assert session.rows(attempt) == []
            except EngineError:
                continue
        with pytest.raises(PermissionError):
            files.open(f"sealed://{named.id}", "wb")
        with pytest.raises(PermissionError):
            files.open(f"sealed://{other.id}")
        with pytest.raises(PermissionError):
            files.rm(f"sealed://{named.id}")
        assert b"".join(files.read(named.id)) == TABLE


def test_a_large_line_may_stand_in_what_the_hub_itself_writes(
    vault: Vault, database: Database, clock: FrozenClock
) -> None:
    with database.reading() as reading, vault.files(reading, a_grant(clock)) as files:
        target = files.create(agency=AGENCY, dataset=DATASET)
        handle = files.open(f"sealed://{target}", "wb")
        handle.write(bytes(3_000_000))
        handle.flush()
        assert handle.tell() == 3_000_000
        handle.close()
        handle.close()
        assert files.size_of(target) == 3_000_000


def test_nothing_opens_any_more_once_the_files_are_left(vault: Vault, database: Database, clock: FrozenClock) -> None:
    sealed = put(vault, database, clock, TABLE)
    with database.reading() as reading, vault.files(reading, a_grant(clock), [sealed.id]) as files:
        handle = files.open(f"sealed://{sealed.id}")
    assert handle.closed
    with pytest.raises(ValueError, match="closed"):
        handle.read(1)  # type: ignore[union-attr]
    with pytest.raises(PermissionError):
        files.open(f"sealed://{sealed.id}")
    with pytest.raises(NotFound):
        next(files.read(sealed.id))


def test_threads_that_share_one_file_do_not_move_each_others_position(
    vault: Vault, database: Database, clock: FrozenClock
) -> None:
    sealed = put(vault, database, clock, TABLE)
    wrong: list[int] = []
    with database.reading() as reading, vault.files(reading, a_grant(clock), [sealed.id]) as files:
        handle = files.open(f"sealed://{sealed.id}")

        def read_from(start: int) -> None:
            handle.seek(start)  # type: ignore[union-attr]
            place = start
            for length in (1, 10, 5_000, 200_000, 3):
                if handle.read(length) != TABLE[place : place + length]:  # type: ignore[union-attr]
                    wrong.append(place)
                place = min(place + length, len(TABLE))

        threads = [threading.Thread(target=read_from, args=(start * 7919,)) for start in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert wrong == []


def test_whether_every_byte_can_be_read_is_told(
    vault: Vault, database: Database, clock: FrozenClock, tmp_path: Path
) -> None:
    kept, changed = (put(vault, database, clock, TABLE) for _ in range(2))
    (path,) = (tmp_path / "objects").glob(f"*/{changed.id}.sealed")
    path.write_bytes(path.read_bytes()[:-1] + bytes([path.read_bytes()[-1] ^ 1]))
    with database.reading() as reading, vault.files(reading, a_grant(clock), [kept.id, changed.id]) as files:
        assert files.is_whole(kept.id)
        assert not files.is_whole(changed.id)
        assert not files.is_whole("obj_unknown")
