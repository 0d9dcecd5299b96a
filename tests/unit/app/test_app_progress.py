"""How far the building of a demo is: written by the builder, read by the pages."""

from __future__ import annotations

from pathlib import Path

from hub.app import Progress, ProgressBoard, read_progress, write_progress


def states(folder: Path) -> list[str]:
    return [step.state for step in ProgressBoard(folder).steps()]


def test_without_a_builder_there_is_no_progress(tmp_path: Path) -> None:
    assert read_progress(tmp_path) is None
    assert states(tmp_path) == []


def test_what_is_written_is_read_back_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    for done in (3, 4):
        write_progress(tmp_path, Progress(stage="submissions", done=done, total=9))
    assert read_progress(tmp_path) == Progress(stage="submissions", done=4, total=9)
    assert [path.name for path in tmp_path.iterdir()] == ["progress.json"]


def test_stages_before_are_done_the_present_one_runs_and_counts(tmp_path: Path) -> None:
    write_progress(tmp_path, Progress(stage="submissions", done=4, total=9))
    assert states(tmp_path) == ["done", "done", "running", "waiting", "waiting"]
    running = ProgressBoard(tmp_path).steps()[2]
    assert "4" in running.detail
    assert "9" in running.detail


def test_a_stage_without_a_count_says_none(tmp_path: Path) -> None:
    write_progress(tmp_path, Progress(stage="snapshot"))
    assert ProgressBoard(tmp_path).steps()[3].detail == ""


def test_a_builder_that_stopped_says_where_and_with_which_code(tmp_path: Path) -> None:
    write_progress(tmp_path, Progress(stage="geography", failed="bad-file"))
    assert states(tmp_path) == ["done", "failed", "waiting", "waiting", "waiting"]
    assert ProgressBoard(tmp_path).steps()[1].detail == "bad-file"


def test_a_demo_that_is_whole_shows_no_progress(tmp_path: Path) -> None:
    write_progress(tmp_path, Progress(stage="done"))
    assert states(tmp_path) == []
    progress = read_progress(tmp_path)
    assert progress is not None
    assert progress.complete
