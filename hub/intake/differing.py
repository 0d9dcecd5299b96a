"""The verbs over differences: which earlier file a submission is held against, and what differs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from threading import Lock

from hub.audit import Entry, Verb, record
from hub.db import Database, UnitOfWork
from hub.engine import DuckDbEngine, EngineError
from hub.intake import store
from hub.intake.difference import ChangedCell, Compared, Difference
from hub.intake.difference_rows import Comparison, Side, sealed_rows
from hub.intake.mending import MENDING, is_sender, mending_grant
from hub.intake.model import KEPT, State, Submission
from hub.intake.service import Intake
from hub.kit.authority import Grant, Reader
from hub.kit.clock import Clock
from hub.kit.errors import Conflict, Invalid
from hub.kit.words import say
from hub.policy import Policy
from hub.schemas import SchemaRegistry
from hub.vault import Vault

COMPARE = "submission:compare"
"""The action that the log names."""

MOST_ROWS = 2_000_000
"""Rows of both files together that are compared; more would not fit in the engine's memory."""

AT_ONCE = 200_000
"""Rows of both files together up to which the page of a submission says what differs without being asked."""

_STOOD = frozenset({*KEPT, State.SUPERSEDED})
_MOST_KEPT = 32


@dataclass(frozen=True, slots=True)
class _Asked:
    """A comparison, and the Grant to read what it needs. `values`: the Grant is the person's, who may see values."""

    submission: Submission
    earlier: Submission
    reader: Reader
    grant: Grant
    values: bool


