"""A file of another encoding is read as UTF-8, at any place and in any pieces."""

from __future__ import annotations

import io
import random

import pytest

from hub.engine.transcoded import Transcoded

TEXT = "".join(random.Random(7).choice("ab,\n£é\u2013€") for _ in range(2_500_000))


def test_all_of_it_is_what_python_makes_of_it() -> None:
    turned = Transcoded(io.BytesIO(TEXT.encode("windows-1252")), "windows-1252")
    assert turned.read() == TEXT.encode()
    assert turned.size == len(TEXT.encode())


def test_any_piece_is_the_same_piece_of_the_whole() -> None:
    whole = TEXT.encode()
    turned = Transcoded(io.BytesIO(TEXT.encode("windows-1252")), "windows-1252")
    chance = random.Random(11)
    for _ in range(40):
        place, size = chance.randrange(len(whole) + 10), chance.randrange(1, 300_000)
        turned.seek(place)
        assert turned.read(size) == whole[place : place + size]
    assert turned.tell() <= len(whole) + 10


def test_a_byte_without_a_sign_is_no_text() -> None:
    with pytest.raises(UnicodeDecodeError):
        Transcoded(io.BytesIO(b"a\x81"), "windows-1252")


def test_closing_it_closes_the_file() -> None:
    source = io.BytesIO(b"a")
    Transcoded(source, "windows-1252").close()
    assert source.closed
