"""A file of another encoding, read as UTF-8 at any place, without a copy of it anywhere.

An encoding is one of one byte a sign, `utf-16-le`, `utf-16-be`, or `utf-8+NAME`: each line UTF-8 if it is UTF-8, else NAME.
No byte is ever replaced or left out: where one has no sign, UnicodeDecodeError says where, counted from the file's beginning.
"""

from __future__ import annotations

import io
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from typing import BinaryIO

BY_LINE = "utf-8+"
"""Before the name of the encoding of those lines that are not UTF-8."""

_BLOCK = 1024 * 1024
_UTF16 = {"utf-16-le": 1, "utf-16-be": 0}  # where in two bytes the high one stands


class Decoder:
    """Bytes to text, piece by piece. UnicodeDecodeError at a byte that is no sign: `start` counts from the first byte of all."""

    def __init__(self, encoding: str) -> None:
        self._encoding = encoding
        self._held = b""
        self._place = 0

    def feed(self, chunk: bytes) -> str:
        """The text of what came so far and has not been given yet; the last bytes may wait for the next chunk."""
        self._held += chunk
        return self._given(_whole(self._held, self._encoding))

    def finish(self) -> str:
        """The rest of it."""
        return self._given(len(self._held))

    def _given(self, cut: int) -> str:
        text = _text(self._held[:cut], self._encoding, self._place)
        self._held, self._place = self._held[cut:], self._place + cut
        return text


def decoded(chunks: Iterable[bytes], encoding: str) -> Iterator[str]:
    """The text of the chunks; errors as those of a `Decoder`."""
    decoder = Decoder(encoding)
    for chunk in chunks:
        yield decoder.feed(chunk)
    yield decoder.finish()


class Transcoded(io.RawIOBase):
    """The bytes of `source` as the bytes they would be in UTF-8.

    One pass when it is opened tells how long each block becomes; after that only the blocks asked for are turned, and
    the last of them kept. UnicodeDecodeError when the encoding has no sign for a byte.
    """

    def __init__(self, source: BinaryIO, encoding: str) -> None:
        self._source = source
        self._encoding = encoding
        self._starts = [0]  # of the blocks in UTF-8
        self._begins = [0]  # of the same blocks in the source
        self._place = 0
        self._kept: tuple[int, bytes] = (-1, b"")
        source.seek(0)
        held = b""
        while block := source.read(_BLOCK):
            held += block
            cut = _whole(held, encoding)
            self._add(held[:cut])
            held = held[cut:]
        self._add(held)

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

    def _add(self, block: bytes) -> None:
        if block:
            turned = _text(block, self._encoding, self._begins[-1]).encode()
            self._starts.append(self._starts[-1] + len(turned))
            self._begins.append(self._begins[-1] + len(block))

    def _block(self, number: int) -> bytes:
        kept, block = self._kept
        if kept != number:
            begin, end = self._begins[number : number + 2]
            self._source.seek(begin)
            block = _text(self._source.read(end - begin), self._encoding, begin).encode()
            self._kept = (number, block)
        return block


def _whole(data: bytes, encoding: str) -> int:
    """How many of the bytes are signs of their own, whatever follows."""
    if encoding in _UTF16:
        cut = len(data) // 2 * 2
        high = data[cut - 2 + _UTF16[encoding]] if cut else 0
        return cut - 2 if 0xD8 <= high <= 0xDB else cut  # the first half of a pair waits for the second
    if encoding.startswith(BY_LINE):
        cut = max(data.rfind(b"\n"), data.rfind(b"\r")) + 1
        return cut or (len(data) if len(data) > 2 * _BLOCK else 0)  # so long a line is no line
    return len(data)


def _text(data: bytes, encoding: str, place: int) -> str:
    try:
        if not encoding.startswith(BY_LINE):
            return data.decode(encoding)
        return _by_line(data, encoding.removeprefix(BY_LINE))
    except UnicodeDecodeError as error:
        start = place + error.start
        raise UnicodeDecodeError(
            encoding, b"", start, start + 1, "no sign"
        ) from None  # the bytes go no further (promise P8)


def _by_line(data: bytes, other: str) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        pass
    lines, place = [], 0
    for line in data.splitlines(keepends=True):
        try:
            lines.append(line.decode())
        except UnicodeDecodeError:
            try:
                lines.append(line.decode(other))
            except UnicodeDecodeError as error:
                start = place + error.start
                raise UnicodeDecodeError(other, b"", start, start + 1, "no sign") from None
        place += len(line)
    return "".join(lines)
