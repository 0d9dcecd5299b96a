"""An upload under way: bytes go straight into a sealed object; acknowledged means durable exactly once (promises P6,
P7).
"""

from __future__ import annotations

from collections.abc import Callable

from hub.db import UnitOfWork
from hub.intake.model import Submission
from hub.vault import SealedWriter

Keep = Callable[[UnitOfWork, SealedWriter], Submission]


class Receiving:
    """Takes the bytes of one file. End it with `complete` or `abandon`; a kill before `complete` leaves nothing that
    opens.
    """

    def __init__(self, writer: SealedWriter, keep: Keep) -> None:
        self._writer = writer
        self._keep = keep

    @property
    def sha256(self) -> str:
        """SHA-256 of the bytes so far, in hexadecimal."""
        return self._writer.sha256

    def write(self, chunk: bytes) -> None:
        """Seal more bytes. Refused while they arrive: `line-too-long`, `too-large`."""
        self._writer.write(chunk)

    def complete(self, uow: UnitOfWork) -> Submission:
        """The file is whole: keep it as a submission, in this transaction. The same bytes for the same month: the one
        there is.
        """
        self._writer.finish()
        return self._keep(uow, self._writer)

    def abandon(self) -> None:
        """The body was cut off or refused: nothing of it stays. After `complete`: no effect."""
        if not self._writer.published:
            self._writer.discard()
