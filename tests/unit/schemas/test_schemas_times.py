"""Times as London's clocks show them: months, the hour that is skipped, the hour that comes twice; against Python's zoneinfo."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from hub.engine import DuckDbEngine, literal
from hub.schemas import Outcome
from hub.schemas.period import repeated_hour, skipped_hour
from tests.support.schemas import checked, codes, csv_of, found, rows_of

LONDON = ZoneInfo("Europe/London")
CALLS = "ambulance/violence-callouts"
SEARCH = "police/stop-and-search"


def hours() -> list[datetime]:
    """Each half hour of the days around each change of the clocks, 1996 to 2037, and a summer's and a winter's day."""
    days = [
        datetime.fromisoformat(f"{year}-{month:02d}-{day:02d}")
        for year in range(1996, 2038)
        for month, first in ((3, 22), (10, 22))
        for day in range(first, 32)
    ]
    days += [datetime.fromisoformat("2024-07-14"), datetime.fromisoformat("2024-01-14")]
    return [day + timedelta(minutes=30 * half) for day in days for half in range(8)]


def shown(moment: datetime) -> int:
    """How often London's clocks show a time: 0, 1 or 2."""
    instants = {moment.replace(tzinfo=LONDON, fold=fold).astimezone(UTC) for fold in (0, 1)}
    return sum(instant.astimezone(LONDON).replace(tzinfo=None) == moment for instant in instants)


def test_the_two_odd_hours_are_those_of_the_time_zone_itself() -> None:
    asked = hours()
    values = ", ".join(f"(TIMESTAMP {literal(moment.isoformat(sep=' '))})" for moment in asked)
    with DuckDbEngine().session() as session:
        said = session.rows(f"SELECT {skipped_hour('t')}, {repeated_hour('t')} FROM (VALUES {values}) AS times(t)")
    assert [(skipped, repeated) for skipped, repeated in said] == [
        (shown(moment) == 0, shown(moment) == 2) for moment in asked
    ]
    assert sum(shown(moment) == 0 for moment in asked) == sum(shown(moment) == 2 for moment in asked) == 84


def test_a_time_that_no_clock_showed_is_told_and_accepted(tmp_path: Path) -> None:
    rows = rows_of(CALLS, 3)
    for row, call in zip(rows, ("2024-03-31T00:59", "2024-03-31T01:00", "2024-03-31T02:00"), strict=True):
        row |= {"call_datetime": call, "on_scene_datetime": "2024-03-31T02:30"}
    report = checked(tmp_path, CALLS, csv_of(rows), period="2024-03")
    assert (report.outcome, found(report, "no-such-time").rows) == (Outcome.ACCEPTED_WITH_WARNINGS, (3,))


def test_of_two_times_in_the_hour_that_comes_twice_none_is_the_earlier(tmp_path: Path) -> None:
    rows = rows_of(CALLS, 4)
    times = [
        ("2024-10-27T01:50", "2024-10-27T01:10"),  # summer time, then winter time: twenty minutes later
        ("2024-10-27T02:10", "2024-10-27T01:50"),
        ("2024-10-20T01:50", "2024-10-20T01:10"),
        ("2024-10-27T01:10", "2024-10-27T01:50"),
    ]
    for row, (call, scene) in zip(rows, times, strict=True):
        row |= {"call_datetime": call, "on_scene_datetime": scene}
    report = checked(tmp_path, CALLS, csv_of(rows), period="2024-10")
    assert (codes(report), found(report, "out-of-order").rows) == (["out-of-order"], (3, 4))


@pytest.mark.parametrize("period", ["2024-03", "2024-05", "2024-10", "2024-12"])
def test_a_time_with_an_offset_counts_in_the_month_that_zoneinfo_says(tmp_path: Path, period: str) -> None:
    first = datetime.fromisoformat(f"{period}-01T00:00:00+00:00")
    after = (first + timedelta(days=32)).replace(day=1)
    moments = [
        (edge + timedelta(minutes=minutes)).astimezone(zone)
        for edge in (first, after)
        for minutes in (-121, -61, -60, -31, -1, 0, 59)
        for zone in (UTC, ZoneInfo("Europe/London"), ZoneInfo("Asia/Kolkata"), ZoneInfo("America/New_York"))
    ]
    written = [moment.isoformat(timespec="seconds") for moment in moments]
    written = [text.replace("+00:00", "Z") if place % 3 == 0 else text for place, text in enumerate(written)]
    written = [
        text[:-3] + text[-2:] if place % 5 == 0 and text[-3] == ":" and text[-6] in "+-" else text
        for place, text in enumerate(written)
    ]
    rows = rows_of(SEARCH, len(written))
    for row, text in zip(rows, written, strict=True):
        row["Date"] = text
    report = checked(tmp_path, SEARCH, csv_of(rows), period=period)
    outside = [place + 2 for place, moment in enumerate(moments) if f"{moment.astimezone(LONDON):%Y-%m}" != period]
    told = found(report, "outside-period")
    assert (told.count, told.rows) == (len(outside), tuple(outside[:20]))
    assert "bad-date" not in codes(report)
