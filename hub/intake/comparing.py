"""Compare a checked file with what the agency had accepted before, in the session that checked it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from hub.db import Reading, UnitOfWork
from hub.engine import EngineSession
from hub.intake import store
from hub.intake.damage import readable, tell_operator, unread_finding
from hub.intake.history import months_before, place_query, queries
from hub.intake.model import KEPT, Submission
from hub.intake.query import Query, as_text, finding_of, from_text
from hub.intake.summary import MonthCounts, Summary, summarised
from hub.schemas import Checked, CheckReport, DatasetSchema, Outcome, in_order

_SUMMARY, _QUERIES = "hub_summary", "hub_queries"


@dataclass(frozen=True, slots=True)
class Compared:
    """The report with its queries, the texts to seal with the accepted rows, and whose rows could not be read."""

    report: CheckReport
    noted: Mapping[str, str]
    lost: tuple[Submission, ...] = ()


def past_of(reading: UnitOfWork | Reading, submission: Submission, schema: DatasetSchema) -> tuple[Submission, ...]:
    """What a submission is compared with: what counts of the same agency and dataset, under versions of the schema that
    begin with the same number, for one of the 24 months before. Of a series the newest edition before alone.
    """
    family = submission.schema_version.partition(".")[0]
    alike = [
        one
        for one in store.of_agency(reading, submission.agency, dataset=submission.dataset)
        if one.state in KEPT
        and one.accepted_object
        and one.schema_version.partition(".")[0] == family
        and one.period < submission.period
    ]
    alike.sort(key=lambda one: one.period)
    wanted = months_before(submission.period)
    return tuple(alike[-1:]) if schema.series else tuple(one for one in alike if one.period in wanted)


def compared(
    session: EngineSession,
    schema: DatasetSchema,
    submission: Submission,
    checked: Checked,
    past: Sequence[Submission],
) -> Compared:
    """The queries that a file's month raises, and its summary for the months to come.

    A submission accepted before summaries were kept is no part of the history. One whose object is damaged or gone is left
    out of it, which is a finding and is told to the operator.
    """
    summary = summarised(session, schema, checked)
    lost: list[Submission] = []
    texts = {one.period: readable(one, lambda one: _note(session, one, _SUMMARY), lost) for one in past}
    before = {period: Summary.from_text(text) for period, text in texts.items() if text}
    found = _queries(schema, submission.period, summary, before)
    told = [finding_of(one) for one in found]
    if lost:
        tell_operator(lost)
        told.append(unread_finding(lost))
    report = checked.report
    if told:
        outcome = Outcome.ACCEPTED_WITH_WARNINGS if report.outcome is Outcome.ACCEPTED else report.outcome
        report = replace(report, findings=in_order([*report.findings, *told]), outcome=outcome)
    return Compared(report, {_SUMMARY: summary.as_text(), _QUERIES: as_text(found)}, tuple(lost))


def queries_of(session: EngineSession, submission: Submission) -> tuple[Query, ...]:
    """The queries sealed with a submission's accepted rows."""
    text = _note(session, submission, _QUERIES)
    return from_text(text) if text else ()


def _note(session: EngineSession, submission: Submission, name: str) -> str:
    """One by one: of a list the engine does not say which file it could not read."""
    source = _source(submission)
    return session.notes_of([source], name).get(source, "")


def _queries(schema: DatasetSchema, period: str, summary: Summary, before: Mapping[str, Summary]) -> tuple[Query, ...]:
    now = summary.months.get(period)
    if now is None or not before:
        return ()
    months: dict[str, MonthCounts] = {}
    for sent in sorted(before):
        months |= before[sent].months
    found = queries(period, now, months, fresh=_fresh(schema, period))
    if schema.series or not schema.place.fields:  # the places of an edition are those of all its months
        return found
    places = {sent: one.places for sent, one in before.items()}
    shifted = place_query(period, schema.place.fields[0], summary.places, places)
    return (*found, shifted) if shifted else found


def _fresh(schema: DatasetSchema, period: str) -> dict[str, frozenset[str]]:
    """The codes that may be used since a year ago or less."""
    since = months_before(period)[-12]
    return {
        one.name: frozenset(code.code for code in one.codes.codes if code.valid_from >= since)
        for one in schema.fields
        if one.codes is not None
    }


def _source(submission: Submission) -> str:
    return f"sealed://{submission.accepted_object}"
