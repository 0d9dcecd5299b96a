"""Rows as a person gets them: each field in its form, and nothing by which more could be told."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.db import Database
from hub.kit.authority import Form, Reader
from hub.kit.clock import FrozenClock
from hub.kit.errors import Conflict, Invalid, NotFound, NotPermitted
from hub.policy import LIFE
from hub.pseudonyms import Pseudonyms
from tests.support.rows import (
    CITY,
    COUNCIL,
    MET,
    SEARCH_FORMS,
    SEARCHES,
    STREET,
    STREET_FORMS,
    a_grant,
    an_agreement,
    english_squares,
    opened,
    rows_seen,
)
from tests.support.schemas import csv_of, rows_of
from tests.support.snapshots import AHub, an_analyst

PSEUDONYMS = Pseudonyms(bytes(range(32)))


@pytest.fixture
def hub(database: Database, clock: FrozenClock, tmp_path: Path) -> AHub:
    return AHub(database, clock, tmp_path)


def send(hub: AHub, folder: Path, dataset: str, period: str = "2024-05", count: int = 3, **changes: str) -> str:
    rows = [row | {name: period for name in ("Month",) if name in row} for row in rows_of(dataset, count, **changes)]
    path = folder / f"{dataset.replace('/', '-')}-{period}.csv"
    path.write_bytes(csv_of(rows))
    return hub.submit(MET, dataset, period, path).id


def test_each_field_comes_in_its_form_and_nothing_else_comes(hub: AHub, tmp_path: Path) -> None:
    hub.load_areas(*english_squares(tmp_path))
    hub.agree(an_agreement("rows", STREET, STREET_FORMS))
    send(hub, tmp_path, STREET, **{"LSOA code": "E01000002"})
    rows = rows_seen(hub, COUNCIL, STREET)
    assert [list(row) for row in rows] == [["Crime ID", "Month", "LSOA code", "Crime type"]] * 3
    assert {row["LSOA code"] for row in rows} == {"E05000002", None}  # an area outside the partnership has no ward here
    assert {row["Month"] for row in rows} == {"2024-05"}
    with opened(hub, COUNCIL, STREET) as seen:
        assert set(seen.session.arrays(f"SELECT * FROM {seen.relation}")) == set(STREET_FORMS)
        assert [(one.name, one.form.value, one.coarser) for one in seen.fields][2] == (
            "LSOA code",
            "read_generalised",
            "ward",
        )


def test_points_become_lsoas_and_moments_months(hub: AHub, tmp_path: Path) -> None:
    hub.load_areas(*english_squares(tmp_path))
    hub.agree(an_agreement("rows", SEARCHES, SEARCH_FORMS))
    send(hub, tmp_path, SEARCHES, Longitude="", Latitude="")
    rows = rows_seen(hub, COUNCIL, SEARCHES)
    assert {(row["Date"], row["Gender"]) for row in rows} == {("2024-05", "Male")}
    assert [(row["Longitude"], row["Latitude"]) for row in rows].count(("E01000002", "E01000002")) == 2
    assert [(row["Longitude"], row["Latitude"]) for row in rows].count((None, None)) == 1


def test_without_an_area_tree_a_place_is_no_area(hub: AHub, tmp_path: Path) -> None:
    hub.agree(an_agreement("rows", SEARCHES, SEARCH_FORMS))
    send(hub, tmp_path, SEARCHES)
    with pytest.raises(Conflict) as caught:
        rows_seen(hub, COUNCIL, SEARCHES)
    assert caught.value.code == "no-tree"


def test_two_agreements_give_pseudonyms_that_cannot_be_joined(hub: AHub, tmp_path: Path) -> None:
    """The two recipients put their rows together: no pseudonym of one is a pseudonym of the other."""
    only = {"Crime ID": "read_pseudonymised"}
    hub.agree(an_agreement("first", STREET, only))
    hub.agree(an_agreement("second", STREET, only, recipients=(CITY,)))
    send(hub, tmp_path, STREET, count=40)
    mine = {row["Crime ID"] for row in rows_seen(hub, COUNCIL, STREET)}
    theirs = {row["Crime ID"] for row in rows_seen(hub, CITY, STREET)}
    assert len(mine) == len(theirs) == 40
    assert mine.isdisjoint(theirs)
    kept = {PSEUDONYMS.of(f"{number:064x}", dataset=STREET) for number in range(40)}
    assert mine.isdisjoint(kept)
    assert theirs.isdisjoint(kept)
    assert mine == {PSEUDONYMS.of_agreement(value, agreement="first") for value in kept}
    assert theirs == {PSEUDONYMS.of_agreement(value, agreement="second") for value in kept}


def test_one_agreement_keeps_its_pseudonyms_from_month_to_month_and_when_renewed(hub: AHub, tmp_path: Path) -> None:
    only = {"Crime ID": "read_pseudonymised", "Month": "read_clear"}
    hub.agree(an_agreement("rows", STREET, only))
    send(hub, tmp_path, STREET, "2024-05", 2)
    send(hub, tmp_path, STREET, "2024-06", 2)
    before = rows_seen(hub, COUNCIL, STREET)
    by_month = [{row["Crime ID"] for row in before if row["Month"] == month} for month in ("2024-05", "2024-06")]
    assert by_month[0] == by_month[1]
    hub.agree(an_agreement("rows", STREET, only, version=2))
    assert a_grant(hub, an_analyst(COUNCIL), STREET).datasets[STREET].agreements == ("rows@2",)
    assert rows_seen(hub, COUNCIL, STREET) == before


def test_rows_come_in_no_order_of_the_file(hub: AHub, tmp_path: Path) -> None:
    """Two agreements' rows, put side by side as they come, are not the same rows line by line."""
    hub.agree(an_agreement("first", STREET, {"Crime ID": "read_pseudonymised"}))
    hub.agree(an_agreement("second", STREET, {"Crime ID": "read_pseudonymised"}, recipients=(CITY,)))
    send(hub, tmp_path, STREET, count=60)
    sides = []
    for agency in (COUNCIL, CITY):
        grant = a_grant(hub, an_analyst(agency), STREET)
        with hub.database.unit_of_work() as uow:
            page = hub.pages.page(uow, grant, STREET)
        sides.append([row[0] for row in page.rows])
        assert sides[-1] == sorted(str(one) for one in sides[-1])
    pairs = {
        (PSEUDONYMS.of_agreement(value, agreement="first"), PSEUDONYMS.of_agreement(value, agreement="second"))
        for value in (PSEUDONYMS.of(f"{number:064x}", dataset=STREET) for number in range(60))
    }
    assert sum(pair in pairs for pair in zip(*sides, strict=True)) < 10


