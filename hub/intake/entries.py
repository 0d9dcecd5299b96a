"""What intake writes to the audit log: ids, states, counts and codes, never a value or a file's name."""

from __future__ import annotations

from collections.abc import Mapping

from hub.audit import Entry, Verb, record, with_own_transaction
from hub.db import Database, UnitOfWork
from hub.intake.model import Submission
from hub.kit.authority import Action, Grant, Permit, Reader
from hub.kit.clock import Clock

CELLS_READ = "submission:read-cells"
FILE_READ = "submission:read-file"
QUERIES_READ = "submission:read-queries"
COMPARED = "submission:compare"


class Log:
    """Writes intake's entries."""

    def __init__(self, *, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def arrival(self, uow: UnitOfWork, permit: Permit, submission: Submission) -> int:
        """An extract has arrived; the entry's index stands on the receipt."""
        detail: dict[str, str | int] = {
            "dataset": submission.dataset,
            "period": submission.period,
            "sha256": submission.sha256,
            "size": submission.size,
        }
        return record(uow, self._entry(permit, submission, Verb.COLLECTION, detail))

    def change(
        self,
        uow: UnitOfWork,
        permit: Permit,
        submission: Submission,
        verb: Verb,
        detail: Mapping[str, str | int],
        *,
        justification: str = "",
    ) -> None:
        """A submission went into another state."""
        counts = {"state": submission.state.value, "rows": submission.rows, "accepted_rows": submission.accepted_rows}
        record(uow, self._entry(permit, submission, verb, {**counts, **detail}, justification=justification))

    def cells_read(self, uow: UnitOfWork, grant: Grant, submission: Submission, *, code: str, cells: int) -> None:
        """Somebody of the agency looked at values of its own file (DPA 2018 s.62(1)(c))."""
        self._consulted(uow, grant, submission, CELLS_READ, {"finding": code, "cells": cells})

    def file_read(self, uow: UnitOfWork, grant: Grant, submission: Submission, *, form: str, cells: int) -> None:
        """Somebody of the agency took its own file back, with so many cells marked."""
        self._consulted(uow, grant, submission, FILE_READ, {"form": form, "cells": cells})

    def queries_read(self, uow: UnitOfWork, grant: Grant, submission: Submission, *, queries: int) -> None:
        """Somebody of the agency looked at the figures of its own months that a query is about."""
        self._consulted(uow, grant, submission, QUERIES_READ, {"queries": queries})

    def compared(
        self,
        uow: UnitOfWork,
        grant: Grant,
        submission: Submission,
        *,
        reader: Reader,
        outcome: str,
        detail: Mapping[str, str | int],
    ) -> None:
        """Somebody of the agency looked at what differs between two of its files; the Grant may be that of the hub's own task."""
        self._consulted(uow, grant, submission, COMPARED, detail, reader=reader, outcome=outcome)

    def _consulted(
        self,
        uow: UnitOfWork,
        grant: Grant,
        submission: Submission,
        action: str,
        detail: Mapping[str, str | int],
        *,
        reader: Reader | None = None,
        outcome: str = "done",
    ) -> None:
        entry = Entry(
            at=self._clock.now(),
            verb=Verb.CONSULTATION,
            action=action,
            outcome=outcome,
            reader=reader or grant.reader,
            subject=f"submission/{submission.id}",
            purpose=grant.purpose,
            justification=grant.justification,
            authority=grant.id,
            policy_hash=grant.policy_hash,
            detail=detail,
        )
        record(uow, entry)

    def try_of_a_stranger(self, uow: UnitOfWork, reader: Reader, submission_id: str, *, policy_hash: str) -> None:
        """Somebody asked for another agency's submission: kept although the asking is undone."""
        entry = Entry(
            at=self._clock.now(),
            verb=Verb.DECISION,
            action=Action.SUBMISSION_READ,
            outcome="refused",
            reader=reader,
            subject=f"submission/{submission_id[:40]}",
            policy_hash=policy_hash,
            detail={"reason": "not-own-agency"},
        )
        uow.after_rollback(lambda: _write_down(self._database, entry))

    def _entry(
        self,
        permit: Permit,
        submission: Submission,
        verb: Verb,
        detail: Mapping[str, str | int],
        *,
        justification: str = "",
    ) -> Entry:
        return Entry(
            at=self._clock.now(),
            verb=verb,
            action=permit.action,
            outcome="done",
            reader=permit.reader,
            subject=f"submission/{submission.id}",
            purpose=permit.purpose,
            justification=justification,
            authority=permit.id,
            policy_hash=permit.policy_hash,
            detail=dict(detail),
        )


def _write_down(database: Database, entry: Entry) -> None:
    with_own_transaction(database, entry)
