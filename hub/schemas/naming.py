"""How alike two names are, and why: for proposals that a person confirms, never for reading a file by itself.

A likeness is a number from 0 to 1; the reason is a key of the words under `mapping.reason`. What was held against what is
remembered for as long as one file is looked at (`forgetting`), and only short texts are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache, lru_cache
from itertools import pairwise
from math import log
from pathlib import Path
from typing import Any

from hub.kit.data_files import load_yaml
from hub.schemas.model import plain_name

_ASIDE = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|[0-9]+|[#£]")
_FEWEST_OF_A_BEGINNING = 5
_REMEMBERED = 20_000
_LONGEST = 200
_NEAR, _SHORTENED, _SLIPPED = 0.7, 0.85, 0.85
_SHARED = 0.6
_COMMON = 0.8
SAME, SAME_AS_ALIAS, SAME_AS_TITLE, SAME_WORDS = 1.0, 0.98, 0.95, 0.93
CUT_OFF, SPELT_ALIKE = 0.86, 0.95


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike, and the key of the reason; `apart` are two words that cannot mean one field, `but_for` the score without them."""

    score: float
    reason: str = ""
    apart: tuple[str, str] = ("", "")
    but_for: float = 0.0


@dataclass(frozen=True, slots=True)
class Synonyms:
    """Words that mean the same, nearly the same, nothing, or never the same."""

    meaning: Mapping[str, str]
    near: frozenset[frozenset[str]]
    empty: frozenset[str]
    apart: tuple[frozenset[str], ...]
    codes: tuple[frozenset[str], ...]


@cache
def synonyms() -> Synonyms:
    """The words of synonyms.yaml."""
    said: Mapping[str, Any] = load_yaml((Path(__file__).parent / "synonyms.yaml").read_text(encoding="utf-8"))
    return Synonyms(
        meaning={word: group[0] for group in reversed(said["same"]) for word in group},
        near=frozenset(frozenset(pair) for pair in said["near"]),
        empty=frozenset(said["empty"]),
        apart=tuple(frozenset(group) for group in said["apart"]),
        codes=tuple(frozenset(group) for group in said["codes"]),
    )


@contextmanager
def forgetting() -> Iterator[None]:
    """Nothing of the names and texts that are held against each other within stays in memory: the file may be erased."""
    try:
        yield
    finally:
        for remembered in (_words_of, _spelt_alike, _alike):
            remembered.cache_clear()


def words_of(name: str) -> tuple[str, ...]:
    """The words of a name, each by its meaning: `IncidentNo`, `incident_number` and `INCIDENT REF` are all the same. A longer
    name than any field has is told by its beginning.
    """
    return _words_of(name[:_LONGEST])


@lru_cache(maxsize=_REMEMBERED)
def _words_of(name: str) -> tuple[str, ...]:
    known = synonyms()
    said = [word.casefold() for word in _WORD.findall(_ASIDE.sub(" ", name)) or _WORD.findall(name)]
    joined = [known.meaning.get(word) or known.meaning.get(_one_of(word), _one_of(word)) for word in _joined(said)]
    return tuple(word for word in joined if word not in known.empty) or tuple(joined)


def _one_of(word: str) -> str:
    """`vehicle` for `vehicles`."""
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")) else word


def _joined(words: Sequence[str]) -> list[str]:
    """`date time` is one word."""
    made: list[str] = []
    for word in words:
        if made and {made[-1], word} in ({"date", "time"}, {"dt", "tm"}, {"dt", "time"}, {"date", "tm"}):
            made[-1] = "datetime"
        else:
            made.append(word)
    return made


class Names:
    """The names of one set of fields, to hold other names against. Words that many fields share weigh little."""

    def __init__(self, fields: Iterable[tuple[str, str, Sequence[str]]]) -> None:
        """Each field: its name, its title, its earlier names."""
        self._plain: dict[str, tuple[str, str, frozenset[str]]] = {}
        self._words: dict[str, tuple[frozenset[str], frozenset[str]]] = {}
        for name, title, aliases in fields:
            self._plain[name] = (plain_name(name), plain_name(title), frozenset(map(plain_name, aliases)))
            self._words[name] = (frozenset(words_of(name)), frozenset(words_of(title)))
        self._many = max(len(self._words), 1)
        self._holding: dict[str, int] = {}
        self._several: dict[frozenset[str], bool] = {}
        for own, _ in self._words.values():
            for word in own:
                self._holding[word] = self._holding.get(word, 0) + 1

    def likeness(self, other: str, name: str) -> Likeness:
        """How like the field `name` another name is."""
        plain, own = plain_name(other), self._plain[name]
        whole = _whole(plain, own)
        if whole.score >= SAME_AS_TITLE:
            return whole
        words = frozenset(words_of(other))
        apart = _apart(words, self._words[name])
        shared = max(self._shared(words, self._words[name][0]), 0.95 * self._shared(words, self._words[name][1]))
        if apart != ("", ""):
            return Likeness(0.0, "apart", apart, max(whole.score, 0.9 * shared))
        if words == self._words[name][0]:
            return Likeness(SAME_WORDS, "same-words")
        if self._within_several(words):
            shared *= _COMMON
        return max(whole, Likeness(0.9 * shared, "shared-words"), key=lambda one: one.score)

    def _within_several(self, words: frozenset[str]) -> bool:
        """Whether several fields have all these words: `date` says nothing where there are two dates."""
        if words not in self._several:
            self._several[words] = sum(words <= (own | title) for own, title in self._words.values()) > 1
        return self._several[words]

    def _shared(self, words: frozenset[str], field: frozenset[str]) -> float:
        """The weight of the words in common as a share of all words of both."""
        if not words or not field:
            return 0.0
        best = {word: max((_alike(word, one) for one in field), default=0.0) for word in words}
        back = {word: max((_alike(word, one) for one in words), default=0.0) for word in field}
        said = sum(self._weight(word) * best[word] for word in words)
        heard = sum(self._weight(word) * back[word] for word in field)
        whole = sum(map(self._weight, words)) + sum(map(self._weight, field))
        return (said + heard) / whole

    def _weight(self, word: str) -> float:
        return log(1 + self._many / self._holding.get(word, 1)) + 0.2


