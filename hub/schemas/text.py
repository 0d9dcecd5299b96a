"""The bytes of a file, before anything is read as columns: hash, encoding, runaway lines, first records.

One pass over the chunks; the slow, exact look at row numbers is taken only when something is wrong.
"""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

from hub.engine import BY_LINE, Decoder, decoded
from hub.schemas.encodings import ASCII, UTF8, Reader, encodings_proposed, utf16_of

LONGEST_LINE = 1024 * 1024
"""A run of more bytes than this without a line end is no table (the upload stream refuses it as well)."""

BINARIES = frozenset(("workbook", "old-workbook", "parquet"))
"""Faults of the bytes as text that are for a reader of their own to judge."""

_SAMPLE = 20
_BOM = codecs.BOM_UTF8
_MAGIC = (
    (b"PK\x03\x04", "workbook"),
    (b"PK\x05\x06", "workbook"),
    (b"\xd0\xcf\x11\xe0", "old-workbook"),
    (b"%PDF", "pdf"),
    (b"PAR1", "parquet"),
    (b"PARE", "parquet"),
    (b"\x1f\x8b", "compressed"),
)


@dataclass(frozen=True, slots=True)
class Fault:
    """The first thing that makes the bytes no table of text: `kind` is `empty-file`, `not-csv`, `wrong-encoding`,
    `mixed-encoding` or `line-too-long`.

    `what` says which sort (`workbook`, `confirmed`, …); `offset` counts bytes from 0, `row` as a spreadsheet does.
    """

    kind: str
    what: str = ""
    offset: int = 0
    row: int = 0


@dataclass(frozen=True, slots=True)
class Mixture:
    """Rows that are no UTF-8: how many, the first of them; and how many rows are UTF-8 and not plain ASCII."""

    odd: int = 0
    first: tuple[int, ...] = ()
    good: int = 0


@dataclass(frozen=True, slots=True)
class Text:
    """What one pass over the bytes tells. `head` is the text of the first mebibyte, empty when there is a fault; `size` is
    in bytes. `encoding` is how they are read, as the engine names it; `confirmed` says that a person chose it; `odd_bytes`
    counts those that are not ASCII (not of UTF-16). `mixture` is known where the bytes are no UTF-8, and
    `proposed` are the encodings that might explain them. `form` is that of the file the text was taken out of: `xlsx`,
    `ods` or `parquet`; empty for any other.
    """

    sha256: str
    size: int
    fault: Fault | None
    head: str
    ends_with_line: bool
    encoding: str = UTF8
    odd_bytes: int = 0
    form: str = ""
    confirmed: bool = False
    mixture: Mixture = Mixture()
    proposed: tuple[str, ...] = ()

    @property
    def is_binary(self) -> bool:
        """Whether the bytes are a zip archive, as spreadsheets are, an old or locked workbook, or Parquet."""
        return self.fault is not None and self.fault.what in BINARIES

    def records(self, delimiter: str = ",") -> Iterator[tuple[str, ...]]:
        """The first records that are not blank."""
        return (tuple(record) for record in _parsed(io.StringIO(self.head, newline=""), delimiter) if record)


@dataclass(slots=True)
class _Pass:
    """State of the pass: everything one chunk can tell about the next."""

    size: int = 0
    since_line_end: int = 0
    head: bytes = b""
    last: bytes = b""
    odd: int = 0
    fault: Fault | None = None

    def take(self, chunk: bytes, decoder: Decoder | _Utf8 | None) -> None:
        if len(self.head) < LONGEST_LINE:
            self.head += chunk[: LONGEST_LINE - len(self.head)]
        if self.fault is None:
            self._look(chunk, decoder)
        self.size += len(chunk)
        self.last = chunk[-1:] or self.last

    def end(self, decoder: Decoder | _Utf8) -> None:
        if self.fault is None:
            self._try(decoder.finish)

    def _look(self, chunk: bytes, decoder: Decoder | _Utf8 | None) -> None:
        if not chunk.isascii():
            self.odd += len(chunk.translate(None, ASCII))
        if decoder is not None and not self._try(lambda: decoder.feed(chunk)):
            return
        nul = chunk.find(b"\0")
        if nul >= 0:
            self.fault = Fault("not-csv", "binary", offset=self.size + nul)
            return
        first, last = _line_ends(chunk)
        if self.since_line_end + (first if first >= 0 else len(chunk)) > LONGEST_LINE:
            self.fault = Fault("line-too-long", offset=self.size - self.since_line_end)
        self.since_line_end = self.since_line_end + len(chunk) if last < 0 else len(chunk) - last - 1

    def _try(self, decode: Callable[[], object]) -> bool:
        try:
            decode()
        except UnicodeDecodeError as error:
            self.fault = Fault("wrong-encoding", offset=error.start)
        return self.fault is None


