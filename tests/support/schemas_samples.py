"""One small sample of every agreed dataset: a good row, how rows differ, and faults with what the check must say of them.

The samples stand in `schemas_samples_*.py` beside this module, each of which has a tuple `SAMPLES`; a new file is found
by its name. `tests/unit/schemas/test_schemas_samples.py` checks them all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

PERIOD = "2024-05"
"""The month of the samples."""

_TABULAR = ("blank-required", "bad-type", "bad-format", "bad-date", "out-of-range", "too-long", "not-in-code-list")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A slip in one row: the columns changed, and the code and field of the one finding it must give.

    `tabular`: a Table Schema can say it too, so that Frictionless finds it as well.
    """

    change: Mapping[str, str]
    code: str
    field: str = ""
    tabular: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """`row` breaks no rule and has all agreed columns; `vary(n)` is what tells row n from the others.

    `refused`: a name of a column that may never be sent, as an agency would write it. `months`: the month columns of
    a wide table, which stand in `row` too. `derived`: what the hub must derive from `row`.
    """

    dataset: str
    row: Mapping[str, str]
    vary: Callable[[int], Mapping[str, str]]
    faults: tuple[Fault, ...]
    refused: str
    period: str = PERIOD
    months: tuple[str, ...] = ()
    derived: Mapping[str, str | None] = field(default_factory=dict)

    def rows(self, count: int) -> list[dict[str, str]]:
        """`count` good rows, all different."""
        return [dict(self.row) | self.vary(number) for number in range(count)]

    def dirty(self) -> list[dict[str, str]]:
        """A good row, then one row for each fault, in their order: fault 0 stands in row 3 of the spreadsheet."""
        rows = self.rows(len(self.faults) + 1)
        for row, fault in zip(rows[1:], self.faults, strict=True):
            row.update(fault.change)
        return rows


def _of_partners(module: Any) -> Iterator[Sample]:
    """Samples of a module that gives rows, what differs and dirt by dataset."""
    for dataset, row in module.PARTNER_ROWS.items():
        dirt = module.PARTNER_DIRT.get(dataset, ())
        yield Sample(
            dataset=dataset,
            row=row,
            vary=module.PARTNER_NUMBERED[dataset],
            faults=tuple(
                Fault(change=change, code=code, field=field) for change, code, field in dirt if code in _TABULAR
            ),
            refused="surname",
            derived=module.PARTNER_DERIVED.get(dataset, {}),
        )


@cache
def samples() -> Mapping[str, Sample]:
    """All samples, by dataset."""
    names = sorted(path.stem for path in Path(__file__).parent.glob("schemas_samples_*.py"))
    found: dict[str, Sample] = {}
    for name in names:
        module = import_module(f"tests.support.{name}")
        for one in module.SAMPLES if hasattr(module, "SAMPLES") else _of_partners(module):
            assert one.dataset not in found, f"two samples of {one.dataset}"
            found[one.dataset] = one
    return found