def test_a_withdrawn_a_replaced_and_an_unsent_month_show_no_rows(hub: AHub, tmp_path: Path) -> None:
    """P3, for rows."""
    hub.agree(an_agreement("rows", STREET, {"Crime type": "read_clear"}))
    with pytest.raises(NotFound):
        rows_seen(hub, COUNCIL, STREET)
    path = tmp_path / "may.csv"
    path.write_bytes(csv_of(rows_of(STREET, 3)))
    first = hub.submit(MET, STREET, "2024-05", path)
    assert len(rows_seen(hub, COUNCIL, STREET)) == 3
    path.write_bytes(csv_of(rows_of(STREET, 2)))
    second = hub.submit(MET, STREET, "2024-05", path)
    assert first.id != second.id
    assert len(rows_seen(hub, COUNCIL, STREET)) == 2
    hub.withdraw(second)
    with pytest.raises(NotFound):
        rows_seen(hub, COUNCIL, STREET)


def test_expiry_and_suspension_bite_at_the_next_request(hub: AHub, tmp_path: Path) -> None:
    """P3, for rows."""
    hub.agree(an_agreement("rows", STREET, {"Crime type": "read_clear"}))
    send(hub, tmp_path, STREET)
    grant = a_grant(hub, an_analyst(COUNCIL), STREET)
    hub.clock.at += LIFE
    with hub.database.reading() as reading:
        with pytest.raises(NotPermitted), hub.granted.open(reading, grant, STREET):
            pass
        with pytest.raises(NotPermitted), hub.granted.open(reading, grant, SEARCHES):
            pass
    assert rows_seen(hub, COUNCIL, STREET)
    hub.suspend("rows", MET)
    with pytest.raises(NotPermitted) as refused:
        rows_seen(hub, COUNCIL, STREET)
    assert refused.value.code == "agreement.suspended"


