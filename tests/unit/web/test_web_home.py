from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

from hub.agreements import Agreement, LawyerMark, Party, PartyRole, SignOff, Status
from hub.intake import State, Submission
from hub.web.dates import months_back
from hub.web.pages.home import (
    agreements_due,
    areas_due,
    assessment_due,
    build_due,
    files_open,
    home_page,
    log_due,
    tables_to_look_at,
    waiting,
)

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
TITLES = {"police/street-crime": "Street-level crime"}


def a_submission(state=State.ACCEPTED, **changes):
    values = {
        "id": "sub_1",
        "agency": "police",
        "dataset": "police/street-crime",
        "period": "2026-10",
        "schema_version": "1.0.0",
        "state": state,
        "file_name": "a.csv",
        "sha256": "0" * 64,
        "size": 1,
        "agreement": "a@1",
        "submitted_by": "per_1",
        "at": NOW,
        "audit_index": 1,
    }
    return Submission(**(values | changes))


def an_agreement(**changes):
    values = {
        "id": "a",
        "version": 1,
        "title": "An agreement",
        "parties": (Party("police", PartyRole.CONTROLLER), Party("council", PartyRole.RECIPIENT)),
        "gateway": "pcsc_s16",
        "purposes": (),
        "terms": (),
        "starts_on": date(2026, 1, 1),
        "expires_on": date(2028, 1, 1),
        "lawful_basis": "",
        "lawyer": LawyerMark((), date(2026, 1, 1)),
        "dpia": "",
        "document": "",
        "sha256": "",
        "status": Status.IN_FORCE,
    }
    return Agreement(**(values | changes))


def titles(cards):
    return [card.title for card in cards]


def test_a_returned_file_is_to_be_mended_until_another_is_sent():
    returned = a_submission(State.RETURNED)
    (card,) = files_open([returned], TITLES)
    assert (card.title, card.href, card.due) == ("Mend a returned file", "/submissions/sub_1", True)
    newer = a_submission(id="sub_2")
    assert files_open([newer, returned], TITLES) == []


def test_two_cards_of_one_title_are_told_apart_by_what_is_read_out():
    two = [a_submission(State.RETURNED), a_submission(State.RETURNED, id="sub_2", period="2026-07")]
    cards = files_open(two, TITLES)
    assert len({card.title for card in cards}) == 1
    assert len({card.about for card in cards}) == 2


def test_a_file_under_check_has_a_card_and_is_not_due():
    cards = files_open([a_submission(State.RECEIVED)], TITLES)
    assert titles(cards) == ["A file is being checked"]
    assert not cards[0].due


def test_a_draft_waits_for_the_signature_of_those_who_may_sign_it():
    draft = an_agreement(status=Status.DRAFT)
    assert titles(agreements_due([draft], "police", NOW, signable=frozenset({"a@1"}))) == ["Sign an agreement"]
    assert agreements_due([draft], "police", NOW, signable=frozenset()) == []
    signed = replace(draft, sign_offs=(SignOff("police", "per_1", NOW),))
    assert agreements_due([signed], "police", NOW, signable=frozenset({"a@1"})) == []


def test_an_agreement_that_ends_soon_is_said_to_its_controllers_alone():
    ending = an_agreement(expires_on=(NOW + timedelta(days=30)).date())
    assert titles(agreements_due([ending], "police", NOW, signable=frozenset())) == ["An agreement ends soon"]
    assert agreements_due([ending], "council", NOW, signable=frozenset()) == []
    assert agreements_due([an_agreement()], "police", NOW, signable=frozenset()) == []


def test_a_snapshot_is_due_when_something_accepted_is_in_none():
    assert build_due(None, frozenset()) == []
    assert titles(build_due(None, frozenset({"sub_1"}))) == ["Build a snapshot"]
    assert titles(build_due(frozenset({"sub_1"}), frozenset({"sub_1", "sub_2"}))) == ["Build a snapshot"]
    assert build_due(frozenset({"sub_1"}), frozenset({"sub_1"})) == []


def test_a_snapshot_is_due_when_one_it_holds_was_withdrawn_for_its_figures_are_hidden():
    (due,) = build_due(frozenset({"sub_1", "sub_2"}), frozenset({"sub_2"}))
    assert "has been withdrawn" in due.text


def test_an_author_sees_whose_signature_a_draft_waits_for():
    draft = an_agreement(status=Status.DRAFT, author="per_1", sign_offs=(SignOff("police", "per_2", NOW),))
    (card,) = waiting([draft], "per_1", {"council": "The Council"})
    assert "The Council must still sign" in card.text
    assert waiting([draft], "per_3", {}) == []
    assert waiting([replace(draft, status=Status.IN_FORCE)], "per_1", {}) == []


def test_an_assessment_is_due_until_it_is_built_from_the_snapshot_in_force():
    assert titles(assessment_due(None, 1, may_build=True)) == ["Build the strategic assessment"]
    assert titles(assessment_due(("asm_1", 1), 2, may_build=True)) == ["Build the strategic assessment"]
    (current,) = assessment_due(("asm_1", 2), 2, may_build=True)
    assert (current.title, current.href, current.due) == ("Read the strategic assessment", "/assessments/asm_1", False)
    (stale,) = assessment_due(("asm_1", 1), 2, may_build=False)
    assert "build it again" in stale.text
    assert assessment_due(None, 2, may_build=False) == assessment_due(None, None, may_build=True) == []


def test_the_log_is_due_when_its_head_was_never_signed_or_much_was_written_since():
    assert "never been signed" in log_due(900, None)[0].text
    assert "100 entries" in log_due(1000, 900)[0].text
    assert log_due(905, 900) == []


def test_areas_are_due_until_they_are_loaded():
    assert titles(areas_due(loaded=False)) == ["Load the areas"]
    assert areas_due(loaded=True) == []


def test_the_snapshot_in_force_is_named_with_its_day():
    assert "Snapshot 3 of 2 November 2026" in tables_to_look_at(3, NOW).text


def somebody(*roles):
    return SimpleNamespace(
        reader=SimpleNamespace(roles=frozenset(roles)),
        person=SimpleNamespace(name="Ada"),
        agency=SimpleNamespace(name="Police"),
    )


def test_an_empty_page_says_why_nothing_is_due_in_the_words_of_each_role():
    said = {
        role: home_page(somebody(role), [], None).nothing
        for role in ("uploader", "governance_lead", "auditor", "operator")
    }
    assert len(set(said.values())) == 4
    assert home_page(somebody(), [], None).nothing == "Nothing is waiting for you."
    both = home_page(somebody("uploader", "analyst"), [], None).nothing
    assert said["uploader"] in both


def test_each_role_finds_its_own_places():
    def places(*roles):
        return {card.href for card in home_page(somebody(*roles), [], None).places}

    assert "/submit" in places("uploader")
    assert "/audit" in places("auditor")
    assert "/views" not in places("operator")
    assert places() == {"/agreements", "/explain"}
    of_the_lead = home_page(somebody("strategic_lead"), [], None, sees_facilitators=True)
    assert [card.title for card in of_the_lead.places if card.href == "/agencies"] == ["Facilitators"]
    assert "/agencies" not in places("strategic_lead")


def test_months_go_back_from_the_present_one_in_local_time():
    assert months_back(datetime(2026, 1, 15, tzinfo=UTC), 3) == ("2026-01", "2025-12", "2025-11")
    assert months_back(datetime(2026, 6, 30, 23, 30, tzinfo=UTC), 1) == ("2026-07",)
