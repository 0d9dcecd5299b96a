"""What is said about a workbook: its sheets, one table read out of it, and the limits nothing hostile may pass."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from hub.kit.errors import Invalid

MOST_BYTES = 64 * 2**20
"""A workbook file larger than this is refused: such an extract is sent as CSV."""

MOST_INFLATED = 112 * 2**20
"""Bytes that the parts which are read may come to, all of them together."""

MOST_UNZIPPED = 256 * 2**20
"""Bytes of the one file in a zip archive that is no workbook."""

MOST_CELLS = 6_000_000
"""Cells of one sheet from A1 to its last filled row and column: this many are held in memory at once."""

MOST_ROWS, MOST_COLUMNS = 1_048_576, 16_384
"""What a sheet can have at all."""

MOST_SHEETS = 200
HEAD_ROWS = 30
"""The header is looked for in so many rows."""

MOST_NOTED = 10_000
"""So many rows of each kind and column are named; their count is exact all the same."""

FORMULA, NO_RESULT, ERROR_VALUE, MERGED = "formula", "no-result", "error-value", "merged"
DIGITS, ZEROS, MADE_DATE, NO_TIME = "digits", "zeros", "made-date", "no-time"
HIDDEN_ROW, HIDDEN_COLUMN = "hidden-row", "hidden-column"

UNREADABLE = frozenset((NO_RESULT, ERROR_VALUE, MERGED, DIGITS, MADE_DATE))
"""Marks of cells whose value is not what the sender wrote: their rows do not get in."""


class BadWorkbook(Invalid):
    """It cannot be read, or will not be. `code` is that of a finding, `what` chooses among its sentences."""

    def __init__(self, code: str, what: str = "") -> None:
        super().__init__(f"{code} {what}".strip(), code=code)
        self.what = what


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One sheet: its name, whether it is shown, and its first rows as text from row 1 and column A on (empty when it is hidden)."""

    name: str
    visible: bool
    head: tuple[tuple[str, ...], ...] = ()

    @property
    def is_blank(self) -> bool:
        """Whether nothing stands in its first rows."""
        return not any(any(row) for row in self.head)


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """A workbook at a glance. `form` is `xlsx` or `ods`; `external_links` counts the other files it names (never fetched)."""

    form: str
    sheets: tuple[Sheet, ...]
    date_1904: bool = False
    external_links: int = 0
    macros: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """How the cells of one column are written as text.

    `kind` is `dated`, `boolean`, `text` or empty. `formats` are the strptime forms of real dates; `true` and `false` the words
    of boolean cells; `codes` and `pattern` say what a text must be, to tell numbers that have lost their noughts.
    """

    kind: str = ""
    formats: tuple[str, ...] = ()
    true: str = "TRUE"
    false: str = "FALSE"
    codes: tuple[str, ...] = ()
    pattern: str = ""

    @property
    def timed(self) -> bool:
        """Whether a time of day belongs to it."""
        return any("%H" in one for one in self.formats)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which table: the sheet by its place, the row of its header, and its columns from column A on."""

    sheet: int
    header: int
    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Cells of one column with one peculiarity: the exact count and the first rows. Column -1: whole rows."""

    kind: str
    column: int
    count: int
    rows: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A sheet's table as the CSV reader is to see it, row by row: rows above the header and blank rows are blank lines.

    `unreadable` are the rows with a cell whose value is not known; `unused` the columns with neither name nor value.
    """

    csv: bytes
    marks: tuple[Mark, ...] = ()
    unreadable: tuple[int, ...] = ()
    unused: tuple[int, ...] = ()


class Workbook(Protocol):
    """An open workbook."""

    def overview(self) -> Overview:
        """What it holds. BadWorkbook where that cannot be told."""
        ...

    def table(self, asked: Asked) -> Table:
        """One table of it. BadWorkbook where it cannot be read."""
        ...


@dataclass(slots=True)
class Marks:
    """Collects marks while a sheet is read."""

    counts: dict[tuple[str, int], int] = field(default_factory=dict)
    first: dict[tuple[str, int], list[int]] = field(default_factory=dict)
    unreadable: set[int] = field(default_factory=set)

    def add(self, kind: str, column: int, row: int) -> None:
        """One more cell; `column` counts from 0, `row` from 1."""
        key = (kind, column)
        count = self.counts.get(key, 0)
        self.counts[key] = count + 1
        if count < MOST_NOTED:
            self.first.setdefault(key, []).append(row)
        if kind in UNREADABLE:
            self.unreadable.add(row)

    def all(self) -> tuple[Mark, ...]:
        """The marks, by kind and column."""
        return tuple(
            Mark(kind=kind, column=column, count=count, rows=tuple(sorted(self.first.get((kind, column), ()))))
            for (kind, column), count in sorted(self.counts.items())
        )
