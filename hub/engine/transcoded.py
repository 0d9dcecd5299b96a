"""A file of another encoding, read as UTF-8 at any place, without a copy of it anywhere."""

from __future__ import annotations

import io
from bisect import bisect_right
from typing import BinaryIO

_BLOCK = 1024 * 1024


class Transcoded(io.RawIOBase):
    """The bytes of `source`, written in an encoding of one byte a sign, as the bytes they would be in UTF-8.

    One pass when it is opened tells how long each block becomes; after that only the blocks asked for are turned, and
    the last of them kept. UnicodeDecodeError when the encoding has no sign for a byte.
    """

    def __init__(self, source: BinaryIO, encoding: str) -> None:
        self._source = source
        self._encoding = encoding
        self._starts = [0]
        self._place = 0
        self._kept: tuple[int, bytes] = (-1, b"")
        source.seek(0)
        while block := source.read(_BLOCK):
            self._starts.append(self._starts[-1] + len(self._turned(block)))

    @property
    def size(self) -> int:
        """How many bytes it has in UTF-8."""
        return self._starts[-1]

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place counted from the beginning."""
        if whence != io.SEEK_SET:
            raise io.UnsupportedOperation("only from the beginning")
        self._place = offset
        return offset

    def tell(self) -> int:
        """The place."""
        return self._place

    def read(self, size: int = -1) -> bytes:
        """The next `size` bytes; fewer only at the end."""
        end = self.size if size < 0 else min(self._place + size, self.size)
        parts = []
        while self._place < end:
            number = bisect_right(self._starts, self._place) - 1
            block = self._block(number)
            part = block[self._place - self._starts[number] : end - self._starts[number]]
            parts.append(part)
            self._place += len(part)
        return b"".join(parts)

    def close(self) -> None:
        """Close it and its source."""
        self._source.close()
        super().close()

    def _block(self, number: int) -> bytes:
        kept, block = self._kept
        if kept != number:
            self._source.seek(number * _BLOCK)
            block = self._turned(self._source.read(_BLOCK))
            self._kept = (number, block)
        return block

    def _turned(self, block: bytes) -> bytes:
        return block.decode(self._encoding).encode()
