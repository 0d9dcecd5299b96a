"""Agreements as documents: read strictly, kept word for word, standing to the second."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from hub.agreements import ALL_FIELDS, Standing, read_agreement
from hub.kit.authority import Form
from hub.kit.canonical import sha256_hex
from hub.kit.errors import Invalid
from hub.kit.paths import data_root
from tests.support.policy import COUNCIL, OPERATOR, POLICE, a_clause, a_document


def test_a_document_is_kept_word_for_word_with_its_hash() -> None:
    document = a_document()
    agreement = read_agreement(document)
    assert agreement.document == document
    assert agreement.sha256 == sha256_hex(document.encode())
    assert agreement.reference == "duty@1"
    assert agreement.lead == COUNCIL
    assert agreement.agencies() == (POLICE, COUNCIL, OPERATOR)


def test_a_clause_takes_the_purposes_of_its_agreement_unless_it_names_fewer() -> None:
    both = ["svd.identify_kinds", "svd.review"]
    narrow = a_clause(purposes=["svd.review"])
    agreement = read_agreement(a_document(purposes=both, datasets=[a_clause(), narrow]))
    assert [term.purposes for term in agreement.terms] == [tuple(both), ("svd.review",)]


def test_forms_are_said_for_all_fields_or_one_by_one() -> None:
    one_by_one = a_clause(fields={"Month": "read_clear", "Crime type": "count"})
    whole, single = read_agreement(a_document(datasets=[a_clause(), one_by_one])).terms
    assert whole.form_of("Month") is Form.COUNT
    assert whole.forms == {ALL_FIELDS: Form.COUNT}
    assert single.form_of("Month") is Form.READ_CLEAR
    assert single.form_of("Location") is None
    assert not whole.discloses_rows
    assert single.discloses_rows


def test_nobody_leads_unless_the_document_says_so() -> None:
    parties = [{"agency": POLICE, "role": "controller"}, {"agency": COUNCIL, "role": "recipient"}]
    assert read_agreement(a_document(parties=parties)).lead == ""


@pytest.mark.parametrize(
    ("at", "standing"),
    [
        (datetime(2025, 12, 31, 23, 59, 59, tzinfo=UTC), Standing.NOT_STARTED),
        (datetime(2026, 1, 1, tzinfo=UTC), Standing.IN_FORCE),
        (datetime(2026, 6, 30, 22, 59, 59, 999999, tzinfo=UTC), Standing.IN_FORCE),
        (datetime(2026, 6, 30, 23, 0, tzinfo=UTC), Standing.EXPIRED),
    ],
)
def test_days_begin_and_end_at_midnight_in_england(at: datetime, standing: Standing) -> None:
    from dataclasses import replace

    from hub.agreements import Status

    read = read_agreement(a_document(expires_on=date(2026, 6, 30)))
    assert replace(read, status=Status.IN_FORCE).standing(at) is standing
    assert read.standing(at) is Standing.DRAFT


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"gateway": None}, "gateway is missing"),
        ({"gatway": "x"}, r"Write gateway instead of gatway\."),
        ({"expires_on": date(2025, 1, 1)}, "expires_on lies before starts_on"),
        ({"starts_on": "soon"}, "starts_on"),
        ({"purposes": []}, "purposes"),
        ({"agreement": "Not A Slug"}, "agreement"),
        ({"datasets": [a_clause(fields="read_everything")]}, "read_everything is no form"),
        ({"datasets": [a_clause(fields={})]}, "no field is named"),
        ({"datasets": [a_clause(recipients=["strangers"])]}, r"datasets\.0 names strangers"),
        ({"datasets": [a_clause(supplier="strangers")]}, r"datasets\.0 names strangers"),
        ({"datasets": [a_clause(purposes=["csp.plan"])]}, r"datasets\.0 names the purpose csp\.plan"),
        ({"datasets": [a_clause(recheck_days=400)]}, r"datasets\.0\.recheck_days"),
        ({"datasets": [a_clause(dataset="street-crime")]}, r"datasets\.0\.dataset"),
        ({"parties": [{"agency": POLICE, "role": "controller"}]}, "parties"),
        (
            {"parties": [{"agency": POLICE, "role": "owner"}, {"agency": COUNCIL, "role": "recipient"}]},
            "owner is no role",
        ),
        (
            {"parties": [{"agency": POLICE, "role": "controller"}, {"agency": POLICE, "role": "recipient"}]},
            "named twice",
        ),
        (
            {
                "parties": [
                    {"agency": POLICE, "role": "controller", "lead": True},
                    {"agency": COUNCIL, "role": "recipient", "lead": True},
                ]
            },
            "two parties lead",
        ),
    ],
)
def test_what_is_wrong_is_named_with_its_place_and_its_mending(changes: dict[str, object], says: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_agreement(a_document(**changes))
    assert refused.value.code == "bad-document"
    import re

    assert re.search(says, f"{refused.value.title} {refused.value.remedy}")


@pytest.mark.parametrize(
    "path",
    sorted((data_root("policies") / "agreements").rglob("*.yaml")),
    ids=lambda path: f"{path.parent.name}/{path.stem}",
)
def test_every_shipped_agreement_can_be_read(path) -> None:  # type: ignore[no-untyped-def]
    agreement = read_agreement(path.read_text(encoding="utf-8"))
    assert agreement.lawyer.must_confirm
    assert agreement.starts_on < agreement.expires_on
