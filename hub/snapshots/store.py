"""Tables of snapshots. Inputs are only ever inserted; a snapshot's state alone changes."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence

from sqlalchemy import BigInteger, Boolean, Column, Integer, String, Table, Text, func, insert, select, update

from hub.db import Reading, UnitOfWork, metadata
from hub.kit.clock import moment, stamp
from hub.snapshots.model import Snapshot, SnapshotInput, SnapshotState

_NOTHING = "[]"

snapshots = Table(
    "snapshots",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", String(27), nullable=False),
    Column("state", String(16), nullable=False, index=True),
    Column("tree_id", String(12), nullable=False),
    Column("policy_hash", String(64), nullable=False),
    Column("left_out", Text, nullable=False),
    Column("marked", Boolean, nullable=False),
)

snapshot_inputs = Table(
    "snapshot_inputs",
    metadata,
    Column("snapshot", Integer, primary_key=True, autoincrement=False),
    Column("submission", String(40), primary_key=True),
    Column("dataset", String(100), nullable=False),
    Column("agency", String(100), nullable=False),
    Column("period", String(7), nullable=False),
    Column("object_id", String(40), nullable=False, index=True),
    Column("sha256", String(64), nullable=False),
    Column("schema_version", String(20), nullable=False),
    Column("rows", BigInteger, nullable=False),
    Column("accepted_rows", BigInteger, nullable=False),
    Column("explained", Text, nullable=False, server_default=_NOTHING),
)

_INPUT = (
    "submission",
    "dataset",
    "agency",
    "period",
    "object_id",
    "sha256",
    "schema_version",
    "rows",
    "accepted_rows",
)


def next_number(uow: UnitOfWork) -> int:
    """The number of the next snapshot."""
    return int(uow.connection.execute(select(func.max(snapshots.c.number))).scalar_one() or 0) + 1


def add(uow: UnitOfWork, snapshot: Snapshot) -> None:
    """Keep a snapshot and its inputs."""
    uow.connection.execute(
        insert(snapshots).values(
            number=snapshot.number,
            at=stamp(snapshot.at),
            state=snapshot.state.value,
            tree_id=snapshot.tree_id,
            policy_hash=snapshot.policy_hash,
            left_out=" ".join(snapshot.left_out),
            marked=snapshot.marked,
        )
    )
    rows = [
        {
            "snapshot": snapshot.number,
            **{name: getattr(one, name) for name in _INPUT},
            "explained": json.dumps(one.explained, ensure_ascii=False),
        }
        for one in snapshot.inputs
    ]
    uow.connection.execute(insert(snapshot_inputs), rows)


def explained(reading: UnitOfWork | Reading) -> tuple[str, ...]:
    """The submissions with explanations in any snapshot."""
    query = select(snapshot_inputs.c.submission).where(snapshot_inputs.c.explained != _NOTHING).distinct()
    return tuple(reading.connection.execute(query).scalars())


def forget_explained(uow: UnitOfWork, submissions: Collection[str]) -> None:
    """Erase what was explained of these submissions, in every snapshot."""
    of_them = snapshot_inputs.c.submission.in_(submissions)
    uow.connection.execute(update(snapshot_inputs).where(of_them).values(explained=_NOTHING))


def set_state(uow: UnitOfWork, numbers: Sequence[int], state: SnapshotState) -> None:
    """Let these snapshots stand in another state."""
    uow.connection.execute(update(snapshots).where(snapshots.c.number.in_(numbers)).values(state=state.value))


def in_state(reading: UnitOfWork | Reading, state: SnapshotState) -> tuple[int, ...]:
    """The numbers of the snapshots in a state, rising."""
    query = select(snapshots.c.number).where(snapshots.c.state == state.value).order_by(snapshots.c.number)
    return tuple(reading.connection.execute(query).scalars())


def in_force(reading: UnitOfWork | Reading) -> tuple[int, bool] | None:
    """Number and mark of the snapshot in force."""
    query = (
        select(snapshots.c.number, snapshots.c.marked)
        .where(snapshots.c.state == SnapshotState.IN_FORCE.value)
        .order_by(snapshots.c.number.desc())
        .limit(1)
    )
    row = reading.connection.execute(query).one_or_none()
    return None if row is None else (row.number, row.marked)


def numbers(reading: UnitOfWork | Reading) -> tuple[int, ...]:
    """All numbers, rising."""
    return tuple(reading.connection.execute(select(snapshots.c.number).order_by(snapshots.c.number)).scalars())


def get(reading: UnitOfWork | Reading, number: int) -> Snapshot | None:
    """The snapshot of that number."""
    row = reading.connection.execute(select(snapshots).where(snapshots.c.number == number)).one_or_none()
    if row is None:
        return None
    query = (
        select(snapshot_inputs)
        .where(snapshot_inputs.c.snapshot == number)
        .order_by(snapshot_inputs.c.dataset, snapshot_inputs.c.agency, snapshot_inputs.c.period)
    )
    inputs = tuple(
        SnapshotInput(
            **{name: found._mapping[name] for name in _INPUT},
            explained=tuple((name, text) for name, text in json.loads(found.explained)),
        )
        for found in reading.connection.execute(query)
    )
    return Snapshot(
        number=row.number,
        at=moment(row.at),
        state=SnapshotState(row.state),
        tree_id=row.tree_id,
        policy_hash=row.policy_hash,
        inputs=inputs,
        left_out=tuple(row.left_out.split()),
        marked=row.marked,
    )


def mark(uow: UnitOfWork, numbers: Sequence[int]) -> None:
    """Say of these snapshots that an input of theirs was erased."""
    uow.connection.execute(update(snapshots).where(snapshots.c.number.in_(numbers)).values(marked=True))


def unmarked_objects(reading: UnitOfWork | Reading) -> list[tuple[int, str]]:
    """(snapshot, object) of every input of a snapshot that is not marked."""
    query = (
        select(snapshot_inputs.c.snapshot, snapshot_inputs.c.object_id)
        .join(snapshots, snapshots.c.number == snapshot_inputs.c.snapshot)
        .where(~snapshots.c.marked)
        .order_by(snapshot_inputs.c.snapshot, snapshot_inputs.c.object_id)
    )
    return [(row.snapshot, row.object_id) for row in reading.connection.execute(query)]
