"""Load files of areas; give out the index in force."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import Lock

from hub.audit import Entry, Verb, record
from hub.db import Reading, UnitOfWork
from hub.geography import store
from hub.geography.built import index_of
from hub.geography.locate import AreaIndex
from hub.geography.model import GazetteerRow, LoadReport
from hub.geography.read import kind_of, problem, read_boundaries, read_gazetteer, read_lookup
from hub.kit.authority import Action, Permit
from hub.kit.canonical import sha256_hex
from hub.kit.clock import Clock, stamp
from hub.kit.errors import NotFound, NotPermitted
from hub.kit.words import say

_KINDS = ("boundaries", "lookup", "gazetteer")
_NEEDED = ("boundaries", "lookup")
_KEPT_INDEXES = 3


class Geography:
    """The areas of the partnership. The tree in force is made of the newest file of each kind; earlier ones stay readable."""

    def __init__(self, *, clock: Clock) -> None:
        self._clock = clock
        self._indexes: dict[str, AreaIndex] = {}
        self._lock = Lock()

    def load(self, uow: UnitOfWork, permit: Permit, path: Path) -> LoadReport:
        """Take in one file of boundaries, lookup or gazetteer; it replaces the earlier file of its kind as a whole.

        Invalid names what is wrong, where, and how to mend it; then nothing is changed. Files that only fit together: `load_all`.
        """
        return self.load_all(uow, permit, [path])[0]

    def load_all(self, uow: UnitOfWork, permit: Permit, paths: Sequence[Path]) -> tuple[LoadReport, ...]:
        """Take in several files that come into force together; one report each, in the order given."""
        if permit.action is not Action.GEOGRAPHY_LOAD or permit.expires_at <= self._clock.now():
            raise NotPermitted("this permit does not allow areas to be loaded")
        before = {kind: store.latest_number(uow, kind) for kind in _KINDS}
        taken = [self._take(uow, path) for path in paths]
        kinds = [kind for kind, _, _ in taken]
        for kind in kinds:
            if kinds.count(kind) > 1:
                raise problem("same-kind-twice", kind=say(f"geography.kinds.{kind}"))
        tree_id, missing = self._enforce(uow)
        reports = []
        for path, (kind, digest, records) in zip(paths, taken, strict=True):
            report = LoadReport(
                kind=kind,
                file_name=path.name,
                sha256=digest,
                records=records,
                tree_id=tree_id,
                missing=missing,
                replaced=bool(before[kind]),
            )
            self._record(uow, permit, report)
            reports.append(report)
        return tuple(reports)

    def current(self, reading: UnitOfWork | Reading) -> AreaIndex | None:
        """The index in force; None while boundaries or lookup are missing. Kept in memory, so that asking again is cheap."""
        tree = store.latest_tree(reading)
        return None if tree is None else self._index(reading, tree)

    def index(self, reading: UnitOfWork | Reading, tree_id: str) -> AreaIndex:
        """The index of a tree that is or was in force: a snapshot keeps the tree it was counted with. NotFound if unknown."""
        with self._lock:
            kept = self._indexes.get(tree_id)
        if kept is not None:
            return kept  # an id names its content: what is kept needs no look
        tree = store.latest_tree(reading, tree_id)
        if tree is None:
            raise NotFound("no such area tree")
        return self._index(reading, tree)

    def _take(self, uow: UnitOfWork, path: Path) -> tuple[str, str, int]:
        content = path.read_bytes()
        kind = kind_of(content, file=path.name)
        records = len(_READERS[kind](content, file=path.name))
        digest = sha256_hex(content)
        store.add_file(
            uow,
            kind=kind,
            file_name=path.name,
            sha256=digest,
            records=records,
            at=stamp(self._clock.now()),
            content=content,
        )
        return kind, digest, records

    def _enforce(self, uow: UnitOfWork) -> tuple[str, tuple[str, ...]]:
        numbers = {kind: store.latest_number(uow, kind) for kind in _KINDS}
        missing = tuple(kind for kind in _NEEDED if not numbers[kind])
        if missing:
            return "", missing
        index = self._build(uow, numbers)
        tree = store.StoredTree(index.tree.id, numbers["boundaries"], numbers["lookup"], numbers["gazetteer"])
        store.add_tree(uow, tree, at=stamp(self._clock.now()))
        return index.tree.id, ()

    def _index(self, reading: UnitOfWork | Reading, tree: store.StoredTree) -> AreaIndex:
        with self._lock:
            kept = self._indexes.get(tree.tree_id)
        if kept is None:
            kept = self._build(
                reading, {"boundaries": tree.boundaries, "lookup": tree.lookup, "gazetteer": tree.gazetteer}
            )
            with self._lock:
                if len(self._indexes) >= _KEPT_INDEXES:
                    self._indexes.pop(next(iter(self._indexes)))
                self._indexes[tree.tree_id] = kept
        return kept

    def _build(self, reading: UnitOfWork | Reading, numbers: Mapping[str, int]) -> AreaIndex:
        boundaries_file, lookup_file = (store.file(reading, numbers[kind]) for kind in _NEEDED)
        boundaries = read_boundaries(boundaries_file.content, file=boundaries_file.file_name)
        lookup = read_lookup(lookup_file.content, file=lookup_file.file_name)
        gazetteer: tuple[GazetteerRow, ...] = ()
        if numbers["gazetteer"]:
            gazetteer_file = store.file(reading, numbers["gazetteer"])
            gazetteer = read_gazetteer(gazetteer_file.content, file=gazetteer_file.file_name)
        return index_of(boundaries, lookup, gazetteer)

    def _record(self, uow: UnitOfWork, permit: Permit, report: LoadReport) -> None:
        record(
            uow,
            Entry(
                at=self._clock.now(),
                verb=Verb.ALTERATION,
                action=Action.GEOGRAPHY_LOAD.value,
                outcome="done",
                reader=permit.reader,
                subject=f"geography/{report.kind}",
                purpose=permit.purpose,
                authority=permit.id,
                policy_hash=permit.policy_hash,
                detail={"sha256": report.sha256, "records": report.records, "tree": report.tree_id},
            ),
        )


_READERS = {"boundaries": read_boundaries, "lookup": read_lookup, "gazetteer": read_gazetteer}
