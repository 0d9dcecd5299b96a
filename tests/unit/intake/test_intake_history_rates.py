"""How often the rules are wrong, measured on real monthly series; more figures in docs/explanation/queries-against-history.md."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Mapping
from functools import cache

import pytest

from hub.intake.history import LEAST_MONTHS, months_before, volume_query
from tests.support.shared import shared

EDITION = "data/police/mps_ward/vintage-2026-01-mps-ward-level-crime.csv"
Series = Mapping[str, Mapping[str, int]]


@cache
def series(column: str) -> Series:
    """The monthly counts of the Metropolitan Police's table, added up by a column."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    with shared(EDITION).open(encoding="utf-8-sig", newline="") as lines:
        rows = csv.DictReader(lines)
        months = [name for name in rows.fieldnames or () if name.isdigit()]
        for row in rows:
            found[row[column]].update({f"{name[:4]}-{name[4:]}": int(row[name]) for name in months})
    return found


def asked(found: Series, *, part: float = 1.0) -> tuple[int, int]:
    """(months asked about, months judged) where of each month so large a part arrived, one at a time."""
    codes = [
        volume_query(month, int(values[month] * part), past) is not None
        for values in found.values()
        for month in values
        if len(past := {name: values[name] for name in months_before(month) if name in values}) >= LEAST_MONTHS
    ]
    return sum(codes), len(codes)


@pytest.mark.parametrize(
    ("column", "most"),
    [pytest.param("LookUp_BoroughName", 0.01, id="boroughs"), pytest.param("WardCode", 0.04, id="wards")],
)
def test_real_months_are_seldom_asked_about(column: str, most: float) -> None:
    found = series(column)
    wrong, judged = asked({name: found[name] for name in sorted(found)[:100]})  # a seventh of the wards is enough
    assert judged > 500
    assert wrong / judged < most


def test_half_of_a_real_month_is_asked_about() -> None:
    found, judged = asked(series("LookUp_BoroughName"), part=0.5)
    assert found / judged > 0.98


def test_a_fifth_of_a_real_month_is_always_asked_about() -> None:
    found, judged = asked(series("LookUp_BoroughName"), part=0.2)
    assert found == judged
