"""docs/reference/queries.md: the rules of the queries with their thresholds, from the constants that decide."""

from __future__ import annotations

from hub.intake import history
from hub.kit.words import say

_ROWS = (
    ("volume-step", "volume"),
    ("truncated-period", "truncated"),
    ("blanks-step", "blanks"),
    ("category-appeared", "appeared"),
    ("category-vanished", "vanished"),
    ("mix-shift", "mix"),
    ("place-shift", "place"),
)


def queries_page() -> str:
    """The page."""
    values = {
        "recent": history.RECENT,
        "reach": history.REACH,
        "least": history.LEAST_MONTHS,
        "moves": history.MOVES,
        "noise": history.NOISE,
        "share": f"{history.LEAST_SHARE:.0%}",
        "step": history.LEAST_STEP,
        "large": history.LARGE,
        "fall": f"{history.FALL:.0%}",
        "rise": f"{1 / history.FALL:.2f}",
        "season": f"{history.SEASON_SHARE:.0%}",
        "below": f"{history.CUT_BELOW:.0%}",
        "cut": history.CUT_FROM,
        "points": f"{history.BLANK_POINTS * 100:.0f}",
        "rows": history.BLANK_ROWS,
        "mads": f"{history.MADS:.0f}",
        "appeared": history.APPEARED,
        "vanished": history.VANISHED,
        "mix": f"{history.LEAST_MIX:.0%}",
        "least_rows": history.LEAST_ROWS,
    }

    def said(name: str) -> str:
        return " ".join(say(f"queries.reference.{name}", **values).split())

    lines = [said("made"), f"# {said('title')}", "", said("intro"), "", said("head"), "|---|---|---|"]
    lines += [f"| `{code}` | {said(f'{name}-what')} | {said(f'{name}-when')} |" for code, name in _ROWS]
    return "\n".join(lines) + "\n"
