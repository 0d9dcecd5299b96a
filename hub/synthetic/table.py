"""A table of text columns on its way to a CSV file."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

import numpy as np

from hub.synthetic.streams import Bools, Ints, Texts


@dataclass(frozen=True, slots=True)
class Table:
    """Named columns of text, all of one length."""

    header: tuple[str, ...]
    columns: tuple[Texts, ...]

    @classmethod
    def of(cls, columns: dict[str, Texts]) -> Table:
        """The table with these columns in this order."""
        return cls(tuple(columns), tuple(columns.values()))

    def __len__(self) -> int:
        return len(self.columns[0]) if self.columns else 0

    def column(self, name: str) -> Texts:
        """One column."""
        return self.columns[self.header.index(name)]

    def where(self, chosen: Bools | Ints) -> Table:
        """The chosen rows, in the order of `chosen`."""
        return Table(self.header, tuple(column[chosen] for column in self.columns))

    def rows(self) -> list[list[str]]:
        """The rows as lists of cells, without the header."""
        return [list(row) for row in zip(*(column.tolist() for column in self.columns), strict=True)]

    def csv(self) -> bytes:
        """The table as a CSV file: UTF-8, commas, quotes only where needed, line feeds, one header row."""
        return csv_bytes([list(self.header), *self.rows()])


def csv_bytes(rows: list[list[str]]) -> bytes:
    """Rows of cells as UTF-8 CSV with line feeds; rows may be ragged."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()


def blank(size: int) -> Texts:
    """A column of empty texts."""
    return repeated("", size)


def repeated(text: str, size: int) -> Texts:
    """A column of one text."""
    return np.full(size, text, dtype=object)
