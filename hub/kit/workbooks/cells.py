"""Cells as text: what a CSV file of the same table would hold. Nothing is guessed: a date is a date only where the cell is one."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from hub.kit.workbooks.model import DIGITS, MADE_DATE, NO_TIME, ZEROS, Asked, Column, Marks, Table

_EXACT = 10**15
"""From here on a spreadsheet has lost digits: it keeps fifteen."""

_MOST_NOUGHTS = 4
_MOST_KNOWN = 100_000
_OTHER = Column()

Value = int | float | str | bool | time | date | timedelta


def plain(value: Value) -> str:
    """A cell as text, without regard to its column."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return number(value)
    if isinstance(value, timedelta):
        return _lasting(value)
    return value.isoformat()


def number(value: float) -> str:
    """The shortest decimal text that is exactly this number: `1`, `51.402`, `0.00001`; never `1.0` or `1e-05`."""
    text = repr(value)
    if text.endswith(".0"):
        return text[:-2] if value else "0"
    return f"{Decimal(text):f}" if "e" in text else text


def _lasting(value: timedelta) -> str:
    seconds = round(value.total_seconds())
    sign = "-" if seconds < 0 else ""
    minutes, seconds = divmod(abs(seconds), 60)
    return f"{sign}{minutes // 60:02d}:{minutes % 60:02d}:{seconds:02d}"


class Writer:
    """Writes the rows of one table, in order, and notes the cells whose value is not what was meant."""

    def __init__(self, asked: Asked, marks: Marks) -> None:
        self._asked = asked
        self._marks = marks
        self._dates: dict[tuple[int, date], str] = {}
        self._unused: set[int] = set()
        self._bytes = io.BytesIO()
        self._text = io.TextIOWrapper(self._bytes, encoding="utf-8", newline="", write_through=False)
        self._csv = csv.writer(self._text, lineterminator="\r\n")

    def write(self, rows: Iterable[Sequence[Value]], *, left: int) -> None:
        """Write a sheet's rows from row 1 on; `left` columns before the first are blank throughout."""
        header, pad = self._asked.header, [""] * left
        self._unused |= set(range(left))
        for row, cells in enumerate(rows, start=1):
            if row < header:
                self._text.write("\r\n")
                continue
            if row == header:
                out = [plain(cell) for cell in cells]
                self._unused |= {left + place for place, text in enumerate(out) if not text.strip()}
            else:
                out = [
                    cell if type(cell) is str else self._spelt(cell, left + place, row)
                    for place, cell in enumerate(cells)
                ]
                if self._unused:
                    self._unused -= {left + place for place, text in enumerate(out) if text}
            if any(out):
                self._csv.writerow(pad + out)
            else:
                self._text.write("\r\n")

    def table(self) -> Table:
        """What was written."""
        self._text.flush()
        return Table(
            csv=self._bytes.getvalue(),
            marks=self._marks.all(),
            unreadable=tuple(sorted(self._marks.unreadable)),
            unused=tuple(sorted(self._unused)),
        )

    def _spelt(self, value: Value, place: int, row: int) -> str:
        """The text of a cell that is no text."""
        column = self._asked.columns[place] if place < len(self._asked.columns) else _OTHER
        if isinstance(value, bool):
            return column.true if value else column.false
        if isinstance(value, int | float):
            text = number(value)
            mark = _mark_of_number(value, text, column)
            if mark:
                self._marks.add(mark, place, row)
            return text
        if column.kind == "dated" and isinstance(value, date):
            if column.timed and not isinstance(value, datetime):
                self._marks.add(NO_TIME, place, row)
            return self._spelt_date(value, place, column.formats)
        if column.kind == "text":
            self._marks.add(MADE_DATE, place, row)
        return plain(value)

    def _spelt_date(self, value: date, place: int, formats: Sequence[str]) -> str:
        known = self._dates.get((place, value))
        if known is None:
            known = _spelt_date(value, formats)
            if len(self._dates) < _MOST_KNOWN:
                self._dates[place, value] = known
        return known


def _mark_of_number(value: float, text: str, column: Column) -> str:
    if abs(value) >= _EXACT:
        return DIGITS
    if column.kind == "text" and not _fits(text, column) and _fits_with_noughts(text, column):
        return ZEROS
    return ""


def _spelt_date(value: date, formats: Sequence[str]) -> str:
    """A real date in the first form of its field that says all of it; else in full, for the check to name."""
    moment = value if isinstance(value, datetime) else datetime(value.year, value.month, value.day)  # noqa: DTZ001 - a cell has no zone
    for format_ in formats:
        text = moment.strftime(format_) if moment.year >= 1000 and "%z" not in format_ else ""
        if text and _read_back(text, format_) == moment:
            return text
    return value.isoformat()


def _read_back(text: str, format_: str) -> datetime | None:
    try:
        return datetime.strptime(text, format_)  # noqa: DTZ007 - a cell has no zone
    except ValueError:
        return None


def _fits_with_noughts(text: str, column: Column) -> bool:
    return text.isdecimal() and any(_fits("0" * more + text, column) for more in range(1, _MOST_NOUGHTS + 1))


def _fits(text: str, column: Column) -> bool:
    if column.codes:
        return text in column.codes
    return not column.pattern or re.fullmatch(column.pattern, text) is not None
