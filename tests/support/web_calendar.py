"""Sample pages about what is due, for `tests.support.web.samples`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from hub.intake import Arrival, Calendar, Line, Span, StatutoryLine
from hub.web.pages.calendar import ALL, OWN, PARTNERSHIP, Filters, calendar_page

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


def samples_of_calendar(sample: Callable[[str, str, Any], Any]) -> Iterator[Any]:
    """The pages, made by `sample(name, template, page)`."""
    lines = [a_line(state, submission="sub_1" if state is Arrival.RETURNED else "") for state in Arrival]
    lines.append(a_line(Arrival.LATE, days_late=10))
    own = calendar_page(a_calendar(*lines), (), Filters(state=ALL), titles=TITLES, names=NAMES)
    yield sample("calendar", "calendar.html", own)
    filters = Filters(of=PARTNERSHIP, month="2026-09", state=ALL)
    partners = calendar_page(a_calendar(), lines, filters, titles=TITLES, names=NAMES)
    yield sample("calendar-partnership", "calendar.html", partners)
    empty = calendar_page(a_calendar(), None, Filters(of=OWN), titles=TITLES, names=NAMES)
    yield sample("calendar-empty", "calendar.html", empty)
