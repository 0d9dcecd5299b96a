"""Small extracts for tests, written from plain values; checks of them on a desk."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from hub.schemas import CheckReport, DatasetSchema, Finding, Outcome, SchemaRegistry, check_file
from tests.support import schemas_samples

PERIOD = schemas_samples.PERIOD

ROWS: Mapping[str, Mapping[str, str]] = {dataset: sample.row for dataset, sample in schemas_samples.samples().items()}
"""One row of each dataset that breaks no rule."""


@cache
def registry() -> SchemaRegistry:
    """The agreed schemas."""
    return SchemaRegistry.from_folder()


def schema_of(dataset: str) -> DatasetSchema:
    """The agreed schema of a dataset."""
    return registry().get(dataset)


def rows_of(dataset: str, count: int = 3, **changes: str) -> list[dict[str, str]]:
    """`count` good rows, all different, with `changes` in the first."""
    rows = schemas_samples.samples()[dataset].rows(count)
    rows[0].update(changes)
    return rows


def csv_of(rows: Sequence[Mapping[str, str]], columns: Sequence[str] = ()) -> bytes:
    """The rows as a CSV file with CRLF line ends, as spreadsheets write it."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, fieldnames=columns or list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def checked(folder: Path, dataset: str, content: bytes, *, period: str = PERIOD, **options: Any) -> CheckReport:
    """The report on these bytes."""
    path = folder / "extract.csv"
    path.write_bytes(content)
    return check_file(path, schema_of(dataset), period=period, registry=registry(), **options)


def found(report: CheckReport, code: str) -> Finding:
    """The one finding of that code."""
    (only,) = [finding for finding in report.findings if finding.code == code]
    return only


FEW = "too-few-alike"
"""What every small extract of records is found to be: a handful of rows are fewer than any k."""


def codes(report: CheckReport) -> list[str]:
    """The codes of all findings but FEW, in the order of the report."""
    return [finding.code for finding in report.findings if finding.code != FEW]


def is_clean(report: CheckReport) -> bool:
    """Whether all is accepted and nothing is told but that so small an extract has few rows alike."""
    kept = report.outcome in {Outcome.ACCEPTED, Outcome.ACCEPTED_WITH_WARNINGS}
    return kept and codes(report) == [] and report.accepted_rows == report.rows
