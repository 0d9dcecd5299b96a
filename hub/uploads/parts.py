"""One part of an upload, under way: sealed as it arrives; acknowledged means durable, else it is absent (promises P6, P7)."""

from __future__ import annotations

from collections.abc import Callable

from hub.db import UnitOfWork
from hub.kit.errors import Invalid
from hub.kit.words import say
from hub.uploads.model import MAX_PART, MIN_PART, Upload
from hub.vault import SealedWriter

Keep = Callable[[UnitOfWork, SealedWriter], Upload]


class ReceivingPart:
    """Takes the bytes of one part. End it with `complete` or `abandon`."""

    def __init__(self, upload: Upload, writer: SealedWriter, keep: Keep) -> None:
        self._upload = upload
        self._writer = writer
        self._keep = keep

    def write(self, chunk: bytes) -> None:
        """Seal more bytes. Invalid: `part-too-large`, `beyond-size`. Refused, the whole file: `line-too-long`, `too-large`."""
        size = self._writer.size + len(chunk)
        if size > MAX_PART:
            remedy = say("uploads.part-too-large-remedy")
            raise Invalid(say("uploads.part-too-large", limit=MAX_PART // 2**20), code="part-too-large", remedy=remedy)
        if self._upload.received + size > self._upload.size:
            raise Invalid(say("uploads.beyond-size"), code="beyond-size", remedy=say("uploads.beyond-size-remedy"))
        self._writer.write(chunk)

    def complete(self, uow: UnitOfWork) -> Upload:
        """The part is whole: keep it, in this transaction. Invalid `part-too-small`; Conflict: another part was quicker."""
        size = self._writer.size
        if size < MIN_PART and self._upload.received + size < self._upload.size:
            raise Invalid(
                say("uploads.part-too-small", limit=MIN_PART // 2**20),
                code="part-too-small",
                remedy=say("uploads.part-too-small-remedy"),
            )
        self._writer.finish()
        return self._keep(uow, self._writer)

    def abandon(self) -> None:
        """The body was cut off or is not taken: nothing of it stays. After `complete`: no effect."""
        if not self._writer.published:
            self._writer.discard()
