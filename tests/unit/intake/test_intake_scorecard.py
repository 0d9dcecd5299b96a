"""How well an agency sends, and what it is told: pure, from lines and reports."""

from datetime import UTC, date, datetime

import pytest

from hub.intake import Arrival, Share, Span, State, advice_on, praise_of, punctuality_of
from hub.intake.scorecard import score_of
from tests.support.policy import the_schemas
from tests.support.web_calendar import (
    SEARCHES,
    STREET,
    a_finding,
    a_line,
    a_report,
    a_score,
    a_submission,
)

MONTHS = ("2026-07", "2026-08", "2026-09", "2026-10")


def accepted(month, *, late=0, attempts=1, **changes):
    after = Span(month, month).after.starts_on
    return a_line(
        Arrival.ACCEPTED,
        month,
        submission=f"sub_{month}",
        attempts=attempts,
        due_on=after.replace(day=14),
        accepted_on=after.replace(day=14 + late),
        days_late=late,
        **changes,
    )


def at(month, day):
    after = Span(month, month).after.starts_on
    return datetime(after.year, after.month, day, tzinfo=UTC)


def sent(month, *findings, day=5, state=State.ACCEPTED, number="", rows=100):
    submission = a_submission(month, state, id=f"sub_{month}{number}", at=at(month, day))
    return submission, a_report(month, *findings, rows=rows)


def score(lines, files, dataset=STREET):
    return score_of(the_schemas().get(dataset), lines, files)


def codes(*scores):
    return [one.code for one in advice_on(scores)]


# ---- how whole and how soon --------------------------------------------------------------------------------------------


def test_periods_count_once_they_are_late_or_there_and_those_never_asked_for_do_not():
    said = punctuality_of(
        [
            a_line(Arrival.GAP, "2026-05", due_on=None),
            a_line(Arrival.ACCEPTED, "2026-06", due_on=None, accepted_on=date(2026, 11, 2)),
            accepted("2026-07"),
            accepted("2026-08", late=4),
            a_line(Arrival.RETURNED, "2026-09", days_late=9),
            a_line(Arrival.DUE, "2026-10"),
            a_line(Arrival.NOT_YET, "2026-11"),
        ]
    )
    assert (said.asked, said.there, said.in_time, said.median_days) == (3, 2, 1, 16.0)
    assert punctuality_of([]).as_json()["median_days_after_period"] is None


def test_the_running_period_is_no_mark():
    made = score([accepted("2026-10"), a_line(Arrival.NOT_YET, "2026-11")], [sent("2026-10")])
    assert [one.span.last for one in made.marks] == ["2026-10"]


# ---- what the files were like ------------------------------------------------------------------------------------------


def test_filled_and_placed_are_counted_from_the_report_of_what_counts():
    schema = the_schemas().get(STREET)
    looked_at = sum(1 for field in schema.columns if field.required or field.wanted)
    findings = [a_finding(count=20), a_finding("no-place", "", 8), a_finding("outside-area", "", 5)]
    made = score([accepted("2026-10")], [sent("2026-10", *findings)])
    (mark,) = made.marks
    assert mark.filled == Share(100 * looked_at - 20, 100 * looked_at)
    assert (mark.placed, mark.outside, mark.findings) == (Share(92, 100), 5, 3)
    assert made.blanks == (("LSOA code", Share(20, 100)),)


def test_a_month_that_does_not_count_has_no_quality():
    made = score([a_line(Arrival.RETURNED, submission="sub_2026-10")], [sent("2026-10", state=State.RETURNED)])
    assert made.marks[0].filled.percent is None
    assert made.newest is None
    assert made.as_json()["filled"] == {"part": 0, "whole": 0, "percent": None}


def test_a_cause_in_file_after_file_is_a_repeat_and_one_that_paused_begins_anew():
    bad, other = a_finding("bad-date", "Month", 2), a_finding("null-text", "Context", 50)
    files = [
        sent("2026-07", bad),
        sent("2026-08", bad, other),
        sent("2026-09", bad),
        sent("2026-10", bad, other, a_finding("outside-area", "", 99)),
    ]
    made = score([accepted(month) for month in MONTHS], files)
    assert [(one.code, one.field, one.files, one.count) for one in made.repeats] == [("bad-date", "Month", 4, 2)]


