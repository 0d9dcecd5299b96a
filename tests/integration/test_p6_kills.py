"""Promises P6 and P7 under kills at any step: a submission is complete or absent, and what was planted is nowhere on disk."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.intake import AnIntake, an_intake, good, traces
from tests.support.intake_seeds import CANARY, JOBS, problems, summary

pytestmark = [pytest.mark.fault, pytest.mark.sqlite]

ROOT = Path(__file__).resolve().parents[2]
SEEDS = range(2, 22)


def kills(folder: Path, *arguments: object) -> list[dict[str, Any]]:
    """What the kills found; each must have found nothing wrong."""
    command = [sys.executable, "-m", "tests.support.intake_seeds", str(folder), *(str(one) for one in arguments)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=1800, check=False, cwd=ROOT)
    assert ended.returncode == 0, ended.stderr
    found = list(json.loads(ended.stdout))
    assert [one for one in found if one["wrong"]] == []
    return found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a hub to copy."""
    (tmp_path / "template").mkdir()
    an_intake(tmp_path / "template").database.close()
    return tmp_path


def test_killed_at_a_step_of_each_job_a_submission_is_complete_or_absent(folder: Path) -> None:
    found = kills(folder, 1)
    assert {one["job"] for one in found} == set(JOBS)
    assert all(one["steps"] > 50 for one in found)


@pytest.mark.slow
def test_killed_at_many_steps_a_submission_is_complete_or_absent(folder: Path) -> None:
    found = kills(folder, *SEEDS)
    assert len(found) == len(JOBS) * len(SEEDS)
    assert len({(one["job"], one["step"]) for one in found}) > 5 * len(SEEDS)


def test_what_a_kill_must_not_leave_would_be_seen(tmp_path: Path) -> None:
    """A row without its entry, an object without its file, a file without its object, a value on disk: each is named."""
    hub = an_intake(tmp_path)
    submission = hub.submit(good(count=5))
    whole = summary(hub)
    assert problems(hub, swept=True) == []

    def spoilt(spoil: Callable[[AnIntake], object]) -> list[str]:
        spoil(hub)
        return problems(hub, swept=True)

    stray = hub.sealed()[0].with_name("obj_stray.sealed")
    assert spoilt(lambda _hub: stray.write_bytes(b"x")) == ["1 files belong to no object"]
    stray.unlink()
    moved = hub.sealed()[0]
    kept = moved.read_bytes()
    assert spoilt(lambda _hub: moved.unlink()) == ["1 objects have no file"]
    moved.write_bytes(kept)
    with hub.database.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM vault_keys WHERE object_id = ?", (submission.accepted_object,))
    assert problems(hub, swept=True) == ["a living object and its key: 2 and 1"]
    assert summary(hub) != whole
    (tmp_path / "left.csv").write_text(CANARY)
    assert traces(tmp_path, CANARY) == ["left.csv"]
