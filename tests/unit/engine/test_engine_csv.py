"""Delimited files: every row has its number, every row that is left out is named, nothing is made up."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.engine import DuckDbEngine, EngineError, Reject, RejectKind, csv_layout, csv_read
from tests.support.delimited import slow_rows
from tests.support.engine import ALWAYS_SCRATCH, ALWAYS_TABLE, a_session
from tests.support.shared import shared

MISSING, TOO_MANY = RejectKind.MISSING_COLUMNS, RejectKind.TOO_MANY_COLUMNS
UNCLOSED, OTHER = RejectKind.UNCLOSED_QUOTE, RejectKind.OTHER

Rows = list[tuple[object, ...]]


def read(
    content: str | bytes, columns: int = 2, *, table_bytes: int = ALWAYS_TABLE, **options: object
) -> tuple[Rows, list[tuple[int, RejectKind]]]:
    data = content.encode() if isinstance(content, str) else content
    names = [f"column {place}" for place in range(columns)]
    with a_session({"in": data}, table_bytes=table_bytes) as session:
        rejects = session.read_csv("memory://in", columns=names, into="extract", **options)  # type: ignore[arg-type]
        return session.rows("SELECT * FROM extract"), [(reject.row, reject.kind) for reject in rejects]


@pytest.mark.parametrize("table_bytes", [ALWAYS_TABLE, ALWAYS_SCRATCH])
@pytest.mark.parametrize(
    ("content", "rows", "rejects"),
    [
        ("h,h\n1,2\n3,4\n", [("1", "2", 2), ("3", "4", 3)], []),
        ("h,h\n1,2", [("1", "2", 2)], []),
        ("h,h\r\n1,2\r\n3,4\r\n", [("1", "2", 2), ("3", "4", 3)], []),
        ("h,h\r1,2\r3,4\r", [("1", "2", 2), ("3", "4", 3)], []),
        ("h,h\r\n1,2\n3,4\r5,6\n", [("1", "2", 2), ("3", "4", 3), ("5", "6", 4)], []),
        ("\ufeffh,h\n1,2\n", [("1", "2", 2)], []),
        ('\ufeff"h","h"\n"1","2"\n', [("1", "2", 2)], []),
        ("h,h\n1,\n,2\n,\n", [("1", None, 2), (None, "2", 3), (None, None, 4)], []),
        ('h,h\n"",""\n', [(None, None, 2)], []),
        ('h,h\n1,"a\nb\n\nc"\n3,4\n', [("1", "a\nb\n\nc", 2), ("3", "4", 3)], []),
        ('h,"h\nh"\n3,4\n5\n', [("3", "4", 2)], [(3, MISSING)]),
        ('h,h\r\n1,"a\r\nb"\r\n3\r\n5,6\r\n', [("1", "a\r\nb", 2), ("5", "6", 4)], [(3, MISSING)]),
        ('h,h\n1,"a\r\nb"\r\n3\n5,6\r\n', [("1", "a\r\nb", 2), ("5", "6", 4)], [(3, MISSING)]),
        ('h,h\n"say ""hi""",","\n', [('say "hi"', ",", 2)], []),
        ('h,h\n5" pipe,a "b" c\n', [('5" pipe', 'a "b" c', 2)], []),
        ('h,h\n "a, b" , x\n', [(" a, b ", " x", 2)], []),
        ("h,h\n\n1,2\n\n\n3,4\n\n", [("1", "2", 3), ("3", "4", 6)], []),
        ("\n\nh,h\n1,2\n", [("1", "2", 4)], []),
        ("h,h\n1\n2,3\n4,5,6\n7,8\n", [("2", "3", 3), ("7", "8", 5)], [(2, MISSING), (4, TOO_MANY)]),
        ("h,h\n1,2,\n3,4\n", [("3", "4", 3)], [(2, TOO_MANY)]),
        ("h,h\n \n3,4\n", [("3", "4", 3)], [(2, MISSING)]),
        ('h,h\n1,"a"b\n3,4\n', [("3", "4", 3)], [(2, OTHER)]),
        ('h,h\n1,2\n3,"4\n5,6\n7,8\n', [("1", "2", 2)], [(3, UNCLOSED)]),
        ('h,h\n1,2\n3,"4\n5,"6"\n7,8\n', [("1", "2", 2), ("7", "8", 4)], [(3, UNCLOSED)]),
        ('h,"h\n1,2\n', [], [(1, UNCLOSED)]),
        ('h,"h"h\n1,2\n', [("1", "2", 2)], [(1, OTHER)]),
        (b"h,h\n1,\xe9\n3,4\n", [("3", "4", 3)], [(2, OTHER)]),
        ("h,h\n1,a\x00b\n", [("1", "a\x00b", 2)], []),
        ("h,h\n", [], []),
        ("h,h", [], []),
        ("", [], []),
        ("\n\n", [], []),
        ("\ufeff", [], []),
        ("h,h\n#1,2\n", [("#1", "2", 2)], []),
        ('h,h\n1,2\n3,"4', [("1", "2", 2)], [(3, UNCLOSED)]),
        ('h,h\n1,2\n3,"4"x', [("1", "2", 2)], [(3, OTHER)]),
        ('h,h\n"x"y,1', [], [(2, OTHER)]),
    ],
)
def test_a_small_file_is_read_as_a_spreadsheet_shows_it(
    content: str | bytes, rows: Rows, rejects: list[tuple[int, RejectKind]], table_bytes: int
) -> None:
    assert read(content, table_bytes=table_bytes) == (rows, rejects)


