"""What a person of the agency says to a checked file: let in, taken back, checked anew; nothing counts before that word."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from hub.intake import ATTESTATION, State, Submission, attestation_lines
from hub.intake.checking import Checker, Judged
from hub.kit.authority import Action, Permit
from hub.kit.errors import Conflict, Invalid, NotFound
from hub.schemas import CheckReport, ImportProfile
from tests.support.intake import ISTV, STREET, AnIntake, an_intake, good
from tests.support.policy import someone
from tests.support.schemas import PERIOD, csv_of, rows_of
from tests.support.workbooks import table_of, xlsx_of


@pytest.fixture
def hub(tmp_path: Path) -> AnIntake:
    return an_intake(tmp_path)


def waiting(hub: AnIntake, content: bytes | None = None) -> Submission:
    """A file that passed its checks; nobody has given a word."""
    return hub.intake.check_apart(hub.send(good() if content is None else content, attestation="").id)


def accept(hub: AnIntake, submission: Submission, **said: object) -> Submission:
    permit = hub.create_permit()
    with hub.database.unit_of_work() as uow:
        return hub.intake.accept(uow, permit, submission.id, **({"attestation": ATTESTATION} | said))


def take_back(hub: AnIntake, submission: Submission) -> Submission:
    permit = withdraw_permit(hub)
    with hub.database.unit_of_work() as uow:
        return hub.intake.undo(uow, permit, submission.id)


def check_again(hub: AnIntake, submission: Submission, profile: ImportProfile | None = None) -> Submission:
    permit = hub.create_permit()
    with hub.database.unit_of_work() as uow:
        return hub.intake.recheck(uow, permit, submission.id, profile=profile)


def withdraw(hub: AnIntake, submission: Submission) -> Submission:
    permit = withdraw_permit(hub)
    with hub.database.unit_of_work() as uow:
        return hub.intake.withdraw(uow, permit, submission.id, reason="the wrong month")


def withdraw_permit(hub: AnIntake) -> Permit:
    with hub.database.unit_of_work() as uow:
        reader = someone("ravensbourne-police", "uploader")
        return hub.policy.permit(uow, reader, Action.SUBMISSION_WITHDRAW, STREET)


@pytest.mark.parametrize("attestation", ["", ATTESTATION])
def test_a_withdrawn_files_report_keeps_what_was_found_and_how_often_and_nothing_out_of_the_file(
    hub: AnIntake, attestation: str
) -> None:
    rows = [row | {"Ward of Mrs Peasemarsh": "x"} for row in rows_of(STREET, 4)]
    rows[1]["Crime ID"] = ""
    sent = hub.intake.check_apart(hub.send(csv_of(rows), file_name="Peasemarsh.csv", attestation=attestation).id)

    def told() -> CheckReport:
        with hub.database.unit_of_work() as uow:
            return hub.intake.report(uow, hub.uploader(), sent.id)

    before = told()
    assert "Mrs Peasemarsh" in str(before)
    assert before.findings[1].rows
    withdraw(hub, sent)
    after = told()
    assert [(one.code, one.severity, one.field, one.count) for one in after.findings] == [
        (one.code, one.severity, one.field, one.count) for one in before.findings
    ]
    assert all(one.message and one.remedy and not one.rows and not one.cells for one in after.findings)
    assert (after.sha256, after.rows, after.file) == (before.sha256, 4, "")
    with hub.database.reading() as reading:
        kept = reading.connection.exec_driver_sql("SELECT * FROM submissions").all()
    assert "Peasemarsh" not in str(kept)


def counting(hub: AnIntake) -> list[str]:
    with hub.database.reading() as reading:
        return [one.id for one in hub.intake.latest_accepted(reading)]


def test_a_file_that_passed_waits_for_a_word_and_counts_nowhere(hub: AnIntake) -> None:
    done = waiting(hub)
    assert (done.state, done.accepted_rows, bool(done.accepted_object)) == (State.CHECKED, 3, True)
    assert (done.attested_by, done.accepted_at, counting(hub)) == ("", None, [])


def test_it_counts_once_somebody_has_attested(hub: AnIntake) -> None:
    done = accept(hub, waiting(hub))
    assert (done.state, done.attested_by) == (State.ACCEPTED, hub.uploader().person)
    assert (done.accepted_at, counting(hub)) == (hub.clock.now(), [done.id])
    assert hub.log()[-1]["detail"].count(f'"attestation":"{ATTESTATION}"') == 1


@pytest.mark.parametrize("version", ["", "0"])
def test_without_the_present_words_nothing_is_let_in(hub: AnIntake, version: str) -> None:
    done = waiting(hub)
    with pytest.raises(Conflict) as refused:
        accept(hub, done, attestation=version)
    assert refused.value.code == "no-attestation"
    assert hub.now(done).state is State.CHECKED


def test_the_statements_leave_out_who_may_be_known_only_where_rows_are_personal(hub: AnIntake) -> None:
    classes = {len(attestation_lines(one)) for one in hub.hub.schemas.all() if one.data_class != "personal"}
    assert classes == {3}


def test_an_explanation_of_no_question_is_refused(hub: AnIntake) -> None:
    with pytest.raises(Invalid) as refused:
        accept(hub, waiting(hub), explanations={"volume-step:": "A new system"})
    assert refused.value.code == "unknown-query"


def test_what_is_returned_or_accepted_waits_for_no_word(hub: AnIntake) -> None:
    for done in (hub.submit(good()), hub.submit(good(count=1, **{"Crime type": "Nonsense"}))):
        with pytest.raises(Conflict) as refused:
            accept(hub, done)
        assert refused.value.code == "wrong-state"


def test_an_agency_accepts_its_own_files_alone(hub: AnIntake) -> None:
    done = hub.submit(good(ISTV, 12), dataset=ISTV)
    with hub.database.unit_of_work() as uow, pytest.raises(NotFound):
        hub.intake.submission(uow, hub.uploader(), done.id)


def test_the_same_file_again_with_the_word_is_the_acceptance(hub: AnIntake) -> None:
    done = waiting(hub)
    again = hub.send(good())
    assert (again.id, again.state, counting(hub)) == (done.id, State.ACCEPTED, [done.id])


def test_the_same_file_again_without_the_word_waits_on(hub: AnIntake) -> None:
    done = waiting(hub)
    assert (waiting(hub).id, hub.now(done).state) == (done.id, State.CHECKED)


def test_undone_it_waits_again_and_what_it_superseded_counts_again(hub: AnIntake) -> None:
    first, second = hub.submit(good(count=3)), hub.submit(good(count=4))
    assert hub.now(first).superseded_by == second.id
    undone = take_back(hub, second)
    assert (undone.state, undone.attested_by, undone.accepted_at) == (State.CHECKED, "", None)
    assert (hub.now(first).state, hub.now(first).superseded_by, counting(hub)) == (State.ACCEPTED, "", [first.id])
    assert accept(hub, second).state is State.ACCEPTED
    assert (hub.now(first).state, counting(hub)) == (State.SUPERSEDED, [second.id])


def test_undone_step_by_step_each_earlier_file_comes_back(hub: AnIntake) -> None:
    first, second, third = (hub.submit(good(count=count)) for count in (3, 4, 5))
    take_back(hub, third)
    assert counting(hub) == [second.id]
    take_back(hub, second)
    assert counting(hub) == [first.id]


def test_what_was_withdrawn_meanwhile_does_not_come_back(hub: AnIntake) -> None:
    first, second = hub.submit(good(count=3)), hub.submit(good(count=4))
    withdraw(hub, first)
    take_back(hub, second)
    assert (hub.now(first).state, counting(hub)) == (State.WITHDRAWN, [])


def test_only_what_counts_can_be_undone(hub: AnIntake) -> None:
    with pytest.raises(Conflict) as refused:
        take_back(hub, waiting(hub))
    assert refused.value.code == "wrong-state"


def test_a_returned_workbook_is_checked_again_with_another_sheet_and_nothing_is_sent(hub: AnIntake) -> None:
    table = table_of(rows_of(STREET, 5))
    done = hub.submit(xlsx_of(("May", table), ("June", table[:3])))
    assert done.state is State.RETURNED
    again = check_again(hub, done, ImportProfile(sheet="June"))
    assert (again.state, again.rows, again.findings) == (State.RECEIVED, 0, 0)
    checked = hub.intake.check_apart(done.id)
    assert (checked.state, checked.rows, checked.profile.sheet) == (State.CHECKED, 2, "June")
    assert accept(hub, checked).state is State.ACCEPTED


def test_rows_sealed_by_the_first_check_are_erased_before_the_second(hub: AnIntake) -> None:
    done = waiting(hub)
    assert len(hub.sealed()) == 2
    check_again(hub, done)
    assert len(hub.sealed()) == 1
    assert hub.intake.check_apart(done.id).state is State.CHECKED
    assert len(hub.sealed()) == 2


def test_what_counts_is_not_checked_again_before_it_is_undone(hub: AnIntake) -> None:
    done = hub.submit(good())
    with pytest.raises(Conflict) as refused:
        check_again(hub, done)
    assert refused.value.code == "wrong-state"


def test_a_file_that_is_not_kept_any_more_cannot_be_checked_again(hub: AnIntake) -> None:
    done = hub.submit(good(count=1, **{"Crime type": "Nonsense"}))
    hub.clock.advance(timedelta(days=60))
    assert hub.intake.forget_due() == [done.id]
    with pytest.raises(Conflict) as refused:
        check_again(hub, done)
    assert refused.value.code == "not-kept"


def test_a_file_that_nobody_lets_in_is_erased_when_its_days_are_over(hub: AnIntake) -> None:
    done = waiting(hub)
    hub.clock.advance(timedelta(days=60))
    assert hub.intake.forget_due() == [done.id]
    gone = hub.now(done)
    assert (gone.state, gone.accepted_object, gone.original_object) == (State.WITHDRAWN, "", "")
    assert hub.sealed() == []


def test_a_file_that_waits_can_be_withdrawn(hub: AnIntake) -> None:
    done = waiting(hub)
    gone = withdraw(hub, done)
    assert (gone.state, hub.sealed()) == (State.WITHDRAWN, [])


def test_rows_held_back_come_in_part_accepted_when_the_word_is_given(hub: AnIntake) -> None:
    bad = csv_of([*rows_of(STREET, 4), {**rows_of(STREET, 1)[0], "Crime type": "Nonsense"}])
    done = waiting(hub, bad)
    if done.state is State.RETURNED:
        pytest.fail("the agreement of the police lets the good rows in")
    assert (done.state, done.quarantined_rows) == (State.CHECKED, 1)
    let_in = accept(hub, done)
    assert (let_in.state, let_in.period) == (State.PART_ACCEPTED, PERIOD)
    assert take_back(hub, let_in).state is State.CHECKED


def test_a_check_that_was_overtaken_settles_nothing_of_what_is_checked_anew(
    hub: AnIntake, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two checks of one file, the slower one still at it when the file was let in, taken back and is to be checked again."""
    sent = hub.send(good())
    judged = Checker.judged

    def slowly(*given: Any, **named: Any) -> Judged:
        found = judged(*given, **named)
        monkeypatch.setattr(Checker, "judged", judged)
        take_back(hub, hub.intake.check_apart(sent.id))
        check_again(hub, sent, ImportProfile(sheet="Rows"))
        return found

    monkeypatch.setattr(Checker, "judged", slowly)
    hub.intake.check_apart(sent.id)
    assert (hub.now(sent).attested_by, hub.now(sent).profile.sheet, counting(hub)) == ("", "Rows", [])
    assert hub.intake.check_apart(sent.id).state is State.CHECKED


@pytest.mark.parametrize(
    "said", [{"encoding": "as Ann Other sent it"}, {"encoding": "\ud800"}, {"delimiter": "\ud800"}]
)
def test_an_encoding_or_a_delimiter_that_is_none_is_neither_kept_nor_written_to_the_log(
    hub: AnIntake, said: dict[str, str]
) -> None:
    done = waiting(hub)
    with pytest.raises(Invalid) as refused:
        check_again(hub, done, ImportProfile(**said))
    assert refused.value.code == "bad-profile"
    assert (hub.now(done).state, "Ann Other" in str(hub.log())) == (State.CHECKED, False)


def test_a_word_given_under_other_agreements_lets_nothing_in(hub: AnIntake) -> None:
    sent = hub.send(good())
    hub.hub.change("suspend", "ravensbourne-police-statistics@1", agency="ravensbourne-police")
    done = hub.intake.check_apart(sent.id)
    assert (done.state, counting(hub)) == (State.CHECKED, [])
    with pytest.raises(Conflict) as refused:
        accept(hub, done)
    assert refused.value.code == "other-terms"
    again = hub.intake.check_apart(check_again(hub, done).id)
    assert accept(hub, again).state is State.ACCEPTED
