"""A session reaches nothing but what it was given, and says nothing of what it read."""

from __future__ import annotations

import logging
import socket
import traceback
from pathlib import Path

import numpy as np
import pytest

from hub.engine import DuckDbEngine, EngineError, literal, quoted
from hub.kit.errors import HubError
from tests.support.engine import MemoryFiles, a_session

SECRET = "CANARY-943-476-5919"


def test_rows_arrays_and_statements() -> None:
    with a_session() as session:
        session.run(
            "CREATE TEMP TABLE t AS SELECT range AS n, CASE WHEN range <> 1 THEN 'x' || range END AS s FROM range(3)"
        )
        assert session.rows("SELECT * FROM t WHERE n >= ? ORDER BY n", [1]) == [(1, None), (2, "x2")]
        arrays = session.arrays("SELECT n, s FROM t ORDER BY n")
    assert arrays["n"].tolist() == [0, 1, 2]
    assert np.ma.getmaskarray(arrays["s"]).tolist() == [False, True, False]


def test_loaded_columns_take_the_type_of_their_values() -> None:
    columns = {
        "whole": [1, None, 3],
        "real": [1.5, None, 2.0],
        "text": ["a", None, "c"],
        "truth": [True, False, True],
        "array": np.array([7, 8, 9]),
        "texts": np.array(["p", "q", "r"]),
        "masked": np.ma.masked_array(np.array([1.0, 2.0, 3.0]), mask=[True, False, False]),
        'odd "name"': [None, None, None],
    }
    with a_session() as session:
        session.load("t", columns)
        assert session.rows("SELECT * FROM t") == [
            (1, 1.5, "a", True, 7, "p", None, None),
            (None, None, None, False, 8, "q", 2.0, None),
            (3, 2.0, "c", True, 9, "r", 3.0, None),
        ]
        described = {name: kind for name, kind, *_ in session.rows("DESCRIBE t")}
        session.load("empty", {"n": [], "s": np.array([], dtype=object)})
        assert session.rows("SELECT * FROM empty") == []
    assert described == {
        "whole": "BIGINT",
        "real": "DOUBLE",
        "text": "VARCHAR",
        "truth": "BOOLEAN",
        "array": "BIGINT",
        "texts": "VARCHAR",
        "masked": "DOUBLE",
        'odd "name"': "VARCHAR",
    }


def test_identifiers_and_texts_are_quoted_whatever_they_hold() -> None:
    with a_session() as session:
        for name in ('a"b', "a'b", "a;b", "SELECT", "é, ü"):
            assert session.arrays(f"SELECT {literal(name)} AS {quoted(name)}")[name].tolist() == [name]


