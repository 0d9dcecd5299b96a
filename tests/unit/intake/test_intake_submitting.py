"""From the first byte to accepted, returned or refused; what is kept, for whom, and what the log says."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from hub.intake import TRANSITIONS, State, Submission, states_page
from hub.kit.authority import Action, Form, Reader
from hub.kit.errors import Bug, Conflict, Invalid, NotFound, NotPermitted, Refused
from hub.schemas import Outcome
from tests.support.intake import HOSPITAL, ISTV, POLICE, STREET, AnIntake, an_intake, checked_again, good
from tests.support.policy import a_document, someone
from tests.support.schemas import PERIOD, codes, csv_of, rows_of

CHECK = Reader(agency="", task="intake-check")
NHS = "9434765919"


@pytest.fixture
def hub(tmp_path: Path) -> AnIntake:
    return an_intake(tmp_path)


def stored_rows(hub: AnIntake, submission: Submission, columns: str) -> list[tuple[object, ...]]:
    with hub.database.unit_of_work() as uow:
        grant = hub.policy.grant(
            uow, CHECK, [submission.dataset], purpose="data_quality", justification="a test", form=Form.READ_CLEAR
        )
        opened = hub.vault.files(uow, grant, [submission.accepted_object])
        with opened as files, hub.engine.session(files=files) as session:
            return session.rows(
                f"SELECT {columns} FROM read_parquet('sealed://{submission.accepted_object}') ORDER BY hub_row"
            )


def verbs(hub: AnIntake, submission: Submission) -> list[str]:
    return [one["verb"] for one in hub.log() if one["subject"] == f"submission/{submission.id}"]


def test_a_good_extract_is_accepted_and_sealed(hub: AnIntake) -> None:
    done = hub.submit(good(count=5))
    assert (done.state, done.rows, done.accepted_rows, done.quarantined_rows) == (State.ACCEPTED, 5, 5, 0)
    assert (done.agency, done.agreement) == (POLICE, "ravensbourne-police-duty@1 ravensbourne-police-statistics@1")
    assert (done.original_object, done.accepted_object, done.quarantine_object)[2] == ""
    assert len(hub.sealed()) == 2


def test_case_references_are_pseudonyms_in_what_is_sealed(hub: AnIntake) -> None:
    done = hub.submit(csv_of([*rows_of(STREET, 2), *rows_of(STREET, 1)]))
    rows = stored_rows(hub, done, '"Crime ID", "Crime type", hub_row, hub_month')
    expected = [hub.pseudonyms.of(f"{number:064x}", dataset=STREET) for number in (0, 1, 0)]
    assert [row[0] for row in rows] == expected
    assert [row[1:] for row in rows] == [("Robbery", row, PERIOD) for row in (2, 3, 4)]


def test_blank_references_stay_blank(hub: AnIntake) -> None:
    blank = {"Crime ID": "", "Crime type": "Anti-social behaviour", "Last outcome category": ""}
    done = hub.submit(good(**blank))
    assert stored_rows(hub, done, '"Crime ID"')[0] == (None,)


def test_bad_rows_are_quarantined_where_the_agreement_lets_rows_in_part(hub: AnIntake) -> None:
    done = hub.submit(good(ISTV, 4, assault_method="knife"), dataset=ISTV)
    assert (done.state, done.accepted_rows, done.quarantined_rows) == (State.PART_ACCEPTED, 3, 1)
    assert done.quarantine_object
    assert [row[0] for row in stored_rows(hub, done, "hub_row")] == [3, 4, 5]


def test_any_error_returns_the_file_where_the_agreement_does_not_let_rows_in_part(tmp_path: Path) -> None:
    strict = AnIntake(tmp_path, agree=False)
    strict.hub.agree(a_document(), by="ravensbourne-council")
    done = strict.submit(good(count=3, Month="May"))
    assert (done.state, done.rows, done.accepted_rows, done.quarantined_rows) == (State.RETURNED, 3, 0, 3)


def test_a_returned_file_is_kept_sealed_for_mending(hub: AnIntake) -> None:
    done = hub.submit(good().replace(b"Crime type", b"Kind", 1))
    assert (done.state, done.accepted_rows, done.accepted_object) == (State.RETURNED, 0, "")
    assert done.original_object
    assert len(hub.sealed()) == 1


def test_the_same_bytes_twice_are_the_same_submission(hub: AnIntake) -> None:
    first = hub.submit(good())
    again = hub.send(good())
    assert again == first
    assert len(hub.sealed()) == 2
    assert hub.submit(good(), period="2024-06").id != first.id


def test_a_newer_accepted_file_supersedes_the_older_one(hub: AnIntake) -> None:
    first, second = hub.submit(good(count=3)), hub.submit(good(count=4))
    assert hub.now(first).state is State.SUPERSEDED
    with hub.database.reading() as reading:
        assert [one.id for one in hub.intake.latest_accepted(reading)] == [second.id]
    third = hub.submit(good(count=3))
    assert third.id != first.id


def test_a_returned_file_supersedes_nothing(hub: AnIntake) -> None:
    first = hub.submit(good())
    hub.submit(b"nonsense\n1\n")
    assert hub.now(first).state is State.ACCEPTED


def test_checking_twice_changes_nothing(hub: AnIntake) -> None:
    done = hub.submit(good())
    assert hub.intake.check_apart(done.id) == done
    with hub.database.unit_of_work() as uow:
        assert hub.intake.check(uow, done.id) == done


def test_two_checks_at_once_settle_once(hub: AnIntake, monkeypatch: pytest.MonkeyPatch) -> None:
    received = hub.send(good())
    judge = hub.intake._checker.judged

    def slow(*arguments: object, **options: object) -> object:
        judged = judge(*arguments, **options)  # type: ignore[arg-type]
        monkeypatch.undo()
        hub.intake.check_apart(received.id)
        return judged

    monkeypatch.setattr(hub.intake._checker, "judged", slow)
    done = hub.intake.check_apart(received.id)
    assert done.state is State.ACCEPTED
    assert len(hub.sealed()) == 2
    assert verbs(hub, done).count("collection") == 3  # arrived, checked, let in


def test_a_floor_refusal_keeps_hash_size_counts_and_rule_and_nothing_else(hub: AnIntake) -> None:
    content = good(ISTV, 4, assault_location_description=f"by {NHS}")
    sent = hub.send(content, dataset=ISTV, file_name="J Bloggs.csv")
    done = hub.intake.check_apart(sent.id)
    assert (done.state, done.rows, done.accepted_rows) == (State.REFUSED, 4, 0)
    assert (done.sha256, done.size) == (sent.sha256, len(content))
    assert (done.file_name, done.original_object, done.accepted_object, done.quarantine_object) == ("", "", "", "")
    assert hub.sealed() == []
    with hub.database.unit_of_work() as uow:
        report = hub.intake.report(uow, hub.uploader(ISTV), done.id)
        assert hub.vault.describe(uow, sent.original_object).destroyed_at is not None
    assert (report.outcome, codes(report), report.file) == (Outcome.REFUSED, ["possible-identifier"], "")


def test_a_refused_file_sent_again_is_the_same_refusal(hub: AnIntake) -> None:
    content = good(ISTV, 3, assault_location_description=NHS)
    first = hub.submit(content, dataset=ISTV)
    assert hub.send(content, dataset=ISTV) == first
    assert hub.sealed() == []


def test_the_receipt_proves_what_arrived(hub: AnIntake) -> None:
    done = hub.submit(good())
    with hub.database.unit_of_work() as uow:
        receipt = hub.intake.receipt(uow, hub.uploader(), done.id)
    arrival = hub.log()[receipt.audit_index]
    assert receipt.as_json()["sha256"] == done.sha256
    assert receipt.schema == f"{STREET} 1.0.0"
    assert (arrival["verb"], arrival["subject"]) == ("collection", f"submission/{done.id}")
    assert done.sha256 in arrival["detail"]


def test_every_step_is_in_the_log(hub: AnIntake) -> None:
    first = hub.submit(good(count=3))
    came_in = ["collection", "collection", "collection"]  # arrived, checked, let in
    assert verbs(hub, first) == came_in
    hub.submit(good(count=4))
    assert verbs(hub, first) == [*came_in, "alteration"]


def test_a_file_name_keeps_no_path_and_no_controls(hub: AnIntake) -> None:
    sent = hub.send(good(), file_name="C:\\data\\May\u202e\n2024.csv")
    assert sent.file_name == "May2024.csv"


def test_a_line_without_end_is_refused_while_it_arrives(hub: AnIntake) -> None:
    permit = hub.create_permit()
    receiving = hub.intake.receive(permit, agency=POLICE, dataset=STREET, period=PERIOD, file_name="x.csv")
    receiving.write(b"x" * 1_000_000)
    with pytest.raises(Refused) as refused:
        receiving.write(b"x" * 1_000_000)
    receiving.abandon()
    assert refused.value.code == "line-too-long"
    assert hub.sealed() == []


def test_an_abandoned_upload_leaves_nothing(hub: AnIntake) -> None:
    receiving = hub.intake.receive(hub.create_permit(), agency=POLICE, dataset=STREET, period=PERIOD, file_name="x.csv")
    receiving.write(good())
    receiving.abandon()
    receiving.abandon()
    assert hub.sealed() == []
    with hub.database.reading() as reading:
        assert hub.intake.listing(reading, hub.uploader()) == ()


def test_a_permit_is_good_for_its_dataset_agency_and_action_only(hub: AnIntake) -> None:
    permit = hub.create_permit()
    with pytest.raises(NotPermitted):
        hub.intake.receive(permit, agency=POLICE, dataset=ISTV, period=PERIOD, file_name="x")
    with pytest.raises(NotFound):
        hub.intake.receive(permit, agency=HOSPITAL, dataset=STREET, period=PERIOD, file_name="x")
    with pytest.raises(Invalid):
        hub.intake.receive(permit, agency=POLICE, dataset=STREET, period="May", file_name="x")
    done = hub.submit(good())
    with hub.database.unit_of_work() as uow, pytest.raises(NotPermitted):
        hub.intake.withdraw(uow, permit, done.id, reason="a test")


def test_an_agreement_that_ended_during_the_upload_lets_nothing_in(hub: AnIntake) -> None:
    receiving = hub.intake.receive(hub.create_permit(), agency=POLICE, dataset=STREET, period=PERIOD, file_name="x.csv")
    receiving.write(good())
    hub.clock.advance(timedelta(days=365 * 20))
    with pytest.raises(NotFound), hub.database.unit_of_work() as uow:
        receiving.complete(uow)
    receiving.abandon()
    assert hub.sealed() == []


def test_another_agencys_submission_does_not_exist_and_the_try_is_logged(hub: AnIntake) -> None:
    done = hub.submit(good())
    stranger = someone(HOSPITAL, "uploader")
    for look in (hub.intake.submission, hub.intake.report, hub.intake.receipt):
        with pytest.raises(NotFound) as absent, hub.database.unit_of_work() as uow:
            look(uow, stranger, done.id)
        with pytest.raises(NotFound) as nowhere, hub.database.unit_of_work() as uow:
            look(uow, stranger, "sub_nowhere")
        assert (absent.value.title, absent.value.code) == (nowhere.value.title, nowhere.value.code)
    with hub.database.reading() as reading:
        assert hub.intake.listing(reading, stranger) == ()
    tries = [one for one in hub.log() if "not-own-agency" in one["detail"]]
    assert [one["outcome"] for one in tries] == ["refused"] * 6


def test_the_report_is_there_once_the_file_is_checked(hub: AnIntake) -> None:
    sent = hub.send(good())
    with pytest.raises(Conflict), hub.database.unit_of_work() as uow:
        hub.intake.report(uow, hub.uploader(), sent.id)
    done = hub.intake.check_apart(sent.id)
    with hub.database.unit_of_work() as uow:
        report = hub.intake.report(uow, hub.uploader(), done.id)
    assert (report.outcome, report.rows, report.file) == (Outcome.ACCEPTED, 3, "extract.csv")


def test_an_agency_reads_back_the_values_a_finding_points_at_and_that_is_logged(hub: AnIntake) -> None:
    rows = rows_of(ISTV, 4)
    rows[1]["assault_method"], rows[3]["assault_method"] = "knife", ""
    rows[2]["assault_method"] = "gun"
    done = hub.submit(csv_of(rows), dataset=ISTV)
    values = hub.intake.cell_values(hub.uploader(ISTV), done.id, code="not-in-code-list", field="assault_method")
    assert [(one.row, one.cell, one.value) for one in values] == [(3, "F3", "knife"), (4, "F4", "gun")]
    assert verbs(hub, done)[-1] == "consultation"
    with pytest.raises(NotFound):
        hub.intake.cell_values(hub.uploader(ISTV), done.id, code="bad-date", field="assault_method")


def test_values_of_a_refused_file_are_gone(hub: AnIntake) -> None:
    done = hub.submit(good(ISTV, 3, assault_location_description=NHS), dataset=ISTV)
    with pytest.raises(Conflict) as conflict:
        hub.intake.cell_values(
            hub.uploader(ISTV), done.id, code="possible-identifier", field="assault_location_description"
        )
    assert conflict.value.code == "not-kept"


def test_a_withdrawn_submission_is_erased_but_not_forgotten(hub: AnIntake) -> None:
    done = hub.submit(good())
    with hub.database.unit_of_work() as uow:
        permit = hub.policy.permit(uow, hub.uploader(), Action.SUBMISSION_WITHDRAW, STREET)
        gone = hub.intake.withdraw(uow, permit, done.id, reason="sent by mistake")
    assert (gone.state, gone.accepted_object, gone.original_object) == (State.WITHDRAWN, "", "")
    assert (gone.sha256, gone.rows) == (done.sha256, done.rows)
    assert hub.sealed() == []
    with hub.database.reading() as reading:
        assert hub.intake.latest_accepted(reading) == ()
        assert hub.intake.withdrawn(reading, {done.id, "sub_other"}) == {done.id}
    assert verbs(hub, done)[-1] == "erasure"
    assert hub.submit(good()).id != done.id


def test_a_withdrawal_needs_a_reason_and_a_file_that_is_kept(hub: AnIntake) -> None:
    done, refused = hub.submit(good()), hub.submit(good(ISTV, 3, assault_location_description=NHS), dataset=ISTV)
    with hub.database.unit_of_work() as uow:
        permit = hub.policy.permit(uow, hub.uploader(), Action.SUBMISSION_WITHDRAW, STREET)
        other = hub.policy.permit(uow, hub.uploader(ISTV), Action.SUBMISSION_WITHDRAW, ISTV)
    with pytest.raises(Conflict), hub.database.unit_of_work() as uow:
        hub.intake.withdraw(uow, permit, done.id, reason=" ")
    with pytest.raises(Conflict), hub.database.unit_of_work() as uow:
        hub.intake.withdraw(uow, other, refused.id, reason="a test")


def test_what_was_left_is_checked_and_what_may_not_be_waits(hub: AnIntake) -> None:
    sent, other = hub.send(good()), hub.send(good(ISTV, 3), dataset=ISTV)
    hub.hub.change("suspend", "ravensbourne-hospital-istv@1", agency=HOSPITAL)
    hub.hub.change("suspend", "ravensbourne-hospital-statistics@1", agency=HOSPITAL)
    assert checked_again(hub.intake, hub.database) == [sent.id]
    assert hub.now(sent).state is State.ACCEPTED
    with hub.database.reading() as reading:
        assert [one.id for one in hub.intake.listing(reading, hub.uploader())] == [sent.id]
    hub.hub.change("resume", "ravensbourne-hospital-istv@1", agency=HOSPITAL)
    assert checked_again(hub.intake, hub.database) == [other.id]


def test_the_log_holds_no_value_and_no_file_name(hub: AnIntake) -> None:
    hub.submit(good(Location="On or near Zaphod Lane"))
    hub.send(good(count=7), file_name="Zaphod.csv")
    assert "Zaphod" not in str(hub.log())


def test_no_state_follows_another_that_it_may_not(hub: AnIntake) -> None:
    done = hub.submit(good())
    with pytest.raises(Bug):
        done.moved(State.RECEIVED)
    assert set(TRANSITIONS) == set(State)


def test_the_states_page_is_what_the_model_says() -> None:
    page = Path(__file__).resolve().parents[3] / "docs" / "reference" / "submission-states.md"
    assert page.read_text(encoding="utf-8") == states_page()
