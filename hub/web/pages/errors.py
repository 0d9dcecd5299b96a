"""Pages for what went wrong: no traceback, no data value."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ErrorPage:
    """What happened, the reasons a party may know, how to mend it, and the code."""

    text: str
    reasons: tuple[str, ...] = ()
    remedy: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class AccessibilityPage:
    """The accessibility statement's one figure."""

    minutes: int
