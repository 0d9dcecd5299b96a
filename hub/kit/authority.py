"""Grant and Permit: the proof that `hub.policy` said yes.

Only `hub.policy` constructs them (an architecture test reads the syntax trees). Code that reads rows takes a Grant; code that
does anything else takes a Permit. They are never stored, pickled or queued: a job stores who asked and asks again (promise P1).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NoReturn


class Form(StrEnum):
    """How much of a field a reader may see, from most to least revealing."""

    READ_CLEAR = "read_clear"
    READ_PSEUDONYMISED = "read_pseudonymised"
    READ_GENERALISED = "read_generalised"
    COUNT = "count"


class Action(StrEnum):
    """What may be asked of the hub, as `resource:verb`."""

    AGENCY_ADD = "agency:add"
    AGENCY_NOMINATE = "agency:nominate"
    AGENCY_READ = "agency:read"
    AGENCY_SET_CONTACT = "agency:set-contact"
    AGENCY_SET_UP = "agency:set-up"
    AGENCY_SUSPEND = "agency:suspend"
    AGREEMENT_PROPOSE = "agreement:propose"
    AGREEMENT_READ = "agreement:read"
    AGREEMENT_SIGN = "agreement:sign"
    AGREEMENT_SUSPEND = "agreement:suspend"
    ASSESSMENT_BUILD = "assessment:build"
    ASSESSMENT_READ = "assessment:read"
    AUDIT_READ = "audit:read"
    AUDIT_VERIFY = "audit:verify"
    CALENDAR_READ = "calendar:read"
    CALENDAR_READ_ALL = "calendar:read-all"
    CONTEXT_LOAD = "context:load"
    DATASET_READ_ROWS = "dataset:read-rows"
    DEFINITION_CHOOSE = "definition:choose"
    DEFINITION_READ = "definition:read"
    GEOGRAPHY_LOAD = "geography:load"
    PERSON_CHANGE = "person:change"
    PERSON_INVITE = "person:invite"
    PERSON_READ = "person:read"
    POLICY_EXPLAIN = "policy:explain"
    REMINDER_SEND = "reminder:send"
    SCORECARD_READ = "scorecard:read"
    SNAPSHOT_BUILD = "snapshot:build"
    SNAPSHOT_READ = "snapshot:read"
    SUBMISSION_CHECK = "submission:check"
    SUBMISSION_CREATE = "submission:create"
    SUBMISSION_READ = "submission:read"
    SUBMISSION_WITHDRAW = "submission:withdraw"
    TOKEN_ISSUE = "token:issue"  # noqa: S105 - the name of an action, not a secret
    VIEW_READ = "view:read"


@dataclass(frozen=True, slots=True)
class Reader:
    """Who asks: a person of an agency, or the hub itself doing a named task.

    `person` is the hub's own id of the person (`per_…`), never a name. `task` is set, and `person` empty, for work without a
    person: `snapshot-build`, `intake-check`, `retention`, `reminding`, `set-up` (whoever holds the state folder, at the console).
    """

    agency: str
    person: str = ""
    roles: frozenset[str] = frozenset()
    task: str = ""


@dataclass(frozen=True, slots=True)
class RowScope:
    """Which rows: those submitted by these agencies; empty means none. Selects whole rows, never parts of a cell."""

    agencies: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class DatasetGrant:
    """What of one dataset may be read: each field with its form, in this row scope, under these agreements.

    `profile` is the dataset's disclosure profile: anything counted from these rows is protected by it. `pseudonyms_of` is the id of
    the agreement whose own pseudonyms the rows show, whatever its version; empty for whole rows.
    """

    dataset: str
    fields: Mapping[str, Form]
    scope: RowScope
    agreements: tuple[str, ...]
    profile: str
    pseudonyms_of: str = ""


class _Unstorable:
    __slots__ = ()

    def __reduce__(self) -> NoReturn:
        raise TypeError(f"{type(self).__name__} is never stored, pickled or queued: ask the policy again")


@dataclass(frozen=True, slots=True)
class Grant(_Unstorable):
    """The right to read rows: reader, purpose, datasets, fields with their form, row scope, agreements, policy, expiry."""

    id: str
    reader: Reader
    purpose: str
    justification: str
    datasets: Mapping[str, DatasetGrant]
    policy_hash: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Permit(_Unstorable):
    """The right to do one action, on one resource, that touches no rows. `resource` is such as `police/street-crime`."""

    id: str
    reader: Reader
    action: Action
    resource: str
    purpose: str
    policy_hash: str
    expires_at: datetime

    def is_for(self, action: Action, resource: str | None = None, *, at: datetime) -> bool:
        """Whether it is a permit for `action` (on `resource`, where one is named) and still in date at `at`."""
        return self.action is action and resource in (None, self.resource) and self.expires_at > at