@pytest.mark.parametrize(
    ("content", "rows", "rejects"),
    [
        ("h\n1\n\n2\n", [("1", 2), ("2", 4)], []),
        ('h\n""\n"a ""b"""\n "c"\n', [(None, 2), ('a "b"', 3), (" c", 4)], []),
        ("h\n1,2\n3", [("3", 3)], [(2, TOO_MANY)]),
        ('h\n"1",2\n"x"y\n"p\nq"\n', [("p\nq", 4)], [(2, TOO_MANY), (3, OTHER)]),
        (b"h\n\xe9\nb\r\n", [("b", 3)], [(2, OTHER)]),
        ('h\na\n"b\nc\n', [("a", 2)], [(3, UNCLOSED)]),
        ("h\n", [], []),
        ("", [], []),
    ],
)
def test_a_file_of_one_column_is_read_by_the_same_rules(
    content: str | bytes, rows: Rows, rejects: list[tuple[int, RejectKind]]
) -> None:
    assert read(content, 1) == (rows, rejects)


def test_a_file_without_a_header_begins_at_row_one() -> None:
    assert read("1,2\n\n3\n4,5\n", header=False) == ([("1", "2", 1), ("4", "5", 4)], [(3, MISSING)])
    assert read("1\n2\n", 1, header=False) == ([("1", 1), ("2", 2)], [])


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_other_delimiters_are_read_and_no_other_character_splits(delimiter: str) -> None:
    content = f'h{delimiter}h\n1,5{delimiter}"a{delimiter}b"\n'
    assert read(content, delimiter=delimiter) == ([("1,5", f"a{delimiter}b", 2)], [])


def test_without_quotes_a_quote_is_a_character() -> None:
    assert read('h,h\n"1,2"\n', quote="", escape="") == ([('"1', '2"', 2)], [])


def test_a_comma_file_read_with_another_delimiter_is_all_rejects_and_never_one_wide_column() -> None:
    assert read("h,h\n1,2\n", delimiter=";") == ([], [(2, MISSING)])


@pytest.mark.parametrize(
    "options", [{"delimiter": " "}, {"delimiter": "::"}, {"delimiter": '"'}, {"quote": "«"}, {"escape": "\\"}]
)
def test_a_dialect_that_is_not_read_is_refused(options: dict[str, str]) -> None:
    with pytest.raises(EngineError) as caught:
        read("h,h\n1,2\n", **options)
    assert caught.value.code == "engine-dialect"


@pytest.mark.parametrize("columns", [[], ["a", "A"], ["a", "hub_row"]])
def test_columns_that_are_not_all_different_are_refused(columns: list[str]) -> None:
    with a_session({"in": b"a,b\n1,2\n"}) as session, pytest.raises(EngineError) as caught:
        session.read_csv("memory://in", columns=columns, into="extract")
    assert caught.value.code == "engine-columns"


def test_a_file_that_is_not_there_is_an_error_with_a_code(tmp_path: Path) -> None:
    for files in (None, {}):
        with a_session(files) as session, pytest.raises(EngineError) as caught:
            session.read_csv("memory://none", columns=["a"], into="extract")
        assert caught.value.code == "engine-file"
    with DuckDbEngine().session() as session, pytest.raises(EngineError):
        session.read_csv(str(tmp_path / "none.csv"), columns=["a"], into="extract")


