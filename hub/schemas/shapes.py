"""What values of an agreed form can hold, told from the form alone: `INC-[0-9]{9}` has room for no NHS number.

A form is known here when it is a row of signs and of classes of them, each with how often it stands. Of any other form nothing
is told, and every value is looked at.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from string import ascii_letters, ascii_lowercase, ascii_uppercase, digits

_CLASS = r"\[((?:[A-Za-z0-9]-[A-Za-z0-9]|[A-Za-z0-9/_ -])+)\]"
_ATOM = re.compile(rf"(?:{_CLASS}|\\?([/ -])|([A-Za-z0-9_:]))(?:\{{([0-9]+)(?:,([0-9]+))?\}}|(\?))?")
_MOST_SIGNS = 64
_ROOM = {
    "d": frozenset(digits),
    "l": frozenset(ascii_letters),
    "-": frozenset("/. -"),
    "@": frozenset("@"),
    " ": frozenset(" "),
}
_RANGES = {"0-9": frozenset(digits), "A-Z": frozenset(ascii_uppercase), "a-z": frozenset(ascii_lowercase)}


def signs_of(pattern: str) -> tuple[frozenset[str], ...] | None:
    """For each place of a value the signs that can stand there, all that may be left out among them; None: not known."""
    atoms = _atoms(pattern)
    return None if atoms is None else tuple(signs for signs, _, most in atoms for _ in range(most))


def has_room(signs: Sequence[frozenset[str]], needs: str) -> bool:
    """Whether the signs that something needs can stand in this order, others between them. `needs` is written in d (digit),
    l (letter), - (a mark between parts of a date), @ and the space.
    """
    places = iter(signs)
    return all(any(_ROOM[need] & place for place in places) for need in needs)


def as_glob(pattern: str) -> str | None:
    """The form as what SQL's GLOB takes, where that says the same and is the quicker; None where it does not."""
    atoms = _atoms(pattern)
    if atoms is None:
        return None
    parts = []
    for signs, least, most in atoms:
        name = next((said for said, known in _RANGES.items() if known == signs), "")
        if least != most or (len(signs) > 1 and not name):
            return None
        parts.append((f"[{name}]" if name else next(iter(signs))) * most)
    return "".join(parts)


def _atoms(pattern: str) -> list[tuple[frozenset[str], int, int]] | None:
    """The signs of each part of a form, and how often it stands at least and at most."""
    atoms, place = [], 0
    while place < len(pattern):
        match = _ATOM.match(pattern, place)
        if match is None:
            return None
        place = match.end()
        inside, mark, sign, least, most, optional = match.groups()
        signs = _class(inside) if inside else frozenset(mark or sign)
        low = 0 if optional else int(least or 1)
        atoms.append((signs, low, int(most or (1 if optional else low))))
    return atoms if sum(most for _, _, most in atoms) <= _MOST_SIGNS else None


def _class(inside: str) -> frozenset[str]:
    found: set[str] = set()
    for part in re.findall("[A-Za-z0-9]-[A-Za-z0-9]|.", inside):
        found |= {chr(code) for code in range(ord(part[0]), ord(part[-1]) + 1)}
    return frozenset(found)
