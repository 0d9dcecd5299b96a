"""Each rule with an example that can be followed by hand: what the limits are, and what lies just within them."""

from __future__ import annotations

from hub.intake.history import (
    blanks_query,
    distance,
    mix_queries,
    months_before,
    place_query,
    queries,
    volume_limits,
    volume_query,
)
from hub.intake.query import Moved, Query, as_text, finding_of, from_text
from hub.intake.summary import MonthCounts, Summary

MONTH = "2026-09"
YEAR = months_before(MONTH)[-12:]


def series(*values: int, until: str = MONTH) -> dict[str, int]:
    """These values in the months before, the last in August."""
    return dict(zip(months_before(until)[-len(values) :], values, strict=True))


STEADY = series(250, 245, 255, 250, 240, 260, 250, 245, 255, 250, 248)


def asked(now: int, past: dict[str, int]) -> str:
    found = volume_query(MONTH, now, past)
    return found.code if found else ""


def test_the_limits_of_a_steady_series_are_its_natural_limits_or_a_fifth() -> None:
    # moves: 5 10 5 10 20 10 5 10 5 2, median 7.5, times 3.145: 23.6; three roots of 250: 47.4; a fifth of 250: 50, the widest
    assert volume_limits(STEADY) == (200.0, 300.0)
    # moves of 40 are its habit: 3.145 x 40 = 125.8
    lively = series(*([230, 270] * 6))
    assert volume_limits(lively) == (250 - 100, 250 + 125.8)  # of a large series never below six tenths: 150


def test_a_month_outside_the_limits_is_a_step_and_one_within_is_none() -> None:
    assert [asked(now, STEADY) for now in (200, 199, 300, 301)] == ["", "volume-step", "", "volume-step"]
    found = volume_query(MONTH, 199, STEADY)
    assert found is not None
    assert (found.now, found.usual, found.low, found.high, found.count) == (199, 250, 200, 300, 199)
    assert found.series == tuple(STEADY.items())


def test_a_month_below_a_quarter_of_the_usual_is_truncated_not_a_step() -> None:
    assert [asked(now, STEADY) for now in (62, 63)] == ["truncated-period", "volume-step"]
    few = series(*([39] * 12))  # below 40 a month can be nearly empty by chance: within the limits 39 - 18.7
    assert [asked(now, few) for now in (21, 20, 2)] == ["", "volume-step", "volume-step"]


def test_small_numbers_are_left_alone() -> None:
    rare = series(3, 1, 4, 0, 2, 3, 5, 1, 2, 0, 3, 2)
    assert [asked(now, rare) for now in (0, 1, 12)] == ["", "", ""]
    assert asked(40, rare) == "volume-step"


def test_a_month_as_it_was_a_year_ago_is_not_asked_about() -> None:
    holidays = STEADY | {"2025-09": 9}
    assert asked(3, STEADY) == "truncated-period"
    assert asked(3, holidays) == ""
    assert asked(30, holidays) == "truncated-period"  # more than three roots, and more than ten, away from nine


def test_with_fewer_than_six_months_before_nothing_is_asked() -> None:
    five = series(250, 250, 250, 250, 250)
    assert asked(1, five) == ""
    assert asked(1, series(250, 250, 250, 250, 250, 250)) == "truncated-period"
    counts = {name: MonthCounts(rows=value, counted=value) for name, value in five.items()}
    assert queries(MONTH, MonthCounts(rows=1, counted=1), counts) == ()


def test_a_missing_month_is_no_zero() -> None:
    gaps = {name: value for name, value in STEADY.items() if name not in ("2026-03", "2026-06")}
    assert volume_limits(gaps) == (200.0, 300.0)
    found = volume_query(MONTH, 100, gaps)
    assert found is not None
    assert dict(found.series)["2026-03"] is None


def test_months_after_and_long_before_are_not_looked_at() -> None:
    counts = {
        name: MonthCounts(rows=250, counted=250)
        for name in ("2026-10", "2026-11", "2026-12", *months_before("2023-01"))
    }
    assert queries(MONTH, MonthCounts(rows=1, counted=1), counts) == ()


def filled(blank: int, rows: int = 200) -> MonthCounts:
    return MonthCounts(rows=rows, counted=rows, blanks={"latitude": blank})


def test_a_share_of_blanks_steps_by_five_points_and_ten_rows_beyond_chance() -> None:
    past = {
        name: filled(6) for name in YEAR
    }  # 3 %; chance: 3 x sqrt(0.03 x 0.97 / 200) = 3.6 points; so five points decide
    assert blanks_query(MONTH, "latitude", filled(16), past) is None  # 8 %: five points are not more than five
    found = blanks_query(MONTH, "latitude", filled(17), past)
    assert found is not None
    assert (found.now, found.usual, found.high, found.count) == (8.5, 3.0, 8.0, 17)
    few = {name: filled(1, rows=20) for name in YEAR}
    assert blanks_query(MONTH, "latitude", filled(9, rows=20), few) is None  # eight rows more, in all


def test_a_field_that_is_filled_at_once_is_asked_about_too() -> None:
    past = {name: filled(100) for name in YEAR}
    assert blanks_query(MONTH, "latitude", filled(0), past) is not None