def test_what_repeats_is_what_the_first_file_of_each_month_had_not_what_was_mended():
    bad = a_finding("bad-date", "Month", 2)
    files = [
        sent("2026-09", bad, day=3, state=State.RETURNED, number="-first"),
        sent("2026-09", day=4),
        sent("2026-10", bad, day=3, state=State.RETURNED, number="-first"),
        sent("2026-10", day=4),
    ]
    made = score([accepted("2026-09", attempts=2), accepted("2026-10", attempts=2)], files)
    assert [(one.code, one.files) for one in made.repeats] == [("bad-date", 2)]


def test_a_query_is_explained_and_is_no_repeat():
    query = a_finding("bad-date", "Month", 1, severity="query")
    made = score([accepted(month) for month in MONTHS[:2]], [sent(month, query) for month in MONTHS[:2]])
    assert made.repeats == ()


def test_an_error_that_is_gone_is_praised():
    bad = a_finding("bad-date", "Month", 2)
    lines = [accepted(month) for month in MONTHS[:3]]
    made = score(lines, [sent("2026-07", bad), sent("2026-08", bad), sent("2026-09")])
    assert made.ended == ("bad-date",)
    assert any("is gone" in one for one in praise_of(made))


# ---- what an agency is told --------------------------------------------------------------------------------------------


def test_what_helps_most_comes_first_and_there_are_never_more_than_three():
    found = advice_on([a_score(), a_score(dataset=SEARCHES, reports=())])
    assert [one.code for one in found] == ["late", "late", "filled"]
    assert "Still missing: July 2026. The oldest was due 101 days ago." in found[0].text
    assert "LSOA code is blank in 20 % of the rows" in found[2].text


def test_an_error_that_comes_again_is_told_with_its_remedy_and_a_warning_only_above_a_tenth():
    def told(finding):
        made = score([accepted(month) for month in MONTHS[:2]], [sent(month, finding) for month in MONTHS[:2]])
        return [one.text for one in advice_on([made])]

    (said,) = told(a_finding("bad-date", "Month", 1))
    assert "(Month) stood in each of your last 2 files, 1 time in the newest." in said
    assert said.endswith("Fill it in where it is known.")
    assert told(a_finding("exact-copies", "", 9)) == []
    assert len(told(a_finding("exact-copies", "", 10))) == 1


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (a_line(Arrival.RETURNED, days_late=3), "returned"),
        (a_line(Arrival.REFUSED), "returned"),
        (a_line(Arrival.CHECKED), "checked"),
        (a_line(Arrival.LATE, days_late=3), "late"),
        (a_line(Arrival.GAP, due_on=None), "gap"),
    ],
)
def test_a_month_that_needs_something_is_named(line, code):
    (advice,) = advice_on([score([line], [])])
    assert advice.code == code
    assert "October 2026" in advice.text


def test_rows_without_a_place_and_blank_fields_are_told_above_a_tenth_only():
    def of(blank, unplaced):
        findings = [a_finding(count=blank), a_finding("no-place", "", unplaced)]
        return codes(score([accepted("2026-10")], [sent("2026-10", *findings)]))

    assert of(11, 11) == ["placed", "filled"]
    assert of(10, 10) == ["filled"]
    assert of(9, 9) == []


def test_many_tries_and_being_slow_are_told_over_several_months():
    slow = [accepted(month, late=9, attempts=2) for month in MONTHS]
    assert codes(score(slow, [])) == ["tries", "slow"]
    assert codes(score(slow[:2], [])) == []


def test_more_than_three_periods_are_counted_not_listed():
    lines = [a_line(Arrival.LATE, f"2026-{month:02d}", days_late=9) for month in range(1, 6)]
    (advice,) = advice_on([score(lines, [])])
    assert "Still missing: 5 periods from January 2026 to May 2026" in advice.text


def test_a_sound_agency_is_praised_and_told_nothing():
    made = score([accepted(month) for month in MONTHS], [sent(month) for month in MONTHS])
    assert advice_on([made]) == ()
    said = " ".join(praise_of(made))
    for words in ("All 4 periods that were due are here, every one in time", "100 % of rows", "at the first try"):
        assert words in said


def test_a_share_of_nothing_is_none():
    assert Share(0, 0).percent is None
    assert Share(1, 3).plus(Share(2, 3)) == Share(3, 6)
    assert Share(1, 3).as_json() == {"part": 1, "whole": 3, "percent": 33.3}
