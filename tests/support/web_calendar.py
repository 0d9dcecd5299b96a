"""Sample pages about what is due, for `tests.support.web.samples`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any

from hub.intake import Arrival, Calendar, Line, Reminder, Score, Span, State, StatutoryLine, Submission
from hub.intake.scorecard import score_of
from hub.schemas import CheckReport, Finding, Outcome, catalogue
from hub.web.pages.calendar import ALL, OWN, PARTNERSHIP, Filters, calendar_page
from hub.web.pages.reminders import mailbox_page, reminders_page
from hub.web.pages.scorecard import scorecard_page
from tests.support.policy import the_schemas

POLICE = "ravensbourne-police"
STREET, SEARCHES = "police/street-crime", "police/stop-and-search"
TITLES = {STREET: "Street-level crime", SEARCHES: "Stop and search"}
NAMES = {POLICE: "Ravensbourne Police", "ravensbourne-hospital": "Ravensbourne Hospital"}
TODAY = date(2026, 11, 23)


def a_line(state: Arrival = Arrival.DUE, month: str = "2026-10", **changes: Any) -> Line:
    """One extract of the police."""
    said: dict[str, Any] = {
        "agency": POLICE,
        "dataset": STREET,
        "span": Span(month, month),
        "state": state,
        "due_on": date(2026, 11, 13),
        "items": (1, 2),
    }
    return Line(**(said | changes))


def a_calendar(*lines: Line) -> Calendar:
    """A calendar of the police on 23 November 2026."""
    quarter = {"prescribed": "Crimes by sub-category", "quarter": Span("2026-07", "2026-09")}
    due = {"due_on": date(2026, 12, 31), "carried_by": (STREET,)}
    law = (
        StatutoryLine(item=2, state=Arrival.DUE, missing=("2026-08",), gap="Times of day.", **quarter, **due),
        StatutoryLine(item=3, state=Arrival.LATE, days_late=1, missing=("2026-08",), **quarter, **due),
        StatutoryLine(item=4, state=Arrival.GAP, due_on=date(2026, 12, 31), **quarter),
    )
    return Calendar(POLICE, TODAY, lines, law)


def a_report(period: str = "2026-10", *findings: Finding, rows: int = 100) -> CheckReport:
    """A report of the street crimes of a month."""
    return CheckReport(
        schema=STREET,
        version="1.0.0",
        period=period,
        file="a.csv",
        sha256="0" * 64,
        size=1,
        encoding="utf-8",
        rows=rows,
        accepted_rows=rows,
        outcome=Outcome.ACCEPTED,
        findings=findings,
    )


def a_finding(code: str = "blank-wanted", field: str = "LSOA code", count: int = 20, severity: str = "") -> Finding:
    """One cause."""
    kind = catalogue()[code]
    return Finding(
        code=code,
        severity=severity or kind.severity,
        field=field,
        count=count,
        message="It is blank.",
        remedy="Fill it in where it is known.",
    )


def a_score(
    *more: Finding, dataset: str = STREET, reports: tuple[str, ...] = ("2026-08", "2026-09", "2026-10")
) -> Score:
    """Three months, each with a blank in one column of twenty rows, a month missing before them."""
    schema = the_schemas().get(dataset)
    lines = [a_line(Arrival.LATE, "2026-07", dataset=dataset, due_on=date(2026, 8, 14), days_late=101)]
    sent = []
    for number, month in enumerate(reports):
        on = Span(month, month).after.starts_on
        lines.append(
            a_line(
                Arrival.ACCEPTED,
                month,
                dataset=dataset,
                submission=f"sub_{number}",
                attempts=1,
                due_on=on.replace(day=14),
                accepted_on=on.replace(day=20),
                days_late=6,
            )
        )
        at = datetime(on.year, on.month, 20, tzinfo=UTC)
        submission = a_submission(month, dataset=dataset, id=f"sub_{number}", at=at)
        sent.append((submission, a_report(month, a_finding(), a_finding("outside-area", "", 5), *more)))
    return score_of(schema, lines, sent)


def a_submission(period: str = "2026-10", state: State = State.ACCEPTED, **changes: Any) -> Submission:
    """A file of the police."""
    said: dict[str, Any] = {
        "id": f"sub_{period}",
        "agency": POLICE,
        "dataset": STREET,
        "period": period,
        "schema_version": "1.0.0",
        "state": state,
        "file_name": "a.csv",
        "sha256": "0" * 64,
        "size": 1,
        "agreement": "a@1",
        "submitted_by": "per_1",
        "at": datetime(2026, 11, 3, 9, tzinfo=UTC),
        "audit_index": 1,
        "rows": 100,
        "accepted_rows": 100,
    }
    return Submission(**(said | changes))


def samples_of_calendar(sample: Callable[[str, str, Any], Any]) -> Iterator[Any]:
    """The pages, made by `sample(name, template, page)`."""
    lines = [a_line(state, submission="sub_1" if state is Arrival.RETURNED else "") for state in Arrival]
    lines.append(a_line(Arrival.LATE, days_late=10))
    own = calendar_page(a_calendar(*lines), (), Filters(state=ALL), titles=TITLES, names=NAMES)
    yield sample("calendar", "calendar.html", own)
    filters = Filters(of=PARTNERSHIP, month="2026-09", state=ALL)
    partners = calendar_page(a_calendar(), lines, filters, titles=TITLES, names=NAMES)
    yield sample("calendar-partnership", "calendar.html", partners)
    scores = (a_score(), a_score(dataset=SEARCHES, reports=()))
    both = scorecard_page(scores, lines, months=12, titles=TITLES, names=NAMES)
    yield sample("scorecard", "scorecard.html", both)
    nothing = scorecard_page((), None, months=6, titles=TITLES, names=NAMES)
    yield sample("scorecard-empty", "scorecard.html", nothing)
    told = Reminder(agency=POLICE, late=2, soon=1, next_due_on=TODAY, keys=(("2026-10", "late"),))
    other = Reminder(agency="ravensbourne-hospital", late=1, soon=0, next_due_on=None, keys=())
    letters = reminders_page((told, other), {POLICE: "data@police.example"}, NAMES, by_itself=True)
    yield sample("reminders", "reminders.html", letters)
    yield sample("mailbox", "mailbox.html", mailbox_page("", may_set=True, wanted="x", error="No address."))
    empty = calendar_page(a_calendar(), None, Filters(of=OWN), titles=TITLES, names=NAMES)
    yield sample("calendar-empty", "calendar.html", empty)
