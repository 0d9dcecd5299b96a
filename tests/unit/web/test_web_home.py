from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

from hub.agreements import Agreement, LawyerMark, Party, PartyRole, SignOff, Status
from hub.intake import State, Submission
from hub.web.dates import months_back
from hub.web.pages.home import agreements_due, build_due, home_page, submissions_due

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


def test_a_month_without_an_accepted_file_is_due():
    assert titles(submissions_due(TITLES, [], "2026-10")) == ["Submit this month's extract"]
    assert submissions_due(TITLES, [a_submission()], "2026-10") == []
    old = a_submission(period="2026-09")
    assert titles(submissions_due(TITLES, [old], "2026-10")) == ["Submit this month's extract"]


def test_a_returned_file_is_to_be_mended_until_another_is_sent():
    returned = a_submission(State.RETURNED)
    assert titles(submissions_due(TITLES, [returned], "2026-10")) == [
        "Mend a returned file",
        "Submit this month's extract",
    ]
    newer = a_submission(id="sub_2")
    assert submissions_due(TITLES, [newer, returned], "2026-10") == []


def test_a_file_under_check_is_not_due_again():
    cards = submissions_due(TITLES, [a_submission(State.RECEIVED)], "2026-10")
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


def test_each_role_finds_its_own_places():
    def places(*roles):
        session = SimpleNamespace(
            reader=SimpleNamespace(roles=frozenset(roles)),
            person=SimpleNamespace(name="Ada"),
            agency=SimpleNamespace(name="Police"),
        )
        return {card.href for card in home_page(session, [], None).places}

    assert "/submit" in places("uploader")
    assert "/audit" in places("auditor")
    assert "/views" not in places("operator")
    assert places() == {"/agreements", "/explain"}


def test_months_go_back_from_the_present_one_in_local_time():
    assert months_back(datetime(2026, 1, 15, tzinfo=UTC), 3) == ("2026-01", "2025-12", "2025-11")
    assert months_back(datetime(2026, 6, 30, 23, 30, tzinfo=UTC), 1) == ("2026-07",)
