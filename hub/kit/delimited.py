"""Delimited text that a spreadsheet opens without running any of it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

_UNSEEN = r"\s\0-\x20\x7f-\xa0\xad\u061c\u180e\u200b-\u200f\u2028-\u202f\u205f-\u206f\ufeff"
_ACTS = re.compile(rf"[\0\t\r\n]|[{_UNSEEN}]*[=+\-@\uff1d\uff0b\uff0d\uff20]")
"""What begins a formula somewhere: a sign that cells are cut at, or = + - @, also behind blanks and signs that nobody sees, which
some programs leave out as they read. The last four are the wide signs, which a spreadsheet set to Japanese takes for = + - @.
"""


def inert(text: str) -> str:
    """The text, so that no spreadsheet takes it for a formula. An apostrophe stands before a leading tab, line end or NUL, and
    before `= + - @`, wide or not, with nothing in front but blanks and signs that nobody sees. Other texts are as they were.
    """
    return f"'{text}" if _ACTS.match(text) else text


def csv_lines(rows: Iterable[Sequence[object]]) -> str:
    """Rows as CSV (RFC 4180, CRLF); None is an empty cell."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(rows)
    return out.getvalue()