KINDS = {"theft": 120, "robbery": 30, "knife": 50}


def test_a_category_appears_with_five_and_only_where_it_was_never_before() -> None:
    past = dict.fromkeys(YEAR, KINDS)
    assert mix_queries(MONTH, "kind", KINDS | {"arson": 4}, past) == []
    (found,) = mix_queries(MONTH, "kind", KINDS | {"arson": 5}, past)
    assert (found.code, found.count, found.now, found.parts) == ("category-appeared", 1, 5, (Moved("arson", 5, 0),))
    assert mix_queries(MONTH, "kind", KINDS | {"arson": 5}, past | {"2025-10": KINDS | {"arson": 1}}) == []
    assert mix_queries(MONTH, "kind", KINDS | {"arson": 5}, past, fresh=frozenset({"arson"})) == []


def test_a_category_vanishes_where_ten_were_to_be_expected() -> None:
    past = dict.fromkeys(YEAR, KINDS)
    without = {"theft": 120, "knife": 50}  # 30 of 200 were robberies: of 170, 25.5
    (found,) = mix_queries(MONTH, "kind", without, past)
    assert (found.code, found.count, found.usual, found.parts) == (
        "category-vanished",
        1,
        26,
        (Moved("robbery", 0, 26),),
    )
    fewer = {name: KINDS | {"arson": 9} for name in YEAR}
    assert mix_queries(MONTH, "kind", KINDS, fewer) == []


def test_a_split_category_is_asked_about_as_what_came_and_what_went() -> None:
    past = dict.fromkeys(YEAR, KINDS)
    codes = [
        one.code
        for one in mix_queries(MONTH, "kind", {"theft": 120, "robbery": 30, "knife-1": 25, "knife-2": 25}, past)
    ]
    assert codes == ["category-appeared", "category-vanished"]


def test_a_mix_shifts_by_fifteen_points() -> None:
    past = dict.fromkeys(YEAR, KINDS)
    within = {"theft": 91, "robbery": 30, "knife": 79}  # 29 of 200 are elsewhere: 14.5 %
    assert round(distance(within, {code: count / 200 for code, count in KINDS.items()}), 3) == 0.145
    assert mix_queries(MONTH, "kind", within, past) == []
    (found,) = mix_queries(MONTH, "kind", {"theft": 89, "robbery": 30, "knife": 81}, past)
    assert (found.code, found.now, found.usual) == ("mix-shift", 40.5, 25.0)
    assert [one.code for one in found.parts] == ["knife", "theft", "robbery"]


def test_places_shift_out_of_the_area_and_between_wards() -> None:
    usual = {"E05000001": 100, "E05000002": 90, "outside": 5, "unlocated": 5}
    past = dict.fromkeys(YEAR, usual)
    assert place_query(MONTH, "lsoa", usual, past) is None
    out = place_query(MONTH, "lsoa", {"E05000001": 80, "E05000002": 70, "outside": 50}, past)
    assert out is not None
    assert (out.code, out.now, out.usual, out.count, out.parts) == ("place-shift", 75.0, 95.0, 50, ())
    wards = place_query(MONTH, "lsoa", {"E05000001": 150, "E05000002": 40, "outside": 10}, past)
    assert wards is not None
    assert [one.code for one in wards.parts] == ["E05000001", "E05000002"]
    assert place_query(MONTH, "lsoa", usual, {}) is None


def every_rule() -> list[Query]:
    past = dict.fromkeys(YEAR, KINDS)
    found = [volume_query(MONTH, 199, STEADY), volume_query(MONTH, 400, STEADY), volume_query(MONTH, 3, STEADY)]
    found.append(blanks_query(MONTH, "latitude", filled(90), {name: filled(6) for name in YEAR}))
    found += mix_queries(MONTH, "kind", {"theft": 120, "knife": 50, "arson": 6}, past)
    found += mix_queries(MONTH, "kind", {"theft": 20, "robbery": 30, "knife": 150}, past)
    spread = {"E05000001": 100, "E05000002": 100}
    found.append(place_query(MONTH, "lsoa", {"E05000001": 100, "outside": 100}, dict.fromkeys(YEAR, spread)))
    found.append(place_query(MONTH, "lsoa", {"E05000001": 199, "E05000002": 1}, dict.fromkeys(YEAR, spread)))
    return [one for one in found if one is not None]


def test_every_query_has_words_and_a_finding_that_names_no_code_and_no_ward() -> None:
    found = every_rule()
    assert len(found) == 9
    for one in found:
        told = finding_of(one)
        assert (told.severity, told.code, told.field, told.count) == ("query", one.code, one.field, one.count)
        assert told.message
        assert told.remedy
        said = told.message + told.remedy
        assert not any(part.code in said for part in one.parts)


def test_queries_and_summaries_are_read_back_as_they_were_written() -> None:
    found = tuple(every_rule())
    assert from_text(as_text(found)) == found
    month = MonthCounts(rows=3, counted=30, blanks={"latitude": 1}, mix={"kind": {"theft": 30}})
    made = Summary(months={MONTH: month}, places={"E05000001": 2, "outside": 1})
    assert Summary.from_text(made.as_text()) == made
