"""National Insurance numbers, coordinates and months against plain Python that shares nothing with the checks."""

from __future__ import annotations

import string
import tempfile
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from hub.engine import DuckDbEngine, literal
from hub.schemas import CheckReport
from hub.schemas.identifiers import Suspect, sightings
from tests.support.schemas import checked, csv_of, rows_of

few = settings(max_examples=12, deadline=None)
LONDON = ZoneInfo("Europe/London")
SEARCH, API = "police/stop-and-search", "police/street-crime-api"


def report_on(dataset: str, rows: list[dict[str, str]], **options: str) -> CheckReport:
    with tempfile.TemporaryDirectory() as folder:
        return checked(Path(folder), dataset, csv_of(rows), part_accept=True, **options)


def is_ni_number(prefix: str, digits: str, suffix: str, gap: str) -> bool:
    """HMRC's manual NIM39110, written out. Without a suffix only in pairs with spaces, and not after a short word."""
    first, second = prefix.upper()
    barred = prefix.upper() in {"BG", "GB", "KN", "NK", "NT", "TN", "ZZ"}
    if first in set("DFIQUV") or second in set("DFIOQUV") or barred or not digits.isdigit():
        return False
    if suffix and suffix.upper() in set("ABCD"):
        return True
    if suffix and not gap:
        return False  # a ninth sign that is no suffix; with a space before it, it is the next word
    words = {"AM", "AN", "AS", "AT", "BY", "HE", "ME", "MY", "ON", "OR", "PM", "WE"}
    return gap == " " and prefix.isupper() and prefix not in words


ni_parts = st.tuples(
    st.text(string.ascii_uppercase, min_size=2, max_size=2)
    | st.sampled_from(["GB", "TN", "ZZ", "JB", "at", "AT", "QQ", "AO"]),
    st.text("0123456789", min_size=6, max_size=6),
    st.sampled_from(["", "A", "D", "d", "E", "F", "M", "P"]),
    st.sampled_from(["", " "]),
)


@few
@given(st.lists(ni_parts, min_size=1, max_size=60))
def test_a_text_holds_a_national_insurance_number_exactly_when_the_manual_says_so(
    parts: list[tuple[str, str, str, str]],
) -> None:
    texts = [
        f"seen {gap.join((prefix, digits[:2], digits[2:4], digits[4:], *([suffix] if suffix else [])))} there"
        for prefix, digits, suffix, gap in parts
    ]
    values = ", ".join(f"({place}, {literal(text)})" for place, text in enumerate(texts))
    with DuckDbEngine().session() as session:
        session.run(f"CREATE TEMP TABLE texts AS SELECT * FROM (VALUES {values}) AS said(hub_row, remark)")
        sightings(session, "texts", [Suspect("remark")])
        seen = {row for (row,) in session.rows("SELECT hub_row FROM hub_identified")}
    assert seen == {place for place, one in enumerate(parts) if is_ni_number(*one)}


degrees_east = st.floats(-9, 2.5).map(lambda value: f"{value:.6f}")
degrees_north = st.floats(49, 61).map(lambda value: f"{value:.6f}")
metres = st.integers(1000, 650_000).map(str)
elsewhere = st.floats(100, 180).map(lambda value: f"{value:.3f}")
pairs_of_numbers = st.tuples(degrees_east | degrees_north | metres, degrees_north | degrees_east | metres | elsewhere)
days_of_2024 = st.datetimes(datetime.fromisoformat("2024-01-01"), datetime.fromisoformat("2025-01-02"))


def meant(longitude: str, latitude: str) -> str:
    """What a pair under longitude and latitude is, by the plain meaning of its numbers."""
    x, y = float(longitude), float(latitude)
    if -9 <= x <= 2.5 and 49 <= y <= 61:
        return ""
    if 49 <= x <= 61 and -9 <= y <= 2.5:
        return "coordinates-swapped"
    return "grid-in-degrees" if x >= 1000 and y >= 1000 else "out-of-range"


@few
@given(st.lists(pairs_of_numbers, min_size=1, max_size=15))
def test_a_pair_of_coordinates_is_told_as_what_it_plainly_is(pairs: list[tuple[str, str]]) -> None:
    rows = rows_of(API, len(pairs))
    for row, (longitude, latitude) in zip(rows, pairs, strict=True):
        row |= {"longitude": longitude, "latitude": latitude}
    told: dict[str, set[int]] = {}
    for one in report_on(API, rows).findings:
        told.setdefault(one.code, set()).update(one.rows)
    expected: dict[str, set[int]] = {}
    for place, pair in enumerate(pairs):
        if meant(*pair):
            expected.setdefault(meant(*pair), set()).add(place + 2)
    assert told == expected


@few
@given(
    moments=st.lists(days_of_2024, min_size=1, max_size=20),
    offset=st.integers(-11, 13),
    month=st.integers(1, 12),
)
def test_a_moment_counts_in_the_month_of_londons_calendar(moments: list[datetime], offset: int, month: int) -> None:
    period, zone = f"2024-{month:02d}", timezone(timedelta(hours=offset))
    edges = [datetime(2024, month, 1, tzinfo=UTC) + timedelta(minutes=minutes) for minutes in (-61, -60, -59, -1, 0, 1)]
    instants = [moment.replace(tzinfo=UTC, microsecond=0) for moment in moments] + edges
    rows = rows_of(SEARCH, len(instants))
    for row, instant in zip(rows, instants, strict=True):
        row["Date"] = instant.astimezone(zone).isoformat()
    outside = [one for one in report_on(SEARCH, rows, period=period).findings if one.code == "outside-period"]
    expected = sum(f"{instant.astimezone(LONDON):%Y-%m}" != period for instant in instants)
    assert sum(one.count for one in outside) == expected
