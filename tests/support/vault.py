"""Vaults, Grants and Permits for tests. Only here and in other builders may a test make an authority without the policy."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from hub.db import Database
from hub.kit.authority import Action, DatasetGrant, Form, Grant, Permit, Reader, RowScope
from hub.kit.clock import Clock
from hub.kit.ids import new_id
from hub.vault import ObjectKind, SealedObject, Vault

ROOT_KEY = bytes(range(32))
AGENCY = "met-police"
DATASET = "police/street-crime"


def a_vault(folder: Path, clock: Clock, **options: int) -> Vault:
    """A vault in `folder`/objects."""
    return Vault(folder=folder / "objects", root_key=ROOT_KEY, clock=clock, **options)


def a_permit(
    clock: Clock,
    *,
    action: Action = Action.SUBMISSION_CREATE,
    dataset: str = DATASET,
    agency: str = AGENCY,
    minutes: int = 5,
) -> Permit:
    """The right to do one thing, for some minutes."""
    reader = Reader(agency=agency, person="per_test", roles=frozenset({"uploader"}))
    return Permit(new_id("permit"), reader, action, dataset, "svd.identify_kinds", "hash", _later(clock, minutes))


def a_grant(
    clock: Clock,
    *,
    reader: Reader | None = None,
    datasets: Iterable[str] = (DATASET,),
    agencies: Iterable[str] = (AGENCY,),
    minutes: int = 5,
) -> Grant:
    """The right to read all fields of these datasets as sent by these agencies, for some minutes."""
    scope = RowScope(frozenset(agencies))
    granted = {
        dataset: DatasetGrant(dataset, {"*": Form.READ_CLEAR}, scope, ("agreement@1",), "nhs_hes")
        for dataset in datasets
    }
    asker = reader or Reader(agency="hub", task="intake-check")
    return Grant(new_id("grant"), asker, "svd.identify_kinds", "test", granted, "hash", _later(clock, minutes))


def put(
    vault: Vault,
    database: Database,
    clock: Clock,
    content: bytes,
    *,
    kind: ObjectKind = ObjectKind.ORIGINAL,
    agency: str = AGENCY,
    dataset: str = DATASET,
) -> SealedObject:
    """Receive and publish `content`."""
    permit = a_permit(clock, dataset=dataset, agency=agency)
    with vault.receive(permit, agency=agency, dataset=dataset) as writer:
        writer.write(content)
        writer.finish()
    with database.unit_of_work() as uow:
        return vault.publish(uow, writer, kind)


def _later(clock: Clock, minutes: int) -> datetime:
    return clock.now() + timedelta(minutes=minutes)
