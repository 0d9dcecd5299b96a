"""Real files read by another tool: polars, with its own reader and its own types, finds the rows and values the hub accepts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from hub.engine import DuckDbEngine, quoted
from hub.schemas import ROW_NUMBER, Field, check
from tests.support.schemas import schema_of
from tests.support.shared import shared

FILES = [
    ("police/street-crime", "data/police/street", "*.csv"),
    ("police/street-crime", "data/police/street_large", "*.csv"),
    ("police/street-crime", "data/police/met_burglary", "*-street.csv"),
    ("police/outcomes", "data/police/met_burglary", "*-outcomes.csv"),
    ("police/stop-and-search", "data/police/stop_search", "*.csv"),
    ("police/street-crime-api", "data/police/bromley_api", "*.csv"),
]


def by_the_hub(path: Path, dataset: str, names: list[str]) -> list[tuple[Any, ...]]:
    with DuckDbEngine().session(local=[path]) as session:
        result = check(
            session,
            str(path),
            schema_of(dataset),
            period=path.name[:7],
            file_name=path.name,
            read_bytes=lambda: [path.read_bytes()],
        )
        columns = ", ".join(quoted(name) for name in names)
        return session.rows(f"SELECT {columns} FROM {result.accepted} ORDER BY {ROW_NUMBER}")


def by_polars(path: Path, fields: list[Field], missing: tuple[str, ...]) -> list[tuple[Any, ...]]:
    text = pl.read_csv(path, infer_schema=False, null_values=[one for one in missing if one])
    return text.select(_typed(field).alias(field.name) for field in fields).rows()


def _typed(field: Field) -> pl.Expr:
    column = pl.col(field.name)
    if field.type == "integer":
        return column.cast(pl.Int64)
    if field.type == "number":
        return column.cast(pl.Float64)
    if field.type == "date":
        return column.str.to_date()
    if field.type == "datetime":
        at = column.str.to_datetime("%Y-%m-%dT%H:%M:%S%:z", time_zone="UTC")
        return at.dt.convert_time_zone("Europe/London").dt.replace_time_zone(None)
    if field.type == "boolean":
        return pl.when(column.is_not_null()).then(column.is_in(field.true_values))
    return column


@pytest.mark.parametrize(
    ("dataset", "folder", "pattern"),
    [pytest.param(*one, marks=pytest.mark.slow if place else ()) for place, one in enumerate(FILES)],
)
def test_polars_reads_the_rows_that_the_hub_accepts(dataset: str, folder: str, pattern: str) -> None:
    schema = schema_of(dataset)
    read = 0
    for path in sorted(shared(folder).glob(pattern)):
        header = pl.read_csv(path, n_rows=0, infer_schema=False).columns
        fields = [field for field in schema.columns if field.name in header]
        hub, polars = (
            by_the_hub(path, dataset, [field.name for field in fields]),
            by_polars(path, fields, schema.missing_values),
        )
        assert len(hub) == len(polars) > 0
        for place, field in enumerate(fields):
            assert [row[place] for row in hub] == [row[place] for row in polars], (path.name, field.name)
        read += len(polars)
    assert read > 2_000
