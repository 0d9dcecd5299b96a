"""What a supplier is told of who sees its rows: its own agreements and nothing else, as they stand at this second."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from hub.db import Database
from hub.kit.authority import Form, Reader
from hub.kit.clock import FrozenClock
from hub.policy import ANYBODY, Recipient
from tests.support.rows import CITY, COUNCIL, MET, STREET, STREET_FORMS, a_grant, an_agreement
from tests.support.snapshots import AHub, an_analyst

FIRE, HOST = "london-fire", "hub-operator"


@pytest.fixture
def hub(database: Database, clock: FrozenClock, tmp_path: Path) -> AHub:
    return AHub(database, clock, tmp_path)


def seen(hub: AHub, supplier: str, dataset: str = STREET) -> dict[str, Recipient]:
    with hub.database.reading() as reading:
        reader = Reader(agency=supplier, person="per_x", roles=frozenset({"uploader"}))
        return {one.agency: one for one in hub.policy.seen_by(reading, reader, dataset)}


def test_a_supplier_learns_of_its_own_agreements_alone(hub: AHub) -> None:
    hub.agree(an_agreement("met-rows", STREET, STREET_FORMS))
    hub.agree(an_agreement("city-rows", STREET, {"Month": "read_clear"}, supplier=CITY, recipients=(FIRE,)))
    assert set(seen(hub, MET)) == {COUNCIL, HOST}
    assert set(seen(hub, CITY)) == {FIRE, HOST}
    assert seen(hub, "west-yorkshire-police") == {}
    assert seen(hub, MET, "police/outcomes") == {}


def test_the_forms_are_those_of_the_grant_that_the_recipient_gets(hub: AHub) -> None:
    hub.agree(an_agreement("met-rows", STREET, STREET_FORMS))
    (rows,) = seen(hub, MET)[COUNCIL].rows
    granted = a_grant(hub, an_analyst(COUNCIL), STREET).datasets[STREET]
    assert dict(rows.opening.fields) == dict(granted.fields)
    assert (rows.opening.agreement,) == granted.agreements
    assert seen(hub, MET)[COUNCIL].form_of("Crime ID", rows.opening) == (
        Form.READ_PSEUDONYMISED,
        ("met-rows@1 datasets[0]",),
    )
    assert seen(hub, MET)[COUNCIL].form_of("Location", rows.opening) == (None, ())


def test_who_runs_the_hub_is_named_and_gets_nothing(hub: AHub) -> None:
    hub.agree(an_agreement("met-counts", STREET, "count"))
    found = seen(hub, MET)
    assert (found[HOST].rows, found[HOST].counts) == ((), ())
    (counts,) = found[COUNCIL].counts
    assert (found[COUNCIL].rows, set(counts.fields)) == ((), set(hub.schemas.get(STREET).names))
    assert counts.profile == "nhs_hes"


def test_a_suspended_or_ended_agreement_is_gone_at_once(hub: AHub) -> None:
    hub.agree(an_agreement("met-rows", STREET, STREET_FORMS))
    assert seen(hub, MET)[COUNCIL].rows
    hub.suspend("met-rows@1", MET)
    assert seen(hub, MET) == {}
    hub.agree(an_agreement("met-other", STREET, "count"))
    assert seen(hub, MET)
    hub.clock.at = datetime(2040, 1, 1, tzinfo=UTC)
    assert seen(hub, MET) == {}


def test_each_agreement_that_gives_rows_is_told_apart(hub: AHub) -> None:
    hub.agree(an_agreement("met-one", STREET, {"Month": "read_clear"}))
    hub.agree(an_agreement("met-two", STREET, {"Crime type": "read_clear"}))
    told = {one.opening.agreement: set(one.opening.fields) for one in seen(hub, MET)[COUNCIL].rows}
    assert told == {"met-one@1": {"Month"}, "met-two@1": {"Crime type"}}


def test_what_is_public_is_told_to_be_everybodys(hub: AHub) -> None:
    hub.agree_shipped("bromley-open")
    everybody = seen(hub, MET)[ANYBODY]
    assert everybody.rows == ()
    assert {one.profile for one in everybody.counts} == {"open"}


def test_nothing_is_recorded_of_it(hub: AHub) -> None:
    hub.agree(an_agreement("met-rows", STREET, STREET_FORMS))
    with hub.database.unit_of_work() as uow:
        before = uow.connection.exec_driver_sql("SELECT count(*) FROM audit_entries").scalar_one()
        hub.policy.seen_by(uow, an_analyst(MET), STREET)
        assert uow.connection.exec_driver_sql("SELECT count(*) FROM audit_entries").scalar_one() == before


def test_rows_of_another_supplier_are_none_of_its_business(hub: AHub) -> None:
    hub.agree(an_agreement("met-rows", STREET, STREET_FORMS))
    hub.agree(an_agreement("city-rows", STREET, STREET_FORMS, supplier=CITY))
    for supplier, reference in ((MET, "met-rows@1"), (CITY, "city-rows@1")):
        (rows,) = seen(hub, supplier)[COUNCIL].rows
        assert (rows.opening.supplier, rows.opening.agreement) == (supplier, reference)


def test_what_is_seen_is_told_in_plain_values(hub: AHub) -> None:
    hub.agree(an_agreement("met-rows", STREET, STREET_FORMS))
    found = seen(hub, MET)[COUNCIL]
    (rows,) = found.rows
    assert rows.as_json() == rows.opening.as_json() | {"purposes": list(rows.purposes)}


def test_counts_that_are_seen_are_told_in_plain_values(hub: AHub) -> None:
    hub.agree(an_agreement("met-counts", STREET, "count"))
    (counts,) = seen(hub, MET)[COUNCIL].counts
    told = counts.as_json()
    assert (told["agreements"], told["fields"]) == (list(counts.agreements), list(counts.fields))
    assert told["profile"] == "nhs_hes"
