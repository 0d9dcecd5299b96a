"""What becomes of a submission once it is checked: settled, let in by its agency's word, taken back, checked anew.

Each verb is one transaction with its entry. The first entry's lock puts writers in order; then the submission is looked at
again, and whoever was slower is told (Conflict).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from hub.agreements import Agreements
from hub.audit import Verb
from hub.db import UnitOfWork
from hub.intake import store
from hub.intake.bare import bare
from hub.intake.checking import Judged
from hub.intake.entries import Log
from hub.intake.model import (
    ATTESTATION,
    KEPT,
    WITHDRAWABLE,
    State,
    Submission,
    explained,
    state_of,
    unexplained,
)
from hub.intake.query import key_of
from hub.kit.authority import Action, Permit, Reader
from hub.kit.clock import Clock
from hub.kit.errors import Bug, Conflict
from hub.kit.words import say
from hub.policy import Policy
from hub.schemas import (
    NO_PROFILE,
    CheckReport,
    Finding,
    ImportProfile,
    Outcome,
    SchemaRegistry,
    catalogue,
    known_encoding,
)
from hub.vault import ObjectKind, Vault

CHANGED = "changed-meanwhile"

WhoNow = Callable[[UnitOfWork, str], Reader | None]
"""Somebody with the rights they have at this moment; None when they may not use the hub."""


class Settling:
    """Moves submissions from state to state."""

    def __init__(
        self,
        *,
        vault: Vault,
        schemas: SchemaRegistry,
        policy: Policy,
        agreements: Agreements,
        log: Log,
        clock: Clock,
        who_now: WhoNow | None,
    ) -> None:
        self._vault = vault
        self._schemas = schemas
        self._policy = policy
        self._agreements = agreements
        self._who_now = who_now
        self._log = log
        self._clock = clock

    def settle(self, uow: UnitOfWork, submission: Submission, permit: Permit, judged: Judged) -> Submission:
        """Keep the outcome of the check, what was sealed and the entry together.

        A refused file's key goes in the same transaction. Rows that passed wait for the agency's word, unless it came with
        the file and nothing is asked.
        """
        report, refused = judged.report, judged.report.outcome is Outcome.REFUSED
        passed = state_of(report.outcome)
        settled = submission.moved(
            State.CHECKED if passed in KEPT else passed,
            rows=report.rows,
            accepted_rows=report.accepted_rows,
            quarantined_rows=report.quarantined_rows,
            findings=len(report.findings),
            settled_at=self._clock.now(),
        )
        detail: dict[str, str | int] = {"outcome": report.outcome.value, "findings": len(report.findings)}
        if judged.lost:
            detail["history_unread"] = " ".join(one.id for one in judged.lost)
        self._log.change(uow, permit, settled, Verb.COLLECTION, detail)
        _still(uow, submission)
        if judged.accepted is not None:
            sealed = self._vault.publish(uow, judged.accepted, ObjectKind.ACCEPTED)
            settled = replace(settled, accepted_object=sealed.id)
        if judged.quarantine is not None:
            sealed = self._vault.publish(uow, judged.quarantine, ObjectKind.QUARANTINE)
            settled = replace(settled, quarantine_object=sealed.id)
        if refused:
            rule = _refusing(report, health=self._schemas.get(submission.dataset).health).code
            self._vault.destroy(uow, permit, submission.original_object, reason=rule)
            settled = replace(settled, original_object="", file_name="", profile=NO_PROFILE)
            report = replace(report, file="")  # people write patients' names into it
        elif self._was_attested(uow, settled, report):
            settled = self._let_in(uow, settled, permit, report, stored=submission)
        store.change(uow, settled, report)
        return settled

    def accept(
        self,
        uow: UnitOfWork,
        permit: Permit,
        found: Submission,
        *,
        attestation: str,
        explanations: Mapping[str, str],
        checked_as: str = "",
    ) -> Submission:
        """Let a checked submission's rows in, on the word of the permit's person. See `Intake.accept`."""
        report = store.report_of(uow, found.id)
        if found.state is not State.CHECKED or report is None:
            raise Conflict(say("intake.not-waiting"), code="wrong-state")
        if checked_as not in ("", found.checked_as):
            raise _changed()
        if attestation != ATTESTATION:
            raise Conflict(say("intake.no-attestation"), code="no-attestation", remedy=say("intake.attest-remedy"))
        if not self._under_same_terms(uow, found):
            raise Conflict(say("intake.other-terms"), code="other-terms", remedy=say("intake.other-terms-remedy"))
        attested = replace(
            found,
            attested_by=permit.reader.person,
            explanations={**found.explanations, **explained(report, explanations)},
        )
        open_queries = unexplained(report, attested)
        if open_queries:
            names = ", ".join(key_of(one.code, one.field) for one in open_queries)
            raise Conflict(
                say("intake.unexplained", count=len(open_queries), names=names),
                code="not-explained",
                remedy=say("intake.explain-remedy"),
            )
        let_in = self._let_in(uow, attested, permit, report, stored=found)
        store.change(uow, let_in)
        return let_in

    def undo(self, uow: UnitOfWork, permit: Permit, found: Submission, *, reason: str) -> Submission:
        """Take the acceptance back: the submission waits again, and the one whose place it took counts again."""
        if found.state not in KEPT:
            raise Conflict(say("intake.not-undoable"), code="wrong-state")
        waiting = found.moved(State.CHECKED, attested_by="", accepted_at=None, settled_at=self._clock.now())
        detail = {"from": found.state.value, "undone": 1}
        self._log.change(uow, permit, waiting, Verb.ALTERATION, detail, justification=reason)
        _still(uow, found)
        store.change(uow, waiting)
        for old in store.superseded_by(uow, found.id):
            report = store.report_of(uow, old.id)
            if report is None:
                raise Bug("a submission counted and was never checked")
            back = old.moved(state_of(report.outcome), superseded_by="")
            self._log.change(uow, permit, back, Verb.ALTERATION, {"instead_of": found.id})
            store.change(uow, back)
        return waiting

    def recheck(
        self, uow: UnitOfWork, permit: Permit, found: Submission, *, profile: ImportProfile | None
    ) -> Submission:
        """Put a submission that was checked back among those to check. See `Intake.recheck`."""
        if found.state not in {State.CHECKED, State.RETURNED}:
            raise Conflict(say("intake.not-rechecked"), code="wrong-state")
        if not found.original_object:
            raise Conflict(say("intake.not-kept"), code="not-kept")
        terms = self._agreements.supply_terms(uow, dataset=found.dataset, supplier=found.agency, at=self._clock.now())
        again = found.moved(
            State.RECEIVED,
            profile=found.profile if profile is None else profile,
            schema_version=self._schemas.get(found.dataset).version,
            agreement=" ".join(terms.agreements),
            rows=0,
            accepted_rows=0,
            quarantined_rows=0,
            findings=0,
            accepted_object="",
            quarantine_object="",
            attested_by="",
            explanations={},
        )
        self._log.change(uow, permit, again, Verb.ALTERATION, {"from": found.state.value, **told(again.profile)})
        _still(uow, found)
        for object_id in filter(None, (found.accepted_object, found.quarantine_object)):
            self._vault.destroy(uow, permit, object_id, reason="recheck")
        store.forget_report(uow, again)
        return again

    def withdraw(self, uow: UnitOfWork, permit: Permit, found: Submission, *, reason: str) -> Submission:
        """Take a submission back for good: see `Intake.withdraw`."""
        if not reason.strip():
            raise Conflict(say("intake.no-reason"), code="no-reason")
        if found.state not in WITHDRAWABLE:
            raise Conflict(say("intake.not-withdrawable"), code="wrong-state")
        gone = gone_from(found)
        self._log.change(uow, permit, gone, Verb.ERASURE, {"from": found.state.value}, justification=reason)
        _still(uow, found)
        for object_id in filter(None, (found.original_object, found.accepted_object, found.quarantine_object)):
            self._vault.destroy(uow, permit, object_id, reason="withdrawn")
        report = store.report_of(uow, gone.id)
        store.change(uow, gone, bare(report) if report else None)
        return gone

    # ---- inside ----------------------------------------------------------------------------------------------------

    def _let_in(
        self, uow: UnitOfWork, checked: Submission, permit: Permit, report: CheckReport, *, stored: Submission
    ) -> Submission:
        let_in = checked.moved(state_of(report.outcome), accepted_at=self._clock.now())
        detail: dict[str, str | int] = {
            "attestation": ATTESTATION,
            "attested_by": checked.attested_by,
            "explained": len(checked.explanations),
            "explanations": " ".join(f"{name}({len(text)})" for name, text in sorted(checked.explanations.items())),
        }
        self._log.change(uow, permit, let_in, Verb.COLLECTION, detail)
        _still(uow, stored)
        for old in store.standing(uow, agency=let_in.agency, dataset=let_in.dataset, period=let_in.period):
            if old.id != let_in.id:
                gone = old.moved(State.SUPERSEDED, superseded_by=let_in.id)
                self._log.change(uow, permit, gone, Verb.ALTERATION, {"superseded_by": let_in.id})
                store.change(uow, gone)
        return let_in

    def _was_attested(self, uow: UnitOfWork, settled: Submission, report: CheckReport) -> bool:
        """Whether the word that came with the file lets it in: nothing is asked, it is judged by what it was sent under, and who
        gave it may still give it: a check can end long after that (promise P3).
        """
        waits = settled.state is State.CHECKED and settled.attested_by and not unexplained(report, settled)
        return bool(waits) and self._under_same_terms(uow, settled) and self._may_send_now(uow, settled)

    def _may_send_now(self, uow: UnitOfWork, sent: Submission) -> bool:
        if self._who_now is None:
            return True
        sender = self._who_now(uow, sent.attested_by)
        if sender is None or sender.agency != sent.agency:
            return False
        return self._policy.decide(uow, sender, Action.SUBMISSION_CREATE, sent.dataset).permitted

    def _under_same_terms(self, uow: UnitOfWork, found: Submission) -> bool:
        """Whether the schema and the agreements are those it was sent, and checked, under."""
        terms = self._agreements.supply_terms(uow, dataset=found.dataset, supplier=found.agency, at=self._clock.now())
        version = self._schemas.get(found.dataset).version
        return (" ".join(terms.agreements), version) == (found.agreement, found.schema_version)


def gone_from(found: Submission) -> Submission:
    """The submission withdrawn: what came from its file or its people's words is not kept."""
    return found.moved(
        State.WITHDRAWN,
        file_name="",
        profile=NO_PROFILE,
        explanations={},
        original_object="",
        accepted_object="",
        quarantine_object="",
    )


def told(profile: ImportProfile) -> dict[str, str | int]:
    """What the log says of a profile: what was chosen and how many, no name out of the file."""
    return {
        "encoding": known_encoding(profile.encoding),
        "columns": len(profile.columns),
        "codes": sum(len(texts) for texts in profile.codes.values()),
    }


def _still(uow: UnitOfWork, submission: Submission) -> None:
    """Called after the first entry, whose lock puts writers in order: Conflict when another was quicker."""
    if store.get(uow, submission.id) != submission:  # in the same state it may be another: checked anew, read otherwise
        raise _changed()


def _changed() -> Conflict:
    return Conflict(say("intake.changed"), code=CHANGED, remedy=say("intake.changed-remedy"))


def _refusing(report: CheckReport, *, health: bool) -> Finding:
    """The finding that refused a file at the floor."""
    return next(found for found in report.findings if catalogue()[found.code].refuses(health=health))
