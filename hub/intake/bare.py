"""What stays of a report when its file is gone for good: what was found, in which agreed columns, how often.

A report quotes names of columns and sheets as its agency wrote them, and says in which rows what stood. That is erased
with the file. Codes and counts stay, beside the receipt: the agency's own scorecard counts what repeats.
"""

from __future__ import annotations

from dataclasses import replace

from hub.kit.words import say
from hub.schemas import CheckReport, Finding


def bare(report: CheckReport) -> CheckReport:
    """The report without words, row numbers, cells and the file's name."""
    findings = (replace(one, message="", remedy="", rows=(), cells=()) for one in report.findings)
    return replace(report, file="", findings=tuple(findings))


def spoken(one: Finding) -> Finding:
    """A finding as it is shown: one that has no words of its own in general words."""
    if one.message:
        return one
    message = say(
        "intake.finding-erased" if not one.field else "intake.finding-erased-of",
        field=one.field,
        count=f"{one.count:,}",
    )
    return replace(one, message=message, remedy=say(f"findings.{one.code}.system"))
