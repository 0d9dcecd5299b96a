"""Files made to exhaust whoever reads them are refused by name, in little processor time here and in the process apart."""

from __future__ import annotations

import io
import resource
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from hub.schemas import Outcome
from tests.support.schemas import checked, codes, csv_of, rows_of
from tests.support.workbooks import SHEET, replaced, table_of, xlsx_of

CRIME = "police/street-crime"
MIB = 2**20
SECONDS = 2.0
ENTITIES = (
    b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;">]><x>&c;</x>'
)


def zipped(content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("a.csv", content)
    return out.getvalue()


def a_million_columns(sign: str) -> bytes:
    return (sign.join(f"c{place}" for place in range(1_000_000)) + "\n").encode()


BOMBS: dict[str, tuple[Callable[[], bytes], str]] = {
    "zip-times-1000": (lambda: zipped(csv_of(rows_of(CRIME)) + bytes(100 * MIB)), "bad-zip"),
    "entities": (lambda: replaced(xlsx_of(table_of(rows_of(CRIME))), {SHEET: ENTITIES}), "bad-workbook"),
    "a-sheet-of-nothing": (
        lambda: replaced(xlsx_of([["x"]]), {SHEET: b"<worksheet>" + b" " * 100 * MIB}),
        "workbook-too-large",
    ),
    "a-million-columns": (lambda: a_million_columns(","), "line-too-long"),
    "half-a-million-blank-columns": (lambda: b"," * 900_000 + b"\n", "too-many-columns"),
    "a-million-signs": (lambda: bytes(range(33, 127)).replace(b'"', b"") * 9_000 + b"\n", "too-many-columns"),
    "an-endless-line": (lambda: csv_of(rows_of(CRIME)) + b"x" * (64 * MIB), "line-too-long"),
    "an-unclosed-quote": (lambda: csv_of(rows_of(CRIME)) + b'"' + b"x,\n" * (8 * MIB), "unclosed-quote"),
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb_is_refused_within_two_seconds_of_processor_time(tmp_path: Path, bomb: str) -> None:
    make, code = BOMBS[bomb]
    content, before = make(), spent()
    report = checked(tmp_path, CRIME, content)
    assert spent() - before < SECONDS
    assert (report.outcome, codes(report)[0]) == (Outcome.RETURNED, code)


def spent() -> float:
    """Seconds of processor time of this process and of those it started."""
    return sum(
        usage.ru_utime + usage.ru_stime
        for usage in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )
