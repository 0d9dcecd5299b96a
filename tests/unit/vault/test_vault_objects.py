"""The vault: sealed as it arrives, opened by a Grant alone, erased for good."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from hub.audit import Verb, entry, size
from hub.db import Database, UnitOfWork
from hub.kit.authority import Action, Reader
from hub.kit.clock import FrozenClock
from hub.kit.crypto.chunked import SealBroken
from hub.kit.errors import Bug, Conflict, HubError, NotFound, NotPermitted, Refused
from hub.vault import ObjectKind, Vault
from hub.vault.writer import MAX_ARCHIVE_BYTES, MAX_LINE_BYTES
from tests.support.vault import AGENCY, DATASET, a_grant, a_permit, a_vault, put

LINES = b"Crime ID,Month\nCANARY-1,2026-10\n"


@pytest.fixture
def vault(tmp_path: Path, clock: FrozenClock) -> Vault:
    return a_vault(tmp_path, clock)


def ciphertexts(folder: Path) -> list[Path]:
    return sorted((folder / "objects").glob("*/*"))


def content(vault: Vault, database: Database, clock: FrozenClock, object_id: str) -> bytes:
    with database.reading() as reading, vault.files(reading, a_grant(clock), [object_id]) as files:
        return b"".join(files.read(object_id))


def last_entry(database: Database) -> dict[str, str]:
    with database.reading() as reading:
        return dict(entry(reading, size(reading) - 1).columns)


@contextmanager
def a_failing_unit_of_work(database: Database) -> Iterator[UnitOfWork]:
    try:
        with database.unit_of_work() as uow:
            yield uow
            raise Conflict("another part of the work failed")
    except Conflict:
        return


def test_what_was_received_and_published_is_read_back(vault: Vault, database: Database, clock: FrozenClock) -> None:
    message = os.urandom(350_000).hex().encode().replace(b"7", b"\n")
    sealed = put(vault, database, clock, message)
    assert content(vault, database, clock, sealed.id) == message
    with database.reading() as reading:
        assert vault.describe(reading, sealed.id) == sealed
    assert (sealed.size, sealed.agency, sealed.dataset, sealed.destroyed_at) == (len(message), AGENCY, DATASET, None)


def test_an_empty_object_is_an_object(vault: Vault, database: Database, clock: FrozenClock) -> None:
    sealed = put(vault, database, clock, b"")
    assert sealed.size == 0
    assert content(vault, database, clock, sealed.id) == b""


def test_a_publication_leaves_an_entry_with_hash_and_size(vault: Vault, database: Database, clock: FrozenClock) -> None:
    sealed = put(vault, database, clock, LINES)
    written = last_entry(database)
    assert (written["verb"], written["subject"]) == (Verb.KEY, f"object/{sealed.id}")
    assert sealed.sha256 in written["detail"]


def test_neither_agency_nor_dataset_nor_content_shows_in_the_folder(
    vault: Vault, database: Database, clock: FrozenClock, tmp_path: Path
) -> None:
    put(vault, database, clock, LINES)
    (path,) = ciphertexts(tmp_path)
    assert AGENCY not in str(path.relative_to(tmp_path))
    assert b"CANARY" not in path.read_bytes()
    assert path.stat().st_mode & 0o077 == 0


def test_nothing_is_readable_before_publication(vault: Vault, database: Database, clock: FrozenClock) -> None:
    with vault.receive(a_permit(clock), agency=AGENCY, dataset=DATASET) as writer:
        writer.write(LINES)
        writer.finish()
    with pytest.raises(NotFound):
        content(vault, database, clock, writer.object_id)
    writer.discard()


def test_a_rolled_back_publication_unlinks_the_object(
    vault: Vault, database: Database, clock: FrozenClock, tmp_path: Path
) -> None:
    with vault.receive(a_permit(clock), agency=AGENCY, dataset=DATASET) as writer:
        writer.write(LINES)
        writer.finish()
    with a_failing_unit_of_work(database) as uow:
        vault.publish(uow, writer, ObjectKind.ORIGINAL)
    assert ciphertexts(tmp_path) == []
    with database.reading() as reading, pytest.raises(NotFound):
        vault.describe(reading, writer.object_id)


def test_an_upload_left_with_an_error_or_unfinished_leaves_nothing(
    vault: Vault, clock: FrozenClock, tmp_path: Path
) -> None:
    writer = vault.receive(a_permit(clock), agency=AGENCY, dataset=DATASET)
    with pytest.raises(Refused), writer:
        writer.write(LINES + b"x" * (MAX_LINE_BYTES + 1))
    with vault.receive(a_permit(clock), agency=AGENCY, dataset=DATASET) as other:
        other.write(LINES)
    with vault.receive(a_permit(clock), agency=AGENCY, dataset=DATASET) as third:
        third.finish()
        third.discard()
        third.discard()
    assert ciphertexts(tmp_path) == []
    for gone in (writer, other):
        with pytest.raises(Bug):
            gone.write(b"more")
        with pytest.raises(Bug):
            gone.finish()


def test_only_a_finished_object_is_published_and_only_once(
    vault: Vault, database: Database, clock: FrozenClock
) -> None:
    with vault.receive(a_permit(clock), agency=AGENCY, dataset=DATASET) as writer:
        writer.write(LINES)
        with pytest.raises(Bug), database.unit_of_work() as uow:
            vault.publish(uow, writer, ObjectKind.ORIGINAL)
        writer.finish()
        writer.finish()
    with database.unit_of_work() as uow:
        vault.publish(uow, writer, ObjectKind.ORIGINAL)
    with pytest.raises(Bug), database.unit_of_work() as uow:
        vault.publish(uow, writer, ObjectKind.ORIGINAL)
    assert content(vault, database, clock, writer.object_id) == LINES


@pytest.mark.parametrize("end", [b"\n", b"\r", b"\r\n"])
@pytest.mark.parametrize("step", [1000, 65_536, 3_000_000])
def test_a_line_of_a_mebibyte_is_taken_and_one_byte_more_is_refused(
    vault: Vault, clock: FrozenClock, end: bytes, step: int
) -> None:
    fitting = (b"a,b" + end) * 3 + b"x" * MAX_LINE_BYTES + end + b"y" * MAX_LINE_BYTES
    with vault.receive(a_permit(clock), agency=AGENCY, dataset=DATASET) as writer:
        for start in range(0, len(fitting), step):
            writer.write(fitting[start : start + step])
        with pytest.raises(Refused) as caught:
            writer.write(b"z")
        assert caught.value.code == "line-too-long"
        with pytest.raises(Refused):
            writer.write(b"q" * 10 + end)


@pytest.mark.parametrize("sign", [b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"PAR1"])
def test_files_that_have_no_lines_are_taken_up_to_what_is_read_of_them(
    vault: Vault, clock: FrozenClock, sign: bytes
) -> None:
    with vault.receive(a_permit(clock), agency=AGENCY, dataset=DATASET) as writer:
        writer.write(sign[:1])
        writer.write(sign[1:] + b"x" * (MAX_ARCHIVE_BYTES - len(sign)))
        with pytest.raises(Refused) as caught:
            writer.write(b"x")
    assert caught.value.code == "too-large"


def test_an_upload_that_is_too_large_is_refused_while_it_arrives(tmp_path: Path, clock: FrozenClock) -> None:
    vault = a_vault(tmp_path, clock, max_bytes=2**20)
    with vault.receive(a_permit(clock), agency=AGENCY, dataset=DATASET) as writer:
        writer.write(b"a\n" * 2**19)
        with pytest.raises(Refused) as caught:
            writer.write(b"a")
    assert caught.value.code == "too-large"
    assert "1 MiB" in caught.value.title
    assert ciphertexts(tmp_path) == []


def test_an_upload_needs_a_living_permit_for_that_dataset(vault: Vault, clock: FrozenClock) -> None:
    for permit in (
        a_permit(clock, minutes=0),
        a_permit(clock, action=Action.SUBMISSION_READ),
        a_permit(clock, dataset="police/stop-and-search"),
    ):
        with pytest.raises(NotPermitted):
            vault.receive(permit, agency=AGENCY, dataset=DATASET)


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"minutes": 0}, "expired"),
        ({"datasets": ["health/istv-assaults"]}, "other-dataset"),
        ({"agencies": ["city-police"]}, "other-agency"),
        ({"reader": Reader(agency="bromley-council", person="per_1")}, "own-only"),
        ({"reader": Reader(agency="hub", task="snapshot-build")}, "own-only"),
    ],
)
def test_a_grant_that_does_not_cover_the_object_does_not_open_it(
    vault: Vault, database: Database, clock: FrozenClock, options: dict[str, object], reason: str
) -> None:
    sealed = put(vault, database, clock, LINES)
    with database.reading() as reading, pytest.raises(NotPermitted) as caught:
        vault.files(reading, a_grant(clock, **options), [sealed.id]).__enter__()  # type: ignore[arg-type]
    assert caught.value.reasons == (reason,)


def test_a_grant_that_ran_out_in_the_meantime_does_not_open_it(
    vault: Vault, database: Database, clock: FrozenClock
) -> None:
    sealed = put(vault, database, clock, LINES)
    grant = a_grant(clock, minutes=5)
    clock.advance(timedelta(minutes=5))
    with database.reading() as reading, pytest.raises(NotPermitted):
        vault.files(reading, grant, [sealed.id]).__enter__()


def test_the_agency_itself_reads_its_original_and_others_granted_read_accepted_rows(
    vault: Vault, database: Database, clock: FrozenClock
) -> None:
    original = put(vault, database, clock, LINES)
    accepted = put(vault, database, clock, LINES, kind=ObjectKind.ACCEPTED)
    own = a_grant(clock, reader=Reader(agency=AGENCY, person="per_1"))
    other = a_grant(clock, reader=Reader(agency="bromley-council", person="per_2"))
    with database.reading() as reading:
        with vault.files(reading, own, [original.id, accepted.id]) as files:
            assert b"".join(files.read(original.id)) == b"".join(files.read(accepted.id)) == LINES
        with vault.files(reading, other, [accepted.id]) as files:
            assert b"".join(files.read(accepted.id)) == LINES
            with pytest.raises(NotFound):
                b"".join(files.read(original.id))


def test_an_unknown_object_is_not_found(vault: Vault, database: Database, clock: FrozenClock) -> None:
    with database.reading() as reading, pytest.raises(NotFound):
        vault.files(reading, a_grant(clock), ["obj_none"]).__enter__()


def test_keys_show_in_no_representation(vault: Vault, database: Database, clock: FrozenClock) -> None:
    with vault.receive(a_permit(clock), agency=AGENCY, dataset=DATASET) as writer:
        assert writer.key.hex() not in repr(writer)
        assert str(writer.key) not in repr(writer)
    sealed = put(vault, database, clock, LINES)
    with database.reading() as reading, vault.files(reading, a_grant(clock), [sealed.id]) as files:
        assert "key=" not in repr(files._objects)


@pytest.mark.sqlite
def test_a_data_key_put_to_another_object_does_not_open_it(
    vault: Vault, database: Database, clock: FrozenClock
) -> None:
    one, other = put(vault, database, clock, LINES), put(vault, database, clock, LINES)
    with database.engine.begin() as connection:
        swap = (
            "UPDATE vault_keys SET wrapped = (SELECT wrapped FROM vault_keys WHERE object_id = ?) WHERE object_id = ?"
        )
        connection.exec_driver_sql(swap, (one.id, other.id))
    assert content(vault, database, clock, one.id) == LINES
    with pytest.raises(SealBroken):
        content(vault, database, clock, other.id)


def test_a_file_put_in_the_place_of_another_does_not_open(
    vault: Vault, database: Database, clock: FrozenClock, tmp_path: Path
) -> None:
    one, other = put(vault, database, clock, LINES), put(vault, database, clock, LINES)
    paths = {path.stem: path for path in ciphertexts(tmp_path)}
    paths[other.id].write_bytes(paths[one.id].read_bytes())
    with pytest.raises(SealBroken):
        content(vault, database, clock, other.id)


def test_a_missing_shortened_or_grown_file_is_refused(
    vault: Vault, database: Database, clock: FrozenClock, tmp_path: Path
) -> None:
    sealed = put(vault, database, clock, LINES)
    (path,) = ciphertexts(tmp_path)
    whole = path.read_bytes()
    for broken in (whole[:-1], whole + b"\x00", b""):
        path.write_bytes(broken)
        with pytest.raises(SealBroken):
            content(vault, database, clock, sealed.id)
    path.unlink()
    with pytest.raises(SealBroken, match="missing"):
        content(vault, database, clock, sealed.id)


def test_a_recorded_size_that_is_not_the_sealed_one_is_refused(
    vault: Vault, database: Database, clock: FrozenClock
) -> None:
    sealed = put(vault, database, clock, LINES)
    with database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE vault_objects SET size = size + 1")
    with pytest.raises(SealBroken, match="size"):
        content(vault, database, clock, sealed.id)


def test_another_root_key_or_a_changed_wrapped_key_opens_nothing(
    vault: Vault, database: Database, clock: FrozenClock, tmp_path: Path
) -> None:
    sealed = put(vault, database, clock, LINES)
    stranger = Vault(folder=tmp_path / "objects", root_key=bytes(32), clock=clock)
    with pytest.raises(SealBroken, match="root key"):
        content(stranger, database, clock, sealed.id)
    with database.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM vault_agency_keys")
    with pytest.raises(Bug):
        content(vault, database, clock, sealed.id)


def test_a_destroyed_object_is_gone_with_its_key_and_its_ciphertext(
    vault: Vault, database: Database, clock: FrozenClock, tmp_path: Path
) -> None:
    sealed = put(vault, database, clock, LINES)
    clock.advance(timedelta(hours=1))
    with database.unit_of_work() as uow:
        vault.destroy(uow, a_permit(clock, action=Action.SUBMISSION_CHECK), sealed.id, reason="floor")
    assert ciphertexts(tmp_path) == []
    with pytest.raises(NotFound):
        content(vault, database, clock, sealed.id)
    with database.reading() as reading:
        kept = vault.describe(reading, sealed.id)
    assert (kept.sha256, kept.size, kept.destroyed_at) == (sealed.sha256, sealed.size, clock.now())
    written = last_entry(database)
    assert (written["verb"], written["subject"]) == (Verb.ERASURE, f"object/{sealed.id}")
    assert '"reason":"floor"' in written["detail"]


@pytest.mark.sqlite
def test_the_wrapped_key_of_a_destroyed_object_is_in_no_file_of_the_database(
    vault: Vault, database: Database, clock: FrozenClock, tmp_path: Path
) -> None:
    kept, sealed = put(vault, database, clock, LINES), put(vault, database, clock, LINES)
    with database.engine.connect() as connection:
        wrapped = dict(connection.exec_driver_sql("SELECT object_id, wrapped FROM vault_keys").fetchall())
    assert wrapped[sealed.id] in on_disk(tmp_path)
    with database.unit_of_work() as uow:
        vault.destroy(uow, a_permit(clock, action=Action.SUBMISSION_WITHDRAW), sealed.id, reason="withdrawn")
    assert wrapped[sealed.id] not in on_disk(tmp_path)
    assert wrapped[kept.id] in on_disk(tmp_path)


def on_disk(folder: Path) -> bytes:
    return b"|".join(path.read_bytes() for path in sorted(folder.glob("hub.sqlite*")))


def test_an_erasure_that_is_rolled_back_did_not_happen(vault: Vault, database: Database, clock: FrozenClock) -> None:
    sealed = put(vault, database, clock, LINES)
    with a_failing_unit_of_work(database) as uow:
        vault.destroy(uow, a_permit(clock, action=Action.SUBMISSION_CHECK), sealed.id, reason="floor")
    assert content(vault, database, clock, sealed.id) == LINES


def test_nothing_is_destroyed_twice_or_on_the_wrong_permit(
    vault: Vault, database: Database, clock: FrozenClock
) -> None:
    sealed = put(vault, database, clock, LINES)
    good = a_permit(clock, action=Action.SUBMISSION_CHECK)
    refused: list[tuple[type[HubError], str, object]] = [
        (NotPermitted, sealed.id, a_permit(clock, action=Action.VIEW_READ)),
        (NotPermitted, sealed.id, a_permit(clock, action=Action.SUBMISSION_CHECK, minutes=0)),
        (NotFound, "obj_none", good),
    ]
    for kind, object_id, permit in refused:
        with pytest.raises(kind), database.unit_of_work() as uow:
            vault.destroy(uow, permit, object_id, reason="floor")  # type: ignore[arg-type]
    with database.unit_of_work() as uow:
        vault.destroy(uow, good, sealed.id, reason="floor")
    with pytest.raises(Conflict), database.unit_of_work() as uow:
        vault.destroy(uow, good, sealed.id, reason="floor")


@pytest.mark.sqlite
def test_rotation_wraps_every_data_key_anew_and_touches_no_data(
    vault: Vault, database: Database, clock: FrozenClock, tmp_path: Path
) -> None:
    objects = [put(vault, database, clock, LINES + bytes([number])) for number in range(3)]
    other = put(vault, database, clock, LINES, agency="city-police")
    before = {path: path.read_bytes() for path in ciphertexts(tmp_path)}
    with database.engine.connect() as connection:
        old = connection.exec_driver_sql(
            "SELECT wrapped FROM vault_agency_keys WHERE agency = ?", (AGENCY,)
        ).scalar_one()
        keys = set(connection.exec_driver_sql("SELECT wrapped FROM vault_keys WHERE agency = ?", (AGENCY,)).scalars())
    with database.unit_of_work() as uow:
        assert vault.rotate(uow, a_permit(clock), agency=AGENCY) == 3
    assert {path: path.read_bytes() for path in ciphertexts(tmp_path)} == before
    assert [content(vault, database, clock, sealed.id)[-1] for sealed in objects] == [0, 1, 2]
    assert all(gone not in on_disk(tmp_path) for gone in (old, *keys))
    with (
        database.reading() as reading,
        vault.files(reading, a_grant(clock, agencies=["city-police"]), [other.id]) as files,
    ):
        assert b"".join(files.read(other.id)) == LINES
    assert put(vault, database, clock, LINES).size == len(LINES)
    with pytest.raises(NotPermitted), database.unit_of_work() as uow:
        vault.rotate(uow, a_permit(clock, minutes=0), agency=AGENCY)


def test_a_sweep_removes_what_no_object_owns_and_nothing_else(
    vault: Vault, database: Database, clock: FrozenClock, tmp_path: Path
) -> None:
    kept = put(vault, database, clock, LINES)
    stray = tmp_path / "objects" / "zz" / "obj_dead.sealed"
    stray.parent.mkdir(exist_ok=True)  # one object in a thousand lies there already
    stray.write_bytes(b"left by a killed process")
    with vault.receive(a_permit(clock), agency=AGENCY, dataset=DATASET) as writer:
        writer.write(LINES)
        with database.reading() as reading:
            assert vault.sweep(reading) == 1
        writer.finish()
        with database.reading() as reading:
            assert vault.sweep(reading) == 0
    with database.unit_of_work() as uow:
        vault.publish(uow, writer, ObjectKind.ORIGINAL)
    with database.reading() as reading:
        assert vault.sweep(reading) == 0
    assert {path.stem for path in ciphertexts(tmp_path)} == {kept.id, writer.object_id}


def test_objects_without_a_whole_ciphertext_or_without_a_key_are_named_and_destroyed_ones_are_not(
    vault: Vault, database: Database, clock: FrozenClock, tmp_path: Path
) -> None:
    whole, cut, gone, keyless, destroyed = (put(vault, database, clock, LINES * count).id for count in range(1, 6))
    paths = {path.stem: path for path in ciphertexts(tmp_path)}
    paths[cut].write_bytes(paths[cut].read_bytes()[:-1])
    paths[gone].unlink()
    with database.engine.begin() as connection:
        connection.execute(text("DELETE FROM vault_keys WHERE object_id = :id"), {"id": keyless})
    with database.unit_of_work() as uow:
        vault.destroy(uow, a_permit(clock, action=Action.SUBMISSION_CHECK), destroyed, reason="test")
    with database.reading() as reading:
        assert set(vault.lost(reading)) == {cut, gone, keyless}
    assert whole in paths


def test_a_sweep_removes_the_ciphertext_of_an_erasure_that_was_cut_off(
    vault: Vault, database: Database, clock: FrozenClock, tmp_path: Path
) -> None:
    sealed = put(vault, database, clock, LINES)
    (path,) = ciphertexts(tmp_path)
    left = path.read_bytes()
    with database.unit_of_work() as uow:
        vault.destroy(uow, a_permit(clock, action=Action.SUBMISSION_CHECK), sealed.id, reason="floor")
    path.write_bytes(left)
    with database.reading() as reading:
        assert vault.sweep(reading) == 1
    assert ciphertexts(tmp_path) == []


def test_the_floor_on_lines_holds_across_the_parts_of_a_file(vault: Vault, clock: FrozenClock) -> None:
    with vault.receive(a_permit(clock), agency=AGENCY, dataset=DATASET) as first:
        first.write(b"one line\n" + b"x" * 1000)
        assert (first.arrived.size, first.arrived.run, first.arrived.archive) == (1009, 1000, False)
        with vault.receive(a_permit(clock), agency=AGENCY, dataset=DATASET, after=first.arrived) as second:
            second.write(b"x" * (MAX_LINE_BYTES - 1000))
            assert (second.arrived.size, second.arrived.run) == (MAX_LINE_BYTES + 9, MAX_LINE_BYTES)
            with pytest.raises(Refused):
                second.write(b"x")
