"""Partnerships that a program sets up: every step a verb with its permit and its entry."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.app import PARTNERSHIPS, Partnership, build, seed, seed_agreements, seed_people
from hub.audit.store import stored_entries
from hub.kit.clock import FrozenClock
from hub.kit.errors import Bug
from hub.kit.paths import data_root
from hub.settings import Mode, Settings


@pytest.mark.parametrize("partnership", PARTNERSHIPS.values(), ids=list(PARTNERSHIPS))
def test_a_partnership_is_set_up_once_with_its_agreements_in_force(tmp_path: Path, partnership: Partnership) -> None:
    hub = build(Settings(mode=Mode.DEMO, state=tmp_path), clock=FrozenClock())
    assert seed(hub, partnership) is True
    with hub.database.reading() as reading:
        assert {one.id for one in hub.identity.agencies(reading)} == {one.id for one in partnership.agencies}
        people = hub.identity.people(reading)
        assert {one.subject for one in people} == {one.id for one in partnership.people}
        for agency in hub.identity.agencies(reading):
            if any(one.agency == agency.id for one in people) and agency.kind != "hub_operator":
                assert hub.identity.is_administered(reading, agency.id), agency.id
                assert hub.identity.facilitator(reading, agency.id) is not None, agency.id
        in_force = hub.agreements.in_force(reading, hub.clock.now())
        shipped = sum(
            len(list((data_root("policies") / "agreements" / name).glob("*.yaml"))) for name in partnership.agreements
        )
        assert len(in_force) == shipped > 0
        entries = list(stored_entries(reading))
        assert hub.audit.verify(reading).verified
    signed = {entry.columns["person"] for entry in entries if entry.columns["action"] == "agreement:sign"}
    assert signed <= {one.id for one in people}
    assert seed(hub, partnership) is False
    with hub.database.reading() as reading:
        assert len(list(stored_entries(reading))) == len(entries)
    hub.close()


def test_outside_the_demo_nobody_is_set_up_by_a_program(tmp_path: Path) -> None:
    hub = build(Settings(state=tmp_path))
    with pytest.raises(Bug):
        seed(hub, PARTNERSHIPS["ravensbourne"])
    with hub.database.reading() as reading:
        assert hub.identity.agencies(reading) == ()
    hub.close()


def test_a_person_is_found_by_agency_and_role() -> None:
    found = PARTNERSHIPS["bromley-open"].person("met-police", "governance_lead")
    assert (found.id, found.agency) == ("met-police-governance", "met-police")
    with pytest.raises(StopIteration):
        PARTNERSHIPS["bromley-open"].person("met-police", "auditor")


def test_people_can_sign_in_before_the_agreements_are_there_and_each_part_is_made_once(tmp_path: Path) -> None:
    hub = build(Settings(mode=Mode.DEMO, state=tmp_path), clock=FrozenClock())
    known = PARTNERSHIPS["ravensbourne"]
    assert seed_people(hub, known) is True
    with hub.database.reading() as reading:
        assert hub.identity.people(reading)
        assert hub.agreements.all(reading) == ()
    assert seed_agreements(hub, known) is True
    assert seed_agreements(hub, known) is seed(hub, known) is False
    with hub.database.reading() as reading:
        drafts = [one.id for one in hub.agreements.all(reading) if one.status.value == "draft"]
    assert drafts == ["ravensbourne-quarterly"]
    hub.close()
