"""The decision tables under policies/cases, each case a test; and that they leave no rule untried."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.kit.errors import Invalid
from hub.kit.words import catalogue
from hub.policy import CaseResult, run_cases
from tests.support.policy import the_library, the_schemas

RESULTS = run_cases(the_library(), the_schemas())


@pytest.mark.parametrize("result", RESULTS, ids=lambda result: f"{result.table}: {result.it}")
def test_the_policy_does_what_the_table_says(result: CaseResult) -> None:
    assert result.got == result.expected, [reason.sentence for reason in result.reasons]


def test_no_two_cases_of_a_table_say_the_same() -> None:
    names = [(result.table, result.it) for result in RESULTS]
    assert len(names) == len(set(names))


def test_every_forbidding_policy_is_tried_by_a_case() -> None:
    tried = {reason.code for result in RESULTS for reason in result.reasons}
    forbidding = {name for name in the_library().sections if name.startswith(("floor.", "agreement."))}
    assert forbidding - tried == {
        "agreement.author-signs"
    }  # tried by tests/unit/policy: it needs a person who wrote and signs


def test_every_reason_for_refusing_a_draft_is_tried_by_a_case() -> None:
    tried = {reason.code for result in RESULTS for reason in result.reasons}
    said = {
        key.removeprefix("policy.") for key in catalogue() if key.startswith(("policy.agreement.", "policy.floor."))
    }
    explained = {"agreement.withheld", "floor.case-reference", "floor.never-shown"}  # tried by tests/unit/policy
    assert said - tried == {
        "agreement.author-signs",
        "agreement.no-facilitator",  # tried by tests/unit/agreements: who stands as facilitator is no matter of a case
        *explained,
    }


def test_every_sentence_names_its_section_or_its_agreement_and_no_hole() -> None:
    for result in RESULTS:
        for reason in result.reasons:
            assert "{" not in reason.sentence
            if reason.code.startswith("floor."):
                assert reason.section, reason.code


def test_every_code_that_a_party_may_see_has_its_short_rule() -> None:
    words = catalogue()
    codes = {
        reason.code for result in RESULTS for reason in result.reasons if not result.expected.startswith("accepted")
    }
    asked = {code for code in codes if f"policy.{code}" in words}
    at_requests = {code for code in asked if code in the_library().sections or code.startswith(("role.", "purpose."))}
    assert {code for code in at_requests if f"policy.reason.{code}" not in words} == set()


def test_a_case_that_is_not_kept_is_shown_as_what_it_is(tmp_path: Path) -> None:
    table = """
about: a table that is wrong
agencies: {police: chief_officer_police, council: local_authority, operator: hub_operator}
agreements:
  duty:
    gateway: pcsc_s16
    parties: {police: controller, council: recipient, operator: processor}
    datasets: [{dataset: police/street-crime, supplier: police, recipients: [council]}]
cases:
  - {it: says the opposite, propose: duty, expect: refused, because: [floor.health-rows]}
"""
    (tmp_path / "wrong.yaml").write_text(table, encoding="utf-8")
    (result,) = run_cases(the_library(), the_schemas(), tmp_path)
    assert not result.passed
    assert (result.expected, result.got) == ("refused; because floor.health-rows", "accepted")


def test_a_case_that_asks_nothing_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty.yaml").write_text(
        "about: nothing\nagencies: {}\nagreements: {}\ncases: [{it: asks nothing, expect: refused}]\n", encoding="utf-8"
    )
    with pytest.raises(Invalid, match="nothing is proposed"):
        run_cases(the_library(), the_schemas(), tmp_path)
