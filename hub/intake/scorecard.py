"""How well an agency sends a dataset, over time: how whole, how soon, how well placed, what comes back again. Pure.

Counted from submissions and from the reports of their checks; no row is read. Timeliness and completeness of months are what other
parties see in the calendar too; everything that comes from findings is for the agency that sent the files.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from hub.intake.calendar import THERE, Arrival, Line
from hub.intake.model import Submission
from hub.intake.periods import Span
from hub.schemas import CheckReport, DatasetSchema, Finding

Sent = tuple[Submission, CheckReport | None]
"""A submission, and its report once it was checked."""

_BLANK = frozenset({"blank-required", "blank-wanted"})
_UNPLACED, _OUTSIDE = frozenset({"no-place"}), frozenset({"outside-area"})
_OF_THE_PLACE = frozenset({"outside-area", "moved-to-nearest"})
"""What is so because of where things happened: it comes again each month, and there is nothing to mend."""


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    part: int
    whole: int

    @property
    def percent(self) -> float | None:
        """In hundred; None of nothing."""
        return 100 * self.part / self.whole if self.whole else None

    def plus(self, other: Share) -> Share:
        """Both together."""
        return Share(self.part + other.part, self.whole + other.whole)

    def as_json(self) -> dict[str, Any]:
        """The share as the API writes it."""
        percent = self.percent
        return {"part": self.part, "whole": self.whole, "percent": None if percent is None else round(percent, 1)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Punctuality:
    """Periods asked for whose due day has come, or that are there: how many there are, how many were in time, how soon."""

    asked: int
    there: int
    in_time: int
    median_days: float | None = None

    def as_json(self) -> dict[str, Any]:
        """As the API writes it."""
        return {
            "periods_asked": self.asked,
            "periods_accepted": self.there,
            "periods_in_time": self.in_time,
            "median_days_after_period": self.median_days,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One period: its line of the calendar, and what the file that counts was like; nothing of it where none counts.

    `filled`: values of columns that are needed or wanted. `placed`: rows with a place that can be found; `outside`: those of
    them that lie outside the partnership's area. `findings`: causes in its report.
    """

    line: Line
    rows: int = 0
    filled: Share = Share(0, 0)
    placed: Share = Share(0, 0)
    outside: int = 0
    findings: int = 0

    @property
    def span(self) -> Span:
        """The months it is about."""
        return self.line.span

    def as_json(self) -> dict[str, Any]:
        """The period as the API writes it."""
        return {
            "first_month": self.span.first,
            "period": self.span.last,
            "state": self.line.state.value,
            "days_after_period": self.line.days_after_end,
            "in_time": self.line.in_time if self.line.due_on and self.line.state in THERE else None,
            "attempts": self.line.attempts,
            "rows": self.rows,
            "filled": self.filled.as_json(),
            "placed": self.placed.as_json(),
            "outside_area": self.outside,
            "findings": self.findings,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeat:
    """A cause that stood in the last `files` files, one after another; `count` in the `rows` of the newest, whose report says
    the `remedy`.
    """

    code: str
    field: str
    files: int
    count: int
    rows: int
    severity: str
    remedy: str

    def as_json(self) -> dict[str, Any]:
        """The cause as the API writes it."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """How one dataset of one agency is sent. `marks`: the oldest period first. `blanks`: wanted or needed fields of the newest
    file that have blanks, the worst first, with the share of rows. `ended`: causes that stood in the two files before the newest.
    """

    agency: str
    dataset: str
    punctuality: Punctuality
    marks: tuple[Mark, ...]
    repeats: tuple[Repeat, ...] = ()
    ended: tuple[str, ...] = ()
    blanks: tuple[tuple[str, Share], ...] = ()

    @property
    def sent(self) -> tuple[Mark, ...]:
        """The periods that count."""
        return tuple(one for one in self.marks if one.line.state in THERE)

    @property
    def newest(self) -> Mark | None:
        """The newest period that counts."""
        return self.sent[-1] if self.sent else None

    def as_json(self) -> dict[str, Any]:
        """The score as the API writes it."""
        return {
            "agency": self.agency,
            "dataset": self.dataset,
            **self.punctuality.as_json(),
            "filled": total(one.filled for one in self.sent).as_json(),
            "placed": total(one.placed for one in self.sent).as_json(),
            "repeated": [one.as_json() for one in self.repeats],
            "periods": [one.as_json() for one in self.marks],
        }


def score_of(schema: DatasetSchema, lines: Sequence[Line], sent: Sequence[Sent]) -> Score:
    """The score of one dataset: `lines` of the calendar, the oldest first; `sent`: its files, in any order and state."""
    reports = {submission.id: report for submission, report in sent if report is not None}
    firsts = _first_files(lines, sent)
    now = firsts[-1].findings if firsts else ()
    newest = next((one for one in reversed(lines) if one.state in THERE), None)
    return Score(
        agency=lines[0].agency,
        dataset=schema.id,
        punctuality=punctuality_of(lines),
        marks=tuple(_mark(schema, one, reports.get(one.submission)) for one in lines if _is_over(one)),
        repeats=_repeats(firsts),
        ended=_ended(firsts, {(one.code, one.field) for one in now}),
        blanks=_blanks(reports.get(newest.submission)) if newest else (),
    )


def punctuality_of(lines: Iterable[Line]) -> Punctuality:
    """How whole and how soon, from the calendar alone."""
    asked = [one for one in lines if one.due_on is not None and (one.days_late or one.state in THERE)]
    days = [one.days_after_end for one in asked if one.days_after_end is not None]
    return Punctuality(
        asked=len(asked),
        there=sum(1 for one in asked if one.state in THERE),
        in_time=sum(1 for one in asked if one.in_time),
        median_days=float(median(days)) if days else None,
    )


def total(shares: Iterable[Share]) -> Share:
    """All of them together."""
    whole = Share(0, 0)
    for one in shares:
        whole = whole.plus(one)
    return whole


def _is_over(line: Line) -> bool:
    return line.state is not Arrival.NOT_YET


def _mark(schema: DatasetSchema, line: Line, report: CheckReport | None) -> Mark:
    if line.state not in THERE or report is None:
        return Mark(line=line)
    looked_at = sum(1 for field in schema.columns if field.required or field.wanted)
    blank = _counted(report, _BLANK)
    unplaced = min(_counted(report, _UNPLACED), report.rows)
    cells = report.rows * looked_at
    return Mark(
        line=line,
        rows=report.rows,
        filled=Share(max(0, cells - blank), cells),
        placed=Share(report.rows - unplaced, report.rows) if schema.place.kind != "none" else Share(0, 0),
        outside=_counted(report, _OUTSIDE),
        findings=len(report.findings),
    )


def _counted(report: CheckReport, codes: frozenset[str]) -> int:
    return sum(one.count for one in report.findings if one.code in codes)


def _first_files(lines: Sequence[Line], sent: Sequence[Sent]) -> list[CheckReport]:
    """The report of the first file sent for each period, the oldest first: what the agency's system writes, not yet mended."""
    ordered = sorted(sent, key=lambda one: (one[0].at, one[0].id))
    firsts: list[CheckReport] = []
    for line in lines:
        own = (report for one, report in ordered if line.span.first <= one.period <= line.span.last and report)
        first = next(own, None)
        if first is not None:
            firsts.append(first)
    return firsts


def _repeats(firsts: Sequence[CheckReport]) -> tuple[Repeat, ...]:
    """What stands in the newest file and in the one before it; errors first, then what affects most rows."""
    found = [_repeat(one, firsts) for one in (firsts[-1].findings if firsts else ()) if _mendable(one)]
    again = [one for one in found if one.files > 1]
    return tuple(sorted(again, key=lambda one: (one.severity != "error", -one.count, one.code, one.field)))


def _repeat(finding: Finding, firsts: Sequence[CheckReport]) -> Repeat:
    files = 0
    for report in reversed(firsts):
        if (finding.code, finding.field) not in {(one.code, one.field) for one in report.findings}:
            break
        files += 1
    return Repeat(
        code=finding.code,
        field=finding.field,
        files=files,
        count=finding.count,
        rows=firsts[-1].rows,
        severity=finding.severity,
        remedy=finding.remedy,
    )


def _mendable(finding: Finding) -> bool:
    return finding.severity in {"error", "warning"} and finding.code not in _OF_THE_PLACE


def _ended(firsts: Sequence[CheckReport], now: set[tuple[str, str]]) -> tuple[str, ...]:
    """Codes that stood in both of the two files before the newest, and stand in the newest no more."""
    if len(firsts) < 3:
        return ()
    two, three = ({(one.code, one.field) for one in report.findings if _mendable(one)} for report in firsts[-3:-1])
    return tuple(sorted({code for code, field in two & three - now}))


def _blanks(report: CheckReport | None) -> tuple[tuple[str, Share], ...]:
    if report is None or not report.rows:
        return ()
    counted: Mapping[str, int] = {one.field: one.count for one in report.findings if one.code in _BLANK}
    worst = sorted(counted.items(), key=lambda one: (-one[1], one[0]))
    return tuple((field, Share(count, report.rows)) for field, count in worst)
