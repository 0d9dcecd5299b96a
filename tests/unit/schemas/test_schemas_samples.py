"""Every agreed schema, by its sample: a clean file accepted, a dirty one returned with the true reasons, Frictionless agreeing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from frictionless import Resource, Schema, system

from hub.engine import DuckDbEngine
from hub.kit.paths import data_root
from hub.schemas import Outcome, check, frictionless_descriptor
from hub.schemas.model import plain_name
from tests.support.choosing import some
from tests.support.schemas import checked, codes, csv_of, found, registry, schema_of
from tests.support.schemas_samples import Sample, samples

ALL = [pytest.param(sample, id=dataset) for dataset, sample in sorted(samples().items())]
IDENTIFIERS = ("nhs_number", "surname", "forename", "name", "date of birth", "DOB", "postcode", "email", "risk_score")
BLANKS = {"column-left-out", "blank-wanted", "blank-expected"}


def test_every_agreed_dataset_has_a_sample() -> None:
    assert [schema.id for schema in registry().all()] == sorted(samples())


@pytest.mark.parametrize("sample", ALL)
def test_a_sample_has_the_agreed_columns(sample: Sample) -> None:
    assert tuple(sample.row) == (*schema_of(sample.dataset).column_names, *sample.months)


@pytest.mark.parametrize("sample", ALL)
def test_a_clean_file_is_accepted_whole(tmp_path: Path, sample: Sample) -> None:
    report = checked(tmp_path, sample.dataset, csv_of(sample.rows(4)), period=sample.period)
    assert set(codes(report)) <= BLANKS
    assert (report.rows, report.accepted_rows, report.quarantined_rows) == (4, 4, 0)
    assert report.outcome in {Outcome.ACCEPTED, Outcome.ACCEPTED_WITH_WARNINGS}


@pytest.mark.parametrize("sample", ALL)
def test_a_dirty_file_is_returned_with_the_true_reasons(tmp_path: Path, sample: Sample) -> None:
    report = checked(tmp_path, sample.dataset, csv_of(sample.dirty()), period=sample.period)
    assert (report.outcome, report.accepted_rows) == (Outcome.RETURNED, 0)
    said = {(one.code, one.field, one.count, one.rows) for one in report.findings if one.severity == "error"}
    assert said == {(fault.code, fault.field, 1, (3 + place,)) for place, fault in enumerate(sample.faults)}


@pytest.mark.parametrize("sample", some(ALL, every=3))
def test_where_rows_may_come_in_part_only_the_faulty_stay_out(tmp_path: Path, sample: Sample) -> None:
    content = csv_of(sample.dirty())
    report = checked(tmp_path, sample.dataset, content, period=sample.period, part_accept=True)
    assert (report.outcome, report.accepted_rows) == (Outcome.PART_ACCEPTED, 1)
    assert report.quarantined_rows == len(sample.faults)


@pytest.mark.parametrize("sample", ALL)
def test_a_refused_column_refuses_the_file_and_is_named(tmp_path: Path, sample: Sample) -> None:
    rows = [{**row, sample.refused: "x"} for row in sample.rows(2)]
    report = checked(tmp_path, sample.dataset, csv_of(rows), period=sample.period)
    assert (report.outcome, codes(report)) == (Outcome.REFUSED, ["refused-field"])
    (by_name,) = [one for one in schema_of(sample.dataset).refused if plain_name(sample.refused) in one.names]
    assert found(report, "refused-field").field == by_name.name


@pytest.mark.parametrize("sample", ALL)
def test_the_hub_derives_what_the_sample_says(tmp_path: Path, sample: Sample) -> None:
    schema = schema_of(sample.dataset)
    assert {field.name for field in schema.derived} == set(sample.derived)
    path = tmp_path / "extract.csv"
    path.write_bytes(csv_of(sample.rows(1)))
    with DuckDbEngine().session(local=[path]) as session:
        made = check(
            session,
            str(path),
            schema,
            period=sample.period,
            file_name=path.name,
            read_bytes=lambda: [path.read_bytes()],
        )
        columns = [name for name, *_ in session.rows(f"DESCRIBE SELECT * FROM {made.accepted}")]
        rows = session.rows(f"SELECT * FROM {made.accepted}")
    assert columns == [*schema.names, "hub_row", "hub_month"]
    assert len(rows) == (len(sample.months) or 1)
    first = dict(zip(columns, rows[0], strict=True))
    assert {name: first[name] for name in sample.derived} == sample.derived
    assert {dict(zip(columns, row, strict=True))["hub_month"] for row in rows} == (
        {f"{month[:4]}-{month[4:]}" for month in sample.months} or {sample.period}
    )


@pytest.mark.parametrize("sample", ALL)
def test_frictionless_reads_the_schema_file_itself(sample: Sample) -> None:
    schema = schema_of(sample.dataset)
    path = data_root("schemas") / sample.dataset / f"{schema.version}.yaml"
    read = Schema.from_descriptor(yaml.safe_load(path.read_text(encoding="utf-8")))
    assert read.field_names == list(schema.column_names)
    assert [field.type for field in read.fields] == [field.type for field in schema.columns]


@pytest.mark.parametrize("sample", some(ALL, every=3))
def test_frictionless_and_the_hub_agree_on_good_and_bad_rows(tmp_path: Path, sample: Sample) -> None:
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_bytes(csv_of(sample.rows(3)))
    bad.write_bytes(csv_of(sample.dirty()))
    with system.use_context(trusted=True):
        assert _frictionless(good, sample).valid
        wrong = _frictionless(bad, sample)
    named = {(error.row_number, error.field_name) for error in wrong.tasks[0].errors}
    assert named == {(3 + place, one.field) for place, one in enumerate(sample.faults) if one.tabular}
    assert named


def _frictionless(path: Path, sample: Sample) -> Any:
    descriptor = frictionless_descriptor(schema_of(sample.dataset), months=sample.months)
    return Resource(path=str(path), schema=Schema.from_descriptor(descriptor)).validate()


@pytest.mark.parametrize("sample", ALL)
@pytest.mark.parametrize("name", IDENTIFIERS)
def test_identifiers_and_predictions_stand_only_as_refused_fields(sample: Sample, name: str) -> None:
    schema = schema_of(sample.dataset)
    assert any(plain_name(name) in refused.names for refused in schema.refused)
    assert plain_name(name) not in {plain_name(field.name) for field in schema.fields}


@pytest.mark.parametrize("sample", ALL)
def test_examples_keep_their_own_rules(sample: Sample) -> None:
    for field in schema_of(sample.dataset).fields:
        if field.codes is not None and field.example:
            said = field.example.split(";") if field.several else [field.example]
            assert set(said) <= set(field.codes.valid_in(""))


@pytest.mark.parametrize("sample", ALL)
def test_each_schema_names_its_measure_place_time_and_kind(sample: Sample) -> None:
    schema = schema_of(sample.dataset)
    assert schema.measure == f"{sample.dataset}:{schema.counting_basis}"
    assert schema.field(schema.event_time).role == "event-time"
    assert not schema.kind or schema.kinds
    assert schema.place.kind != "none"
    assert schema.agency_kinds
    assert all(field.title for field in schema.fields)
