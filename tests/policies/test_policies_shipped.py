"""The shipped agreements: lawful together, and what each agency gets by them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from hub.db import Database
from hub.kit.authority import Action, Form
from hub.kit.clock import FrozenClock
from tests.support.databases import a_database
from tests.support.policy import (
    AMBULANCE,
    BUILD,
    CALLOUTS,
    COUNCIL,
    HOSPITAL,
    ISTV,
    KINDS_PURPOSE,
    OPERATOR,
    POLICE,
    SEARCHES,
    STREET,
    APolicyHub,
    someone,
)

API = "police/street-crime-api"
BY = frozenset({"ward", "quarter", "kind"})


def hub_with(tmp_path_factory: pytest.TempPathFactory, folder: str, by: str) -> Iterator[APolicyHub]:
    database: Database = a_database(tmp_path_factory.mktemp(folder))
    hub = APolicyHub(database, FrozenClock())
    hub.agree_shipped(folder, by=by)
    yield hub
    database.close()


@pytest.fixture(scope="module")
def ravensbourne(tmp_path_factory: pytest.TempPathFactory) -> Iterator[APolicyHub]:
    yield from hub_with(tmp_path_factory, "ravensbourne", COUNCIL)


@pytest.fixture(scope="module")
def bromley_open(tmp_path_factory: pytest.TempPathFactory) -> Iterator[APolicyHub]:
    yield from hub_with(tmp_path_factory, "bromley-open", "bromley-council")


@pytest.fixture(scope="module")
def bromley_closed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[APolicyHub]:
    yield from hub_with(tmp_path_factory, "bromley-closed", "bromley-council")


def sees(hub: APolicyHub, agency: str, dataset: str, supplier: str) -> bool:
    with hub.database.reading() as reading:
        return hub.policy.may_see_table(
            reading,
            someone(agency, "analyst"),
            dataset=dataset,
            dimensions=BY,
            purpose=KINDS_PURPOSE,
            suppliers=frozenset({supplier}),
        ).permitted


@pytest.mark.parametrize(
    ("agency", "tables"),
    [
        (COUNCIL, {STREET, SEARCHES, ISTV, CALLOUTS}),
        (POLICE, {STREET, SEARCHES, ISTV, CALLOUTS}),
        (HOSPITAL, {STREET, ISTV, CALLOUTS}),
        (AMBULANCE, {STREET, ISTV, CALLOUTS}),
        (OPERATOR, set()),
        ("somebody-else", set()),
    ],
)
def test_who_sees_which_tables_in_the_demo(ravensbourne: APolicyHub, agency: str, tables: set[str]) -> None:
    suppliers = {STREET: POLICE, SEARCHES: POLICE, ISTV: HOSPITAL, CALLOUTS: AMBULANCE}
    assert {one for one, supplier in suppliers.items() if sees(ravensbourne, agency, one, supplier)} == tables


@pytest.mark.parametrize(
    ("agency", "dataset"), [(POLICE, STREET), (POLICE, SEARCHES), (HOSPITAL, ISTV), (AMBULANCE, CALLOUTS)]
)
def test_each_supplier_of_the_demo_sends_and_reads_its_own_rows(
    ravensbourne: APolicyHub, agency: str, dataset: str
) -> None:
    with ravensbourne.database.unit_of_work() as uow:
        ravensbourne.policy.permit(uow, someone(agency, "uploader"), Action.SUBMISSION_CREATE, dataset)
        grant = ravensbourne.policy.grant(
            uow,
            someone(agency, "analyst"),
            [dataset],
            purpose=KINDS_PURPOSE,
            justification="own rows",
            form=Form.READ_CLEAR,
        )
        supply = ravensbourne.agreements.supply_terms(
            uow, dataset=dataset, supplier=agency, at=ravensbourne.clock.now()
        )
    assert grant.datasets[dataset].scope.agencies == {agency}
    assert supply.profile == "nhs_hes"


def test_the_council_leads_the_demo_and_builds(ravensbourne: APolicyHub) -> None:
    with ravensbourne.database.reading() as reading:

        def builds(agency: str) -> bool:
            reader = someone(agency, "analyst")
            return ravensbourne.policy.decide(reading, reader, Action.SNAPSHOT_BUILD, "snapshots").permitted

        assert builds(COUNCIL)
        assert not builds(POLICE)


@pytest.mark.parametrize("agency", ["bromley-council", "met-police", "west-yorkshire-police", "somebody-else"])
def test_public_data_is_there_for_everybody_of_the_tour(bromley_open: APolicyHub, agency: str) -> None:
    for dataset, supplier in ((STREET, "city-police"), (API, "met-police"), (SEARCHES, "met-police")):
        assert sees(bromley_open, agency, dataset, supplier)


def test_the_same_data_closed_is_there_for_its_recipients_only(bromley_closed: APolicyHub) -> None:
    for supplier in ("met-police", "city-police", "west-yorkshire-police"):
        assert sees(bromley_closed, "bromley-council", STREET, supplier)
        assert not sees(bromley_closed, "somebody-else", STREET, supplier)


def test_the_tours_can_combine_all_that_they_submit(bromley_open: APolicyHub, bromley_closed: APolicyHub) -> None:
    for hub, profile in ((bromley_open, "open"), (bromley_closed, "nhs_hes")):
        with hub.database.unit_of_work() as uow:
            grant = hub.policy.grant(
                uow,
                BUILD,
                [STREET, API, SEARCHES],
                purpose="hub.snapshot",
                justification="snapshot/1",
                form=Form.READ_CLEAR,
            )
            assert {one.profile for one in grant.datasets.values()} == {profile}
            assert grant.datasets[STREET].scope.agencies == {"met-police", "city-police", "west-yorkshire-police"}
