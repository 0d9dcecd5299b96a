"""One measurement of intake or of one of its floors, in this process; prints `{"seconds", "peak_mib", …}`.

    python -m benchmarks.intake_work {hub,hub-pseudonyms,sealed-floor,plain-floor,frictionless,pandera} FILE STATE

`hub`: what a submission goes through, from its first byte to settled: received and sealed, checked over `sealed://`,
accepted and held-back rows sealed as Parquet, each transaction with its audit entries. `sealed-floor`: the same file
received, hashed, sealed and read back through the same vault, but typed and written by the engine without one check.
`plain-floor`: the engine alone, plain files, no checks.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.agreed import AGENCY, DATASET, ENGINE_MIB, PERIOD, THREADS, Bench, bench
from benchmarks.incidents import COLUMNS
from benchmarks.measure import Measured, Stopwatch, peak_mib
from benchmarks.peers import PEERS
from hub.intake import ATTESTATION
from hub.kit.authority import Form, Permit, Reader
from hub.vault import ObjectKind

_CHUNK = 1024 * 1024
_TYPES = {
    "victims": "BIGINT",
    "severity": "BIGINT",
    "distance_m": "BIGINT",
    "priority": "BIGINT",
    "reported_on": "DATE",
    "closed_on": "DATE",
    "occurred_at": "TIMESTAMP",
}
_PARQUET = "FORMAT parquet, COMPRESSION zstd, USE_TMP_FILE false"


def hub(source: Path, made: Bench, permit: Permit) -> Measured:
    """Receive, seal, check, accept."""
    watch = Stopwatch()
    receiving = made.intake.receive(
        permit, agency=AGENCY, dataset=DATASET, period=PERIOD, file_name=source.name, attestation=ATTESTATION
    )
    _stream(source, receiving.write)
    with made.database.unit_of_work() as uow:
        received = receiving.complete(uow)
    watch.lap("receive")
    settled = made.intake.check_apart(received.id)
    return watch.stop(rows=settled.rows, accepted_rows=settled.accepted_rows, state=settled.state.value)


def sealed_floor(source: Path, made: Bench, permit: Permit) -> Measured:
    """The same hashing, sealing and sealed reading, no check."""
    with made.database.unit_of_work() as uow:
        task = Reader(agency="", task="intake-check")
        grant = made.policy.grant(uow, task, [DATASET], purpose="", justification="benchmark", form=Form.READ_CLEAR)
    watch = Stopwatch()
    with made.vault.receive(permit, agency=AGENCY, dataset=DATASET) as writer:
        _stream(source, writer.write)
        writer.finish()
    with made.database.unit_of_work() as uow:
        original = made.vault.publish(uow, writer, ObjectKind.ORIGINAL)
    with (
        made.database.reading() as reading,
        made.vault.files(reading, grant, [original.id]) as files,
        _engine() as engine,
    ):
        engine.register_filesystem(files)
        target = files.create(agency=AGENCY, dataset=DATASET)
        rows = _copy(engine, f"sealed://{original.id}", f"sealed://{target}")
        with made.database.unit_of_work() as uow:
            made.vault.publish(uow, files.writer(target), ObjectKind.ACCEPTED)
        engine.unregister_filesystem("sealed")
    return watch.stop(rows=rows, accepted_rows=rows)


def plain_floor(source: Path, state: Path) -> Measured:
    """The engine alone."""
    state.mkdir(parents=True, exist_ok=True)
    watch = Stopwatch()
    with _engine() as engine:
        rows = _copy(engine, str(source), str(state / "rows.parquet"))
    return watch.stop(rows=rows, accepted_rows=rows)


def _engine() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(config={"threads": THREADS})
    connection.execute(f"SET memory_limit = '{ENGINE_MIB}MiB'")
    connection.execute("SET max_temp_directory_size = '0B'")
    return connection


def _copy(engine: duckdb.DuckDBPyConnection, source: str, target: str) -> int:
    columns = ", ".join(f"'{name}': '{_TYPES.get(name, 'VARCHAR')}'" for name in COLUMNS)
    read = f"read_csv('{source}', header=true, auto_detect=false, columns={{{columns}}}, delim=',', quote='\"', escape='\"')"
    ((rows,),) = engine.execute(f"COPY (SELECT * FROM {read}) TO '{target}' ({_PARQUET})").fetchall()
    return int(rows)


def _stream(source: Path, take: Callable[[bytes], Any]) -> None:
    with source.open("rb") as file:
        while chunk := file.read(_CHUNK):
            take(chunk)


def _main(which: str, source: Path, state: Path) -> Measured:
    if which in PEERS:
        return PEERS[which](source)
    if which == "plain-floor":
        return plain_floor(source, state)
    made = bench(state, case_references=which == "hub-pseudonyms")
    work = sealed_floor if which == "sealed-floor" else hub
    try:
        return work(source, made, made.permit())
    finally:
        made.database.close()


if __name__ == "__main__":
    measured = _main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
    print(json.dumps(measured | {"peak_mib": peak_mib()}))