def _whole(plain: str, own: tuple[str, str, frozenset[str]]) -> Likeness:
    """The names as wholes: the same, cut off, or spelt alike."""
    name, title, aliases = own
    same = (
        (plain == name, SAME, "same-name"),
        (plain in aliases, SAME_AS_ALIAS, "alias"),
        (plain == title, SAME_AS_TITLE, "title"),
    )
    for holds, score, reason in same:
        if holds:
            return Likeness(score, reason)
    if len(plain) >= _FEWEST_OF_A_BEGINNING and name.startswith(plain):
        return Likeness(CUT_OFF, "cut-off")
    spelt = spelt_alike(plain, name)
    if spelt >= 0.8 and _digits(plain) == _digits(name):
        return Likeness(SPELT_ALIKE * spelt, "spelt-alike")
    if len(plain) >= 4 and _shortens(plain, name):
        return Likeness(0.7, "short-form")
    return Likeness(0.0)


def spelt_alike(one: str, other: str) -> float:
    """The share of letters two texts have in common, in order; 0 where they are short, of different length, or longer than any
    name.
    """
    lengths = sorted((len(one), len(other)))
    if lengths[0] < 4 or lengths[1] - lengths[0] > 3 or lengths[1] > _LONGEST:
        return 0.0
    return _spelt_alike(one, other)


@lru_cache(maxsize=_REMEMBERED)
def _spelt_alike(one: str, other: str) -> float:
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return matcher.ratio() if matcher.quick_ratio() >= 0.8 else 0.0


@lru_cache(maxsize=_REMEMBERED)
def _alike(one: str, other: str) -> float:
    """How far two words mean the same."""
    if one == other:
        return 1.0
    if one.isdigit() or other.isdigit():
        return 0.0
    if frozenset((one, other)) in synonyms().near:
        return _NEAR
    if _shortens(one, other) or _shortens(other, one):
        return _SHORTENED
    return _SLIPPED if min(len(one), len(other)) >= 5 and spelt_alike(one, other) >= 0.8 else 0.0


def _shortens(short: str, word: str) -> bool:
    """Whether the letters of `short` stand in `word` in this order, from its first: `incdnt`, `inc` for `incident`."""
    if len(short) < 3 or len(short) >= len(word) or short[0] != word[0]:
        return False
    if word.startswith(short):
        return True
    left = iter(word)
    return len(short) >= 0.4 * len(word) and all(letter in left for letter in short)


def _apart(words: frozenset[str], field: tuple[frozenset[str], frozenset[str]]) -> tuple[str, str]:
    """A word of each that cannot mean one field: other units, other ends of a range, other numbers."""
    own = field[0] | field[1]
    for group in synonyms().apart:
        mine, theirs = words & group, own & group
        if mine and theirs and not mine & theirs:
            return min(mine), min(theirs)
    mine, theirs = (frozenset(word for word in one if word.isdigit()) for one in (words, field[0]))
    if mine and theirs and not mine & theirs:
        return min(mine), min(theirs)
    return "", ""


def _digits(name: str) -> str:
    return "".join(sign for sign in name if sign.isdigit())


def without_what_all_share(names: Sequence[str]) -> dict[str, str]:
    """Each name without a beginning that most names have: `MPS_Ward`, `MPS_Month`, `MPS_Code` are `Ward`, `Month`, `Code`. What is
    left must still be a name: `Question 1` stays whole.
    """
    begun: dict[str, int] = {}
    for name in names:
        for cut in _cuts(name):
            begun[name[:cut].casefold()] = begun.get(name[:cut].casefold(), 0) + 1
    enough = max(3, _SHARED * len(names))
    common = max((one for one, count in begun.items() if count >= enough), key=len, default="")
    left = {name: name[len(common) :] for name in names if common and name.casefold().startswith(common)}
    return {name: rest if any(map(str.isalpha, rest := left.get(name, ""))) else name for name in names}


def _cuts(name: str) -> list[int]:
    """Where a beginning of a name may end: behind a sign, or before a capital."""
    return [
        place + 1
        for place, (left, right) in enumerate(pairwise(name))
        if (not left.isalnum() and right.isalnum()) or (left.islower() and right.isupper())
    ]
