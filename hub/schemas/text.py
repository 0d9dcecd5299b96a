"""The bytes of a file, before anything is read as columns: hash, encoding, runaway lines, first record.

One pass over the chunks; the slow, exact look at row numbers is taken only when something is wrong.
"""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

LONGEST_LINE = 1024 * 1024
"""A run of more bytes than this without a line end is no table (the upload stream refuses it as well)."""

WORKBOOKS = frozenset(("workbook", "old-workbook"))
"""Faults of the bytes as text that are for the reader of workbooks to judge."""

Reader = Callable[[], Iterable[bytes]]

_BOM = codecs.BOM_UTF8
_ASCII = bytes(range(128))
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_MAGIC = (
    (b"PK\x03\x04", "workbook"),
    (b"\xd0\xcf\x11\xe0", "old-workbook"),
    (b"%PDF", "pdf"),
    (b"PAR1", "parquet"),
    (b"\x1f\x8b", "compressed"),
)


@dataclass(frozen=True, slots=True)
class Fault:
    """The first thing that makes the bytes no UTF-8 table: `kind` is `empty-file`, `not-csv`, `wrong-encoding` or
    `line-too-long`.

    `what` says which sort (`workbook`, `utf16`, …); `offset` counts bytes from 0, `row` as a spreadsheet does.
    """

    kind: str
    what: str = ""
    offset: int = 0
    row: int = 0


@dataclass(frozen=True, slots=True)
class Text:
    """What one pass over the bytes tells. `header` is the first record, empty when there is a fault; `size` is in
    bytes. `encoding` is how they are read; `odd_bytes` counts those that only an encoding other than UTF-8 explains.
    `form` is that of the workbook the text was read from, `xlsx` or `ods`; empty for any other file.
    """

    sha256: str
    size: int
    fault: Fault | None
    header: tuple[str, ...]
    ends_with_line: bool
    encoding: str = "utf-8"
    odd_bytes: int = 0
    form: str = ""

    @property
    def is_workbook(self) -> bool:
        """Whether the bytes are a zip archive, as spreadsheets are, or an old or locked one."""
        return self.fault is not None and self.fault.what in WORKBOOKS


@dataclass(slots=True)
class _Pass:
    """State of the pass: everything one chunk can tell about the next."""

    size: int = 0
    since_line_end: int = 0
    head: bytes = b""
    last: bytes = b""
    odd: int = 0
    fault: Fault | None = None

    def take(self, chunk: bytes, decoder: codecs.IncrementalDecoder) -> None:
        if len(self.head) < LONGEST_LINE:
            self.head += chunk[: LONGEST_LINE - len(self.head)]
        if self.fault is None:
            self._look(chunk, decoder)
        self.size += len(chunk)
        self.last = chunk[-1:] or self.last

    def _look(self, chunk: bytes, decoder: codecs.IncrementalDecoder) -> None:
        held = len(decoder.getstate()[0])
        if held or not chunk.isascii():
            self.odd += len(chunk.translate(None, _ASCII))
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError as error:
                self.fault = Fault("wrong-encoding", offset=self.size - held + error.start)
                return
        nul = chunk.find(b"\0")
        if nul >= 0:
            self.fault = Fault("not-csv", "binary", offset=self.size + nul)
            return
        first, last = _line_ends(chunk)
        if self.since_line_end + (first if first >= 0 else len(chunk)) > LONGEST_LINE:
            self.fault = Fault("line-too-long", offset=self.size - self.since_line_end)
        self.since_line_end = self.since_line_end + len(chunk) if last < 0 else len(chunk) - last - 1


def scan(read_bytes: Reader, *, sha256: str = "", encodings: Sequence[str] = ("utf-8",)) -> Text:
    """Hash the bytes (unless their SHA-256 is known already), find the first fault, read the first record.

    `encodings` are tried in turn. Bytes that none of them explains have the fault of the first.
    """
    first = _scan(read_bytes, sha256, encodings[0])
    for other in encodings[1:]:
        if first.fault is None or first.fault.kind != "wrong-encoding" or first.fault.what:
            break
        second = _scan(read_bytes, first.sha256, other)
        if second.fault is None or second.fault.kind != "wrong-encoding":
            return second
    return first


