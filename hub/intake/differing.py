"""The verbs over differences: which earlier file a submission is held against, and what differs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from threading import Lock

from hub.db import Database, UnitOfWork
from hub.engine import DuckDbEngine, EngineError
from hub.intake import store
from hub.intake.damage import months_of, tell_operator
from hub.intake.difference import ChangedCell, Compared, Difference
from hub.intake.difference_rows import Comparison, Side, sealed_rows
from hub.intake.entries import Log
from hub.intake.mending import MENDING, is_sender, mending_grant
from hub.intake.model import KEPT, State, Submission
from hub.intake.service import Intake
from hub.kit.authority import Grant, Reader
from hub.kit.clock import Clock
from hub.kit.crypto.chunked import SealBroken
from hub.kit.errors import Conflict, Invalid, Unavailable
from hub.kit.turns import Turns
from hub.kit.words import say
from hub.policy import Policy
from hub.schemas import SchemaRegistry
from hub.vault import SealedFiles, Vault

ROWS_UNREAD = "rows-unread"
"""The code of the Conflict where what is kept of one of the two files is damaged or gone."""

MOST_ROWS = 2_000_000
"""Rows of both files together that are compared; more would not fit in the engine's memory."""

AT_ONCE = 200_000
"""Rows of both files together up to which the page of a submission says what differs without being asked."""

_STOOD = frozenset({*KEPT, State.SUPERSEDED})
_MOST_KEPT = 32
_AT_ONCE = 2  # each may take the memory that the settings allow
_PATIENCE, _SHORT = 10.0, 1.0  # seconds; a page that says more than this does not wait long


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
        self._log = Log(database=database, clock=clock)
        self._kept: dict[tuple[str, str], Compared] = {}
        self._lock = Lock()
        self._turns = Turns(_AT_ONCE)

    def of(self, reader: Reader, submission_id: str, *, against: str = "") -> Difference | None:
        """What differs from the file that counts, or counted before it, for the same month; of a series, from the edition before.
        None where there is no such file. `against`: from this submission instead.

        Counts for whoever may read the agency's submissions; cells of the first changed rows for an uploader alone. Each look
        is recorded as a consultation. NotFound: another agency's. Conflict: `rows-not-kept`, `too-many-to-compare`; `rows-unread`,
        where a sealed object is damaged or gone. Invalid: `other-dataset`. Unavailable (`busy`): others are being compared.
        """
        with self._database.unit_of_work() as uow:
            asked = self._ask(uow, reader, submission_id, against)
        if asked is None:
            return None
        return self._answered(asked)

    def at_once(self, reader: Reader, submission_id: str) -> Difference | None:
        """As `of`, for the page of the submission: None too where it would take long, or may not be read now. What was counted
        before is not read again; it is asked for and recorded each time all the same.
        """
        with self._database.unit_of_work() as uow:
            found = self._intake.submission(uow, reader, submission_id)
            earlier = self._earlier(uow, found) if found.accepted_object else None
            if earlier is None:
                return None
            if not self._policy.grantable(uow, _task(found.agency), [found.dataset], purpose=MENDING):
                return None
            if found.accepted_rows + earlier.accepted_rows > AT_ONCE and self._kept_of(found, earlier) is None:
                return None
            asked = _Asked(found, earlier, reader, self._grant(uow, _task(found.agency), found), values=False)
        return self._answered(asked, patience=_SHORT)

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

    def _answered(self, asked: _Asked, *, patience: float = _PATIENCE) -> Difference:
        kept = self._kept_of(asked.submission, asked.earlier)
        cells: tuple[ChangedCell, ...] | None = None
        if kept is None or asked.values:
            with self._turns.turn_within(patience) as mine:
                if not mine:
                    raise Unavailable(say("intake.compare-busy"), code="busy", remedy=say("intake.marked.busy-remedy"))
                kept, cells = self._read(asked)
        counts: dict[str, str | int] = {"rows_before": kept.rows_before, "rows_after": kept.rows_after}
        with self._database.unit_of_work() as uow:
            self._record(uow, asked, "done", counts | {"cells": len(cells or ())})
        return _difference(asked.submission, asked.earlier, kept, cells)

    def _read(self, asked: _Asked) -> tuple[Compared, tuple[ChangedCell, ...] | None]:
        objects = (asked.earlier.accepted_object, asked.submission.accepted_object)
        with ExitStack() as until_read:
            with self._database.reading() as reading:
                files = until_read.enter_context(self._vault.files(reading, asked.grant, if_there=objects))
            try:
                with self._engine.session(files=files) as session:
                    comparison = Comparison(session, self._side(asked.earlier), self._side(asked.submission))
                    compared = comparison.compared()
                    cells = comparison.examples() if asked.values else None
            except (EngineError, SealBroken) as error:
                if error.code == "engine-memory":
                    raise _too_many() from None
                self._lost(asked, files)
                raise
        with self._lock:
            while len(self._kept) >= _MOST_KEPT:
                self._kept.pop(next(iter(self._kept)))
            self._kept[objects] = compared
        return compared, cells

    def _lost(self, asked: _Asked, files: SealedFiles) -> None:
        """Conflict `rows-unread` where one of the two files cannot be read, once the log and the operator know."""
        lost = [one for one in (asked.earlier, asked.submission) if not files.is_whole(one.accepted_object)]
        if not lost:
            return
        tell_operator(lost)
        with self._database.unit_of_work() as uow:
            self._record(uow, asked, "failed", {"unread": " ".join(one.id for one in lost)})
        raise Conflict(
            say("intake.rows-unread", months=months_of(lost)), code=ROWS_UNREAD, remedy=say("intake.rows-unread-remedy")
        ) from None

    def _side(self, one: Submission) -> Side:
        return Side(sealed_rows(one.accepted_object), self._schemas.get(one.dataset, one.schema_version))

    def _kept_of(self, found: Submission, earlier: Submission) -> Compared | None:
        with self._lock:
            return self._kept.get((earlier.accepted_object, found.accepted_object))

    def _earlier(self, uow: UnitOfWork, found: Submission) -> Submission | None:
        series = self._schemas.get(found.dataset, found.schema_version).series
        return earlier_of(found, store.of_agency(uow, found.agency, dataset=found.dataset), series=series)

    def _record(self, uow: UnitOfWork, asked: _Asked, outcome: str, detail: Mapping[str, str | int]) -> None:
        said = {"against": asked.earlier.id, **detail}
        self._log.compared(uow, asked.grant, asked.submission, reader=asked.reader, outcome=outcome, detail=said)


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
