"""Sealed files end when the agreement says; the record and the accepted rows stay."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from hub.intake import State, store
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
