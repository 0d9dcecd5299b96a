"""What is due when, pure: over year ends, leap years, quarter ends and the change of the clocks."""

from datetime import UTC, date, datetime, timedelta

import pytest

from hub.intake import THERE, Arrival, Span, State, Submission
from hub.intake.calendar import Asked, Diary, lines_of
from hub.intake.periods import legal_day, length_of, span_with, spans
from hub.intake.statutory import items_of, statutory_lines
from hub.schemas import prescribed_sets
from tests.support.policy import the_schemas

STREET = "police/street-crime"


def asked(**changes):
    said = {
        "agency": "police",
        "dataset": STREET,
        "length": 1,
        "since": date(2026, 1, 1),
        "signed_on": date(2026, 1, 1),
    }
    return Asked(**(said | changes))


def a_file(period, state=State.ACCEPTED, *, on=None, number=1, rows=3, **changes):
    at = on or datetime(2026, 11, 3, 9, tzinfo=UTC)
    said = {
        "id": f"sub_{period}_{number}",
        "agency": "police",
        "dataset": STREET,
        "period": period,
        "schema_version": "1.0.0",
        "state": state,
        "file_name": "a.csv",
        "sha256": "0" * 64,
        "size": 1,
        "agreement": "a@1",
        "submitted_by": "per_1",
        "at": at,
        "audit_index": 1,
        "rows": rows,
        "accepted_rows": rows,
    }
    return Submission(**(said | changes))


def on(text):
    return Diary(date.fromisoformat(text))


def line(period, found, today, **changes):
    lines = lines_of(asked(**changes), found, on(today))
    return next(one for one in lines if one.span.last == period)


# ---- periods -----------------------------------------------------------------------------------------------------------


def test_quarters_are_those_of_the_calendar_year():
    assert span_with("2026-01", 3) == span_with("2026-03", 3) == Span("2026-01", "2026-03")
    assert span_with("2026-12", 3).months == ("2026-10", "2026-11", "2026-12")
    assert span_with("2026-12", 3).after == Span("2027-01", "2027-03")
    assert span_with("2027-01", 3).before == Span("2026-10", "2026-12")


def test_a_february_ends_on_its_own_day():
    assert span_with("2028-02", 1).ends_on == date(2028, 2, 29)
    assert span_with("2027-02", 1).ends_on == date(2027, 2, 28)
    assert span_with("2027-02", 12).ends_on == date(2027, 12, 31)


def test_spans_cross_the_turn_of_the_year_and_stop():
    found = list(spans(span_with("2026-11", 1), span_with("2027-02", 1)))
    assert [one.last for one in found] == ["2026-11", "2026-12", "2027-01", "2027-02"]
    assert list(spans(span_with("2027-01", 1), span_with("2026-12", 1))) == []


def test_a_period_is_said_as_people_say_it():
    assert span_with("2026-10", 1).spoken == "October 2026"
    assert span_with("2026-08", 3).spoken == "July to September 2026"
    assert span_with("2026-08", 12).spoken == "2026"


def test_a_cadence_nobody_knows_is_monthly_and_an_occasional_one_is_never_asked_for():
    assert [length_of(one) for one in ("monthly", "quarterly", "termly", "yearly", "weekly")] == [1, 3, 4, 12, 1]
    assert length_of("occasional") == 0
    assert lines_of(asked(length=0), [], on("2026-11-02")) == ()


def test_a_day_begins_at_midnight_in_england_in_summer_time_and_out_of_it():
    assert legal_day(datetime(2026, 6, 30, 23, 30, tzinfo=UTC)) == date(2026, 7, 1)
    assert legal_day(datetime(2026, 10, 24, 23, 30, tzinfo=UTC)) == date(2026, 10, 25)
    assert legal_day(datetime(2026, 10, 25, 23, 30, tzinfo=UTC)) == date(2026, 10, 25)
    assert legal_day(datetime(2026, 12, 31, 23, 59, tzinfo=UTC)) == date(2026, 12, 31)


# ---- states ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("today", "state", "late"),
    [
        ("2026-10-31", Arrival.NOT_YET, 0),
        ("2026-11-01", Arrival.DUE, 0),
        ("2026-11-13", Arrival.DUE, 0),  # the tenth working day
        ("2026-11-14", Arrival.LATE, 1),
        ("2026-12-01", Arrival.LATE, 18),
    ],
)
def test_a_month_is_not_yet_due_then_due_then_late(today, state, late):
    found = line("2026-10", [], today)
    assert (found.state, found.days_late, found.due_on) == (state, late, date(2026, 11, 13))


