"""How far a check is: told by stages and counts, across processes, and gone when the check is."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from hub.app import CheckBoard
from hub.intake import CheckProgress, Stage
from hub.web.pages.stages import check_progress
from tests.support.intake import STREET, an_intake, good


def test_the_stages_come_in_their_order_and_the_fraction_never_falls(tmp_path: Path) -> None:
    hub, heard = an_intake(tmp_path), []
    received = hub.send(good(STREET, 200))
    hub.intake.check_apart(received.id, tell=heard.append)
    order = list(Stage)
    places = [order.index(one.stage) for one in heard]
    assert places == sorted(places)
    assert {one.stage for one in heard} == {Stage.READING, Stage.CHECKING, Stage.SEALING}
    fractions = [one.fraction for one in heard]
    assert fractions == sorted(fractions)
    assert max(one.done for one in heard if one.stage is Stage.READING) > 2 * received.size  # read as often as we say


def test_another_process_reads_how_far_a_check_is_and_nothing_of_the_file(tmp_path: Path) -> None:
    hub = an_intake(tmp_path)
    received = hub.send(good(STREET, 3))
    ours, theirs = CheckBoard(tmp_path), CheckBoard(tmp_path)
    assert theirs.of(received).stage is Stage.RECEIVED
    with ours.teller(received.id) as tell:
        tell(CheckProgress(stage=Stage.CHECKING, done=2, total=5))
        assert theirs.of(received) == CheckProgress(stage=Stage.CHECKING, done=2, total=5)
        (told,) = (tmp_path / "checks").iterdir()
        assert json.loads(told.read_text()) == {"stage": "checking", "done": 2, "total": 5}
    assert theirs.of(received).stage is Stage.RECEIVED
    done = hub.intake.check_apart(received.id)
    assert theirs.of(done).as_json()["fraction"] == 1.0


def test_within_a_stage_little_is_written_and_each_new_stage_is_told_at_once(tmp_path: Path) -> None:
    hub = an_intake(tmp_path)
    received, board = hub.send(good(STREET, 3)), CheckBoard(tmp_path)
    with board.teller(received.id) as tell:
        for done in range(100):
            tell(CheckProgress(stage=Stage.READING, done=done, total=1_000_000))
        assert board.of(received).done < 99
        tell(CheckProgress(stage=Stage.SEALING))
        assert board.of(received).stage is Stage.SEALING


def test_two_that_check_the_same_file_at_once_both_tell_how_far_they_are(tmp_path: Path) -> None:
    board, together = CheckBoard(tmp_path), Barrier(4, timeout=60)

    def check(_: int) -> None:
        with board.teller("sub_1") as tell:
            for _round in range(40):
                together.wait()
                tell(CheckProgress(stage=Stage.READING))
                tell(CheckProgress(stage=Stage.CHECKING))

    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(check, range(4))) == [None] * 4
    assert list((tmp_path / "checks").iterdir()) == []


def test_what_a_killed_check_had_told_is_swept_and_what_is_under_way_stays(tmp_path: Path) -> None:
    hub, board = an_intake(tmp_path), CheckBoard(tmp_path)
    received = hub.send(good(STREET, 3))
    tellers = [board.teller(name) for name in (received.id, "sub_gone")]
    for teller in tellers:
        teller.__enter__()(CheckProgress(stage=Stage.READING))
    (tmp_path / "checks" / "sub_half.1-2.new").touch()
    board.sweep([received.id])
    assert [path.stem for path in (tmp_path / "checks").iterdir()] == [received.id]
    board.sweep([])
    assert list((tmp_path / "checks").iterdir()) == []


@pytest.mark.parametrize(
    ("stage", "states"),
    [
        (Stage.RECEIVED, ["done", "waiting", "waiting", "waiting"]),
        (Stage.CHECKING, ["done", "done", "running", "waiting"]),
        (Stage.SEALING, ["done", "done", "done", "running"]),
    ],
)
def test_the_page_shows_every_stage_and_which_one_is_at_work(stage: Stage, states: list[str]) -> None:
    shown = check_progress(CheckProgress(stage=stage))
    assert shown is not None
    assert [step.state for step in shown.steps] == states
    assert shown.running


def test_the_page_of_a_settled_submission_shows_no_stages() -> None:
    assert check_progress(CheckProgress(stage=Stage.DONE)) is None
