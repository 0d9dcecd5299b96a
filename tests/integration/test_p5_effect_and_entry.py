"""Promises P5 and P6 under kills: a process ended around a commit leaves effect and entry together, or neither; never half."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.kills import AFTER, BEFORE, JOBS
from tests.support.partnerships import RAVENSBOURNE_QUARTER, made, once

pytestmark = pytest.mark.fault

Killed = dict[tuple[str, str, int], dict[str, Any]]


@pytest.fixture(scope="session")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Every job killed before and after each of its commits, by a process that forks a child for each kill."""
    source = made(RAVENSBOURNE_QUARTER, tmp_path_factory)

    def run(folder: Path) -> None:
        (folder / "work").mkdir()
        command = [sys.executable, "-m", "tests.support.kills", str(source), str(folder / "work")]
        root = Path(__file__).resolve().parents[2]
        ended = subprocess.run(command, capture_output=True, text=True, timeout=900, check=False, cwd=root)
        assert ended.returncode == 0, ended.stderr
        (folder / "told.json").write_text(ended.stdout, encoding="utf-8")

    folder = once(tmp_path_factory, "kills", run)
    return dict(json.loads((folder / "told.json").read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def killed(told: dict[str, Any]) -> Killed:
    return {(one["job"], one["where"], one["commit"]): one for one in told["kills"]}


def of(killed: Killed, job: str, where: str) -> list[dict[str, Any]]:
    """The kills of a job, by the number of the commit."""
    return [one for (name, place, _), one in sorted(killed.items()) if (name, place) == (job, where)]


@pytest.mark.parametrize("where", [BEFORE, AFTER])
@pytest.mark.parametrize("job", JOBS)
def test_effect_and_entry_stand_together_and_the_log_holds(killed: Killed, job: str, where: str) -> None:
    kills = of(killed, job, where)
    assert kills, "the job has no commit"
    for one in kills:
        assert one["problems"] == [], one["commit"]


@pytest.mark.parametrize("job", JOBS)
def test_a_kill_right_before_a_commit_leaves_what_was_there_before(
    told: dict[str, Any], killed: Killed, job: str
) -> None:
    """Neither the effect nor its entry: as if the transaction had not begun."""
    states = [told["fresh"], *(one["left"] for one in of(killed, job, AFTER))]
    for before, one in zip(states, of(killed, job, BEFORE), strict=False):
        assert one["left"] == before, one["commit"]


@pytest.mark.parametrize("job", JOBS)
def test_a_kill_right_after_a_commit_leaves_all_of_it(told: dict[str, Any], killed: Killed, job: str) -> None:
    """Acknowledged or not, what was committed is there with its entry; something is, of every job."""
    last = of(killed, job, AFTER)[-1]["left"]
    assert last["entries"] > told["fresh"]["entries"] or job == "checkpoint"
    effects = {
        "submit": "submissions",
        "part_accepted": "submissions",
        "refused": "destroyed",
        "supersede": "submissions",
        "withdraw": "destroyed",
        "snapshot": "built",
        "assessment": "assessments",
        "look": "disclosures",
        "token": "tokens",
        "suspend": "changes",
        "forget": "destroyed",
    }
    if job in effects:
        assert last[effects[job]] > told["fresh"][effects[job]]


@pytest.mark.parametrize("job", JOBS)
def test_the_next_start_mends_what_was_left_half_way(killed: Killed, job: str) -> None:
    """No submission stays unchecked, no ciphertext that nobody owns stays on disk."""
    for where in (BEFORE, AFTER):
        for one in of(killed, job, where):
            assert one["after_restart"] == [], (where, one["commit"])


@pytest.mark.parametrize("job", JOBS)
def test_the_job_can_be_done_again_after_every_kill(killed: Killed, job: str) -> None:
    for where in (BEFORE, AFTER):
        for one in of(killed, job, where):
            assert one["again"] == [], (where, one["commit"])
