"""A second, slow, character-by-character reading of delimited text, to hold the quick one against."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Row:
    """One row as a spreadsheet numbers it; `fields` are None-for-empty texts."""

    number: int
    fields: list[str | None] = field(default_factory=list)
    blank: bool = False
    stray: bool = False
    spans: bool = False
    closed: bool = True


def slow_rows(text: str, *, delimiter: str = ",", quote: str = '"') -> list[Row]:
    """All rows of a text, the header among them."""
    text = text.removeprefix("\ufeff")
    rows: list[Row] = []
    place = 0
    while place < len(text):
        row = Row(len(rows) + 1)
        place = _row(text, place, row, delimiter, quote)
        rows.append(row)
    return rows


def _row(text: str, place: int, row: Row, delimiter: str, quote: str) -> int:
    begin = place
    while True:
        place = _field(text, place, row, delimiter, quote)
        if place >= len(text):
            return place
        if text[place] == delimiter:
            place += 1
            if place >= len(text):
                row.fields.append(None)
                return place
            continue
        row.blank = place == begin
        return place + (2 if text.startswith("\r\n", place) else 1)


def _field(text: str, place: int, row: Row, delimiter: str, quote: str) -> int:
    ends = delimiter + "\r\n"
    start = place
    while place < len(text) and text[place] == " ":
        place += 1
    if not quote or place >= len(text) or text[place] != quote:
        while place < len(text) and text[place] not in ends:
            place += 1
        row.fields.append(text[start:place] or None)
        return place
    spaces = text[start:place]
    value, place = _quoted(text, place + 1, row, quote)
    start = place
    while place < len(text) and text[place] == " ":
        place += 1
    value = spaces + value + text[start:place]
    if place < len(text) and text[place] not in ends:
        row.stray = True
        while place < len(text) and text[place] not in ends:
            place += 1
    row.fields.append(value or None)
    return place


def _quoted(text: str, place: int, row: Row, quote: str) -> tuple[str, int]:
    value = ""
    while place < len(text):
        if text[place] == quote:
            if not text.startswith(quote, place + 1):
                return value, place + 1
            place += 1
        elif text[place] in "\r\n":
            row.spans = True
        value += text[place]
        place += 1
    row.closed = False
    return value, place
