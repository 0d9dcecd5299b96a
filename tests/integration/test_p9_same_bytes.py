"""Promise P9: the same snapshot under the same policy gives the same bytes, also in another installation with other keys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest

from hub.app import build_snapshot
from hub.kit.authority import Action
from hub.kit.errors import Conflict, NotPermitted
from tests.support.partnerships import (
    RAVENSBOURNE_2025,
    RAVENSBOURNE_QUARTER,
    House,
    a_copy,
    made,
    make,
)

COUNCIL = "ravensbourne-council-analyst"
VIEWS = ("violence-by-place", "police-and-health")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    copy = a_copy(made(RAVENSBOURNE_2025, tmp_path_factory), tmp_path_factory.mktemp("bytes"))
    yield copy
    copy.hub.close()


def assessment(house: House, name: str = COUNCIL) -> tuple[str, bytes]:
    """A newly built assessment: its id and its bytes."""
    reader = house.reader(name)
    with house.hub.database.unit_of_work() as uow:
        permit = house.hub.policy.permit(
            uow, reader, Action.ASSESSMENT_BUILD, "assessments", purpose="svd.strategy_prepare"
        )
        built = house.hub.assessments.build(uow, permit, justification="test")
    return built.id, built.html.encode()


def read_again(house: House, identity: str, name: str) -> bytes:
    """A kept assessment, looked up anew."""
    reader = house.reader(name)
    with house.hub.database.unit_of_work() as uow:
        permit = house.hub.policy.permit(
            uow, reader, Action.ASSESSMENT_READ, "assessments", purpose="svd.strategy_prepare"
        )
        return house.hub.assessments.read(uow, permit, identity, justification="test").html.encode()


def hashes(house: House) -> Mapping[tuple[str, str], str]:
    """The result hash of every table that the council is offered."""
    reader, found = house.reader(COUNCIL), {}
    for view in VIEWS:
        with house.hub.database.unit_of_work() as uow:
            permit = house.hub.policy.permit(uow, reader, Action.VIEW_READ, view, purpose="svd.identify_kinds")
            offer = house.hub.views.offer(uow, permit, view)
        for one in offer.tables:
            by = ",".join(one.by)
            found[view, by] = house.table(COUNCIL, view, by=by).result_hash
    return found


def test_an_assessment_built_again_and_read_again_is_the_same_bytes(house: House) -> None:
    first, once = assessment(house)
    second, twice = assessment(house)
    assert first != second
    assert once == twice
    assert read_again(house, first, COUNCIL) == once
    assert read_again(house, second, "ravensbourne-council-strategy") == once


def test_an_assessment_is_the_same_bytes_after_a_restart(
    tmp_path_factory: pytest.TempPathFactory, house: House
) -> None:
    """Nothing of it hangs on what a process holds in memory."""
    other = a_copy(made(RAVENSBOURNE_2025, tmp_path_factory), tmp_path_factory.mktemp("restart"))
    try:
        assert assessment(other)[1] == assessment(house)[1]
    finally:
        other.hub.close()


def test_who_may_see_less_does_not_get_the_document(house: House) -> None:
    identity, _ = assessment(house)
    with pytest.raises((NotPermitted, Conflict)):
        read_again(house, identity, "ravensbourne-hospital-analyst")


def test_a_snapshot_built_in_another_installation_of_the_same_inputs_has_the_same_results(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """Two state folders, two root keys, other ids and pseudonyms, extracts sent in another order: one result, one document."""
    folders = [made(RAVENSBOURNE_QUARTER, tmp_path_factory), tmp_path_factory.mktemp("elsewhere")]
    make(RAVENSBOURNE_QUARTER, folders[1], backwards=True)
    houses = [a_copy(folder, tmp_path_factory.mktemp("opened")) for folder in folders]
    keys = {(house.hub.settings.state / "root.key").read_text(encoding="ascii") for house in houses}
    assert len(keys) == 2
    results = [hashes(house) for house in houses]
    assert len(results[0]) >= 6
    assert results[0] == results[1]
    documents = [assessment(house)[1] for house in houses]
    assert documents[0] == documents[1]
    build_snapshot(houses[1].hub, houses[1].reader(COUNCIL))
    assert hashes(houses[1]) == results[1]
    for house in houses:
        house.hub.close()
