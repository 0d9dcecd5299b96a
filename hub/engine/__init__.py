"""The query engine port, DuckDB behind it: the only room that knows DuckDB.

    with DuckDbEngine().session(files=sealed_files) as session:
        rejects = session.read_csv("sealed://obj_…", columns=["Crime ID", "Month"], into="extract")
        session.rows("SELECT count(*) FROM extract WHERE \\"Month\\" = ?", ["2026-10"])

A session is a fresh database in memory that can reach nothing but the files it was given: no disk, no network, no spill
(promise P7). Errors carry a code and never a text of the engine, because that quotes rows (promise P8).
"""

from hub.engine.files import RangeFile, SessionFiles
from hub.engine.model import EngineError, EngineSession, Reject, RejectKind, literal, quoted
from hub.engine.parquet import MOST_PARQUET, BadParquet, Written, opened_parquet
from hub.engine.service import DuckDbEngine
from hub.engine.transcoded import BY_LINE, Decoder, decoded

__all__ = [
    "BY_LINE",
    "MOST_PARQUET",
    "BadParquet",
    "Decoder",
    "DuckDbEngine",
    "EngineError",
    "EngineSession",
    "RangeFile",
    "Reject",
    "RejectKind",
    "SessionFiles",
    "Written",
    "decoded",
    "literal",
    "opened_parquet",
    "quoted",
]
