"""An ODS workbook: its sheets, how far they reach once repeats are counted out, and what calamine does not tell of the cells."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import BinaryIO

from hub.kit.workbooks.archive import Archive, packed
from hub.kit.workbooks.model import (
    ERROR_VALUE,
    FORMULA,
    HIDDEN_COLUMN,
    HIDDEN_ROW,
    MERGED,
    MOST_CELLS,
    MOST_COLUMNS,
    MOST_ROWS,
    MOST_SHEETS,
    NO_RESULT,
    BadWorkbook,
    Marks,
)
from hub.kit.workbooks.xml_pass import walk

MIMETYPE = b"application/vnd.oasis.opendocument.spreadsheet"
MOST_TEXT = 256 * 2**20
_MANIFEST = "META-INF/manifest.xml"
_PECULIAR = re.compile(rb"formula\s*=|error|spanned\s*=|visibility\s*=|&#")
_ELSEWHERE = frozenset(("table:table-source", "table:cell-range-source", "office:dde-source"))
_VALUES = ("office:value", "office:date-value", "office:time-value", "office:boolean-value", "office:string-value")
_FILLED = frozenset((FORMULA, NO_RESULT, ERROR_VALUE))
_SIGNS = ((b"<text:line-break/>", b"\n"), (b"<text:tab/>", b"\t"))
"""Elements that stand for signs, which calamine leaves out."""
_CELLS = frozenset(("table:table-cell", "table:covered-table-cell"))
_PARAGRAPHS = frozenset(("text:p", "text:span", "text:s"))


class Ods:
    """An open ODS archive."""

    form = "ods"
    date_1904 = False  # dates stand there as ISO text

    def __init__(self, archive: Archive) -> None:
        if archive.has(_MANIFEST):
            manifest = archive.part(_MANIFEST)
            if b"encryption-data" in manifest:
                raise BadWorkbook("password-protected")
        self._content = archive.part("content.xml")
        seen = _Walk(header=0, wanted=-1)
        walk(self._content, start=seen.start, text=seen.said, prefixed=True)
        seen.end()
        if not seen.tables:
            raise BadWorkbook("bad-workbook", "no-sheets")
        self._tables = seen.tables
        self._hidden = seen.hidden_styles
        self.external_links = seen.elsewhere
        self.macros = any(name.startswith(("basic/", "scripts/")) for name in archive.members)

    @property
    def names(self) -> list[tuple[str, bool]]:
        """Name of each sheet and whether it is shown, in order."""
        return [(name, style not in self._hidden) for name, style in self._tables]

    def values(self, index: int) -> BinaryIO:
        """An archive of the sheets' contents, for calamine; their size was found to be bounded."""
        if not 0 <= index < len(self._tables):
            raise BadWorkbook("bad-workbook", "no-sheets")
        content = self._content
        for element, sign in _SIGNS:
            content = content.replace(element, sign)
        return packed({"mimetype": MIMETYPE, _MANIFEST: b"<manifest/>", "content.xml": content})

    def marks(self, index: int, *, header: int) -> Marks:
        """What is peculiar about the cells below the header."""
        if not _PECULIAR.search(self._content):
            return Marks()
        seen = _Walk(header=header, wanted=index)
        walk(self._content, start=seen.start, text=seen.said, prefixed=True)
        seen.end()
        return seen.marks

    def forget(self, index: int) -> None:
        """All sheets are one part: nothing is let go."""


