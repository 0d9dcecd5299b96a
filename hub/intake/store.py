"""The table of submissions."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from sqlalchemy import BigInteger, Column, Integer, Row, Select, String, Table, Text, insert, select, update

from hub.db import Reading, UnitOfWork, metadata
from hub.intake.model import KEPT, SAME_FILE, State, Submission, report_from_json
from hub.kit.clock import moment, stamp
from hub.schemas import CheckReport, ImportProfile

submissions = Table(
    "submissions",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("agency", String(80), nullable=False, index=True),
    Column("dataset", String(120), nullable=False),
    Column("period", String(7), nullable=False),
    Column("schema_version", String(20), nullable=False),
    Column("state", String(20), nullable=False, index=True),
    Column("file_name", String(255), nullable=False),
    Column("sha256", String(64), nullable=False, index=True),
    Column("size", BigInteger, nullable=False),
    Column("agreement", Text, nullable=False),
    Column("submitted_by", String(40), nullable=False),
    Column("at", String(27), nullable=False),
    Column("audit_index", BigInteger, nullable=False),
    Column("rows", BigInteger, nullable=False),
    Column("accepted_rows", BigInteger, nullable=False),
    Column("quarantined_rows", BigInteger, nullable=False),
    Column("findings", Integer, nullable=False),
    Column("profile", Text, nullable=False),
    Column("original_object", String(40), nullable=False),
    Column("accepted_object", String(40), nullable=False),
    Column("quarantine_object", String(40), nullable=False),
    Column("attested_by", String(40), nullable=False),
    Column("accepted_at", String(27), nullable=False),
    Column("settled_at", String(27), nullable=False),
    Column("explanations", Text, nullable=False),
    Column("superseded_by", String(40), nullable=False),
    Column("report", Text, nullable=False),
)

_FIELDS = tuple(column.name for column in submissions.columns if column.name != "report")


def add(uow: UnitOfWork, submission: Submission) -> None:
    """Keep a new submission."""
    uow.connection.execute(insert(submissions).values(**_values(submission), report=""))


def change(uow: UnitOfWork, submission: Submission, report: CheckReport | None = None) -> None:
    """Keep a submission's next state, and its report once it was checked."""
    values = _values(submission)
    if report is not None:
        values["report"] = json.dumps(report.as_json(), ensure_ascii=False)
    uow.connection.execute(update(submissions).where(submissions.c.id == submission.id).values(**values))


def get(reading: UnitOfWork | Reading, identity: str) -> Submission | None:
    """One submission."""
    found = _all(reading, select(submissions).where(submissions.c.id == identity))
    return found[0] if found else None


def report_of(reading: UnitOfWork | Reading, identity: str) -> CheckReport | None:
    """The report of a checked submission."""
    text = reading.connection.execute(
        select(submissions.c.report).where(submissions.c.id == identity)
    ).scalar_one_or_none()
    return report_from_json(json.loads(text)) if text else None


def reports_of(
    reading: UnitOfWork | Reading, agency: str, *, since: str
) -> tuple[tuple[Submission, CheckReport | None], ...]:
    """An agency's submissions for the month `since` and later with their reports, the oldest first."""
    query = select(submissions).where(submissions.c.agency == agency, submissions.c.period >= since)
    rows = reading.connection.execute(query.order_by(submissions.c.at, submissions.c.id))
    return tuple((_submission(row), report_from_json(json.loads(row.report)) if row.report else None) for row in rows)


def same_file(reading: UnitOfWork | Reading, arrived: Submission) -> Submission | None:
    """Another submission of the same bytes for the same month, under the same schema and agreements, that still
    stands.
    """
    query = select(submissions).where(
        submissions.c.agency == arrived.agency,
        submissions.c.dataset == arrived.dataset,
        submissions.c.period == arrived.period,
        submissions.c.sha256 == arrived.sha256,
        submissions.c.schema_version == arrived.schema_version,
        submissions.c.agreement == arrived.agreement,
        submissions.c.profile == _written(arrived.profile),
        submissions.c.state.in_([state.value for state in SAME_FILE]),
    )
    found = _all(reading, query.order_by(submissions.c.at.desc(), submissions.c.id.desc()))
    return found[0] if found else None


