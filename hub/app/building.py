"""Freeze a snapshot and build its views, step by step: the long step holds no transaction."""

from __future__ import annotations

from collections.abc import Callable

from hub.app.composition import Hub
from hub.kit.authority import Action, Reader
from hub.views import BuildReport

PURPOSE = "svd.identify_kinds"


def build_snapshot(hub: Hub, reader: Reader, *, progress: Callable[[int, int], None] | None = None) -> BuildReport:
    """What was published. Each step asks the policy anew, so that an agreement that ends meanwhile stops it."""
    with hub.database.unit_of_work() as uow:
        permit = hub.policy.permit(uow, reader, Action.SNAPSHOT_BUILD, "snapshots", purpose=PURPOSE)
        snapshot = hub.snapshots.freeze(uow, permit)
    with hub.database.unit_of_work() as uow:
        grant = hub.views.grant(uow, snapshot)
    with hub.database.reading() as reading:
        prepared = hub.views.prepare(reading, grant, snapshot, progress=progress)
    with hub.database.unit_of_work() as uow:
        permit = hub.policy.permit(uow, reader, Action.SNAPSHOT_BUILD, "snapshots", purpose=PURPOSE)
        return hub.views.keep(uow, permit, prepared)
