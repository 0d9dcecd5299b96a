import threading

from hub.app import Background
from hub.kit.errors import Conflict
from hub.web.pages.snapshots import build_progress


def test_work_runs_behind_the_page_and_tells_how_far_it_is():
    background, gate, seen = Background(), threading.Event(), threading.Event()

    def work(tell):
        tell(1, 3)
        seen.set()
        gate.wait(5)

    background.start("build", work)
    seen.wait(5)
    progress = build_progress(background.piece("build"))
    assert progress.running
    assert progress.steps[0].detail == "1 of 3 datasets"
    gate.set()
    background.wait("build", 5)
    assert background.piece("build").state == "done"
    assert build_progress(background.piece("build")) is None


def test_the_same_work_is_not_started_twice_at_once():
    background, gate, calls = Background(), threading.Event(), []

    def work(_tell):
        calls.append(1)
        gate.wait(5)

    background.start("check", work)
    background.start("check", work)
    gate.set()
    background.wait("check", 5)
    assert len(calls) == 1


def test_work_that_fails_says_why_only_in_the_hub_s_own_words(caplog):
    background = Background()

    def refused(_tell):
        raise Conflict("nothing may be combined")

    def broken(_tell):
        raise ValueError("row 3 said 943 476 5919")

    for key, work in (("a", refused), ("b", broken)):
        background.start(key, work)
        background.wait(key, 5)
    assert build_progress(background.piece("a")).steps[0].detail == "nothing may be combined"
    assert background.piece("b").why == ""
    assert build_progress(background.piece("b")).failed
    assert "943" not in caplog.text


def test_work_that_keeps_failing_is_not_tried_for_ever():
    background, calls = Background(), []

    def work(_tell):
        calls.append(1)
        raise Conflict("no")

    for _ in range(6):
        background.start("check", work)
        background.wait("check", 5)
    assert len(calls) == 3


def test_there_is_nothing_to_tell_of_work_that_was_never_started():
    background = Background()
    background.wait("nothing", 1)
    assert background.piece("nothing") is None
    assert build_progress(None) is None


def test_work_that_ends_well_is_done_as_often_as_it_is_asked_for():
    background, calls = Background(), []
    for _ in range(5):  # a person may have one file checked again and again
        background.start("check", lambda _tell: calls.append(1))
        background.wait("check", 5)
    assert len(calls) == 5
