"""Delimited text of any dialect, written by Python's csv module: every value comes back as it was written, or a reason does."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st

from hub.engine import DuckDbEngine
from hub.schemas import ImportProfile
from hub.schemas.opening import open_extract
from hub.schemas.text import scan
from tests.support.schemas import ROWS, schema_of
from tests.support.shared import shared

CRIME = "police/street-crime"
NAMES = list(ROWS[CRIME])
Table = list[list[str]]


@dataclass(frozen=True)
class Dialect:
    delimiter: str
    quoting: int
    ends: tuple[str, ...]
    encoding: str
    mark: bool
    blank_lines: int
    last_end: bool

    def bytes_of(self, table: Table) -> bytes:
        text = "\ufeff" if self.mark and self.encoding.startswith("utf") else ""
        lines = [self._line(row) for row in [NAMES, *table]] + [""] * self.blank_lines
        for number, line in enumerate(lines):
            last = number == len(lines) - 1 and not self.last_end
            text += line + ("" if last else self.ends[number % len(self.ends)])
        return text.encode(self.encoding)

    def _line(self, row: list[str]) -> str:
        out = io.StringIO(newline="")
        csv.writer(out, delimiter=self.delimiter, quoting=self.quoting, lineterminator="\r\n").writerow(row)
        return out.getvalue()[:-2]


DIALECTS = st.builds(
    Dialect,
    delimiter=st.sampled_from([",", ";", "\t", "|", "^", "~", ":", "\x1f"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]),
    ends=st.sampled_from([("\n",), ("\r\n",), ("\r",), ("\n", "\r\n"), ("\r\n", "\r", "\n")]),
    encoding=st.sampled_from(["utf-8", "utf-16-le", "utf-16-be", "windows-1252", "mac-roman"]),
    mark=st.booleans(),
    blank_lines=st.integers(0, 3),
    last_end=st.booleans(),
)
VALUES = st.one_of(
    st.text(alphabet='abZ09 ,;|^~:\t\x1f"\n\ré£’', max_size=12),  # noqa: RUF001 - a sign that Windows-1252 has too
    st.sampled_from(["", " ", '"', '""', "a\r\nb", " x ", "=1+1", "'", "\\"]),
)
TABLES = st.lists(st.lists(VALUES, min_size=len(NAMES), max_size=len(NAMES)), min_size=1, max_size=5)


@given(dialect=DIALECTS, table=TABLES)
@settings(max_examples=50, deadline=None)
def test_every_value_of_every_dialect_comes_back_as_it_was_written(dialect: Dialect, table: Table) -> None:
    content = dialect.bytes_of(table)
    confirmed = "" if dialect.encoding.startswith("utf") else dialect.encoding
    with DuckDbEngine(memory_mb=256).session() as session:
        opened = open_extract(
            session,
            session.hold(content),
            schema_of(CRIME),
            read_bytes=lambda: [content],
            profile=ImportProfile(encoding=confirmed),
        )
        assert opened.stopped == ()
        assert (opened.division.delimiter, list(opened.record)) == (dialect.delimiter, NAMES)
        rejects = opened.read_into(session, "extract", NAMES)
        read = session.rows("SELECT * FROM extract ORDER BY hub_row")
    assert rejects == []
    assert [[value or "" for value in row[:-1]] for row in read] == table
    assert [row[-1] for row in read] == list(range(2, len(table) + 2))


def test_the_known_answers_of_csv_spectrum_come_back() -> None:
    folder = shared("badinput/csv/max-mapper__csv-spectrum")
    seen = 0
    for path in sorted(folder.glob("csvs__*.csv")):
        name = path.stem.removeprefix("csvs__")
        known = json.loads((folder / f"json__{name}.json").read_text(encoding="utf-8"))
        if name == "location_coordinates":  # its answer is no list, and has another telephone number than the file
            known = [known | {"Contact Phone Number": "2095257564"}]
        content = path.read_bytes()
        if name == "newlines_crlf" and b"\r" not in content:  # stored with its line ends changed: give them back
            content = content.replace(b"\n", b"\r\n")
        assert spectrum(content) == known, name
        seen += 1
    assert seen == 12


def spectrum(content: bytes) -> list[dict[str, str]]:
    names = next(scan(lambda: [content]).records())
    with DuckDbEngine(memory_mb=256).session() as session:
        assert session.read_csv(session.hold(content), columns=names, into="t") == []
        rows = session.rows("SELECT * FROM t ORDER BY hub_row")
    return [{name: value or "" for name, value in zip(names, row, strict=False)} for row in rows]
