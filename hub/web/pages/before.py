"""What a submission's page says before the file is accepted: what differs, and who will see it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hub.intake import Difference, Submission, difference_said, regroupings_said
from hub.kit.words import say
from hub.schemas import DatasetSchema
from hub.snapshots import SeenAs
from hub.web.elements import Link
from hub.web.pages.difference import first_of
from hub.web.pages.seen_by import seen_lines


@dataclass(frozen=True, slots=True)
class BeforePart:
    """The two summaries with their links. `differs` None: there is nothing to compare with."""

    difference: tuple[str, ...]
    differs: Link | None
    seen: tuple[str, ...]
    seen_by: Link


def before_part(
    found: Submission,
    difference: Difference | None,
    seen: Sequence[SeenAs],
    *,
    schema: DatasetSchema,
    has_earlier: bool,
    trouble: str = "",
) -> BeforePart:
    """The part. A difference that is not there although there `has_earlier` file is one that takes a while to work out, unless
    it cannot be worked out now, as `trouble` says.
    """
    address = f"/submissions/{found.id}"
    if difference is not None:
        lines = (f"{difference_said(difference)}.", *regroupings_said(difference))
    elif trouble:
        lines = (trouble,)
    elif has_earlier:
        lines = (say("before.difference.large"),)
    else:
        lines = (first_of(found, series=schema.series),)
    words = say(f"before.difference.{'show' if difference is not None else 'show_large'}")
    return BeforePart(
        difference=lines,
        differs=Link(words, f"{address}/difference") if has_earlier else None,
        seen=seen_lines(seen),
        seen_by=Link(say("before.seen.show"), f"{address}/seen-by"),
    )
