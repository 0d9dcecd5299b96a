"""A difference in sentences: on the page of a submission, in the API, at the command line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hub.intake.difference import CodeCount, Difference, Regrouping
from hub.kit.spoken import LONDON, spoken_day, spoken_month
from hub.kit.words import say

_GONE = 0.01
"""A code of which so little is left counts as gone: an edition may forget a cell."""


def difference_said(difference: Difference) -> str:
    """Such as `12 rows added, 3 changed, none withdrawn since 3 November 2026`."""
    since = spoken_day(difference.against_at.astimezone(LONDON).date())
    found = difference.compared
    if found.is_same:
        return say("before.difference.same", rows=f"{found.rows_after:,}", since=since)
    kind = "keyed" if found.keyed else "unkeyed"
    said = say(
        f"before.difference.{kind}",
        added=_rows(found.added.count),
        changed=_number(found.changed.count),
        withdrawn=_number(found.withdrawn.count),
        since=since,
    )
    return said[:1].upper() + said[1:]


def months_said(difference: Difference) -> tuple[str, ...]:
    """What of it is in months that one of the two files alone holds."""
    found = difference.compared
    said = []
    for kind, rows, months in (
        ("months_new", found.added.in_other_months, found.months_new),
        ("months_gone", found.withdrawn.in_other_months, found.months_gone),
    ):
        if rows:
            names = ", ".join(spoken_month(month) for month in months)
            said.append(say(f"before.difference.{kind}", rows=_rows(rows), months=names))
    return tuple(said)


def regroupings_said(difference: Difference) -> tuple[str, ...]:
    """What became of codes that were cut anew, a sentence each."""
    return tuple(regrouping_said(one) for field in difference.compared.categories for one in field.regroupings)


def regrouping_said(one: Regrouping) -> str:
    """Such as `BURGLARY was split into A and B: what it lost, 46,528, is what they gained, 46,497 …`."""
    stays = [code for code in one.before if code.after > _GONE * code.before]
    if stays:
        kind = "part"
    elif len(one.after) > 1:
        kind = "split" if len(one.before) == 1 else "anew"
    else:
        kind = "renamed" if len(one.before) == 1 else "merged"
    return say(
        f"before.difference.regrouped.{kind}",
        before=_named(one.before),
        after=_named(one.after),
        lost=f"{one.lost:,}",
        gained=f"{one.gained:,}",
        share=f"{100 * one.lost / max(1, sum(code.before for code in one.before)):.0f}",
        apart=f"{100 * one.apart:.1f}",
    )


def difference_document(difference: Difference) -> dict[str, Any]:
    """The difference as the API writes it, with what pages say of it."""
    return {
        "submission": difference.submission,
        "summary": difference_said(difference),
        "notes": [*months_said(difference), *regroupings_said(difference)],
        **difference.as_json(),
    }


def _named(codes: Sequence[CodeCount]) -> str:
    names = [one.code for one in codes]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {say('before.difference.and')} {names[-1]}"


def _rows(count: int) -> str:
    if count < 2:
        return say("before.difference.row" if count else "before.difference.no_row")
    return say("before.difference.rows", count=f"{count:,}")


def _number(count: int) -> str:
    return f"{count:,}" if count else say("before.difference.none")
