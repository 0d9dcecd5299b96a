"""A submission with its report and receipt, and the list of an agency's submissions."""

from __future__ import annotations

from dataclasses import dataclass

from hub.web.elements import Fact, Table, Tag


@dataclass(frozen=True, slots=True)
class FindingCard:
    """One cause: what is wrong, how often, where, and one sentence on how to mend it. Never a value of the file."""

    ident: str
    code: str
    severity: str
    title: str
    message: str
    remedy: str
    places: str
    field: str
    cells: tuple[str, ...]
    cells_label: str


@dataclass(frozen=True, slots=True)
class SubmissionPage:
    """What became of a file. `mood` is `good`, `wait` or `bad`; `again` and `withdraw` are addresses, empty where not allowed."""

    heading: str
    status: Tag
    mood: str
    explanation: str
    counts: str
    checking: bool
    kept_nothing: bool
    findings: tuple[FindingCard, ...]
    severities: str
    receipt: tuple[Fact, ...]
    again: str = ""
    withdraw: str = ""
    withdraw_error: str = ""


@dataclass(frozen=True, slots=True)
class SubmissionsPage:
    """An agency's submissions, newest first."""

    table: Table
    can_submit: bool
