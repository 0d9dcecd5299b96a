"""DuckDB's errors to ours. Their texts quote rows, statements and files, so none of it is passed on (promise P8)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import duckdb

from hub.engine.model import EngineError
from hub.kit.errors import HubError

T = TypeVar("T")

_CODES: tuple[tuple[tuple[type[Exception], ...], str, str], ...] = (
    ((duckdb.OutOfMemoryException, MemoryError), "engine-memory", "the work does not fit in the memory it may use"),
    ((duckdb.InterruptException,), "engine-interrupted", "the work was stopped"),
    ((duckdb.PermissionException,), "engine-forbidden", "the statement reaches for something outside its session"),
    (
        (duckdb.ParserException, duckdb.BinderException, duckdb.CatalogException, duckdb.SyntaxException),
        "engine-statement",
        "the statement does not fit the tables it names",
    ),
    (
        (duckdb.ConversionException, duckdb.OutOfRangeException, duckdb.TypeMismatchException),
        "engine-value",
        "a value cannot be read as the type asked for",
    ),
    ((duckdb.IOException, duckdb.HTTPException, OSError), "engine-file", "a file could not be read or written"),
)


def mapped(error: Exception) -> EngineError:
    """The hub's error for one of DuckDB's: a code and a sentence, nothing of the text."""
    for types, code, sentence in _CODES:
        if isinstance(error, types):
            return EngineError(sentence, code=code)
    if type(error) is duckdb.Error:  # what DuckDB makes of an exception in one of our file systems
        return EngineError("a file could not be read or written", code="engine-file")
    return EngineError("the query engine failed")


def silenced(work: Callable[[], T]) -> T:
    """What `work` returns; DuckDB's errors in it become ours, with no chain that leads back to the original."""
    try:
        return work()
    except HubError:
        raise
    except Exception as error:
        fault = mapped(error)
    raise fault  # outside the handler: inside it, Python would keep the original as the context
