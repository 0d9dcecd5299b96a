"""What may be said of a query: one line, short, and nothing that somebody could be known by. Readers of the figure see it."""

from __future__ import annotations

from typing import Final

from hub.kit.words import say
from hub.schemas import identifiers_in_bytes, said_kinds

LONGEST_EXPLANATION: Final = 500
"""Signs of one explanation."""


def on_one_line(text: str) -> str:
    """The text as it is kept: white space of any kind is one space."""
    return " ".join(text.split())


def fault_of(text: str) -> str:
    """Why an explanation cannot be taken, in a sentence; empty where it can. `text` is on one line."""
    if not text or len(text) > LONGEST_EXPLANATION or not text.isprintable():
        return say("intake.bad-explanation", most=LONGEST_EXPLANATION)
    held = identifiers_in_bytes(lambda: [text.encode()])
    return say("intake.explanation-identifies", kinds=said_kinds(sorted(held))) if held else ""