def _scan(read_bytes: Reader, sha256: str, encoding: str) -> Text:
    digest, state = hashlib.sha256(), _Pass()
    decoder = codecs.getincrementaldecoder(encoding)()
    for chunk in _bounded(read_bytes()):
        if not sha256:
            digest.update(chunk)
        state.take(chunk, decoder)
    if state.fault is None and decoder.getstate()[0]:
        state.fault = Fault("wrong-encoding", offset=state.size - len(decoder.getstate()[0]))
    fault = _by_magic(state.head) or state.fault
    if not state.head.removeprefix(_BOM).strip(b"\r\n"):
        fault = Fault("empty-file")
    if fault is not None and fault.kind != "empty-file":
        fault = Fault(fault.kind, fault.what, fault.offset, _row_at(read_bytes, fault.offset))
    return Text(
        sha256=sha256 or digest.hexdigest(),
        size=state.size,
        fault=fault,
        header=() if fault else _first_record(state.head, encoding),
        ends_with_line=state.last in (b"\n", b"\r"),
        encoding=encoding,
        odd_bytes=0 if encoding == "utf-8" else state.odd,
    )


def first_record(read_bytes: Reader) -> tuple[str, ...]:
    """The first record of UTF-8 text that is not blank, without reading further than it can reach."""
    head = b""
    for chunk in _bounded(read_bytes()):
        head += chunk
        if len(head) >= LONGEST_LINE:
            break
    return _first_record(head, "utf-8")


def looks_like_workbook(read_bytes: Reader) -> bool:
    """Whether the first bytes are those of a zip archive, as spreadsheets are, or of an old or locked workbook."""
    head = next(iter(read_bytes()), b"")
    return any(head.startswith(magic) for magic, what in _MAGIC if what in WORKBOOKS)


def count_records(read_bytes: Reader) -> int:
    """Data records in the file, whatever its encoding: the first record is the header, blank lines are none."""
    return max(sum(1 for record in _records(read_bytes) if record) - 1, 0)


def _by_magic(head: bytes) -> Fault | None:
    odd, even = head[1:200:2], head[0:200:2]
    if head.startswith(_UTF16) or (odd and (not any(odd) or not any(even))):
        return Fault("wrong-encoding", "utf16")
    return next((Fault("not-csv", what) for magic, what in _MAGIC if head.startswith(magic)), None)


def _first_record(head: bytes, encoding: str) -> tuple[str, ...]:
    text = head.removeprefix(_BOM).decode(encoding, errors="ignore")
    return tuple(next((record for record in _parsed(io.StringIO(text, newline="")) if record), []))


def _row_at(read_bytes: Reader, offset: int) -> int:
    """The row a byte stands in. Quotation marks are minded; a file so broken that they mislead still gets a near
    number.
    """
    return max(sum(1 for _ in _records(read_bytes, up_to=offset + 1)), 1)


def _records(read_bytes: Reader, *, up_to: int | None = None) -> Iterator[list[str]]:
    """Records, read as Latin-1: every byte is a sign, which is all that counting needs."""
    with io.BufferedReader(_Stream(read_bytes(), up_to)) as stream:
        yield from _parsed(io.TextIOWrapper(stream, encoding="latin-1", newline=""))


def _parsed(text: io.TextIOBase) -> Iterator[list[str]]:
    """Records of a text; a record too long to be one ends it. Lines are taken in bounded pieces."""
    csv.field_size_limit(max(csv.field_size_limit(), 2 * LONGEST_LINE))
    try:
        yield from csv.reader(iter(lambda: text.readline(LONGEST_LINE), ""))
    except csv.Error:
        return


class _Stream(io.RawIOBase):
    """Chunks as a raw stream, up to a number of bytes."""

    def __init__(self, chunks: Iterable[bytes], up_to: int | None) -> None:
        self._chunks = _bounded(chunks)
        self._left = up_to
        self._held = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._held:
            self._held = next(self._chunks, b"")
        part = self._held[: len(buffer)]
        if self._left is not None:
            part = part[: self._left]
            self._left -= len(part)
        self._held = self._held[len(part) :]
        buffer[: len(part)] = part
        return len(part)


def _bounded(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces no longer than a line may be: a caller may hand over the whole file at once."""
    for chunk in chunks:
        for start in range(0, len(chunk), LONGEST_LINE):
            yield chunk[start : start + LONGEST_LINE]


def _line_ends(chunk: bytes) -> tuple[int, int]:
    """Positions of the first and the last line end, -1 when there is none."""
    firsts = [place for place in (chunk.find(b"\n"), chunk.find(b"\r")) if place >= 0]
    return (min(firsts), max(chunk.rfind(b"\n"), chunk.rfind(b"\r"))) if firsts else (-1, -1)
