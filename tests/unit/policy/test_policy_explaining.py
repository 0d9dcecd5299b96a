"""Who sees this field, and why: field by field, with policy, clause, floor rule and expiry."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from hub.db import Database
from hub.kit.authority import Form
from hub.kit.clock import FrozenClock, stamp
from hub.kit.errors import NotFound
from hub.policy import Explanation
from hub.schemas.model import DatasetSchema
from tests.support.policy import (
    COUNCIL,
    HOSPITAL,
    ISTV,
    KINDS_PURPOSE,
    POLICE,
    SEARCHES,
    STREET,
    APolicyHub,
    a_clause,
    a_document,
    someone,
    the_schemas,
)


@pytest.fixture
def hub(database: Database, clock: FrozenClock) -> APolicyHub:
    made = APolicyHub(database, clock)
    made.agree_shipped("ravensbourne", by=COUNCIL)
    return made


def explain(hub: APolicyHub, agency: str, *roles: str, dataset: str, purpose: str = KINDS_PURPOSE) -> Explanation:
    with hub.database.reading() as reading:
        return hub.policy.explain(reading, someone(agency, *roles), dataset=dataset, purpose=purpose)


def test_the_sender_sees_its_rows_and_everybody_else_counts(hub: APolicyHub) -> None:
    own = explain(hub, HOSPITAL, "analyst", dataset=ISTV)
    others = explain(hub, COUNCIL, "analyst", dataset=ISTV)
    forms = {field.field: field.form for field in own.fields}
    hidden = {"assault_method_other", "assault_location_description"}  # kept for the hub's own use
    assert {forms.pop(name) for name in hidden} == {Form.COUNT}
    assert set(forms.values()) == {Form.READ_CLEAR}
    assert {field.form for field in others.fields} == {Form.COUNT}
    method = next(field for field in others.fields if field.field == "assault_method")
    assert "floor.health-rows" in method.floor
    assert "analyst.count" in method.policies
    assert "ravensbourne-hospital-istv@1 datasets[0]" in method.clauses
    assert method.expires_at is not None
    assert any(reason.section == "PCSC Act 2022 s.10(10)" for reason in method.reasons)


def test_case_references_are_shown_to_nobody(hub: APolicyHub) -> None:
    own = explain(hub, POLICE, "analyst", dataset=STREET)
    forms = {field.field: field for field in own.fields}
    assert forms["Month"].form is Form.READ_CLEAR
    assert forms["Crime ID"].form is Form.COUNT
    assert forms["Crime ID"].floor == ("floor.case-reference",)


def test_to_mend_it_the_uploader_sees_the_whole_file(hub: APolicyHub) -> None:
    mending = explain(hub, POLICE, "uploader", dataset=STREET, purpose="data_quality")
    assert {field.form for field in mending.fields} == {Form.READ_CLEAR}
    assert mending.fields[0].policies == ("uploader.mend",)


def test_a_role_without_the_right_sees_nothing_and_is_told_why(hub: APolicyHub) -> None:
    nothing = explain(hub, COUNCIL, "governance_lead", dataset=STREET)
    assert {field.form for field in nothing.fields} == {None}
    assert not nothing.table.permitted
    assert {reason.code for reason in nothing.fields[1].reasons} >= {"role.none"}
    assert nothing.as_json()["fields"][0]["form"] == "none"
    assert nothing.as_json()["fields"][0]["expires_at"] is None
    assert nothing.as_json()["tables"]["expires_at"] is None


def test_it_is_plain_json_with_everything_that_decided(hub: APolicyHub) -> None:
    said = explain(hub, COUNCIL, "analyst", dataset=STREET)
    read = json.loads(json.dumps(said.as_json()))
    assert (read["agency"], read["dataset"], read["purpose"]) == (COUNCIL, STREET, KINDS_PURPOSE)
    assert read["profile"] == "nhs_hes"
    assert read["policy_hash"] == hub.policy.hash
    assert read["at"] == stamp(hub.clock.now())
    assert read["tables"]["permitted"] is True
    assert read["tables"]["agreements"] == ["ravensbourne-police-duty@1", "ravensbourne-police-statistics@1"]
    month = next(field for field in read["fields"] if field["field"] == "Month")
    assert month["form"] == "count"
    assert month["expires_at"].startswith("2036-01-01T00:00:00")
    assert {reason["code"] for reason in month["reasons"]} >= {"agreement.other-form"}


def test_one_field_can_be_asked_for(hub: APolicyHub) -> None:
    with hub.database.reading() as reading:
        reader = someone(COUNCIL, "analyst")
        one = hub.policy.explain(reading, reader, dataset=STREET, purpose=KINDS_PURPOSE, field="Crime type")
        assert [field.field for field in one.fields] == ["Crime type"]
        with pytest.raises(NotFound, match="no such field"):
            hub.policy.explain(reading, reader, dataset=STREET, purpose=KINDS_PURPOSE, field="Colour")


def test_a_stranger_learns_nothing(hub: APolicyHub) -> None:
    for dataset in (STREET, "police/gossip"):
        with pytest.raises(NotFound):
            explain(hub, "somebody-else", "analyst", dataset=dataset)


def test_without_any_agreement_a_dataset_does_not_exist(database: Database, clock: FrozenClock) -> None:
    with pytest.raises(NotFound):
        explain(APolicyHub(database, clock), COUNCIL, "analyst", dataset=STREET)


def test_a_field_that_was_not_agreed_is_not_seen(database: Database, clock: FrozenClock) -> None:
    hub = APolicyHub(database, clock)
    fields = {"Date": "count", "Latitude": "count", "Longitude": "count"}
    rows = {"Type": "read_clear"}
    hub.agree(
        a_document(
            datasets=[
                a_clause(dataset=SEARCHES, fields=fields),
                a_clause(dataset=SEARCHES, fields=rows, recipients=[POLICE]),
            ]
        )
    )
    own = {field.field: field.form for field in explain(hub, POLICE, "analyst", dataset=SEARCHES).fields}
    assert {name for name, form in own.items() if form is not None} == {"Type"}
    forms = {field.field: field.form for field in explain(hub, COUNCIL, "analyst", dataset=SEARCHES).fields}
    assert forms["Date"] is Form.COUNT
    assert forms["Object of search"] is None


class _WithAHiddenField:
    """The agreed schemas, one field of one of them kept for the hub's own use."""

    def get(self, dataset: str, version: str = "") -> DatasetSchema:
        schema = the_schemas().get(dataset, version)
        fields = tuple(replace(field, shown=field.name != "Location") for field in schema.fields)
        return replace(schema, fields=fields)


def test_a_field_kept_for_the_hub_alone_is_never_seen_as_rows(database: Database, clock: FrozenClock) -> None:
    from hub.agreements import Agreements
    from hub.policy import Policy
    from tests.support.policy import Directory, the_library

    hub = APolicyHub(database, clock)
    hub.agree(a_document(datasets=[a_clause(fields="read_clear", recipients=[POLICE])]))
    policy = Policy(
        database=database,
        agreements=Agreements(clock=clock),
        schemas=_WithAHiddenField(),
        directory=Directory(),
        clock=clock,
        library=the_library(),
    )
    with database.reading() as reading:
        said = policy.explain(reading, someone(POLICE, "analyst"), dataset=STREET, purpose=KINDS_PURPOSE)
    forms = {field.field: field.form for field in said.fields}
    assert forms["Location"] is None
    assert forms["Month"] is Form.READ_CLEAR
