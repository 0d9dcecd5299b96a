"""Bombs through the doors: small files that would become huge ones, refused within two seconds of processor time, children too."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.integration import test_hostile_files as files
from tests.integration.test_hostile_files import MOST_MIB, POLICE, STREET, Told, through_the_api, through_the_form
from tests.support.pages import token_of, words_of
from tests.support.schemas import PERIOD, csv_of, rows_of
from tests.support.watched import Watched
from tests.support.workbooks import SHEET, ods_with, replaced, sheet_xml, with_shared, with_sheet, xlsx_of

watched = files.watched

MIB, GIB = 2**20, 2**30
MOST_CPU = 2.0


@dataclass(frozen=True)
class Bomb:
    """A file that would become a huge one, and what it must be found to be."""

    it: str
    make: Callable[[], bytes]
    codes: tuple[str, ...]


def zipped(size: int, *, said: int | None = None) -> bytes:
    """An archive of one CSV of `size` bytes, packed about a thousandfold; `said` is the size it claims."""
    packing, packed, check, made = zlib.compressobj(9, zlib.DEFLATED, -15), [], 0, 0
    piece = b"a,b\n" * (MIB // 4)
    while made < size:
        packed.append(packing.compress(piece))
        check, made = zlib.crc32(piece, check), made + len(piece)
    data = b"".join([*packed, packing.flush()])
    claim = made if said is None else said
    facts = struct.pack("<HHHHHIIIHH", 20, 0, 8, 0, 0x21, check, len(data), claim, 5, 0)
    local = b"PK\x03\x04" + facts + b"a.csv" + data
    middle = b"PK\x01\x02\x14\x00" + facts + struct.pack("<HHHII", 0, 0, 0, 0, 0) + b"a.csv"
    return local + middle + b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 1, 1, len(middle), len(local), 0)


def members(count: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number in range(count):
            archive.writestr(zipfile.ZipInfo(f"{number}"), b"")
    return out.getvalue()


def parquet_of_few_bytes(times: int) -> bytes:
    """Columns of one long text again and again: some 10,000 times as much as it takes in the file."""
    text = "x" * 100_000
    table = pa.table({name: pa.array([text] * 2).dictionary_encode().take([0] * times) for name in ("a", "b")})
    out = io.BytesIO()
    pq.write_table(table, out, compression="zstd")
    return out.getvalue()


def wide_parquet(columns: int) -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.table({f"c{number}": pa.array([1]) for number in range(columns)}), out)
    return out.getvalue()


ENTITIES = "<!DOCTYPE a [<!ENTITY a0 'ha'>" + "".join(
    f"<!ENTITY a{place + 1} '{f'&a{place};' * 10}'>" for place in range(12)
)
LAUGHS = f"<?xml version='1.0'?>{ENTITIES}]>"


def laughing_xlsx() -> bytes:
    sheet = sheet_xml("<row r='1'><c r='A1' t='inlineStr'><is><t>&a12;</t></is></c></row>")
    return replaced(xlsx_of([["x"]]), {SHEET: LAUGHS.encode() + sheet})


def laughing_ods() -> bytes:
    plain = ods_with("<table:table table:name='a'><table:table-row/></table:table>")
    with zipfile.ZipFile(io.BytesIO(plain)) as archive:
        content = archive.read("content.xml")
    return replaced(plain, {"content.xml": LAUGHS.encode() + content})


def nested(depth: int) -> str:
    return "<a>" * depth + "</a>" * depth


def deep_workbook() -> bytes:
    """Deep nesting in a part that is read as a tree."""
    return replaced(xlsx_of([["x"]]), {"xl/workbook.xml": nested(500_000).encode()})


BOMBS = [
    Bomb("zip-of-a-thousandfold", lambda: zipped(GIB // 4), ("bad-zip", "workbook-too-large")),
    Bomb("zip-that-says-it-is-small", lambda: zipped(GIB // 4, said=3 * MIB), ("bad-zip", "workbook-too-large")),
    Bomb("zip-of-65535-entries", lambda: members(65_535), ("bad-zip",)),
    Bomb("zip-of-65534-entries", lambda: members(65_534), ("bad-zip", "workbook-too-large")),
    Bomb("parquet-of-ten-thousandfold", lambda: parquet_of_few_bytes(40_000), ("bad-parquet",)),
    Bomb("parquet-of-20000-columns", lambda: wide_parquet(20_000), ("bad-parquet",)),
    Bomb("xlsx-with-entities", laughing_xlsx, ("bad-workbook",)),
    Bomb("ods-with-entities", laughing_ods, ("bad-workbook",)),
    Bomb(
        "xlsx-nested-deeply",
        lambda: with_sheet(nested(1_000_000)),
        ("bad-workbook", "empty-file", "workbook-too-large"),
    ),
    Bomb("xlsx-whose-parts-are-nested-deeply", deep_workbook, ("bad-workbook",)),
    Bomb(
        "ods-nested-deeply", lambda: ods_with(nested(1_000_000)), ("bad-workbook", "empty-file", "workbook-too-large")
    ),
    Bomb(
        "xlsx-of-one-shared-text",
        lambda: with_shared(
            with_sheet("".join(f"<row r='{row}'><c r='A{row}' t='s'><v>0</v></c></row>" for row in range(1, 20_001))),
            f"<si><t>{'x' * 32_000}</t></si>",
        ),
        ("workbook-too-large", "bad-workbook"),
    ),
    Bomb(
        "xlsx-of-a-million-shared-texts",
        lambda: with_shared(xlsx_of([["x"]]), "<si><t>x</t></si>" * 1_000_000),
        ("workbook-too-large", "bad-workbook", "empty-file", "wrong-schema"),
    ),
    Bomb("csv-of-a-million-columns", lambda: b"," * 1_000_000 + b"\n1\n", ("wrong-schema", "too-many-columns")),
    Bomb(
        "csv-of-half-a-million-named-columns",
        lambda: b"a," * 500_000 + b"a\n" + b"1," * 500_000 + b"1\n",
        ("wrong-schema", "too-many-columns"),
    ),
    Bomb("csv-of-a-million-quotes", lambda: b'"a' + b'""' * 500_000 + b'"\n1\n', ("wrong-schema",)),
    Bomb("csv-of-a-million-empty-lines", lambda: csv_of(rows_of(STREET, 1)) + b"\r\n" * 1_000_000, ()),
    Bomb(
        "xlsx-of-a-million-columns",
        lambda: with_sheet("<row r='1'><c r='BDWGN1'><v>1</v></c></row>"),
        ("bad-workbook", "workbook-too-large"),
    ),
]


QUICK = {
    "zip-of-a-thousandfold",
    "parquet-of-ten-thousandfold",
    "xlsx-with-entities",
    "ods-with-entities",
    "csv-of-a-million-columns",
}


@pytest.mark.parametrize(
    "bomb", [pytest.param(one, marks=[pytest.mark.slow] * (one.it not in QUICK), id=one.it) for one in BOMBS]
)
def test_a_bomb_is_refused_within_two_seconds_of_processor_time(watched: Watched, bomb: Bomb) -> None:
    content, api = bomb.make(), watched.house.api(POLICE)
    with watched.measured() as cost:
        told = through_the_api(api, f"{bomb.it}.bin", content)
    print(
        f"\n{bomb.it}: {len(content):,} bytes, {told.outcome} {told.codes}, {cost.cpu:.2f} s of processor, {cost.mib:.0f} MiB"
    )
    assert not bomb.codes or set(told.codes) & set(bomb.codes), told
    assert not bomb.codes or told.outcome in ("returned", "refused", "not taken")
    assert cost.cpu < MOST_CPU
    assert cost.mib < MOST_MIB


def endless(sent: list[int], before: bytes = b"") -> Iterator[bytes]:
    """Ten gigabytes of one line, made as they are sent."""
    yield before
    piece = b"x" * 65_536
    for _ in range(10 * GIB // len(piece)):
        sent[0] += len(piece)
        yield piece


@pytest.mark.parametrize("begins", [b"", csv_of(rows_of(STREET, 3)), b'"'], ids=["at-once", "after-rows", "in-quotes"])
def test_a_line_of_ten_gigabytes_is_refused_while_it_arrives(watched: Watched, begins: bytes) -> None:
    sent = [0]
    with watched.measured() as cost:
        answer = watched.house.api(POLICE).send(STREET, PERIOD, endless(sent, begins))
    assert (answer.status_code, answer.json()["code"]) == (422, "line-too-long")
    print(f"\n{sent[0] // MIB} MiB heard, {cost.cpu:.2f} s of processor, {cost.mib:.0f} MiB")
    assert sent[0] < 96 * MIB
    assert cost.cpu < MOST_CPU
    assert cost.mib < 128


def test_the_form_hears_a_quarter_gigabyte_of_it_and_no_more(watched: Watched) -> None:
    visitor = watched.house.visitor(POLICE)
    token = token_of(visitor.get(f"/submit/{STREET}/{PERIOD}").text)
    head = (
        f'--edge\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{token}\r\n'
        '--edge\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
    )
    sent = [0]
    with watched.measured() as cost:
        answer = visitor.http.post(
            f"/submit/{STREET}/{PERIOD}",
            content=endless(sent, head.encode()),
            headers={"Content-Type": "multipart/form-data; boundary=edge"},
        )
    print(f"\nform: {sent[0] // MIB} MiB heard, {cost.cpu:.2f} s of processor, {cost.mib:.0f} MiB")
    assert answer.status_code == 422
    assert "1 MiB without a line end" in words_of(answer.text)
    assert sent[0] < 400 * MIB
    assert cost.cpu < MOST_CPU
    assert cost.mib < 128


def test_a_bomb_in_the_form_and_in_parts_is_the_same(watched: Watched) -> None:
    content, api = zipped(GIB // 2), watched.house.api(POLICE)
    said: list[Told] = []
    with watched.measured() as cost:
        said.append(through_the_form(watched.house.visitor(POLICE), api, "bomb.zip", content))
    assert cost.cpu < MOST_CPU
    with watched.measured() as cost:
        said.append(files.in_parts(api, "bomb.zip", content))
    assert cost.cpu < MOST_CPU
    assert {(one.outcome, one.codes) for one in said} == {("returned", ("bad-zip",))}


def test_nothing_strayed_from_any_bomb(watched: Watched) -> None:
    assert watched.alive()
    assert watched.strayed() == []
    assert "Traceback" not in watched.said()
