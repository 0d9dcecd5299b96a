"""The extracts of fire, probation, youth justice, council, housing and transport: good ones are taken, bad ones come back for what
is wrong with them, and Frictionless reads them alike.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from frictionless import Resource, Schema, system

from hub.schemas import Outcome, catalogue, frictionless_descriptor
from tests.support.choosing import some
from tests.support.schemas import checked, codes, csv_of, found, rows_of, schema_of
from tests.support.schemas_samples_partners import PARTNER_DIRT, PARTNER_REFUSED, PARTNER_ROWS

DATASETS = sorted(PARTNER_ROWS)


@pytest.mark.parametrize("dataset", DATASETS)
def test_a_clean_file_of_a_partner_is_accepted_without_a_word(tmp_path: Path, dataset: str) -> None:
    report = checked(tmp_path, dataset, csv_of(rows_of(dataset, 5)))
    assert (report.outcome, report.findings, report.accepted_rows) == (Outcome.ACCEPTED, (), 5)


@pytest.mark.parametrize("dataset", DATASETS)
def test_a_dirty_file_of_a_partner_is_returned_with_each_row_s_true_reason(tmp_path: Path, dataset: str) -> None:
    dirt = PARTNER_DIRT[dataset]
    rows = rows_of(dataset, len(dirt) + 2)
    planted: dict[tuple[str, str], list[int]] = {}
    for place, (change, code, field) in enumerate(dirt, start=1):
        rows[place].update(change)
        planted.setdefault((code, field), []).append(place + 2)
    report = checked(tmp_path, dataset, csv_of(rows))
    assert report.outcome is Outcome.RETURNED
    assert {(one.code, one.field): list(one.rows) for one in report.findings} == planted
    assert all(one.count == len(one.rows) for one in report.findings)
    part = checked(tmp_path, dataset, csv_of(rows), part_accept=True)
    wrong = {row for (code, _), numbers in planted.items() if catalogue()[code].severity == "error" for row in numbers}
    assert (part.outcome, part.quarantined_rows) == (Outcome.PART_ACCEPTED, len(wrong))


@pytest.mark.parametrize("dataset", DATASETS)
def test_columns_that_no_partner_may_send_refuse_the_file(tmp_path: Path, dataset: str) -> None:
    columns = PARTNER_REFUSED[dataset]
    rows = [row | dict.fromkeys(columns, "x") for row in rows_of(dataset)]
    report = checked(tmp_path, dataset, csv_of(rows), part_accept=True)
    assert (report.outcome, codes(report), report.accepted_rows) == (
        Outcome.REFUSED, ["refused-field"] * len(columns), 0,
    )  # fmt: skip


@pytest.mark.parametrize("dataset", some(DATASETS, every=3))
def test_a_file_without_a_needed_column_is_returned_naming_it(tmp_path: Path, dataset: str) -> None:
    needed = next(field.name for field in schema_of(dataset).columns if field.required)
    columns = [name for name in schema_of(dataset).column_names if name != needed]
    rows = [{name: row[name] for name in columns} for row in rows_of(dataset)]
    report = checked(tmp_path, dataset, csv_of(rows, columns))
    assert found(report, "missing-column").field == needed


@pytest.mark.parametrize("dataset", some(DATASETS, every=3))
def test_only_the_needed_columns_make_a_file_of_a_partner(tmp_path: Path, dataset: str) -> None:
    columns = [field.name for field in schema_of(dataset).columns if not field.optional_column]
    rows = [{name: row[name] for name in columns} for row in rows_of(dataset)]
    report = checked(tmp_path, dataset, csv_of(rows, columns))
    assert report.outcome in (Outcome.ACCEPTED, Outcome.ACCEPTED_WITH_WARNINGS)
    assert set(codes(report)) <= {"column-left-out"}


@pytest.mark.parametrize("dataset", some(DATASETS, every=3))
def test_frictionless_takes_what_the_hub_takes_and_returns_what_it_returns(tmp_path: Path, dataset: str) -> None:
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_bytes(csv_of(rows_of(dataset)))
    kind = schema_of(dataset).kind
    bad.write_bytes(csv_of(rows_of(dataset, **{kind: "no such code"})))
    with system.use_context(trusted=True):
        assert _frictionless(good, dataset).valid
        wrong = _frictionless(bad, dataset)
    assert [(error.type, error.field_name) for error in wrong.tasks[0].errors] == [("constraint-error", kind)]


def _frictionless(path: Path, dataset: str) -> Any:
    schema = Schema.from_descriptor(frictionless_descriptor(schema_of(dataset)))
    return Resource(path=str(path), schema=schema).validate()


@pytest.mark.parametrize("dataset", DATASETS)
def test_the_round_trip_through_frictionless_keeps_columns_types_limits_and_codes(dataset: str) -> None:
    schema = schema_of(dataset)
    back = Schema.from_descriptor(Schema.from_descriptor(frictionless_descriptor(schema)).to_descriptor())
    assert back.missing_values == list(schema.missing_values)
    for field, read in zip(schema.columns, back.fields, strict=True):
        limits = read.constraints
        assert (read.name, read.type, read.title) == (field.name, field.type, field.title)
        assert limits.get("required", False) == field.required
        if field.several:
            several = ";".join(field.codes.valid_in("") if field.codes else ())
            assert re.fullmatch(limits["pattern"], several)
            assert not re.fullmatch(limits["pattern"], several + ";?")
            continue
        assert limits.get("pattern", "") == field.pattern
        assert (limits.get("minimum"), limits.get("maximum")) == (field.minimum, field.maximum)
        assert limits.get("maxLength") == field.max_length
        assert tuple(limits.get("enum", ())) == (field.codes.valid_in("") if field.codes else ())
        if field.formats:
            assert read.format == field.formats[0]


@pytest.mark.parametrize("dataset", DATASETS)
def test_the_example_of_a_field_keeps_its_own_rules(tmp_path: Path, dataset: str) -> None:
    told = [field for field in schema_of(dataset).fields if field.example and field.role != "event-time"]
    rows = rows_of(dataset, len(told))
    for row, field in zip(rows, told, strict=True):
        row[field.name] = field.example
    report = checked(tmp_path, dataset, csv_of(rows), part_accept=True)
    own = {"bad-type", "bad-date", "bad-format", "out-of-range", "too-long", "not-in-code-list", "possible-identifier"}
    assert [(one.code, one.field) for one in report.findings if one.code in own] == []
