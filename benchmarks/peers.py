"""What a peer does with the benchmark's file: the same columns, types, codes, forms and bounds, told in the peer's own words.

Each reads the CSV, checks every row, and says how many rows break no rule. The rules the hub has beyond them (order of dates, the
reporting period, repeated keys, identifiers, sealing) are not asked of them: the comparison favours the peer.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.agreed import DATASET, HERE
from benchmarks.measure import Measured, Stopwatch
from hub.schemas import DatasetSchema, Field, SchemaRegistry, frictionless_descriptor

_DATE, _TIME = "%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"


def frictionless(source: Path) -> Measured:
    """frictionless-py: `validate` with every error counted, none left out."""
    from frictionless import Checklist, Dialect, Resource, Schema, system  # noqa: PLC0415 - only this process needs it

    watch = Stopwatch()
    described = Schema.from_descriptor(_described())
    with system.use_context(trusted=True):
        table = Resource(path=str(source), schema=described, dialect=Dialect(), format="csv")
        report = table.validate(Checklist(), limit_errors=1_000_000_000)
    (task,) = report.tasks
    wrong = {error.row_number for error in task.errors if hasattr(error, "row_number")}
    rows = int(task.stats["rows"] or 0)
    return watch.stop(rows=rows, accepted_rows=rows - len(wrong))


def pandera(source: Path) -> Measured:
    """pandera over polars: the whole frame at once, lazily, so that all failures are told."""
    import pandera.polars as pa  # noqa: PLC0415 - as above
    import polars as pl  # noqa: PLC0415

    watch = Stopwatch()
    schema = _agreed()
    text = pl.read_csv(source, infer_schema=False)
    typed = text.with_columns(_typed(field, pl) for field in schema.columns if field.type != "string")
    columns = {
        field.name: pa.Column(nullable=not field.required, checks=_checks(field, pa)) for field in schema.columns
    }
    wrong: set[int] = set()
    try:
        pa.DataFrameSchema(columns).validate(typed, lazy=True)
    except pa.errors.SchemaErrors as errors:
        wrong = set(errors.failure_cases["index"].drop_nulls().to_list())
    unread = [
        pl.col(field.name).is_not_null() & typed[field.name].is_null()
        for field in schema.columns
        if field.type != "string" and not field.required
    ]
    lost = text.with_row_index("row").filter(pl.any_horizontal(unread))["row"].to_list()
    return watch.stop(rows=text.height, accepted_rows=text.height - len(wrong.union(lost)))


PEERS: dict[str, Callable[[Path], Measured]] = {"frictionless": frictionless, "pandera": pandera}


def _agreed() -> DatasetSchema:
    return SchemaRegistry.from_folder(HERE / "bench_schemas").get(DATASET)


def _described() -> dict[str, Any]:
    return frictionless_descriptor(_agreed())


def _typed(field: Field, pl: Any) -> Any:
    column = pl.col(field.name)
    if field.type == "integer":
        return column.cast(pl.Int64, strict=False)
    if field.type == "date":
        return column.str.to_date(_DATE, strict=False)
    return column.str.to_datetime(_TIME, strict=False)


def _checks(field: Field, pa: Any) -> list[Any]:
    checks = []
    if field.codes is not None:
        checks.append(pa.Check.isin([code.code for code in field.codes.codes]))
    if field.pattern:
        checks.append(pa.Check.str_matches(f"^(?:{field.pattern})$"))
    if field.minimum is not None:
        checks.append(pa.Check.in_range(field.minimum, field.maximum))
    return checks
