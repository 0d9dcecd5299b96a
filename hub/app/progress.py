"""How far the building of a demo is: a small file in the state folder, written by the builder, read by the pages. Counts only."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from hub.kit.words import say

STAGES = ("writing", "geography", "submissions", "snapshot", "assessment", "done")


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """`stage` is one of `STAGES`; `done` of `total` are finished in it; `failed` is a code when the builder stopped."""

    stage: str
    done: int = 0
    total: int = 0
    failed: str = ""

    @property
    def complete(self) -> bool:
        """Whether the demo is whole."""
        return self.stage == STAGES[-1]


def read_progress(state: Path) -> Progress | None:
    """What the builder last wrote; None when there is no builder."""
    path = state / "progress.json"
    if not path.exists():
        return None
    return Progress(**json.loads(path.read_text(encoding="utf-8")))


def write_progress(state: Path, progress: Progress) -> None:
    """Replace the file in one step, so that a reader never sees half of it."""
    path = state / "progress.json"
    fresh = path.with_suffix(f".{os.getpid()}.new")
    fresh.write_text(json.dumps(asdict(progress)), encoding="utf-8")
    fresh.replace(path)


@dataclass(frozen=True, slots=True)
class ProgressStep:
    """One stage as a page shows it: `state` is `waiting`, `running`, `done` or `failed`."""

    name: str
    state: str
    detail: str = ""


class ProgressBoard:
    """Reads how far the building of a demo is. Empty when nothing is being built."""

    def __init__(self, state: Path) -> None:
        self._state = state

    def steps(self) -> tuple[ProgressStep, ...]:
        """The stages with their states; nothing when there is no builder or it is done."""
        progress = read_progress(self._state)
        if progress is None or progress.complete:
            return ()
        here = STAGES.index(progress.stage)
        steps = []
        for position, stage in enumerate(STAGES[:-1]):
            state = "done" if position < here else "waiting"
            detail = ""
            if position == here:
                state = "failed" if progress.failed else "running"
                detail = progress.failed or (
                    say("app.progress.of", done=progress.done, total=progress.total) if progress.total else ""
                )
            steps.append(ProgressStep(say(f"app.progress.{stage}"), state, detail))
        return tuple(steps)
