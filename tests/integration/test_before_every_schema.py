"""Of every dataset that the invented partnership sends, its sender is told on page and API who sees what, as the policy has it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from hub.intake import Submission
from hub.synthetic import DATASETS
from tests.support.pages import words_of
from tests.support.partnerships import PURPOSE, WHOLE_RAVENSBOURNE_MONTHS, House, a_house, made

pytestmark = pytest.mark.slow

HOST = "ravensbourne-hosting"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    source = made(WHOLE_RAVENSBOURNE_MONTHS, tmp_path_factory)
    with a_house(source, tmp_path_factory.mktemp("every")) as served:
        yield served


@pytest.fixture(scope="module")
def sent(house: House) -> dict[str, Submission]:
    """The newest file of each dataset."""
    with house.hub.database.reading() as reading:
        return {one.dataset: one for one in house.hub.intake.latest_accepted(reading)}


def test_a_clean_file_of_every_dataset_was_accepted(sent: dict[str, Submission]) -> None:
    assert set(sent) == set(DATASETS)


@pytest.mark.parametrize("dataset", DATASETS)
def test_who_sees_a_dataset_is_told_to_its_sender_as_the_policy_explains_it_to_them(
    house: House, sent: dict[str, Submission], dataset: str
) -> None:
    submission = sent[dataset]
    sender, address = f"{submission.agency}-analyst", f"/submissions/{submission.id}/seen-by"
    if submission.agency == "ravensbourne-council":
        sender = "ravensbourne-council-data"
    told = house.api(sender).ok(address)["seen_by"]
    with house.hub.database.reading() as reading:
        agreed = [
            one
            for one in house.hub.agreements.in_force(reading, house.hub.clock.now())
            if any((term.dataset, term.supplier) == (dataset, submission.agency) for term in one.terms)
        ]
    parties = {agency for one in agreed for agency in one.agencies()} - {submission.agency}
    assert {agency for one in told for agency in one["agencies"]} == parties
    words = words_of(house.visitor(sender).get(address).text)
    for one in told:
        assert (one["first_rows"] is None) == (one["sees"] != "rows")
        for agency in one["agencies"]:
            with house.hub.database.reading() as reading:
                assert house.hub.identity.agency(reading, agency).name in words
            if one["sees"] == "counts" or (one["sees"] == "nothing" and agency != HOST):
                _explained(house, agency, dataset, {field["name"]: field["form"] for field in one["fields"]})


def _explained(house: House, agency: str, dataset: str, forms: dict[str, str]) -> None:
    """What the agency's own analyst is told of each field is what the sender was told of it."""
    said = house.api(f"{agency}-analyst").get("/explain", dataset=dataset, purpose=PURPOSE)
    if said.status_code == 200:
        assert {field["field"]: field["form"] for field in said.json()["fields"]} == forms
    else:
        assert set(forms.values()) == {"none"}
