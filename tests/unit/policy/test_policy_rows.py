"""Rows that are open to a person: which, in which form, why not more, and asked for one supplier and agreement at a time."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.db import Database
from hub.kit.authority import Action, Form, Grant
from hub.kit.clock import FrozenClock
from hub.kit.errors import Conflict, Invalid, NotFound, NotPermitted
from hub.policy import run_cases
from tests.support.policy import (
    COUNCIL,
    KINDS_PURPOSE,
    OPERATOR,
    POLICE,
    SEARCHES,
    STREET,
    APolicyHub,
    a_clause,
    a_document,
    someone,
    the_library,
    the_schemas,
)

FIELDS = {"Crime ID": "read_pseudonymised", "Month": "read_clear", "LSOA code": "read_generalised"}


@pytest.fixture
def hub(database: Database, clock: FrozenClock) -> APolicyHub:
    return APolicyHub(database, clock)


def gives(name: str, fields: object, **changes: object) -> str:
    return a_document(agreement=name, datasets=[a_clause(fields=fields, **changes)])


def granted(hub: APolicyHub, agency: str = COUNCIL, **which: object) -> Grant:
    with hub.database.unit_of_work() as uow:
        return hub.policy.grant(
            uow, someone(agency, "analyst"), [STREET], purpose=KINDS_PURPOSE, justification="look", **which
        )


def test_another_agencys_rows_are_granted_each_field_in_its_form(hub: APolicyHub) -> None:
    hub.agree(gives("rows", FIELDS))
    one = granted(hub).datasets[STREET]
    assert {name: form.value for name, form in one.fields.items()} == FIELDS
    assert (one.scope.agencies, one.agreements, one.pseudonyms_of) == ({POLICE}, ("rows@1",), "rows")
    assert granted(hub, form=Form.READ_GENERALISED).datasets[STREET].fields == {"LSOA code": Form.READ_GENERALISED}
    with hub.database.reading() as reading:
        reader = someone(COUNCIL, "analyst")
        assert hub.policy.decide(reading, reader, Action.DATASET_READ_ROWS, STREET, purpose=KINDS_PURPOSE).permitted
        (opening,) = hub.policy.openings(reading, reader, STREET, purpose=KINDS_PURPOSE)
        assert opening.fields == one.fields
        assert opening.clauses["Month"] == ("rows@1 datasets[0]",)
        assert opening.policies["Month"] == ("analyst.rows",)
        assert opening.as_json()["fields"] == FIELDS
        assert hub.policy.openings(reading, reader, SEARCHES, purpose=KINDS_PURPOSE) == ()
        assert hub.policy.openings(reading, someone(OPERATOR, "operator"), STREET, purpose=KINDS_PURPOSE) == ()


def test_a_grant_ends_with_its_agreement(hub: APolicyHub) -> None:
    hub.agree(gives("rows", FIELDS))
    hub.change("suspend", "rows", agency=POLICE)
    with pytest.raises(NotPermitted) as refused:
        granted(hub)
    assert refused.value.code == "agreement.suspended"


def test_of_several_agreements_one_is_named(hub: APolicyHub) -> None:
    hub.agree(gives("kinds", {"Crime type": "read_clear"}))
    hub.agree(gives("months", {"Month": "read_clear"}))
    with pytest.raises(Conflict) as caught:
        granted(hub)
    assert caught.value.code == "which-rows"
    assert granted(hub, agreement="months").datasets[STREET].fields == {"Month": Form.READ_CLEAR}
    assert granted(hub, agreement="kinds@1", supplier=POLICE).datasets[STREET].agreements == ("kinds@1",)
    for wrong in ({"agreement": "months", "supplier": COUNCIL}, {"form": Form.READ_GENERALISED}):
        with pytest.raises(NotPermitted) as refused:
            granted(hub, **wrong)
        assert refused.value.code == "agreement.none"


def test_what_leaves_no_field_to_show_grants_nothing(hub: APolicyHub, monkeypatch: pytest.MonkeyPatch) -> None:
    """A later version of the schema may hide all that was agreed: the agreement stands and gives nothing."""
    monkeypatch.setattr(hub.policy, "objections", lambda *_, **__: ())
    hub.agree(gives("rows", {"Location": "read_clear"}))
    with pytest.raises(NotPermitted) as refused:
        granted(hub)
    assert refused.value.code == "agreement.other-form"
    with pytest.raises(NotFound):
        granted(hub, agency="somebody-else")


def test_the_explanation_says_the_forms_and_why_not_more(hub: APolicyHub) -> None:
    hub.agree(gives("rows", FIELDS | {"Reported by": "read_clear"}))
    hub.agree(gives("wide", "read_clear"))
    hub.agree(gives("generalised", "read_generalised"))
    with hub.database.reading() as reading:
        said = hub.policy.explain(reading, someone(COUNCIL, "analyst"), dataset=STREET, purpose=KINDS_PURPOSE)
    fields = {one.field: one for one in said.fields}
    assert fields["Crime ID"].form is Form.READ_PSEUDONYMISED
    assert fields["Crime ID"].clauses == ("rows@1 datasets[0]",)
    assert "floor.case-reference" in fields["Crime ID"].floor
    assert fields["LSOA code"].form is Form.READ_CLEAR
    assert fields["LSOA code"].clauses == ("wide@1 datasets[0]",)
    assert fields["LSOA code"].reasons == ()
    assert fields["Location"].form is None
    assert fields["Location"].floor[0] == "floor.never-shown"
    assert {one.agreement for one in said.rows} == {"rows@1", "wide@1", "generalised@1"}
    assert [one["agreement"] for one in said.as_json()["rows"]] == ["generalised@1", "rows@1", "wide@1"]


def test_a_field_without_a_generalised_form_says_so(hub: APolicyHub) -> None:
    hub.agree(gives("generalised", "read_generalised"))
    with hub.database.reading() as reading:
        said = hub.policy.explain(reading, someone(COUNCIL, "analyst"), dataset=STREET, purpose=KINDS_PURPOSE)
    fields = {one.field: one for one in said.fields}
    assert fields["LSOA code"].form is Form.READ_GENERALISED
    assert fields["LSOA name"].form is None
    assert "agreement.not-generalisable" in {one.code for one in fields["LSOA name"].reasons}


def test_a_field_that_another_agreement_keeps_says_which_rule_keeps_it(
    hub: APolicyHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.agree(gives("rows", {"Month": "read_clear", "Crime type": "read_clear"}))
    monkeypatch.setattr(hub.policy, "objections", lambda *_, **__: ())  # in force by mistake
    hub.agree(
        a_document(agreement="keeps", datasets=[a_clause(withheld=["Crime type"], fields={"Reported by": "count"})])
    )
    with hub.database.reading() as reading:
        said = hub.policy.explain(reading, someone(COUNCIL, "analyst"), dataset=STREET, purpose=KINDS_PURPOSE)
    fields = {one.field: one for one in said.fields}
    assert fields["Month"].form is Form.READ_CLEAR
    assert fields["Crime type"].form is None
    assert fields["Crime type"].reasons[0].code == "agreement.withheld"
    assert granted(hub).datasets[STREET].fields == {"Month": Form.READ_CLEAR}


def test_a_case_that_shows_rows_must_ask_for_some(tmp_path: Path) -> None:
    (tmp_path / "wrong.yaml").write_text(
        "about: shows without asking\nagencies: {police: chief_officer_police}\nagreements: {}\ncases:\n"
        "  - {it: shows, ask: {agency: police, action: 'audit:read', resource: audit}, expect: refused, shows: []}\n",
        encoding="utf-8",
    )
    with pytest.raises(Invalid, match="no rows are asked for"):
        run_cases(the_library(), the_schemas(), tmp_path)
