"""The report by cause: what returns the file first, nothing left out, and a summary that counts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hub.intake import State, Submission, key_of
from hub.schemas import Finding, finding
from hub.web.pages.causes import ReportPart, report_part
from tests.support.web_calendar import a_report, a_submission

WORDS = {
    "names": "a list",
    "codes": "Crime types",
    "period": "2026-10",
    "schema": "police/street-crime",
    "where": "M",
    "name": "Beat",
}
LISTED = [
    finding(
        "not-in-code-list",
        field=name,
        count=count,
        rows=range(2, 2 + count),
        cells=[f"J{row}" for row in range(2, 22)],
        **WORDS,
    )
    for name, count in (("Crime type", 30), ("Last outcome category", 6))
]
MISSING = finding("missing-column", field="Reported by", rows=[1])
EXTRA = finding("extra-column", field="column M", rows=[1], cells=["M1"], **WORDS)
ASKED = finding("volume-step", field="", rows=[], low="1", high="2", now="3", usual="2", month="October 2026", **WORDS)
EMPTY = finding("empty-file")


def part(found: list[Finding], state: State = State.RETURNED, *, readable: bool = True, **changes: Any) -> ReportPart:
    submission: Submission = a_submission(state=state, **{"accepted_rows": 0, **changes})
    report = replace(a_report(), findings=tuple(found))
    made = report_part(submission, report, readable=readable)
    assert made is not None
    return made


def titles(made: ReportPart) -> list[str]:
    return [group.title for group in made.groups]


def test_what_returns_the_file_stands_first_and_open_however_many_causes_there_are() -> None:
    others = [EXTRA, *LISTED, finding("exact-copies", count=2, rows=[2, 3], **WORDS)]
    made = part([*others, MISSING])
    assert [cause.code for cause in made.causes][:2] == ["missing-column", "not-in-code-list"]
    assert titles(made) == [
        "Mend this first: while it stands, nothing of the file is used",
        "Mend these rows too",
        "Look at these: they hold nothing back",
    ]
    assert [cause.is_open for cause in made.causes] == [True, False, False, False]


def test_few_causes_stand_open() -> None:
    assert all(cause.is_open for cause in part([*LISTED, EXTRA]).causes)


def test_the_summary_counts_causes_to_mend_to_explain_and_to_look_at() -> None:
    assert part([MISSING, *LISTED, EXTRA]).summary == "2 things to mend, 1 to look at"
    assert part([MISSING]).summary == "1 thing to mend"
    assert part([EXTRA]).summary == "1 thing to look at"
    assert part([ASKED, EXTRA], State.CHECKED).summary == "1 question to explain, 1 thing to look at"
    said = {key_of(ASKED.code, ASKED.field): "It was so."}
    assert part([ASKED], State.ACCEPTED, explanations=said).summary == "1 question explained"


def test_what_is_asked_is_asked_although_its_kind_is_told_of_elsewhere() -> None:
    cut = replace(finding("truncated-period", counted="1", usual="60", month="May 2026", **WORDS), severity="query")
    made = part([cut], State.CHECKED)
    assert (made.summary, made.causes[0].severity) == ("1 question to explain", "query")
    assert titles(made) == ["Questions about the figures"]


def test_columns_with_the_same_cause_stand_together_and_the_remedy_is_said_once() -> None:
    (cause,) = part(LISTED).causes
    assert cause.where == "Crime type, Last outcome category: 36 places"
    assert [card.field for card in cause.findings] == ["Crime type", "Last outcome category"]
    assert cause.remedy == LISTED[0].remedy
    assert all(card.remedy == "" for card in cause.findings)
    assert cause.findings[0].cells_label == "Cells: The first 20 of 30"
    assert len(cause.findings[0].cells) == 20


def test_remedies_that_differ_stand_each_with_its_column() -> None:
    two = [finding("bad-format", field=name, rows=[2], cells=["A2"], example=name) for name in ("A", "B")]
    (cause,) = part(two).causes
    assert cause.remedy == ""
    assert [card.remedy for card in cause.findings] == [one.remedy for one in two]


def test_a_missing_column_is_missing_from_the_whole_file_and_not_in_row_one() -> None:
    (cause,) = part([MISSING]).causes
    assert cause.where == "Reported by: the whole file lacks it"
    assert cause.findings[0].cells == ()
    assert part([EMPTY]).causes[0].where == "the whole file"


def test_nothing_that_was_found_is_left_out() -> None:
    found = [MISSING, *LISTED, EXTRA, ASKED]
    cards = [card for cause in part(found).causes for card in cause.findings]
    assert sorted(card.message for card in cards) == sorted(one.message for one in found)


def test_the_group_says_what_became_of_the_rows() -> None:
    assert titles(part(LISTED)) == ["Mend these: they sent the file back"]
    assert titles(part(LISTED, State.CHECKED, accepted_rows=5)) == ["Mend these: their rows are held back"]
    planted = finding("possible-identifier", field="Location", rows=[2], cells=["G2"], kinds="phone numbers")
    assert titles(part([*LISTED, planted], State.REFUSED))[0] == "What the law does not let the hub hold"


def test_values_are_offered_to_those_who_may_read_them_alone() -> None:
    assert part(LISTED).causes[0].findings[0].values.startswith("/submissions/sub_")
    assert part(LISTED, readable=False).causes[0].findings[0].values == ""
    assert part([MISSING]).causes[0].findings[0].values == ""
