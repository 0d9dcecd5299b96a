"""One DuckDB connection behind the port."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from io import BytesIO
from itertools import chain
from typing import Any, BinaryIO, cast

import duckdb
import numpy as np
from fsspec import AbstractFileSystem

from hub.engine.csv_block import Dialect
from hub.engine.csv_read import CsvReading, Target
from hub.engine.errors import silenced
from hub.engine.files import OwnFiles
from hub.engine.model import EngineError, Reject, literal, quoted
from hub.engine.transcoded import Transcoded

_PIECE = 1024 * 1024
_HELD_BYTES = 32 * 2**20
_WRITTEN = "COMPRESSION zstd, COMPRESSION_LEVEL 1, DICTIONARY_SIZE_LIMIT 8192"
# By trial the quickest that is not larger: level 1 packs what we write as small as the default of 3, and a column of more distinct
# values a row group than the limit is given up on as a dictionary sooner.


class DuckDbSession:
    """See `hub.engine.EngineSession`: each verb here keeps that promise."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        own: OwnFiles,
        files: AbstractFileSystem | None,
        *,
        table_bytes: int,
    ) -> None:
        self._connection = connection
        self._own = own
        self._files = files
        self._table_bytes = table_bytes
        self._held: dict[str, bytes | str] = {}

    def run(self, sql: str, parameters: Sequence[object] = ()) -> None:
        """Run one statement and forget its result."""
        silenced(lambda: self._connection.execute(sql, list(parameters)).fetchall())

    def rows(self, sql: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        return silenced(lambda: self._connection.execute(sql, list(parameters)).fetchall())

    def arrays(self, sql: str, parameters: Sequence[object] = ()) -> dict[str, np.ndarray[Any, Any]]:
        """All rows of a query as one array a column; a column with nulls is a masked array."""
        return dict(silenced(lambda: self._connection.execute(sql, list(parameters)).fetchnumpy()))

    def load(self, table: str, columns: Mapping[str, np.ndarray[Any, Any] | Sequence[object]]) -> None:
        """Make the temporary table `table` of these columns; None and masked values are null."""
        values = {f"c{place}": _as_array(column) for place, column in enumerate(columns.values())}
        names = ", ".join(
            f"CAST(c{place} AS {_sql_type(values[f'c{place}'])}) AS {quoted(name)}"
            for place, name in enumerate(columns)
        )
        silenced(lambda: self._connection.register("hub_load", values))
        try:
            self.run(f"CREATE TEMP TABLE {quoted(table)} AS SELECT {names} FROM hub_load")
        finally:
            silenced(lambda: self._connection.unregister("hub_load"))

    def hold(self, content: bytes | Iterable[bytes]) -> str:
        """Offer bytes as a source of `read_csv`; the name to read them by. Much of it is kept sealed."""
        name = f"held://{len(self._held)}"
        self._held[name] = content if isinstance(content, bytes) else self._kept(content)
        return name

    def held(self, name: str) -> Iterator[bytes]:
        """What is held by that name, piece by piece."""
        file, _ = self._opened(name)
        with file:
            while piece := file.read(_PIECE):
                yield piece

    def _kept(self, pieces: Iterable[bytes]) -> bytes | str:
        """The pieces as one, or the path of the sealed scratch file that holds them."""
        few: list[bytes] = []
        size, coming = 0, iter(pieces)
        for piece in coming:
            few.append(piece)
            size += len(piece)
            if size > min(self._table_bytes, _HELD_BYTES):
                path = f"scratch://held-{len(self._held)}"
                with closing(self._own.scratch.open(path, "wb")) as scratch:
                    for part in chain(few, coming):
                        scratch.write(part)
                return path
        return b"".join(few)

    def read_csv(
        self,
        source: str,
        *,
        columns: Sequence[str],
        into: str,
        delimiter: str = ",",
        quote: str = '"',
        escape: str = '"',
        header: int = 1,
        encoding: str = "utf-8",
    ) -> list[Reject]:
        """Read a delimited file into the temporary view `into`; see the port for what rows, numbers and rejects are."""
        if escape != quote or len(delimiter.encode()) != 1 or len(quote.encode()) > 1 or delimiter in (" ", quote):
            raise EngineError("the file's delimiter or quote is of a kind that is not read", code="engine-dialect")
        if not columns or len({name.casefold() for name in (*columns, "hub_row")}) <= len(columns):
            raise EngineError("the file's columns are none, or not all different", code="engine-columns")
        file, size = self._opened(source)
        if encoding != "utf-8":
            file, size = _transcoded(file, encoding)
        try:
            reading = CsvReading(
                self,
                self._own.rows,
                file,
                size,
                target=Target(into=into, columns=columns, parquet=f"scratch://{into}.parquet"),
                dialect=Dialect(delimiter, quote),
                header=header,
                table_bytes=self._table_bytes,
            )
            return reading.run()
        finally:
            file.close()

    def write_parquet(self, sql: str, target: str, *, noted: Mapping[str, str] | None = None) -> int:
        """Write the rows of a query to `target` as Parquet and return their number; `noted` are texts kept with them."""
        listed = ", ".join(f"{quoted(name)}: {literal(text)}" for name, text in (noted or {}).items())
        notes = f", KV_METADATA {{{listed}}}" if listed else ""
        ((count,),) = self.rows(
            f"COPY ({sql}) TO {literal(target)} (FORMAT parquet, {_WRITTEN}, USE_TMP_FILE false{notes})"
        )
        return int(count)

    def notes_of(self, sources: Sequence[str], name: str) -> dict[str, str]:
        """The texts kept under this name with the rows of these files, by file."""
        if not sources:
            return {}
        asked = "SELECT file_name, decode(value) FROM parquet_kv_metadata(?) WHERE decode(key) = ?"
        return {str(file): str(text) for file, text in self.rows(asked, [list(sources), name])}

    def _opened(self, source: str) -> tuple[BinaryIO, int]:
        if source in self._held:
            held = self._held[source]
            if isinstance(held, bytes):
                return BytesIO(held), len(held)
            scratch = self._own.scratch
            return cast("BinaryIO", scratch.open(held)), scratch.size_of(scratch.name_of(held)) or 0
        system: AbstractFileSystem | None = self._own.plain if self._own.plain.has(source) else self._files
        if system is None:
            raise EngineError("there is no such file in this session", code="engine-file")
        size = silenced(lambda: int(system.info(source)["size"]))  # type: ignore[no-untyped-call]  # fsspec has no types
        return silenced(lambda: system.open(source, "rb")), size  # type: ignore[no-untyped-call]  # fsspec has no types


def _transcoded(file: BinaryIO, encoding: str) -> tuple[BinaryIO, int]:
    try:
        turned = Transcoded(file, encoding)
    except UnicodeDecodeError:
        file.close()
        raise EngineError("a byte of the file has no sign in its encoding", code="engine-value") from None
    return cast("BinaryIO", turned), turned.size


def _as_array(column: np.ndarray[Any, Any] | Sequence[object]) -> np.ndarray[Any, Any]:
    if isinstance(column, np.ndarray):
        return column.astype(object) if column.dtype.kind == "U" else column
    values = list(column)
    present = [value for value in values if value is not None]
    numbers = bool(present) and all(isinstance(value, int | float | np.number) for value in present)
    if not numbers:
        made = np.empty(len(values), dtype=object)
        made[:] = [None if value is None else str(value) for value in values]
        return made
    if len(present) == len(values):
        return np.array(values)
    mask = [value is None for value in values]
    return np.ma.masked_array(np.array([0 if value is None else value for value in values]), mask=mask)


def _sql_type(column: np.ndarray[Any, Any]) -> str:
    return {"b": "BOOLEAN", "i": "BIGINT", "u": "BIGINT", "f": "DOUBLE"}.get(column.dtype.kind, "VARCHAR")
