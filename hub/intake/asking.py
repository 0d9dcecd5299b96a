"""Open the figures behind a submission's queries, for the agency that sent it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field

from hub.db import Database, UnitOfWork
from hub.intake import store
from hub.intake.checking import Checker
from hub.intake.damage import readable, tell_operator
from hub.intake.entries import Log
from hub.intake.mending import MENDING, as_sender, is_sender, mending_grant
from hub.intake.model import Submission
from hub.intake.query import QUERY, Query
from hub.kit.authority import Grant, Reader
from hub.policy import Policy
from hub.schemas import CheckReport
from hub.vault import Vault


@dataclass(frozen=True, slots=True)
class Questions:
    """What the check asks of a submission. `offered`: what was said of the same figures when they were sent before."""

    queries: tuple[Query, ...] = ()
    offered: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Asked:
    """The submission whose queries are opened, the explained ones before it, and the Grant to read them."""

    submission: Submission
    before: tuple[Submission, ...]
    grant: Grant


class Asking:
    """Reads queries from where they are sealed, beside the accepted rows."""

    def __init__(self, *, database: Database, vault: Vault, policy: Policy, checker: Checker, log: Log) -> None:
        self._database = database
        self._vault = vault
        self._policy = policy
        self._checker = checker
        self._log = log

    def ask(self, uow: UnitOfWork, reader: Reader, found: Submission, report: CheckReport | None) -> Asked | None:
        """What is to be read for the queries of a submission of the reader's own agency; None where nothing is.

        For those who send, while an agreement lets them: to others the report says in words what is asked. None where the rows
        are erased.
        """
        asked = report is not None and any(one.severity == QUERY for one in report.findings)
        if not asked or not found.accepted_object or not is_sender(reader):
            return None
        if not self._policy.grantable(uow, as_sender(reader), [found.dataset], purpose=MENDING):
            return None
        grant = mending_grant(self._policy, uow, reader, found.dataset, why=f"submission/{found.id}")
        return Asked(found, _explained_before(uow, found), grant)

    def questions(self, asked: Asked) -> Questions:
        """The queries with their figures; the look is logged before they are handed over. Holds no transaction while it reads.

        None of a submission whose sealed rows are damaged or gone: its report still says what is asked.
        """
        before = asked.before
        with ExitStack() as until_read:
            with self._database.reading() as reading:
                objects = [one.accepted_object for one in (asked.submission, *before)]
                files = until_read.enter_context(self._vault.files(reading, asked.grant, if_there=objects))
            lost: list[Submission] = []
            queries, *asked_then = (
                readable(one, lambda one: self._checker.queries(files, one), lost) or ()
                for one in (asked.submission, *before)
            )
        tell_operator(lost)
        with self._database.unit_of_work() as uow:
            self._log.queries_read(uow, asked.grant, asked.submission, queries=len(queries))
        said: dict[str, str] = {}
        for one, queries_then in zip(before, asked_then, strict=True):
            for query in queries_then:
                if query.key in one.explanations:
                    said.setdefault(query.figure, one.explanations[query.key])
        return Questions(queries, {one.key: said[one.figure] for one in queries if one.figure in said})


def _explained_before(reading: UnitOfWork, found: Submission) -> tuple[Submission, ...]:
    """The other submissions for the same month that were explained and whose rows are still kept, newest first."""
    sent = store.of_agency(reading, found.agency, dataset=found.dataset)
    alike = (one for one in sent if one.id != found.id and one.period == found.period)
    return tuple(one for one in alike if one.explanations and one.accepted_object)
