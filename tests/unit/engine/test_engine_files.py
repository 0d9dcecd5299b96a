"""The file systems of a session: read anywhere from any thread, written once or never, sealed where they touch a disk."""

from __future__ import annotations

import io
import threading
from pathlib import Path

import pytest

from hub.engine import RangeFile, SessionFiles
from hub.engine.files import PlainFiles, RowFiles, ScratchFiles
from hub.kit.crypto.chunked import SealBroken

TEXT = bytes(range(256)) * 4_000


def a_range_file() -> RangeFile:
    return RangeFile(lambda offset, length: TEXT[offset : offset + length], len(TEXT))


def test_a_range_file_is_read_from_any_place() -> None:
    with a_range_file() as file:
        assert file.readable()
        assert file.seekable()
        assert file.read(3) == TEXT[:3]
        assert file.tell() == 3
        assert file.seek(5, io.SEEK_CUR) == 8
        assert file.read(300_000) == TEXT[8 : 8 + 300_000]
        assert file.seek(-4, io.SEEK_END) == len(TEXT) - 4
        assert file.read(100) == TEXT[-4:]
        assert file.read(100) == b""
        assert file.seek(-1) == 0
        assert file.read() == TEXT
        assert file.seek(len(TEXT) + 10) == len(TEXT) + 10
        assert file.read(1) == b""
        assert file.seek(262_140) == 262_140
        assert file.read(10) == TEXT[262_140:262_150]
    with pytest.raises(ValueError, match="closed"):
        file.read(1)


def test_files_that_do_not_say_what_they_hold_hold_nothing() -> None:
    with pytest.raises(NotImplementedError):
        SessionFiles().exists("any")


def test_only_named_desk_files_exist_and_none_is_written(tmp_path: Path) -> None:
    path = tmp_path / "named.csv"
    path.write_bytes(b"a,b\n")
    files = PlainFiles([path])
    name = f"plain://{path}"
    assert files.info(name)["size"] == 4
    assert files.glob(name) == [name]
    assert files.glob(f"plain://{tmp_path}/*") == []
    assert not files.isdir(name)
    assert files.modified(name) == files.modified(name)
    with files.open(name) as file:
        assert file.read() == b"a,b\n"
    for attempt in ((name, "wb"), (f"plain://{tmp_path}/other", "rb")):
        with pytest.raises(PermissionError):
            files.open(*attempt)
    with pytest.raises(FileNotFoundError):
        files.info("plain://other")


def test_rows_are_offered_only_while_they_are_read() -> None:
    files = RowFiles()
    path = files.serve(lambda offset, length: TEXT[offset : offset + length], 10)
    assert files.open(path).read() == TEXT[:10]
    files.withdraw(path)
    assert not files.exists(path)
    with pytest.raises(PermissionError):
        files.open(path)


def test_scratch_is_sealed_has_no_name_and_is_gone_at_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    files = ScratchFiles()
    written = files.open("scratch://one", "wb")
    assert not isinstance(written, RangeFile)
    assert written.write(b"CANARY" * 50_000) == 300_000
    assert not files.exists("scratch://one")
    written.flush()
    assert written.tell() == 300_000
    written.close()
    written.close()
    assert list(tmp_path.iterdir()) == []
    on_disk = Path(f"/proc/self/fd/{written._file.fileno()}").read_bytes()
    assert len(on_disk) > 300_000
    assert b"CANARY" not in on_disk
    file = files.open("scratch://one")
    assert isinstance(file, RangeFile)
    assert file.read() == b"CANARY" * 50_000
    for attempt in (("scratch://one", "wb"), ("scratch://none", "rb")):
        with pytest.raises(PermissionError):
            files.open(*attempt)
    files.rm("scratch://one")
    assert not files.exists("scratch://one")
    files.open("scratch://two", "wb").close()
    files.drop_all()
    assert not files.exists("scratch://two")


def test_scratch_is_opened_by_one_thread_while_another_reads_it() -> None:
    files = ScratchFiles()
    written = files.open("scratch://one", "wb")
    written.write(TEXT)  # type: ignore[union-attr]
    written.close()
    faults: list[str] = []
    ended = threading.Event()

    def read() -> None:
        file = files.open("scratch://one")
        while not ended.is_set():
            file.seek(0)  # type: ignore[union-attr]
            try:
                if file.read(200_000) != TEXT[:200_000]:  # type: ignore[union-attr]
                    faults.append("other bytes")
            except SealBroken:
                faults.append("broken")

    reader = threading.Thread(target=read)
    reader.start()
    for _ in range(2_000):
        files.open("scratch://one")
    ended.set()
    reader.join(timeout=30)
    files.drop_all()
    assert faults == []
