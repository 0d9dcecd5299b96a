"""What to look for in a column: one predicate of SQL, its code and its words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from hub.engine import literal

EXTRACT = "hub_extract"
"""Relation of a file's rows as text: one column a column of the file, blanks null, and `hub_row`."""


@dataclass(frozen=True, slots=True)
class Probe:
    """One thing to look for: the finding's code, the column it is about (or empty), the SQL that is true where it is,
    and its words.
    """

    code: str
    field: str
    predicate: str
    words: Mapping[str, Any]
    screen: str = ""  # a cheaper question over distinct values: when it finds none, the predicate finds none


def listed(codes: Iterable[str]) -> str:
    """Texts as a list of SQL, in brackets."""
    return "(" + ", ".join(literal(code) for code in codes) + ")"
