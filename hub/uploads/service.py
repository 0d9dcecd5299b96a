"""The verbs over uploads: begin, take a part, join, give up, erase what is left lying."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from typing import Any

from hub.audit import Entry, Verb, in_turn, record
from hub.db import Database, Reading, UnitOfWork
from hub.intake import CHECK, Intake, Receiving, Submission, mending_grant
from hub.kit.authority import Action, Grant, Permit, Reader
from hub.kit.clock import Clock
from hub.kit.errors import Conflict, Invalid, NotFound, NotPermitted, Refused
from hub.kit.ids import new_id
from hub.kit.words import say
from hub.policy import Policy
from hub.schemas import check_period
from hub.uploads import store
from hub.uploads.model import DAYS_KEPT, MOST_OPEN, Upload, UploadState
from hub.uploads.parts import ReceivingPart
from hub.vault import Arrived, ObjectKind, SealedFiles, SealedWriter, Vault

_CLEANING = Reader(agency="", task="retention")
_RETENTION = "hub.retention"


class Uploads:
    """Files that arrive in parts. `max_bytes` is the largest file taken; twice as much may be open for an agency."""

    def __init__(
        self, *, database: Database, vault: Vault, intake: Intake, policy: Policy, clock: Clock, max_bytes: int
    ) -> None:
        self._database = database
        self._vault = vault
        self._intake = intake
        self._policy = policy
        self._clock = clock
        self._max_bytes = max_bytes

    # ---- parts -----------------------------------------------------------------------------------------------------

    def begin(self, uow: UnitOfWork, permit: Permit, *, agency: str, period: str, size: int) -> Upload:
        """Open an upload of `size` bytes for the permit's dataset.

        Invalid: no month, no size. Refused `too-large`. Conflict `too-many-uploads`: the agency has too many or too much open.
        """
        self._own(permit, agency)
        check_period(period)
        if size < 0:
            raise Invalid(say("uploads.no-size"), code="no-size")
        if size > self._max_bytes:
            limit = self._max_bytes // 2**20
            remedy = say("vault.too-large-remedy", limit=limit)
            raise Refused(say("vault.too-large", limit=limit), code="too-large", remedy=remedy)
        in_turn(uow)  # two that open the last one at once
        others = store.open_of(uow, agency)
        if len(others) >= MOST_OPEN or sum(one.size for one in others) + size > 2 * self._max_bytes:
            remedy = say("uploads.too-many-remedy", days=DAYS_KEPT)
            raise Conflict(say("uploads.too-many", count=len(others)), code="too-many-uploads", remedy=remedy)
        now = self._clock.now()
        upload = Upload(
            id=new_id("upl"),
            agency=agency,
            dataset=permit.resource,
            period=period,
            size=size,
            state=UploadState.OPEN,
            started_by=permit.reader.person,
            started_at=now,
            touched_at=now,
        )
        detail: dict[str, str | int] = {"dataset": upload.dataset, "period": period, "size": size}
        self._enter(uow, permit, upload, Verb.COLLECTION, detail)
        store.add(uow, upload)
        return upload

    def part(self, permit: Permit, upload: Upload, *, offset: int) -> ReceivingPart:
        """Take the part that begins at `offset`. Conflict: `upload-ended`; `offset-mismatch`, it does not follow what is there."""
        self._own(permit, upload.agency)
        _follows(upload, offset)
        after = Arrived(upload.received, upload.run, upload.archive)
        writer = self._vault.receive(permit, agency=upload.agency, dataset=upload.dataset, after=after)

        def keep(uow: UnitOfWork, sealed: SealedWriter) -> Upload:
            return self._keep(uow, upload, sealed)

        return ReceivingPart(upload, writer, keep)

    def _keep(self, uow: UnitOfWork, upload: Upload, writer: SealedWriter) -> Upload:
        """Keep the part and how much is there now together; the same part may be arriving twice at once."""
        in_turn(uow)
        now = self._known(uow, upload.id)
        _follows(now, upload.received)
        sealed = self._vault.publish(uow, writer, ObjectKind.PART)
        store.add_part(uow, now, sealed.id)
        come = writer.arrived
        longer = replace(now, received=come.size, run=come.run, archive=come.archive, touched_at=self._clock.now())
        store.change(uow, longer)
        return longer

    # ---- looking ---------------------------------------------------------------------------------------------------

    def upload(self, reading: UnitOfWork | Reading, reader: Reader, upload_id: str) -> Upload:
        """One upload of the reader's own agency; to everybody else it does not exist (NotFound)."""
        found = self._known(reading, upload_id)
        if found.agency != reader.agency:
            raise NotFound(say("uploads.unknown"))
        return found

    def listing(self, reading: UnitOfWork | Reading, reader: Reader) -> tuple[Upload, ...]:
        """The open uploads of the reader's own agency, oldest first."""
        return store.open_of(reading, reader.agency)

    # ---- ending ----------------------------------------------------------------------------------------------------

    def join(self, reader: Reader, upload_id: str, *, sha256: str, file_name: str, **how: Any) -> Submission:
        """Make of the parts the submission that the same bytes sent at once would be; again: the one it has become.

        `how` is what `Intake.receive` takes beside the file. In transactions of its own: none while the parts are joined, which no
        disk sees but sealed. Conflict: `upload-incomplete`, `upload-ended`. Invalid `digest-mismatch`: what came is not what the
        sender has; like a file that is refused, nothing of it stays.
        """
        with self._database.unit_of_work() as uow:
            upload = self.upload(uow, reader, upload_id)
            if upload.state is UploadState.COMPLETE:
                return self._intake.standing(uow, upload.submission)
            _whole(upload)
            permit = self._policy.permit(uow, reader, Action.SUBMISSION_CREATE, upload.dataset)
            grant = mending_grant(self._policy, uow, CHECK, upload.dataset, why=f"upload/{upload.id}")
            parts = store.parts_of(uow, upload.id)
        receiving = self._intake.receive(
            permit, agency=upload.agency, dataset=upload.dataset, period=upload.period, file_name=file_name, **how
        )
        try:
            self._pour(grant, parts, receiving)
            if receiving.sha256 != sha256.lower():
                raise Refused(
                    say("uploads.digest-mismatch"),
                    code="digest-mismatch",
                    remedy=say("uploads.digest-mismatch-remedy"),
                )
            return self._joined(reader, upload, receiving)
        except Refused as refused:
            self.refuse(reader, upload.id, code=refused.code)
            raise
        finally:
            receiving.abandon()

    def _pour(self, grant: Grant, parts: tuple[str, ...], receiving: Receiving) -> None:
        """The bytes of the parts, one after the other, into the sealed original; a piece at a time in memory."""
        with ExitStack() as opened:
            with self._database.reading() as reading:
                files: SealedFiles = opened.enter_context(self._vault.files(reading, grant, parts))
            for part in parts:
                for piece in files.read(part):
                    receiving.write(piece)

    def _joined(self, reader: Reader, upload: Upload, receiving: Receiving) -> Submission:
        """Submission, original, and the end of the parts, in one transaction."""
        with self._database.unit_of_work() as uow:
            permit = self._policy.permit(uow, reader, Action.SUBMISSION_CREATE, upload.dataset)
            in_turn(uow)
            now = self._known(uow, upload.id)
            if now.state is UploadState.COMPLETE:  # another one joined it meanwhile
                return self._intake.standing(uow, now.submission)
            _whole(now)
            submission = receiving.complete(uow)
            self._end(uow, permit, now, UploadState.COMPLETE, reason="joined", submission=submission.id)
            return submission

    def give_up(self, uow: UnitOfWork, permit: Permit, upload_id: str) -> Upload:
        """End an open upload: its parts are erased with their keys. Conflict `upload-ended`."""
        in_turn(uow)
        upload = self.upload(uow, permit.reader, upload_id)
        self._own(permit, upload.agency)
        if upload.state is not UploadState.OPEN:
            raise _ended()
        return self._end(uow, permit, upload, UploadState.ENDED, reason="given-up")

    def refuse(self, reader: Reader, upload_id: str, *, code: str) -> None:
        """The file was refused while it arrived: nothing of it stays. In a transaction of its own; once ended: no effect."""
        with self._database.unit_of_work() as uow:
            in_turn(uow)
            upload = self.upload(uow, reader, upload_id)
            if upload.state is UploadState.OPEN:
                permit = self._policy.permit(uow, reader, Action.SUBMISSION_CREATE, upload.dataset)
                self._end(uow, permit, upload, UploadState.ENDED, reason=code)

    def forget_due(self) -> list[str]:
        """Erase the parts of uploads that no part was added to for a day; the ids. For the hub's own housekeeping."""
        end = self._clock.now() - timedelta(days=DAYS_KEPT)
        with self._database.reading() as reading:
            due = store.untouched_since(reading, end)
        done = []
        for upload in due:
            try:
                with self._database.unit_of_work() as uow:
                    permit = self._policy.permit(
                        uow, _CLEANING, Action.SUBMISSION_WITHDRAW, upload.dataset, purpose=_RETENTION
                    )
                    in_turn(uow)
                    now = self._known(uow, upload.id)
                    if now.state is UploadState.OPEN and now.touched_at <= end:
                        self._end(uow, permit, now, UploadState.ENDED, reason="retention")
            except (NotFound, NotPermitted):
                continue  # the refusal is in the log
            done.append(upload.id)
        return done

    # ---- inside ----------------------------------------------------------------------------------------------------

    def _end(
        self, uow: UnitOfWork, permit: Permit, upload: Upload, state: UploadState, *, reason: str, submission: str = ""
    ) -> Upload:
        parts = store.parts_of(uow, upload.id)
        ended = replace(upload, state=state, submission=submission, touched_at=self._clock.now(), run=0)
        detail: dict[str, str | int] = {"reason": reason, "parts": len(parts), "received": upload.received}
        detail |= {"submission": submission} if submission else {}
        self._enter(uow, permit, ended, Verb.ERASURE, detail)
        self._vault.destroy_all(uow, permit, parts, reason=reason)
        store.drop_parts(uow, upload.id)
        store.change(uow, ended)
        return ended

    def _enter(self, uow: UnitOfWork, permit: Permit, upload: Upload, verb: Verb, detail: dict[str, str | int]) -> None:
        entry = Entry(
            at=self._clock.now(),
            verb=verb,
            action="upload:begin" if upload.state is UploadState.OPEN else "upload:end",
            outcome="done",
            reader=permit.reader,
            subject=f"upload/{upload.id}",
            purpose=permit.purpose,
            authority=permit.id,
            policy_hash=permit.policy_hash,
            detail=detail,
        )
        record(uow, entry)

    def _known(self, reading: UnitOfWork | Reading, upload_id: str) -> Upload:
        found = store.get(reading, upload_id)
        if found is None:
            raise NotFound(say("uploads.unknown"))
        return found

    def _own(self, permit: Permit, agency: str) -> None:
        if permit.action is not Action.SUBMISSION_CREATE:
            raise NotPermitted(say("intake.other-permit"), reasons=("other-permit",), code="other-permit")
        if permit.reader.agency != agency:
            raise NotFound(say("uploads.unknown"))


def _follows(upload: Upload, offset: int) -> None:
    if upload.state is not UploadState.OPEN:
        raise _ended()
    if upload.received != offset:
        raise Conflict(
            say("uploads.offset-mismatch", offset=f"{upload.received:,}"),
            code="offset-mismatch",
            remedy=say("uploads.offset-mismatch-remedy"),
        )


def _whole(upload: Upload) -> None:
    if upload.state is not UploadState.OPEN:
        raise _ended()
    if upload.received != upload.size:
        missing = f"{upload.size - upload.received:,}"
        remedy = say("uploads.incomplete-remedy")
        raise Conflict(say("uploads.incomplete", missing=missing), code="upload-incomplete", remedy=remedy)


def _ended() -> Conflict:
    return Conflict(say("uploads.ended"), code="upload-ended", remedy=say("uploads.ended-remedy"))
