"""The XML of one worksheet: how far its cells reach, and which of them are formulas, errors, merged or hidden.

Most sheets hold none of these: a quick search of the bytes tells. Only where it finds a trace, or cells that do not say
where they stand, is the sheet walked element by element.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from hub.kit.workbooks.model import (
    ERROR_VALUE,
    FORMULA,
    HIDDEN_COLUMN,
    HIDDEN_ROW,
    MERGED,
    MOST_CELLS,
    MOST_COLUMNS,
    MOST_ROWS,
    NO_RESULT,
    BadWorkbook,
    Marks,
)
from hub.kit.workbooks.xml_pass import walk

MOST_TEXT = 256 * 2**20
"""Bytes that shared texts may come to, each counted as often as a cell shows it."""

_PLACED = b'<c r="'
_LETTERS = re.compile(rb'<c r="([A-Z]{1,3})[0-9]')
_DIGITS = re.compile(rb'<c r="[A-Z]{1,3}([0-9]{1,7})"')
_ANY_CELL = (b"<c ", b"<c/", b"<c>", b"<c\n", b"<c\r", b"<c\t", b":c ", b":c/", b":c>", b":c\n", b":c\r", b":c\t")
_SHARED = (b'"s"', b"'s'")
_STRING = re.compile(rb"<(?:[^\s<>/:]+:)?si[\s/>]")
_FORMULAS = tuple(before + b"f" + after for before in (b"<", b":") for after in (b">", b" ", b"/", b"\n", b"\r", b"\t"))
_TRACES = (*_FORMULAS, b'"e"', b"'e'", b"mergeCell", b"hidden", b"&#")
_SLICE = 8 * 2**20
_ADDRESS = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")
_TRUE = frozenset(("1", "true", "on"))


def read_marks(sheet: bytes, shared: bytes, *, marks: Marks | None, header: int) -> None:
    """Note in `marks` what is peculiar below the row `header`. Without marks: only see that the sheet is of a bounded size.

    BadWorkbook when its cells reach too far, repeat too much text, or stand where no cell can stand.
    """
    if marks is None:
        if not _is_plainly_small(sheet, shared):
            _walked(sheet, shared, Marks(), header)
    elif any(trace in sheet for trace in _TRACES):
        _walked(sheet, shared, marks, header)


def _is_plainly_small(sheet: bytes, shared: bytes) -> bool:
    """Whether the cells, every one of which says where it stands, reach no further than is held in memory."""
    if b"&#" in sheet:  # an attribute may be spelt so that a search does not see it
        return False
    placed = sheet.count(_PLACED)
    if placed != sum(sheet.count(one) for one in _ANY_CELL):
        return False
    columns, rows, said = set[bytes](), set[bytes](), 0
    for piece in _slices(sheet):
        columns.update(_LETTERS.findall(piece))
        digits = _DIGITS.findall(piece)
        rows.update(digits)
        said += len(digits)
    widest = max((column_number(column.decode()) for column in columns), default=0)
    longest = max(map(int, rows), default=0)
    if said != placed or widest * longest > MOST_CELLS or widest > MOST_COLUMNS or longest > MOST_ROWS:
        return False
    return max(_lengths(shared), default=0) * sum(sheet.count(one) for one in _SHARED) <= MOST_TEXT


def _slices(sheet: bytes) -> Iterator[bytes]:
    """The sheet in pieces, none of which begins amid a tag."""
    start = 0
    while start < len(sheet):
        end = sheet.find(b"<", start + _SLICE)
        yield sheet[start : end if end >= 0 else len(sheet)]
        start = end if end >= 0 else len(sheet)


def _lengths(shared: bytes) -> list[int]:
    """How long each shared text is at the most: the bytes from one to the next."""
    starts = [*(found.start() for found in _STRING.finditer(shared)), len(shared)]
    return [after - before for before, after in pairwise(starts)]


def column_number(letters: str) -> int:
    """`A` is 1, `AA` is 27."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


@dataclass(slots=True)
class _Cell:
    """The cell that is open."""

    row: int = 0
    column: int = 0
    kind: str = "n"
    formula: bool = False
    filled: bool = False


