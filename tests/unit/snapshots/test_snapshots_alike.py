"""Rows that few others are like reach no other agency: withheld by what would be shown, counted, and told in steps of five."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.db import Database
from hub.kit.clock import FrozenClock
from hub.snapshots import rows_document
from hub.snapshots.alike import said_withheld
from tests.support.rows import COUNCIL, MET, STREET, a_grant, an_agreement, opened, rows_seen
from tests.support.schemas import csv_of, rows_of
from tests.support.snapshots import AHub, an_analyst

REPORTS = "council/antisocial-behaviour"
FORMS = {"asb_category": "read_clear", "reporter_type": "read_clear", "reported_datetime": "read_generalised"}


@pytest.fixture
def hub(database: Database, clock: FrozenClock, tmp_path: Path) -> AHub:
    return AHub(database, clock, tmp_path)


def send(hub: AHub, folder: Path, kinds: list[str], period: str = "2024-05") -> None:
    """Reports of these categories, otherwise alike but for their references and moments."""
    rows = rows_of(REPORTS, len(kinds))
    for number, (row, kind) in enumerate(zip(rows, kinds, strict=True)):
        moment = f"{period}-{13 + number % 9}T{number % 24:02d}:15"
        row |= {
            "asb_category": kind,
            "incident_datetime": moment,
            "reported_datetime": moment,
            "closed_date": "",
            "status": "open",
        }
    path = folder / f"{period}.csv"
    path.write_bytes(csv_of(rows))
    assert hub.submit(COUNCIL, REPORTS, period, path).accepted_rows == len(kinds)


def agreed(hub: AHub, forms: dict[str, str] | str = FORMS) -> None:
    hub.agree(an_agreement("asb", REPORTS, forms, supplier=COUNCIL, recipients=(MET,)))


def seen_of(hub: AHub, **which: str) -> dict[str, int]:
    counted: dict[str, int] = {}
    for row in rows_seen(hub, MET, REPORTS, **which):
        counted[row["asb_category"]] = counted.get(row["asb_category"], 0) + 1
    return counted


def test_a_combination_of_fewer_than_five_rows_reaches_no_other_agency(hub: AHub, tmp_path: Path) -> None:
    agreed(hub)
    send(hub, tmp_path, ["Nuisance"] * 6 + ["Personal"] * 5 + ["Environmental"] * 4)
    assert seen_of(hub) == {"Nuisance": 6, "Personal": 5}
    with opened(hub, MET, REPORTS) as rows:
        assert rows.withheld == 4
        assert set(rows.session.arrays(f"SELECT * FROM {rows.relation}")) == set(FORMS)


def test_it_is_what_would_be_shown_that_counts(hub: AHub, tmp_path: Path) -> None:
    """Without the field that tells them apart the same rows are alike, and none is withheld."""
    agreed(hub, {"reporter_type": "read_clear"})
    send(hub, tmp_path, ["Nuisance"] * 6 + ["Personal"] * 5 + ["Environmental"] * 4)
    assert len(rows_seen(hub, MET, REPORTS)) == 15


def test_a_moment_shown_to_the_minute_is_alone(hub: AHub, tmp_path: Path) -> None:
    agreed(hub, FORMS | {"reported_datetime": "read_clear"})
    send(hub, tmp_path, ["Nuisance"] * 12)
    assert rows_seen(hub, MET, REPORTS) == []


def test_each_extract_is_counted_by_itself(hub: AHub, tmp_path: Path) -> None:
    """Three in May and three in June are not six, also where the rows do not say when."""
    agreed(hub, {"asb_category": "read_clear"})
    for period in ("2024-05", "2024-06"):
        send(hub, tmp_path, ["Nuisance"] * 6 + ["Personal"] * 3, period)
    assert seen_of(hub) == {"Nuisance": 12}


def test_a_month_asked_for_shows_the_rows_that_all_months_show(hub: AHub, tmp_path: Path) -> None:
    """P4, for rows that are withheld."""
    agreed(hub)
    send(hub, tmp_path, ["Nuisance"] * 6 + ["Personal"] * 3, "2024-05")
    send(hub, tmp_path, ["Nuisance"] * 4 + ["Personal"] * 7, "2024-06")
    by_month = {}
    for month in ("2024-05", "2024-06"):
        with opened(hub, MET, REPORTS, month=month) as rows:
            said = rows.session.rows(f"SELECT asb_category, count(*) FROM {rows.relation} GROUP BY ALL")
            by_month[month] = (dict(said), rows.withheld)
    assert by_month == {"2024-05": ({"Nuisance": 6}, 3), "2024-06": ({"Personal": 7}, 4)}
    assert seen_of(hub) == {"Nuisance": 6, "Personal": 7}


def test_the_sender_sees_all_of_its_own(hub: AHub, tmp_path: Path) -> None:
    hub.agree(an_agreement("own", REPORTS, FORMS, supplier=COUNCIL, recipients=(MET, COUNCIL)))
    send(hub, tmp_path, ["Nuisance"] * 3)
    assert (len(rows_seen(hub, COUNCIL, REPORTS)), len(rows_seen(hub, MET, REPORTS))) == (3, 0)


def test_published_rows_are_withheld_from_nobody(hub: AHub, tmp_path: Path) -> None:
    hub.agree(an_agreement("open", STREET, {"Crime type": "read_clear"}))
    path = tmp_path / "crimes.csv"
    path.write_bytes(csv_of(rows_of(STREET, 2)))
    hub.submit(MET, STREET, "2024-05", path)
    assert len(rows_seen(hub, COUNCIL, STREET)) == 2


def test_a_page_says_that_rows_are_withheld_in_steps_of_five(hub: AHub, tmp_path: Path) -> None:
    agreed(hub)
    send(hub, tmp_path, ["Nuisance"] * 6 + ["Environmental"] * 4)
    grant = a_grant(hub, an_analyst(MET), REPORTS)
    with hub.database.unit_of_work() as uow:
        page = hub.pages.page(uow, grant, REPORTS)
    assert (page.total, page.withheld, rows_document(page)["withheld"]) == (6, 4, "fewer than 8")
    assert [said_withheld(count) for count in (0, 1, 7, 8, 12, 13, 1002)] == [
        "", "fewer than 8", "fewer than 8", "about 10", "about 10", "about 15", "about 1,000",
    ]  # fmt: skip
