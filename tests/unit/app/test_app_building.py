"""A snapshot built step by step: what is published, and what stops it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.app import build_snapshot
from hub.kit.authority import Action
from hub.kit.errors import Conflict, NotFound, NotPermitted
from tests.support.hubs import ANALYST, API, BARE, OPERATOR, UPLOADER, an_extract
from tests.support.partnerships import House, a_copy, made


@pytest.fixture
def house(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Iterator[House]:
    found = a_copy(made(BARE, tmp_path_factory), tmp_path)
    for period in ("2024-01", "2024-02", "2024-03"):
        found.submit(UPLOADER, API, period, an_extract(period))
    yield found
    found.hub.close()


def test_what_was_accepted_is_published_and_progress_is_told(house: House) -> None:
    told: list[tuple[int, int]] = []
    report = build_snapshot(house.hub, house.reader(OPERATOR), progress=lambda done, total: told.append((done, total)))
    assert report.snapshot == 1
    shown = {view.id for view in report.views if view.cells > 0}
    assert {"police-and-health", "violence-by-place"} <= shown
    assert told[0] == (0, 1)
    table = house.table(ANALYST, by="borough,quarter")
    assert [cell.value for row in table.rows for cell in row.cells] == [60]


def test_an_analyst_of_the_lead_may_build_and_an_uploader_may_not(house: House) -> None:
    assert build_snapshot(house.hub, house.reader(ANALYST)).snapshot == 1
    with pytest.raises((NotPermitted, NotFound)):
        build_snapshot(house.hub, house.reader("city-police-governance"))


def test_without_an_agreement_in_force_nothing_is_published(house: House) -> None:
    build_snapshot(house.hub, house.reader(OPERATOR))
    permit = house.permit("met-police-governance", Action.AGREEMENT_SUSPEND, "bromley-open-police")
    with house.hub.database.unit_of_work() as uow:
        house.hub.agreements.suspend(uow, permit, "bromley-open-police", reason="test")
    with pytest.raises(Conflict):
        build_snapshot(house.hub, house.reader(OPERATOR))
    with house.hub.database.reading() as reading:
        current = house.hub.snapshots.current(reading)
    assert current is not None
    assert current.number == 1


def roles_of(house: House, person: str, *roles: str) -> None:
    with house.hub.database.unit_of_work() as uow:
        house.hub.identity.set_roles(uow, house.reader(OPERATOR), person=house.reader(person).person, roles=roles)


def test_who_loses_the_role_while_the_tables_are_built_publishes_nothing(house: House) -> None:
    reader = house.reader(ANALYST)
    with pytest.raises((NotPermitted, NotFound)):
        build_snapshot(house.hub, reader, progress=lambda _done, _total: roles_of(house, ANALYST, "uploader"))
    with house.hub.database.reading() as reading:
        assert house.hub.snapshots.current(reading) is None


def test_a_build_that_waited_for_somebody_now_shut_out_is_not_done(house: House) -> None:
    reader = house.reader(ANALYST)
    with house.hub.database.unit_of_work() as uow:
        house.hub.identity.disable_person(uow, house.reader(OPERATOR), person=reader.person)
    with pytest.raises(NotFound):
        build_snapshot(house.hub, reader)
    with house.hub.database.reading() as reading:
        assert not house.hub.snapshots.all(reading)
