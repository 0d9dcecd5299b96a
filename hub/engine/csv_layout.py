"""Where the rows of a delimited file are, before the engine splits them into columns.

DuckDB is quick, but of a file with an unclosed quote it reports one reject for all that the quote swallowed, it refuses mixed
line ends, and its line numbers are not a spreadsheet's. So the file is walked once beforehand, to know of every row its
number as a spreadsheet shows it. A row of no bytes is blank: it has a number but is no record. A byte order mark is not read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np

from hub.engine.csv_block import Bools, Dialect, Ints, State, Step, advance
from hub.engine.model import Reject, RejectKind

ReadAt = Callable[[int, int], bytes]
"""`read_at(offset, length)`: that many bytes of the file from there; fewer only at its end."""

MAX_RECORD_BYTES = 2 * 1024 * 1024
_BLOCK = 1024 * 1024
_LONGEST_RUN = 1024 * 1024
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Block:
    """A walked block: where it lies, the state before it, and the row that its first byte belongs to."""

    start: int
    length: int
    state: State
    row: int


@dataclass(frozen=True, slots=True)
class Fault:
    """A row that the engine must not see: the bytes from `start` up to `end`, its line end among them."""

    reject: Reject
    start: int
    end: int


@dataclass(slots=True)
class Layout:
    """The rows of a file.

    The rows after the header are `first_row` to `last_row` (the last one before a quote that stays open); `blank` are the
    numbers of the blank ones among them. The engine is to read the bytes from `body`, where the first good row begins, up to
    `end`; the two are equal when there is none. `cuts` are places between two rows, about one a block.
    """

    body: int = 0
    end: int = 0
    first_row: int = 1
    last_row: int = 0
    blank: Ints = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    faults: list[Fault] = field(default_factory=list)
    unclosed: Reject | None = None
    blocks: list[Block] = field(default_factory=list)
    line_ends: set[str] = field(default_factory=set)
    spaced_quotes: bool = False
    cuts: list[int] = field(default_factory=list)

    @property
    def plain(self) -> bool:
        """Whether the engine can read the bytes as they are: all rows end in LF, or all in CRLF and no row is hidden."""
        if self.spaced_quotes:
            return False
        return self.line_ends <= {"\n"} or (self.line_ends == {"\r\n"} and not self.faults)


def walk(read_at: ReadAt, size: int, dialect: Dialect, *, header: int) -> Layout:
    """Walk a whole file once. So many of its first rows that are not blank as `header` says are not among the rows to read."""
    return _Walk(read_at, size, dialect, header=header).layout()


def segments(layout: Layout, size: int) -> list[tuple[int, int]]:
    """What the engine is to read, cut between rows into pieces of no more than `size` bytes where rows allow it."""
    pieces: list[tuple[int, int]] = []
    begin = previous = layout.body
    for cut in [*(cut for cut in layout.cuts if layout.body < cut < layout.end), layout.end]:
        if cut - begin > size and previous > begin:
            pieces.append((begin, previous))
            begin = previous
        previous = cut
    return [*pieces, (begin, layout.end)]


def rows_at(layout: Layout, read_at: ReadAt, dialect: Dialect, offsets: Ints) -> Ints:
    """For each byte offset of the file, the row it is in; at a line end, the row after it."""
    found = np.empty(len(offsets), dtype=np.int64)
    starts = np.array([block.start for block in layout.blocks], dtype=np.int64)
    homes = np.searchsorted(starts, offsets, side="right") - 1
    for home in np.unique(homes):
        block = layout.blocks[home]
        step = advance(read_at(block.start, block.length), block.state, dialect)
        here = homes == home
        found[here] = block.row + np.searchsorted(step.end_starts, offsets[here] - block.start, side="right")
    return found


class _Walk:
    """One walk over a file."""

    def __init__(self, read_at: ReadAt, size: int, dialect: Dialect, *, header: int) -> None:
        self._read_at = read_at
        self._size = size
        self._dialect = dialect
        self._header_to_come = int(header)
        self._layout = Layout(end=size)
        self._blank: list[Ints] = []
        # Of the row that is open at a block's start: its number, its first byte, and what was seen of it in earlier blocks.
        self._row = 1
        self._row_start = 0
        self._spans_lines = False
        self._has_stray = False
        self._found_good = False

    def layout(self) -> Layout:
        """Walk, and say what was found."""
        state = State()
        for start, data in self._pieces():
            self._layout.blocks.append(Block(start, len(data), state, self._row))
            step = advance(data, state, self._dialect)
            self._take(start, data, step)
            self._layout.spaced_quotes |= len(step.moved) > 0
            state = step.state
        self._finish(quoted=state.quoted)
        if self._blank:
            blank = np.concatenate(self._blank)
            self._layout.blank = blank[blank >= self._layout.first_row]
        return self._layout

    def _pieces(self) -> Iterator[tuple[int, bytes]]:
        undecided = b" \r" + self._dialect.quote.encode()
        start = len(_BOM) if self._read_at(0, len(_BOM)) == _BOM else 0
        self._row_start = start
        carry = b""
        while start + len(carry) < self._size:
            data = carry + self._read_at(start + len(carry), _BLOCK)
            last = start + len(data) >= self._size
            cut = len(data) if last else len(data.rstrip(undecided))
            if len(data) - cut > _LONGEST_RUN:  # no value, so it need not be read well
                cut = len(data)
            carry = data[cut:]
            if cut:
                yield start, data[:cut]
            start += cut

    def _take(self, start: int, data: bytes, step: Step) -> None:
        ends, end_starts = step.ends + start, step.end_starts + start
        inner, stray = step.inner + start, step.stray + start
        if len(ends):
            row_starts = np.concatenate(([self._row_start], ends[:-1] + 1))
            self._note_line_ends(data, step)
            self._note_header(row_starts, ends, end_starts)
            self._blank.append(self._row + np.flatnonzero(end_starts == row_starts))
            faulty = self._note_faults(row_starts, ends, inner, stray)
            self._note_body(row_starts, (end_starts == row_starts) | faulty)
            self._row += len(ends)
            self._row_start = int(ends[-1]) + 1
            self._layout.cuts.append(self._row_start)
            self._spans_lines = self._has_stray = False
        self._spans_lines |= bool(np.any(inner >= self._row_start))
        self._has_stray |= bool(np.any(stray >= self._row_start))

    def _note_line_ends(self, data: bytes, step: Step) -> None:
        single = step.end_starts == step.ends
        if not single.all():
            self._layout.line_ends.add("\r\n")
        kinds = np.unique(np.frombuffer(data, dtype=np.uint8)[step.ends[single]])
        self._layout.line_ends |= {chr(kind) for kind in kinds}

    def _note_header(self, row_starts: Ints, ends: Ints, end_starts: Ints) -> None:
        if not self._header_to_come:
            return
        filled = np.flatnonzero(end_starts != row_starts)
        if len(filled) >= self._header_to_come:
            self._layout.first_row = self._row + int(filled[self._header_to_come - 1]) + 1
            self._header_to_come = 0
        else:
            self._header_to_come -= len(filled)

    def _note_faults(self, row_starts: Ints, ends: Ints, inner: Ints, stray: Ints) -> Bools:
        has_stray = np.zeros(len(ends) + 1, dtype=np.bool_)
        has_stray[np.searchsorted(ends, stray)] = True
        has_stray[0] |= self._has_stray
        too_long = ends - row_starts >= MAX_RECORD_BYTES
        faulty = has_stray[:-1] | too_long
        for place in np.flatnonzero(faulty):
            first, last = np.searchsorted(inner, (row_starts[place], ends[place]))
            spans_lines = first < last or (place == 0 and self._spans_lines)
            reject = _reject(self._row + int(place), stray=bool(has_stray[place]), spans_lines=spans_lines)
            self._layout.faults.append(Fault(reject, int(row_starts[place]), int(ends[place]) + 1))
        return faulty

    def _note_body(self, row_starts: Ints, passed_over: Bools) -> None:
        if self._found_good or self._header_to_come:
            return
        passed_over[: max(0, self._layout.first_row - self._row)] = True
        good = np.flatnonzero(~passed_over)
        if len(good):
            self._found_good = True
            self._layout.body = int(row_starts[good[0]])

    def _finish(self, *, quoted: bool) -> None:
        layout = self._layout
        layout.last_row = self._row - 1
        if quoted:
            layout.unclosed = Reject(self._row, RejectKind.UNCLOSED_QUOTE, "never-closed")
            layout.end = self._row_start
        elif self._row_start < self._size:
            self._finish_open_row()
        if self._header_to_come:
            layout.first_row = layout.last_row + 1
        if not self._found_good:
            layout.body = layout.end

    def _finish_open_row(self) -> None:
        # The file does not end in a line end.
        layout = self._layout
        layout.last_row = self._row
        if self._has_stray or self._size - self._row_start > MAX_RECORD_BYTES:
            reject = _reject(self._row, stray=self._has_stray, spans_lines=self._spans_lines)
            layout.faults.append(Fault(reject, self._row_start, self._size))
        elif not self._found_good and not self._header_to_come:
            self._found_good = True
            layout.body = self._row_start


def _reject(row: int, *, stray: bool, spans_lines: bool) -> Reject:
    if not stray:
        return Reject(row, RejectKind.OTHER, "too-long")
    if spans_lines:
        return Reject(row, RejectKind.UNCLOSED_QUOTE, "closed-in-another-row")
    return Reject(row, RejectKind.OTHER, "stray-quote")
