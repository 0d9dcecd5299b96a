"""What a submission is, and the states it goes through."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from hub.intake.bare import spoken
from hub.intake.explaining import fault_of, on_one_line
from hub.intake.query import QUERY, key_of
from hub.kit.canonical import canonical_json, sha256_hex
from hub.kit.clock import stamp
from hub.kit.errors import Bug, Invalid
from hub.kit.words import say
from hub.schemas import NO_PROFILE, CheckReport, DatasetSchema, Finding, ImportProfile, Outcome


class State(StrEnum):
    """Where a submission stands."""

    RECEIVED = "received"
    CHECKED = "checked"
    ACCEPTED = "accepted"
    PART_ACCEPTED = "part-accepted"
    RETURNED = "returned"
    REFUSED = "refused"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


TRANSITIONS: Mapping[State, frozenset[State]] = {
    State.RECEIVED: frozenset({State.CHECKED, State.RETURNED, State.REFUSED}),
    State.CHECKED: frozenset({State.ACCEPTED, State.PART_ACCEPTED, State.RECEIVED, State.WITHDRAWN}),
    State.ACCEPTED: frozenset({State.SUPERSEDED, State.CHECKED, State.WITHDRAWN}),
    State.PART_ACCEPTED: frozenset({State.SUPERSEDED, State.CHECKED, State.WITHDRAWN}),
    State.RETURNED: frozenset({State.RECEIVED, State.WITHDRAWN}),
    State.REFUSED: frozenset(),
    State.SUPERSEDED: frozenset({State.ACCEPTED, State.PART_ACCEPTED, State.WITHDRAWN}),
    State.WITHDRAWN: frozenset(),
}
"""Which state may follow which."""

KEPT = frozenset({State.ACCEPTED, State.PART_ACCEPTED})
"""States in which rows count."""

SENT_BACK = frozenset({State.RETURNED})
"""States in which nothing counts but the file is kept, for its agency to mend."""

WITHDRAWABLE = frozenset({State.CHECKED, State.SUPERSEDED, *KEPT, *SENT_BACK})
"""States in which there is something to take back."""

SAME_FILE = frozenset({State.RECEIVED, State.CHECKED, *KEPT, *SENT_BACK, State.REFUSED})
"""States in which the same bytes, sent again for the same month under the same schema and agreements, are the same
submission.
"""

_STATE_OF: Mapping[Outcome, State] = {
    Outcome.ACCEPTED: State.ACCEPTED,
    Outcome.ACCEPTED_WITH_WARNINGS: State.ACCEPTED,
    Outcome.PART_ACCEPTED: State.PART_ACCEPTED,
    Outcome.RETURNED: State.RETURNED,
    Outcome.REFUSED: State.REFUSED,
}


ATTESTATION = "1"
"""The version of the words a person attests to; it stands in the log beside who did."""

LONGEST_EXPLANATION = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """The act and record of supplying an extract. Holds no value of the file.

    `file_name` and `original_object` are empty for a refused file: nothing of it is kept but its hash, size, counts
    and rule. `profile` is what the sender confirmed about how the file is read. `audit_index` is the entry of its arrival;
    `agreement` the agreements it was sent under, by reference. `attested_by` is the person whose word let it in, and
    `explanations` are what that person said of its queries, by the keys of the queries. `settled_at` is when it came to
    wait for its agency: the end of its check, or the undoing of its acceptance. `superseded_by` is the
    submission that has taken its place.
    """

    id: str
    agency: str
    dataset: str
    period: str
    schema_version: str
    state: State
    file_name: str
    sha256: str
    size: int
    agreement: str
    submitted_by: str
    at: datetime
    audit_index: int
    rows: int = 0
    accepted_rows: int = 0
    quarantined_rows: int = 0
    findings: int = 0
    profile: ImportProfile = NO_PROFILE
    original_object: str = ""
    accepted_object: str = ""
    quarantine_object: str = ""
    attested_by: str = ""
    accepted_at: datetime | None = None
    settled_at: datetime | None = None
    explanations: Mapping[str, str] = field(default_factory=dict)
    superseded_by: str = ""

    @property
    def checked_as(self) -> str:
        """Names what the last check made of it, as it waits for a word: another after each check and after each undoing."""
        said = [
            self.accepted_object,
            stamp(self.settled_at) if self.settled_at else "",
            self.agreement,
            self.schema_version,
        ]
        return sha256_hex(canonical_json([self.id, *said]))[:16]

    def moved(self, state: State, **changes: Any) -> Submission:
        """The submission in its next state; a Bug when that state may not follow."""
        if state not in TRANSITIONS[self.state]:
            raise Bug(f"a submission does not go from {self.state} to {state}")
        return replace(self, state=state, **changes)

    def as_json(self) -> dict[str, Any]:
        """The submission as the API writes it."""
        return {
            "id": self.id,
            "agency": self.agency,
            "dataset": self.dataset,
            "period": self.period,
            "schema_version": self.schema_version,
            "state": self.state.value,
            "sha256": self.sha256,
            "size": self.size,
            "rows": self.rows,
            "accepted_rows": self.accepted_rows,
            "quarantined_rows": self.quarantined_rows,
            "findings": self.findings,
            "agreement": self.agreement,
            "at": stamp(self.at),
            "accepted_at": stamp(self.accepted_at) if self.accepted_at else None,
            "explanations": dict(self.explanations),
            "superseded_by": self.superseded_by or None,
            "audit_index": self.audit_index,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What the agency gets: proof of what arrived, when, and what became of it."""

    submission: str
    dataset: str
    period: str
    schema: str
    state: State
    sha256: str
    size: int
    rows: int
    accepted_rows: int
    quarantined_rows: int
    agreement: str
    audit_index: int
    at: datetime

    @classmethod
    def of(cls, found: Submission) -> Receipt:
        """The receipt of a submission as it stands."""
        return cls(
            submission=found.id,
            dataset=found.dataset,
            period=found.period,
            schema=f"{found.dataset} {found.schema_version}",
            state=found.state,
            sha256=found.sha256,
            size=found.size,
            rows=found.rows,
            accepted_rows=found.accepted_rows,
            quarantined_rows=found.quarantined_rows,
            agreement=found.agreement,
            audit_index=found.audit_index,
            at=found.at,
        )

    def as_json(self) -> dict[str, Any]:
        """The receipt as the API writes it."""
        return {name: getattr(self, name) for name in self.__slots__} | {
            "state": self.state.value,
            "at": stamp(self.at),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class CellValue:
    """One value a finding points at. Personal data: for the agency that sent it, on its own page, stored nowhere."""

    row: int
    cell: str
    value: str


def attestation_lines(schema: DatasetSchema) -> tuple[str, ...]:
    """What a person attests to of a file of this dataset before its rows count.

    No material whose disclosure the Investigatory Powers Act 2016 forbids and no patient information (Police, Crime,
    Sentencing and Courts Act 2022 s.16(4)); and, unless its rows are agreed to be personal, nobody can be known from it.
    """
    names = ["powers", "patients", *([] if schema.data_class == "personal" else ["depersonalised"])]
    return tuple(say(f"intake.attestation.{name}") for name in names)


def unexplained(report: CheckReport, submission: Submission) -> tuple[Finding, ...]:
    """The queries of a report that its agency has not explained."""
    return tuple(
        one
        for one in report.findings
        if one.severity == QUERY and key_of(one.code, one.field) not in submission.explanations
    )


def explained(report: CheckReport, explanations: Mapping[str, str]) -> dict[str, str]:
    """The explanations as they are kept, by the queries of the report; Invalid for one that is blank, too long, of
    no query, or that somebody could be known by.
    """
    queries = {key_of(one.code, one.field) for one in report.findings if one.severity == QUERY}
    kept = {name: on_one_line(text) for name, text in explanations.items()}
    for name, text in kept.items():
        if name not in queries:
            raise Invalid(say("intake.unknown-query"), code="unknown-query")
        if fault := fault_of(text):
            raise Invalid(fault, code="bad-explanation")
    return kept


def state_of(outcome: Outcome) -> State:
    """The state that an outcome of the check leads to."""
    return _STATE_OF[outcome]


def report_from_json(document: Mapping[str, Any]) -> CheckReport:
    """The report that `CheckReport.as_json` wrote; one that was made bare, in general words."""
    found = tuple(spoken(Finding.from_json(one)) for one in document["findings"])
    return CheckReport(
        schema=document["schema"],
        version=document["version"],
        period=document["period"],
        file=document["file"],
        sha256=document["sha256"],
        size=document["size"],
        encoding=document["encoding"],
        rows=document["rows"],
        accepted_rows=document["accepted_rows"],
        outcome=Outcome(document["outcome"]),
        findings=found,
    )


def states_diagram() -> str:
    """The states and what may follow, as a Mermaid diagram."""
    lines = ["stateDiagram-v2", "    [*] --> received"]
    lines.extend(
        f"    {_plain(before)} --> {_plain(after)}"
        for before, following in TRANSITIONS.items()
        for after in sorted(following)
    )
    return "\n".join(lines) + "\n"


def states_page() -> str:
    """docs/reference/submission-states.md."""
    title, intro = say("intake.reference.title"), say("intake.reference.intro").strip()
    return f"{say('intake.reference.made')}\n# {title}\n\n{intro}\n\n```mermaid\n{states_diagram()}```\n"


def _plain(state: State) -> str:
    return state.value.replace("-", "_")  # a diagram's names have no hyphen
