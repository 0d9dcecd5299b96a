"""How far checks are, told across processes: a small file for each check under way, in the state folder. Counts only (promise P7).

Not in the database: it is no record of anything, so it has no entry in the log, and a check that tells how far it is must not wait
for a writer. Who does the check writes; pages and the API, of any process over the same state folder, read.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import get_ident

from hub.intake import CheckProgress, Stage, State, Submission, Tell

_BETWEEN = 0.3


class CheckBoard:
    """The checks under way over one state folder."""

    def __init__(self, state: Path) -> None:
        self._folder = state / "checks"

    @contextmanager
    def teller(self, submission: str) -> Iterator[Tell]:
        """For whoever checks the submission, as long as it does: each stage is told, and within a stage a few times a second."""
        told: tuple[Stage | None, float] = (None, 0.0)

        def tell(progress: CheckProgress) -> None:
            nonlocal told
            stage, at = told
            now = time.monotonic()
            if progress.stage is not stage or now - at >= _BETWEEN:
                told = (progress.stage, now)
                self._write(submission, progress)

        try:
            yield tell
        finally:
            self._path(submission).unlink(missing_ok=True)

    def of(self, submission: Submission) -> CheckProgress:
        """How far a submission is: `received` while nobody has begun, `done` once it is settled."""
        if submission.state is not State.RECEIVED:
            return CheckProgress(stage=Stage.DONE)
        try:
            found = json.loads(self._path(submission.id).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return CheckProgress(stage=Stage.RECEIVED)
        return CheckProgress(stage=Stage(found["stage"]), done=found["done"], total=found["total"])

    def sweep(self, under_way: Collection[str]) -> None:
        """Take away what killed processes left of checks that are not under way."""
        for path in self._folder.glob("*"):
            if path.name.partition(".")[0] not in under_way:
                path.unlink(missing_ok=True)

    def _write(self, submission: str, progress: CheckProgress) -> None:
        """Replace the file in one step, so that a reader never sees half of it."""
        self._folder.mkdir(mode=0o700, exist_ok=True)
        path = self._path(submission)
        fresh = path.with_suffix(f".{os.getpid()}-{get_ident()}.new")  # two may check the same file at once
        fresh.write_text(json.dumps({"stage": progress.stage, "done": progress.done, "total": progress.total}))
        fresh.replace(path)

    def _path(self, submission: str) -> Path:
        return self._folder / f"{submission}.json"
