"""The hub erases and reminds of what is due by itself, once a day."""

from __future__ import annotations

import time
from pathlib import Path

from hub.app import Housekeeping, build
from hub.app.work import CHECK, check_subject
from hub.kit.clock import FrozenClock
from hub.settings import Settings


def test_the_days_jobs_run_and_are_not_run_twice(tmp_path: Path) -> None:
    mail = {
        "smtp_url": "smtp://127.0.0.1:1",
        "mail_from": "hub@hub.example",
    }  # nobody is to be reminded: it is not asked
    hub = build(Settings(state=tmp_path, **mail), clock=FrozenClock())
    housekeeping = Housekeeping(hub, first=0, every=0.2)
    housekeeping.start()
    day = hub.clock.now().date().isoformat()
    jobs = [f"{kind}:{day}" for kind in ("retention", "reminders")]
    for _ in range(200):
        time.sleep(0.05)
        try:
            if all(hub.jobs.progress(job).state == "done" for job in jobs):
                break
        except Exception:  # not launched yet
            continue
    housekeeping.stop()
    assert [hub.jobs.progress(job).state for job in jobs] == ["done", "done"]
    hub.close()


def test_a_hub_that_ends_at_once_starts_no_job(tmp_path: Path) -> None:
    hub = build(Settings(state=tmp_path))
    housekeeping = Housekeeping(hub)
    housekeeping.start()
    housekeeping.stop()
    assert not (tmp_path / "jobs.sqlite").exists()
    hub.close()


def test_a_file_is_checked_again_within_the_hour_of_its_first_check(tmp_path: Path) -> None:
    hub, calls = build(Settings(state=tmp_path), clock=FrozenClock()), []
    hub.jobs.register(CHECK, [("check", calls.append)])
    hub.jobs.launch(queued=True)
    first = check_subject(hub, "sub_1")
    assert hub.jobs.wait(hub.jobs.send(CHECK, first)).state == "done"
    second = check_subject(hub, "sub_1")
    assert hub.jobs.wait(hub.jobs.send(CHECK, second)).state == "done"
    hub.close()
    assert calls == [first, second]
