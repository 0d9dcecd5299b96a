"""Database, UnitOfWork and Reading over SQLAlchemy Core; SQLite and PostgreSQL."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, MetaData, create_engine, event
from sqlalchemy.engine import Engine, RootTransaction
from sqlalchemy.exc import DBAPIError

from hub.kit.errors import Bug, Unavailable
from hub.kit.words import say

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

_TRIES = 10
_BETWEEN = 0.2
_BUSY = 30  # seconds that a connection to SQLite waits for its turn
_WRITES = ("INSERT", "UPDATE", "DELETE", "WITH", "REPLACE", "MERGE")


@dataclass(slots=True)
class Reading:
    """A transaction that only reads."""

    connection: Connection


@dataclass(slots=True)
class UnitOfWork:
    """A transaction that must hold an audit entry for what it writes.

    `after_commit` runs work that must follow the commit (unlink a ciphertext); `after_rollback` undoes what lies outside the
    database. Both run at most once, in the order given.
    """

    connection: Connection
    entries: int = 0
    _committed: list[Callable[[], None]] = field(default_factory=list)
    _rolled_back: list[Callable[[], None]] = field(default_factory=list)

    def count_entry(self) -> None:
        """Called by `hub.audit.record` alone."""
        self.entries += 1

    def after_commit(self, work: Callable[[], None]) -> None:
        """Run `work` once the transaction is durable."""
        self._committed.append(work)

    def after_rollback(self, work: Callable[[], None]) -> None:
        """Run `work` if the transaction is undone."""
        self._rolled_back.append(work)


class Database:
    """The one database of a hub."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.is_sqlite = url.startswith("sqlite")
        options: dict[str, Any] = {} if self.is_sqlite else {"pool_size": 20, "pool_pre_ping": True}
        self.engine: Engine = create_engine(url, **options)
        if self.is_sqlite:
            event.listen(self.engine, "connect", _prepare_sqlite)
            event.listen(self.engine, "begin", _begin_sqlite)
        event.listen(self.engine, "before_cursor_execute", _notice_writes)

    @contextmanager
    def unit_of_work(self) -> Iterator[UnitOfWork]:
        """One transaction: commits at the end if all is well and an entry stands beside each write, else rolls back.

        Unavailable: the database does not answer (`database-away`: nothing was changed), or went away in the middle of
        the commit and nobody can tell yet whether it took effect (`outcome-unknown`: work that was to follow is left
        undone, the next start sweeps). A commit whose answer was lost and which PostgreSQL says it made is a commit.
        """
        with self._connected(hub_writes=True) as connection:
            connection.info["wrote"] = False
            uow = UnitOfWork(connection)
            transaction = connection.begin()
            try:
                yield uow
                if connection.info["wrote"] and uow.entries == 0:
                    raise Bug("a write without an audit entry is refused (promise P5)")
                number = self._number(connection) if connection.info["wrote"] else ""
            except BaseException as error:
                _undo(transaction)
                _each(uow._rolled_back)
                if _is_lost(error):
                    raise _away() from None
                raise
            self._commit(transaction, uow, number)
        _each(uow._committed)

    @contextmanager
    def reading(self) -> Iterator[Reading]:
        """One consistent view of the database; a write in it is a Bug. Unavailable: the database does not answer."""
        with self._connected(**self._for_reading()) as connection:
            try:
                with connection.begin():
                    yield Reading(connection)
            except DBAPIError as error:
                if _is_lost(error):
                    raise _away() from None
                raise

    def _connected(self, **options: Any) -> Connection:
        try:
            return self.engine.connect().execution_options(**options)
        except DBAPIError:  # its words hold the address
            raise _away() from None

    def _number(self, connection: Connection) -> str:
        """What PostgreSQL calls this transaction; its fate can be asked for by that number. Empty for SQLite, whose commit
        cannot be cut in two.
        """
        if self.is_sqlite:
            return ""
        return str(connection.exec_driver_sql("SELECT pg_current_xact_id()::text").scalar_one())

    def _commit(self, transaction: RootTransaction, uow: UnitOfWork, number: str) -> None:
        try:
            transaction.commit()
        except BaseException as error:
            fate = self._fate(number) if number and _is_lost(error) else "aborted"
            if fate == "committed":
                return
            if fate != "aborted":
                message, remedy = say("db.outcome-unknown"), say("db.outcome-unknown-remedy")
                raise Unavailable(message, code="outcome-unknown", remedy=remedy) from None
            _undo(transaction)
            _each(uow._rolled_back)
            if _is_lost(error):
                raise _away() from None
            raise

    def _fate(self, number: str) -> str:
        """`committed` or `aborted`, as PostgreSQL says; empty when it does not answer, or is still at it, for two
        seconds.
        """
        for _ in range(_TRIES):
            try:
                with self._connected(**self._for_reading()) as connection:
                    fate = connection.exec_driver_sql(
                        "SELECT pg_xact_status(CAST(%(number)s AS text)::xid8)", {"number": number}
                    ).scalar_one()
            except (DBAPIError, Unavailable):
                fate = ""
            if fate in {"committed", "aborted"}:
                return str(fate)
            time.sleep(_BETWEEN)
        return ""

    def checkpoint(self) -> None:
        """Fold the write-ahead log back and truncate it, so that overwritten bytes are gone from disk (SQLite only)."""
        if self.is_sqlite:
            raw = self.engine.raw_connection()
            try:
                raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            finally:
                raw.close()

    def close(self) -> None:
        """Let go of all connections."""
        self.engine.dispose()

    def _for_reading(self) -> dict[str, Any]:
        # SQLite gives one view for as long as a transaction lasts; PostgreSQL only where that is asked for.
        options: dict[str, Any] = {"hub_writes": False}
        if not self.is_sqlite:
            options |= {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        return options


def _is_lost(error: BaseException) -> bool:
    """Whether the line to the database is gone, so that no answer is an answer."""
    return isinstance(error, DBAPIError) and error.connection_invalidated


def _away() -> Unavailable:
    return Unavailable(say("db.away"), code="database-away", remedy=say("db.away-remedy"))


def _undo(transaction: RootTransaction) -> None:
    try:
        transaction.rollback()
    except DBAPIError as error:
        if not _is_lost(error):
            raise


def _each(pieces: list[Callable[[], None]]) -> None:
    """Do every piece, whatever becomes of the one before; then raise the first error there was."""
    failed: list[Exception] = []
    for work in pieces:
        try:
            work()
        except Exception as error:
            failed.append(error)
    if failed:
        raise failed[0]


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves: the driver's own habit breaks transactional reads
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={_BUSY * 1000}")
    _write_ahead(cursor)
    for pragma in ("synchronous=FULL", "secure_delete=ON", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _write_ahead(cursor: Any) -> None:
    """The file's journal, set by whoever opens it first. SQLite does not wait for its turn where two would wait for each
    other, as processes do that open a new file at once: it says "locked" whatever the busy timeout. So we ask again.
    """
    until = time.monotonic() + _BUSY
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            busy = error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY  # the lower byte: the upper ones say why
            if not busy or time.monotonic() > until:
                raise
            time.sleep(_BETWEEN / 10)


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("hub_writes", True)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _notice_writes(
    connection: Connection, _cursor: Any, statement: str, _parameters: Any, _context: Any, _many: bool
) -> None:
    if statement.lstrip().upper().startswith(_WRITES):
        if connection.get_execution_options().get("hub_writes") is False:
            raise Bug("a reading cannot write")
        connection.info["wrote"] = True
