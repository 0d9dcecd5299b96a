"""Files of one column. To DuckDB a blank row and an empty value look alike there, so their rows are taken one by one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hub.engine.csv_block import Dialect, advance
from hub.engine.csv_layout import Layout, ReadAt
from hub.engine.model import Reject, RejectKind


def one_column(layout: Layout, read_at: ReadAt, dialect: Dialect) -> tuple[list[str | None], list[Reject]]:
    """The values of the rows that are neither blank nor faulty, empty ones as None; and what is no single value."""
    passed_over = {*layout.blank.tolist(), *(fault.reject.row for fault in layout.faults)}
    values: list[str | None] = []
    rejects: list[Reject] = []
    for row, data in _rows(layout, read_at, dialect):
        if row in passed_over:
            continue
        try:
            value = _value(data.decode(), dialect)
        except UnicodeDecodeError:
            rejects.append(Reject(row, RejectKind.OTHER, "wrong-encoding"))
            continue
        if value is None:
            rejects.append(Reject(row, RejectKind.TOO_MANY_COLUMNS))
        else:
            values.append(value or None)
    return values, rejects


def _rows(layout: Layout, read_at: ReadAt, dialect: Dialect) -> Iterator[tuple[int, bytes]]:
    open_row = b""
    for block in layout.blocks:
        data = read_at(block.start, block.length)
        step = advance(data, block.state, dialect)
        begin, row = 0, block.row
        for start, end in zip(step.end_starts.tolist(), step.ends.tolist(), strict=True):
            if layout.first_row <= row <= layout.last_row:
                yield row, open_row + data[begin:start]
            open_row, begin, row = b"", end + 1, row + 1
        open_row += data[begin:]
    if open_row and layout.unclosed is None and layout.first_row <= layout.last_row:
        yield layout.last_row, open_row


def _value(text: str, dialect: Dialect) -> str | None:
    # None: more than one value. Quotes are known to stand where they should.
    quote = dialect.quote
    if quote and text.lstrip(" ").startswith(quote):
        whole = re.fullmatch(f"( *){quote}((?:[^{quote}]|{quote}{quote})*){quote}( *)", text)
        return whole[1] + whole[2].replace(quote * 2, quote) + whole[3] if whole else None
    return None if dialect.delimiter in text else text
