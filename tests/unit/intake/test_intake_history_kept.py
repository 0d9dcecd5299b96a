"""Summaries and queries where they are kept: sealed with the rows, gone with them, for the agency alone."""

from __future__ import annotations

import pytest

from hub.intake import State, Submission
from hub.intake.comparing import past_of
from hub.kit.authority import Action
from hub.kit.errors import Conflict, Invalid
from hub.schemas import Outcome
from tests.support.intake import STREET, AnIntake, an_intake, traces
from tests.support.schemas import csv_of, rows_of

MONTHS = [f"2026-{month:02d}" for month in range(1, 8)]
NEXT = "2026-08"


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> AnIntake:
    """A hub in which the police have sent seven months of sixty crimes each."""
    hub = an_intake(tmp_path_factory.mktemp("history"))
    for month in MONTHS:
        assert hub.submit(extract(month, 60), period=month).state is State.ACCEPTED
    return hub


def extract(month: str, count: int, **changes: str) -> bytes:
    """So many rows of a month; the changes stand in all of them."""
    rows = rows_of(STREET, count)
    return csv_of([row | {"Month": month} | changes for row in rows])


def asked(hub: AnIntake, submission: Submission) -> list[tuple[str, str, str]]:
    with hub.database.unit_of_work() as uow:
        report = hub.intake.report(uow, hub.uploader(), submission.id)
    return [(one.code, one.field, one.severity) for one in report.findings if one.severity == "query"]


def test_the_first_months_raise_no_query(sent: AnIntake) -> None:
    with sent.database.reading() as reading:
        listed = sent.intake.listing(reading, sent.uploader())
    assert [asked(sent, one) for one in listed if one.period in MONTHS] == [[]] * len(MONTHS)


def test_a_month_far_below_is_asked_about_with_the_figures_of_the_agency(sent: AnIntake) -> None:
    few = sent.submit(extract(NEXT, 9), period=NEXT)
    assert asked(sent, few) == [("truncated-period", "", "query")]
    with sent.database.unit_of_work() as uow:
        report = sent.intake.report(uow, sent.uploader(), few.id)
    (query,) = sent.intake.questions(sent.uploader(), few.id).queries
    assert report.outcome is Outcome.ACCEPTED_WITH_WARNINGS
    assert (query.now, query.usual, dict(query.series)) == (9, 60, dict.fromkeys(MONTHS, 60))
    assert few.state is State.CHECKED
    withdraw(sent, few)


def test_a_month_far_below_counts_only_once_it_is_explained(sent: AnIntake) -> None:
    few = sent.submit(extract(NEXT, 9), period=NEXT)
    with pytest.raises(Conflict) as refused:
        sent.accept(few)
    assert refused.value.code == "not-explained"
    done = sent.accept(few, truncated_period="The system\n was  away.")
    assert done.state is State.ACCEPTED
    assert done.explanations == {"truncated-period:": "The system was away."}
    said = [one["detail"] for one in sent.log() if "explained" in one["detail"] and done.id in one["subject"]]
    assert '"explanations":"truncated-period:(20)"' in said[-1].replace(" ", "")
    assert "was away" not in "".join(said)
    withdraw(sent, done)
    assert sent.now(done).explanations == {}


@pytest.mark.parametrize(
    "text",
    ["", "x" * 501, "Ring 07700 900123", "Sent by jo@example.com", "Patient 943 476 5919 was counted twice", "a\x07b"],
)
def test_an_explanation_that_identifies_or_does_not_fit_is_not_taken(sent: AnIntake, text: str) -> None:
    few = sent.submit(extract(NEXT, 9), period=NEXT)
    with pytest.raises(Invalid) as refused:
        sent.accept(few, truncated_period=text)
    assert refused.value.code == "bad-explanation"
    assert text not in str(refused.value) or not text
    withdraw(sent, few)


def test_what_was_said_of_the_same_figures_is_offered_again(sent: AnIntake) -> None:
    first = sent.accept(sent.submit(extract(NEXT, 9), period=NEXT), truncated_period="The system was away.")
    same = sent.submit(extract(NEXT, 9, Context=" "), period=NEXT)
    other = sent.submit(extract(NEXT, 10), period=NEXT)
    offered = [sent.intake.questions(sent.uploader(), one.id).offered for one in (same, other)]
    assert offered == [{"truncated-period:": "The system was away."}, {}]
    for one in (first, same, other):
        withdraw(sent, one)


def test_a_new_category_is_named_in_the_query_and_nowhere_in_the_database(sent: AnIntake) -> None:
    other = sent.submit(extract(NEXT, 60, **{"Crime type": "Possession of weapons"}), period=NEXT)
    assert ("category-appeared", "Crime type", "query") in asked(sent, other)
    found = sent.intake.questions(sent.uploader(), other.id).queries
    named = {part.code for one in found if one.code == "category-appeared" for part in one.parts}
    assert named == {"Possession of weapons"}
    assert traces(sent.folder, "Possession of weapons") == []
    withdraw(sent, other)


def test_what_was_withdrawn_or_superseded_is_no_history(sent: AnIntake) -> None:
    first = sent.submit(extract("2025-12", 900), period="2025-12")
    second = sent.submit(extract("2025-12", 60), period="2025-12")
    assert sent.now(first).state is State.SUPERSEDED
    then = sent.submit(extract(NEXT, 61), period=NEXT)
    assert then.state is State.ACCEPTED
    with sent.database.reading() as reading:
        schema = sent.hub.schemas.get(STREET)
        compared = past_of(reading, then, schema)
    assert [one.period for one in compared] == ["2025-12", *MONTHS]
    assert first.id not in {one.id for one in compared}
    for one in (second, then):
        withdraw(sent, one)


def test_a_header_only_month_is_returned_and_stays_a_missing_month(sent: AnIntake) -> None:
    empty = sent.submit(extract(NEXT, 1).split(b"\r\n")[0] + b"\r\n", period=NEXT)
    assert empty.state is State.RETURNED
    after = sent.submit(extract("2026-09", 59), period="2026-09")
    assert asked(sent, after) == []
    cut = sent.submit(extract("2026-09", 8), period="2026-09")
    (query,) = sent.intake.questions(sent.uploader(), cut.id).queries
    assert dict(query.series)[NEXT] is None


def withdraw(hub: AnIntake, submission: Submission) -> None:
    with hub.database.unit_of_work() as uow:
        reader = hub.uploader()
        permit = hub.policy.permit(uow, reader, Action.SUBMISSION_WITHDRAW, STREET)
        hub.intake.withdraw(uow, permit, submission.id, reason="a test")
