"""Comparisons across agencies as columns of a file and as plain data: the same figures through every door."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hub.kit.words import say
from hub.views.across import decimal
from hub.views.comparison import Compared, Comparison, Overlap, Ranks, Ratio
from hub.views.model import TableRow

_FIGURES = (
    "ratio",
    "ratio_low",
    "ratio_high",
    "no_ratio",
    "rank_left",
    "rank_right",
    "rank_change",
    "ranked",
    "no_ranks",
)
_OF_PERIOD = ("overlap", "no_overlap")


@dataclass(frozen=True, slots=True)
class BesideColumns:
    """The columns that a comparison adds to a file: their names, and their texts for a row of the table."""

    names: tuple[str, ...]
    rows: Mapping[tuple[str, str], Compared]
    overlaps: Mapping[str, Overlap]

    def of(self, row: TableRow) -> tuple[str, ...]:
        """The texts for a row; empty where it is not compared."""
        compared, overlap = self.rows.get((row.area, row.period)), self.overlaps.get(row.period)
        texts = _texts(compared) if compared else ("",) * len(_FIGURES)
        if compared is None or overlap is None:
            return (*texts, *("",) * len(_OF_PERIOD))
        return (*texts, "" if overlap.jaccard is None else decimal(overlap.jaccard), overlap.reason)


def comparison_columns(one: Comparison) -> BesideColumns:
    """What a comparison adds to a file. Names are `ratio LEFT per RIGHT` and the like, with the ids of the columns."""
    return BesideColumns(
        tuple(f"{name} {one.left} per {one.right}" for name in (*_FIGURES, *_OF_PERIOD)),
        {(row.area, row.period): row for row in one.rows},
        {overlap.period: overlap for overlap in one.overlaps},
    )


def comparison_document(one: Comparison) -> dict[str, Any]:
    """A comparison as plain data for JSON; ratios and shares are texts with two decimals."""
    return {
        "left": one.left,
        "right": one.right,
        "rows": [
            {
                "area": row.area,
                "area_name": row.area_name,
                "period": row.period,
                "ratio": _ratio(row.ratio),
                "no_ratio": row.no_ratio,
                "ranks": _ranks(row.ranks),
                "no_ranks": row.no_ranks,
            }
            for row in one.rows
        ],
        "overlaps": [
            {
                "period": overlap.period,
                "top": overlap.top,
                "of": overlap.of,
                "left": list(overlap.left),
                "right": list(overlap.right),
                "both": list(overlap.both),
                "jaccard": None if overlap.jaccard is None else decimal(overlap.jaccard),
                "not_shown": overlap.reason,
            }
            for overlap in one.overlaps
        ],
    }


def change_text(ranks: Ranks) -> str:
    """`up 2`: two ranks higher by the right measure than by the left; `down 1`, `same`. No sign that a spreadsheet would take."""
    if not ranks.change:
        return say("views.across.same")
    return say("views.across.up" if ranks.change > 0 else "views.across.down", ranks=abs(ranks.change))


def _ratio(ratio: Ratio | None) -> dict[str, str] | None:
    if ratio is None:
        return None
    return {"value": decimal(ratio.value), "low": decimal(ratio.low), "high": decimal(ratio.high)}


def _ranks(ranks: Ranks | None) -> dict[str, int] | None:
    if ranks is None:
        return None
    return {"left": ranks.left, "right": ranks.right, "change": ranks.change, "of": ranks.of}


def _texts(row: Compared) -> tuple[str, ...]:
    ratio = ("", "", "") if row.ratio is None else tuple((_ratio(row.ratio) or {}).values())
    ranks = ("",) * 4
    if row.ranks is not None:
        ranks = (str(row.ranks.left), str(row.ranks.right), change_text(row.ranks), str(row.ranks.of))
    return (*ratio, row.no_ratio, *ranks, row.no_ranks)
