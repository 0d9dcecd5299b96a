"""Sealed files end when the agreement says; the record and the accepted rows stay."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from hub.intake import State, Submission, store
from hub.kit.authority import Action
from tests.support.intake import AnIntake, an_intake, good


@pytest.fixture
def hub(tmp_path: Path) -> AnIntake:
    return an_intake(tmp_path)


def test_an_accepted_files_original_ends_with_the_re_check_period(hub: AnIntake) -> None:
    done = hub.submit(good(count=3, Month="May"))
    assert (done.state, len(hub.sealed())) == (State.PART_ACCEPTED, 3)
    hub.clock.advance(timedelta(days=29))
    assert hub.intake.forget_due() == []
    hub.clock.advance(timedelta(days=1))
    assert hub.intake.forget_due() == [done.id]
    now = hub.now(done)
    assert (now.state, now.original_object, now.quarantine_object) == (State.PART_ACCEPTED, "", "")
    assert (now.accepted_object, now.sha256, now.accepted_rows) == (done.accepted_object, done.sha256, 2)
    assert len(hub.sealed()) == 1
    assert hub.intake.forget_due() == []


def test_a_returned_file_ends_when_its_days_for_mending_are_over(hub: AnIntake) -> None:
    done = hub.submit(good().replace(b"Crime type", b"Kind", 1))
    hub.clock.advance(timedelta(days=30))
    assert hub.intake.forget_due() == [done.id]
    assert hub.sealed() == []
    assert hub.now(done).state is State.RETURNED
    assert [one["verb"] for one in hub.log() if one["subject"] == f"submission/{done.id}"][-1] == "erasure"


def test_a_file_that_is_not_checked_yet_stays(hub: AnIntake) -> None:
    hub.send(good())
    hub.clock.advance(timedelta(days=400))
    assert hub.intake.forget_due() == []


def test_a_file_that_nobody_let_in_loses_its_name_with_its_rows(hub: AnIntake) -> None:
    done = hub.intake.check_apart(hub.send(good(), attestation="").id)
    hub.clock.advance(timedelta(days=30))
    assert hub.intake.forget_due() == [done.id]
    with hub.database.reading() as reading:
        report = store.report_of(reading, done.id)
    assert report is not None
    assert (hub.now(done).state, hub.now(done).file_name, report.file) == (State.WITHDRAWN, "", "")
    erased = [one["detail"] for one in hub.log() if one["subject"] == f"submission/{done.id}"]
    assert '"state":"withdrawn"' in erased[-1]


def undone(hub: AnIntake, done: Submission) -> None:
    with hub.database.unit_of_work() as uow:
        permit = hub.policy.permit(uow, hub.uploader(), Action.SUBMISSION_WITHDRAW, done.dataset)
    with hub.database.unit_of_work() as uow:
        hub.intake.undo(uow, permit, done.id)


def test_a_file_whose_acceptance_was_undone_has_its_days_from_then(hub: AnIntake) -> None:
    done = hub.submit(good())
    hub.clock.advance(timedelta(days=25))
    undone(hub, done)
    hub.clock.advance(timedelta(days=2))
    assert hub.intake.forget_due() == []
    hub.clock.advance(timedelta(days=29))
    assert hub.intake.forget_due() == [done.id]
    assert (hub.now(done).state, hub.sealed()) == (State.WITHDRAWN, [])


def test_rows_whose_original_is_gone_are_erased_all_the_same_when_nobody_lets_them_in_again(hub: AnIntake) -> None:
    done = hub.submit(good())
    hub.clock.advance(timedelta(days=40))
    assert hub.intake.forget_due() == [done.id]
    undone(hub, done)
    assert hub.now(done).original_object == ""
    hub.clock.advance(timedelta(days=40))
    assert hub.intake.forget_due() == [done.id]
    assert (hub.now(done).state, hub.sealed()) == (State.WITHDRAWN, [])
