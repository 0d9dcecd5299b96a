"""The quick reading of delimited text against the slow one, over made-up texts and hostile files."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.engine import RejectKind, csv_layout, csv_read
from tests.support.choosing import some
from tests.support.delimited import Row, slow_rows
from tests.support.engine import ALWAYS_SCRATCH, ALWAYS_TABLE, a_session
from tests.support.shared import shared

Rows = list[tuple[object, ...]]
Rejects = list[tuple[int, RejectKind]]

FIELDS = st.sampled_from(
    ["a", "", '"x"', '"a""b"', '"p,q"', '"l\nm"', '"l\r\nm"', ' "s" ', '5"', '"a"b', '"open', "b c", " "]
)
LINES = st.lists(FIELDS, max_size=4).map(",".join)
TEXTS = st.one_of(
    st.text(alphabet='a,"\n\r é', max_size=40),
    st.lists(st.tuples(LINES, st.sampled_from(["\n", "\r\n", "\r"])), max_size=8).map(
        lambda lines: "".join(line + end for line, end in lines)
    ),
)


def expected(text: str, columns: int, *, header: bool) -> tuple[Rows, Rejects]:
    rows = slow_rows(text)
    if header:
        place = next((place for place, row in enumerate(rows) if not row.blank), len(rows))
        head, rows = [row for row in rows[place : place + 1] if row.stray or not row.closed], rows[place + 1 :]
    else:
        head = []
    rejects = [(row.number, kind) for row in (*head, *rows) if (kind := kind_of(row, columns)) is not None]
    good = [(*row.fields, row.number) for row in rows if not row.blank and kind_of(row, columns) is None]
    return good, rejects


def kind_of(row: Row, columns: int) -> RejectKind | None:
    if row.blank or (not row.stray and row.closed and len(row.fields) == columns):
        return None
    if not row.closed or (row.stray and row.spans):
        return RejectKind.UNCLOSED_QUOTE
    if row.stray:
        return RejectKind.OTHER
    return RejectKind.MISSING_COLUMNS if len(row.fields) < columns else RejectKind.TOO_MANY_COLUMNS


def found(text: str, columns: int, *, header: bool, table_bytes: int) -> tuple[Rows, Rejects]:
    names = [f"k{place}" for place in range(columns)]
    with a_session({"in": text.encode()}, table_bytes=table_bytes) as session:
        rejects = session.read_csv("memory://in", columns=names, into="extract", header=header)
        return session.rows("SELECT * FROM extract"), [(reject.row, reject.kind) for reject in rejects]


@given(
    text=TEXTS,
    columns=st.integers(1, 3),
    header=st.booleans(),
    in_table=st.booleans(),
    block=st.sampled_from([3, 8, 2**20]),
    piece=st.sampled_from([5, 20, 2**22]),
)
@settings(max_examples=60, deadline=None)
def test_any_text_is_read_alike(
    *, text: str, columns: int, header: bool, in_table: bool, block: int, piece: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(csv_layout, "_BLOCK", block)
        patch.setattr(csv_read, "_PIECE_BYTES", piece)
        table_bytes = ALWAYS_TABLE if in_table else ALWAYS_SCRATCH
        assert found(text, columns, header=header, table_bytes=table_bytes) == expected(text, columns, header=header)


@pytest.mark.parametrize("first", some(range(3), every=3))
def test_hostile_files_are_read_alike(first: int) -> None:
    seen = 0
    for path in sorted(shared("badinput/csv").rglob("*"))[first::3]:
        if not path.is_file() or path.stat().st_size > 60_000:
            continue
        try:
            text = path.read_bytes().decode()
        except UnicodeDecodeError:
            continue
        rows = slow_rows(text)
        if not rows:
            continue
        columns = max(1, len(rows[0].fields))
        seen += 1
        agreed = found(text, columns, header=True, table_bytes=ALWAYS_TABLE) == expected(text, columns, header=True)
        assert agreed, path.name
    assert seen > 15
