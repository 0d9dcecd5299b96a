"""Who is who in the demo."""

from __future__ import annotations

import dataclasses

import pytest

from hub.schemas import SchemaRegistry
from hub.synthetic import (
    AGENCIES,
    DATASETS,
    FOUR,
    FOUR_DATASETS,
    FOUR_PERSONAS,
    PARTNERS,
    PERSONAS,
    persona,
)
from tests.support.synthetic import Written

ROLES = {"uploader", "governance_lead", "analyst", "strategic_lead", "lpb_monitor", "auditor", "operator"}


def test_ten_partners_supply_every_extract_and_the_council_leads(ravensbourne: Written) -> None:
    assert [agency.id.removeprefix("ravensbourne-") for agency in PARTNERS] == [
        "council",
        "police",
        "hospital",
        "ambulance",
        "fire",
        "probation",
        "youth-justice",
        "housing",
        "transport",
        "icb",
    ]
    supplied = {(agency.id, dataset) for agency in PARTNERS for dataset in agency.supplies}
    assert {(extract.agency, extract.dataset) for extract in ravensbourne.manifest.extracts} == supplied
    assert {dataset for _, dataset in supplied} == set(DATASETS)


def test_the_small_partnership_is_four_agencies_and_the_host_with_their_own_people() -> None:
    assert {agency.id for agency in FOUR} == {person.agency for person in FOUR_PERSONAS}
    assert set(FOUR_DATASETS) <= {dataset for agency in FOUR for dataset in agency.supplies}
    council = [person for person in FOUR_PERSONAS if person.agency == PARTNERS[0].id]
    assert not any("uploader" in person.roles for person in council)


def test_each_agency_is_of_a_kind_that_may_supply_its_datasets() -> None:
    registry = SchemaRegistry.from_folder()
    for agency in AGENCIES:
        for dataset in agency.supplies:
            assert agency.kind in registry.get(dataset).agency_kinds


def test_names_say_that_they_are_invented() -> None:
    assert all("(invented)" in agency.name for agency in AGENCIES)


def test_everybody_belongs_to_an_agency_and_comes_to_do_something() -> None:
    assert len({person.id for person in PERSONAS}) == len(PERSONAS)
    for person in PERSONAS:
        assert person.agency in {agency.id for agency in AGENCIES}
        assert person.roles
        assert person.roles <= ROLES
        assert person.comes_to.endswith(".")
        assert "\n" not in person.comes_to


def test_every_supplier_can_submit_and_sign_and_the_lead_can_do_the_rest() -> None:
    def roles(agency: str) -> set[str]:
        return {role for person in PERSONAS if person.agency == agency for role in person.roles}

    for agency in PARTNERS[1:]:
        assert {"uploader", "analyst", "governance_lead"} <= roles(agency.id)
    assert {"analyst", "governance_lead", "strategic_lead", "auditor"} <= roles(PARTNERS[0].id)
    assert roles("ravensbourne-hosting") == {"operator"}


def test_a_persona_is_found_by_id_and_cannot_be_changed() -> None:
    found = persona("ravensbourne-council-analyst")
    assert found.name == "Alba Finch"
    with pytest.raises(dataclasses.FrozenInstanceError):
        found.name = "Somebody else"  # type: ignore[misc]
