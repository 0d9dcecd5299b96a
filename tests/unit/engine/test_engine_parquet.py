"""Parquet read as text in a process apart: exact values, and a reason by name for what is broken, encrypted or a bomb."""

from __future__ import annotations

import csv
import io
import resource
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from hub.engine import BadParquet, Written, opened_parquet
from hub.engine.parquet import MOST_PARQUET

SECONDS = 2.0
"""Processor time in which a bomb is refused."""


def parquet(table: pa.Table, **options: Any) -> bytes:
    out = io.BytesIO()
    pq.write_table(table, out, **options)
    return out.getvalue()


def text_of(content: bytes, **written: Written) -> list[list[str]]:
    with opened_parquet(content) as file:
        pieces = file.text([written.get(name, Written()) for name in file.columns])
        return list(csv.reader(io.StringIO(b"".join(pieces).decode(), newline="")))


def refusal(content: bytes) -> str:
    """Why it is refused, and that it costs little time."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with pytest.raises(BadParquet) as caught:
        text_of(content)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < SECONDS
    return caught.value.what


VALUES: list[tuple[pa.Array, Written, list[str]]] = [
    (pa.nulls(1), Written(), [""]),
    (pa.array([1, -2, None], pa.int8()), Written(), ["1", "-2", ""]),
    (pa.array([2**64 - 1, 0], pa.uint64()), Written(), ["18446744073709551615", "0"]),
    (
        pa.array([1.0, 2.5, 1e-5, 1e20, 0.1, -0.0, None]),
        Written(),
        ["1", "2.5", "0.00001", "1" + "0" * 20, "0.1", "0", ""],
    ),
    (pa.array([0.1, 3.0, 1e-5], pa.float32()), Written(), ["0.1", "3", "0.00001"]),
    (pa.array([float("nan"), float("inf"), 5e-324]), Written(), ["nan", "inf", "5e-324"]),
    (pa.array([Decimal("1.50"), Decimal("-3.00"), None]), Written(), ["1.5", "-3", ""]),
    (pa.array([True, False, None]), Written(true="Yes", false="No"), ["Yes", "No", ""]),
    (pa.array(["a", 'x"y,\n', " z ", "", None]), Written(), ["a", 'x"y,\n', " z ", "", ""]),
    (pa.array(["q", "q", "é"]).dictionary_encode(), Written(), ["q", "q", "é"]),
    (pa.array(["é".encode(), b"x"]), Written(), ["é", "x"]),
    (pa.array([date(2024, 5, 1), None]), Written(formats=("%d/%m/%Y",)), ["01/05/2024", ""]),
    (pa.array([date(2024, 5, 1), date(2024, 5, 2)]), Written(formats=("%Y-%m",)), ["2024-05", "2024-05-02"]),
    (
        pa.array([datetime(2024, 5, 1), datetime(2024, 5, 1, 3, 4)], pa.timestamp("ns")),  # noqa: DTZ001 - a naive column
        Written(formats=("%d/%m/%Y", "%d/%m/%Y %H:%M")),
        ["01/05/2024", "01/05/2024 03:04"],
    ),
    (
        pa.array([datetime(2024, 5, 1, 3, 4, 5)], pa.timestamp("us")),  # noqa: DTZ001 - as above
        Written(formats=("%Y-%m-%dT%H:%M",)),
        ["2024-05-01 03:04:05"],
    ),
    (
        pa.array([datetime(2024, 6, 30, 23, 30, tzinfo=UTC)], pa.timestamp("ms", tz="America/New_York")),
        Written(formats=("%Y-%m-%dT%H:%M:%S%z",)),
        ["2024-06-30T23:30:00+00:00"],
    ),
    (
        pa.array([datetime(2024, 6, 30, 23, 30, tzinfo=UTC)], pa.timestamp("ms", tz="UTC")),
        Written(formats=("%Y-%m-%dT%H:%M:%S",)),
        ["2024-07-01T00:30:00"],  # the time it was in London
    ),
]


def test_every_value_is_written_exactly_and_as_its_column_asks() -> None:
    """One file with a column for each; a value that no form says wholly is written in full, for the check to name."""
    height = max(len(said) for _, _, said in VALUES)
    padded = [pa.concat_arrays([array, pa.nulls(height - len(array), array.type)]) for array, _, _ in VALUES]
    table = pa.Table.from_arrays(padded, names=[f"c{place}" for place in range(len(VALUES))])
    rows = text_of(parquet(table), **{f"c{place}": how for place, (_, how, _) in enumerate(VALUES)})
    columns = list(zip(*rows[1:], strict=True))
    assert rows[0] == table.column_names
    for column, (array, _, said) in zip(columns, VALUES, strict=True):
        assert list(column[: len(said)]) == said, array.type
        assert set(column[len(said) :]) <= {""}


def test_one_column_with_nothing_in_some_rows_loses_none_of_them() -> None:
    assert text_of(parquet(pa.table({"a": ["x", None, "y"]}))) == [["a"], ["x"], [""], ["y"]]


def test_names_stay_as_they_are_written_also_two_alike() -> None:
    table = pa.Table.from_arrays([pa.array(["1"])] * 4, names=["a", "A", "a", 'q"\n'])
    with opened_parquet(parquet(table)) as file:
        assert (file.columns, file.nested, file.rows) == (("a", "A", "a", 'q"\n'), (), 1)
        assert b"".join(file.text([Written()] * 4)) == b'"a","A","a","q""\n"\n"1","1","1","1"\n'


def test_nested_columns_are_told_by_their_places() -> None:
    table = pa.table({
        "a": ["x"],
        "b": [[1, 2]],
        "c": [{"p": 1, "q": {"r": 2}}],
        "d": ["y"],
    })  # fmt: skip
    with opened_parquet(parquet(table)) as file:
        assert (file.columns, file.nested) == (("a", "b", "c", "d"), (1, 2))


def test_a_file_without_rows_has_a_header() -> None:
    assert text_of(parquet(pa.table({"a": pa.array([], pa.string()), "b": pa.array([], pa.int32())}))) == [["a", "b"]]


@pytest.mark.slow
@pytest.mark.parametrize("codec", ["none", "snappy", "gzip", "brotli", "zstd", "lz4"])
def test_every_compression_is_read(codec: str) -> None:
    table = pa.table({"a": [f"value {number}" for number in range(5000)]})
    assert len(text_of(parquet(table, compression=codec, row_group_size=1000))) == 5001


# ---- refusals ----------------------------------------------------------------------------------------------------------


GOOD = parquet(pa.table({"a": [f"{number:x}" for number in range(1000)]}))


@pytest.mark.parametrize(
    "content", [b"PAR1", GOOD[:-1], GOOD[:-9] + b"\xff" + GOOD[-8:], b"PAR1" + bytes(100) + b"PAR1", GOOD[:40]]
)
def test_what_is_cut_or_no_parquet_is_broken(content: bytes) -> None:
    assert refusal(content) == "broken"


def test_a_damaged_page_is_broken_and_not_half_a_file() -> None:
    damaged = GOOD[:30] + bytes(200) + GOOD[230:]
    assert refusal(damaged) in {"broken", "value", "memory"}


def test_an_encrypted_file_is_named() -> None:
    assert refusal(GOOD[:-4] + b"PARE") in {"encrypted", "broken"}


def test_bytes_that_are_no_utf_8_are_a_fault_and_never_replaced() -> None:
    assert refusal(parquet(pa.table({"a": [b"x\xff"]}))) in {"value", "broken"}


def test_a_file_that_is_too_large_is_not_opened() -> None:
    assert refusal(b"PAR1" + bytes(MOST_PARQUET)) == "file"


def repeated(text: str, *, rows: int) -> bytes:
    """One text in a dictionary, and so many rows that point to it."""
    out = io.BytesIO()
    column = pa.DictionaryArray.from_arrays(pa.array([0] * 1_000_000, pa.int32()), pa.array([text]))
    table = pa.table({"a": column})
    with pq.ParquetWriter(out, table.schema, compression="zstd") as writer:
        for _ in range(rows // 1_000_000):
            writer.write_table(table)
    return out.getvalue()


def test_a_bomb_of_nearly_ten_thousand_times_its_size_is_refused_in_little_time() -> None:
    """What the file says of its own size is a thousandth of the truth: the text is bounded as it comes."""
    bomb = repeated("x" * 1000, rows=5_000_000)
    assert 5_000_000 * 1000 / len(bomb) > 9_000
    assert refusal(bomb) == "text"


def test_a_bomb_of_long_values_is_refused_in_little_memory() -> None:
    assert refusal(repeated("x" * 2_000_000, rows=1_000_000)) in {"memory", "text", "gone"}


def test_a_bomb_of_rows_is_refused_by_their_number() -> None:
    table = pa.table({"a": pa.nulls(3_000_000, pa.int8())} | {f"c{place}": pa.nulls(3_000_000) for place in range(99)})
    assert refusal(parquet(table)) == "text"


def test_a_process_that_hangs_is_ended_and_that_is_said() -> None:
    with pytest.raises(BadParquet, match="gone"), opened_parquet(GOOD, patience=0.0) as file:
        list(file.text([Written()]))
