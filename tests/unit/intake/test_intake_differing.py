"""Which earlier file a submission is held against, and what of it is kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from hub.intake import State, Submission
from hub.intake.difference import CodeCount, Regrouping
from hub.intake.difference_words import regrouping_said
from hub.intake.differing import earlier_of

NOW = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)


def a_submission(name: str, state: State, *, day: int = 0, period: str = "2026-10") -> Submission:
    return Submission(
        id=name,
        agency="met-police",
        dataset="police/street-crime",
        period=period,
        schema_version="1.0.0",
        state=state,
        file_name="a.csv",
        sha256="",
        size=1,
        agreement="",
        submitted_by="per_1",
        at=NOW + timedelta(days=day),
        audit_index=1,
        accepted_object="" if state in {State.RECEIVED, State.RETURNED, State.WITHDRAWN} else f"obj_{name}",
    )


def against(found: Submission, *others: Submission, series: bool = False) -> str | None:
    earlier = earlier_of(found, [found, *others], series=series)
    return earlier.id if earlier is not None else None


def test_what_waits_for_its_agencys_word_is_held_against_what_counts_now() -> None:
    waiting = a_submission("waiting", State.CHECKED, day=1)
    counts = a_submission("counts", State.ACCEPTED, day=2)
    assert against(waiting, counts, a_submission("before", State.SUPERSEDED)) == "counts"


def test_what_counts_is_held_against_what_it_superseded_last() -> None:
    counts = a_submission("counts", State.ACCEPTED, day=3)
    first, second = (a_submission(name, State.SUPERSEDED, day=day) for day, name in enumerate(("first", "second")))
    assert against(counts, first, second) == "second"
    assert against(second, first, counts) == "first"
    assert against(first, second, counts) is None


def test_the_order_is_that_of_acceptance() -> None:
    late = replace(a_submission("late", State.ACCEPTED, day=0), accepted_at=NOW + timedelta(days=9))
    assert against(late, a_submission("other", State.SUPERSEDED, day=5)) == "other"


@pytest.mark.parametrize("state", [State.RETURNED, State.WITHDRAWN, State.RECEIVED, State.CHECKED])
def test_what_never_counted_or_is_gone_is_no_earlier_file(state: State) -> None:
    assert against(a_submission("counts", State.ACCEPTED, day=3), a_submission("other", state)) is None


def test_another_month_is_compared_of_a_series_alone() -> None:
    counts = a_submission("counts", State.ACCEPTED, day=3)
    before = a_submission("before", State.ACCEPTED, period="2026-09")
    after = a_submission("after", State.ACCEPTED, period="2026-11")
    assert against(counts, before, after) is None
    assert against(counts, before, after, series=True) == "before"


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ([("A", 9, 0)], [("B", 0, 5), ("C", 0, 4)], "A was split into B and C"),
        ([("A", 9, 0)], [("B", 0, 9)], "A is now B"),
        ([("A", 5, 0), ("B", 4, 0)], [("C", 0, 9)], "A and B were put together into C"),
        ([("A", 5, 0), ("B", 4, 0)], [("C", 0, 6), ("D", 0, 3)], "A and B were cut anew into C and D"),
        ([("A", 900, 1), ("B", 4, 0)], [("C", 0, 600), ("D", 0, 303)], "A and B were cut anew into C and D"),
        ([("A", 12, 8)], [("B", 0, 4)], "Part of A (33 %) is now B"),
    ],
)
def test_a_regrouping_is_said_as_what_it_is(
    before: list[tuple[str, int, int]], after: list[tuple[str, int, int]], said: str
) -> None:
    codes = [tuple(CodeCount(code=code, before=old, after=new) for code, old, new in part) for part in (before, after)]
    lost = sum(old - new for _, old, new in before)
    found = Regrouping(before=codes[0], after=codes[1], lost=lost, gained=lost, apart=0.012, cells=9)
    sentence = regrouping_said(found)
    assert sentence.startswith(f"{said}: ")
    assert sentence.endswith("1.2 %.")
