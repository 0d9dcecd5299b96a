"""The landing page: what a person should do today, and where they may go."""

from __future__ import annotations

from dataclasses import dataclass

from hub.web.elements import Card, Progress


@dataclass(frozen=True, slots=True)
class HomePage:
    """Things that are due first, then the places this person's roles open."""

    who: str
    due: tuple[Card, ...]
    places: tuple[Card, ...]
    nothing: str
    progress: Progress | None = None
