"""`read_csv`: the layout of a file first, then DuckDB over what is well-formed in it, then every row's number."""

from __future__ import annotations

import threading
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from secrets import token_hex
from typing import BinaryIO

import numpy as np

from hub.engine.csv_block import LF, Dialect, Ints, advance, well_formed
from hub.engine.csv_layout import MAX_RECORD_BYTES, Block, ReadAt, rows_at, segments, walk
from hub.engine.csv_one_column import one_column
from hub.engine.files import RowFiles
from hub.engine.model import EngineError, EngineSession, Reject, RejectKind, literal, quoted

_KINDS = {
    "MISSING COLUMNS": (RejectKind.MISSING_COLUMNS, ""),
    "TOO MANY COLUMNS": (RejectKind.TOO_MANY_COLUMNS, ""),
    "INVALID ENCODING": (RejectKind.OTHER, "wrong-encoding"),
}
# DuckDB shares a file out by its longest line or by a quarter of its buffer, whichever is more (found by trial). A piece with
# one more block and the largest row in it stays below that.
_LINE_BYTES = 4 * MAX_RECORD_BYTES
_BUFFER_BYTES = 2 * _LINE_BYTES
_PIECE_BYTES = 2 * MAX_RECORD_BYTES
_MOST_MARKS = 1000
_CELL_BYTES = (
    5  # what a value takes in a table beside its own bytes: 4 for its place, and its part of the nulls (by trial)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What to make: the relation's name and columns, and where its values go: Parquet at this path, or (empty) a table."""

    into: str
    columns: Sequence[str]
    parquet: str = ""

    @property
    def raw(self) -> str:
        """The values as SQL, before they have row numbers: columns c0, c1 and so on."""
        return f"read_parquet({literal(self.parquet)}, file_row_number = true)" if self.parquet else self.table

    @property
    def table(self) -> str:
        """The name of the table of the values."""
        return quoted(f"hub_raw_{self.into}")

    @property
    def place(self) -> str:
        """The column that counts the values' rows from 0."""
        return "file_row_number" if self.parquet else "rowid"


class CsvReading:
    """One file being read into one relation. What takes up to `table_bytes` in memory becomes a table, whatever the target says."""

    def __init__(
        self,
        session: EngineSession,
        row_files: RowFiles,
        source: BinaryIO,
        size: int,
        *,
        target: Target,
        dialect: Dialect,
        header: int,
        table_bytes: int,
    ) -> None:
        self._session = session
        self._row_files = row_files
        self._source = source
        self._mutex = threading.Lock()
        self._target = target
        self._dialect = dialect
        self._last_mended: tuple[int, bytes] = (-1, b"")
        self._layout = layout = walk(self._read_at, size, dialect, header=header)
        if size + _CELL_BYTES * len(target.columns) * (layout.last_row - layout.first_row + 1) <= table_bytes:
            self._target = replace(target, parquet="")
        self._faults = self._layout.faults
        self._block_starts = [block.start for block in self._layout.blocks]
        self._fault_starts = np.array([fault.start for fault in self._faults], dtype=np.int64)
        self._fault_ends = np.array([fault.end for fault in self._faults], dtype=np.int64)

    def run(self) -> list[Reject]:
        """Read; the relation exists afterwards. The rejects stand in the order of their rows."""
        layout = self._layout
        if len(self._target.columns) > 1 and layout.body < layout.end:
            split = self._split()
        else:
            self._target = replace(self._target, parquet="")
            split = self._split_one_column() if len(self._target.columns) == 1 else self._split_nothing()
        hidden = [fault.reject for fault in self._faults]
        absent = np.array([reject.row for reject in (*hidden, *split)], dtype=np.int64)
        self._number(np.union1d(absent[absent >= layout.first_row], layout.blank))
        unclosed = [] if layout.unclosed is None else [layout.unclosed]
        return sorted([*hidden, *split, *unclosed], key=lambda reject: reject.row)

    def _split(self) -> list[Reject]:
        layout, target = self._layout, self._target
        types = ", ".join(f"c{place}: 'VARCHAR'" for place in range(len(target.columns)))
        new_line = "\\r\\n" if layout.plain and layout.line_ends == {"\r\n"} else "\\n"
        # DuckDB guesses where rows begin when it shares out a file among threads, and guesses wrong where quotes hold line ends
        # (it then makes up rows). Pieces that are cut between rows, none larger than what one thread takes, leave no guess.
        pieces = segments(layout, _PIECE_BYTES)
        served = {self._row_files.serve(self._seen_from(begin), end - begin): begin for begin, end in pieces}
        # An unguessable null text: DuckDB passes over one column too many in silence if its value is null.
        values = ", ".join(f"nullif(c{place}, '') AS c{place}" for place in range(len(target.columns)))
        paths = ", ".join(literal(path) for path in served)
        query = (
            f"SELECT {values} FROM read_csv([{paths}], auto_detect = false, header = false, columns = {{{types}}}, "
            f"delim = {literal(self._dialect.delimiter)}, quote = {literal(self._dialect.quote)}, "
            f"escape = {literal(self._dialect.quote)}, new_line = '{new_line}', nullstr = '{token_hex(16)}', "
            f"max_line_size = {_LINE_BYTES}, buffer_size = {_BUFFER_BYTES}, "
            "store_rejects = true, rejects_table = 'hub_rejects', rejects_scan = 'hub_reject_scans')"
        )
        self._drop_rejects()  # of a reading that failed
        try:
            if target.parquet:
                self._session.run(
                    f"COPY ({query}) TO {literal(target.parquet)} (FORMAT parquet, COMPRESSION lz4, "
                    "WRITE_BLOOM_FILTER false, USE_TMP_FILE false)"
                )
            else:
                self._session.run(f"CREATE TEMP TABLE {target.table} AS {query}")
        finally:
            for path in served:
                self._row_files.withdraw(path)
        return self._rejects(served)

    def _rejects(self, served: Mapping[str, int]) -> list[Reject]:
        found = self._session.arrays(
            "SELECT file_path, line_byte_position AS place, min(error_type::VARCHAR) AS kind "
            "FROM hub_rejects JOIN hub_reject_scans USING (scan_id, file_id) GROUP BY ALL"
        )
        self._drop_rejects()
        begins = np.array([served[path] for path in found["file_path"]], dtype=np.int64)
        offsets = np.asarray(found["place"], dtype=np.int64) - 1 + begins
        rows = self._past_hidden(rows_at(self._layout, self._read_at, self._dialect, offsets))
        kinds = [_KINDS.get(kind, (RejectKind.OTHER, "unreadable")) for kind in found["kind"]]
        return [Reject(row, kind, reason) for row, (kind, reason) in zip(rows.tolist(), kinds, strict=True)]

    def _drop_rejects(self) -> None:
        for table in ("hub_rejects", "hub_reject_scans"):  # they hold text of the file
            self._session.run(f"DROP TABLE IF EXISTS {table}")

    def _past_hidden(self, rows: Ints) -> Ints:
        # DuckDB lets a row begin somewhere in the blank rows before it; those that were hidden look blank to it as well.
        hidden = np.union1d(self._layout.blank, [fault.reject.row for fault in self._faults])
        if not len(hidden):
            return rows
        run_ends = hidden[np.append(np.flatnonzero(np.diff(hidden) > 1), len(hidden) - 1)]
        return np.where(
            np.isin(rows, hidden), run_ends[np.searchsorted(run_ends, rows) % len(run_ends)] + 1, rows
        ).astype(np.int64)

    def _split_one_column(self) -> list[Reject]:
        values, rejects = one_column(self._layout, self._read_at, self._dialect)
        self._session.load("hub_one_column", {"c0": values})
        self._session.run(f"CREATE TEMP TABLE {self._target.table} AS SELECT c0::VARCHAR AS c0 FROM hub_one_column")
        self._session.run("DROP TABLE hub_one_column")
        return rejects

    def _split_nothing(self) -> list[Reject]:
        names = ", ".join(f"c{place} VARCHAR" for place in range(len(self._target.columns)))
        self._session.run(f"CREATE TEMP TABLE {self._target.table} ({names})")
        return []

    def _number(self, absent: Ints) -> None:
        layout, target = self._layout, self._target
        ((count,),) = self._session.rows(f"SELECT count(*) FROM {target.raw}")
        if count + len(absent) != layout.last_row - layout.first_row + 1:
            raise EngineError("the rows read are not the rows that the file has", code="engine-count")
        names = ", ".join(f"raw.c{place} AS {quoted(name)}" for place, name in enumerate(target.columns))
        steps = (
            absent - layout.first_row - np.arange(len(absent))
        )  # before which value, counted from 0, a row is absent
        marks, last = np.unique(steps[::-1], return_index=True)
        shifts = layout.first_row + len(absent) - last
        if len(marks) <= _MOST_MARKS:
            number = _stairs(target.place, marks.tolist(), [layout.first_row, *shifts.tolist()])
            rows = f"{target.place} + {number}"
            source = f"{target.raw} AS raw"
        else:
            numbers = np.setdiff1d(np.arange(layout.first_row, layout.last_row + 1), absent, assume_unique=True)
            self._session.load(f"hub_numbers_{target.into}", {"hub_row": numbers})
            rows = "numbers.hub_row"
            source = f"{target.raw} AS raw POSITIONAL JOIN {quoted(f'hub_numbers_{target.into}')} AS numbers"
        self._session.run(
            f"CREATE TEMP VIEW {quoted(target.into)} AS SELECT {names}, ({rows})::BIGINT AS hub_row FROM {source}"
        )

    def _read_at(self, offset: int, length: int) -> bytes:
        with self._mutex:
            self._source.seek(offset)
            return self._source.read(length)

    def _seen_from(self, begin: int) -> ReadAt:
        return lambda offset, length: self._well_formed(begin + offset, length)

    def _well_formed(self, begin: int, length: int) -> bytes:
        # What the engine sees: the file from its first good row up to an open quote, mended where it must be; faulty rows appear
        # as LF, that is as blank rows, which the engine passes over.
        end = min(begin + length, self._layout.end)
        data = self._read_at(begin, end - begin) if self._layout.plain else self._mended(begin, end)
        first = int(np.searchsorted(self._fault_ends, begin, side="right"))
        last = int(np.searchsorted(self._fault_starts, end))
        if first >= last:
            return data
        masked = bytearray(data)
        for fault in self._faults[first:last]:
            low, high = max(fault.start, begin) - begin, min(fault.end, end) - begin
            masked[low:high] = bytes([LF]) * (high - low)
        return bytes(masked)

    def _mended(self, begin: int, end: int) -> bytes:
        first, last = bisect_right(self._block_starts, begin) - 1, bisect_left(self._block_starts, end)
        return b"".join(
            self._mended_block(block)[max(0, begin - block.start) : end - block.start]
            for block in self._layout.blocks[first:last]
        )

    def _mended_block(self, block: Block) -> bytes:
        start, data = self._last_mended
        if start != block.start:
            data = self._read_at(block.start, block.length)
            data = well_formed(data, advance(data, block.state, self._dialect))
            self._last_mended = (block.start, data)
        return data


def _stairs(place: str, marks: Sequence[int], values: Sequence[int]) -> str:
    """SQL that is `values[k]` from `marks[k - 1]` on: halved again and again, so that a vector of rows meets few branches."""
    if not marks:
        return str(values[0])
    middle = len(marks) // 2
    below = _stairs(place, marks[:middle], values[: middle + 1])
    above = _stairs(place, marks[middle + 1 :], values[middle + 1 :])
    return f"CASE WHEN {place} < {marks[middle]} THEN {below} ELSE {above} END"
