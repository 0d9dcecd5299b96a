"""The quarters of CDA 1998 s.17A: what SI 2007/1831 makes an agency share, and how far the hub holds it. Pure.

Each set is due by the end of the quarter after the one it relates to (reg 4). The duty binds whatever agreements say;
here it is told from what is in the hub, for the datasets that carry a set. As of the date in
`schemas/prescribed-information.yaml`; a lawyer confirms.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from hub.intake.calendar import Arrival
from hub.intake.periods import QUARTER, Span, span_with
from hub.schemas import PrescribedSet

Holds = Callable[[str, str], bool]
"""Whether something counts for a dataset (first) in a month (second)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatutoryLine:
    """One prescribed set for one quarter. `carried_by`: the datasets of the agency, agreed here, that carry it; none:
    the hub cannot tell, and the set has to be shared another way. `missing`: months that the best of them lacks. `gap`:
    what none carries.
    """

    item: int
    prescribed: str
    quarter: Span
    due_on: date
    state: Arrival
    days_late: int = 0
    carried_by: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    gap: str = ""

    def as_json(self) -> dict[str, Any]:
        """The line as the API writes it."""
        return {
            "item": self.item,
            "prescribed": self.prescribed,
            "first_month": self.quarter.first,
            "last_month": self.quarter.last,
            "due_on": self.due_on.isoformat(),
            "state": self.state.value if self.carried_by else "not-agreed",
            "days_late": self.days_late if self.carried_by else 0,
            "carried_by": list(self.carried_by),
            "missing_months": list(self.missing),
            "not_carried": self.gap,
        }


def statutory_lines(
    sets: Sequence[PrescribedSet],
    *,
    kind: str,
    agreed: Mapping[str, date],
    holds: Holds,
    today: date,
    quarters: int = 3,
) -> tuple[StatutoryLine, ...]:
    """The sets that an agency of this kind holds, for the running quarter and those before it, the newest first.

    `agreed`: the datasets that it sends by an agreement in force, each with the day since when. What was due before
    that day may have been shared another way: it is never late here.
    """
    return tuple(
        _line(one, quarter, agreed=agreed, holds=holds, today=today)
        for quarter in _back(today, quarters)
        for one in sets
        if kind in one.holder_kinds
    )


def items_of(sets: Sequence[PrescribedSet], *, kind: str, dataset: str) -> tuple[int, ...]:
    """The items that a dataset of an agency of this kind carries."""
    return tuple(
        one.item
        for one in sets
        if kind in one.holder_kinds and dataset in {carrier.dataset for carrier in one.carriers}
    )


def _back(today: date, count: int) -> Iterator[Span]:
    quarter = span_with(f"{today:%Y-%m}", QUARTER)
    for _ in range(count):
        yield quarter
        quarter = quarter.before


def _line(one: PrescribedSet, quarter: Span, *, agreed: Mapping[str, date], holds: Holds, today: date) -> StatutoryLine:
    carried = tuple(carrier.dataset for carrier in one.carriers if carrier.dataset in agreed)
    lacking = [tuple(month for month in quarter.months if not holds(name, month)) for name in carried]
    missing = min(lacking, key=len, default=())
    due = quarter.after.ends_on
    bound = any(agreed[name] <= due for name in carried)
    known = bound or bool(carried and not missing)
    late = max(0, (today - due).days) if missing and bound else 0
    return StatutoryLine(
        item=one.item,
        prescribed=one.prescribed,
        quarter=quarter,
        due_on=due,
        state=_state(quarter, missing=bool(missing), late=late, today=today) if known else Arrival.GAP,
        days_late=late,
        carried_by=carried,
        missing=missing,
        gap=one.gap,
    )


def _state(quarter: Span, *, missing: bool, late: int, today: date) -> Arrival:
    if not missing:
        return Arrival.ACCEPTED
    if today <= quarter.ends_on:
        return Arrival.NOT_YET
    return Arrival.LATE if late else Arrival.DUE
