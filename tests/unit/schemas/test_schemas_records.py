"""Records as they are written, numbered as the check numbers its rows."""

from __future__ import annotations

import pytest

from hub.engine import DuckDbEngine
from hub.schemas.records import records

CONTENT = 'a,b\r\n1,"x\r\ny"\r\n\r\n2,z\r3,"q ""u"""\n4,é\u2028k'.encode()


def test_line_ends_of_any_kind_blank_rows_and_quotes_are_numbered_as_the_engine_does() -> None:
    expected = [
        (1, ["a", "b"]),
        (2, ["1", "x\r\ny"]),
        (4, ["2", "z"]),
        (5, ["3", 'q "u"']),
        (6, ["4", "é\u2028k"]),
    ]
    assert list(records(lambda: [CONTENT])) == expected
    with DuckDbEngine(memory_mb=256).session() as session:
        session.read_csv(session.hold(CONTENT), columns=["a", "b"], into="t")
        assert [(number, [a, b]) for a, b, number in session.rows("SELECT a, b, hub_row FROM t")] == expected[1:]


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_where_the_bytes_are_cut_does_not_matter(size: int) -> None:
    pieces = [CONTENT[start : start + size] for start in range(0, len(CONTENT), size)]
    assert list(records(lambda: pieces)) == list(records(lambda: [CONTENT]))


def test_another_encoding_another_delimiter_and_a_byte_order_mark() -> None:
    assert list(records(lambda: ["a;é\n".encode("cp1252")], encoding="cp1252", delimiter=";")) == [(1, ["a", "é"])]
    assert list(records(lambda: [b"\xef\xbb\xbfa,b\n"])) == [(1, ["a", "b"])]


def test_a_record_too_long_to_be_one_ends_it() -> None:
    assert list(records(lambda: [b'a\n"', b"x" * (3 * 2**20)])) == [(1, ["a"])]