def test_a_grant_for_whole_rows_shows_a_person_none(hub: AHub, tmp_path: Path) -> None:
    hub.agree(an_agreement("rows", STREET, {"Crime type": "read_clear"}))
    send(hub, tmp_path, STREET)
    with hub.database.unit_of_work() as uow:
        uploader = Reader(agency=MET, person="per_up", roles=frozenset({"uploader"}))
        grant = hub.policy.grant(
            uow, uploader, [STREET], purpose="data_quality", justification="mend", form=Form.READ_CLEAR
        )
    with (
        hub.database.reading() as reading,
        pytest.raises(NotPermitted) as refused,
        hub.granted.open(reading, grant, STREET),
    ):
        pass
    assert refused.value.code == "whole-rows"


def test_a_month_may_be_asked_for_only_where_the_rows_say_when(hub: AHub, tmp_path: Path) -> None:
    hub.agree(an_agreement("rows", STREET, {"Month": "read_generalised", "Crime type": "read_clear"}))
    hub.agree(an_agreement("timeless", STREET, {"Crime type": "read_clear"}, recipients=(CITY,)))
    send(hub, tmp_path, STREET, "2024-05", 3)
    send(hub, tmp_path, STREET, "2024-06", 2)
    assert len(rows_seen(hub, COUNCIL, STREET, month="2024-06")) == 2
    with opened(hub, COUNCIL, STREET, month="2024-06") as rows:
        assert rows.months() == ("2024-05", "2024-06")
    with opened(hub, CITY, STREET) as rows:
        assert rows.months() == ()
    with pytest.raises(Conflict) as caught:
        rows_seen(hub, CITY, STREET, month="2024-06")
    assert caught.value.code == "no-month"
    with pytest.raises(Invalid):
        rows_seen(hub, COUNCIL, STREET, month="June")


def test_rows_of_two_agreements_are_asked_for_one_by_one(hub: AHub, tmp_path: Path) -> None:
    hub.agree(an_agreement("kinds", STREET, {"Crime type": "read_clear"}))
    hub.agree(an_agreement("months", STREET, {"Month": "read_clear"}))
    send(hub, tmp_path, STREET)
    with pytest.raises(Conflict) as caught:
        rows_seen(hub, COUNCIL, STREET)
    assert caught.value.code == "which-rows"
    assert "kinds@1" in caught.value.remedy
    assert "months@1" in caught.value.remedy
    assert rows_seen(hub, COUNCIL, STREET, agreement="kinds")[0].keys() == {"Crime type"}
    assert rows_seen(hub, COUNCIL, STREET, agreement="months@1", supplier=MET)[0].keys() == {"Month"}
    with pytest.raises(NotPermitted):
        rows_seen(hub, COUNCIL, STREET, agreement="kinds", supplier=CITY)


@pytest.mark.parametrize(
    ("dataset", "reference", "one", "other"),
    [(STREET, "Crime ID", "Month", "Crime type"), ("police/street-crime-api", "id", "month", "category")],
)
def test_how_many_rows_a_pseudonym_has_joins_no_two_agreements(
    hub: AHub, dataset: str, reference: str, one: str, other: str
) -> None:
    """Only a reference that stands in one row each time, the whole key, is given under a second pseudonym."""
    hub.agree(an_agreement("first", dataset, {reference: "read_pseudonymised", one: "read_clear"}))
    second = an_agreement("second", dataset, {reference: "read_pseudonymised", other: "read_clear"})
    with hub.database.reading() as reading:
        codes = {reason.code for reason in hub.policy.check_agreement(reading, second)}
    assert ("floor.pseudonyms-of-two" in codes) is (reference == "Crime ID")
