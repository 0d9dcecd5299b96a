from datetime import date

import pytest

from hub.intake import Arrival, Span
from hub.web.pages.calendar import (
    ALL,
    PARTNERSHIP,
    Filters,
    calendar_page,
    day_events,
    due_cards,
    late_card,
    state_tag,
)
from tests.support.web_calendar import NAMES, SEARCHES, STREET, TITLES, a_calendar, a_line


def page(*lines, partners=None, **filters):
    return calendar_page(a_calendar(*lines), partners, Filters(**filters), titles=TITLES, names=NAMES)


def rows(made):
    return [[cell.text or cell.tag.text for cell in row] for row in made.table.rows]


def test_a_month_without_an_accepted_file_is_a_card_that_says_by_when():
    (card,) = due_cards(a_calendar(a_line()), TITLES)
    assert card.title == "Submit this month's extract"
    assert card.text == "Street-level crime: nothing accepted yet for October 2026. Due by 13 November 2026."
    assert (card.href, card.due, card.count) == (f"/submit/{STREET}/2026-10", True, "")


def test_several_open_months_of_a_dataset_are_one_card_and_the_late_one_says_so():
    older = a_line(Arrival.LATE, "2026-09", days_late=41)
    (card,) = due_cards(a_calendar(older, a_line(Arrival.LATE, days_late=1)), TITLES)
    assert "It is late by 1 day." in card.text
    assert "1 more are open, since September 2026." in card.text
    assert (card.href, card.count) == ("/calendar?state=open", "Late")


@pytest.mark.parametrize(
    "state", [Arrival.NOT_YET, Arrival.ACCEPTED, Arrival.PART_ACCEPTED, Arrival.RECEIVED, Arrival.CHECKED, Arrival.GAP]
)
def test_what_is_there_under_way_or_not_over_asks_for_no_file(state):
    assert due_cards(a_calendar(a_line(state)), TITLES) == []


def test_a_quarter_is_sent_for_its_last_month():
    quarter = a_line(span=Span("2026-07", "2026-09"))
    (card,) = due_cards(a_calendar(quarter), TITLES)
    assert "July to September 2026" in card.text
    assert card.href.endswith("/2026-09")


def test_the_lead_is_told_how_much_is_late_and_from_how_many():
    late = [a_line(Arrival.LATE, days_late=3), a_line(Arrival.LATE, days_late=3, agency="ravensbourne-hospital")]
    (card,) = late_card([*late, a_line()])
    assert card.text.startswith("2 extracts of 2 agencies.")
    assert card.href == "/calendar?of=partnership&state=late"
    assert late_card([a_line()]) == []


def test_a_state_is_said_in_words_and_not_by_colour_alone():
    words = {state_tag(a_line(state)).text for state in Arrival}
    assert len(words) == len(Arrival)
    assert state_tag(a_line(Arrival.LATE, days_late=1)).text == "Late by 1 day"
    assert state_tag(a_line(Arrival.LATE, days_late=12)).text == "Late by 12 days"


def test_what_is_late_stands_first_and_what_is_settled_is_left_out_until_asked_for():
    lines = (
        a_line(Arrival.NOT_YET, "2026-11"),
        a_line(Arrival.ACCEPTED, "2026-09", accepted_on=date(2026, 10, 16), days_late=2),
        a_line(Arrival.LATE, "2026-10", days_late=10),
        a_line(Arrival.LATE, "2026-08", days_late=70),
    )
    assert [row[1] for row in rows(page(*lines))] == ["August 2026", "October 2026", "November 2026"]
    everything = rows(page(*lines, state=ALL))
    assert everything[-1][1:5] == [
        "September 2026",
        "13 November 2026",
        "Accepted",
        "16 October 2026, late by 2 days",
    ]
    assert [row[1] for row in rows(page(*lines, state=ALL, month="2026-09"))] == ["September 2026"]


def test_a_filter_by_agency_is_for_the_partnership_alone():
    partners = [a_line(), a_line(agency="ravensbourne-hospital", dataset=SEARCHES)]
    both = page(partners=partners, of=PARTNERSHIP)
    assert {row[0] for row in rows(both)} == set(NAMES.values())
    assert [one.name for one in both.filters] == ["state", "month", "agency"]
    one = page(partners=partners, of=PARTNERSHIP, agency="ravensbourne-hospital")
    assert [row[0] for row in rows(one)] == ["Ravensbourne Hospital"]
    assert both.statutory is None
    assert not any(cell.href for row in both.table.rows for cell in row)
    assert [one.name for one in page(a_line()).filters] == ["state", "month"]


def test_the_months_lead_back_and_forth_to_the_running_one():
    made = page(month="2026-10", state=ALL)
    assert made.earlier.href == "/calendar?state=all&month=2026-09"
    assert made.later.href == "/calendar?state=all&month=2026-11"
    assert page().later is None
    assert page().earlier.text == "Earlier: October 2026"


def test_the_due_days_are_the_same_events_whenever_they_are_made_and_settled_ones_are_left_out():
    lines = (a_line(), a_line(Arrival.ACCEPTED, "2026-09"), a_line(Arrival.GAP, "2026-08", due_on=None))
    (event,) = day_events(a_calendar(*lines), TITLES, "https://hub.example")
    again = day_events(a_calendar(a_line(Arrival.LATE, days_late=9)), TITLES, "https://hub.example")
    assert event.uid == again[0].uid
    assert event.day == date(2026, 11, 13)
    assert event.url == f"https://hub.example/submit/{STREET}/2026-10"
    other = day_events(a_calendar(a_line(month="2026-09")), TITLES, "https://hub.example")
    assert other[0].uid != event.uid


def test_a_prescribed_set_without_a_dataset_says_so_and_a_missing_month_is_named():
    law = page().statutory
    assert law is not None
    said = [[cell.text or cell.tag.text for cell in row] for row in law.rows]
    assert said[0][3:] == ["Months missing", "Street-level crime. Not here: August 2026. Not in it: Times of day."]
    assert said[1][3] == "Late by 1 day"
    assert said[2][3:] == ["No agreed dataset", "Share it another way, or agree a dataset for it."]
