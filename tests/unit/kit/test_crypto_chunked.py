"""Cobblestone-256 against the public vectors, and against what an attacker does to a file."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterator
from typing import Any

import pytest

from hub.kit.crypto import chunked
from hub.kit.crypto.chunked import CHUNK_BYTES, HEADER_BYTES, TAG_BYTES, Decryptor, Encryptor, SealBroken, sealed_size
from tests.support.shared import shared

KEY = bytes(range(32))


def seal(message: bytes, *, key: bytes = KEY, context: bytes = b"") -> bytes:
    encryptor = Encryptor(key, context)
    return encryptor.update(message) + encryptor.finish()


def opener(sealed: bytes, *, key: bytes = KEY, context: bytes = b"") -> Decryptor:
    return Decryptor(key, context, lambda offset, length: sealed[offset : offset + length], len(sealed))


def vectors() -> list[dict[str, Any]]:
    file = json.loads(shared("vectors/c2sp_chunked_encryption_aes_256_gcm_test.json").read_text())
    return [test for group in file["testGroups"] for test in group["tests"]]


def chunks(decryptor: Decryptor) -> Iterator[bytes]:
    for offset in range(0, decryptor.size, CHUNK_BYTES):
        yield decryptor.read(offset, CHUNK_BYTES)


def whole(case: dict[str, Any]) -> bytes:
    sealed = zlib.decompress(bytes.fromhex(case["ct"]))
    return b"".join(chunks(opener(sealed, key=bytes.fromhex(case["key"]), context=bytes.fromhex(case["ctx"]))))


def test_all_thirty_five_public_vectors_agree() -> None:
    cases = vectors()
    assert len(cases) == 35
    for case in cases:
        if case["result"] == "valid":
            opened = whole(case)
            assert len(opened) == case["msgLength"], case["comment"]
            assert hashlib.sha512(opened).hexdigest() == case["msgSha512"], case["comment"]
        else:
            with pytest.raises(SealBroken):
                whole(case)


def test_a_vector_sealed_anew_under_its_salt_is_the_same_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    for case in vectors():
        if case["result"] != "valid":
            continue
        sealed = zlib.decompress(bytes.fromhex(case["ct"]))
        monkeypatch.setattr(chunked.secrets, "token_bytes", lambda _count, sealed=sealed: sealed[:24])
        again = seal(whole(case), key=bytes.fromhex(case["key"]), context=bytes.fromhex(case["ctx"]))
        assert again == sealed, case["comment"]


@pytest.mark.parametrize("size", [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 5 * CHUNK_BYTES + 7])
def test_what_is_sealed_opens_again_and_its_size_is_known_beforehand(size: int) -> None:
    message = bytes(index % 251 for index in range(size))
    sealed = seal(message)
    assert len(sealed) == sealed_size(size)
    decryptor = opener(sealed)
    assert decryptor.size == size
    assert decryptor.read(0, size) == message
    assert decryptor.read(size, 10) == b""
    assert decryptor.read(3, 5) == message[3:8]


def test_the_sealed_bytes_do_not_depend_on_how_the_message_was_cut_into_writes() -> None:
    message = bytes(index % 253 for index in range(3 * CHUNK_BYTES + 100))
    encryptor = Encryptor(KEY, b"a context")
    parts = [message[:5], message[5:20_000], message[20_000:20_000], message[20_000:]]
    sealed = b"".join(encryptor.update(part) for part in parts) + encryptor.finish()
    assert opener(sealed, context=b"a context").read(0, len(message)) == message


def test_two_seals_of_one_message_share_no_byte_run() -> None:
    one, other = seal(b"x" * 100), seal(b"x" * 100)
    assert one[:24] != other[:24]
    assert one[HEADER_BYTES:] != other[HEADER_BYTES:]


def test_each_flipped_byte_of_header_body_or_tag_is_refused() -> None:
    sealed = seal(b"one small message")
    for place in range(len(sealed)):
        changed = bytearray(sealed)
        changed[place] ^= 1
        with pytest.raises(SealBroken):
            opener(bytes(changed))


def test_a_changed_chunk_in_the_middle_is_refused_when_it_is_read_and_only_then() -> None:
    message = bytes(4 * CHUNK_BYTES)
    changed = bytearray(seal(message))
    changed[HEADER_BYTES + CHUNK_BYTES + TAG_BYTES + 9] ^= 1
    decryptor = opener(bytes(changed))
    assert decryptor.read(0, CHUNK_BYTES) == message[:CHUNK_BYTES]
    with pytest.raises(SealBroken):
        decryptor.read(CHUNK_BYTES, 1)


def test_another_key_another_context_or_a_key_of_another_length_does_not_open() -> None:
    sealed = seal(b"message", context=b"agency|object")
    for key, context in ((bytes(32), b"agency|object"), (KEY, b"agency|other"), (KEY[:31], b"agency|object")):
        with pytest.raises(SealBroken):
            opener(sealed, key=key, context=context)
    with pytest.raises(ValueError, match="32 bytes"):
        Encryptor(KEY[:16])


def test_a_file_that_shrinks_after_it_was_opened_is_refused() -> None:
    sealed = bytearray(seal(bytes(3 * CHUNK_BYTES)))
    decryptor = Decryptor(KEY, b"", lambda offset, length: bytes(sealed[offset : offset + length]), len(sealed))
    del sealed[CHUNK_BYTES:]
    with pytest.raises(SealBroken):
        decryptor.read(CHUNK_BYTES, CHUNK_BYTES)


def test_a_header_that_cannot_be_read_whole_is_refused() -> None:
    sealed = seal(b"message")
    with pytest.raises(SealBroken):
        Decryptor(KEY, b"", lambda _offset, _length: b"", len(sealed))


def test_a_finished_message_takes_no_more() -> None:
    encryptor = Encryptor(KEY)
    encryptor.finish()
    with pytest.raises(ValueError, match="finished"):
        encryptor.update(b"more")
    with pytest.raises(ValueError, match="finished"):
        encryptor.finish()


def test_a_message_of_more_chunks_than_the_counter_has_room_for_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    sealed = seal(bytes(3 * CHUNK_BYTES))
    monkeypatch.setattr(chunked, "MAX_CHUNKS", 2)
    with pytest.raises(ValueError, match="4 PiB"):
        seal(bytes(3 * CHUNK_BYTES))
    with pytest.raises(SealBroken):
        opener(sealed)