def test_parquet_is_written_to_the_given_files_and_counted() -> None:
    files = MemoryFiles()
    with DuckDbEngine().session(files=files) as session:
        assert session.write_parquet("SELECT range AS n FROM range(12345)", "memory://out.parquet") == 12345
        assert session.rows("SELECT sum(n) FROM read_parquet('memory://out.parquet')") == [(12345 * 12344 // 2,)]
    assert files.contents["out.parquet"][:4] == b"PAR1"


def test_the_same_rows_become_the_same_bytes() -> None:
    files = MemoryFiles()
    for name in ("one", "two"):
        with DuckDbEngine().session(files=files) as session:
            session.write_parquet("SELECT range AS n, 'x' || range % 7 AS s FROM range(300000)", f"memory://{name}")
    assert files.contents["one"] == files.contents["two"]


def test_nothing_outside_the_session_can_be_reached(tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text(f"a,b\n1,{SECRET}\n")
    target = tmp_path / "out.parquet"
    attempts = [
        f"SELECT * FROM read_csv('{secret}')",
        f"SELECT * FROM read_text('{secret}')",
        f"SELECT * FROM read_blob('{secret}')",
        f"SELECT * FROM '{secret}'",
        f"SELECT * FROM glob('{tmp_path}/*')",
        f"SELECT * FROM read_csv('plain://{secret}')",
        f"COPY (SELECT 1) TO '{target}'",
        f"WITH x AS (COPY (SELECT 1) TO '{target}') SELECT * FROM x",
        f"ATTACH '{tmp_path / 'other.db'}'",
        f"EXPORT DATABASE '{tmp_path / 'export'}'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SELECT * FROM read_csv('https://example.org/a.csv')",
        "SET memory_limit = '64GB'",
        "SET enable_external_access = true",
        "SET disabled_filesystems = ''",
        "SET max_temp_directory_size = '10GB'",
        "SET lock_configuration = false",
        "CREATE SECRET s (TYPE s3)",
        "SELECT getenv('HOME')",
    ]
    with a_session() as session:
        for attempt in attempts:
            with pytest.raises(EngineError) as caught:
                session.rows(attempt)
            assert SECRET not in repr(caught.value)
            assert str(tmp_path) not in repr(caught.value)
    assert list(tmp_path.iterdir()) == [secret]


def test_python_names_are_no_tables() -> None:
    hidden = {"a": np.array([1])}
    with a_session() as session, pytest.raises(EngineError):
        session.rows("SELECT * FROM hidden")
    assert hidden


def test_work_that_does_not_fit_in_memory_is_refused_and_spills_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with DuckDbEngine(memory_mb=64).session() as session, pytest.raises(EngineError) as caught:
        session.rows("SELECT * FROM (SELECT range AS n, md5(range::VARCHAR) AS m FROM range(5000000)) ORDER BY m, n")
    assert caught.value.code == "engine-memory"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        (f"SELECT CAST('{SECRET}' AS INTEGER)", "engine-value"),
        (f"SELECT CAST(s AS DATE) FROM (VALUES ('{SECRET}')) AS v(s)", "engine-value"),
        (f"SELECT error('{SECRET}')", "engine-fault"),
        (f"SELECT no_such_function('{SECRET}')", "engine-statement"),
        (f'SELECT * FROM "{SECRET}"', "engine-statement"),
        (f"SELEC '{SECRET}'", "engine-statement"),
        (f"SELECT * FROM read_text('/{SECRET}')", "engine-forbidden"),
        (f"SELECT * FROM read_parquet('memory://{SECRET}')", "engine-file"),
        ("SELECT * FROM read_text('memory://broken')", "engine-file"),
        (f"SELECT strptime('{SECRET}', '%d')", "engine-fault"),
    ],
)
def test_an_error_has_a_code_and_not_one_word_of_the_engine(
    statement: str, code: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    class Broken(MemoryFiles):
        def open(self, path: str, mode: str = "rb", *_: object, **_options: object):  # type: ignore[no-untyped-def]
            raise RuntimeError(SECRET)

    with (
        caplog.at_level(logging.DEBUG),
        DuckDbEngine().session(files=Broken({"broken": b"a,b\n"})) as session,
        pytest.raises(EngineError) as caught,
    ):
        session.rows(statement)
    assert caught.value.code == code
    told = "".join(traceback.format_exception(caught.value)) + repr(caught.value.__dict__)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    assert SECRET not in told.replace(f"{statement!r}", "")
    assert SECRET not in caplog.text
    assert SECRET not in "".join(capfd.readouterr())


def test_our_own_errors_pass_through_unchanged() -> None:
    from hub.engine.errors import silenced

    def ours() -> None:
        raise HubError("ours", code="ours")

    with pytest.raises(HubError, match="ours") as caught:
        silenced(ours)
    assert caught.value.code == "ours"


def test_a_stopped_statement_and_a_python_fault_have_codes_too() -> None:
    import duckdb

    from hub.engine.errors import mapped

    assert mapped(duckdb.InterruptException("x")).code == "engine-interrupted"
    assert mapped(MemoryError()).code == "engine-memory"
    assert mapped(OSError("x")).code == "engine-file"
    assert mapped(RuntimeError("x")).code == "engine-fault"


def test_sessions_share_nothing() -> None:
    engine = DuckDbEngine()
    with engine.session() as one, engine.session() as other:
        one.run("CREATE TABLE t AS SELECT 1 AS n")
        with pytest.raises(EngineError):
            other.rows("SELECT * FROM t")
    with engine.session() as third, pytest.raises(EngineError):
        third.rows("SELECT * FROM t")


def test_london_time_is_known_without_loading_anything() -> None:
    with a_session() as session:
        asked = "SELECT timezone('Europe/London', TIMESTAMPTZ '2026-07-01 00:30:00+00')::VARCHAR"
        assert session.rows(asked) == [("2026-07-01 01:30:00",)]


def test_a_session_opens_no_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    with a_session() as session:
        assert session.rows("SELECT 1") == [(1,)]
