"""Compare the accepted rows of two files, column by column in the engine.

First whole rows as a multiset: what stands in both is unchanged. What is left is paired by the schema's key: a pair is a changed
row. Rows are told by 128-bit digests of all their values, so that the work does not grow with what they hold.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hub.engine import EngineSession, literal, quoted
from hub.intake.difference import (
    EXAMPLES,
    MOST_MOVES,
    Categories,
    ChangedCell,
    CodeMove,
    Compared,
    FieldChange,
    RowsOfKind,
)
from hub.intake.difference_codes import categories
from hub.schemas import MONTH, ROW_NUMBER, DatasetSchema

_BEFORE, _AFTER = "hub_before", "hub_after"
_LEFT_BEFORE, _LEFT_AFTER = "hub_left_before", "hub_left_after"
_PAIRS = "hub_pairs"
_LONGEST = 200
"""Signs shown of a value."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two files: SQL of its accepted rows, each with its place as `file_row_number`, and the version of the schema that
    they were checked under.
    """

    source: str
    schema: DatasetSchema


def sealed_rows(object_id: str) -> str:
    """SQL of the rows of a sealed object."""
    return f"read_parquet({literal(f'sealed://{object_id}')}, file_row_number=true)"


class Comparison:
    """Two files of one dataset in a session that can read both."""

    def __init__(self, session: EngineSession, before: Side, after: Side) -> None:
        self._session = session
        self._before = before
        self._after = after
        self._fields = tuple(name for name in after.schema.names if name in before.schema.names)
        self._keyed = bool(after.schema.key) and set(after.schema.key) <= set(self._fields)

    def compared(self) -> Compared:
        """What differs, exactly. A key that stands in several rows is paired in the order of the files."""
        self._load(_BEFORE, self._before)
        self._load(_AFTER, self._after)
        self._leave()
        self._pair()
        gone, new = self._months_of_one(_BEFORE, _AFTER), self._months_of_one(_AFTER, _BEFORE)
        before, after, changed = self._count(_BEFORE), self._count(_AFTER), self._count(_PAIRS)
        left_before, left_after = self._count(_LEFT_BEFORE), self._count(_LEFT_AFTER)
        return Compared(
            keyed=self._keyed,
            rows_before=before,
            rows_after=after,
            added=self._lone(_LEFT_AFTER, "after_at", new, left_after - changed),
            changed=RowsOfKind(count=changed, first=self._firsts(f"SELECT after_row FROM {_PAIRS}")),
            withdrawn=self._lone(_LEFT_BEFORE, "before_at", gone, left_before - changed),
            unchanged=after - left_after,
            fields=self._field_changes() if changed else (),
            categories=self._categories() if left_before or left_after else (),
            months_gone=gone,
            months_new=new,
            only_before=tuple(name for name in self._before.schema.names if name not in self._fields),
            only_after=tuple(name for name in self._after.schema.names if name not in self._fields),
        )

    def examples(self) -> tuple[ChangedCell, ...]:
        """The cells that changed in the first changed rows; asked after `compared`. Fields shown to nobody are left out."""
        schema = self._after.schema
        shown = [name for name in self._fields if schema.field(name).shown and name not in schema.case_references]
        if not self._keyed or not shown:
            return ()
        self._session.run(
            f"CREATE TEMP TABLE hub_firsts AS SELECT * FROM {_PAIRS} ORDER BY after_row, after_at LIMIT {EXAMPLES}"
        )
        cells = ", ".join(f"b.{_text(name)}, a.{_text(name)}" for name in shown)
        rows = self._session.rows(
            f"SELECT after_row, before_row, month, {cells} FROM {self._joined('hub_firsts')} ORDER BY after_row, after_at"
        )
        return tuple(
            ChangedCell(
                row=row, row_before=old, month=month or "", field=name, before=_short(before), after=_short(after)
            )
            for row, old, month, *values in rows
            for name, before, after in zip(shown, values[::2], values[1::2], strict=True)
            if before != after
        )

    # ---- inside ----------------------------------------------------------------------------------------------------

    def _load(self, table: str, side: Side) -> None:
        wide = self._after.schema.wide
        key = [*self._after.schema.key, *([wide.month] if wide else [])] if self._keyed else []
        self._session.run(
            f"CREATE TEMP TABLE {table} AS SELECT file_row_number AS spot, {ROW_NUMBER} AS shown, {MONTH} AS month,"
            f" {_digest(key)} AS key, {_digest(self._fields)} AS whole FROM {side.source}"
        )

    def _leave(self) -> None:
        """What is left of either file when equal rows are taken away, one for one."""
        self._session.run(
            "CREATE TEMP TABLE hub_odd AS SELECT whole, coalesce(b.n, 0) AS before, coalesce(a.n, 0) AS after"
            f" FROM (SELECT whole, count(*) AS n FROM {_BEFORE} GROUP BY whole) b"
            f" FULL JOIN (SELECT whole, count(*) AS n FROM {_AFTER} GROUP BY whole) a USING (whole)"
            " WHERE b.n IS DISTINCT FROM a.n"
        )
        for left, table, mine, other in (
            (_LEFT_BEFORE, _BEFORE, "before", "after"),
            (_LEFT_AFTER, _AFTER, "after", "before"),
        ):
            self._session.run(
                f"CREATE TEMP TABLE {left} AS SELECT spot, shown, month, key FROM (SELECT spot, shown, month, key, {other} AS kept,"
                f" row_number() OVER (PARTITION BY whole ORDER BY spot) AS place"
                f" FROM {table} JOIN hub_odd USING (whole) WHERE {mine} > {other}) WHERE place > kept"
            )

    def _pair(self) -> None:
        numbered = "(SELECT *, row_number() OVER (PARTITION BY key ORDER BY spot) AS place FROM {})"
        self._session.run(
            f"CREATE TEMP TABLE {_PAIRS} AS SELECT b.spot AS before_at, a.spot AS after_at, b.shown AS before_row,"
            f" a.shown AS after_row, a.month AS month FROM {numbered.format(_LEFT_BEFORE)} b"
            f" JOIN {numbered.format(_LEFT_AFTER)} a USING (key, place) WHERE {str(self._keyed).lower()}"
        )

    def _field_changes(self) -> tuple[FieldChange, ...]:
        told = ", ".join(f"count_if(b.{_text(name)} IS DISTINCT FROM a.{_text(name)})" for name in self._fields)
        ((*counts,),) = self._session.rows(f"SELECT {told} FROM {self._joined(_PAIRS)}")
        return tuple(
            self._field_change(name, int(count)) for name, count in zip(self._fields, counts, strict=True) if count
        )

    def _field_change(self, name: str, count: int) -> FieldChange:
        field = self._after.schema.field(name)
        if field.codes is None or field.several:
            return FieldChange(field=name, rows=count)
        found = self._session.rows(
            f"SELECT coalesce(b.{_text(name)}, ''), coalesce(a.{_text(name)}, ''), count(*)"
            f" FROM {self._joined(_PAIRS)} WHERE b.{_text(name)} IS DISTINCT FROM a.{_text(name)}"
            " GROUP BY ALL ORDER BY 3 DESC, 1, 2"
        )
        moves = tuple(CodeMove(before=before, after=after, rows=rows) for before, after, rows in found[:MOST_MOVES])
        return FieldChange(field=name, rows=count, moves=moves, more_moves=max(0, len(found) - MOST_MOVES))

    def _joined(self, pairs: str) -> str:
        columns = ", ".join(f"CAST({quoted(name)} AS VARCHAR) AS {_text(name)}" for name in self._fields)
        sides = (f"(SELECT file_row_number, {columns} FROM {side.source})" for side in (self._before, self._after))
        before, after = sides
        return (
            f"{pairs} p JOIN {before} b ON b.file_row_number = p.before_at"
            f" JOIN {after} a ON a.file_row_number = p.after_at"
        )

    def _categories(self) -> tuple[Categories, ...]:
        sources = self._before.source, self._after.source
        return categories(self._session, *sources, self._after.schema, self._fields)

    def _lone(self, left: str, column: str, months: Mapping[str, int], count: int) -> RowsOfKind:
        """The rows of one file alone; those in months that it alone holds are counted apart, and not among the first."""
        alone = f"FROM {left} WHERE spot NOT IN (SELECT {column} FROM {_PAIRS})"
        other = f"month IN ({', '.join(literal(month) for month in months) or 'NULL'})"
        ((apart,),) = self._session.rows(f"SELECT count(*) {alone} AND {other}")
        first = self._firsts(f"SELECT shown {alone} AND {other} IS NOT true")
        return RowsOfKind(count=count, first=first, in_other_months=int(apart))

    def _firsts(self, sql: str) -> tuple[int, ...]:
        """The lowest row numbers; a row of a wide table, which became one a month, is named once."""
        found = self._session.rows(f"SELECT DISTINCT * FROM ({sql}) ORDER BY 1 LIMIT {EXAMPLES}")
        return tuple(int(row) for (row,) in found)

    def _months_of_one(self, one: str, other: str) -> dict[str, int]:
        found = self._session.rows(
            f"SELECT month, count(*) FROM {one} WHERE month NOT IN (SELECT month FROM {other} WHERE month IS NOT NULL)"
            " GROUP BY month ORDER BY month"
        )
        return {str(month): int(rows) for month, rows in found}

    def _count(self, table: str) -> int:
        ((count,),) = self._session.rows(f"SELECT count(*) FROM {table}")
        return int(count)


def _digest(names: Sequence[str]) -> str:
    """SQL of 128 bits of these fields; different values give different ones, blanks included."""
    if not names:
        return "0::UHUGEINT"
    texts = (f"CAST({quoted(name)} AS VARCHAR)" for name in names)
    parts = " || ".join(f"coalesce(length({text}) || ':' || {text}, '-')" for text in texts)
    return f"md5_number({parts})"


def _text(name: str) -> str:
    return quoted(f"text {name}")


def _short(value: str | None) -> str:
    said = value or ""
    return said if len(said) <= _LONGEST else f"{said[: _LONGEST - 1]}…"
