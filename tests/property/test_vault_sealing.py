"""Whatever is sealed opens again, whatever was done to the file in between does not."""

from __future__ import annotations

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from hub.kit.crypto.chunked import CHUNK_BYTES, HEADER_BYTES, TAG_BYTES, Decryptor, Encryptor, SealBroken, sealed_size

KEY = bytes(range(32))
STRIDE = CHUNK_BYTES + TAG_BYTES
SIZES = st.one_of(
    st.integers(0, 100),
    st.sampled_from([CHUNK_BYTES * n + d for n in (1, 2, 3) for d in (-1, 0, 1)]),
    st.integers(0, 70_000),
)


def message_of(size: int) -> bytes:
    return bytes((index * 31 + index // 251) % 256 for index in range(size))


def seal(message: bytes, cuts: list[int] | None = None) -> bytes:
    encryptor, places = Encryptor(KEY, b"context"), [0, *sorted(cuts or []), len(message)]
    written = [encryptor.update(message[begin:end]) for begin, end in itertools.pairwise(places)]
    return b"".join(written) + encryptor.finish()


def opened(sealed: bytes) -> bytes:
    decryptor = Decryptor(KEY, b"context", lambda offset, length: sealed[offset : offset + length], len(sealed))
    return decryptor.read(0, decryptor.size)


def is_refused(sealed: bytes) -> bool:
    try:
        opened(sealed)
    except SealBroken:
        return True
    return False


@given(size=SIZES, data=st.data())
@settings(max_examples=40, deadline=None)
def test_any_cut_into_writes_and_any_range_of_reading_agree_with_the_message(size: int, data: st.DataObject) -> None:
    message = message_of(size)
    sealed = seal(message, data.draw(st.lists(st.integers(0, size), max_size=6)))
    assert len(sealed) == sealed_size(size)
    decryptor = Decryptor(KEY, b"context", lambda offset, length: sealed[offset : offset + length], len(sealed))
    assert decryptor.read(0, size) == message
    begin, length = data.draw(st.integers(0, size + 5)), data.draw(st.integers(0, size + 5))
    assert decryptor.read(begin, length) == message[begin : begin + length]


@given(size=SIZES, data=st.data())
@settings(max_examples=40, deadline=None)
def test_any_flipped_bit_is_refused(size: int, data: st.DataObject) -> None:
    sealed = bytearray(seal(message_of(size)))
    sealed[data.draw(st.integers(0, len(sealed) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    assert is_refused(bytes(sealed))


@given(size=SIZES, data=st.data())
@settings(max_examples=40, deadline=None)
def test_any_truncation_and_any_addition_is_refused(size: int, data: st.DataObject) -> None:
    sealed = seal(message_of(size))
    assert is_refused(sealed[: data.draw(st.integers(0, len(sealed) - 1))])
    assert is_refused(sealed + data.draw(st.binary(min_size=1, max_size=2 * STRIDE)))


@given(chunks=st.integers(2, 4), data=st.data())
@settings(max_examples=30, deadline=None)
def test_any_other_order_of_the_chunks_is_refused(chunks: int, data: st.DataObject) -> None:
    sealed = seal(message_of(chunks * CHUNK_BYTES + 7))
    body = sealed[HEADER_BYTES:]
    pieces = [body[place * STRIDE : (place + 1) * STRIDE] for place in range(chunks + 1)]
    order = data.draw(st.lists(st.integers(0, chunks), min_size=1, max_size=chunks + 2))
    if order != list(range(chunks + 1)):
        assert is_refused(sealed[:HEADER_BYTES] + b"".join(pieces[place] for place in order))


@given(size=SIZES)
@settings(max_examples=20, deadline=None)
def test_two_seals_of_one_message_do_not_mix(size: int) -> None:
    one, other = seal(message_of(size)), seal(message_of(size))
    assert one != other
    assert is_refused(one[:HEADER_BYTES] + other[HEADER_BYTES:])
