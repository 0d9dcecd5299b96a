"""In which encoding a file is written. What its bytes prove is read so; else likely ones are proposed, and a person says.

encodings_proposed(read_bytes)      likely ones, the likeliest first
ENCODINGS                           those that a person may confirm
"""

from __future__ import annotations

import codecs
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from hub.kit.words import say

Reader = Callable[[], Iterable[bytes]]

UTF8 = "utf-8"
ENCODINGS = (UTF8, "windows-1252", "iso-8859-15", "iso-8859-14", "mac-roman", "cp850", "utf-16-le", "utf-16-be")
"""What a file may be read in, by the names Python knows. None of them has a sign that changes how the others are read."""

ASCII = bytes(range(128))
_LEGACY = ("windows-1252", "iso-8859-15", "iso-8859-14", "mac-roman", "cp850")
_MOST_PROPOSED = 4
_SAMPLE = 128 * 1024
_LETTERS = frozenset("àáâäåæçèéêëìíîïñòóôöøùúûüýÿœšžŵŷẁẃẅỳ")
_SIGNS = frozenset("£€’‘“”–—…•°½¼¾·§©®™²³\u00a0")  # noqa: RUF001 - the very signs are meant
_BOMS = ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


def known_encoding(name: str) -> str:
    """The encoding of that name or of another name for it, as `ENCODINGS` writes it; empty when it is none of them."""
    try:
        meant = codecs.lookup(name).name
    except (LookupError, ValueError):
        return ""
    if meant == "utf-16":
        return "utf-16-le"  # a byte order mark has the last word
    return next((one for one in ENCODINGS if codecs.lookup(one).name == meant), "")


def said_encodings(names: Sequence[str]) -> str:
    """Encodings in words."""
    return say("schemas.encoding.or").join(say(f"schemas.encoding.{name}") for name in names)


def utf16_of(head: bytes) -> str:
    """`utf-16-le` or `utf-16-be` where the first bytes say so: a byte order mark, or every other byte nought."""
    for mark, encoding in _BOMS:
        if head.startswith(mark):
            return encoding
    odd, even = head[1:200:2], head[0:200:2]
    if odd and not any(odd):
        return "utf-16-le"
    return "utf-16-be" if odd and not any(even) else ""


def encodings_proposed(read_bytes: Reader) -> tuple[str, ...]:
    """The encodings that a file may be in, the likeliest first: one alone where its bytes prove it, none where nothing fits.

    Where they do not, each one named has a sign for every byte; those that would give the same text are named once.
    """
    odd, sample = bytearray(), bytearray()
    head, held = b"", b""
    for chunk in read_bytes():
        head += chunk[: 200 - len(head)]
        lines = (held + chunk).splitlines(keepends=True) or [b""]
        held = lines.pop() if len(lines[-1]) < _SAMPLE else b""
        for line in lines:
            _note(line, odd, sample)
    _note(held, odd, sample)
    if utf16_of(head):
        return (utf16_of(head),)
    return _ranked(bytes(odd), bytes(sample)) if odd else (UTF8,)


def _note(line: bytes, odd: bytearray, sample: bytearray) -> None:
    """Of a line that is no UTF-8: its bytes that are not ASCII, each once, and the line itself while there is room."""
    if line.isascii():
        return
    try:
        line.decode()
    except UnicodeDecodeError:
        odd.extend(set(line.translate(None, ASCII)) - set(odd))
        sample.extend(line[: _SAMPLE - len(sample)])


def _ranked(odd: bytes, sample: bytes) -> tuple[str, ...]:
    fitting: dict[str, str] = {}
    for encoding in _LEGACY:
        try:
            signs = bytes(sorted(odd)).decode(encoding)
        except UnicodeDecodeError:
            continue
        if all(sign.isprintable() or sign == "\u00a0" for sign in signs) and signs not in fitting:
            fitting[signs] = encoding
    scores = {encoding: _plausible(sample.decode(encoding, "replace")) for encoding in fitting.values()}
    ranked = sorted(scores, key=lambda encoding: (-scores[encoding], _LEGACY.index(encoding)))
    return tuple(ranked[:_MOST_PROPOSED])


def _plausible(text: str) -> int:
    """How much a text looks like one: signs that are written here, where they are written."""
    seen: Counter[tuple[str, str, str]] = Counter()
    for place, sign in enumerate(text):
        if not sign.isascii():
            seen[text[place - 1 : place], sign, text[place + 1 : place + 2]] += 1
    return sum(count * _fits(*signs) for signs, count in seen.items())


def _fits(before: str, sign: str, after: str) -> int:
    if sign.lower() in _LETTERS:
        amid_digits = before.isdigit() or after.isdigit()
        shouted = sign.isupper() and (before.islower() or (after.islower() and before.isalpha()))
        return -2 if amid_digits or shouted else 3
    if sign in "£€":
        return 3 if after.isdigit() or not before.isalpha() else -1
    return 2 if sign in _SIGNS else -3