@dataclass(slots=True)
class _Walk:
    """State of the pass."""

    marks: Marks
    header: int
    lengths: list[int]
    cell: _Cell = field(default_factory=_Cell)
    value: str = ""
    inside: str = ""
    row: int = 0
    widest: int = 0
    longest: int = 0
    text: int = 0
    merged: list[tuple[int, int, int]] = field(default_factory=list)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "c":
            self._close()
            self._open(attributes)
        elif name == "f":
            self.cell.formula, self.inside = True, ""
        elif name in ("v", "t"):
            self.inside = name
        elif name in ("row", "col", "mergeCell", "mergeCells"):
            self._close()
            self.inside = ""
            self._other(name, attributes)

    def said(self, text: str) -> None:
        if self.inside and text.strip():
            self.cell.filled = True
            if self.inside == "v" and self.cell.kind == "s":
                self.value += text

    def _open(self, attributes: dict[str, str]) -> None:
        here = _ADDRESS.fullmatch(attributes.get("r", ""))
        if here is None and "r" in attributes:
            raise BadWorkbook("bad-workbook", "address")
        row, column = (int(here[2]), column_number(here[1])) if here else (self.row, self.cell.column + 1)
        self.cell = _Cell(row, column, attributes.get("t", "n"))
        self.value, self.inside = "", ""

    def _close(self) -> None:
        cell = self.cell
        if not cell.row:
            return
        if cell.filled or cell.formula:
            self._reach(cell.row, cell.column)
        if self.value:
            self._count_text()
        if cell.row > self.header:
            if cell.kind == "e":
                self.marks.add(ERROR_VALUE, cell.column - 1, cell.row)
            elif cell.formula and not cell.filled and cell.kind != "str":
                self.marks.add(NO_RESULT, cell.column - 1, cell.row)
            elif cell.formula:
                self.marks.add(FORMULA, cell.column - 1, cell.row)
        self.cell = _Cell(column=cell.column)

    def _other(self, name: str, attributes: dict[str, str]) -> None:
        hidden = attributes.get("hidden", "").lower() in _TRUE
        if name == "row":
            self.row = _number(attributes.get("r", str(self.row + 1)), MOST_ROWS)
            self.cell = _Cell()
            if hidden and self.row > self.header:
                self.marks.add(HIDDEN_ROW, -1, self.row)
        elif name == "col" and hidden:
            first = _number(attributes.get("min", ""), MOST_COLUMNS)
            last = min(_number(attributes.get("max", ""), MOST_COLUMNS), first + 500)
            for column in range(first, last + 1):
                self.marks.add(HIDDEN_COLUMN, column - 1, 1)
        elif name == "mergeCell":
            ends = [_ADDRESS.fullmatch(end) for end in attributes.get("ref", "").split(":")]
            if len(ends) == 2 and ends[0] and ends[1]:
                self.merged.append((int(ends[0][2]), column_number(ends[0][1]), int(ends[1][2])))

    def _reach(self, row: int, column: int) -> None:
        if not 0 < row <= MOST_ROWS or not 0 < column <= MOST_COLUMNS:
            raise BadWorkbook("bad-workbook", "address")
        self.widest, self.longest = max(self.widest, column), max(self.longest, row)

    def _count_text(self) -> None:
        place = int(self.value) if self.value.strip().isdecimal() and len(self.value) < 12 else -1
        if not 0 <= place < len(self.lengths):
            raise BadWorkbook("bad-workbook", "shared")
        self.text += self.lengths[place]
        if self.text > MOST_TEXT:
            raise BadWorkbook("workbook-too-large", "text")

    def end(self) -> None:
        self._close()
        if self.widest * self.longest > MOST_CELLS:
            raise BadWorkbook("workbook-too-large", "cells")
        left_to_note = MOST_ROWS
        for top, left, bottom in self.merged:
            # blank rows below the last filled one are no rows of the table
            rows = range(max(top, self.header + 1), min(bottom, self.longest) + 1)
            left_to_note -= len(rows)
            if left_to_note < 0:
                raise BadWorkbook("workbook-too-large", "cells")
            for row in rows:
                self.marks.add(MERGED, left - 1, row)


def _walked(sheet: bytes, shared: bytes, marks: Marks, header: int) -> None:
    walking = _Walk(marks, header, _lengths(shared))
    walk(sheet, start=walking.start, text=walking.said)
    walking.end()


def _number(text: str, most: int) -> int:
    if not text.isdecimal() or len(text) > 8 or not 0 < int(text) <= most:
        raise BadWorkbook("bad-workbook", "address")
    return int(text)