def test_december_is_due_in_january_after_the_holidays():
    assert line("2026-12", [], "2027-01-05").due_on == date(2027, 1, 15)


def test_february_of_a_leap_year_is_due_ten_working_days_after_its_29th():
    assert line("2028-02", [], "2028-03-01").due_on == date(2028, 3, 14)


def test_an_agreement_may_say_another_day():
    assert line("2026-10", [], "2026-11-02", due_days=5).due_on == date(2026, 11, 6)


def test_an_accepted_month_says_when_it_was_accepted_and_how_late_that_was():
    first = a_file("2026-10", State.SUPERSEDED, on=datetime(2026, 11, 16, 9, tzinfo=UTC))
    again = a_file("2026-10", on=datetime(2026, 11, 20, 9, tzinfo=UTC), number=2)
    found = line("2026-10", [again, first], "2026-12-01")
    assert (found.state, found.submission) == (Arrival.ACCEPTED, again.id)
    assert (found.accepted_on, found.days_late, found.days_after_end) == (date(2026, 11, 16), 3, 16)
    assert not found.in_time
    early = line("2026-10", [a_file("2026-10")], "2026-12-01")
    assert early.in_time
    assert early.days_late == 0


def test_a_file_sent_late_in_the_evening_of_the_due_day_is_in_time():
    on_the_day = a_file("2026-10", on=datetime(2026, 11, 13, 23, 59, tzinfo=UTC))
    assert line("2026-10", [on_the_day], "2026-12-01").in_time
    summer = a_file("2026-06", on=datetime(2026, 7, 14, 23, 30, tzinfo=UTC))  # 00:30 of the 15th in England
    assert line("2026-06", [summer], "2026-12-01").days_late == 1


@pytest.mark.parametrize(
    ("state", "arrival"),
    [
        (State.RECEIVED, Arrival.RECEIVED),
        (State.CHECKED, Arrival.CHECKED),
        (State.RETURNED, Arrival.RETURNED),
        (State.REFUSED, Arrival.REFUSED),
        (State.WITHDRAWN, Arrival.LATE),
    ],
)
def test_a_file_that_does_not_count_leaves_the_month_late_and_says_how_it_stands(state, arrival):
    found = line("2026-10", [a_file("2026-10", state)], "2026-11-20")
    assert (found.state, found.days_late) == (arrival, 7)
    partner = found.for_partners()
    assert (partner.state, partner.submission, partner.attempts) == (Arrival.LATE, "", 0)


def test_a_part_accepted_month_is_there_and_partners_learn_no_more():
    found = line("2026-10", [a_file("2026-10", State.PART_ACCEPTED)], "2026-11-20")
    assert found.state is Arrival.PART_ACCEPTED
    assert found.state in THERE
    assert found.for_partners().state is Arrival.ACCEPTED


def test_a_returned_file_does_not_hide_the_one_that_counts():
    counts = a_file("2026-10")
    later = a_file("2026-10", State.RETURNED, on=datetime(2026, 11, 18, 9, tzinfo=UTC), number=2)
    assert line("2026-10", [counts, later], "2026-11-20").state is Arrival.ACCEPTED


def test_a_heading_alone_is_a_missing_month():
    assert line("2026-10", [a_file("2026-10", rows=0)], "2026-11-20").state is Arrival.LATE


def test_attempts_are_counted_until_the_first_that_was_accepted():
    start = datetime(2026, 11, 3, 9, tzinfo=UTC)
    tries = [
        a_file("2026-10", state, on=start + timedelta(hours=hour), number=hour)
        for hour, state in enumerate((State.RETURNED, State.RETURNED, State.SUPERSEDED, State.ACCEPTED))
    ]
    assert line("2026-10", tries, "2026-11-20").attempts == 3


# ---- since when --------------------------------------------------------------------------------------------------------


def test_the_whole_period_before_the_agreement_came_into_force_is_asked_for_where_its_term_covers_it():
    found = lines_of(asked(since=date(2015, 1, 1), signed_on=date(2026, 11, 2)), [], on("2026-11-02"))
    assert [(one.span.last, one.state) for one in found] == [("2026-10", Arrival.DUE), ("2026-11", Arrival.NOT_YET)]
    assert found[0].due_on == date(2026, 11, 16)  # ten working days after the signature, not after the month
    begins = lines_of(asked(since=date(2026, 11, 1), signed_on=date(2026, 10, 20)), [], on("2026-11-02"))
    assert [one.span.last for one in begins] == ["2026-11"]


