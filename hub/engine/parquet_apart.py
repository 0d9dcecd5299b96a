"""The process that reads a hostile Parquet file: `python -m hub.engine.parquet_apart`. It talks over its standard pipes."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Sequence
from typing import Any, BinaryIO

from hub.engine.files import RangeFile, SessionFiles
from hub.engine.model import EngineError, EngineSession, literal, quoted
from hub.engine.parquet import MOST_TEXT, BadParquet, Written
from hub.engine.service import DuckDbEngine
from hub.kit.apart import confine, pipes, read_message, write_message

MEMORY, ENGINE_MB, SECONDS = 1152 * 2**20, 192, 20
_FILE = "sent://file"
_READ = f"read_parquet({literal(_FILE)}, binary_as_string = true)"
_MOST_COLUMNS = 16_384
_PLAIN = re.compile(
    r"\"NULL\"|BOOLEAN|VARCHAR|ENUM\(.*|JSON|U?(?:TINY|SMALL|BIG|HUGE)INT|U?INTEGER|FLOAT|DOUBLE|DECIMAL\(.*\)|UUID|DATE|TIME|TIME_NS"
    r"|TIMESTAMP(?:_S|_MS|_NS)?|TIMESTAMP WITH TIME ZONE",
    re.DOTALL,
)
_FAULTS = {"engine-memory": "memory", "engine-value": "value", "engine-file": "broken"}


class _TooMuch(Exception):
    """More text than may be."""


class _Files(SessionFiles):
    """`sent://file`, the file; `sent://text`, what is written of it."""

    protocol = "sent"

    def __init__(self) -> None:
        super().__init__()
        self.content = b""  # not an argument: fsspec would spell it out to tell instances apart
        self.text = _Text()

    def open(self, path: str, mode: str = "rb", *_: Any, **_options: Any) -> RangeFile | _Text:
        """The file to read, or the text to write."""
        if mode == "wb" and self.name_of(path) == "text":
            return self.text
        if mode != "rb" or self.name_of(path) != "file":
            raise PermissionError("only the file, and only to be read")
        return RangeFile(lambda offset, length: self.content[offset : offset + length], len(self.content))

    def size_of(self, name: str) -> int | None:
        """The size of the file; nothing else is there."""
        return len(self.content) if name == "file" else None


class _Text:
    """Writes text to the other process, up to a bound."""

    def __init__(self) -> None:
        self.sink: BinaryIO = io.BytesIO()
        self.size = 0
        self.too_much = False

    def write(self, data: bytes) -> int:
        """Hand on more."""
        self.size += len(data)
        if self.size > MOST_TEXT:
            self.too_much = True
            raise _TooMuch
        if data:
            write_message(self.sink, bytes(data))
        return len(data)

    def tell(self) -> int:
        """Bytes so far."""
        return self.size

    def flush(self) -> None:
        """Nothing waits."""

    def close(self) -> None:
        """Nothing is open."""


def main() -> None:
    """Take the file, say what columns it has, then write its rows as they are asked for."""
    source, sink = pipes()
    content = read_message(source)
    if content is None:
        return
    files = _Files()
    files.content, files.text.sink = content, sink
    with DuckDbEngine(memory_mb=ENGINE_MB, threads=1).session(files=files) as session:
        session.rows(
            "SELECT strftime(now()::TIMESTAMP, '%Y'), timezone('Europe/London', now())"
        )  # nothing is loaded later
        confine(memory=MEMORY, seconds=SECONDS)
        overview = _tried(lambda: _overview(session), files.text)
        write_message(sink, json.dumps(overview).encode())
        asked = read_message(source) if "bad" not in overview else None
        if asked is not None:
            verdict = _tried(lambda: _write(session, files.text, overview["columns"], _written(asked)), files.text)
            write_message(sink, b"")
            write_message(sink, json.dumps(verdict).encode())


def _tried(work: Callable[[], dict[str, Any]], text: _Text) -> dict[str, Any]:
    try:
        return work()
    except (BadParquet, EngineError, MemoryError) as error:
        return {"bad": _why(error, text)}


def _why(error: Exception, text: _Text) -> str:
    if text.too_much:
        return "text"
    if isinstance(error, BadParquet):
        return error.what
    return _FAULTS.get(error.code, "broken") if isinstance(error, EngineError) else "memory"


def _overview(session: EngineSession) -> dict[str, Any]:
    """Names, nested columns and rows, all from the footer."""
    try:
        ((encrypted, rows),) = session.rows(
            f"SELECT encryption_algorithm IS NOT NULL, num_rows FROM parquet_file_metadata({literal(_FILE)})"
        )
    except EngineError:
        raise BadParquet("broken") from None
    if encrypted:
        raise BadParquet("encrypted")
    kinds = session.rows(f"SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM {_READ})")
    top = _top_names(session)
    if len(top) != len(kinds) or not kinds or len(kinds) > _MOST_COLUMNS:
        raise BadParquet("broken")
    if rows < 0 or (rows + 1) * len(kinds) > MOST_TEXT:  # each value takes a byte at least, for the sign behind it
        raise BadParquet("text" if rows > 0 else "broken")
    nested = [place for place, (_, kind) in enumerate(kinds) if not _PLAIN.fullmatch(kind)]
    return {"columns": top, "nested": nested, "rows": rows}


def _top_names(session: EngineSession) -> list[str]:
    """The names of the columns as they stand in the file, where the engine makes two alike different."""
    elements = session.rows(f"SELECT name, num_children FROM parquet_schema({literal(_FILE)})")
    names: list[str] = []
    left = 0  # elements that are children of a nested column
    for name, children in elements[1:]:
        if left:
            left += int(children or 0) - 1
        else:
            names.append(str(name))
            left = int(children or 0)
    return names


def _written(asked: bytes) -> list[Written]:
    return [Written(**{**one, "formats": tuple(one["formats"])}) for one in json.loads(asked)]


def _write(session: EngineSession, text: _Text, names: Sequence[str], columns: Sequence[Written]) -> dict[str, Any]:
    header = io.StringIO(newline="")
    csv.writer(header, lineterminator="\n", quoting=csv.QUOTE_ALL).writerow(names)
    text.write(header.getvalue().encode())
    kinds = session.rows(f"SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM {_READ})")
    values = ", ".join(
        f"coalesce({_as_text(quoted(name), kind, how)}, '') AS c{place}"
        for place, ((name, kind), how) in enumerate(zip(kinds, columns, strict=True))
    )
    session.run(
        f"COPY (SELECT {values} FROM {_READ}) TO 'sent://text' "
        "(FORMAT csv, HEADER false, FORCE_QUOTE *, QUOTE '\"', ESCAPE '\"', USE_TMP_FILE false)"
    )
    return {}


def _as_text(column: str, kind: str, how: Written) -> str:
    """SQL for the text of a column's values."""
    said = f"CAST({column} AS VARCHAR)"
    if kind == "BOOLEAN":
        return f"CASE WHEN {column} THEN {literal(how.true)} WHEN NOT {column} THEN {literal(how.false)} END"
    if kind in ("FLOAT", "DOUBLE"):
        exact = f"TRY_CAST({said} AS DECIMAL(38, 25))"
        small = f"CASE WHEN {exact}::VARCHAR::{kind} = {column} THEN rtrim({exact}::VARCHAR, '0') ELSE {said} END"
        return (
            f"CASE WHEN {column} = 0 THEN '0' WHEN {said} LIKE '%e-%' THEN {small} WHEN {said} LIKE '%e+%' THEN"
            f" format('{{:.0f}}', {column}::DOUBLE) WHEN {said} LIKE '%.0' THEN {said}[:-3] ELSE {said} END"
        )
    if kind.startswith("DECIMAL") and not kind.endswith(",0)"):
        return f"rtrim(rtrim({said}, '0'), '.')"
    if kind == "DATE" or kind.startswith("TIMESTAMP"):
        return _as_date(column, kind, how.formats)
    return said


def _as_date(column: str, kind: str, formats: Sequence[str]) -> str:
    """A date in the first form that says all of it; else in full, for the check to name.

    A moment with a zone is written with it (UTC) where a form has one, else as the time it was in London, which is what times
    without a zone mean.
    """
    zoned = kind == "TIMESTAMP WITH TIME ZONE"
    said = []
    for form in formats:
        if zoned == ("%z" in form) or zoned:
            zone = "UTC" if "%z" in form else "Europe/London"
            moment = f"timezone('{zone}', {column})" if zoned else column
            bare = form.replace("%z", "")
            text = f"strftime({moment}, {literal(bare)})"
            back = f"try_strptime({text}, {literal(bare)})::{'TIMESTAMP' if zoned else kind} = {moment}"
            wholly = f"'{'+00:00' if '%z' in form else ''}'"
            said.append(f"WHEN {back} THEN {text} || {wholly}")
    plain = f"CAST({column} AS VARCHAR)"
    return f"CASE {' '.join(said)} ELSE {plain} END" if said else plain


if __name__ == "__main__":
    main()
