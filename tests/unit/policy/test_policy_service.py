"""Permits, grants and refusals: what is made, what is recorded, what outlives a rollback, what a stranger learns."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta

import cedarpy
import pytest

from hub.agreements import Agreements
from hub.audit import entry, size
from hub.db import Database
from hub.kit.authority import Action, Form, Reader
from hub.kit.clock import FrozenClock
from hub.kit.errors import Bug, Invalid, NotFound, NotPermitted
from hub.policy import LIFE, Decision, Policy
from hub.schemas.model import DatasetSchema
from tests.support.policy import (
    AGENCIES,
    AMBULANCE,
    BUILD,
    CALLOUTS,
    COUNCIL,
    HOSPITAL,
    ISTV,
    KINDS_PURPOSE,
    OPERATOR,
    POLICE,
    SEARCHES,
    STREET,
    APolicyHub,
    Directory,
    a_clause,
    a_document,
    someone,
    the_library,
)

WARD_BY_KIND = frozenset({"ward", "quarter", "kind"})


@pytest.fixture
def hub(database: Database, clock: FrozenClock) -> APolicyHub:
    made = APolicyHub(database, clock)
    made.agree(
        a_document(
            datasets=[
                a_clause(recipients=[COUNCIL, POLICE]),
                a_clause(fields="read_clear", recipients=[POLICE]),
            ]
        )
    )
    return made


def decisions(hub: APolicyHub) -> list[Mapping[str, str]]:
    with hub.database.reading() as reading:
        logged = [entry(reading, index).columns for index in range(size(reading))]
    return [columns for columns in logged if columns["verb"] == "decision"]


def test_a_permit_is_recorded_with_what_permitted_it(hub: APolicyHub) -> None:
    with hub.database.unit_of_work() as uow:
        permit = hub.policy.permit(uow, someone(POLICE, "uploader"), Action.SUBMISSION_CREATE, STREET)
    assert (permit.action, permit.resource, permit.policy_hash) == (Action.SUBMISSION_CREATE, STREET, hub.policy.hash)
    assert permit.expires_at == hub.clock.now() + LIFE
    logged = decisions(hub)[-1]
    assert (logged["outcome"], logged["authority"], logged["action"]) == ("permitted", permit.id, "submission:create")
    assert logged["subject"] == "submission/police/street-crime"
    assert '"policies":"uploader.submit"' in logged["detail"]
    assert '"agreements":"duty@1"' in logged["detail"]


def test_a_permit_never_outlives_the_agreement_it_rests_on(hub: APolicyHub) -> None:
    with hub.database.reading() as reading:
        end = hub.agreements.get(reading, "duty").expires_at
    hub.clock.at = end - timedelta(minutes=5)
    with hub.database.unit_of_work() as uow:
        assert hub.policy.permit(uow, someone(POLICE, "uploader"), Action.SUBMISSION_CREATE, STREET).expires_at == end


def test_a_refusal_outlives_the_rollback_of_what_it_refused(hub: APolicyHub) -> None:
    before = len(decisions(hub))
    with pytest.raises(NotPermitted) as refused, hub.database.unit_of_work() as uow:
        hub.policy.permit(uow, someone(POLICE, "analyst"), Action.SUBMISSION_CREATE, STREET)
    assert refused.value.reasons == ("role.none",)
    assert refused.value.code == "role.none"
    assert refused.value.remedy
    logged = decisions(hub)[before:]
    assert [(one["outcome"], one["agency"]) for one in logged] == [("refused", POLICE)]


def test_a_refusal_that_the_asker_survives_is_recorded_once(hub: APolicyHub) -> None:
    before = len(decisions(hub))
    with hub.database.unit_of_work() as uow, pytest.raises(NotPermitted):
        hub.policy.permit(uow, someone(POLICE, "analyst"), Action.SUBMISSION_CREATE, STREET)
    assert [one["outcome"] for one in decisions(hub)[before:]] == ["refused"]


def test_for_a_stranger_nothing_exists_but_the_log_knows_why(hub: APolicyHub) -> None:
    with pytest.raises(NotFound) as refused, hub.database.unit_of_work() as uow:
        hub.policy.permit(uow, someone("somebody-else", "analyst"), Action.VIEW_READ, STREET, purpose=KINDS_PURPOSE)
    assert "duty" not in refused.value.title
    logged = decisions(hub)[-1]
    assert logged["outcome"] == "refused"
    assert '"party":"no"' in logged["detail"]
    with pytest.raises(NotFound), hub.database.unit_of_work() as uow:
        hub.policy.permit(uow, someone("unheard-of", "analyst"), Action.VIEW_READ, STREET, purpose=KINDS_PURPOSE)
    with pytest.raises(NotFound), hub.database.unit_of_work() as uow:
        hub.policy.permit(uow, Reader(agency="", person="per_1"), Action.VIEW_READ, STREET, purpose=KINDS_PURPOSE)


def test_a_party_learns_the_reasons(hub: APolicyHub) -> None:
    hub.change("suspend", "duty", agency=POLICE)
    with pytest.raises(NotPermitted, match="duty@1 is suspended") as refused, hub.database.unit_of_work() as uow:
        hub.policy.permit(uow, someone(COUNCIL, "analyst"), Action.VIEW_READ, STREET, purpose=KINDS_PURPOSE)
    assert refused.value.reasons == ("agreement.suspended",)


def test_suspension_bites_at_the_next_request_and_resuming_too(hub: APolicyHub) -> None:
    analyst = someone(COUNCIL, "analyst")

    def permitted() -> bool:
        with hub.database.reading() as reading:
            return hub.policy.may_see_table(
                reading, analyst, dataset=STREET, dimensions=WARD_BY_KIND, purpose=KINDS_PURPOSE
            ).permitted

    assert permitted()
    hub.change("suspend", "duty", agency=POLICE)
    assert not permitted()
    hub.change("resume", "duty", agency=POLICE)
    assert permitted()
    hub.change("end", "duty", agency=POLICE)
    assert not permitted()


def test_expiry_bites_to_the_microsecond_though_answers_are_remembered(hub: APolicyHub) -> None:
    analyst = someone(COUNCIL, "analyst")
    with hub.database.reading() as reading:
        end = hub.agreements.get(reading, "duty").expires_at
        asked = {"dataset": STREET, "dimensions": WARD_BY_KIND, "purpose": KINDS_PURPOSE}
        assert hub.policy.may_see_table(reading, analyst, **asked).permitted
        hub.clock.at = end - timedelta(microseconds=1)
        assert hub.policy.may_see_table(reading, analyst, **asked).permitted
        hub.clock.at = end
        assert hub.policy.may_see_table(reading, analyst, **asked).codes == ("agreement.expired",)
        hub.clock.at = end - timedelta(days=1)
        assert hub.policy.may_see_table(reading, analyst, **asked).permitted
        with hub.database.reading() as other:
            hub.clock.at = hub.agreements.get(other, "duty").starts_at - timedelta(microseconds=1)
        assert hub.policy.may_see_table(reading, analyst, **asked).codes == ("agreement.not-started",)


def test_a_table_asked_for_in_a_unit_of_work_is_recorded(hub: APolicyHub) -> None:
    before = len(decisions(hub))
    with hub.database.unit_of_work() as uow:
        for agency in (COUNCIL, OPERATOR):
            hub.policy.may_see_table(
                uow, someone(agency, "analyst"), dataset=STREET, dimensions=WARD_BY_KIND, purpose=KINDS_PURPOSE
            )
    assert [one["outcome"] for one in decisions(hub)[before:]] == ["permitted", "refused"]


def test_two_suppliers_in_one_table_are_both_asked(database: Database, clock: FrozenClock) -> None:
    hub = APolicyHub(database, clock)
    hub.agree_shipped("bromley-closed", by="bromley-council")
    analyst = someone("bromley-council", "analyst")
    asked = {"dataset": STREET, "dimensions": WARD_BY_KIND, "purpose": KINDS_PURPOSE}
    with hub.database.reading() as reading:
        assert hub.policy.may_see_table(reading, analyst, **asked).permitted
        unknown = hub.policy.may_see_table(reading, analyst, **asked, suppliers=frozenset({"met-police", COUNCIL}))
    assert not unknown.permitted
    assert unknown.codes == ("agreement.none",)


def test_the_agencys_analyst_is_granted_its_own_rows_without_case_references(hub: APolicyHub) -> None:
    with hub.database.unit_of_work() as uow:
        grant = hub.policy.grant(
            uow,
            someone(POLICE, "analyst"),
            [STREET],
            purpose=KINDS_PURPOSE,
            justification="reconcile last month",
            form=Form.READ_CLEAR,
        )
    granted = grant.datasets[STREET]
    assert granted.scope.agencies == {POLICE}
    assert (granted.profile, granted.agreements) == ("nhs_hes", ("duty@1",))
    assert "Crime ID" not in granted.fields
    assert granted.fields["LSOA code"] is Form.READ_CLEAR
    logged = decisions(hub)[-1]
    assert (logged["justification"], logged["authority"]) == ("reconcile last month", grant.id)
    assert logged["subject"] == "dataset/police/street-crime"


def test_an_uploader_is_granted_the_whole_file_to_mend_it(hub: APolicyHub) -> None:
    with hub.database.unit_of_work() as uow:
        grant = hub.policy.grant(
            uow,
            someone(POLICE, "uploader"),
            [STREET],
            purpose="data_quality",
            justification="errors of October",
            form=Form.READ_CLEAR,
        )
    assert "Crime ID" in grant.datasets[STREET].fields
    assert grant.datasets[STREET].scope.agencies == {POLICE}


def test_only_the_fields_agreed_are_granted(database: Database, clock: FrozenClock) -> None:
    hub = APolicyHub(database, clock)
    fields = {"Month": "read_clear", "LSOA code": "read_clear"}
    hub.agree(a_document(datasets=[a_clause(fields=fields, recipients=[POLICE])]))
    with hub.database.unit_of_work() as uow:
        grant = hub.policy.grant(
            uow,
            someone(POLICE, "analyst"),
            [STREET],
            purpose=KINDS_PURPOSE,
            justification="look",
            form=Form.READ_CLEAR,
        )
    assert set(grant.datasets[STREET].fields) == {"Month", "LSOA code"}


def test_nobody_else_is_granted_rows(hub: APolicyHub) -> None:
    for reader in (someone(COUNCIL, "analyst"), someone(OPERATOR, "operator"), someone(POLICE, "strategic_lead")):
        with pytest.raises(NotPermitted), hub.database.unit_of_work() as uow:
            hub.policy.grant(
                uow, reader, [STREET], purpose=KINDS_PURPOSE, justification="why not", form=Form.READ_CLEAR
            )
        assert decisions(hub)[-1]["outcome"] == "refused"


def test_a_grant_says_why_and_is_for_rows(hub: APolicyHub) -> None:
    analyst = someone(POLICE, "analyst")
    with hub.database.unit_of_work() as uow:
        for datasets, why in ((["police/street-crime"], " "), ([], "reason")):
            with pytest.raises(Invalid, match=r"s\.62\(2\)"):
                hub.policy.grant(uow, analyst, datasets, purpose=KINDS_PURPOSE, justification=why, form=Form.READ_CLEAR)
        with pytest.raises(Invalid, match="no right to rows"):
            hub.policy.grant(uow, analyst, [STREET], purpose=KINDS_PURPOSE, justification="x", form=Form.COUNT)


def test_a_grant_of_two_datasets_is_refused_for_either(hub: APolicyHub) -> None:
    with pytest.raises(NotFound), hub.database.unit_of_work() as uow:
        hub.policy.grant(
            uow,
            someone(POLICE, "analyst"),
            [STREET, SEARCHES],
            purpose=KINDS_PURPOSE,
            justification="both",
            form=Form.READ_CLEAR,
        )


def test_a_snapshot_is_granted_exactly_what_was_agreed_to_combine(database: Database, clock: FrozenClock) -> None:
    hub = APolicyHub(database, clock)
    hub.agree_shipped("ravensbourne", by=COUNCIL)
    everything = (STREET, SEARCHES, ISTV, CALLOUTS)
    with hub.database.unit_of_work() as uow:
        grant = hub.policy.grant(
            uow, BUILD, everything, purpose="hub.snapshot", justification="snapshot/1", form=Form.READ_CLEAR
        )
        assert set(grant.datasets) == set(everything)
        assert grant.datasets[ISTV].scope.agencies == {HOSPITAL}
        assert "incident_no" in grant.datasets[CALLOUTS].fields
        assert hub.policy.grantable(uow, BUILD, everything) == everything
    hub.change("suspend", "ravensbourne-ambulance-statistics", agency=AMBULANCE)
    with hub.database.unit_of_work() as uow:
        assert hub.policy.grantable(uow, BUILD, everything, purpose="hub.snapshot") == (STREET, SEARCHES, ISTV)
        assert hub.policy.grantable(uow, someone(COUNCIL, "analyst"), everything, purpose=KINDS_PURPOSE) == ()
    with pytest.raises(NotPermitted) as refused, hub.database.unit_of_work() as uow:
        hub.policy.grant(
            uow, BUILD, everything, purpose="hub.snapshot", justification="snapshot/2", form=Form.READ_CLEAR
        )
    assert refused.value.reasons == ("agreement.suspended",)


def test_the_operators_machine_acts_for_every_supplier_and_an_unknown_one_for_none(hub: APolicyHub) -> None:
    with hub.database.unit_of_work() as uow:
        task = Reader(agency=OPERATOR, task="intake-check")
        grant = hub.policy.grant(
            uow, task, [STREET], purpose="data_quality", justification="check", form=Form.READ_CLEAR
        )
        assert grant.datasets[STREET].scope.agencies == {POLICE}
    with pytest.raises(NotFound), hub.database.unit_of_work() as uow:
        hub.policy.permit(uow, Reader(agency="unheard-of", task="intake-check"), Action.SUBMISSION_CHECK, STREET)


def test_a_task_is_no_person(hub: APolicyHub) -> None:
    with hub.database.reading() as reading:
        for reader in (
            Reader(agency="", person="per_1", task="snapshot-build"),
            Reader(agency="", roles=frozenset({"analyst"}), task="snapshot-build"),
        ):
            with pytest.raises(Bug):
                hub.policy.decide(reading, reader, Action.SNAPSHOT_BUILD, "snapshots")


def test_who_reads_which_agreements(hub: APolicyHub) -> None:
    hub.agree(
        a_document(
            agreement="other",
            gateway="anonymised_statistics",
            parties=[
                {"agency": POLICE, "role": "controller"},
                {"agency": AMBULANCE, "role": "recipient"},
                {"agency": OPERATOR, "role": "processor"},
            ],
            datasets=[a_clause(dataset=SEARCHES, recipients=[AMBULANCE])],
        ),
        by=POLICE,
    )
    with hub.database.reading() as reading:

        def read_by(agency: str) -> list[str]:
            return [one.id for one in hub.policy.agreements_of(reading, someone(agency, "analyst"))]

        assert read_by(POLICE) == ["duty", "other"]
        assert read_by(COUNCIL) == ["duty"]
        assert read_by(AMBULANCE) == ["other"]
        assert read_by(HOSPITAL) == []
        assert hub.policy.agreements_of(reading, BUILD) == ()


def test_a_draft_can_be_tried_out_before_it_is_proposed(hub: APolicyHub) -> None:
    with hub.database.reading() as reading:
        assert hub.policy.check_agreement(reading, a_document(agreement="again")) == ()
        (reason,) = hub.policy.check_agreement(
            reading, a_document(agreement="again", datasets=[a_clause(profile="ons_10_5")])
        )
        draft = hub.agreements.get(reading, "duty")
        assert hub.policy.check_agreement(reading, draft) == ()
    assert reason.code == "agreement.one-profile"
    assert "duty@1" in reason.sentence


def test_an_agency_that_joins_later_is_known_from_then_on(database: Database, clock: FrozenClock) -> None:
    hub = APolicyHub(database, clock, {name: kind for name, kind in AGENCIES.items() if name != "somebody-else"})
    hub.agree_shipped("bromley-open", by="bromley-council")
    newcomer = someone("somebody-else", "uploader")
    asked = {"dataset": SEARCHES, "dimensions": WARD_BY_KIND, "purpose": KINDS_PURPOSE}
    with hub.database.reading() as reading:
        assert not hub.policy.may_see_table(reading, newcomer, **asked).party
        hub.directory.agencies["somebody-else"] = "vcs"
        assert hub.policy.may_see_table(reading, newcomer, **asked).permitted


def test_an_agency_that_is_no_longer_known_stops_its_agreements(database: Database, clock: FrozenClock) -> None:
    hub = APolicyHub(database, clock)
    hub.agree(a_document())
    gone = APolicyHub(database, clock, {name: kind for name, kind in AGENCIES.items() if name != POLICE})
    with database.reading() as reading:
        decision = gone.policy.may_see_table(
            reading, someone(COUNCIL, "analyst"), dataset=STREET, dimensions=WARD_BY_KIND, purpose=KINDS_PURPOSE
        )
        assert not gone.policy.may_see_table(
            reading, someone(POLICE, "analyst"), dataset=STREET, dimensions=WARD_BY_KIND, purpose=KINDS_PURPOSE
        ).party
    assert set(decision.codes) == {"floor.unknown-kind", "floor.s16-discloser"}


def test_many_readers_and_questions_do_not_pile_up(hub: APolicyHub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.policy.world._READERS_KEPT", 3)
    monkeypatch.setattr("hub.policy.questions._KEPT", 3)
    with hub.database.reading() as reading:
        for number in range(8):
            reader = someone(COUNCIL, "analyst", f"role-{number}")
            assert hub.policy.decide(reading, reader, Action.VIEW_READ, STREET, purpose=KINDS_PURPOSE).permitted
        world = hub.policy._at_present(reading)
    assert len(world.answers) <= 3
    assert len(world._readers) <= 3


def test_a_policy_that_cannot_be_evaluated_is_a_no(
    database: Database, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub = APolicyHub(database, clock)
    hub.agree(a_document())
    parse = cedarpy.Entities.from_json_str

    def without_gateways(text: str, schema: cedarpy.Schema) -> cedarpy.Entities:
        kept = [one for one in json.loads(text) if one["uid"]["type"] != "Gateway"]
        return parse(json.dumps(kept), schema)

    monkeypatch.setattr(cedarpy.Entities, "from_json_str", staticmethod(without_gateways))
    fresh = APolicyHub(database, clock)
    with database.reading() as reading:
        decision = fresh.policy.may_see_table(
            reading, someone(COUNCIL, "analyst"), dataset=STREET, dimensions=WARD_BY_KIND, purpose=KINDS_PURPOSE
        )
        reasons = fresh.policy.check_agreement(reading, a_document(agreement="again"))
    assert decision.codes == ("policy.error",)
    assert {reason.code for reason in reasons} == {"policy.error"}


class _NoSchemas:
    """A hub from which every schema was taken away."""

    def get(self, _dataset: str, _version: str = "") -> DatasetSchema:
        raise NotFound("no such schema")


def test_a_dataset_whose_schema_is_gone_is_closed_to_everybody(database: Database, clock: FrozenClock) -> None:
    APolicyHub(database, clock).agree(
        a_document(
            datasets=[a_clause(recipients=[COUNCIL, POLICE]), a_clause(fields="read_clear", recipients=[POLICE])]
        )
    )
    policy = Policy(
        database=database,
        agreements=Agreements(clock=clock),
        schemas=_NoSchemas(),
        directory=Directory(),
        clock=clock,
        library=the_library(),
    )
    with database.reading() as reading:
        for reader in (someone(COUNCIL, "analyst"), someone(POLICE, "analyst")):
            table = policy.may_see_table(
                reading, reader, dataset=STREET, dimensions=WARD_BY_KIND, purpose=KINDS_PURPOSE
            )
            rows = policy.decide(reading, reader, Action.DATASET_READ_ROWS, STREET, purpose=KINDS_PURPOSE)
            assert "floor.unknown-dataset" in table.codes
            assert "floor.unknown-dataset" in rows.codes
        assert policy.grantable(reading, BUILD, [STREET]) == ()


def test_rows_are_asked_for_with_a_known_purpose_by_a_known_agency(hub: APolicyHub) -> None:
    with hub.database.reading() as reading:

        def asked(agency: str, purpose: str) -> Decision:
            return hub.policy.decide(
                reading, someone(agency, "analyst"), Action.DATASET_READ_ROWS, STREET, purpose=purpose
            )

        assert asked(POLICE, "").codes == ("purpose.missing",)
        assert asked(POLICE, "curiosity").codes == ("purpose.unknown",)
        assert not asked("somebody-else", "").party
        assert hub.policy.grantable(reading, someone("unheard-of", "analyst"), [STREET], purpose=KINDS_PURPOSE) == ()
