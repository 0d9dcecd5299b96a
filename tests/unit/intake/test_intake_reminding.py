from datetime import date

from hub.intake import Arrival
from hub.intake.calendar import Diary
from hub.intake.reminding import reminders_of
from tests.support.web_calendar import a_line

DUE = date(2026, 12, 29)  # Tuesday after Christmas, Boxing Day in lieu on Monday


def reminders(*lines, today):
    return reminders_of(lines, Diary(date.fromisoformat(today)))


def test_what_is_due_is_told_three_working_days_before_over_the_holidays():
    line = a_line(due_on=DUE, span=a_line(month="2026-11").span)
    assert reminders(line, today="2026-12-21") == ()
    (told,) = reminders(line, today="2026-12-22")
    assert (told.soon, told.late, told.next_due_on, told.keys) == (1, 0, DUE, (("2026-11", "soon"),))


def test_an_agency_has_one_reminder_with_all_its_counts():
    lines = [
        a_line(Arrival.LATE, "2026-09", days_late=40),
        a_line(Arrival.LATE, "2026-10", days_late=9),
        a_line(Arrival.LATE, "2026-10", days_late=9, dataset="police/stop-and-search"),
        a_line(Arrival.DUE, "2026-11", due_on=date(2026, 11, 25)),
        a_line(Arrival.LATE, "2026-10", days_late=9, agency="another"),
    ]
    another, police = reminders(*lines, today="2026-11-23")
    assert (another.agency, another.late, another.soon, another.next_due_on) == ("another", 1, 0, None)
    assert (police.late, police.soon, police.next_due_on) == (3, 1, date(2026, 11, 25))
    assert police.keys == (("2026-09", "late"), ("2026-10", "late"), ("2026-11", "soon"))


def test_what_is_there_not_over_or_was_never_asked_for_is_told_to_nobody():
    states = (Arrival.ACCEPTED, Arrival.PART_ACCEPTED, Arrival.NOT_YET, Arrival.GAP)
    lines = [a_line(state, due_on=None if state is Arrival.GAP else date(2026, 11, 24)) for state in states]
    assert reminders(*lines, today="2026-11-23") == ()
