"""What an upload in parts is: values only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from hub.kit.clock import stamp

MAX_PART = 16 * 2**20
"""The most bytes of one part: what is lost at most when a connection breaks."""

MIN_PART = 2**20
"""The fewest bytes of a part that is not the last: it bounds how many parts a file has."""

MOST_OPEN = 8
"""How many uploads of one agency may be open at a time."""

DAYS_KEPT = 1
"""How long an upload stays open after its last part."""


class UploadState(StrEnum):
    """Where an upload stands."""

    OPEN = "open"
    COMPLETE = "complete"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file that arrives in parts: `received` of its `size` bytes are durable. Holds no value of the file, nor its name.

    `run` and `archive` are what the floor has to know of the parts so far (`hub.vault.Arrived`). `submission` is what it became,
    once it is complete.
    """

    id: str
    agency: str
    dataset: str
    period: str
    size: int
    state: UploadState
    started_by: str
    started_at: datetime
    touched_at: datetime
    received: int = 0
    run: int = 0
    archive: bool = False
    submission: str = ""

    @property
    def expires_at(self) -> datetime:
        """When it is erased if no part comes."""
        return self.touched_at + timedelta(days=DAYS_KEPT)

    def as_json(self) -> dict[str, Any]:
        """The upload as the API writes it."""
        return {
            "id": self.id,
            "dataset": self.dataset,
            "period": self.period,
            "size": self.size,
            "offset": self.received,
            "state": self.state.value,
            "submission": self.submission,
            "expires_at": stamp(self.expires_at) if self.state is UploadState.OPEN else "",
        }