def test_a_desk_file_is_read_by_its_path_and_only_if_it_was_named(tmp_path: Path) -> None:
    named, other = tmp_path / "it's named.csv", tmp_path / "other.csv"
    for path in (named, other):
        path.write_text("a,b\n1,2\n")
    with DuckDbEngine().session(local=[named]) as session:
        assert session.read_csv(str(named), columns=["a", "b"], into="extract") == []
        assert session.rows("SELECT * FROM extract") == [("1", "2", 2)]
        with pytest.raises(EngineError):
            session.read_csv(str(other), columns=["a", "b"], into="others")
        with pytest.raises(EngineError):
            session.run(f"COPY (SELECT 1) TO 'plain://{named}'")
        with pytest.raises(EngineError):
            session.rows(f"SELECT * FROM read_text('{named}')")


def test_two_files_in_one_session_do_not_mix_their_rejects() -> None:
    with a_session({"one": b"h,h\n1\n2,3\n", "two": b"h,h\n1,2\n"}) as session:
        assert session.read_csv("memory://one", columns=["a", "b"], into="one") == [Reject(2, MISSING)]
        assert session.read_csv("memory://two", columns=["a", "b"], into="two") == []
        assert session.rows("SELECT hub_row FROM one UNION ALL SELECT hub_row FROM two ORDER BY ALL") == [(2,), (3,)]
        left = {name for (name,) in session.rows("SELECT table_name FROM duckdb_tables()")}
    assert left == {"hub_raw_one", "hub_raw_two"}


@pytest.mark.parametrize("table_bytes", [ALWAYS_TABLE, ALWAYS_SCRATCH])
def test_a_quoted_value_of_a_mebibyte_is_read_and_a_record_of_more_than_two_is_left_out(table_bytes: int) -> None:
    large, too_large = "x\n" * 2**19, "y" * (csv_layout.MAX_RECORD_BYTES + 1)
    content = f'h,h\n1,"{large}"\n2,"{too_large}"\n3,{"z" * 100}\n4,"{too_large}"'
    rows, rejects = read(content, table_bytes=table_bytes)
    assert rows == [("1", large, 2), ("3", "z" * 100, 4)]
    assert rejects == [(3, OTHER), (5, OTHER)]


def test_an_unclosed_quote_does_not_swallow_the_rows_before_it_and_names_where_it_opens() -> None:
    good = "".join(f"{number},{number}\n" for number in range(20_000))
    rows, rejects = read(f'h,h\n{good}20000,"open\n{good}')
    assert (len(rows), rows[-1], rejects) == (20_000, ("19999", "19999", 20_001), [(20_002, UNCLOSED)])


@pytest.mark.parametrize("table_bytes", [ALWAYS_TABLE, ALWAYS_SCRATCH])
def test_quoted_lines_that_look_like_rows_are_never_made_into_rows(table_bytes: int) -> None:
    # Shared out among threads by DuckDB itself, a file like this one gains thousands of rows.
    inner = "1,2,3\n" * 2_000
    content = "h,h,h\n" + "".join(f'{number},"{inner}",end\n' for number in range(1_000))
    assert len(content) > 10_000_000
    with a_session({"in": content.encode()}, table_bytes=table_bytes) as session:
        assert session.read_csv("memory://in", columns=["a", "b", "c"], into="extract") == []
        found = session.rows("SELECT count(*), min(b) = max(b), count(DISTINCT hub_row), sum(a::INT) FROM extract")
        first_wrong = session.rows("SELECT count(*) FROM extract WHERE hub_row <> a::INT + 2")
    assert found == [(1_000, True, 1_000, 499_500)]
    assert first_wrong == [(0,)]


@pytest.mark.parametrize("table_bytes", [ALWAYS_TABLE, ALWAYS_SCRATCH])
def test_rows_stay_in_file_order_and_keep_their_numbers_when_many_are_left_out(table_bytes: int) -> None:
    lines = [f"{number},x" if number % 3 else ("" if number % 2 else f"{number}") for number in range(120_000)]
    rows, rejects = read("h,h\n" + "\n".join(lines) + "\n", table_bytes=table_bytes)
    assert rows == [(str(number), "x", number + 2) for number in range(120_000) if number % 3]
    assert rejects == [(number + 2, MISSING) for number in range(0, 120_000, 6)]


