"""Codes are written as codes of their list, and read back by anyone as the texts they are."""

from __future__ import annotations

from io import BytesIO

import polars as pl
import pytest

from hub.engine import DuckDbEngine, EngineError, quoted
from hub.schemas import MONTH, codes_written
from tests.support.engine import MemoryFiles
from tests.support.schemas import registry, schema_of

CALLS, FIELD = "ambulance/violence-callouts", "chief_complaint_code"


def _written(values: list[str | None]) -> list[str | None]:
    sql, files = codes_written(schema_of(CALLS))[FIELD], MemoryFiles()
    with DuckDbEngine().session(files=files) as session:
        session.load("kept", {FIELD: values})
        session.write_parquet(f"SELECT {sql} AS {quoted(FIELD)} FROM kept", "memory://out.parquet")
        read = session.rows("SELECT * FROM read_parquet('memory://out.parquet')")
        kind = session.rows("SELECT DISTINCT typeof(COLUMNS(*)) FROM read_parquet('memory://out.parquet')")
    assert kind == [("VARCHAR",)]
    elsewhere = pl.read_parquet(BytesIO(files.contents["out.parquet"]))
    assert elsewhere.schema[FIELD] == pl.String
    assert [value for (value,) in read] == elsewhere[FIELD].to_list()
    return elsewhere[FIELD].to_list()


def test_codes_and_blanks_come_back_as_they_were() -> None:
    listed = schema_of(CALLS).field(FIELD).codes
    assert listed is not None
    values = [*(code.code for code in listed.codes), None] * 50
    assert _written(values) == values


def test_a_code_that_is_not_in_the_list_stops_the_writing() -> None:
    with pytest.raises(EngineError) as raised:
        _written(["unheard-of"])
    assert raised.value.code == "engine-value"
    assert "unheard-of" not in str(raised.value)


def test_the_month_is_written_as_one_where_all_rows_have_it() -> None:
    assert MONTH not in codes_written(schema_of(CALLS))
    assert codes_written(schema_of(CALLS), period="2026-10")[MONTH] == f"CAST({MONTH} AS ENUM('2026-10'))"
    series = next(one for one in registry().all() if one.series)
    assert MONTH not in codes_written(series, period="2026-10")
