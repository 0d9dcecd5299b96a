"""C2SP chunked encryption as Cobblestone-256 (c2sp.org/chunked-encryption): large messages sealed as they arrive, read anywhere.

    key || base nonce || commitment = HKDF-Expand-SHA-512(input key, prefix || "AEAD_AES_256_GCM" || 0x00 || salt || context)
    message = salt (24 bytes) || commitment (32 bytes) || AES-256-GCM of each 16 KiB chunk, nonce = base nonce XOR chunk number

The last chunk is always shorter than 16 KiB, perhaps empty, so a message cut at any place does not open. The commitment ties a
message to one key. Chunk `k` stands at byte `56 + k * 16400`, so any range can be opened without what stands before it.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import NoReturn

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import constant_time, hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from hub.kit.errors import HubError

CHUNK_BYTES = 16 * 1024
TAG_BYTES = 16
SALT_BYTES = 24
HEADER_BYTES = SALT_BYTES + 32
KEY_BYTES = 32
MAX_CHUNKS = 2**38

_SEALED_CHUNK = CHUNK_BYTES + TAG_BYTES
_LABEL = b"c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM\x00"
_NONCE_BYTES = 12

ReadAt = Callable[[int, int], bytes]
"""`read_at(offset, length)`: that many bytes of the sealed message from there; fewer only at its end."""


class SealBroken(HubError):
    """A sealed message does not open: another key or context, or bytes changed, moved, cut off or added."""

    code = "seal-broken"


class Encryptor:
    """Seals one message as it arrives, holding back less than one chunk. Each instance seals once, under a salt of its own."""

    def __init__(self, key: bytes, context: bytes = b"") -> None:
        salt = secrets.token_bytes(SALT_BYTES)
        self._cipher, self._nonce, commitment = _derive(key, salt, context)
        self._out = [salt + commitment]
        self._held = bytearray()
        self._chunks = 0
        self._finished = False

    def update(self, data: bytes | bytearray | memoryview) -> bytes:
        """Take more of the message; the sealed bytes that are ready, perhaps none."""
        if self._finished:
            raise ValueError("the message is finished")
        view = memoryview(data)
        if self._held:
            missing = CHUNK_BYTES - len(self._held)
            self._held += view[:missing]
            view = view[missing:]
            if len(self._held) == CHUNK_BYTES:
                self._seal(bytes(self._held))
                self._held.clear()
        whole = len(view) - len(view) % CHUNK_BYTES
        for start in range(0, whole, CHUNK_BYTES):
            self._seal(view[start : start + CHUNK_BYTES])
        self._held += view[whole:]
        return self._take()

    def finish(self) -> bytes:
        """End the message with its short last chunk."""
        if self._finished:
            raise ValueError("the message is finished")
        self._seal(bytes(self._held))
        self._held.clear()
        self._finished = True
        return self._take()

    def _seal(self, chunk: bytes | memoryview) -> None:
        if self._chunks >= MAX_CHUNKS:
            raise ValueError("a message holds at most 4 PiB")
        self._out.append(self._cipher.encrypt(_nonce(self._nonce, self._chunks), chunk, None))
        self._chunks += 1

    def _take(self) -> bytes:
        out = b"".join(self._out)
        self._out.clear()
        return out


class Decryptor:
    """Opens any range of one sealed message; safe to use from several threads if `read_at` is.

    Making one checks the commitment and the last chunk, so `size` (plaintext bytes) is authenticated: a message that was cut
    short or grew does not get as far as this. Each read authenticates every chunk it touches. All faults are SealBroken.
    """

    def __init__(self, key: bytes, context: bytes, read_at: ReadAt, sealed_size: int) -> None:
        if sealed_size < HEADER_BYTES + TAG_BYTES:
            _broken()
        header = read_at(0, HEADER_BYTES)
        if len(key) != KEY_BYTES or len(header) != HEADER_BYTES:
            _broken()
        self._cipher, self._nonce, commitment = _derive(key, header[:SALT_BYTES], context)
        if not constant_time.bytes_eq(commitment, header[SALT_BYTES:]):
            _broken()
        self._read_at = read_at
        full, rest = divmod(sealed_size - HEADER_BYTES, _SEALED_CHUNK)
        if rest < TAG_BYTES or full >= MAX_CHUNKS:
            _broken()
        self.size = full * CHUNK_BYTES + rest - TAG_BYTES
        self._open(full, 1)

    def read(self, offset: int, length: int) -> bytes:
        """The plaintext bytes from `offset`, `length` of them or as many as there are."""
        end = min(offset + length, self.size)
        if end <= offset:
            return b""
        first = offset // CHUNK_BYTES
        last = (end - 1) // CHUNK_BYTES
        opened = self._open(first, last - first + 1)
        opened[-1] = opened[-1][: end - last * CHUNK_BYTES]
        opened[0] = opened[0][offset - first * CHUNK_BYTES :]
        return b"".join(opened)

    def _open(self, first: int, count: int) -> list[bytes]:
        expected = min(count * CHUNK_BYTES, self.size - first * CHUNK_BYTES) + count * TAG_BYTES
        sealed = memoryview(self._read_at(HEADER_BYTES + first * _SEALED_CHUNK, expected))
        if len(sealed) != expected:
            _broken()
        try:
            return [
                self._cipher.decrypt(
                    _nonce(self._nonce, first + place),
                    sealed[place * _SEALED_CHUNK : (place + 1) * _SEALED_CHUNK],
                    None,
                )
                for place in range(count)
            ]
        except InvalidTag:
            _broken()


def sealed_size(size: int) -> int:
    """How many bytes a message of `size` bytes has once it is sealed."""
    return HEADER_BYTES + size + (size // CHUNK_BYTES + 1) * TAG_BYTES


def _derive(key: bytes, salt: bytes, context: bytes) -> tuple[AESGCM, int, bytes]:
    if len(key) != KEY_BYTES:
        raise ValueError("Cobblestone-256 takes a key of 32 bytes")
    length = KEY_BYTES + _NONCE_BYTES + HEADER_BYTES - SALT_BYTES
    made = HKDFExpand(algorithm=hashes.SHA512(), length=length, info=_LABEL + salt + context).derive(key)
    nonce = int.from_bytes(made[KEY_BYTES : KEY_BYTES + _NONCE_BYTES])
    return AESGCM(made[:KEY_BYTES]), nonce, made[KEY_BYTES + _NONCE_BYTES :]


def _nonce(base: int, chunk: int) -> bytes:
    return (base ^ chunk).to_bytes(_NONCE_BYTES)


def _broken() -> NoReturn:
    raise SealBroken(
        "a sealed object does not open: it was changed, cut short, or sealed under another key",
        remedy="Restore the object from a backup. Nothing of it was used.",
    )
