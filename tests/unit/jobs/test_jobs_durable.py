"""Jobs run in stages, once per subject, and go on after a kill."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.jobs import Jobs, JobState
from hub.kit.errors import Bug, NotFound

PROGRAM = """
import os, sys
from pathlib import Path
from hub.jobs import Jobs

folder, die = Path(sys.argv[1]), sys.argv[2] == "die"

def stage(name):
    def work(subject):
        with (folder / "trace").open("a") as trace:
            trace.write(f"{name}:{subject} ")
        if die and name == "second":
            os._exit(9)
    return work

jobs = Jobs(database_url=f"sqlite:///{folder / 'jobs.sqlite'}")
jobs.register("build", [(name, stage(name)) for name in ("first", "second", "third")])
jobs.launch()
print(jobs.wait(jobs.start("build", "1")).state)
jobs.close()
"""


@pytest.fixture
def jobs(tmp_path: Path) -> Iterator[Jobs]:
    made = Jobs(database_url=f"sqlite:///{tmp_path / 'jobs.sqlite'}")
    yield made
    made.close()


def test_a_job_runs_its_stages_in_order_and_once_per_subject(jobs: Jobs) -> None:
    seen: list[str] = []
    jobs.register(
        "build", [("count", lambda subject: seen.append(f"count {subject}")), ("mask", lambda _: seen.append("mask"))]
    )
    jobs.launch()
    for _ in range(2):
        done = jobs.wait(jobs.start("build", "7"))
    assert seen == ["count 7", "mask"]
    assert (done.state, done.stage, done.stages) == (JobState.DONE, "mask", ("count", "mask"))
    with pytest.raises(Bug):
        jobs.register("late", [])


def test_a_failing_stage_fails_the_job_and_says_where(jobs: Jobs) -> None:
    def fail(_: str) -> None:
        raise RuntimeError("stage failed")

    jobs.register("build", [("count", fail)])
    jobs.launch()
    done = jobs.wait(jobs.start("build", "7"))
    assert (done.state, done.stage) == (JobState.FAILED, "count")


def test_an_unknown_kind_or_job_is_not_found(jobs: Jobs) -> None:
    jobs.register("build", [])
    with pytest.raises(Bug):
        jobs.start("build", "1")
    jobs.launch()
    with pytest.raises(NotFound):
        jobs.start("other", "1")
    with pytest.raises(NotFound):
        jobs.progress("build:absent")


@pytest.mark.fault
def test_a_killed_job_goes_on_at_the_stage_that_had_not_finished(tmp_path: Path) -> None:
    def run(how: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", PROGRAM, str(tmp_path), how], capture_output=True, text=True, timeout=60, check=False
        )

    assert run("die").returncode == 9
    again = run("live")
    assert again.stdout.strip() == "done", again.stderr
    assert (tmp_path / "trace").read_text().split() == ["first:1", "second:1", "second:1", "third:1"]
