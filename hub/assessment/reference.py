"""The generated reference of indicators: what each asks, of which dataset, and what is made of it."""

from __future__ import annotations

from hub.assessment.build import FIGURED, indicators
from hub.assessment.gaps import unheld
from hub.assessment.model import Indicator
from hub.kit.words import catalogue, say


def indicators_page() -> str:
    """Every indicator by chapter, then what no dataset of the hub tells."""
    lines = [
        "# Indicators of the strategic assessment",
        "",
        "Generated from `hub/assessment/catalogue`. Every figure is made of published cells and carries its evidence: query,",
        "snapshot, policy hash, profile, result hash, definition, and the files of population or deprivation. Hidden cells are",
        "never added up, a rolling window needs all of its months, and different counting bases never stand in one line.",
    ]
    for chapter in FIGURED:
        of_chapter = [one for one in indicators() if one.chapter == chapter]
        if not of_chapter:
            continue
        lines += [
            "",
            f"## {say(f'assessment.chapters.{chapter}')}",
            "",
            "| id | indicator | made | dataset | table |",
            "|---|---|---|---|---|",
        ]
        lines += [_row(one) for one in of_chapter]
        for identity in dict.fromkeys(one.id for one in of_chapter):
            said = catalogue().get(f"assessment.about.{identity}") or catalogue().get(f"assessment.share.{identity}")
            if said:
                lines += ["", f"**{identity}.** {said}"]
    lines += ["", f"## {say('assessment.chapters.gaps')}", "", *(f"- {one}" for one in unheld())]
    return "\n".join(lines) + "\n"


def _row(one: Indicator) -> str:
    beside = f", `{one.beside}`" if one.beside else ""
    title = say(f"assessment.indicator.{one.id}")
    return f"| {one.id} | {title} | {one.make.value} | `{one.dataset}`{beside} | `{one.view}`, {one.by} |"
