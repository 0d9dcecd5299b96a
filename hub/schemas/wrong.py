"""The rows of a file that break a rule: found once and kept by their numbers, so that what follows asks no rule again."""

from __future__ import annotations

from collections.abc import Sequence

from hub.engine import EngineSession
from hub.schemas.findings import ERROR, Finding, catalogue
from hub.schemas.model import ROW_NUMBER
from hub.schemas.probe import EXTRACT, Hit, any_of

_UNREADABLE = "hub_unreadable"
_WRONG = "hub_wrong"
_NUMBERED_AT_MOST = 1_000_000
"""So many row numbers are kept; beyond that each question asks the rules again, which takes time but no memory."""


def wrong_rows(
    session: EngineSession,
    found: Sequence[Hit],
    identifiers: Sequence[Finding],
    *,
    unreadable: Sequence[int],
    broken_in: str,
) -> tuple[str, int]:
    """SQL that is true for the rows of the extract that do not get in, and how many they are.

    `broken_in` is what `broken_rows` named. The SQL holds for as long as the session does.
    """
    errors = [(probe, count) for probe, count, _ in found if catalogue()[probe.code].severity == ERROR]
    parts = [f"({probe.predicate})" for probe, _ in errors]
    source = broken_in
    if identifiers:
        parts.append(f"({ROW_NUMBER} IN (SELECT {ROW_NUMBER} FROM hub_identified))")
        source = EXTRACT
    if unreadable:
        session.load(_UNREADABLE, {ROW_NUMBER: unreadable})
        parts.append(f"({ROW_NUMBER} IN (SELECT {ROW_NUMBER} FROM {_UNREADABLE}))")
        source = EXTRACT
    if not parts:
        return "false", 0
    wrong = any_of(parts)
    at_most = sum(count for _, count in errors) + sum(one.count for one in identifiers) + len(unreadable)
    if at_most > _NUMBERED_AT_MOST:
        return wrong, _count(session, f"{EXTRACT} WHERE {wrong}")
    session.run(f"CREATE TEMP TABLE {_WRONG} AS SELECT {ROW_NUMBER} FROM {source} WHERE {wrong}")
    return f"({ROW_NUMBER} IN (SELECT {ROW_NUMBER} FROM {_WRONG}))", _count(session, _WRONG)


def _count(session: EngineSession, rows: str) -> int:
    ((count,),) = session.rows(f"SELECT count(*) FROM {rows}")
    return int(count)