class _Utf8:
    """A decoder of UTF-8 that is not asked while all is ASCII. Errors count from the first byte of all."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder(UTF8)()
        self._place = 0

    def feed(self, chunk: bytes, *, final: bool = False) -> None:
        held = len(self._decoder.getstate()[0])
        if held or final or not chunk.isascii():
            try:
                self._decoder.decode(chunk, final)
            except UnicodeDecodeError as error:
                start = self._place - held + error.start
                raise UnicodeDecodeError(UTF8, b"", start, start + 1, "no sign") from None
        self._place += len(chunk)

    def finish(self) -> None:
        self.feed(b"", final=True)


def scan(read_bytes: Reader, *, sha256: str = "", encodings: Sequence[str] = (UTF8,), confirmed: str = "") -> Text:
    """Hash the bytes (unless their SHA-256 is known already), find the encoding and the first fault, keep the head.

    UTF-8 is what is expected, and UTF-16 is read where the bytes say it. Bytes that are neither are read in the encoding that
    was `confirmed`, those of their lines that are UTF-8 as UTF-8; else in the first other of `encodings` that has a sign for
    each of them. Nothing else is tried: what it might be is only proposed.
    """
    first = _scan(read_bytes, sha256, UTF8)
    if first.fault is None or (first.fault.kind != "wrong-encoding" and first.fault.what != "binary"):
        return first
    utf16 = utf16_of(first_bytes(read_bytes, 200)) or (confirmed if confirmed.startswith("utf-16") else "")
    if utf16:
        return _scan_utf16(read_bytes, first.sha256, utf16)
    nul = first_bytes(read_bytes, LONGEST_LINE).find(b"\0")
    if nul >= 0:
        return replace(first, fault=Fault("not-csv", "binary", offset=nul, row=_row_at(read_bytes, nul)))
    mixture = _mixture(read_bytes)
    if confirmed in ("", UTF8):
        second = _agreed(read_bytes, first, encodings, mixture)
    else:
        by_line = f"{BY_LINE}{confirmed}" if mixture.good else confirmed
        second = replace(_scan(read_bytes, first.sha256, by_line), confirmed=True)
    proposed = encodings_proposed(read_bytes) if second.fault is not None else ()
    return replace(second, mixture=mixture, proposed=proposed)


def _agreed(read_bytes: Reader, first: Text, encodings: Sequence[str], mixture: Mixture) -> Text:
    """The bytes, which are no UTF-8, in another encoding of the schema; a file of two encodings in neither."""
    if mixture.good and first.fault is not None:
        return replace(first, fault=replace(first.fault, kind="mixed-encoding"))
    for other in encodings:
        if other != UTF8:
            second = _scan(read_bytes, first.sha256, other)
            if second.fault is None or second.fault.kind != "wrong-encoding":
                return second
    return first


def _scan(read_bytes: Reader, sha256: str, encoding: str) -> Text:
    digest, state = hashlib.sha256(), _Pass()
    decoder = _Utf8() if encoding == UTF8 else Decoder(encoding)
    for chunk in _bounded(read_bytes()):
        if not sha256:
            digest.update(chunk)
        state.take(chunk, decoder)
    state.end(decoder)
    text = Text(
        sha256=sha256 or digest.hexdigest(),
        size=state.size,
        fault=_fault(state),
        head="",
        ends_with_line=state.last in (b"\n", b"\r"),
        encoding=encoding,
        odd_bytes=state.odd,
    )
    fault = text.fault
    if fault is None:
        return replace(text, head=_head(state.head, encoding))
    return replace(text, fault=replace(fault, row=_row_at(read_bytes, fault.offset)))


def _scan_utf16(read_bytes: Reader, sha256: str, encoding: str) -> Text:
    """As `_scan`, over the text as UTF-8: its line ends are not those of the bytes."""
    state, size = _Pass(), sum(len(chunk) for chunk in read_bytes())
    try:
        for piece in in_utf8(read_bytes, encoding)():
            for part in _bounded([piece]):
                state.take(part, None)
    except UnicodeDecodeError as error:
        state.fault = state.fault or Fault("wrong-encoding", "utf16", offset=error.start)
    fault = state.fault or _fault(state)
    if fault is not None:
        fault = _located_utf16(fault, read_bytes, encoding)
    return Text(
        sha256=sha256,
        size=size,
        fault=fault,
        head="" if fault else _head(state.head, UTF8),
        ends_with_line=state.last in (b"\n", b"\r"),
        encoding=encoding,
    )


def _located_utf16(fault: Fault, read_bytes: Reader, encoding: str) -> Fault:
    """A fault with its row, and its place in the bytes of the file."""
    if fault.kind == "wrong-encoding":  # its place is known: the text before it tells the row
        good = in_utf8(lambda: [first_bytes(read_bytes, fault.offset)], encoding)
        return replace(fault, row=_row_at(lambda: chain(good(), [b"?"]), 4 * fault.offset))
    row = _row_at(in_utf8(read_bytes, encoding), fault.offset)
    return replace(fault, row=row, offset=_offset_in(read_bytes, encoding, fault.offset))


def _offset_in(read_bytes: Reader, encoding: str, place: int) -> int:
    """Where the sign that begins at byte `place` of the UTF-8 begins in the file."""
    seen = units = 0
    for text in decoded(read_bytes(), encoding):
        piece = text.encode()
        if seen + len(piece) > place:
            return units + len(piece[: place - seen].decode().encode(encoding))
        seen, units = seen + len(piece), units + len(text.encode(encoding))
    return units


def in_utf8(read_bytes: Reader, encoding: str) -> Reader:
    """The same text in UTF-8. Reading raises UnicodeDecodeError where it is none."""
    if encoding == UTF8:
        return read_bytes
    return lambda: (piece.encode() for piece in decoded(read_bytes(), encoding))


def _mixture(read_bytes: Reader) -> Mixture:
    """Which rows are UTF-8 and which are not, every row looked at."""
    good, odd, first = 0, 0, []
    for row, record in enumerate(_records(read_bytes), start=1):
        said = "".join(record)
        if said.isascii():
            continue
        try:
            said.encode("latin-1").decode()
            good += 1
        except UnicodeDecodeError:
            odd += 1
            first += [row] if odd <= _SAMPLE else []
    return Mixture(odd=odd, first=tuple(first), good=good)


def binary_kind(head: bytes) -> str:
    """Which kind of file, other than text, begins with these bytes: one of `BINARIES`, or empty."""
    return next((what for magic, what in _MAGIC if head.startswith(magic) and what in BINARIES), "")


def count_records(read_bytes: Reader, delimiter: str = ",") -> int:
    """Data records in the file, whatever its encoding: the first record is the header, blank lines are none."""
    return max(sum(1 for record in _records(read_bytes, delimiter=delimiter) if record) - 1, 0)


def _fault(state: _Pass) -> Fault | None:
    if not state.head.removeprefix(_BOM).strip(b"\r\n"):
        return Fault("empty-file")
    kind = next((Fault("not-csv", what) for magic, what in _MAGIC if state.head.startswith(magic)), None)
    return kind or state.fault


def first_bytes(read_bytes: Reader, size: int) -> bytes:
    """The first bytes of a file, without reading much further."""
    head = b""
    for chunk in read_bytes():
        head += chunk[: size - len(head)]
        if len(head) >= size:
            break
    return head


def _head(head: bytes, encoding: str) -> str:
    decoder = Decoder(encoding)
    if encoding == UTF8:
        return head.removeprefix(_BOM).decode(errors="ignore")
    return decoder.feed(head).removeprefix("\ufeff")


def _row_at(read_bytes: Reader, offset: int) -> int:
    """The row a byte stands in. Quotation marks are minded; a file so broken that they mislead still gets a near
    number.
    """
    return max(sum(1 for _ in _records(read_bytes, up_to=offset + 1)), 1)


def _records(read_bytes: Reader, *, up_to: int | None = None, delimiter: str = ",") -> Iterator[list[str]]:
    """Records, read as Latin-1: every byte is a sign, which is all that counting needs."""
    with io.BufferedReader(_Stream(read_bytes(), up_to)) as stream:
        yield from _parsed(io.TextIOWrapper(stream, encoding="latin-1", newline=""), delimiter)


def _parsed(text: io.TextIOBase, delimiter: str) -> Iterator[list[str]]:
    """Records of a text; a record too long to be one ends it. Lines are taken in bounded pieces."""
    csv.field_size_limit(2 * LONGEST_LINE)
    try:
        yield from csv.reader(iter(lambda: text.readline(LONGEST_LINE), ""), delimiter=delimiter)
    except (csv.Error, UnicodeDecodeError):
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
