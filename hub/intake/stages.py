"""How far the check of a submission is: a stage and counts, never a value (promise P7)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Stage(StrEnum):
    """The stages of a check, in their order."""

    RECEIVED = "received"
    READING = "reading"
    CHECKING = "checking"
    SEALING = "sealing"
    DONE = "done"


_SHARE = {Stage.RECEIVED: 0.0, Stage.READING: 0.4, Stage.CHECKING: 0.2, Stage.SEALING: 0.4, Stage.DONE: 0.0}
"""What each stage takes of the whole, as measured on large files."""

_PASSES = 3
"""How often the bytes of a delimited file are read: for its encoding, for its layout, for its rows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckProgress:
    """A check under way: `done` of `total` are finished in the stage; `total` is 0 where that cannot be told."""

    stage: Stage
    done: int = 0
    total: int = 0

    @property
    def fraction(self) -> float:
        """How much of the whole is done, between 0 and 1."""
        if self.stage is Stage.DONE:
            return 1.0
        stages = list(Stage)
        before = sum(_SHARE[one] for one in stages[: stages.index(self.stage)])
        within = min(1.0, self.done / self.total) if self.total else 0.0
        return round(before + within * _SHARE[self.stage], 3)

    def as_json(self) -> dict[str, Any]:
        """As the API writes it."""
        return {
            "stage": self.stage.value,
            "stages": [stage.value for stage in Stage],
            "done": self.done,
            "total": self.total,
            "fraction": self.fraction,
        }


Tell = Callable[[CheckProgress], None]
"""Hears how far a check is; called often, from any thread."""


def tell_nobody(_progress: CheckProgress) -> None:
    """For checks that nobody waits for."""


class Watch:
    """Turns what the parts of a check say, a stage here and a count of bytes there, into one progress."""

    def __init__(self, tell: Tell, *, size: int) -> None:
        self._tell = tell
        self._total = size * _PASSES
        self._read = 0
        self._stage = Stage.RECEIVED
        self._lock = threading.Lock()

    def stage(self, name: str, done: int = 0, total: int = 0) -> None:
        """A stage has begun, or is so far."""
        self._stage = Stage(name)
        self._tell(CheckProgress(stage=self._stage, done=done, total=total))

    def read(self, count: int) -> None:
        """So many more bytes of the file were read."""
        with self._lock:
            self._read += count
            read = self._read
        if self._stage is Stage.READING:
            self._tell(CheckProgress(stage=Stage.READING, done=min(read, self._total), total=self._total))
