"""The agreed schemas as data: what they say, what no schema may say, and that Frictionless reads them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from frictionless import Resource, Schema, system

from hub.kit.errors import Invalid, NotFound, Refused
from hub.kit.paths import data_root
from hub.schemas import SchemaRegistry, frictionless_descriptor
from hub.schemas.load import code_lists, dataset_schema
from tests.support.schemas import registry, schema_of
from tests.support.shared import shared


def raw(dataset: str) -> dict[str, Any]:
    """The schema file as plain values, to be changed."""
    path = data_root("schemas") / dataset / "1.0.0.yaml"
    loaded: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return loaded


def made(changed: dict[str, Any]) -> SchemaRegistry:
    return SchemaRegistry([dataset_schema(changed, code_lists(data_root("schemas") / "codes"), where="test")])


def test_the_measures_are_those_of_the_plan() -> None:
    measures = {schema.id: (schema.counting_basis, schema.kind, schema.key) for schema in registry().all()}
    assert measures == measures | {
        "ambulance/violence-callouts": ("call-outs", "chief_complaint_code", ("incident_no",)),
        "council/antisocial-behaviour": ("reports", "asb_category", ("case_ref",)),
        "council/children-in-need": ("children", "PrimaryNeedCode", ("LAchildID", "CINdetailsID")),
        "council/road-collisions": ("collisions", "collision_severity", ("collision_ref",)),
        "council/suspensions-exclusions": ("suspensions", "reason_1", ("pupil_ref", "start_date", "sequence")),
        "housing/antisocial-behaviour": ("cases", "category", ("landlord_code", "case_ref")),
        "probation/caseload": ("people", "rosh_community", ("crn", "snapshot_date")),
        "transport/incidents": ("incidents", "type", ("source", "ref")),
        "youth-justice/caseload": ("outcomes", "outcome_type", ("child_ref", "outcome_date", "offence_seq")),
        "fire/incidents": ("incidents", "StopCodeDescription", ("IncidentNumber",)),
        "fire/special-services": ("incidents", "SpecialServiceTypeCategory", ("IncidentNumber",)),
        "health/istv-assaults": ("attendances", "assault_method", ()),
        "police/stop-and-search": ("searches", "Object of search", ()),
        "police/street-crime": ("crimes", "Crime type", ()),
        "police/street-crime-api": ("crimes", "category", ("id",)),
    }


def test_every_slug_of_the_api_has_a_title() -> None:
    titles = {code.code: code.title for code in schema_of("police/street-crime-api").kinds}
    assert len(titles) == 14
    assert titles["violent-crime"] == "Violence and sexual offences"
    assert set(titles.values()) == {code.code for code in schema_of("police/street-crime").kinds}


def test_istv_has_three_header_and_six_assault_elements_and_nothing_that_identifies() -> None:
    schema = schema_of("health/istv-assaults")
    assert [field.role for field in schema.fields].count("header") == 3
    assert len(schema.fields) == 9
    assert schema.data_class == "anonymised_record"
    assert not [field.name for field in schema.fields if field.free_text and field.shown]


def test_frictionless_accepts_a_real_file_under_our_schema() -> None:
    path = shared("data/police/street/2022-01-city-of-london-street.csv")
    with system.use_context(trusted=True):
        assert _frictionless(path, "police/street-crime").valid


def _frictionless(path: Path, dataset: str) -> Any:
    schema = Schema.from_descriptor(frictionless_descriptor(schema_of(dataset)))
    return Resource(path=str(path), schema=schema).validate()


def test_an_unknown_dataset_is_not_found() -> None:
    with pytest.raises(NotFound):
        registry().get("police/parking")
    with pytest.raises(NotFound):
        registry().get("police/street-crime", "9.9.9")


def test_the_newest_version_stands_in_front() -> None:
    lists = code_lists(data_root("schemas") / "codes")
    versions = [
        dataset_schema(raw("police/street-crime") | {"version": version}, lists, where="test")
        for version in ("1.9.0", "1.10.0", "1.2.0")
    ]
    several = SchemaRegistry(versions)
    assert several.get("police/street-crime").version == "1.10.0"
    assert several.get("police/street-crime", "1.2.0").version == "1.2.0"


def test_the_fingerprint_changes_with_the_schema_and_with_its_code_lists() -> None:
    lists = code_lists(data_root("schemas") / "codes")
    before = dataset_schema(raw("police/street-crime"), lists, where="test").fingerprint
    assert before == registry().fingerprint("police/street-crime")
    assert dataset_schema(raw("police/street-crime") | {"title": "x"}, lists, where="test").fingerprint != before
    lists["crime-type"] = lists["crime-outcome"]
    assert dataset_schema(raw("police/street-crime"), lists, where="test").fingerprint != before


@pytest.mark.parametrize("data_class", ["personal", "pseudonymised_record", "public"])
@pytest.mark.parametrize("dataset", ["health/istv-assaults", "ambulance/violence-callouts"])
def test_a_health_schema_of_a_personal_class_is_refused_naming_the_section_and_the_body(
    dataset: str, data_class: str
) -> None:
    with pytest.raises(Refused, match=r"s\.16\(4\)\(a\)") as refused:
        made(raw(dataset) | {"data_class": data_class})
    assert "Police, Crime, Sentencing and Courts Act 2022" in refused.value.title
    assert ("an NHS trust" if dataset.startswith("health") else "an ambulance trust") in refused.value.title
    assert refused.value.remedy


def test_a_health_schema_with_an_identifying_field_is_refused_naming_the_section_and_the_body() -> None:
    changed = raw("health/istv-assaults")
    changed["fields"].append({"name": "patient", "title": "Patient", "type": "string", "sensitivity": "D"})
    with pytest.raises(Refused, match=r"field patient .* an NHS trust.*s\.16\(4\)\(a\)") as refused:
        made(changed)
    assert refused.value.code == "health-personal-field"


def test_a_health_body_cannot_send_under_a_schema_that_does_not_say_health() -> None:
    with pytest.raises(Refused) as refused:
        made(raw("health/istv-assaults") | {"health": False})
    assert refused.value.code == "health-undeclared"


def test_an_identifying_field_needs_the_class_personal() -> None:
    changed = raw("police/street-crime")
    changed["fields"].append({"name": "suspect", "title": "Suspect", "type": "string", "sensitivity": "D"})
    with pytest.raises(Refused) as refused:
        made(changed)
    assert refused.value.code == "identifier-undeclared"
    made(changed | {"data_class": "personal"})


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"colour": "blue"}, "colour"),
        ({"counting_basis": "cats"}, "cats"),
        ({"agency_kinds": ["circus"]}, "circus"),
        ({"kind": "Nothing"}, "Nothing"),
        ({"key": ["Crime ID"]}, "key"),
        ({"event_time": ["Context"]}, "event_time"),
        ({"place": {"kind": "star", "fields": []}}, "place"),
        ({"version": "1"}, "version"),
        ({"id": "Police"}, "id"),
        ({"rules": [{"rule": "magic", "fields": []}]}, "magic"),
        ({"rules": [{"rule": "together", "fields": ["A", "B"]}]}, "A"),
    ],
)
def test_a_slip_in_a_schema_file_is_named(change: dict[str, Any], says: str) -> None:
    with pytest.raises(Invalid, match=says) as invalid:
        made(raw("police/street-crime") | change)
    assert invalid.value.code == "bad-schema"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"type": "text"}, "text"),
        ({"role": "hero"}, "hero"),
        ({"sensitivity": "Z"}, "Z"),
        ({"codes": "no-such-list"}, "no-such-list"),
        ({"constraints": {"unique": True}}, "unique"),
        ({"name": "hub_row"}, "hub_"),
        ({"name": "Month"}, "one name"),
    ],
)
def test_a_slip_in_a_field_is_named(change: dict[str, Any], says: str) -> None:
    changed = raw("police/street-crime")
    changed["fields"][-1] |= change
    with pytest.raises(Invalid, match=says):
        made(changed)


def test_a_file_in_the_wrong_folder_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "police" / "crime"
    folder.mkdir(parents=True)
    (tmp_path / "codes").symlink_to(data_root("schemas") / "codes")
    source = data_root("schemas") / "police/street-crime/1.0.0.yaml"
    (folder / "1.0.0.yaml").write_text(source.read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.raises(Invalid, match=r"police/crime/1\.0\.0\.yaml: the file says it is police/street-crime"):
        SchemaRegistry.from_folder(tmp_path)
