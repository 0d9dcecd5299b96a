"""The report of a check: the contract of `hub check --json`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from hub.schemas.findings import ERROR, Finding, catalogue
from hub.schemas.seen import Seen


class Outcome(StrEnum):
    """What becomes of the file."""

    ACCEPTED = "accepted"
    ACCEPTED_WITH_WARNINGS = "accepted-with-warnings"
    PART_ACCEPTED = "part-accepted"
    RETURNED = "returned"
    REFUSED = "refused"


KEPT = frozenset((Outcome.ACCEPTED, Outcome.ACCEPTED_WITH_WARNINGS, Outcome.PART_ACCEPTED))
"""Outcomes in which rows get in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckReport:
    """What a check found. `rows` = data records in the file = `accepted_rows` + `quarantined_rows`; repeats count as
    rows.

    `size` is in bytes. `encoding` is `utf-8` or empty where the bytes are something else. A refused report names only
    the floor findings.
    """

    schema: str
    version: str
    period: str
    file: str
    sha256: str
    size: int
    encoding: str
    rows: int
    accepted_rows: int
    outcome: Outcome
    findings: tuple[Finding, ...]

    @property
    def quarantined_rows(self) -> int:
        """Rows that did not get in."""
        return self.rows - self.accepted_rows

    def as_json(self) -> dict[str, Any]:
        """The report as `hub check --json` and the API write it."""
        return {
            "schema": self.schema,
            "version": self.version,
            "period": self.period,
            "file": self.file,
            "sha256": self.sha256,
            "size": self.size,
            "encoding": self.encoding,
            "rows": self.rows,
            "accepted_rows": self.accepted_rows,
            "quarantined_rows": self.quarantined_rows,
            "outcome": self.outcome.value,
            "findings": [found.as_json() for found in self.findings],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A checked file. `accepted` and `quarantined` are relations of the session.

    `accepted`: the schema's columns with their types, `hub_row` BIGINT, `hub_month` VARCHAR; empty unless rows get
    in. Times are Europe/London TIMESTAMPs, months VARCHAR, blanks null. `quarantined`: the rows that did not get in,
    all columns of the file as VARCHAR, and `hub_row` (records that could not be divided into columns are in neither;
    they are counted). `places`: how many rows lie in each ward, by its code, `outside` and `unlocated`; empty without
    areas or places. `seen` is for `failing_cells`.
    """

    report: CheckReport
    accepted: str
    quarantined: str
    places: Mapping[str, int] = field(default_factory=dict)
    seen: Seen = field(default_factory=Seen, repr=False, compare=False)


def outcome_of(findings: Sequence[Finding], *, health: bool, part_accept: bool, kept_rows: int) -> Outcome:
    """What becomes of a file with these findings, of which `kept_rows` rows break no rule."""
    kinds = [catalogue()[found.code] for found in findings]
    if any(kind.refuses(health=health) for kind in kinds):
        return Outcome.REFUSED
    errors = [kind for kind in kinds if kind.severity == ERROR]
    if any(kind.about != "row" for kind in errors) or (errors and (not part_accept or kept_rows == 0)):
        return Outcome.RETURNED
    if errors:
        return Outcome.PART_ACCEPTED
    return Outcome.ACCEPTED_WITH_WARNINGS if findings else Outcome.ACCEPTED
