"""The life of an agreement: proposed, signed by all, in force, suspended, resumed, superseded, ended."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy

from hub.agreements import TRANSITIONS, Agreements, ProposalRefused, Status
from hub.audit import entries, entry, size
from hub.db import Database
from hub.kit.authority import Action
from hub.kit.clock import FrozenClock
from hub.kit.errors import Bug, Conflict, Invalid, NotFound, NotPermitted
from tests.support.policy import (
    AMBULANCE,
    COUNCIL,
    HOSPITAL,
    OPERATOR,
    POLICE,
    STREET,
    APolicyHub,
    a_clause,
    a_document,
    a_writer,
    someone,
)


@pytest.fixture
def hub(database: Database, clock: FrozenClock) -> APolicyHub:
    return APolicyHub(database, clock)


def test_it_comes_into_force_with_the_last_signature_and_not_before(hub: APolicyHub) -> None:
    draft = hub.propose(a_document())
    assert (draft.status, draft.author_agency) == (Status.DRAFT, COUNCIL)
    assert draft.missing_signatures == (POLICE, COUNCIL)
    half = hub.sign("duty", agency=POLICE)
    assert (half.status, half.missing_signatures) == (Status.DRAFT, (COUNCIL,))
    whole = hub.sign("duty@1", agency=COUNCIL)
    assert whole.status is Status.IN_FORCE
    assert [sign_off.agency for sign_off in whole.sign_offs] == [POLICE, COUNCIL]
    assert whole.has_been_in_force


def test_each_step_stands_in_the_log_and_in_the_history(hub: APolicyHub) -> None:
    hub.agree(a_document())
    with hub.database.reading() as reading:
        happened = [event.event for event in hub.agreements.history(reading, "duty")]
        logged = [entry(reading, index).columns for index in range(size(reading))]
    assert happened == ["proposed", "signed", "signed", "came-into-force"]
    policy = [columns for columns in logged if columns["verb"] == "policy"]
    assert [columns["action"] for columns in policy] == [f"agreement:{event}" for event in happened]
    assert {columns["subject"] for columns in policy} == {"agreement/duty@1"}
    assert all(columns["authority"].startswith("permit_") for columns in policy)


@pytest.mark.parametrize("title", ["x" * 1001, "a\x07b"])
def test_a_title_that_cannot_be_shown_on_one_line_is_refused(hub: APolicyHub, title: str) -> None:
    with pytest.raises(Invalid) as refused:
        hub.propose(a_document(title=title))
    assert refused.value.code == "bad-text"


def test_its_author_does_not_sign_it(hub: APolicyHub) -> None:
    hub.propose(a_document())
    with pytest.raises(NotPermitted) as refused:
        hub.sign("duty", agency=COUNCIL, by=a_writer(COUNCIL))
    assert refused.value.reasons == ("agreement.author-signs",)


def test_not_even_with_a_permit_that_says_so(hub: APolicyHub) -> None:
    hub.propose(a_document())
    with hub.database.unit_of_work() as uow:
        other = hub.policy.permit(uow, someone(COUNCIL, "governance_lead"), Action.AGREEMENT_SIGN, "duty")
        forged = type(other)(
            id=other.id,
            reader=a_writer(COUNCIL),
            action=other.action,
            resource=other.resource,
            purpose="",
            policy_hash="",
            expires_at=other.expires_at,
        )
        with pytest.raises(NotPermitted, match="does not sign"):
            hub.agreements.sign(uow, forged, "duty")


def test_a_responsible_authority_signs_only_with_a_facilitator_named(hub: APolicyHub) -> None:
    hub.propose(a_document())
    hub.directory.without_facilitator.add(POLICE)
    with pytest.raises(ProposalRefused, match=r"reg 4\(3\)") as refused:
        hub.sign("duty", agency=POLICE)
    assert [(one.code, one.bodies) for one in refused.value.reasons] == [("agreement.no-facilitator", (POLICE,))]
    with hub.database.reading() as reading:
        assert hub.agreements.get(reading, "duty").missing_signatures == (POLICE, COUNCIL)
    hub.directory.without_facilitator.clear()
    assert hub.sign("duty", agency=POLICE).missing_signatures == (COUNCIL,)


def test_nor_does_it_come_into_force_or_go_on_when_a_signers_facilitator_has_gone(hub: APolicyHub) -> None:
    hub.propose(a_document())
    hub.sign("duty", agency=POLICE)
    hub.directory.without_facilitator.add(POLICE)
    with pytest.raises(ProposalRefused, match="Ravensbourne Police has nobody named"):
        hub.sign("duty", agency=COUNCIL)
    hub.directory.without_facilitator.clear()
    hub.sign("duty", agency=COUNCIL)
    hub.change("suspend", "duty", agency=POLICE)
    hub.directory.without_facilitator.add(COUNCIL)
    with pytest.raises(ProposalRefused, match="Ravensbourne Council has nobody named"):
        hub.change("resume", "duty", agency=POLICE)


def test_a_body_that_is_no_responsible_authority_needs_no_facilitator(hub: APolicyHub) -> None:
    hub.directory.without_facilitator |= {HOSPITAL, AMBULANCE, OPERATOR}
    hub.agree_shipped("ravensbourne", by=COUNCIL)


def test_a_permit_that_is_out_of_date_changes_nothing(hub: APolicyHub, clock: FrozenClock) -> None:
    hub.propose(a_document())
    with hub.database.unit_of_work() as uow:
        permit = hub.policy.permit(uow, someone(POLICE, "governance_lead"), Action.AGREEMENT_SIGN, "duty")
    with hub.database.unit_of_work() as uow:
        proposing = hub.policy.permit(uow, a_writer(COUNCIL), Action.AGREEMENT_PROPOSE, "agreements")
    clock.advance(timedelta(hours=1))
    with hub.database.unit_of_work() as uow:
        with pytest.raises(NotPermitted):
            hub.agreements.sign(uow, permit, "duty")
        with pytest.raises(NotPermitted):
            hub.agreements.propose(uow, proposing, a_document(agreement="other"))


def test_a_processor_has_nothing_to_sign(hub: APolicyHub) -> None:
    hub.propose(a_document())
    with hub.database.unit_of_work() as uow:
        permit = hub.policy.permit(uow, someone(COUNCIL, "governance_lead"), Action.AGREEMENT_SIGN, "duty")
        forged = type(permit)(
            id=permit.id,
            reader=someone(OPERATOR, "governance_lead"),
            action=permit.action,
            resource="duty",
            purpose="",
            policy_hash="",
            expires_at=permit.expires_at,
        )
        with pytest.raises(NotPermitted, match="Only a controller or a recipient"):
            hub.agreements.sign(uow, forged, "duty")


def test_an_agency_signs_once(hub: APolicyHub) -> None:
    hub.propose(a_document())
    hub.sign("duty", agency=POLICE)
    with pytest.raises(Conflict, match="has signed already"):
        hub.sign("duty", agency=POLICE, by=a_writer(POLICE))


def test_one_agency_alone_cannot_agree_with_itself(hub: APolicyHub) -> None:
    parties = [{"agency": POLICE, "role": "controller"}, {"agency": OPERATOR, "role": "processor"}]
    own = a_clause(fields="read_clear", recipients=[POLICE])
    hub.propose(a_document(parties=parties, datasets=[own]), by=POLICE)
    assert hub.sign("duty", agency=POLICE).status is Status.DRAFT


def test_only_a_party_proposes(hub: APolicyHub) -> None:
    with pytest.raises(NotPermitted, match="no party"):
        hub.propose(a_document(), by=HOSPITAL)


def test_versions_follow_one_another(hub: APolicyHub) -> None:
    with pytest.raises(Invalid, match="next version is 1"):
        hub.propose(a_document(version=2))
    hub.agree(a_document())
    with pytest.raises(Invalid, match="next version is 2"):
        hub.propose(a_document())


def test_a_new_version_in_force_ends_the_old_one(hub: APolicyHub) -> None:
    hub.agree(a_document())
    newer = hub.agree(a_document(version=2, datasets=[a_clause(profile="ons_10_5")]))
    with hub.database.reading() as reading:
        assert hub.agreements.get(reading, "duty@1").status is Status.ENDED
        assert hub.agreements.get(reading, "duty") == newer
        assert hub.agreements.profile_of(reading, STREET) == "ons_10_5"
        assert hub.agreements.in_force(reading, hub.clock.now()) == (newer,)


def test_a_suspended_old_version_ends_too(hub: APolicyHub) -> None:
    hub.agree(a_document())
    hub.change("suspend", "duty", agency=POLICE)
    hub.agree(a_document(version=2))
    with hub.database.reading() as reading:
        assert hub.agreements.get(reading, "duty@1").status is Status.ENDED


def test_the_agency_that_suspended_lets_it_go_on_and_no_other(hub: APolicyHub) -> None:
    parties = [
        {"agency": POLICE, "role": "controller"},
        {"agency": COUNCIL, "role": "controller"},
        {"agency": OPERATOR, "role": "processor"},
    ]
    hub.agree(a_document(parties=parties))
    assert hub.change("suspend", "duty", agency=POLICE).suspended_by == POLICE
    with pytest.raises(NotPermitted, match="only ravensbourne-police"):
        hub.change("resume", "duty", agency=COUNCIL)
    resumed = hub.change("resume", "duty", agency=POLICE)
    assert (resumed.status, resumed.suspended_by) == (Status.IN_FORCE, "")


def test_what_is_ended_stays_ended(hub: APolicyHub) -> None:
    hub.agree(a_document())
    assert hub.change("end", "duty", agency=POLICE).status is Status.ENDED
    for verb in ("suspend", "resume", "end"):
        with pytest.raises(Conflict, match="is ended"):
            hub.change(verb, "duty", agency=POLICE)


def test_a_draft_is_withdrawn_by_its_authors_agency(hub: APolicyHub) -> None:
    hub.propose(a_document())
    assert hub.change("end", "duty", agency=COUNCIL).status is Status.ENDED


def test_a_recipient_neither_suspends_nor_ends(hub: APolicyHub) -> None:
    hub.agree(a_document())
    with pytest.raises(NotPermitted):
        hub.change("suspend", "duty", agency=COUNCIL)
    with hub.database.unit_of_work() as uow:
        permit = hub.policy.permit(uow, someone(POLICE, "governance_lead"), Action.AGREEMENT_SUSPEND, "duty")
        forged = type(permit)(
            id=permit.id,
            reader=someone(COUNCIL, "governance_lead"),
            action=permit.action,
            resource="duty",
            purpose="",
            policy_hash="",
            expires_at=permit.expires_at,
        )
        with pytest.raises(NotPermitted, match="Only a controller"):
            hub.agreements.suspend(uow, forged, "duty", reason="no")


def test_a_reason_must_be_said(hub: APolicyHub) -> None:
    hub.agree(a_document())
    with pytest.raises(Invalid, match="reason is missing"):
        hub.change("suspend", "duty", agency=POLICE, reason=" ")


def test_a_permit_for_something_else_does_not_do(hub: APolicyHub) -> None:
    hub.agree(a_document())
    with hub.database.unit_of_work() as uow:
        reading_permit = hub.policy.permit(uow, someone(POLICE, "governance_lead"), Action.AGREEMENT_READ, "duty")
        with pytest.raises(NotPermitted, match="something else"):
            hub.agreements.suspend(uow, reading_permit, "duty", reason="no")
    hub.agree(a_document(agreement="second", datasets=[a_clause(dataset="police/stop-and-search")]))
    with hub.database.unit_of_work() as uow:
        for_duty = hub.policy.permit(uow, someone(POLICE, "governance_lead"), Action.AGREEMENT_SUSPEND, "duty")
        with pytest.raises(NotPermitted, match="something else"):
            hub.agreements.suspend(uow, for_duty, "second", reason="no")


def test_what_the_law_forbids_is_refused_at_proposal_naming_section_and_body(hub: APolicyHub) -> None:
    parties = [
        {"agency": POLICE, "role": "controller"},
        {"agency": COUNCIL, "role": "recipient"},
        {"agency": AMBULANCE, "role": "recipient"},
        {"agency": OPERATOR, "role": "processor"},
    ]
    with pytest.raises(ProposalRefused) as refused:
        hub.propose(a_document(parties=parties, datasets=[a_clause(recipients=[COUNCIL, AMBULANCE])]))
    assert refused.value.code == "floor.s16-recipient"
    assert "Ravensbourne Ambulance" in refused.value.title
    assert "PCSC Act 2022 s.16(2)" in refused.value.title
    assert refused.value.reasons[0].bodies == (AMBULANCE,)
    with hub.database.reading() as reading:
        assert hub.agreements.all(reading) == ()


def test_it_is_judged_again_when_it_would_come_into_force(hub: APolicyHub) -> None:
    hub.propose(a_document())
    hub.sign("duty", agency=POLICE)
    hub.directory.agencies[COUNCIL] = "vcs"
    with pytest.raises(ProposalRefused) as refused:
        hub.sign("duty", agency=COUNCIL)
    assert refused.value.reasons[0].code == "floor.s16-recipient"


def test_without_a_judge_nothing_is_agreed(database: Database, clock: FrozenClock) -> None:
    hub = APolicyHub(database, clock)
    alone = Agreements(clock=clock)
    with database.unit_of_work() as uow:
        permit = hub.policy.permit(uow, a_writer(COUNCIL), Action.AGREEMENT_PROPOSE, "agreements")
        with pytest.raises(Bug, match="judge"):
            alone.propose(uow, permit, a_document())


def test_a_rolled_back_change_leaves_nothing_behind_not_even_in_memory(hub: APolicyHub) -> None:
    hub.agree(a_document())

    def undone() -> None:
        with hub.database.unit_of_work() as uow:
            permit = hub.policy.permit(uow, someone(POLICE, "governance_lead"), Action.AGREEMENT_SUSPEND, "duty")
            hub.agreements.suspend(uow, permit, "duty", reason="undone")
            assert hub.agreements.get(uow, "duty").status is Status.SUSPENDED
            raise RuntimeError

    with pytest.raises(RuntimeError):
        undone()
    with hub.database.reading() as reading:
        assert hub.agreements.get(reading, "duty").status is Status.IN_FORCE
    hub.change("end", "duty", agency=POLICE)
    with hub.database.reading() as reading:
        assert hub.agreements.get(reading, "duty").status is Status.ENDED


def test_a_document_changed_behind_the_hubs_back_is_noticed(hub: APolicyHub) -> None:
    hub.propose(a_document())
    with hub.database.engine.begin() as connection:
        connection.execute(sqlalchemy.text("UPDATE agreement_document SET document = document || ' '"))
    with pytest.raises(Bug, match="not the one that was signed"), hub.database.reading() as reading:
        Agreements(clock=hub.clock).all(reading)


def test_how_an_agency_supplies_is_the_strictest_of_its_clauses(hub: APolicyHub) -> None:
    generous = a_clause(part_accept=True, keep_returned_days=60, recheck_days=20)
    strict = a_clause(part_accept=False, keep_returned_days=10, recheck_days=40)
    hub.agree(a_document(datasets=[generous, strict]))
    with hub.database.reading() as reading:
        terms = hub.agreements.supply_terms(reading, dataset=STREET, supplier=POLICE, at=hub.clock.now())
        assert (terms.part_accept, terms.keep_returned_days, terms.recheck_days) == (False, 10, 20)
        assert (terms.agreements, terms.profile) == (("duty@1",), "nhs_hes")
        with pytest.raises(NotFound, match="No agreement in force"):
            hub.agreements.supply_terms(reading, dataset=STREET, supplier=COUNCIL, at=hub.clock.now())
        with pytest.raises(NotFound, match="No agreement in force"):
            hub.agreements.supply_terms(reading, dataset=STREET, supplier=POLICE, at=datetime(2030, 1, 1, tzinfo=UTC))


def test_what_nobody_agreed_is_not_found(hub: APolicyHub) -> None:
    with hub.database.reading() as reading:
        for ask in (
            lambda: hub.agreements.get(reading, "duty"),
            lambda: hub.agreements.history(reading, "duty"),
            lambda: hub.agreements.profile_of(reading, STREET),
        ):
            with pytest.raises(NotFound):
                ask()


def test_an_ended_agreement_no_longer_fixes_the_profile(hub: APolicyHub) -> None:
    hub.agree(a_document())
    hub.change("end", "duty", agency=POLICE)
    with pytest.raises(NotFound), hub.database.reading() as reading:
        hub.agreements.profile_of(reading, STREET)


def test_another_dataset_has_another_profile(hub: APolicyHub) -> None:
    hub.agree(a_document())
    with pytest.raises(NotFound), hub.database.reading() as reading:
        hub.agreements.profile_of(reading, "police/stop-and-search")


def test_every_status_is_reached_and_left_only_as_written() -> None:
    reached = {Status.DRAFT} | {status for moves in TRANSITIONS.values() for status in moves.values()}
    assert reached == set(Status)
    assert TRANSITIONS[Status.ENDED] == {}


def test_time_alone_ends_what_it_grants(hub: APolicyHub) -> None:
    agreed = hub.agree(a_document())
    hub.clock.at = agreed.expires_at - timedelta(microseconds=1)
    with hub.database.reading() as reading:
        assert hub.agreements.in_force(reading, hub.clock.now()) == (agreed,)
        hub.clock.advance(timedelta(microseconds=1))
        assert hub.agreements.in_force(reading, hub.clock.now()) == ()


def test_the_log_is_read_only_by_its_own_rules(hub: APolicyHub) -> None:
    hub.agree(a_document())
    with hub.database.unit_of_work() as uow:
        permit = hub.policy.permit(
            uow, someone(COUNCIL, "auditor"), Action.AUDIT_READ, "audit/log", purpose="lawfulness"
        )
        found = entries(uow, permit, at=hub.clock, purpose="lawfulness", action="agreement:came-into-force")
    assert [one.columns["subject"] for one in found] == ["agreement/duty@1"]