def test_months_sent_before_they_were_asked_for_are_shown_and_a_gap_among_them_is_never_late():
    found = lines_of(
        asked(since=date(2015, 1, 1), signed_on=date(2026, 11, 2)),
        [a_file("2026-06"), a_file("2026-08")],
        on("2027-03-01"),
    )
    states = {one.span.last: one.state for one in found}
    assert [states[f"2026-{month:02d}"] for month in (6, 7, 8, 9, 10)] == [
        Arrival.ACCEPTED,
        Arrival.GAP,
        Arrival.ACCEPTED,
        Arrival.GAP,
        Arrival.LATE,
    ]
    assert found[0].due_on is None
    assert found[0].days_late == 0


def test_a_calendar_goes_back_so_far_and_looks_ahead_so_far():
    found = lines_of(asked(), [], on("2026-11-02"), back_to="2026-09", ahead=2)
    assert [one.span.last for one in found] == ["2026-09", "2026-10", "2026-11", "2026-12", "2027-01"]


# ---- cadences ----------------------------------------------------------------------------------------------------------


def test_a_quarter_is_answered_by_a_file_for_any_of_its_months():
    found = line("2026-09", [a_file("2026-08")], "2026-11-02", length=3)
    assert found.state is Arrival.ACCEPTED
    assert line("2026-09", [a_file("2026-06")], "2026-11-02", length=3).state is Arrival.LATE
    assert line("2026-12", [], "2026-12-31", length=3).state is Arrival.NOT_YET
    assert line("2026-12", [], "2027-01-01", length=3).state is Arrival.DUE


def test_a_later_edition_of_a_series_answers_for_the_months_before_it():
    edition = a_file("2026-10", on=datetime(2026, 11, 20, 9, tzinfo=UTC))
    found = lines_of(asked(series=True), [edition], on("2026-12-01"), back_to="2026-08")
    assert {one.span.last: one.state for one in found if one.state in THERE}.keys() == {"2026-08", "2026-09", "2026-10"}
    assert found[0].days_late > found[2].days_late
    assert found[0].attempts == 0


# ---- s.17A -------------------------------------------------------------------------------------------------------------


def statutory(today, held=(), *, kind="chief_officer_police", agreed=None, quarters=3):
    since = {STREET: date(2020, 1, 1)} if agreed is None else agreed
    return statutory_lines(
        prescribed_sets(the_schemas()),
        kind=kind,
        agreed=since,
        holds=lambda dataset, month: (dataset, month) in set(held),
        today=date.fromisoformat(today),
        quarters=quarters,
    )


def test_a_prescribed_set_is_due_by_the_end_of_the_quarter_after():
    lines = {(one.item, one.quarter.last): one for one in statutory("2026-12-31")}
    assert {item for item, _ in lines} == {1, 2}
    found = lines[2, "2026-09"]
    assert (found.due_on, found.state, found.missing) == (
        date(2026, 12, 31),
        Arrival.DUE,
        ("2026-07", "2026-08", "2026-09"),
    )
    assert lines[2, "2026-12"].state is Arrival.NOT_YET
    assert lines[2, "2026-06"].days_late == 92
    tomorrow = {(one.item, one.quarter.last): one for one in statutory("2027-01-01")}
    assert (tomorrow[2, "2026-09"].state, tomorrow[2, "2026-09"].days_late) == (Arrival.LATE, 1)


def test_a_quarter_is_there_when_one_carrier_holds_all_its_months():
    months = ("2026-07", "2026-08", "2026-09")
    (found,) = (
        one
        for one in statutory("2026-12-31", [(STREET, month) for month in months])
        if one.item == 2 and one.quarter.last == "2026-09"
    )
    assert found.state is Arrival.ACCEPTED
    (part,) = (
        one
        for one in statutory("2026-12-31", [(STREET, month) for month in months[:2]])
        if one.item == 2 and one.quarter.last == "2026-09"
    )
    assert part.missing == ("2026-09",)


def test_what_no_agreed_dataset_carries_is_never_late_here():
    for agreed in ({}, {STREET: date(2028, 1, 1)}):
        assert {one.state for one in statutory("2026-12-31", agreed=agreed)} == {Arrival.GAP}
    assert statutory("2026-12-31", kind="housing_association") == ()


def test_a_dataset_names_the_items_that_it_carries_for_its_holder_alone():
    sets = prescribed_sets(the_schemas())
    assert items_of(sets, kind="chief_officer_police", dataset=STREET) == (1, 2)
    assert items_of(sets, kind="local_authority", dataset=STREET) == ()
