"""Which fields may be shown as a pseudonym: those whose values mean nothing by themselves."""

from __future__ import annotations

from hub.kit.authority import Form
from hub.schemas import SchemaRegistry, row_forms

SCHEMAS = SchemaRegistry.from_folder()


def pseudonymised(dataset: str) -> set[str]:
    schema = SCHEMAS.get(dataset)
    return {name for name in schema.names if Form.READ_PSEUDONYMISED in row_forms(schema, name)}


def test_no_date_code_place_or_serial_number_of_a_key_becomes_a_pseudonym() -> None:
    for schema in SCHEMAS.all():
        for name in pseudonymised(schema.id):
            field = schema.field(name)
            if field.role == "case-reference" or schema.key == (name,):
                continue
            assert field.type == "string", (schema.id, name)
            assert field.codes is None, (schema.id, name)
            assert name not in {*schema.event_times, *schema.place.fields, schema.kind}, (schema.id, name)


def test_a_reference_that_is_only_part_of_a_key_still_does() -> None:
    assert pseudonymised("probation/caseload") >= {"crn"}
    assert pseudonymised("youth-justice/caseload").isdisjoint({"outcome_date", "offence_seq"})
    assert pseudonymised("council/suspensions-exclusions").isdisjoint({"start_date", "sequence"})
    assert "id" in pseudonymised("police/street-crime-api")
