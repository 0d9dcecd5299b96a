"""A file of another encoding is read as UTF-8, at any place and in any pieces."""

from __future__ import annotations

import io
import random

import pytest

from hub.engine import BY_LINE, decoded
from hub.engine.transcoded import Transcoded

TEXT = "".join(random.Random(7).choices("ab,\n£é\u2013€", k=2_500_000))


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


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_any_piece_of_utf_16_is_the_same_piece_of_the_whole(encoding: str) -> None:
    """Pairs of surrogates stand on every border of a block that there is."""
    text = "x" + "\U0001d11e" * 400_000 + TEXT[:400_000]
    turned = Transcoded(io.BytesIO(text.encode(encoding)), encoding)
    same_everywhere(turned, text.encode())


def test_any_piece_of_a_file_of_two_encodings_is_the_same_piece_of_the_whole() -> None:
    lines = [line + "é€\r\n"[: 4 - number % 2] for number, line in enumerate(TEXT[:600_000].split("\n"))]
    mixed = b"".join(line.encode("utf-8" if number % 3 else "windows-1252") for number, line in enumerate(lines))
    same_everywhere(Transcoded(io.BytesIO(mixed), BY_LINE + "windows-1252"), "".join(lines).encode())


def same_everywhere(turned: Transcoded, whole: bytes) -> None:
    chance = random.Random(13)
    assert turned.size == len(whole)
    for _ in range(30):
        place, size = chance.randrange(len(whole)), chance.randrange(1, 300_000)
        turned.seek(place)
        assert turned.read(size) == whole[place : place + size]


@pytest.mark.parametrize(
    ("content", "encoding", "place"),
    [
        (b"a\0b\0c", "utf-16-le", 4),
        ("a\ud834b".encode("utf-16-le", "surrogatepass"), "utf-16-le", 2),
        ("ab\udd1e".encode("utf-16-be", "surrogatepass"), "utf-16-be", 4),
        (b"ab\n\xc3\xa9\nx\x81\n", "utf-8+windows-1252", 7),
        (b"abc\x81", "windows-1252", 3),
    ],
)
@pytest.mark.parametrize("size", [1, 3, 100])
def test_half_a_sign_is_found_at_its_place_and_its_bytes_stay_unsaid(
    content: bytes, encoding: str, place: int, size: int
) -> None:
    pieces = [content[start : start + size] for start in range(0, len(content), size)]
    with pytest.raises(UnicodeDecodeError) as caught:
        list(decoded(pieces, encoding))
    assert (caught.value.start, caught.value.object) == (place, b"")


def test_a_line_of_a_file_of_two_encodings_takes_no_more_memory_than_a_line_may() -> None:
    pieces = decoded((b"x" * 2**20 for _ in range(8)), BY_LINE + "windows-1252")
    assert max(len(piece) for piece in pieces) <= 4 * 2**20