def of_agency(reading: UnitOfWork | Reading, agency: str, *, dataset: str = "") -> tuple[Submission, ...]:
    """An agency's submissions, newest first."""
    query = select(submissions).where(submissions.c.agency == agency)
    if dataset:
        query = query.where(submissions.c.dataset == dataset)
    return _all(reading, query.order_by(submissions.c.at.desc(), submissions.c.id.desc()))


def since(reading: UnitOfWork | Reading, month: str, *, agency: str = "") -> tuple[Submission, ...]:
    """The submissions for a month and later months, in any state: of one agency or of all, the oldest first."""
    query = select(submissions).where(submissions.c.period >= month)
    if agency:
        query = query.where(submissions.c.agency == agency)
    return _all(reading, query.order_by(submissions.c.at, submissions.c.id))


def in_state(reading: UnitOfWork | Reading, *states: State) -> tuple[Submission, ...]:
    """All submissions in one of the states, by agency, dataset, period and age."""
    query = select(submissions).where(submissions.c.state.in_([state.value for state in states]))
    order = (submissions.c.agency, submissions.c.dataset, submissions.c.period, submissions.c.at, submissions.c.id)
    return _all(reading, query.order_by(*order))


def standing(reading: UnitOfWork | Reading, *, agency: str, dataset: str, period: str) -> tuple[Submission, ...]:
    """The submissions whose rows count for a month; one at most, but for a moment within the check."""
    return tuple(
        one for one in of_agency(reading, agency, dataset=dataset) if one.period == period and one.state in KEPT
    )


def superseded_by(reading: UnitOfWork | Reading, identity: str) -> tuple[Submission, ...]:
    """The submissions whose place this one has taken."""
    query = select(submissions).where(
        submissions.c.superseded_by == identity, submissions.c.state == State.SUPERSEDED.value
    )
    return _all(reading, query)


def forget_report(uow: UnitOfWork, submission: Submission) -> None:
    """Keep a submission's next state; what was found before is not true of it any more."""
    values = _values(submission) | {"report": ""}
    uow.connection.execute(update(submissions).where(submissions.c.id == submission.id).values(**values))


def withdrawn(reading: UnitOfWork | Reading, identities: Collection[str]) -> frozenset[str]:
    """Those of the submissions that were withdrawn."""
    gone = reading.connection.execute(select(submissions.c.id).where(submissions.c.state == State.WITHDRAWN.value))
    return frozenset(row.id for row in gone) & frozenset(identities)


def _values(submission: Submission) -> dict[str, Any]:
    values = {name: getattr(submission, name) for name in _FIELDS}
    return values | {
        "state": submission.state.value,
        "at": stamp(submission.at),
        "profile": _written(submission.profile),
        "accepted_at": stamp(submission.accepted_at) if submission.accepted_at else "",
        "settled_at": stamp(submission.settled_at) if submission.settled_at else "",
        "explanations": json.dumps(dict(submission.explanations), ensure_ascii=False, sort_keys=True),
    }


def _written(profile: ImportProfile) -> str:
    """The same profile is the same text."""
    return "" if profile.is_empty else json.dumps(profile.as_json(), ensure_ascii=False, sort_keys=True)


def _all(reading: UnitOfWork | Reading, query: Select[Any]) -> tuple[Submission, ...]:
    return tuple(_submission(row) for row in reading.connection.execute(query))


def _submission(row: Row[Any]) -> Submission:
    values = {name: row._mapping[name] for name in _FIELDS}
    profile = ImportProfile.from_json(json.loads(values["profile"] or "{}"))
    typed = {
        "state": State(values["state"]),
        "at": moment(values["at"]),
        "profile": profile,
        "accepted_at": moment(values["accepted_at"]) if values["accepted_at"] else None,
        "settled_at": moment(values["settled_at"]) if values["settled_at"] else None,
        "explanations": json.loads(values["explanations"]),
    }
    return Submission(**(values | typed))
