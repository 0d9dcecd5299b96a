"""The verbs over submissions: receive, check, look, withdraw."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from hub.agreements import Agreements
from hub.audit import Entry, Verb, record, with_own_transaction
from hub.db import Database, Reading, UnitOfWork
from hub.engine import DuckDbEngine
from hub.geography import Geography
from hub.intake import store
from hub.intake.checking import Checker, Judged
from hub.intake.model import KEPT, Receipt, State, Submission, state_of
from hub.intake.receiving import Receiving
from hub.kit.authority import Action, Form, Permit, Reader
from hub.kit.clock import Clock
from hub.kit.errors import Conflict, NotFound, NotPermitted
from hub.kit.file_form import shown_name
from hub.kit.ids import new_id
from hub.kit.words import say
from hub.policy import Policy
from hub.pseudonyms import Pseudonyms
from hub.schemas import CheckReport, SchemaRegistry, check_period
from hub.vault import ObjectKind, SealedWriter, Vault

_TASK = Reader(agency="", task="intake-check")


class Intake:
    """Submissions, from the first byte to accepted, returned or refused."""

    def __init__(
        self,
        *,
        database: Database,
        vault: Vault,
        engine: DuckDbEngine,
        schemas: SchemaRegistry,
        geography: Geography,
        policy: Policy,
        agreements: Agreements,
        pseudonyms: Pseudonyms,
        clock: Clock,
    ) -> None:
        self._database = database
        self._vault = vault
        self._schemas = schemas
        self._geography = geography
        self._policy = policy
        self._agreements = agreements
        self._clock = clock
        self._checker = Checker(vault=vault, engine=engine, schemas=schemas, pseudonyms=pseudonyms)

    # ---- receiving -------------------------------------------------------------------------------------------------

    def receive(self, permit: Permit, *, agency: str, dataset: str, period: str, file_name: str) -> Receiving:
        """Begin an upload. NotPermitted when the permit is for another dataset or agency; Invalid when the period is no month."""
        self._own(permit, Action.SUBMISSION_CREATE, dataset, agency)
        check_period(period)
        writer = self._vault.receive(permit, agency=agency, dataset=dataset)

        def keep(uow: UnitOfWork, sealed: SealedWriter) -> Submission:
            return self._keep(uow, sealed, permit, period=period, file_name=shown_name(file_name))

        return Receiving(writer, keep)

    def _keep(
        self, uow: UnitOfWork, writer: SealedWriter, permit: Permit, *, period: str, file_name: str
    ) -> Submission:
        agency, dataset = writer.agency, writer.dataset
        known = store.same_bytes(uow, agency=agency, dataset=dataset, period=period, sha256=writer.sha256)
        if known is not None:
            writer.discard()
            return known
        now = self._clock.now()
        terms = self._agreements.supply_terms(uow, dataset=dataset, supplier=agency, at=now)
        original = self._vault.publish(uow, writer, ObjectKind.ORIGINAL)
        identity = new_id("sub")
        index = record(
            uow,
            Entry(
                at=now,
                verb=Verb.COLLECTION,
                action=Action.SUBMISSION_CREATE,
                outcome="done",
                reader=permit.reader,
                subject=f"submission/{identity}",
                authority=permit.id,
                policy_hash=permit.policy_hash,
                detail={"dataset": dataset, "period": period, "sha256": original.sha256, "size": original.size},
            ),
        )
        submission = Submission(
            id=identity,
            agency=agency,
            dataset=dataset,
            period=period,
            schema_version=self._schemas.get(dataset).version,
            state=State.RECEIVED,
            file_name=file_name,
            sha256=original.sha256,
            size=original.size,
            agreement=" ".join(terms.agreements),
            submitted_by=permit.reader.person,
            at=now,
            audit_index=index,
            original_object=original.id,
        )
        store.add(uow, submission)
        return submission

    # ---- checking --------------------------------------------------------------------------------------------------

    def check(self, uow: UnitOfWork, submission_id: str) -> Submission:
        """Check a received submission and settle it, in one transaction; one that was checked is returned as it is.

        The policy is asked for a Grant of the hub's own task. A killed check left the submission `received`: it is done again.
        """
        submission = self._known(uow, submission_id)
        if submission.state is not State.RECEIVED:
            return submission
        now = self._clock.now()
        grant = self._policy.grant(
            uow,
            _TASK,
            [submission.dataset],
            purpose="",
            justification=f"submission/{submission.id}",
            form=Form.READ_CLEAR,
        )
        permit = self._policy.permit(uow, _TASK, Action.SUBMISSION_CHECK, submission.dataset)
        terms = self._agreements.supply_terms(uow, dataset=submission.dataset, supplier=submission.agency, at=now)
        area = self._geography.current(uow)
        with self._checker.judged(uow, grant, submission, area=area, part_accept=terms.part_accept) as judged:
            settled = self._settled(uow, submission, judged)
        report = judged.report
        if settled.state is State.REFUSED:
            self._vault.destroy(uow, permit, submission.original_object, reason=report.findings[0].code)
            report = _without_file_name(report)
        elif settled.state in KEPT:
            self._supersede(uow, settled)
        store.change(uow, settled, report)
        self._record(uow, permit, settled, Verb.COLLECTION, {"outcome": report.outcome.value, "rows": report.rows})
        return settled

    def resume(self, database: Database) -> list[str]:
        """Check what a crash left received; the ids. What an agreement no longer lets be checked stays as it is."""
        with database.reading() as reading:
            left = [one.id for one in store.in_state(reading, State.RECEIVED)]
        done = []
        for identity in left:
            try:
                with database.unit_of_work() as uow:
                    self.check(uow, identity)
            except (NotPermitted, NotFound):
                continue
            done.append(identity)
        return done

    def _settled(self, uow: UnitOfWork, submission: Submission, judged: Judged) -> Submission:
        report = judged.report
        state = state_of(report.outcome)
        changes: dict[str, object] = {
            "rows": report.rows,
            "accepted_rows": report.accepted_rows,
            "quarantined_rows": report.quarantined_rows,
            "findings": len(report.findings),
        }
        if judged.accepted is not None:
            changes["accepted_object"] = self._vault.publish(uow, judged.accepted, ObjectKind.ACCEPTED).id
        if judged.quarantine is not None:
            changes["quarantine_object"] = self._vault.publish(uow, judged.quarantine, ObjectKind.QUARANTINE).id
        if state is State.REFUSED:
            changes |= {"file_name": "", "original_object": ""}
        return submission.moved(state, **changes)

    def _supersede(self, uow: UnitOfWork, fresh: Submission) -> None:
        for old in store.standing(uow, agency=fresh.agency, dataset=fresh.dataset, period=fresh.period):
            if old.id != fresh.id:
                store.change(uow, old.moved(State.SUPERSEDED))

    # ---- looking ---------------------------------------------------------------------------------------------------

    def submission(self, uow: UnitOfWork, reader: Reader, submission_id: str) -> Submission:
        """One submission of the reader's own agency. To everybody else it does not exist (NotFound), and the try is logged."""
        found = store.get(uow, submission_id)
        if found is None or found.agency != reader.agency:
            self._log_try(uow, reader, submission_id)
            raise NotFound(say("intake.unknown"))
        self._policy.permit(uow, reader, Action.SUBMISSION_READ, found.dataset)
        return found

    def report(self, uow: UnitOfWork, reader: Reader, submission_id: str) -> CheckReport:
        """The report of a submission of the reader's own agency. Conflict while it is not checked."""
        found = self.submission(uow, reader, submission_id)
        report = store.report_of(uow, found.id)
        if report is None:
            raise Conflict(say("intake.not-checked"), code="not-checked", remedy=say("intake.not-checked-remedy"))
        return report

    def receipt(self, uow: UnitOfWork, reader: Reader, submission_id: str) -> Receipt:
        """The receipt of a submission of the reader's own agency."""
        found = self.submission(uow, reader, submission_id)
        return Receipt(
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

    def listing(self, reading: UnitOfWork | Reading, reader: Reader, *, dataset: str = "") -> tuple[Submission, ...]:
        """The submissions of the reader's own agency that the reader may see, newest first."""
        found = store.of_agency(reading, reader.agency, dataset=dataset)
        open_to = {
            name: self._policy.decide(reading, reader, Action.SUBMISSION_READ, name).permitted
            for name in {one.dataset for one in found}
        }
        return tuple(one for one in found if open_to[one.dataset])

    def latest_accepted(self, reading: UnitOfWork | Reading) -> tuple[Submission, ...]:
        """The submission that counts for each agency, dataset and month: what a snapshot freezes."""
        return store.in_state(reading, *KEPT)

    def withdrawn(self, reading: UnitOfWork | Reading, submissions: Collection[str]) -> frozenset[str]:
        """Those of the submissions that were withdrawn."""
        return store.withdrawn(reading, submissions)

    # ---- withdrawing -----------------------------------------------------------------------------------------------

    def withdraw(self, uow: UnitOfWork, permit: Permit, submission_id: str, *, reason: str) -> Submission:
        """Take a submission back: its sealed objects are erased, its record stays. Conflict when its state does not allow it."""
        found = self._known(uow, submission_id)
        self._own(permit, Action.SUBMISSION_WITHDRAW, found.dataset, found.agency)
        if not reason.strip():
            raise Conflict(say("intake.no-reason"), code="no-reason")
        if found.state not in {*KEPT, State.SUPERSEDED}:
            raise Conflict(say("intake.not-withdrawable"), code="wrong-state")
        gone = found.moved(State.WITHDRAWN, original_object="", accepted_object="", quarantine_object="")
        self._record(uow, permit, gone, Verb.ERASURE, {"withdrawn": 1}, justification=reason)
        for object_id in (found.original_object, found.accepted_object, found.quarantine_object):
            if object_id:
                self._vault.destroy(uow, permit, object_id, reason="withdrawn")
        store.change(uow, gone)
        return gone

    # ---- inside ----------------------------------------------------------------------------------------------------

    def _known(self, reading: UnitOfWork | Reading, submission_id: str) -> Submission:
        found = store.get(reading, submission_id)
        if found is None:
            raise NotFound(say("intake.unknown"))
        return found

    def _own(self, permit: Permit, action: Action, dataset: str, agency: str) -> None:
        if permit.action is not action or permit.resource != dataset:
            raise NotPermitted(say("intake.other-permit"), reasons=("other-permit",), code="other-permit")
        if permit.reader.agency != agency:
            raise NotFound(say("intake.unknown"))

    def _log_try(self, uow: UnitOfWork, reader: Reader, submission_id: str) -> None:
        entry = Entry(
            at=self._clock.now(),
            verb=Verb.DECISION,
            action=Action.SUBMISSION_READ,
            outcome="refused",
            reader=reader,
            subject=f"submission/{submission_id[:40]}",
            policy_hash=self._policy.hash,
            detail={"reason": "not-own-agency"},
        )
        uow.after_rollback(lambda: _write_down(self._database, entry))

    def _record(
        self,
        uow: UnitOfWork,
        permit: Permit,
        submission: Submission,
        verb: Verb,
        detail: dict[str, str | int],
        *,
        justification: str = "",
    ) -> None:
        record(
            uow,
            Entry(
                at=self._clock.now(),
                verb=verb,
                action=permit.action,
                outcome="done",
                reader=permit.reader,
                subject=f"submission/{submission.id}",
                justification=justification,
                authority=permit.id,
                policy_hash=permit.policy_hash,
                detail=detail | {"state": submission.state.value, "accepted_rows": submission.accepted_rows},
            ),
        )


def _write_down(database: Database, entry: Entry) -> None:
    with_own_transaction(database, entry)


def _without_file_name(report: CheckReport) -> CheckReport:
    """A refused file leaves not even its name: people write patients' names into it."""
    return replace(report, file="")
