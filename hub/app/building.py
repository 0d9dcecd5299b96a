"""Freeze a snapshot and build its views, step by step: the long step holds no transaction."""

from __future__ import annotations

from collections.abc import Callable

from hub.app.composition import Hub
from hub.db import Reading, UnitOfWork
from hub.kit.authority import Action, Reader
from hub.kit.errors import NotFound
from hub.kit.words import say
from hub.views import BuildReport

PURPOSE = "svd.identify_kinds"


def build_snapshot(hub: Hub, reader: Reader, *, progress: Callable[[int, int], None] | None = None) -> BuildReport:
    """What was published. Each step asks the policy anew, as the person stands then: an agreement that ends meanwhile stops it, and
    so does a role that is taken away (promise P3).
    """
    with hub.database.unit_of_work() as uow:
        permit = hub.policy.permit(
            uow, as_they_stand(hub, uow, reader.person), Action.SNAPSHOT_BUILD, "snapshots", purpose=PURPOSE
        )
        snapshot = hub.snapshots.freeze(uow, permit)
    with hub.database.unit_of_work() as uow:
        grant = hub.views.grant(uow, snapshot)
    with hub.database.reading() as reading:
        prepared = hub.views.prepare(reading, grant, snapshot, progress=progress)
    with hub.database.unit_of_work() as uow:
        now = as_they_stand(hub, uow, reader.person)
        permit = hub.policy.permit(uow, now, Action.SNAPSHOT_BUILD, "snapshots", purpose=PURPOSE)
        return hub.views.keep(uow, permit, prepared)


def as_they_stand(hub: Hub, reading: UnitOfWork | Reading, person: str) -> Reader:
    """Whoever asked for work, with the roles that they have now. NotFound: they are gone, or shut out."""
    found = hub.identity.person(reading, person)
    if found.disabled or found.removed or hub.identity.agency(reading, found.agency).disabled:
        raise NotFound(say("identity.missing.person"))
    return Reader(agency=found.agency, person=found.id, roles=frozenset(role.value for role in found.roles))
