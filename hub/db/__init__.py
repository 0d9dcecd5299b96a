"""Transactions. A write without an audit entry fails; a reading cannot write (promise P5).

    with database.unit_of_work() as uow:    # one transaction; commits at the end, rolls back on any error
        ...store functions take `uow`...
        audit.record(uow, ...)              # at least one, or the commit is refused
    with database.reading() as reading:     # the same `.connection`, writes refused

Only `store.py` modules use `.connection` (a SQLAlchemy Core connection); tables are declared on `hub.db.metadata`.
"""

from hub.db.migrations import migrate, revision_of, unmigrate
from hub.db.session import Database, Reading, UnitOfWork, metadata

__all__ = ["Database", "Reading", "UnitOfWork", "metadata", "migrate", "revision_of", "unmigrate"]
