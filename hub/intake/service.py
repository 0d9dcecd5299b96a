"""The verbs over submissions: receive, check, look, withdraw."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any

from hub.agreements import Agreements
from hub.audit import in_turn
from hub.db import Database, Reading, UnitOfWork
from hub.engine import DuckDbEngine
from hub.geography import Geography
from hub.intake import store
from hub.intake.asking import Asking, Questions
from hub.intake.checking import Asked, Checker
from hub.intake.comparing import past_of
from hub.intake.entries import Log
from hub.intake.mending import CHECK, mending_grant
from hub.intake.model import ATTESTATION, KEPT, CellValue, Receipt, State, Submission, unexplained
from hub.intake.profiles import Profiles, cleaned
from hub.intake.reading_back import ReadingBack
from hub.intake.receiving import Receiving
from hub.intake.retaining import Retention
from hub.intake.settling import CHANGED, Settling, WhoNow
from hub.intake.stages import Tell, tell_nobody
from hub.kit.authority import Action, Permit, Reader
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
    SchemaRegistry,
    check_period,
    check_profile,
)
from hub.vault import ObjectKind, SealedFiles, SealedWriter, Vault


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
        who_now: WhoNow | None = None,
    ) -> None:
        """`who_now` tells who somebody is when a check ends; without it a word is good whoever gave it."""
        self._database = database
        self._vault = vault
        self._schemas = schemas
        self._geography = geography
        self._policy = policy
        self._agreements = agreements
        self._clock = clock
        self._log = Log(database=database, clock=clock)
        self._checker = Checker(engine=engine, schemas=schemas, pseudonyms=pseudonyms)
        self._asking = Asking(database=database, vault=vault, policy=policy, checker=self._checker, log=self._log)
        shared: dict[str, Any] = {"vault": vault, "agreements": agreements, "log": self._log, "clock": clock}
        self._settling = Settling(schemas=schemas, policy=policy, who_now=who_now, **shared)
        self.profiles = Profiles(schemas=schemas, clock=clock)
        self.readings = ReadingBack(database=database, vault=vault, policy=policy, checker=self._checker, log=self._log)
        self._retention = Retention(database=database, policy=policy, **shared)

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
        attestation: str = "",
    ) -> Receiving:
        """Begin an upload; `profile` is what the sender says of how the file is to be read, `attestation` the version of
        the words the sender has attested to, where that is done already: then a file without queries is let in at once.

        NotPermitted or NotFound: the permit is for something else; Invalid: the period is no month.
        """
        self._own(permit, Action.SUBMISSION_CREATE, dataset, agency)
        check_period(period)
        check_profile(profile, self._schemas.get(dataset))
        kept = cleaned(profile)
        writer = self._vault.receive(permit, agency=agency, dataset=dataset)

        def keep(uow: UnitOfWork, sealed: SealedWriter) -> Submission:
            return self._keep(
                uow,
                sealed,
                permit,
                period=period,
                file_name=shown_name(file_name),
                profile=kept,
                attestation=attestation,
            )

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
        attestation: str,
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
            profile=self.profiles.applied(uow, writer.agency, writer.dataset, profile),
            attested_by=permit.reader.person if attestation == ATTESTATION else "",
            original_object=writer.object_id,
        )
        in_turn(uow)  # the same file may be arriving twice at once
        known = store.same_file(uow, arrived)
        if known is not None:
            writer.discard()
            return self._sent_again(uow, permit, known, attestation)
        self._vault.publish(uow, writer, ObjectKind.ORIGINAL)
        kept = replace(arrived, audit_index=self._log.arrival(uow, permit, arrived))
        store.add(uow, kept)
        return kept

    def _sent_again(self, uow: UnitOfWork, permit: Permit, known: Submission, attestation: str) -> Submission:
        """The same file again, this time with the word that it waits for: that is an acceptance."""
        if known.state is not State.CHECKED or attestation != ATTESTATION:
            return known
        report = store.report_of(uow, known.id)
        if report is None or unexplained(report, known):
            return known
        return self._settling.accept(uow, permit, known, attestation=attestation, explanations={})

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
        with self._opened(uow, asked) as (files, past):
            judged = self._checker.judged(files, submission, asked, past=past)
            return self._settling.settle(uow, submission, asked.permit, judged)

    def check_apart(self, submission_id: str, *, tell: Tell = tell_nobody) -> Submission:
        """As `check`, in transactions of its own: one to ask, none while the file is checked, one to settle."""
        with self._database.unit_of_work() as uow:
            submission = self._known(uow, submission_id)
            if submission.state is not State.RECEIVED:
                return submission
            asked = self._ask(uow, submission)
        with ExitStack() as open_until_settled:
            with self._database.reading() as reading:
                files, past = open_until_settled.enter_context(self._opened(reading, asked))
            judged = self._checker.judged(files, submission, asked, past=past, tell=tell)
            try:
                with self._database.unit_of_work() as uow:
                    return self._settling.settle(uow, submission, asked.permit, judged)
            except Conflict as conflict:
                if conflict.code != CHANGED:
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
        grant = mending_grant(self._policy, uow, CHECK, submission.dataset, why=f"submission/{submission.id}")
        permit = self._policy.permit(uow, CHECK, Action.SUBMISSION_CHECK, submission.dataset)
        terms = self._agreements.supply_terms(
            uow, dataset=submission.dataset, supplier=submission.agency, at=self._clock.now()
        )
        return Asked(grant, permit, self._geography.current(uow), terms.part_accept, submission)

    @contextmanager
    def _opened(
        self, reading: UnitOfWork | Reading, asked: Asked
    ) -> Iterator[tuple[SealedFiles, tuple[Submission, ...]]]:
        """The files of a check and what it is compared with, as one transaction sees both; what cannot be opened of the latter
        the check finds missing.
        """
        found = asked.submission
        past = past_of(reading, found, self._schemas.get(found.dataset, found.schema_version))
        earlier = [one.accepted_object for one in past]
        with self._vault.files(reading, asked.grant, [found.original_object], if_there=earlier) as files:
            yield files, past

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

    def cell_values(self, reader: Reader, submission_id: str, *, code: str, field: str) -> tuple[CellValue, ...]:
        """The values one finding points at (the first 20), read back from the agency's own sealed file, to mend them.

        For an uploader of the agency alone; logged as a consultation. NotFound: no such finding. Conflict and Unavailable:
        as `ReadingBack`, and as there the caller holds no transaction.
        """
        with self._database.unit_of_work() as uow:
            found = self.submission(uow, reader, submission_id)
            pointed = _the_finding(self._report(uow, found), code=code, field=field)
        return self.readings.values(reader, found, pointed)

    def questions(self, reader: Reader, submission_id: str) -> Questions:
        """What the check asks of a submission of the reader's own agency, with the figures; see `Asking.questions`."""
        with self._database.unit_of_work() as uow:
            found = self.submission(uow, reader, submission_id)
            asked = self._asking.ask(uow, reader, found, store.report_of(uow, found.id))
        return self._asking.questions(asked) if asked is not None else Questions()

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

    # ---- letting in, taking back, checking anew --------------------------------------------------------------------

    def accept(
        self,
        uow: UnitOfWork,
        permit: Permit,
        submission_id: str,
        *,
        attestation: str,
        explanations: Mapping[str, str] | None = None,
        checked_as: str = "",
    ) -> Submission:
        """Let the rows of a checked submission in. The permit's person attests to the words of that version, and explains
        each query of the report, by its key; what was accepted for the month before is superseded. `checked_as`: the
        outcome that the person was shown (`Submission.checked_as`).

        Conflict: another check or an undoing came between (`changed-meanwhile`), it is not waiting, not attested, a query is
        not explained, or the schema or the agreements changed since the check.
        Invalid: an explanation is blank, too long or of no query.
        """
        found = self._known(uow, submission_id)
        self._own(permit, Action.SUBMISSION_CREATE, found.dataset, found.agency)
        said = explanations or {}
        return self._settling.accept(
            uow, permit, found, attestation=attestation, explanations=said, checked_as=checked_as
        )

    def undo(self, uow: UnitOfWork, permit: Permit, submission_id: str, *, reason: str = "") -> Submission:
        """Take an acceptance back: the submission waits for its agency's word again, and the one whose place it took counts
        again. Conflict when it does not count.
        """
        found = self._known(uow, submission_id)
        self._own(permit, Action.SUBMISSION_WITHDRAW, found.dataset, found.agency)
        return self._settling.undo(uow, permit, found, reason=reason)

    def recheck(
        self, uow: UnitOfWork, permit: Permit, submission_id: str, *, profile: ImportProfile | None = None
    ) -> Submission:
        """Have the kept file of a checked or returned submission checked again, nothing being sent again: with another
        profile, or as the schema and the agreements are now. It is `received` until that is done. Conflict when its
        state does not allow it or the file is not kept any more.
        """
        found = self._known(uow, submission_id)
        self._own(permit, Action.SUBMISSION_CREATE, found.dataset, found.agency)
        asked = self.profiles.again(found, cleaned(profile) if profile else found.profile)
        return self._settling.recheck(uow, permit, found, profile=asked)

    # ---- withdrawing -----------------------------------------------------------------------------------------------

    def withdraw(self, uow: UnitOfWork, permit: Permit, submission_id: str, *, reason: str) -> Submission:
        """Take a submission back: its sealed objects are erased, its record stays. Conflict when its state does not
        allow it.
        """
        found = self._known(uow, submission_id)
        self._own(permit, Action.SUBMISSION_WITHDRAW, found.dataset, found.agency)
        return self._settling.withdraw(uow, permit, found, reason=reason)

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


def _the_finding(report: CheckReport, *, code: str, field: str) -> Finding:
    pointed = next((one for one in report.findings if (one.code, one.field) == (code, field)), None)
    if pointed is None:
        raise NotFound(say("intake.unknown-finding"))
    return pointed
