from datetime import date, timedelta

import pytest

from hub.kit.working_days import (
    bank_holidays,
    easter_sunday,
    is_working_day,
    working_days_after,
    working_days_before,
)

# as published for England and Wales
PUBLISHED = {
    2020: "01-01 04-10 04-13 05-08 05-25 08-31 12-25 12-28",
    2021: "01-01 04-02 04-05 05-03 05-31 08-30 12-27 12-28",
    2022: "01-03 04-15 04-18 05-02 06-02 06-03 08-29 09-19 12-26 12-27",
    2023: "01-02 04-07 04-10 05-01 05-08 05-29 08-28 12-25 12-26",
    2024: "01-01 03-29 04-01 05-06 05-27 08-26 12-25 12-26",
    2025: "01-01 04-18 04-21 05-05 05-26 08-25 12-25 12-26",
    2026: "01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-28",
    2027: "01-01 03-26 03-29 05-03 05-31 08-30 12-27 12-28",
    2028: "01-03 04-14 04-17 05-01 05-29 08-28 12-25 12-26",
}


@pytest.mark.parametrize("year", sorted(PUBLISHED))
def test_the_bank_holidays_are_the_published_ones(year):
    assert sorted(f"{day:%m-%d}" for day in bank_holidays(year)) == PUBLISHED[year].split()


def test_easter_falls_where_the_tables_say_at_its_extremes():
    assert easter_sunday(1818) == date(1818, 3, 22)
    assert easter_sunday(1943) == date(1943, 4, 25)
    assert easter_sunday(2000) == date(2000, 4, 23)
    assert easter_sunday(2049) == date(2049, 4, 18)
    assert all(easter_sunday(year).weekday() == 6 for year in range(1900, 2200))


def test_no_year_has_fewer_than_eight_holidays_and_all_are_weekdays():
    for year in range(1996, 2100):
        assert len(bank_holidays(year)) >= 8
        assert all(day.weekday() < 5 and day.year == year for day in bank_holidays(year))


def test_the_tenth_working_day_steps_over_the_turn_of_the_year_and_its_holidays():
    # after November: Tuesday 1 December is the first; after December: New Year's Day is none
    assert working_days_after(date(2026, 11, 30), 10) == date(2026, 12, 14)
    assert working_days_after(date(2026, 12, 31), 10) == date(2027, 1, 15)
    assert working_days_after(date(2024, 2, 29), 1) == date(2024, 3, 1)
    assert working_days_after(date(2026, 12, 24), 1) == date(2026, 12, 29)
    assert working_days_after(date(2026, 12, 24), 0) == date(2026, 12, 24)


def test_a_proclaimed_holiday_moves_the_day():
    proclaimed = {date(2026, 12, 1)}
    assert not is_working_day(date(2026, 12, 1), extra=proclaimed)
    assert working_days_after(date(2026, 11, 30), 10, extra=proclaimed) == date(2026, 12, 15)


def test_going_back_undoes_going_forward_from_a_working_day():
    for number in range(60):
        day = date(2026, 11, 2) + timedelta(days=number)
        if is_working_day(day):
            assert working_days_before(working_days_after(day, 7), 7) == day
