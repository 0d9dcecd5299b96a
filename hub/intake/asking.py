"""Open the figures behind a submission's queries, for the agency that sent it."""

from __future__ import annotations

from hub.db import UnitOfWork
from hub.intake.checking import Checker
from hub.intake.entries import Log
from hub.intake.model import Submission
from hub.intake.query import QUERY, Query
from hub.kit.authority import Form, Reader
from hub.policy import Policy
from hub.schemas import CheckReport
from hub.vault import Vault

_PURPOSE = "data_quality"


class Asking:
    """Reads queries from where they are sealed, beside the accepted rows."""

    def __init__(self, *, vault: Vault, policy: Policy, checker: Checker, log: Log) -> None:
        self._vault = vault
        self._policy = policy
        self._checker = checker
        self._log = log

    def queries(
        self, uow: UnitOfWork, reader: Reader, found: Submission, report: CheckReport | None
    ) -> tuple[Query, ...]:
        """The queries of a submission of the reader's own agency, with their figures; the look is logged.

        For those who send, while an agreement lets them: to others the report says in words what is asked. None where the rows
        are erased.
        """
        asked = report is not None and any(one.severity == QUERY for one in report.findings)
        if not asked or not found.accepted_object or "uploader" not in reader.roles:
            return ()
        if not self._policy.grantable(uow, reader, [found.dataset], purpose=_PURPOSE):
            return ()
        grant = self._policy.grant(
            uow,
            reader,
            [found.dataset],
            purpose=_PURPOSE,
            justification=f"submission/{found.id}",
            form=Form.READ_CLEAR,
        )
        with self._vault.files(uow, grant, [found.accepted_object]) as files:
            queries = self._checker.queries(files, found)
        self._log.queries_read(uow, grant, found, queries=len(queries))
        return queries
