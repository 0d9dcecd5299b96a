"""Show an agency how its own file is read: reading the values is a consultation, and logged."""

from __future__ import annotations

from hub.db import UnitOfWork
from hub.intake.checking import Checker
from hub.intake.entries import Log
from hub.intake.model import State, Submission
from hub.kit.authority import Form, Reader
from hub.kit.errors import Conflict
from hub.kit.words import say
from hub.policy import Policy
from hub.schemas import ImportProfile, Reading
from hub.vault import Vault

MENDABLE = frozenset({State.RETURNED, State.CHECKED})
"""States of a submission whose file can be read otherwise."""

_PURPOSE = "data_quality"
_READING = "reading"


class ReadingBack:
    """Opens the sealed original of a submission to show how it is read."""

    def __init__(self, *, vault: Vault, policy: Policy, checker: Checker, log: Log) -> None:
        self._vault = vault
        self._policy = policy
        self._checker = checker
        self._log = log

    def reading(self, uow: UnitOfWork, reader: Reader, found: Submission, *, profile: ImportProfile) -> Reading:
        """How the file of a submission of the reader's own agency would be read with a profile.

        For an uploader of the agency alone. Conflict: the file is not kept any more.
        """
        if not found.original_object:
            raise Conflict(say("intake.not-kept"), code="not-kept")
        grant = self._policy.grant(
            uow,
            reader,
            [found.dataset],
            purpose=_PURPOSE,
            justification=f"submission/{found.id}",
            form=Form.READ_CLEAR,
        )
        with self._vault.files(uow, grant, [found.original_object]) as files:
            shown = self._checker.reading(files, found, profile)
        cells = sum(map(len, shown.rows)) + sum(len(one.texts) for one in shown.codes)
        self._log.cells_read(uow, grant, found, code=_READING, cells=cells)
        return shown
