"""Freeze what may be combined, put it in force, open its rows to a Grant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from threading import Lock

from hub.audit import Entry, Verb, record
from hub.db import Reading, UnitOfWork
from hub.engine import DuckDbEngine, EngineSession
from hub.geography import Geography
from hub.kit.authority import Action, Form, Grant, Permit, Reader
from hub.kit.clock import Clock
from hub.kit.errors import Conflict, NotFound, NotPermitted
from hub.kit.words import say
from hub.policy import Policy
from hub.schemas import SchemaRegistry
from hub.snapshots import store
from hub.snapshots.model import AcceptedSubmission, Snapshot, SnapshotInput, SnapshotState, Submissions
from hub.snapshots.rows import RELATION, relation_sql
from hub.vault import Vault

BUILD_TASK = "snapshot-build"
"""The hub's own task that counts rows."""

BUILD_PURPOSE = "hub.snapshot"


class Snapshots:
    """Numbered snapshots. Inputs never change once frozen; one snapshot at most is in force."""

    def __init__(
        self,
        *,
        submissions: Submissions,
        vault: Vault,
        engine: DuckDbEngine,
        geography: Geography,
        schemas: SchemaRegistry,
        policy: Policy,
        clock: Clock,
    ) -> None:
        self._submissions = submissions
        self._vault = vault
        self._engine = engine
        self._geography = geography
        self._schemas = schemas
        self._policy = policy
        self._clock = clock
        self._kept: Snapshot | None = None
        self._lock = Lock()

    def freeze(self, uow: UnitOfWork, permit: Permit) -> Snapshot:
        """Freeze the latest accepted submissions of exactly those datasets and agencies that agreements in force let be
        combined.

        Its state is `frozen`: it comes into force once its tables are built. Conflict: no area tree is loaded
        (`no-tree`), or nothing may be combined (`nothing`).
        """
        self._check(permit)
        index = self._geography.current(uow)
        if index is None:
            raise Conflict(say("snapshots.no-tree"), code="no-tree", remedy=say("snapshots.no-tree-remedy"))
        accepted = self._submissions.latest_accepted(uow)
        number = store.next_number(uow)
        covered = self._covered(uow, number, accepted)
        together = [one for one in accepted if (one.dataset, one.agency) in covered]
        together.sort(key=lambda one: (one.dataset, one.agency, one.period))
        inputs = tuple(self._input(uow, one) for one in together)
        if not inputs:
            raise Conflict(say("snapshots.nothing"), code="nothing", remedy=say("snapshots.nothing-remedy"))
        left_out = {f"{one.dataset}@{one.agency}" for one in accepted if (one.dataset, one.agency) not in covered}
        snapshot = Snapshot(
            number=number,
            at=self._clock.now(),
            state=SnapshotState.FROZEN,
            tree_id=index.tree.id,
            policy_hash=self._policy.hash,
            inputs=inputs,
            left_out=tuple(sorted(left_out)),
        )
        store.add(uow, snapshot)
        self.mark_erased(uow, permit)
        self._record(uow, permit, snapshot, "snapshot:freeze")
        return snapshot

    def enforce(self, uow: UnitOfWork, permit: Permit, number: int) -> Snapshot:
        """Put a frozen snapshot in force; the one before it retires. Conflict when it is not frozen."""
        self._check(permit)
        snapshot = self.get(uow, number)
        if snapshot.state is not SnapshotState.FROZEN:
            message = say("snapshots.wrong-state", number=number, state=snapshot.state.value)
            raise Conflict(message, code="wrong-state")
        before = store.in_state(uow, SnapshotState.IN_FORCE)
        store.set_state(uow, before, SnapshotState.RETIRED)
        store.set_state(uow, [number], SnapshotState.IN_FORCE)
        enforced = replace(snapshot, state=SnapshotState.IN_FORCE)
        self._record(uow, permit, enforced, "snapshot:enforce")
        return enforced

    def mark_erased(self, uow: UnitOfWork, permit: Permit) -> tuple[int, ...]:
        """Mark every snapshot that holds an input erased since; their numbers. Of what was withdrawn nobody's words are kept."""
        self._check(permit)
        store.forget_explained(uow, self._submissions.withdrawn(uow, store.explained(uow)))
        held = store.unmarked_objects(uow)
        erased = {one for one in {name for _, name in held} if self._vault.describe(uow, one).destroyed_at is not None}
        numbers = tuple(sorted({number for number, name in held if name in erased}))
        if numbers:
            store.mark(uow, numbers)
            for number in numbers:
                self._record(uow, permit, self.get(uow, number), "snapshot:mark")
        return numbers

    def current(self, reading: UnitOfWork | Reading) -> Snapshot | None:
        """The snapshot in force, None when there is none."""
        found = store.in_force(reading)
        if found is None:
            return None
        with self._lock:
            kept = self._kept
        if kept is None or (kept.number, kept.marked) != found:
            kept = self.get(reading, found[0])
            with self._lock:
                self._kept = kept
        return kept

    def get(self, reading: UnitOfWork | Reading, number: int) -> Snapshot:
        """The snapshot of that number. NotFound when there is none."""
        found = store.get(reading, number)
        if found is None:
            raise NotFound(say("snapshots.unknown"))
        return found

    def all(self, reading: UnitOfWork | Reading) -> tuple[Snapshot, ...]:
        """All snapshots, the newest first."""
        return tuple(self.get(reading, number) for number in reversed(store.numbers(reading)))

    def known(self, reading: UnitOfWork | Reading, permit: Permit) -> tuple[Snapshot, ...]:
        """All snapshots, the newest first, as the permit's reader may know them: only inputs of datasets that the reader's
        agency is a party to, and the hash of its own alone (a short extract can be guessed from its hash).
        """
        self._check(permit, Action.SNAPSHOT_READ)
        found = self.all(reading)
        asking = Reading(reading.connection)  # nothing is opened, so no decision on a table is recorded
        datasets = {name for one in found for name in (*one.datasets, *(out.partition("@")[0] for out in one.left_out))}
        is_party = {
            name: self._policy.may_see_table(
                asking, permit.reader, dataset=name, dimensions=frozenset(), purpose=permit.purpose
            ).party
            for name in datasets
        }
        return tuple(_as_known(one, permit.reader.agency, is_party) for one in found)

    def withdrawn(self, reading: UnitOfWork | Reading, snapshot: Snapshot) -> frozenset[str]:
        """The submissions in it that their agencies have withdrawn since: nothing counted from them is shown any more
        (promise P3).
        """
        return self._submissions.withdrawn(reading, {one.submission for one in snapshot.inputs})

    @contextmanager
    def rows(
        self, reading: UnitOfWork | Reading, grant: Grant, snapshot: Snapshot, dataset: str
    ) -> Iterator[tuple[EngineSession, str]]:
        """A session and the name of its relation: whole rows of the granted agencies of one dataset, for a task of the hub.

        Columns: the fields, `hub_row`, `hub_month`, `hub_agency`, `hub_period`, `hub_submission`. A person's rows come from
        `GrantedRows.open`. NotPermitted: the grant has run out, or does not cover the dataset, or is a person's. NotFound:
        nothing of it is in the snapshot. Conflict (`erased`): an input was erased. The session closes with
        the block.
        """
        granted = grant.datasets.get(dataset)
        if granted is None or grant.expires_at <= self._clock.now():
            raise NotPermitted(say("snapshots.expired" if granted else "snapshots.not-in"), reasons=("no-grant",))
        if not grant.reader.task:
            raise NotPermitted(say("snapshots.persons-rows"), reasons=("persons-rows",), code="persons-rows")
        inputs = [one for one in snapshot.of(dataset) if one.agency in granted.scope.agencies]
        if not inputs:
            raise NotFound(say("snapshots.not-in"))
        if any(self._vault.describe(reading, one.object_id).destroyed_at is not None for one in inputs):
            message = say("snapshots.erased", number=snapshot.number)
            raise Conflict(message, code="erased", remedy=say("snapshots.erased-remedy"))
        with (
            self._vault.files(reading, grant, [one.object_id for one in inputs]) as files,
            self._engine.session(files=files) as session,
        ):
            session.run(f"CREATE TEMP VIEW {RELATION} AS {relation_sql(inputs, tuple(granted.fields), self._schemas)}")
            yield session, RELATION

    def _covered(
        self, uow: UnitOfWork, number: int, accepted: Sequence[AcceptedSubmission]
    ) -> frozenset[tuple[str, str]]:
        """The (dataset, agency) pairs that the policy grants the build together."""
        reader = Reader(agency="", task=BUILD_TASK)
        datasets = sorted({one.dataset for one in accepted})
        together = self._policy.grantable(uow, reader, datasets, purpose=BUILD_PURPOSE)
        if not together:
            return frozenset()
        grant = self._policy.grant(
            uow,
            reader,
            together,
            purpose=BUILD_PURPOSE,
            justification=f"snapshot/{number}",
            form=Form.READ_CLEAR,
        )
        return frozenset(
            (name, agency) for name, granted in grant.datasets.items() for agency in granted.scope.agencies
        )

    def _input(self, reading: UnitOfWork | Reading, one: AcceptedSubmission) -> SnapshotInput:
        return SnapshotInput(
            dataset=one.dataset,
            agency=one.agency,
            period=one.period,
            submission=one.id,
            object_id=one.accepted_object,
            sha256=self._vault.describe(reading, one.accepted_object).sha256,
            schema_version=one.schema_version,
            rows=one.rows,
            accepted_rows=one.accepted_rows,
            explained=tuple(sorted(one.explanations.items())),
        )

    def _check(self, permit: Permit, action: Action = Action.SNAPSHOT_BUILD) -> None:
        if permit.action is not action or permit.expires_at <= self._clock.now():
            raise NotPermitted(say("snapshots.wrong-permit"), reasons=("wrong-permit",), code="wrong-permit")

    def _record(self, uow: UnitOfWork, permit: Permit, snapshot: Snapshot, action: str) -> None:
        record(
            uow,
            Entry(
                at=self._clock.now(),
                verb=Verb.COMBINATION,
                action=action,
                outcome="done",
                reader=permit.reader,
                subject=f"snapshot/{snapshot.number}",
                purpose=permit.purpose,
                justification=permit.purpose,
                authority=permit.id,
                policy_hash=permit.policy_hash,
                detail={
                    "inputs": len(snapshot.inputs),
                    "rows": sum(one.accepted_rows for one in snapshot.inputs),
                    "datasets": " ".join(snapshot.datasets),
                    "left_out": " ".join(snapshot.left_out),
                    "tree": snapshot.tree_id,
                },
            ),
        )


def _as_known(snapshot: Snapshot, agency: str, is_party: Mapping[str, bool]) -> Snapshot:
    return replace(
        snapshot,
        inputs=tuple(
            one if one.agency == agency else replace(one, sha256="", explained=())
            for one in snapshot.inputs
            if is_party[one.dataset]
        ),
        left_out=tuple(out for out in snapshot.left_out if is_party[out.partition("@")[0]]),
    )
