import re

from hub.intake import Arrival
from hub.web.pages.scorecard import scorecard_page
from tests.support.web_calendar import NAMES, SEARCHES, STREET, TITLES, a_finding, a_line, a_score


def page(*scores, partners=None, months=12):
    return scorecard_page(scores, partners, months=months, titles=TITLES, names=NAMES)


def rows(table):
    return [[cell.text or cell.tag.text for cell in row] for row in table.rows]


def test_a_section_says_in_a_line_how_whole_how_soon_and_how_well_filled():
    (section,) = page(a_score()).sections
    assert section.title == "Street-level crime"
    assert section.summary.startswith("Periods here, of those that were due: 3 of 4, in time: 0, typically 20 days")
    assert re.search(r"; filled in: 9\d\.\d %; placed: 100 %\.$", section.summary)


def test_the_table_holds_what_the_chart_shows_the_newest_first():
    (section,) = page(a_score()).sections
    shown = rows(section.table)
    assert [row[0] for row in shown] == ["October 2026", "September 2026", "August 2026", "July 2026"]
    assert shown[0][1:6] == ["Accepted", "20", "No", "1", "100"]
    assert shown[0][8] == "5"
    assert shown[3][2:] == ["-", "-", "-", "-", "-", "-", "-", "-"]
    chart = str(section.figure.chart)
    assert "Oct 2026" in chart
    assert "Jul 2026" in chart
    assert section.figure.key


def test_one_period_is_no_line():
    (section,) = page(a_score(reports=("2026-10",))).sections
    assert section.figure is None
    assert rows(section.table)[0][0] == "October 2026"


def test_what_comes_back_again_is_named_with_its_column():
    (section,) = page(a_score(a_finding("bad-date", "Month", 2))).sections
    assert rows(section.repeats)[0][1:] == ["Month", "3", "2"]


def test_almost_all_is_never_shown_as_all():
    (section,) = page(a_score(a_finding("no-place", "", 0))).sections
    assert rows(section.table)[0][7] == "100"
    (almost,) = page(a_score(a_finding("no-place", "", 99))).sections
    assert rows(almost.table)[0][7] == "1.0"


def test_of_partners_only_completeness_and_timeliness_are_shown():
    lines = [
        a_line(Arrival.ACCEPTED, due_on=a_line().due_on, accepted_on=a_line().due_on),
        a_line(Arrival.LATE, "2026-09", days_late=40),
        a_line(Arrival.DUE, dataset=SEARCHES),
    ]
    made = page(partners=lines)
    assert made.sections == ()
    assert rows(made.partners) == [
        ["Ravensbourne Police", "Stop and search", "Nothing was due yet.", "-", "-"],
        ["Ravensbourne Police", "Street-level crime", "1 of 2", "1", "13"],
    ]
    assert [one.text for one in made.partners.columns][-1] == "Days after the period (median)"
    assert page(a_score()).partners is None


def test_how_far_back_is_chosen_among_three():
    assert [one.value for one in page(months=24).months.choices if one.selected] == ["24"]
    assert (
        page(a_score(), a_score(dataset=STREET, reports=())).window == "The last 12 months, the running one left out."
    )
