"""How a clean month is spoilt for a visitor to try: rows of true errors, a column that is missing, one that must not be there.

Each spoilt row is spoilt once, so that a report can be held against what was planted. The column is missing in a file of its
own, because a file without it is returned before its rows are looked at.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from nhs_number.validate import is_valid

from hub.synthetic.streams import Streams
from hub.synthetic.table import Table, csv_bytes, repeated


@dataclass(frozen=True, slots=True)
class Spoil:
    """One way to spoil rows: the finding it must raise, in how many rows, which column, and what becomes of its cell."""

    code: str
    rows: int
    column: str
    change: Callable[[str], str]
    only: Callable[[dict[str, str]], bool] = lambda _: True


@dataclass(frozen=True, slots=True)
class Plan:
    """How one dataset's clean month becomes its dirty one."""

    spoils: tuple[Spoil, ...]
    left_out: str
    """A required column that is not there."""
    added: tuple[str, str]
    """A column nobody agreed, and what stands in it."""
    ragged: int = 3
    copies: int = 4
    copies_raise: str = "exact-copies"
    refused: tuple[str, str] | None = None
    """A column that must never come, and what stands in it."""
    nhs_numbers_in: str = ""
    """A text of a health file in which NHS numbers are planted: the file must be refused and not kept."""


@dataclass(frozen=True, slots=True)
class Spoilt:
    """A spoilt file: its bytes, its data records and what was planted in it, by finding code."""

    content: bytes
    rows: int
    planted: dict[str, int]


def to_blank(_: str) -> str:
    """A change: nothing."""
    return ""


def to(text: str) -> Callable[[str], str]:
    """A change: this text whatever stood there."""
    return lambda _: text


def longer(words: str) -> Callable[[str], str]:
    """A change: the cell and some 260 characters of words."""
    return lambda cell: f"{cell} " + words * (1 + 260 // len(words))


def filled(column: str) -> Callable[[dict[str, str]], bool]:
    """A condition: the column is not empty."""
    return lambda row: row[column] != ""


def spoilt(streams: Streams, dataset: str, plan: Plan, clean: Table) -> Spoilt:
    """The clean month with a dozen kinds of errors planted, each in rows of its own."""
    header, rows = list(clean.header), clean.rows()
    order = streams.named("sample", dataset).permutation(len(rows)).tolist()
    planted: Counter[str] = Counter({"extra-column": 1, "ragged-row": plan.ragged})
    untouched = set(order)
    for spoil in plan.spoils:
        column = header.index(spoil.column)
        chosen = _take(spoil, header, rows, (row for row in order if row in untouched))
        for row in chosen:
            rows[row][column] = spoil.change(rows[row][column])
        untouched.difference_update(chosen)
        planted[spoil.code] += len(chosen)
    spare = [row for row in order if row in untouched]
    ragged, copied = spare[: plan.ragged], spare[plan.ragged : plan.ragged + plan.copies]
    name, value = plan.added
    header.append(name)
    for cells in rows:
        cells.append(value)
    for number in ragged:
        rows[number].append("see note")  # as when a comma in a text is not quoted
    rows.extend(list(rows[row]) for row in copied)
    planted[plan.copies_raise] += len(copied)
    return Spoilt(csv_bytes([header, *rows]), len(rows), dict(sorted(planted.items())))


def _take(spoil: Spoil, header: list[str], rows: list[list[str]], candidates: Iterator[int]) -> list[int]:
    fitting = (row for row in candidates if spoil.only(dict(zip(header, rows[row], strict=True))))
    return [row for row, _ in zip(fitting, range(spoil.rows), strict=False)]


def without_a_column(plan: Plan, clean: Table) -> Spoilt:
    """The clean month without a column that the schema needs."""
    kept = {name: column for name, column in zip(clean.header, clean.columns, strict=True) if name != plan.left_out}
    return Spoilt(Table.of(kept).csv(), len(clean), {"missing-column": 1})


def refused(streams: Streams, plan: Plan, clean: Table) -> Spoilt | None:
    """The clean month with what makes it one to refuse: planted NHS numbers or a column that must never come."""
    if plan.nhs_numbers_in:
        return _with_nhs_numbers(streams, plan.nhs_numbers_in, clean)
    if plan.refused is None:
        return None
    name, value = plan.refused
    table = Table((*clean.header, name), (*clean.columns, repeated(value, len(clean))))
    return Spoilt(table.csv(), len(clean), {"refused-field": 1})


def _with_nhs_numbers(streams: Streams, where: str, clean: Table) -> Spoilt:
    """The clean month with NHS numbers of the range kept for tests (999…) in six cells of a text.

    They have valid check digits and belong to nobody.
    """
    rows = clean.rows()
    column = clean.header.index(where)
    rng = streams.named("sample", "nhs-numbers")
    for row in rng.permutation(len(rows))[:6].tolist():
        number = _test_number(rng)
        rows[row][column] += f" (NHS {number[:3]} {number[3:6]} {number[6:]})"
    return Spoilt(csv_bytes([list(clean.header), *rows]), len(rows), {"possible-identifier": 6})


def _test_number(rng: np.random.Generator) -> str:
    while True:  # one in eleven beginnings has no check digit
        start = f"999{int(rng.integers(1_000_000)):06d}"
        for digit in "0123456789":
            if is_valid(start + digit):
                return start + digit
