"""One DuckDB connection behind the port."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import duckdb
import numpy as np

from hub.engine.errors import silenced
from hub.engine.files import PlainFiles
from hub.engine.model import Reject, RejectKind, literal, quoted

_KINDS = {"MISSING COLUMNS": RejectKind.MISSING_COLUMNS, "TOO MANY COLUMNS": RejectKind.TOO_MANY_COLUMNS}


class DuckDbSession:
    """See `hub.engine.EngineSession`: each verb here keeps that promise."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, plain: PlainFiles) -> None:
        self._connection = connection
        self._plain = plain

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

    def read_csv(
        self,
        source: str,
        *,
        columns: Sequence[str],
        into: str,
        delimiter: str = ",",
        quote: str = '"',
        escape: str = '"',
        header: bool = True,
    ) -> list[Reject]:
        """Read a delimited file into the relation `into`: `columns` as VARCHAR in file order, then `hub_row` BIGINT."""
        if self._plain.has(source):
            source = f"plain://{source}"
        types = "{" + ", ".join(f"{literal(name)}: 'VARCHAR'" for name in columns) + "}"
        first = 2 if header else 1
        sql = (
            f"read_csv({literal(source)}, auto_detect = false, header = {str(header).lower()}, columns = {types}, "
            f"delim = {literal(delimiter)}, quote = {literal(quote)}, escape = {literal(escape)}, "
            f"store_rejects = true, rejects_table = 'hub_rejects', rejects_scan = 'hub_reject_scans')"
        )
        raw = quoted(f"hub_raw_{into}")
        self.run(f"CREATE TEMP TABLE {raw} AS SELECT * FROM {sql}")
        found = self.rows("SELECT line, any_value(error_type) FROM hub_rejects GROUP BY line ORDER BY line")
        self.run("DROP TABLE hub_rejects")
        self.run("DROP TABLE hub_reject_scans")
        marks = "".join(f" + (rowid >= {line - first - place})::INT" for place, (line, _) in enumerate(found))
        self.run(f"CREATE TEMP VIEW {quoted(into)} AS SELECT *, (rowid + {first}{marks})::BIGINT AS hub_row FROM {raw}")
        return [Reject(line, _KINDS.get(kind, RejectKind.OTHER)) for line, kind in found]

    def write_parquet(self, sql: str, target: str) -> int:
        """Write the rows of a query to `target` as Parquet and return their number."""
        ((count,),) = self.rows(
            f"COPY ({sql}) TO {literal(target)} (FORMAT parquet, COMPRESSION zstd, USE_TMP_FILE false)"
        )
        return int(count)


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
