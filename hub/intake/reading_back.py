"""Show an agency how its own file is read, and what stands in it: reading the values is a consultation, and logged.

A parser may take minutes over a hostile file: no transaction is held meanwhile, and few files are read at once.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TypeVar

from hub.db import Database
from hub.intake import store
from hub.intake.checking import Checker
from hub.intake.entries import Log
from hub.intake.mending import mending_grant
from hub.intake.model import CellValue, State, Submission
from hub.kit.authority import Grant, Reader
from hub.kit.errors import Conflict, Unavailable
from hub.kit.words import say
from hub.policy import Policy
from hub.schemas import Finding, ImportProfile, Reading
from hub.vault import SealedFiles, Vault

MENDABLE = frozenset({State.RETURNED, State.CHECKED})
"""States of a submission whose file can be read otherwise."""

_T = TypeVar("_T")

_READING = "reading"
_AT_ONCE, _PATIENCE = 2, 10.0


class ReadingBack:
    """Opens the sealed original of a submission for an uploader of the agency that sent it.

    Each verb has a transaction to ask, none while it reads, and one to record the look before anything is handed over; the
    caller may hold none. Conflict (`not-kept`): the file is not kept any more. Unavailable (`busy`): others are being read.
    """

    def __init__(self, *, database: Database, vault: Vault, policy: Policy, checker: Checker, log: Log) -> None:
        self._database = database
        self._vault = vault
        self._policy = policy
        self._checker = checker
        self._log = log
        self._slots = threading.BoundedSemaphore(_AT_ONCE)  # each may be a process of its own, with much memory

    def reading(self, reader: Reader, found: Submission, *, profile: ImportProfile) -> Reading:
        """How the file of a submission of the reader's own agency would be read with a profile."""
        grant = self._ask(reader, found)
        shown = self._read(grant, found, lambda files: self._checker.reading(files, found, profile))
        cells = sum(map(len, shown.rows)) + sum(len(one.texts) for one in shown.codes)
        with self._database.unit_of_work() as uow:
            self._log.cells_read(uow, grant, found, code=_READING, cells=cells)
        return shown

    def values(self, reader: Reader, found: Submission, pointed: Finding) -> tuple[CellValue, ...]:
        """What stands where a finding of a submission of the reader's own agency points."""
        grant = self._ask(reader, found)
        field, rows = pointed.field, pointed.rows
        values = self._read(grant, found, lambda files: self._checker.values(files, found, field=field, rows=rows))
        with self._database.unit_of_work() as uow:
            self._log.cells_read(uow, grant, found, code=pointed.code, cells=len(values))
        cells = dict(zip(rows, pointed.cells, strict=False))
        return tuple(CellValue(row=row, cell=cells.get(row, ""), value=value) for row, value in values.items())

    def _ask(self, reader: Reader, found: Submission) -> Grant:
        with self._database.unit_of_work() as uow:
            present = store.get(uow, found.id)
            if present is None or present.original_object != found.original_object or not found.original_object:
                raise Conflict(say("intake.not-kept"), code="not-kept")
            return mending_grant(self._policy, uow, reader, found.dataset, why=f"submission/{found.id}")

    def _read(self, grant: Grant, found: Submission, read: Callable[[SealedFiles], _T]) -> _T:
        with self._slot(), ExitStack() as until_read:
            with self._database.reading() as reading:
                files = until_read.enter_context(self._vault.files(reading, grant, [found.original_object]))
            return read(files)

    @contextmanager
    def _slot(self) -> Iterator[None]:
        if not self._slots.acquire(timeout=_PATIENCE):
            raise Unavailable(say("intake.reading-busy"), code="busy", remedy=say("intake.marked.busy-remedy"))
        try:
            yield
        finally:
            self._slots.release()
