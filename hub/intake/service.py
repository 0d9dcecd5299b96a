"""The verbs over submissions: receive, check, look, withdraw."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import ExitStack
from dataclasses import replace

from hub.agreements import Agreements
from hub.audit import Verb, in_turn
from hub.db import Database, Reading, UnitOfWork
from hub.engine import DuckDbEngine
from hub.geography import Geography
from hub.intake import store
from hub.intake.asking import Asking, Questions
from hub.intake.checking import Asked, Checker, Judged
from hub.intake.comparing import past_of
from hub.intake.entries import Log
from hub.intake.model import KEPT, SENT_BACK, CellValue, Receipt, State, Submission, state_of
from hub.intake.receiving import Receiving
from hub.intake.retaining import Retention
from hub.intake.stages import Tell, tell_nobody
from hub.kit.authority import Action, Form, Permit, Reader
from hub.kit.clock import Clock
from hub.kit.errors import Conflict, NotFound, NotPermitted
from hub.kit.file_form import shown_name
from hub.kit.ids import new_id
from hub.kit.words import say
from hub.policy import Policy
from hub.pseudonyms import Pseudonyms
from hub.schemas import (
    NO_PROFILE,
    CheckReport,
    Finding,
    ImportProfile,
    Outcome,
    SchemaRegistry,
    catalogue,
    check_period,
)
from hub.vault import ObjectKind, SealedWriter, Vault

_TASK = Reader(agency="", task="intake-check")
_MENDING = "data_quality"
_LONGEST_SHEET = 200
_CHANGED = "changed-meanwhile"


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
        self._log = Log(database=database, clock=clock)
        self._checker = Checker(engine=engine, schemas=schemas, pseudonyms=pseudonyms)
        self._asking = Asking(vault=vault, policy=policy, checker=self._checker, log=self._log)
        self._retention = Retention(
            database=database, vault=vault, policy=policy, agreements=agreements, log=self._log, clock=clock
        )

    # ---- receiving -------------------------------------------------------------------------------------------------

    def receive(
        self,
        permit: Permit,
        *,
        agency: str,
        dataset: str,
        period: str,
        file_name: str,
        profile: ImportProfile = NO_PROFILE,
    ) -> Receiving:
        """Begin an upload; `profile` is what the sender says of how the file is to be read.

        NotPermitted or NotFound: the permit is for something else; Invalid: the period is no month.
        """
        self._own(permit, Action.SUBMISSION_CREATE, dataset, agency)
        check_period(period)
        kept = replace(profile, sheet=_plain(profile.sheet))
        writer = self._vault.receive(permit, agency=agency, dataset=dataset)

        def keep(uow: UnitOfWork, sealed: SealedWriter) -> Submission:
            return self._keep(uow, sealed, permit, period=period, file_name=shown_name(file_name), profile=kept)

        return Receiving(writer, keep)

    def _keep(
        self,
        uow: UnitOfWork,
        writer: SealedWriter,
        permit: Permit,
        *,
        period: str,
        file_name: str,
        profile: ImportProfile,
    ) -> Submission:
        """Keep the arrived file, its record and the entry of its arrival together; the same file again is the one
        there is.
        """
        now = self._clock.now()
        terms = self._agreements.supply_terms(uow, dataset=writer.dataset, supplier=writer.agency, at=now)
        arrived = Submission(
            id=new_id("sub"),
            agency=writer.agency,
            dataset=writer.dataset,
            period=period,
            schema_version=self._schemas.get(writer.dataset).version,
            state=State.RECEIVED,
            file_name=file_name,
            sha256=writer.sha256,
            size=writer.size,
            agreement=" ".join(terms.agreements),
            submitted_by=permit.reader.person,
            at=now,
            audit_index=0,
            profile=profile,
            original_object=writer.object_id,
        )
        in_turn(uow)  # the same file may be arriving twice at once
        known = store.same_file(uow, arrived)
        if known is not None:
            writer.discard()
            return known
        self._vault.publish(uow, writer, ObjectKind.ORIGINAL)
        kept = replace(arrived, audit_index=self._log.arrival(uow, permit, arrived))
        store.add(uow, kept)
        return kept

    # ---- checking --------------------------------------------------------------------------------------------------

    def check(self, uow: UnitOfWork, submission_id: str) -> Submission:
        """Check a received submission and settle it, in one transaction; one that was checked is returned as it is.

        The policy is asked for a Grant of the hub's own task. A check that was killed left the submission `received`:
        it is done again. The transaction lasts as long as the check; `check_apart` holds none meanwhile.
        """
        submission = self._known(uow, submission_id)
        if submission.state is not State.RECEIVED:
            return submission
        asked = self._ask(uow, submission)
        with self._vault.files(uow, asked.grant, asked.objects) as files:
            return self._settle(uow, submission, asked, self._checker.judged(files, submission, asked))

    def check_apart(self, submission_id: str, *, tell: Tell = tell_nobody) -> Submission:
        """As `check`, in transactions of its own: one to ask, none while the file is checked, one to settle."""
        with self._database.unit_of_work() as uow:
            submission = self._known(uow, submission_id)
            if submission.state is not State.RECEIVED:
                return submission
            asked = self._ask(uow, submission)
        with ExitStack() as open_until_settled:
            with self._database.reading() as reading:
                opening = self._vault.files(reading, asked.grant, asked.objects)
                files = open_until_settled.enter_context(opening)
            judged = self._checker.judged(files, submission, asked, tell=tell)
            try:
                with self._database.unit_of_work() as uow:
                    return self._settle(uow, submission, asked, judged)
            except Conflict as conflict:
                if conflict.code != _CHANGED:
                    raise
        with self._database.reading() as reading:  # another check was quicker: its outcome stands
            return self._known(reading, submission_id)

    def left(self, reading: UnitOfWork | Reading) -> tuple[str, ...]:
        """The ids of what is received and not settled: under way somewhere, or left by a kill."""
        return tuple(one.id for one in store.in_state(reading, State.RECEIVED))

    def standing(self, reading: UnitOfWork | Reading, submission_id: str) -> Submission:
        """Where a submission stands, for the hub's own work; people are shown it by `submission`. NotFound: there is
        none.
        """
        return self._known(reading, submission_id)

    def _ask(self, uow: UnitOfWork, submission: Submission) -> Asked:
        grant = self._policy.grant(
            uow,
            _TASK,
            [submission.dataset],
            purpose=_MENDING,
            justification=f"submission/{submission.id}",
            form=Form.READ_CLEAR,
        )
        permit = self._policy.permit(uow, _TASK, Action.SUBMISSION_CHECK, submission.dataset)
        terms = self._agreements.supply_terms(
            uow, dataset=submission.dataset, supplier=submission.agency, at=self._clock.now()
        )
        past = past_of(uow, submission, self._schemas.get(submission.dataset, submission.schema_version))
        return Asked(grant, permit, self._geography.current(uow), terms.part_accept, submission, past)

    def _settle(self, uow: UnitOfWork, submission: Submission, asked: Asked, judged: Judged) -> Submission:
        """Keep the outcome, what was sealed and the entry together; a refused file's key goes in the same
        transaction.
        """
        report, refused = judged.report, judged.report.outcome is Outcome.REFUSED
        settled = submission.moved(
            state_of(report.outcome),
            rows=report.rows,
            accepted_rows=report.accepted_rows,
            quarantined_rows=report.quarantined_rows,
            findings=len(report.findings),
        )
        detail = {"outcome": report.outcome.value, "findings": len(report.findings)}
        self._log.change(uow, asked.permit, settled, Verb.COLLECTION, detail)
        self._still(uow, submission)
        if judged.accepted is not None:
            sealed = self._vault.publish(uow, judged.accepted, ObjectKind.ACCEPTED)
            settled = replace(settled, accepted_object=sealed.id)
        if judged.quarantine is not None:
            sealed = self._vault.publish(uow, judged.quarantine, ObjectKind.QUARANTINE)
            settled = replace(settled, quarantine_object=sealed.id)
        if refused:
            rule = _refusing(report, health=self._schemas.get(submission.dataset).health).code
            self._vault.destroy(uow, asked.permit, submission.original_object, reason=rule)
            settled = replace(settled, original_object="", file_name="", profile=NO_PROFILE)
            report = replace(report, file="")  # people write patients' names into it
        elif settled.state in KEPT:
            self._supersede(uow, settled, asked.permit)
        store.change(uow, settled, report)
        return settled

    def _still(self, uow: UnitOfWork, submission: Submission) -> None:
        """Called after the first entry, whose lock puts writers in order: Conflict when another was quicker."""
        now = store.get(uow, submission.id)
        if now is None or now.state is not submission.state:
            raise Conflict(say("intake.changed"), code=_CHANGED, remedy=say("intake.changed-remedy"))

    def _supersede(self, uow: UnitOfWork, fresh: Submission, permit: Permit) -> None:
        for old in store.standing(uow, agency=fresh.agency, dataset=fresh.dataset, period=fresh.period):
            if old.id != fresh.id:
                gone = old.moved(State.SUPERSEDED)
                self._log.change(uow, permit, gone, Verb.ALTERATION, {"superseded_by": fresh.id})
                store.change(uow, gone)

    # ---- looking ---------------------------------------------------------------------------------------------------

    def submission(self, uow: UnitOfWork, reader: Reader, submission_id: str) -> Submission:
        """One submission of the reader's own agency. To everybody else it does not exist (NotFound), and the try is
        logged.
        """
        found = store.get(uow, submission_id)
        if found is None or found.agency != reader.agency:
            self._log.try_of_a_stranger(uow, reader, submission_id, policy_hash=self._policy.hash)
            raise NotFound(say("intake.unknown"))
        self._policy.permit(uow, reader, Action.SUBMISSION_READ, found.dataset)
        return found

    def report(self, uow: UnitOfWork, reader: Reader, submission_id: str) -> CheckReport:
        """The report of a submission of the reader's own agency. Conflict while it is not checked."""
        return self._report(uow, self.submission(uow, reader, submission_id))

    def _report(self, uow: UnitOfWork, found: Submission) -> CheckReport:
        report = store.report_of(uow, found.id)
        if report is None:
            raise Conflict(say("intake.not-checked"), code="not-checked", remedy=say("intake.not-checked-remedy"))
        return report

    def cell_values(
        self, uow: UnitOfWork, reader: Reader, submission_id: str, *, code: str, field: str
    ) -> tuple[CellValue, ...]:
        """The values one finding points at (the first 20), read back from the agency's own sealed file, to mend them.

        For an uploader of the agency alone; logged as a consultation. NotFound: no such finding. Conflict: the file
        is not kept any more.
        """
        found = self.submission(uow, reader, submission_id)
        pointed = _the_finding(self._report(uow, found), code=code, field=field)
        if not found.original_object:
            raise Conflict(say("intake.not-kept"), code="not-kept")
        grant = self._policy.grant(
            uow,
            reader,
            [found.dataset],
            purpose=_MENDING,
            justification=f"submission/{found.id}",
            form=Form.READ_CLEAR,
        )
        with self._vault.files(uow, grant, [found.original_object]) as files:
            values = self._checker.values(files, found, field=pointed.field, rows=pointed.rows)
        self._log.cells_read(uow, grant, found, code=code, cells=len(values))
        cells = dict(zip(pointed.rows, pointed.cells, strict=False))
        return tuple(CellValue(row=row, cell=cells.get(row, ""), value=value) for row, value in values.items())

    def questions(self, uow: UnitOfWork, reader: Reader, submission_id: str) -> Questions:
        """What the check asks of a submission of the reader's own agency, with the figures; see `Asking.questions`."""
        found = self.submission(uow, reader, submission_id)
        return self._asking.questions(uow, reader, found, store.report_of(uow, found.id))

    def receipt(self, uow: UnitOfWork, reader: Reader, submission_id: str) -> Receipt:
        """The receipt of a submission of the reader's own agency."""
        return Receipt.of(self.submission(uow, reader, submission_id))

    def listing(self, reading: UnitOfWork | Reading, reader: Reader, *, dataset: str = "") -> tuple[Submission, ...]:
        """The submissions of the reader's own agency that the reader may see, newest first."""
        found = store.of_agency(reading, reader.agency, dataset=dataset)
        open_to = {
            name: self._policy.decide(reading, reader, Action.SUBMISSION_READ, name).permitted
            for name in {one.dataset for one in found}
        }
        return tuple(one for one in found if open_to[one.dataset])

    def latest_accepted(self, reading: UnitOfWork | Reading) -> tuple[Submission, ...]:
        """The submission that counts for each agency, dataset and month: what a snapshot freezes. Of a series only each
        agency's newest edition: it holds the months of the older ones, restated.
        """
        kept = store.in_state(reading, *KEPT)
        newest: dict[tuple[str, str], str] = {}
        for one in kept:
            if self._schemas.get(one.dataset, one.schema_version).series:
                newest[one.agency, one.dataset] = max(one.period, newest.get((one.agency, one.dataset), ""))
        return tuple(one for one in kept if one.period == newest.get((one.agency, one.dataset), one.period))

    def withdrawn(self, reading: UnitOfWork | Reading, submissions: Collection[str]) -> frozenset[str]:
        """Those of the submissions that were withdrawn."""
        return store.withdrawn(reading, submissions)

    # ---- withdrawing -----------------------------------------------------------------------------------------------

    def withdraw(self, uow: UnitOfWork, permit: Permit, submission_id: str, *, reason: str) -> Submission:
        """Take a submission back: its sealed objects are erased, its record stays. Conflict when its state does not
        allow it.
        """
        found = self._known(uow, submission_id)
        self._own(permit, Action.SUBMISSION_WITHDRAW, found.dataset, found.agency)
        if not reason.strip():
            raise Conflict(say("intake.no-reason"), code="no-reason")
        if found.state not in {*KEPT, *SENT_BACK, State.SUPERSEDED}:
            raise Conflict(say("intake.not-withdrawable"), code="wrong-state")
        gone = found.moved(
            State.WITHDRAWN,
            file_name="",
            profile=NO_PROFILE,
            original_object="",
            accepted_object="",
            quarantine_object="",
        )
        self._log.change(uow, permit, gone, Verb.ERASURE, {"from": found.state.value}, justification=reason)
        self._still(uow, found)
        for object_id in (found.original_object, found.accepted_object, found.quarantine_object):
            if object_id:
                self._vault.destroy(uow, permit, object_id, reason="withdrawn")
        report = store.report_of(uow, gone.id)
        store.change(uow, gone, replace(report, file="") if report else None)
        return gone

    def forget_due(self) -> list[str]:
        """Erase the files whose days are over, as the agreements say; the ids. For a job that runs once a day."""
        return self._retention.forget_due()

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


def _plain(sheet: str) -> str:
    """The name of a sheet as it can be kept: no control signs, no longer than any name of one."""
    return "".join(sign for sign in sheet if sign.isprintable())[:_LONGEST_SHEET]


def _refusing(report: CheckReport, *, health: bool) -> Finding:
    """The finding that refused a file at the floor."""
    return next(found for found in report.findings if catalogue()[found.code].refuses(health=health))


def _the_finding(report: CheckReport, *, code: str, field: str) -> Finding:
    for found in report.findings:
        if (found.code, found.field) == (code, field):
            return found
    raise NotFound(say("intake.unknown-finding"))
