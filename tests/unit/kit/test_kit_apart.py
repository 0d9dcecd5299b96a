"""What a process that reads hostile bytes says is bounded too: it may be the file that speaks."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from hub.engine import parquet
from hub.engine.parquet import BadParquet, opened_parquet
from hub.kit import apart
from hub.kit.apart import MOST_MESSAGE, Gone, process_apart, read_message, write_message
from hub.kit.workbooks import BadWorkbook, opened
from hub.kit.workbooks import apart as workbooks_apart

_LIES = (
    "import sys; sys.stdin.buffer.read(8); sys.stdout.buffer.write(b'\\xff' * 8); sys.stdout.flush(); sys.stdin.read()"
)


class _NeverRead(io.BytesIO):
    """A pipe that no message is asked of: reading that many bytes would take the memory of the hub."""

    def read(self, size: int | None = -1, /) -> bytes:
        assert size == 8
        return super().read(size)


def test_a_length_beyond_the_bound_is_not_read() -> None:
    for size in (MOST_MESSAGE + 1, 2**63, 2**64 - 1):
        with pytest.raises(Gone):
            read_message(_NeverRead(size.to_bytes(8, "big")))


def test_a_message_comes_whole_or_not_at_all() -> None:
    pipe = io.BytesIO()
    write_message(pipe, b"said")
    assert read_message(io.BytesIO(pipe.getvalue())) == b"said"
    assert read_message(io.BytesIO(pipe.getvalue()[:-1])) is None


@pytest.fixture
def liar(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is to be read apart is read by a program that the file has taken over."""
    (tmp_path / "taken_over.py").write_text(_LIES)
    monkeypatch.setattr(sys, "path", [*sys.path, str(tmp_path)])
    for module in (workbooks_apart, parquet):
        monkeypatch.setattr(module, "process_apart", lambda _, patience: process_apart("taken_over", patience=patience))


@pytest.mark.usefixtures("liar")
def test_a_process_that_lies_about_its_answer_is_answered_as_a_bad_file() -> None:
    with pytest.raises(BadWorkbook, match="gone"), opened(b"PK") as workbook:
        workbook.overview()
    with pytest.raises(BadParquet, match="gone"), opened_parquet(b"PAR1"):
        pass


def test_a_stream_that_does_not_end_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    said = io.BytesIO()
    for _ in range(3):
        write_message(said, b"1234")
    write_message(said, b"")
    monkeypatch.setattr(apart, "_pipe", lambda _: said)
    with process_apart("hub.kit.workbooks", patience=9) as process:
        said.seek(0)
        assert list(process.stream(most=12)) == [b"1234"] * 3
        said.seek(0)
        with pytest.raises(Gone):
            list(process.stream(most=11))
