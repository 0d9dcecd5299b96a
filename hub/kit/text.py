"""Free text from people that is kept for good: one rule for all of it."""

from __future__ import annotations

import unicodedata

from hub.kit.errors import Invalid
from hub.kit.words import say

MOST = 1000
"""Characters of a reason, a justification or a title. The log keeps them for ever, and shows them to whoever may read it."""

_NOT_SHOWN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def check_text(text: str) -> str:
    """The text as it is. Invalid `bad-text` when it is longer than `MOST` or holds a character that is not shown.

    Line ends, escape sequences, marks that turn the direction of reading: nobody needs them in a reason, and in a log they make one
    entry look like another.
    """
    if len(text) > MOST:
        raise Invalid(say("kit.text.long", most=MOST), code="bad-text", remedy=say("kit.text.long-remedy"))
    if any(unicodedata.category(one) in _NOT_SHOWN for one in text):
        raise Invalid(say("kit.text.control"), code="bad-text", remedy=say("kit.text.control-remedy"))
    return text
