"""Proposals for texts that stand where codes of a list are agreed: which code each may mean, and why in words.

Only numbers written alike, the same words, and slips of spelling are proposed; a person confirms each.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hub.kit.words import say
from hub.schemas.model import Code, Field, plain_name
from hub.schemas.naming import spelt_alike, synonyms, words_of

_SURE, _CLEAR_OF_OTHERS = 0.6, 0.05
_DIGITS = re.compile(r"[0-9]+")
_WORDS = re.compile(r"[^\W\d_]+")
_OF_AGES = frozenset(("years", "year", "yrs", "aged", "age", "plus", "to"))
_DENYING = frozenset(("not", "no", "non", "none", "without", "never", "un"))
_NO_WORDS = frozenset(("and", "or", "the", "of", "a", "to", "over", "under"))


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeProposal:
    """That a text of the file means a code of the field's list. `score` from 0 to 1; `reason` in words."""

    field: str
    text: str
    code: str
    score: float
    reason: str


def code_proposals(field: Field, texts: Iterable[str], *, period: str = "") -> tuple[CodeProposal, ...]:
    """A code for each text that means one clearly; texts that mean none, or several, are left out.

    `period` asks for codes valid in that month; empty for any time.
    """
    if field.codes is None:
        return ()
    valid = set(field.codes.valid_in(period))
    codes = [code for code in field.codes.codes if code.code in valid]
    made = []
    for text in dict.fromkeys(texts):
        if text in valid or not text.strip():
            continue
        scored = sorted(((*_meant(text, code, codes), code.code) for code in codes), key=lambda one: -one[0])
        if not scored or scored[0][0] < _SURE:
            continue
        if len(scored) > 1 and scored[0][0] - scored[1][0] < _CLEAR_OF_OTHERS:
            continue
        score, reason, code = scored[0]
        title = field.codes.title_of(code)
        said = say(f"mapping.code-reason.{reason}", code=code, title=title)
        made.append(CodeProposal(field=field.name, text=text, code=code, score=round(score, 2), reason=said))
    return tuple(made)


def _meant(text: str, code: Code, codes: Sequence[Code]) -> tuple[float, str]:
    plain = plain_name(text)
    number = _as_number(text)
    whole = (
        (1.0, "same", plain == plain_name(code.code)),
        (0.98, "title", plain == plain_name(code.title)),
        (0.96, "number", number is not None and number == _as_number(code.code)),
        (0.94, "meaning", _same_meaning(text, code, codes)),
    )
    for score, reason, holds in whole:
        if plain and holds:
            return score, reason
    if not plain or not _same_digits(text, code):
        return 0.0, ""
    return max(_in_words(text, code), (0.9 * spelt_alike(plain, plain_name(code.title)), "spelt-alike"))


def _as_number(text: str) -> float | None:
    return float(text) if re.fullmatch(r"\s*[0-9]{1,15}(\.0*)?\s*", text, flags=re.ASCII) else None


def _same_meaning(text: str, code: Code, codes: Sequence[Code]) -> bool:
    """`Yes`, `TRUE` and `1` for Y, where no code of the list is written so."""
    said = text.strip().casefold()
    if any(said == one.code.casefold() for one in codes):
        return False
    own = {code.code.casefold(), code.title.casefold()}
    for group in synonyms().codes:
        if said not in group or not own & (group - {"1", "0", "m", "f", "w", "t"}):
            continue
        return not said.isdigit() or {"y", "n"} <= {one.code.casefold() for one in codes}
    return False


def _same_digits(text: str, code: Code) -> bool:
    """Whether the text names the same numbers as the code or its title: `18 - 24` and `18-24`, never `0-17` and `10-17`."""
    said = [int(one) for one in _DIGITS.findall(text)[:9]]
    return said in ([int(one) for one in _DIGITS.findall(name)] for name in (code.code, code.title))


def _in_words(text: str, code: Code) -> tuple[float, str]:
    digits, plain = _DIGITS.findall(text), set(_WORDS.findall(text.casefold()))
    if len("".join(digits)) >= 2 and plain <= _OF_AGES:
        return 0.9, "number"
    said, own = _telling(text), _telling(code.title)
    if not said or not own or (plain & _DENYING) != (set(_WORDS.findall(code.title.casefold())) & _DENYING):
        return 0.0, ""
    common = len(said & own)
    share = 2 * common / (len(said) + len(own))
    return (0.9 * share, "words") if share > 0.5 else (0.0, "")


def _telling(text: str) -> frozenset[str]:
    words = {word for word in _WORDS.findall(text.casefold()) if word not in _NO_WORDS}
    return frozenset(_stem(word) for word in words)


def _stem(word: str) -> str:
    """Good enough to hold `knives` against `knife` and `burglaries` against `burglary`: the longest ending that says nothing."""
    for ending in ("ives", "ies", "ing", "es", "s", "ed", "ife", "y"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return (words_of(word) or (word,))[0] if len(word) < 4 else word
