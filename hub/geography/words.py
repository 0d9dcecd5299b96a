"""Places written in words: one normal form, and the longest gazetteer place found in a description."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

_NOT_WORD = re.compile(r"[\W_]+")
_APOSTROPHE = re.compile("['`\u00b4\u2019]")


def normal_place(text: str) -> str:
    """Lower case, apostrophes dropped, everything else that is no letter or digit one space: “St. Mary's ” is `st marys`."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return _NOT_WORD.sub(" ", _APOSTROPHE.sub("", folded)).strip()


def place_in(description: str, gazetteer: Mapping[str, str], *, longest: int) -> str:
    """The LSOA of the longest run of whole words in `description` that the gazetteer knows; empty when none does.

    `gazetteer` maps normal forms to LSOA codes, `longest` is its greatest number of words. Runs of equal length that name different
    LSOAs decide nothing: the place is not guessed.
    """
    words = normal_place(description).split()
    for length in range(min(longest, len(words)), 0, -1):
        found = {
            gazetteer[run]
            for start in range(len(words) - length + 1)
            if (run := " ".join(words[start : start + length])) in gazetteer
        }
        if found:
            return found.pop() if len(found) == 1 else ""
    return ""
