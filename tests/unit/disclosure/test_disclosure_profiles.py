"""Thresholds and rounding, cell by cell."""

from __future__ import annotations

import numpy as np
import pytest

from hub.disclosure import (
    EXACT,
    NHS_HES,
    ONS_10_5,
    OPEN,
    PROFILES,
    CellState,
    Profile,
    TableSpec,
    legend,
    profile_named,
    protect,
)
from hub.kit.errors import Invalid, Refused

STAR = CellState.STAR


def shown(counts: list[int], profile: Profile, *, sensitive: bool) -> list[int | str]:
    states, values = protect(np.array(counts), profile, sensitive)
    return ["*" if state == STAR else value for state, value in zip(states.tolist(), values.tolist(), strict=True)]


def test_nhs_hides_one_to_seven_keeps_zero_and_rounds_the_rest_to_five() -> None:
    assert shown([0, 1, 7, 8, 10, 12, 13, 17, 18, 102, 103], NHS_HES, sensitive=False) == [
        0, "*", "*", 10, 10, 10, 15, 15, 20, 100, 105,
    ]  # fmt: skip


def test_nhs_hides_zero_too_where_a_sensitive_dimension_is_used() -> None:
    assert shown([0, 1, 8], NHS_HES, sensitive=True) == ["*", "*", 10]


def test_ons_hides_everything_below_ten() -> None:
    assert shown([0, 1, 9, 10, 12, 13], ONS_10_5, sensitive=False) == ["*", "*", "*", 10, 10, 15]


@pytest.mark.parametrize("profile", [OPEN, EXACT])
def test_a_profile_that_hides_nothing_shows_each_count_itself(profile: Profile) -> None:
    assert shown([0, 1, 7, 8, 1234], profile, sensitive=True) == [0, 1, 7, 8, 1234]
    assert not profile.hides


def test_the_value_of_a_hidden_cell_is_zero_and_never_the_count() -> None:
    _, values = protect(np.arange(8), NHS_HES, np.ones(8, dtype=bool))
    assert values.tolist() == [0] * 8


def test_sensitivity_may_be_said_cell_by_cell() -> None:
    states, _ = protect(np.zeros(2, dtype=np.int64), NHS_HES, np.array([True, False]))
    assert states.tolist() == [CellState.STAR, CellState.NUMBER]


def test_counts_below_zero_are_refused_and_no_counts_are_fine() -> None:
    with pytest.raises(Invalid, match="below zero"):
        protect(np.array([-1]), NHS_HES, sensitive=False)
    assert protect(np.zeros(0, dtype=np.int64), NHS_HES, False)[0].size == 0


def test_every_profile_is_found_by_its_name() -> None:
    for name, profile in PROFILES.items():
        assert profile_named(name) is profile


def test_cell_key_is_refused_by_name() -> None:
    with pytest.raises(Refused) as refusal:
        profile_named("cell_key")
    assert refusal.value.code == "profile-not-built"
    assert "cell_key" in refusal.value.title
    assert "nhs_hes" in refusal.value.remedy


def test_an_unknown_profile_is_invalid() -> None:
    with pytest.raises(Invalid, match="no disclosure profile nhs"):
        profile_named("nhs")


@pytest.mark.parametrize(("threshold", "round_to"), [(-1, 1), (0, 0), (2, 5), (0, 5)])
def test_a_profile_whose_rounding_could_show_a_small_count_as_zero_cannot_be_made(
    threshold: int, round_to: int
) -> None:
    with pytest.raises(Invalid, match="cannot be applied"):
        Profile(name="bad", threshold=threshold, round_to=round_to)


def test_the_same_thresholds_beside_exact_margins_say_so_in_their_name() -> None:
    assert NHS_HES.unrounded() == Profile(name="nhs_hes-unrounded", threshold=8, round_to=1)


@pytest.mark.parametrize(
    ("table", "sensitive", "zero"),
    [
        ("borough-month", {"area", "kind"}, True),
        ("borough-month-kind", {"area", "kind"}, False),
        ("borough-month-kind", {"area"}, True),
        ("ward-year", {"area"}, False),
        ("ward-year", {"kind"}, True),
        ("ward-year-kind", set(), True),
    ],
)
def test_zero_is_shown_unless_the_table_uses_a_sensitive_dimension(table: str, sensitive: set[str], zero: bool) -> None:
    assert NHS_HES.shows_zero(TableSpec.named(table), frozenset(sensitive)) is zero
    assert not ONS_10_5.shows_zero(TableSpec.named(table), frozenset(sensitive))
    assert OPEN.shows_zero(TableSpec.named(table), frozenset(sensitive))


@pytest.mark.parametrize("name", ["ward", "ward-week", "village-month", "ward-month-", "ward-month-kind-sex"])
def test_a_table_of_levels_that_do_not_exist_is_invalid(name: str) -> None:
    with pytest.raises(Invalid):
        TableSpec.named(name)


@pytest.mark.parametrize("family", ["area", "month", "lsoa", "Knife", "k", "weekdayhours", "two-words"])
def test_a_family_has_a_short_name_that_means_nothing_else(family: str) -> None:
    with pytest.raises(Invalid) as refusal:
        TableSpec("ward", "month", family)
    assert refusal.value.code == "unknown-level"


def test_a_table_rolls_up_to_coarser_ones_of_its_own_family_or_of_none() -> None:
    when = TableSpec.named("ward-month-when")
    assert when.rolls_up_to(TableSpec.named("borough-year-when"))
    assert when.rolls_up_to(TableSpec.named("borough-year"))
    assert not when.rolls_up_to(TableSpec.named("borough-year-kind"))
    assert not TableSpec.named("ward-month").rolls_up_to(when)
    assert when.with_kind
    assert when.is_sensitive(frozenset({"kind"}))


def test_a_table_is_found_again_by_its_name() -> None:
    for name in ("ward-quarter", "lsoa21-year-kind", "borough-month-when"):
        assert TableSpec.named(name).name == name


def test_the_legend_says_what_each_sign_means_under_the_profile() -> None:
    assert legend(OPEN, zero_shown=True) == ("Every count is shown exactly.",)
    star, withheld, rounded = legend(NHS_HES, zero_shown=True)
    assert star.startswith("* is a count from 1 to 7.")
    assert withheld.startswith("w is withheld: the count may be anything.")
    assert "nearest 5" in rounded
    assert legend(ONS_10_5, zero_shown=False)[0].startswith("* is a count from 0 to 9.")
    assert len(legend(NHS_HES.unrounded(), zero_shown=False)) == 2