@dataclass(slots=True)
class _Walk:
    """State of the pass. Marks are kept of the table `wanted` (-1: of none)."""

    header: int
    wanted: int
    marks: Marks = field(default_factory=Marks)
    tables: list[tuple[str, str]] = field(default_factory=list)
    hidden_styles: set[str] = field(default_factory=set)
    elsewhere: int = 0
    style: str = ""
    row: int = 0
    rows: int = 0
    column: int = 0
    table_column: int = 0
    repeated: int = 0  # of the cell that is open; 0 when none is
    filled: bool = False
    formula: bool = False
    mark: str = ""
    chars: int = 0
    widest: int = 0
    longest: int = 0
    cells: int = 0
    text: int = 0
    noted: int = 0
    found: list[tuple[str, int]] = field(default_factory=list)
    filled_row: bool = False
    hidden_row: bool = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        # the names are those that calamine looks for, prefix and all: what it does not see does not count
        if name in _PARAGRAPHS:
            return
        if name in _CELLS:
            self._open(name, attributes)
        elif name == "table:table-row":
            self._close_row()
            self._open_row(attributes)
        elif name == "table:table":
            self._close_table()
            self.tables.append((attributes.get("table:name", ""), attributes.get("table:style-name", "")))
            if len(self.tables) > MOST_SHEETS:
                raise BadWorkbook("workbook-too-large", "sheets")
        elif name == "table:table-column":
            self._table_column(attributes)
        else:
            self._other(name, attributes)

    def _other(self, name: str, attributes: dict[str, str]) -> None:
        if name == "style:style":
            self.style = attributes.get("style:name", "")
        elif name == "style:table-properties" and attributes.get("table:display") == "false":
            self.hidden_styles.add(self.style)
        elif name in _ELSEWHERE:
            self.elsewhere += 1

    def said(self, text: str) -> None:
        if self.repeated and not text.isspace():
            self.filled = True
            self.chars += len(text)

    def _open_row(self, attributes: dict[str, str]) -> None:
        self.row += self.rows
        self.rows = _number(attributes.get("table:number-rows-repeated", "1"), MOST_ROWS)
        self.hidden_row = attributes.get("table:visibility", "visible") != "visible"
        self.column, self.filled_row, self.found = 0, False, []

    def _open(self, name: str, attributes: dict[str, str]) -> None:
        self._close()
        get = attributes.get
        self.repeated = _number(get("table:number-columns-repeated", "1"), MOST_COLUMNS)
        self.filled = any(map(get, _VALUES))
        self.formula = "table:formula" in attributes
        self.chars = len(get("office:string-value", ""))
        self.mark = ""
        if get("calcext:value-type") == "error":
            self.mark = ERROR_VALUE
        elif name == "table:covered-table-cell" or _spans(
            get("table:number-columns-spanned"), get("table:number-rows-spanned")
        ):
            self.mark = MERGED

    def _close(self) -> None:
        """Count the cell that ends, as often as it is repeated."""
        repeated = self.repeated
        if not repeated:
            return
        self.repeated = 0
        column, self.column = self.column, self.column + repeated
        mark = self.mark
        if self.formula and mark != ERROR_VALUE:
            mark = FORMULA if self.filled else NO_RESULT
        if self.filled or mark in _FILLED:
            self.filled_row = True
            self.widest = max(self.widest, self.column)
            self.text += self.chars * repeated * self.rows
        if mark:
            self.found += [(mark, column + place) for place in range(repeated)]

    def _close_row(self) -> None:
        self._close()
        if not self.filled_row:
            return
        self.longest = self.row + self.rows
        if self.longest > MOST_ROWS or self.widest > MOST_COLUMNS:
            raise BadWorkbook("bad-workbook", "address")
        if self.text > MOST_TEXT or self.widest * self.longest + self.cells > MOST_CELLS:
            raise BadWorkbook("workbook-too-large", "cells")
        if self.wanted == len(self.tables) - 1 and (self.found or self.hidden_row):
            self._note()
        self.filled_row = False

    def _note(self) -> None:
        """Mark the cells of the row that ends, and of its repeats."""
        self.noted += self.rows * (len(self.found) + 1)
        if self.noted > MOST_CELLS:
            raise BadWorkbook("workbook-too-large", "cells")
        for row in range(max(self.row, self.header) + 1, self.row + self.rows + 1):
            if self.hidden_row:
                self.marks.add(HIDDEN_ROW, -1, row)
            for kind, column in self.found:
                self.marks.add(kind, column, row)

    def _table_column(self, attributes: dict[str, str]) -> None:
        repeated = _number(attributes.get("table:number-columns-repeated", "1"), MOST_COLUMNS)
        if attributes.get("table:visibility", "visible") != "visible" and self.wanted == len(self.tables) - 1:
            for column in range(self.table_column, self.table_column + min(repeated, 500)):
                self.marks.add(HIDDEN_COLUMN, column, 1)
        self.table_column += repeated

    def _close_table(self) -> None:
        self._close_row()
        self.cells += self.widest * self.longest
        self.row = self.rows = self.widest = self.longest = self.table_column = 0

    def end(self) -> None:
        self._close_table()


def _spans(*said: str | None) -> bool:
    """Whether a cell spans more than itself."""
    return any(one not in (None, "", "1") for one in said)


def _number(text: str, most: int) -> int:
    if not text.isdecimal() or len(text) > 8 or not 0 < int(text) <= most:
        raise BadWorkbook("bad-workbook", "address")
    return int(text)