class Differences:
    """Compares submissions of one agency. What was counted is kept in memory for files last compared, and nowhere else."""

    def __init__(
        self,
        *,
        database: Database,
        intake: Intake,
        vault: Vault,
        engine: DuckDbEngine,
        schemas: SchemaRegistry,
        policy: Policy,
        clock: Clock,
    ) -> None:
        self._database = database
        self._intake = intake
        self._vault = vault
        self._engine = engine
        self._schemas = schemas
        self._policy = policy
        self._clock = clock
        self._kept: dict[tuple[str, str], Compared] = {}
        self._lock = Lock()

    def of(self, reader: Reader, submission_id: str, *, against: str = "") -> Difference | None:
        """What differs from the file that counts, or counted before it, for the same month; of a series, from the edition before.
        None where there is no such file. `against`: from this submission instead.

        Counts for whoever may read the agency's submissions; cells of the first changed rows for an uploader alone. Each look
        is recorded as a consultation. NotFound: another agency's. Conflict: `rows-not-kept`, `too-many-to-compare`. Invalid:
        `other-dataset`.
        """
        with self._database.unit_of_work() as uow:
            asked = self._ask(uow, reader, submission_id, against)
        if asked is None:
            return None
        return self._answered(asked)

    def at_once(self, reader: Reader, submission_id: str) -> Difference | None:
        """As `of`, for the page of the submission: None too where it would take long, or may not be read now. What was counted
        before is not read and not recorded again.
        """
        with self._database.unit_of_work() as uow:
            found = self._intake.submission(uow, reader, submission_id)
            earlier = self._earlier(uow, found) if found.accepted_object else None
            if earlier is None:
                return None
            if not self._policy.grantable(uow, _task(found.agency), [found.dataset], purpose=MENDING):
                return None
            kept = self._kept_of(found, earlier)
            if kept is not None:
                return _difference(found, earlier, kept)
            if found.accepted_rows + earlier.accepted_rows > AT_ONCE:
                return None
            asked = _Asked(found, earlier, reader, self._grant(uow, _task(found.agency), found), values=False)
        return self._answered(asked)

    def choices(self, reader: Reader, submission_id: str) -> tuple[Submission, tuple[Submission, ...]]:
        """A submission, and the others of its dataset that it can be held against, newest first."""
        with self._database.unit_of_work() as uow:
            found = self._intake.submission(uow, reader, submission_id)
            others = store.of_agency(uow, found.agency, dataset=found.dataset)
        return found, tuple(one for one in others if one.accepted_object and one.id != found.id)

    def earlier(self, reader: Reader, submission_id: str) -> Submission | None:
        """The submission that one is held against; None where there is none."""
        with self._database.unit_of_work() as uow:
            return self._earlier(uow, self._intake.submission(uow, reader, submission_id))

    # ---- inside ----------------------------------------------------------------------------------------------------

    def _ask(self, uow: UnitOfWork, reader: Reader, submission_id: str, against: str) -> _Asked | None:
        found = self._intake.submission(uow, reader, submission_id)
        earlier = self._intake.submission(uow, reader, against) if against else self._earlier(uow, found)
        if earlier is None:
            return None
        if earlier.dataset != found.dataset or earlier.id == found.id:
            raise Invalid(say("intake.other-dataset"), code="other-dataset")
        if not (found.accepted_object and earlier.accepted_object):
            raise Conflict(say("intake.rows-not-kept"), code="rows-not-kept")
        if found.accepted_rows + earlier.accepted_rows > MOST_ROWS:
            raise _too_many()
        values = is_sender(reader)
        asker = reader if values else _task(found.agency)
        return _Asked(found, earlier, reader, self._grant(uow, asker, found), values=values)

    def _grant(self, uow: UnitOfWork, asker: Reader, found: Submission) -> Grant:
        """An uploader reads the own agency's rows to mend them; for others the hub counts, as it does at the check."""
        return mending_grant(self._policy, uow, asker, found.dataset, why=f"submission/{found.id}")

    def _answered(self, asked: _Asked) -> Difference:
        kept = self._kept_of(asked.submission, asked.earlier)
        cells: tuple[ChangedCell, ...] | None = None
        if kept is None or asked.values:
            kept, cells = self._read(asked)
        with self._database.unit_of_work() as uow:
            self._record(uow, asked, kept, cells=len(cells or ()))
        return _difference(asked.submission, asked.earlier, kept, cells)

    def _read(self, asked: _Asked) -> tuple[Compared, tuple[ChangedCell, ...] | None]:
        objects = (asked.earlier.accepted_object, asked.submission.accepted_object)
        try:
            with (
                self._database.reading() as reading,
                self._vault.files(reading, asked.grant, objects) as files,
                self._engine.session(files=files) as session,
            ):
                comparison = Comparison(session, self._side(asked.earlier), self._side(asked.submission))
                compared = comparison.compared()
                cells = comparison.examples() if asked.values else None
        except EngineError as error:
            if error.code == "engine-memory":
                raise _too_many() from None
            raise
        with self._lock:
            while len(self._kept) >= _MOST_KEPT:
                self._kept.pop(next(iter(self._kept)))
            self._kept[objects] = compared
        return compared, cells

    def _side(self, one: Submission) -> Side:
        return Side(sealed_rows(one.accepted_object), self._schemas.get(one.dataset, one.schema_version))

    def _kept_of(self, found: Submission, earlier: Submission) -> Compared | None:
        with self._lock:
            return self._kept.get((earlier.accepted_object, found.accepted_object))

    def _earlier(self, uow: UnitOfWork, found: Submission) -> Submission | None:
        series = self._schemas.get(found.dataset, found.schema_version).series
        return earlier_of(found, store.of_agency(uow, found.agency, dataset=found.dataset), series=series)

    def _record(self, uow: UnitOfWork, asked: _Asked, compared: Compared, *, cells: int) -> None:
        record(
            uow,
            Entry(
                at=self._clock.now(),
                verb=Verb.CONSULTATION,
                action=COMPARE,
                outcome="done",
                reader=asked.reader,
                subject=f"submission/{asked.submission.id}",
                purpose=asked.grant.purpose,
                justification=asked.grant.justification,
                authority=asked.grant.id,
                policy_hash=asked.grant.policy_hash,
                detail={
                    "against": asked.earlier.id,
                    "rows_before": compared.rows_before,
                    "rows_after": compared.rows_after,
                    "cells": cells,
                },
            ),
        )


def earlier_of(found: Submission, others: Iterable[Submission], *, series: bool) -> Submission | None:
    """The file that a submission would replace or did replace: of the same month, or of a series the edition before it.

    While it does not count itself, that is the one that counts now, whenever it came; afterwards the last one before it.
    """
    stood = [
        one
        for one in others
        if one.id != found.id
        and one.accepted_object
        and one.state in _STOOD
        and (one.period <= found.period if series else one.period == found.period)
    ]
    if found.state not in _STOOD:
        stood = [one for one in stood if one.state in KEPT]
    else:
        stood = [one for one in stood if _age(one) < _age(found)]
    return max(stood, key=_age, default=None)


def _age(one: Submission) -> tuple[str, object, str]:
    return one.period, one.accepted_at or one.at, one.id


def _too_many() -> Conflict:
    return Conflict(say("intake.too-many-to-compare", most=f"{MOST_ROWS:,}"), code="too-many-to-compare")


def _task(agency: str) -> Reader:
    return Reader(agency=agency, task="intake-check")


def _difference(
    found: Submission, earlier: Submission, compared: Compared, cells: tuple[ChangedCell, ...] | None = None
) -> Difference:
    return Difference(
        submission=found.id,
        against=earlier.id,
        against_period=earlier.period,
        against_at=earlier.accepted_at or earlier.at,
        compared=compared,
        examples=cells,
    )
