"""Who can see this field, and why?"""

from __future__ import annotations

from dataclasses import dataclass

from hub.web.elements import Fact, Select, Table


@dataclass(frozen=True, slots=True)
class ExplainPage:
    """Each field with its form and the rules behind it; `asked` once a dataset and purpose were chosen."""

    filters: tuple[Select, ...]
    asked: bool
    facts: tuple[Fact, ...] = ()
    reasons: tuple[str, ...] = ()
    table: Table | None = None