@pytest.mark.parametrize("seed_text", ['a,"b\n', "a,b\r\n\r", 'aé",\n '])
def test_blocks_and_pieces_may_be_cut_anywhere(seed_text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    content = "h,h\n" + "".join(seed_text[(place * place + place // 3) % len(seed_text)] for place in range(600))
    expected = read(content)
    monkeypatch.setattr(csv_layout, "_BLOCK", 7)
    monkeypatch.setattr(csv_read, "_PIECE_BYTES", 11)
    assert read(content) == expected
    assert read(content, table_bytes=ALWAYS_SCRATCH) == expected


def test_a_run_of_quotes_and_spaces_without_end_is_walked_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_layout, "_BLOCK", 1000)
    monkeypatch.setattr(csv_layout, "_LONGEST_RUN", 1000)
    rows, rejects = read("h,h\n1,2\n" + '" "' * 5_000 + "\n3,4\n")
    assert rows[0] == ("1", "2", 2)
    assert rejects


def test_a_count_that_does_not_agree_is_refused_and_not_served(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_read.CsvReading, "_rejects", lambda _self, _served: [])
    with pytest.raises(EngineError) as caught:
        read("h,h\n1,2\n3\n")
    assert caught.value.code == "engine-count"


def test_a_value_that_cannot_be_read_leaves_the_session_usable() -> None:
    with a_session({"in": b"h,h\n1,2\n"}) as session:
        session.run('CREATE TEMP TABLE "hub_raw_extract" AS SELECT 1 AS n')
        with pytest.raises(EngineError):
            session.read_csv("memory://in", columns=["a", "b"], into="extract")
        assert session.read_csv("memory://in", columns=["a", "b"], into="again") == []


@pytest.mark.parametrize("name", ["police/street_large", "police/stop_search"])
def test_real_files_are_read_as_the_slow_reading_reads_them(name: str) -> None:
    for path in sorted(shared(f"data/{name}").rglob("*.csv"))[:1]:
        text = path.read_text(encoding="utf-8")[:400_000]
        text = text[: text.rindex("\n") + 1]
        expected = slow_rows(text)
        rows, rejects = read(text, len(expected[0].fields))
        assert rejects == []
        assert rows == [(*row.fields, row.number) for row in expected[1:]]


def test_rows_before_the_data_are_passed_over_as_many_as_are_said() -> None:
    text = "\nsep=,\n\na,b\n1,2\n3\n4,5\n"
    assert read(text, header=2) == ([("1", "2", 5), ("4", "5", 7)], [(6, MISSING)])
    assert read("sep=,\na,b\n", header=2) == ([], [])
    assert read("sep=,\n", header=2) == ([], [])


@pytest.mark.parametrize("table_bytes", [ALWAYS_TABLE, ALWAYS_SCRATCH])
def test_pieces_that_are_held_are_read_alike_in_memory_and_from_sealed_scratch(
    table_bytes: int, tmp_path: Path
) -> None:
    pieces = [b"a,b\n", b"", b"1,2\n3,", b"4\n"]
    with a_session(table_bytes=table_bytes) as session:
        name = session.hold(iter(pieces))
        assert b"".join(session.held(name)) == b"".join(session.held(name)) == b"".join(pieces)
        assert session.read_csv(name, columns=["a", "b"], into="t") == []
        assert session.rows("SELECT * FROM t") == [("1", "2", 2), ("3", "4", 3)]
        assert b"".join(session.held(session.hold(b"whole"))) == b"whole"


def test_what_the_values_take_in_memory_decides_and_not_the_size_of_the_file() -> None:
    columns = [f"c{place}" for place in range(10)]
    full, empty = (",".join(columns) + "\n" + (",".join([value] * 10) + "\n") * 1000 for value in ("0123456789", ""))
    with a_session({"full": full.encode(), "empty": empty.encode()}, table_bytes=50_000) as session:
        for name in ("full", "empty"):  # 110 and 10 thousand bytes, of which the empty values take 50 more
            session.read_csv(f"memory://{name}", columns=columns, into=name)
            assert session.rows("SELECT count(*) FROM duckdb_tables()") == [(0,)]
    with a_session({"empty": empty.encode()}, table_bytes=70_000) as session:
        session.read_csv("memory://empty", columns=columns, into="empty")
        assert session.rows("SELECT count(*) FROM duckdb_tables()") == [(1,)]
        assert session.rows("SELECT count(*), count(c0) FROM empty") == [(1000, 0)]
