"""Two agreements over one dataset that say different things: both are named, and what the hub does, wherever they are explained."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import yaml

from hub.agreements import Agreement
from hub.db import Database
from hub.kit.clock import FrozenClock
from hub.policy import Difference, Policy
from hub.schemas import SchemaRegistry
from tests.support.policy import (
    COUNCIL,
    OPERATOR,
    POLICE,
    STREET,
    APolicyHub,
    a_clause,
    a_document,
    someone,
    the_library,
    the_schemas,
)

HOSPITAL = "ravensbourne-hospital"
CLEAR = {"Month": "read_clear", "Crime type": "read_clear"}


@pytest.fixture
def hub(database: Database, clock: FrozenClock) -> APolicyHub:
    return APolicyHub(database, clock)


def two(hub: APolicyHub, first: dict[str, Any], second: dict[str, Any], **document: Any) -> tuple[Agreement, Agreement]:
    """Two agreements over street crime, their clauses so changed; `document` changes the second."""
    return (
        hub.agree(a_document(agreement="one", datasets=[a_clause(**first)])),
        hub.agree(a_document(agreement="two", datasets=[a_clause(**second)], **document)),
    )


def beside(hub: APolicyHub, agreement: Agreement, agency: str = POLICE) -> tuple[Difference, ...]:
    with hub.database.reading() as reading:
        return hub.policy.differences(reading, someone(agency, "governance_lead"), agreement)


def explained(hub: APolicyHub, agency: str = COUNCIL) -> list[dict[str, Any]]:
    with hub.database.reading() as reading:
        found = hub.policy.explain(reading, someone(agency, "analyst"), dataset=STREET, purpose="svd.identify_kinds")
    return list(found.as_json()["differences"])


@pytest.mark.parametrize(
    ("name", "first", "second", "words"),
    [
        ("keep_returned_days", 30, 7, ["30 days", "7 days", "the shortest holds"]),
        ("recheck_days", 20, 90, ["20 days", "90 days", "the shortest holds"]),
        ("part_accept", True, False, ["one@1 says yes", "two@1 says no", "the strictest holds"]),
        ("due_working_days", 10, 25, ["10 working days", "25 working days", "the earliest holds"]),
    ],
)
def test_how_a_dataset_is_supplied_differs_and_the_strictest_holds(
    hub: APolicyHub, name: str, first: object, second: object, words: list[str]
) -> None:
    agreements = two(hub, {name: first}, {name: second})
    for one in agreements:
        (found,) = beside(hub, one)
        assert (found.field, found.dataset, found.supplier) == (name, STREET, POLICE)
        assert found.agreements == ("one@1", "two@1")
        assert all(word in found.sentence for word in (*words, STREET, "Ravensbourne Police"))
    (told,) = explained(hub)
    assert (told["field"], told["agreements"], told["sentence"]) == (name, ["one@1", "two@1"], found.sentence)
    if name != "due_working_days":
        with hub.database.reading() as reading:
            terms = hub.agreements.supply_terms(reading, dataset=STREET, supplier=POLICE, at=hub.clock.now())
        assert getattr(terms, name) == min(first, second)  # type: ignore[type-var]  # what the sentence promises


def test_agreements_that_say_the_same_have_nothing_told(hub: APolicyHub) -> None:
    one, other = two(hub, {"recheck_days": 9}, {"recheck_days": 9, "due_working_days": 5})
    assert beside(hub, one) == beside(hub, other) == ()
    assert explained(hub) == []


def test_another_form_of_a_field_names_both_and_which_can_be_read(hub: APolicyHub) -> None:
    one, _ = two(hub, {"fields": CLEAR}, {"fields": {**CLEAR, "Month": "read_generalised"}})
    (found,) = beside(hub, one)
    assert found.field == "fields"
    assert "Month" in found.sentence
    assert "Crime type" not in found.sentence
    assert "one@1" in found.sentence
    assert "two@1" in found.sentence


def test_another_last_day_is_told_of_what_both_give(hub: APolicyHub) -> None:
    one, _ = two(hub, {}, {}, expires_on=yaml.safe_load("2027-06-30"))
    (found,) = beside(hub, one)
    assert found.field == "expires_on"
    assert "2027-12-31 by one@1" in found.sentence
    assert "2027-06-30 by two@1" in found.sentence


def test_a_draft_tells_before_it_is_signed_what_it_would_change(hub: APolicyHub) -> None:
    hub.agree(a_document(agreement="one", datasets=[a_clause(recheck_days=30)]))
    draft = hub.propose(a_document(agreement="two", datasets=[a_clause(recheck_days=5)]))
    assert [one.field for one in beside(hub, draft)] == ["recheck_days"]
    assert explained(hub) == []  # nothing flows by it yet


def test_a_newer_version_of_the_same_agreement_differs_from_nobody(hub: APolicyHub) -> None:
    hub.agree(a_document(agreement="one", datasets=[a_clause(recheck_days=30)]))
    newer = hub.agree(a_document(agreement="one", version=2, datasets=[a_clause(recheck_days=5)]))
    assert beside(hub, newer) == ()


def test_nobody_hears_of_an_agreement_they_are_no_party_to(hub: APolicyHub) -> None:
    one = hub.agree(a_document(agreement="one", datasets=[a_clause(recheck_days=30)]))
    parties = [
        {"agency": POLICE, "role": "controller"},
        {"agency": HOSPITAL, "role": "recipient"},
        {"agency": OPERATOR, "role": "processor"},
    ]
    statistics = {"gateway": "anonymised_statistics", "parties": parties}
    clause = a_clause(recheck_days=5, recipients=[HOSPITAL])
    hub.agree(a_document(agreement="two", datasets=[clause], **statistics), by=POLICE)
    assert [found.field for found in beside(hub, one)] == ["recheck_days"]
    assert beside(hub, one, COUNCIL) == ()
    assert explained(hub) == []


def test_what_has_run_out_or_is_suspended_is_no_difference_any_more(hub: APolicyHub) -> None:
    one, other = two(hub, {"recheck_days": 30}, {"recheck_days": 5})
    hub.change("suspend", other.reference, agency=POLICE)
    assert beside(hub, one) == ()
    hub.change("resume", other.reference, agency=POLICE)
    assert len(beside(hub, one)) == 1
    hub.clock.advance(timedelta(days=4_000))
    assert beside(hub, one) == ()


def test_two_profiles_cannot_stand_together_and_both_agreements_are_named(hub: APolicyHub) -> None:
    """What the hub refuses is an objection, never a difference."""
    hub.agree(a_document(agreement="one"))
    with hub.database.reading() as reading:
        draft = a_document(agreement="two", datasets=[a_clause(profile="ons_10_5")])
        (reason,) = [one for one in hub.policy.check_agreement(reading, draft) if one.code == "agreement.one-profile"]
    assert "one@1" in reason.sentence
    assert "two@1" in reason.sentence


def test_forms_of_a_dataset_whose_schema_is_not_agreed_here_are_not_compared(hub: APolicyHub) -> None:
    first, _ = two(hub, {"fields": CLEAR}, {"fields": {**CLEAR, "Month": "read_generalised"}})
    others = SchemaRegistry(one for one in the_schemas().all() if one.id != STREET)
    without = Policy(
        database=hub.database,
        agreements=hub.agreements,
        schemas=others,
        directory=hub.directory,
        clock=hub.clock,
        library=the_library(),
    )
    with hub.database.reading() as reading:
        found = without.differences(reading, someone(POLICE, "governance_lead"), first)
    assert [one.field for one in beside(hub, first)] == ["fields"]
    assert found == ()
