"""The pass over the bytes, whatever the pieces they come in."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from hub.engine import DuckDbEngine
from hub.schemas import values_at
from hub.schemas.text import LONGEST_LINE, Fault, count_records, first_bytes, scan
from tests.support.schemas import csv_of, rows_of, schema_of

CRIME = "police/street-crime"


def pieces(content: bytes, size: int) -> Callable[[], Iterable[bytes]]:
    return lambda: (content[start : start + size] for start in range(0, len(content), size))


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_a_fault_is_found_in_the_same_place_whatever_the_pieces(size: int) -> None:
    content = "a,b\n1,é\n2,€\n".encode() + b"3,\xff\n4,5\n"
    assert scan(pieces(content, size)).fault == Fault("mixed-encoding", offset=content.index(b"\xff"), row=4)
    plain = content.replace("é".encode(), b"e").replace("€".encode(), b"e")
    assert scan(pieces(plain, size)).fault == Fault("wrong-encoding", offset=plain.index(b"\xff"), row=4)
    nul = "a,b\n1,é\n".encode() + b"3,\0\n"
    assert scan(pieces(nul, size)).fault == Fault("not-csv", "binary", offset=nul.index(0), row=3)


@pytest.mark.parametrize("size", [1, 5, 4096])
def test_good_text_has_no_fault_and_its_hash(size: int) -> None:
    content = '\ufeffa,"b\nc",d\n1,2,3'.encode()
    text = scan(pieces(content, size))
    assert (text.fault, text.size, text.sha256) == (None, len(content), hashlib.sha256(content).hexdigest())
    assert (next(text.records()), text.ends_with_line) == (("a", "b\nc", "d"), False)


def test_a_hash_that_is_known_is_not_made_again() -> None:
    assert scan(pieces(b"a\n1\n", 4), sha256="known").sha256 == "known"


@pytest.mark.parametrize("extra", [0, 1])
def test_a_line_may_be_a_mebibyte_long_and_no_more(extra: int) -> None:
    content = b"a\n" + b"x" * (LONGEST_LINE + extra) + b"\n"
    fault = scan(pieces(content, 300_000)).fault
    assert (fault is not None and fault.kind == "line-too-long") == bool(extra)


def test_rows_are_numbered_as_a_spreadsheet_does() -> None:
    content = b'a,b\n"1\n1",2\n\n3,\xff\n'
    fault = scan(pieces(content, 4)).fault
    assert fault is not None
    assert fault.row == 4


def test_records_are_counted_in_any_encoding() -> None:
    assert count_records(pieces(b'a,b\n"1\n1",\xff\n\n2,3\n', 3)) == 2
    assert count_records(pieces(b"", 3)) == 0


def test_the_first_bytes_are_read_without_the_rest() -> None:
    def endless() -> Iterable[bytes]:
        while True:
            yield b"1,2"

    assert first_bytes(endless, 5) == b"1,21,"


def test_values_are_read_back_by_column_and_row(tmp_path: Path) -> None:
    rows = [{**row, "Beat": str(number)} for number, row in enumerate(rows_of(CRIME, 4))]
    rows[2]["Month"] = "May"
    content, path = csv_of(rows), tmp_path / "extract.csv"
    path.write_bytes(content)
    asked = {"Month": (4, 5, 99), "column M": (2, 3), "No such": (2,), "LSOA name": ()}
    answers = {}
    for field, numbers in asked.items():
        with DuckDbEngine().session(local=[path]) as session:
            answers[field] = values_at(
                session, str(path), schema_of(CRIME), read_bytes=pieces(content, 64), field=field, rows=numbers
            )
    assert answers == {
        "Month": {4: "May", 5: "2024-05"},
        "column M": {2: "0", 3: "1"},
        "No such": {},
        "LSOA name": {},
    }
