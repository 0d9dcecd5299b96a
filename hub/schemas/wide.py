"""Tables with one column a month: which columns are months, whether they follow one another, and how they become rows.

A month is *truncated* when it is the first or the last of the table, the table has at least seven months, and its total
over all rows is less than a quarter of the median of the other months' totals, which is 40 or more: the extract was
cut in the middle of that month. A truncated month is not counted.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from statistics import median
from typing import Any

from hub.engine import EngineSession, literal, quoted
from hub.kit.spoken import spoken_month
from hub.kit.words import say
from hub.schemas.findings import Finding, column_letter, finding
from hub.schemas.model import DatasetSchema, Field, Wide
from hub.schemas.period import month_after

FEWEST_OTHERS = 6
"""So many other months must be there before a month can be called truncated."""

TRUNCATED_BELOW = 0.25
"""A month of less than this share of the median of the others is truncated."""

FEWEST_COUNTED = 40
"""So much the median must be: below it a month can be nearly empty by chance."""

MOST_IN_A_CELL = 10_000_000
"""No month of a wide table holds a higher count than this: a longer number is a slip."""

_MONTH = re.compile(r"((?:19|20)[0-9]{2})(0[1-9]|1[0-2])")


def month_columns(record: Sequence[str], schema: DatasetSchema) -> dict[str, str]:
    """The columns that hold a month, in the order of the file, each with its month: `202310` -> `2023-10`.

    A name written like a month that is none, such as `202313`, maps to the empty text.
    """
    if schema.wide is None:
        return {}
    known = set(schema.column_names)
    return {name: _month(name) for name in record if name not in known and re.fullmatch(schema.wide.columns, name)}


def _month(name: str) -> str:
    match = _MONTH.fullmatch(name)
    return f"{match[1]}-{match[2]}" if match else ""


def month_cell(wide: Wide, name: str, sensitivity: str = "P") -> Field:
    """A column of one month as a field: a whole number, 0 included, blank in no row."""
    return Field(
        name=name,
        type="integer",
        title=say("schemas.wide.value") if name == wide.value else name,
        example="12",
        required=True,
        minimum=0,
        maximum=MOST_IN_A_CELL,
        sensitivity=sensitivity,
    )


def month_column_findings(record: Sequence[str], schema: DatasetSchema) -> list[Finding]:
    """What is wrong with the month columns: none, no months, twice, not in order, or with a gap. Any of it stops."""
    if schema.wide is None:
        return []
    months = month_columns(record, schema)
    if not months:
        return [finding("month-columns", rows=[1], message="message-none", remedy="remedy-none", schema=schema.title)]
    unreal = [name for name, month in months.items() if not month]
    if unreal:
        return [_about(record, name, "message-not-a-month") for name in unreal]
    ordered = list(months)
    for before, name in pairwise(ordered):
        expected = month_after(months[before])
        if months[name] != expected:
            message = "message-gap" if months[name] > expected else "message-order"
            return [_about(record, name, message, before=before, missing=_missing(expected, months[name]))]
    return []


def _about(record: Sequence[str], name: str, message: str, **words: str) -> Finding:
    letter = column_letter(list(record).index(name))
    said: dict[str, Any] = {"where": letter, "name": name, **words}
    return finding("month-columns", field=name, rows=[1], cells=[f"{letter}1"], message=message, **said)


def _missing(first: str, before: str) -> str:
    missing = []
    while first < before:
        missing.append(first.replace("-", ""))
        first = month_after(first)
    return ", ".join(missing)


def edition_findings(months: Mapping[str, str], period: str) -> list[Finding]:
    """Whether the edition ends with the month it was sent for. Stops: it would be counted as another edition."""
    if not months or not period or list(months.values())[-1] == period:
        return []
    last = list(months.values())[-1]
    return [
        finding("other-edition", field=list(months)[-1], rows=[1], last=spoken_month(last), period=spoken_month(period))
    ]


def truncated_findings(
    session: EngineSession, relation: str, months: Mapping[str, str], wrong: str, header: Sequence[str]
) -> tuple[list[Finding], frozenset[str]]:
    """The truncated months of the rows that get in: a finding for each, and the names of their columns."""
    if len(months) <= FEWEST_OTHERS:
        return [], frozenset()
    sums = ", ".join(f"coalesce(sum(TRY_CAST({quoted(name)} AS BIGINT)), 0)" for name in months)
    ((*totals,),) = session.rows(f"SELECT {sums} FROM {relation} WHERE NOT coalesce({wrong}, false)")
    by_column = dict(zip(months, totals, strict=True))
    ends = (next(iter(months)), next(reversed(list(months))))
    cut = [name for name in ends if _is_cut(by_column[name], [by_column[other] for other in months if other != name])]
    findings = []
    for name in cut:
        letter = column_letter(list(header).index(name))
        said: dict[str, Any] = {"month": months[name], "counted": f"{int(by_column[name]):,}", "cells": [f"{letter}1"]}
        findings.append(finding("truncated-period", field=name, rows=[1], **said))
    return findings, frozenset(cut)


def _is_cut(total: int, others: Sequence[int]) -> bool:
    usual = median(others)
    return usual >= FEWEST_COUNTED and total < TRUNCATED_BELOW * usual


def unpivoted(wide: Wide, months: Mapping[str, str]) -> dict[str, str]:
    """SQL of the two fields that these month columns become, in one select list: each row of the file once a month."""
    names = ", ".join(literal(month) for month in months.values())
    values = ", ".join(f"TRY_CAST({quoted(column)} AS BIGINT)" for column in months)
    return {wide.month: f"unnest([{names}])", wide.value: f"unnest([{values}])"}
