"""The port: what a session can do, what a reject and an error say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

import numpy as np

from hub.kit.errors import HubError


class RejectKind(StrEnum):
    """Why a record of a delimited file could not be split into its columns."""

    MISSING_COLUMNS = "missing-columns"
    TOO_MANY_COLUMNS = "too-many-columns"
    UNCLOSED_QUOTE = "unclosed-quote"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Reject:
    """One record that is absent from the table: its row as a spreadsheet shows it (the header is row 1), and why."""

    row: int
    kind: RejectKind
    reason: str = ""


class EngineError(HubError):
    """The engine could not do it. `code` says which kind of fault; the engine's own words are kept back (promise P8).

    Codes: `engine-statement` (the SQL names or says something wrong), `engine-value` (a value does not convert or is out of
    range), `engine-memory`, `engine-file`, `engine-forbidden`, `engine-interrupted`, `engine-fault`.
    """

    code = "engine-fault"


class EngineSession(Protocol):
    """A fresh database in memory. Not for use from several threads at once."""

    def run(self, sql: str, parameters: Sequence[object] = ()) -> None:
        """Run one statement and forget its result."""
        ...

    def rows(self, sql: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        ...

    def arrays(self, sql: str, parameters: Sequence[object] = ()) -> dict[str, np.ndarray[Any, Any]]:
        """All rows of a query as one array a column; a column with nulls is a masked array."""
        ...

    def load(self, table: str, columns: Mapping[str, np.ndarray[Any, Any] | Sequence[object]]) -> None:
        """Make the temporary table `table`: VARCHAR, BIGINT, DOUBLE or BOOLEAN by the values, None is null."""
        ...

    def hold(self, content: bytes | Iterable[bytes]) -> str:
        """Offer bytes as a source of `read_csv`; the name to read them by. They go with the session. Pieces that come to more
        than fits in memory are kept sealed.
        """
        ...

    def held(self, name: str) -> Iterator[bytes]:
        """What is held by that name, piece by piece."""
        ...

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
        """Read a delimited file into the temporary view `into`: `columns` as VARCHAR in file order, then `hub_row` BIGINT.

        A value that is empty, quoted or not, is null. `header` is how many of the first rows that are not blank are no data.
        `hub_row` is the row's number as a spreadsheet shows it: the first row is 1, a line end inside quotes counts nothing,
        a blank row is numbered but is no record. Rows may end in LF, CRLF or CR, mixed; a byte order mark is not read. Rows
        that cannot be split are absent and returned, each once: too few or too many columns; `unclosed-quote` with the row
        where it opens (when it is never closed, the rows behind it are not read); `other` for a quote amid a value, a record
        of more than 2 MiB, or bytes that are no UTF-8 (see `reason`).
        `encoding` is UTF-8, one of one byte a sign, `utf-16-le`, `utf-16-be`, or `utf-8+NAME`: each line UTF-8 if it is, else
        NAME. EngineError `engine-value` where a byte has no sign in it.
        """
        ...

    def write_parquet(self, sql: str, target: str, *, noted: Mapping[str, str] | None = None) -> int:
        """Write the rows of a query to `target` as Parquet and return their number. `noted`: texts kept with the rows, by
        a name for each; `notes_of` reads them.
        """
        ...

    def notes_of(self, sources: Sequence[str], name: str) -> dict[str, str]:
        """The texts that `write_parquet` kept under this name with the rows of these files, by file; none where none is."""
        ...


def quoted(identifier: str) -> str:
    """The identifier as SQL, whatever characters it holds."""
    return '"' + identifier.replace('"', '""') + '"'


def literal(text: str) -> str:
    """The text as an SQL string constant, whatever characters it holds."""
    return "'" + text.replace("'", "''") + "'"
