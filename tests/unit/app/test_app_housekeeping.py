"""The hub erases what is due by itself, once a day."""

from __future__ import annotations

import time
from pathlib import Path

from hub.app import Housekeeping, build
from hub.settings import Settings


def test_the_days_job_runs_and_is_not_run_twice(tmp_path: Path) -> None:
    hub = build(Settings(state=tmp_path))
    housekeeping = Housekeeping(hub, first=0, every=0.2)
    housekeeping.start()
    job = f"retention:{hub.clock.now().date().isoformat()}"
    for _ in range(200):
        time.sleep(0.05)
        try:
            if hub.jobs.progress(job).state == "done":
                break
        except Exception:  # not launched yet
            continue
    housekeeping.stop()
    assert hub.jobs.progress(job).state == "done"
    hub.close()


def test_a_hub_that_ends_at_once_starts_no_job(tmp_path: Path) -> None:
    hub = build(Settings(state=tmp_path))
    housekeeping = Housekeeping(hub)
    housekeeping.start()
    housekeeping.stop()
    assert not (tmp_path / "jobs.sqlite").exists()
    hub.close()
