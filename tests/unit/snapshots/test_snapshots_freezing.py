"""Freezing what agreements let be combined, and the rows a Grant opens."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.db import Database
from hub.kit.authority import Action, Form, Permit
from hub.kit.clock import FrozenClock
from hub.kit.errors import Conflict, NotFound, NotPermitted
from hub.snapshots import SnapshotState
from tests.support.geography import write_squares
from tests.support.schemas import csv_of, rows_of
from tests.support.snapshots import AHub, an_analyst

CRIME, SEARCH, API = "police/street-crime", "police/stop-and-search", "police/street-crime-api"


@pytest.fixture
def hub(database: Database, clock: FrozenClock, tmp_path: Path) -> AHub:
    made = AHub(database, clock, tmp_path)
    made.load_areas(*write_squares(tmp_path))
    return made


def extract(folder: Path, dataset: str, count: int = 3, **changes: str) -> Path:
    path = folder / f"{dataset.replace('/', '-')}.csv"
    path.write_bytes(csv_of(rows_of(dataset, count, **changes)))
    return path


def test_a_snapshot_holds_what_agreements_let_stand_together(hub: AHub, tmp_path: Path) -> None:
    hub.agree_shipped("bromley-open")
    hub.submit("met-police", CRIME, "2024-05", extract(tmp_path, CRIME))
    hub.submit("city-police", CRIME, "2024-05", extract(tmp_path, CRIME, 2))
    hub.submit("met-police", SEARCH, "2024-05", extract(tmp_path, SEARCH))
    snapshot = hub.freeze()
    assert (snapshot.number, snapshot.state, snapshot.left_out) == (1, SnapshotState.FROZEN, ())
    assert [(one.dataset, one.agency, one.accepted_rows) for one in snapshot.inputs] == [
        (SEARCH, "met-police", 3),
        (CRIME, "city-police", 2),
        (CRIME, "met-police", 3),
    ]
    with hub.database.reading() as reading:
        assert hub.snapshots.get(reading, 1) == snapshot
        assert hub.snapshots.current(reading) is None
        for one in snapshot.inputs:
            assert hub.vault.describe(reading, one.object_id).sha256 == one.sha256


def test_what_an_ended_agreement_covered_is_left_out_and_named(hub: AHub, tmp_path: Path) -> None:
    hub.agree_shipped("ravensbourne")
    hub.submit("ravensbourne-police", CRIME, "2024-05", extract(tmp_path, CRIME))
    health = "health/istv-assaults"
    hub.submit("ravensbourne-hospital", health, "2024-05", extract(tmp_path, health))
    assert hub.freeze().left_out == ()
    hub.suspend("ravensbourne-hospital-istv", "ravensbourne-hospital")
    hub.suspend("ravensbourne-hospital-statistics", "ravensbourne-hospital")
    snapshot = hub.freeze()
    assert snapshot.datasets == (CRIME,)
    assert snapshot.left_out == (f"{health}@ravensbourne-hospital",)


def test_nothing_is_frozen_without_areas_or_without_agreements(
    database: Database, clock: FrozenClock, tmp_path: Path
) -> None:
    hub = AHub(database, clock, tmp_path)
    with pytest.raises(Conflict) as caught:
        hub.freeze()
    assert caught.value.code == "no-tree"
    hub.load_areas(*write_squares(tmp_path))
    with pytest.raises(Conflict) as caught:
        hub.freeze()
    assert caught.value.code == "nothing"


def test_one_snapshot_is_in_force_and_the_earlier_one_retires(hub: AHub, tmp_path: Path) -> None:
    hub.agree_shipped("bromley-open")
    hub.submit("met-police", CRIME, "2024-05", extract(tmp_path, CRIME))
    for number in (1, 2):
        snapshot = hub.freeze()
        with hub.database.unit_of_work() as uow:
            hub.snapshots.enforce(uow, hub.build_permit(uow), snapshot.number)
        with hub.database.reading() as reading:
            current = hub.snapshots.current(reading)
            assert current is not None
            assert current.number == number
    with hub.database.reading() as reading:
        states = {one.number: one.state for one in hub.snapshots.all(reading)}
    assert states == {2: SnapshotState.IN_FORCE, 1: SnapshotState.RETIRED}
    with pytest.raises(Conflict), hub.database.unit_of_work() as uow:
        hub.snapshots.enforce(uow, hub.build_permit(uow), 1)
    with pytest.raises(NotFound), hub.database.reading() as reading:
        hub.snapshots.get(reading, 9)


def test_the_build_reads_whole_rows_of_the_agencies_it_was_granted(hub: AHub, tmp_path: Path) -> None:
    hub.agree_shipped("bromley-open")
    hub.submit("met-police", CRIME, "2024-05", extract(tmp_path, CRIME))
    hub.submit("city-police", CRIME, "2024-05", extract(tmp_path, CRIME, 2))
    snapshot = hub.freeze()
    with hub.database.unit_of_work() as uow:
        grant = hub.views.grant(uow, snapshot)
    with hub.database.reading() as reading, hub.snapshots.rows(reading, grant, snapshot, CRIME) as (session, relation):
        found = session.rows(
            f'SELECT hub_agency, hub_period, hub_month, hub_row, "Crime type" FROM {relation} ORDER BY ALL'
        )
    assert len(found) == 5
    assert found[0] == ("city-police", "2024-05", "2024-05", 2, "Robbery")
    assert {agency for agency, *_ in found} == {"met-police", "city-police"}


def test_an_agency_reads_its_own_rows_and_only_the_granted_fields(hub: AHub, tmp_path: Path) -> None:
    hub.agree_shipped("ravensbourne")
    hub.submit("ravensbourne-police", CRIME, "2024-05", extract(tmp_path, CRIME))
    snapshot = hub.freeze()
    with hub.database.unit_of_work() as uow:
        grant = hub.policy.grant(
            uow,
            an_analyst("ravensbourne-police"),
            [CRIME],
            purpose="svd.identify_kinds",
            justification="test",
            form=Form.READ_CLEAR,
        )
    with hub.database.reading() as reading:
        with hub.granted.open(reading, grant, CRIME) as rows:
            columns = set(rows.session.arrays(f"SELECT * FROM {rows.relation}"))
        assert columns == set(grant.datasets[CRIME].fields)
        assert "Crime ID" not in columns  # a case reference is shown to nobody
        assert "Crime type" in columns
        with pytest.raises(NotPermitted) as caught, hub.snapshots.rows(reading, grant, snapshot, CRIME):
            pass
        assert caught.value.code == "persons-rows"  # whole rows are for the hub's own tasks
        with pytest.raises(NotPermitted), hub.snapshots.rows(reading, grant, snapshot, SEARCH):
            pass
        hub.clock.at = grant.expires_at
        with pytest.raises(NotPermitted), hub.snapshots.rows(reading, grant, snapshot, CRIME):
            pass


def test_an_erased_input_marks_the_snapshot_and_its_rows_stay_shut(hub: AHub, tmp_path: Path) -> None:
    hub.agree_shipped("bromley-open")
    first = hub.submit("met-police", CRIME, "2024-05", extract(tmp_path, CRIME))
    hub.submit("city-police", CRIME, "2024-05", extract(tmp_path, CRIME))
    snapshot = hub.freeze()
    with hub.database.unit_of_work() as uow:
        grant = hub.views.grant(uow, snapshot)
    hub.withdraw(first)
    with hub.database.reading() as reading:
        with pytest.raises(Conflict) as caught, hub.snapshots.rows(reading, grant, snapshot, CRIME):
            pass
        assert caught.value.code == "erased"
    with hub.database.unit_of_work() as uow:
        assert hub.snapshots.mark_erased(uow, hub.build_permit(uow)) == (1,)
        assert hub.snapshots.get(uow, 1).marked
        assert hub.snapshots.mark_erased(uow, hub.build_permit(uow)) == ()


def test_a_permit_for_something_else_freezes_nothing(hub: AHub) -> None:
    other = Permit(
        id="permit_x",
        reader=an_analyst("bromley-council"),
        action=Action.VIEW_READ,
        resource="view/violence-by-place",
        purpose="",
        policy_hash="",
        expires_at=hub.clock.now().replace(year=2030),
    )
    with pytest.raises(NotPermitted), hub.database.unit_of_work() as uow:
        hub.snapshots.freeze(uow, other)
