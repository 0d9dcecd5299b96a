"""Delimited text that a spreadsheet opens without running any of it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What begins a formula somewhere: the last four are the wide signs, which a spreadsheet set to Japanese takes for = + - @."""


def inert(text: str) -> str:
    """The text, so that no spreadsheet takes it for a formula: a leading `= + - @`, wide or not, tab or line end gets an apostrophe
    before it.
    """
    return f"'{text}" if text.startswith(_FORMULA) else text


def csv_lines(rows: Iterable[Sequence[object]]) -> str:
    """Rows as CSV (RFC 4180, CRLF); None is an empty cell."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(rows)
    return out.getvalue()
