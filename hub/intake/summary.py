"""What an extract holds, in counts: made column by column at the check, and kept sealed with the accepted rows.

A summary is compared with the agency's own later months, and shown to nobody else. It holds counts, codes of agreed lists
and wards, never a text that somebody wrote. It is written into the sealed object of the accepted rows (no row of the
database, no file of its own), so that erasing the rows erases it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hub.engine import EngineSession, literal, quoted
from hub.schemas import MONTH, Checked, DatasetSchema

MOST_MONTHS = 37
"""So many months of an edition are kept in its summary: three years, and the month before."""

MOST_CODES = 400
"""A field with more codes than this in a file is not compared by its mix."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthCounts:
    """One month of an extract. `rows`: records; `counted`: records, or the sum of the schema's `value`.

    `blanks`: rows without a value, for each field that may be blank. `mix`: for each coded field, how much is counted of each of
    its codes.
    """

    rows: int
    counted: int
    blanks: Mapping[str, int] = field(default_factory=dict)
    mix: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """An extract in counts: its months (`2026-10`), and the rows in each ward, `outside` and `unlocated`."""

    months: Mapping[str, MonthCounts]
    places: Mapping[str, int] = field(default_factory=dict)

    def as_text(self) -> str:
        """The summary as JSON."""
        months = {
            month: {"rows": one.rows, "counted": one.counted, "blanks": one.blanks, "mix": one.mix}
            for month, one in self.months.items()
        }
        return json.dumps({"months": months, "places": self.places}, separators=(",", ":"))

    @classmethod
    def from_text(cls, text: str) -> Summary:
        """The summary that `as_text` wrote."""
        document = json.loads(text)
        months = {month: MonthCounts(**one) for month, one in document["months"].items()}
        return cls(months=months, places=document["places"])


def summarised(session: EngineSession, schema: DatasetSchema, checked: Checked) -> Summary:
    """The accepted rows of a checked file in counts. Rows whose month is not known are in none."""
    blanks = [one.name for one in schema.fields if not one.required and one.derived is None]
    made: dict[str, dict[str, Any]] = {}
    for row in _totals(session, schema, checked.accepted, blanks):
        month, rows, counted, *filled = row
        held = {name: int(rows - count) for name, count in zip(blanks, filled, strict=True)}
        made[str(month)] = {"rows": int(rows), "counted": int(counted), "blanks": held, "mix": {}}
    kept = sorted(made)[-MOST_MONTHS:]
    for month, name, mix in _mixes(session, schema, checked.accepted, sorted(made)):
        if month in kept and len(mix) <= MOST_CODES:
            made[month]["mix"][name] = mix
    return Summary(months={month: MonthCounts(**made[month]) for month in kept}, places=checked.places)


def _totals(session: EngineSession, schema: DatasetSchema, relation: str, blanks: list[str]) -> list[tuple[Any, ...]]:
    filled = "".join(f", count({quoted(name)})" for name in blanks)
    return session.rows(
        f"SELECT {MONTH}, count(*), {_weight(schema)}{filled} FROM {relation} WHERE {MONTH} IS NOT NULL GROUP BY {MONTH}"
    )


def _mixes(
    session: EngineSession, schema: DatasetSchema, relation: str, months: Sequence[str]
) -> list[tuple[str, str, dict[str, int]]]:
    """(month, field, codes with what is counted of them), of the fields whose values are codes of a list."""
    coded = [one for one in schema.fields if one.codes is not None and not one.several]
    if not coded or not months:
        return []
    names = [quoted(one.name) for one in coded]
    # one month needs no grouping by it, and a column alone is grouped by its distinct values
    month, by_month = (literal(months[0]), "") if len(months) == 1 else (MONTH, f"{MONTH}, ")
    sets = ", ".join(f"({by_month}{name})" for name in names)
    found = session.rows(
        f"SELECT {month}, {', '.join(names)}, {', '.join(f'grouping({name})' for name in names)}, {_weight(schema)}"
        f" FROM {relation} WHERE {MONTH} IS NOT NULL GROUP BY GROUPING SETS ({sets})"
    )
    mixes: dict[tuple[str, str], dict[str, int]] = {}
    for when, *rest in found:
        values, folded, counted = rest[: len(coded)], rest[len(coded) : -1], rest[-1]
        place = folded.index(0)
        if values[place] is not None and counted:
            mixes.setdefault((str(when), coded[place].name), {})[str(values[place])] = int(counted)
    return [(when, name, dict(sorted(mix.items()))) for (when, name), mix in sorted(mixes.items())]


def _weight(schema: DatasetSchema) -> str:
    return f"coalesce(sum({quoted(schema.value)}), 0)::BIGINT" if schema.value else "count(*)"
