"""How long sealed files are kept: a returned one for mending, an accepted one's original for a re-check; then they
are erased.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from hub.agreements import Agreements
from hub.audit import Verb, in_turn
from hub.db import Database, Reading, UnitOfWork
from hub.intake import store
from hub.intake.bare import bare
from hub.intake.entries import Log
from hub.intake.model import KEPT, SENT_BACK, State, Submission
from hub.intake.settling import gone_from
from hub.kit.authority import Action, Reader
from hub.kit.clock import Clock
from hub.kit.errors import NotFound, NotPermitted
from hub.policy import Policy
from hub.vault import Vault

DEFAULT_DAYS = 30
"""Days a file is kept where no agreement in force says otherwise."""

_TASK = Reader(agency="", task="retention")
_PURPOSE = "hub.retention"


class Retention:
    """Erases originals and quarantines whose days are over, and all of a file nobody let in. Accepted rows stay: snapshots
    count on them."""

    def __init__(
        self, *, database: Database, vault: Vault, policy: Policy, agreements: Agreements, log: Log, clock: Clock
    ) -> None:
        self._database = database
        self._vault = vault
        self._policy = policy
        self._agreements = agreements
        self._log = log
        self._clock = clock

    def forget_due(self) -> list[str]:
        """Erase what is due, each submission in a transaction of its own; the ids of those that lost their file."""
        now = self._clock.now()
        with self._database.reading() as reading:
            held = store.in_state(reading, *KEPT, *SENT_BACK, State.CHECKED, State.SUPERSEDED)
            due = [one for one in held if _holds(one) and self._ends(reading, one, now) <= now]
        done = []
        for submission in due:
            try:
                with self._database.unit_of_work() as uow:
                    self._forget(uow, submission)
            except (NotFound, NotPermitted):
                continue  # the refusal is in the log; the others' time has come all the same
            done.append(submission.id)
        return done

    def _ends(self, reading: Reading, submission: Submission, now: datetime) -> datetime:
        try:
            terms = self._agreements.supply_terms(
                reading, dataset=submission.dataset, supplier=submission.agency, at=now
            )
        except NotFound:
            return _since(submission) + timedelta(days=DEFAULT_DAYS)
        days = terms.keep_returned_days if _waits(submission) else terms.recheck_days
        return _since(submission) + timedelta(days=days)

    def _forget(self, uow: UnitOfWork, submission: Submission) -> None:
        permit = self._policy.permit(uow, _TASK, Action.SUBMISSION_WITHDRAW, submission.dataset, purpose=_PURPOSE)
        in_turn(uow)
        now = store.get(uow, submission.id)
        if now != submission:
            return  # withdrawn, let in or checked anew meanwhile: the next run looks at it as it stands then
        waited = now.state is State.CHECKED  # nobody gave their word in all that time: its rows go as well
        gone = gone_from(now) if waited else replace(now, original_object="", quarantine_object="")
        self._log.change(uow, permit, gone, Verb.ERASURE, {"reason": "retention"})
        ended = (now.original_object, now.quarantine_object, now.accepted_object if waited else "")
        for object_id in filter(None, ended):
            self._vault.destroy(uow, permit, object_id, reason="retention")
        report = store.report_of(uow, gone.id) if waited else None
        store.change(uow, gone, bare(report) if report else None)


def _waits(submission: Submission) -> bool:
    return submission.state in SENT_BACK or submission.state is State.CHECKED


def _since(submission: Submission) -> datetime:
    """From when its days are counted: what waits for its agency, from when it came to wait."""
    return submission.settled_at if _waits(submission) and submission.settled_at else submission.at


def _holds(submission: Submission) -> bool:
    """Whether there is a file to erase. Undone, it may be the rows alone: the original's days can be over by then."""
    return bool(submission.original_object or (submission.state is State.CHECKED and submission.accepted_object))
