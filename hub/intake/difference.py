"""What differs between two files of one agency: counts, codes and row numbers; never another value of a row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hub.kit.clock import stamp

EXAMPLES = 20
"""Row numbers named of each kind."""

MOST_MOVES = 50
"""Changes from one code to another named of a field, the most frequent first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RowsOfKind:
    """How many rows are of one kind, and the first of them by number as a spreadsheet shows it (the header is row 1).

    `in_other_months`: how many of them are in months that the other file does not hold; none of those is among the first.
    """

    count: int = 0
    first: tuple[int, ...] = ()
    in_other_months: int = 0

    def as_json(self) -> dict[str, Any]:
        """As the API writes it."""
        return {"count": self.count, "in_other_months": self.in_other_months, "first_rows": list(self.first)}


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeMove:
    """So many rows had one code and have another; an empty one is a blank."""

    before: str
    after: str
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChange:
    """In how many of the changed rows a field changed; for a coded field from which code to which.

    `more_moves` counts the pairs of codes beyond MOST_MOVES.
    """

    field: str
    rows: int
    moves: tuple[CodeMove, ...] = ()
    more_moves: int = 0

    def as_json(self) -> dict[str, Any]:
        """As the API writes it."""
        moves = [{"before": one.before, "after": one.after, "rows": one.rows} for one in self.moves]
        return {"field": self.field, "rows": self.rows, "moves": moves, "more_moves": self.more_moves}


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeCount:
    """What is counted of a code in either file: rows, or the sum of the schema's value."""

    code: str
    before: int
    after: int

    def as_json(self) -> dict[str, Any]:
        """As the API writes it."""
        return {"code": self.code, "before": self.before, "after": self.after}


@dataclass(frozen=True, slots=True, kw_only=True)
class Regrouping:
    """What the codes `before` lost is what the codes `after` gained, cell by cell: a split, a merger, or another name.

    `lost` and `gained` are the totals; `apart` is the sum of the cells' differences over `lost`, at most the tolerance.
    """

    before: tuple[CodeCount, ...]
    after: tuple[CodeCount, ...]
    lost: int
    gained: int
    apart: float
    cells: int

    def as_json(self) -> dict[str, Any]:
        """As the API writes it."""
        return {
            "before": [one.as_json() for one in self.before],
            "after": [one.as_json() for one in self.after],
            "lost": self.lost,
            "gained": self.gained,
            "apart": round(self.apart, 4),
            "cells": self.cells,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Categories:
    """Codes of one field that are no longer used, or newly, and what became of them. Only months that both files hold."""

    field: str
    vanished: tuple[CodeCount, ...]
    appeared: tuple[CodeCount, ...]
    regroupings: tuple[Regrouping, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """As the API writes it."""
        return {
            "field": self.field,
            "vanished": [one.as_json() for one in self.vanished],
            "appeared": [one.as_json() for one in self.appeared],
            "regroupings": [one.as_json() for one in self.regroupings],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """The rows of a file against those of an earlier one.

    `keyed`: told apart by the schema's key; without one whole rows are compared, and a changed row is one withdrawn and one
    added. `fields` are those that both versions of the schema have; `only_before` and `only_after` the others.
    `months_gone` and `months_new` (month -> rows) are those that one file alone holds; their rows are counted as
    withdrawn or added too.
    """

    keyed: bool
    rows_before: int
    rows_after: int
    added: RowsOfKind
    changed: RowsOfKind
    withdrawn: RowsOfKind
    unchanged: int
    fields: tuple[FieldChange, ...] = ()
    categories: tuple[Categories, ...] = ()
    months_gone: Mapping[str, int]
    months_new: Mapping[str, int]
    only_before: tuple[str, ...] = ()
    only_after: tuple[str, ...] = ()

    @property
    def is_same(self) -> bool:
        """Whether nothing differs."""
        return not (self.added.count or self.changed.count or self.withdrawn.count)

    def as_json(self) -> dict[str, Any]:
        """As the API writes it. `changed` is null where it cannot be told."""
        return {
            "by": "key" if self.keyed else "whole-row",
            "rows_before": self.rows_before,
            "rows_after": self.rows_after,
            "added": self.added.as_json(),
            "changed": self.changed.as_json() if self.keyed else None,
            "withdrawn": self.withdrawn.as_json(),
            "unchanged": self.unchanged,
            "fields": [one.as_json() for one in self.fields],
            "categories": [one.as_json() for one in self.categories],
            "months_gone": dict(self.months_gone),
            "months_new": dict(self.months_new),
            "fields_only_before": list(self.only_before),
            "fields_only_after": list(self.only_after),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedCell:
    """One cell of a changed row, before and after. Personal data: for an uploader of the agency, stored nowhere.

    `row` and `row_before` are its numbers in either file.
    """

    row: int
    row_before: int
    month: str
    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A submission against an earlier one of the same agency and dataset.

    `examples` are cells of the first changed rows; None for who may not see them.
    """

    submission: str
    against: str
    against_period: str
    against_at: datetime
    compared: Compared
    examples: tuple[ChangedCell, ...] | None = None

    def as_json(self) -> dict[str, Any]:
        """As the API writes it."""
        cells = self.examples
        return {
            "submission": self.submission,
            "against": {"id": self.against, "period": self.against_period, "at": stamp(self.against_at)},
            **self.compared.as_json(),
            "examples": None
            if cells is None
            else [{name: getattr(one, name) for name in ChangedCell.__slots__} for one in cells],
        }
