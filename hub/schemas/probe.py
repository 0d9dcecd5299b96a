"""What to look for in a column: one predicate of SQL, its code and its words; and the looking."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hub.engine import EngineSession, literal
from hub.schemas.findings import SAMPLE
from hub.schemas.model import ROW_NUMBER

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


BROKEN = "hub_broken"
"""Relation of the rows that hits are about, where they are few: `broken_rows` names it."""

_APART_AT_MOST = 200_000
"""So many rows are set apart whole."""

Hit = tuple[Probe, int, tuple[int, ...]]
"""A probe that found something, in how many rows, and the first of them."""


def hits(session: EngineSession, probes: Sequence[Probe], *, apart: bool = False) -> list[Hit]:
    """The probes that found something, each with its exact count and first rows. With `apart` their rows are set apart in a
    table where they are few: see `broken_rows`.
    """
    asked = _screened(session, probes)
    if not asked:
        return []
    counts = ", ".join(f"count_if({probe.predicate})" for probe in asked)
    ((*numbers,),) = session.rows(f"SELECT {counts} FROM {EXTRACT}")
    found = [(probe, count) for probe, count in zip(asked, numbers, strict=True) if count]
    if not found:
        return []
    source = EXTRACT
    if apart and _are_few(count for _, count in found):
        source = BROKEN
        broken = any_of([f"({probe.predicate})" for probe, _ in found])
        session.run(f"CREATE TEMP TABLE {BROKEN} AS SELECT * FROM {EXTRACT} WHERE {broken}")
    firsts = ", ".join(f"min({ROW_NUMBER}, {SAMPLE}) FILTER (WHERE {probe.predicate})" for probe, _ in found)
    ((*samples,),) = session.rows(f"SELECT {firsts} FROM {source}")
    return [(probe, count, tuple(first)) for (probe, count), first in zip(found, samples, strict=True)]


def broken_rows(set_apart: Sequence[Hit], found: Sequence[Hit]) -> str:
    """The relation in which the rows of the hits `found` are: those that were `set_apart` where they are the same and few, else
    the whole extract.
    """
    same = list(set_apart) == list(found)
    return BROKEN if found and same and _are_few(count for _, count, _ in found) else EXTRACT


def any_of(predicates: Sequence[str]) -> str:
    """SQL that is true where any of the predicates is. Each alone may be null: one blank does not hide another's fault."""
    return " OR ".join(f"coalesce({one}, false)" for one in predicates)


def _are_few(counts: Iterable[int]) -> bool:
    return sum(counts) <= _APART_AT_MOST


def _screened(session: EngineSession, probes: Sequence[Probe]) -> list[Probe]:
    """Leave out the code lists whose column has no unknown value: distinct values are few and quickly had."""
    coded = [probe for probe in probes if probe.screen]
    if not coded:
        return list(probes)
    screens = {screen: place for place, screen in enumerate(dict.fromkeys(probe.screen for probe in coded))}
    # materialised, or the engine would ask every row again instead of the distinct values
    values = ", ".join(
        f"hub_values_{place} AS MATERIALIZED ({screen} FROM {EXTRACT})" for screen, place in screens.items()
    )
    unknown = " UNION ALL ".join(
        f"SELECT DISTINCT {place} AS place FROM hub_values_{screens[probe.screen]} WHERE {probe.predicate}"
        for place, probe in enumerate(coded)
    )
    asked = f"WITH {values} {unknown}"
    guilty = {id(coded[place]) for (place,) in session.rows(asked)}
    return [probe for probe in probes if not probe.screen or id(probe) in guilty]


def listed(codes: Iterable[str]) -> str:
    """Texts as a list of SQL, in brackets."""
    return "(" + ", ".join(literal(code) for code in codes) + ")"
