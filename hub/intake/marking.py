"""Give a person of the agency its own file back, with the failing cells marked. Made in memory, handed on, kept nowhere."""

from __future__ import annotations

import threading
from contextlib import ExitStack

from hub.db import Database
from hub.engine import DuckDbEngine
from hub.geography import AreaIndex, Geography
from hub.intake.entries import Log
from hub.intake.mending import mending_grant
from hub.intake.model import Submission
from hub.intake.service import Intake
from hub.kit.authority import Grant, Reader
from hub.kit.clock import Clock
from hub.kit.errors import Conflict, NotFound, Unavailable
from hub.kit.words import say
from hub.policy import Policy
from hub.schemas import MARKED_MEDIA, CheckReport, MarkedFile, Outcome, SchemaRegistry, marked
from hub.vault import Vault

_AT_ONCE, _PATIENCE = 2, 30.0


class MarkedFiles:
    """Marked files of submissions, for the agency that sent them."""

    def __init__(
        self,
        *,
        database: Database,
        vault: Vault,
        engine: DuckDbEngine,
        schemas: SchemaRegistry,
        geography: Geography,
        policy: Policy,
        submissions: Intake,
        clock: Clock,
    ) -> None:
        self._database = database
        self._vault = vault
        self._engine = engine
        self._schemas = schemas
        self._geography = geography
        self._policy = policy
        self._submissions = submissions
        self._log = Log(database=database, clock=clock)
        self._slots = threading.BoundedSemaphore(_AT_ONCE)  # each is a check of its own, with the memory of one

    def marked(self, reader: Reader, submission_id: str, *, form: str = "xlsx") -> MarkedFile:
        """The file of a submission as it was sent, marked: `form` is `xlsx` or `csv`.

        For an uploader of the agency alone; logged as a consultation before it is handed over. NotFound: there is no such
        submission, or form. Conflict: it is not checked yet (`not-checked`), or its file is not kept (`not-kept`: it was
        refused, withdrawn, or its days are over). Unavailable: others are being made; try again. Holds no transaction
        while it works.
        """
        if form not in MARKED_MEDIA:
            raise NotFound(say("intake.marked.unknown-form"))
        found, report, grant, area = self._ask(reader, submission_id)
        if not self._slots.acquire(timeout=_PATIENCE):
            raise Unavailable(say("intake.marked.busy"), code="busy", remedy=say("intake.marked.busy-remedy"))
        try:
            made = self._made(found, report, grant, area, form)
        finally:
            self._slots.release()
        with self._database.unit_of_work() as uow:
            self._log.file_read(uow, grant, found, form=form, cells=made.cells)
        return made

    def _ask(self, reader: Reader, submission_id: str) -> tuple[Submission, CheckReport, Grant, AreaIndex | None]:
        with self._database.unit_of_work() as uow:
            found = self._submissions.submission(uow, reader, submission_id)
            report = self._submissions.report(uow, reader, submission_id)
            if not found.original_object:
                remedy = say("intake.marked.not-kept-remedy")
                raise Conflict(say("intake.not-kept"), code="not-kept", remedy=remedy)
            grant = mending_grant(self._policy, uow, reader, found.dataset, why=f"submission/{found.id}")
            return found, report, grant, self._geography.current(uow)

    def _made(
        self, found: Submission, report: CheckReport, grant: Grant, area: AreaIndex | None, form: str
    ) -> MarkedFile:
        original = found.original_object
        with ExitStack() as until_made:
            with self._database.reading() as reading:
                files = until_made.enter_context(self._vault.files(reading, grant, [original]))
            with self._engine.session(files=files) as session:
                return marked(
                    session,
                    f"sealed://{original}",
                    self._schemas.get(found.dataset, found.schema_version),
                    form=form,
                    period=found.period,
                    file_name=found.file_name,
                    read_bytes=lambda: files.read(original),
                    area=area,
                    others=self._schemas.all(),
                    part_accept=report.outcome is Outcome.PART_ACCEPTED,
                    sha256=found.sha256,
                    profile=found.profile,
                    report=report,
                )
