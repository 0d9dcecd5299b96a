"""The vault's verbs: receive, publish, open, describe, destroy, rotate, sweep."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from hub.audit import Entry, Verb, record
from hub.db import Reading, UnitOfWork
from hub.kit.authority import Action, Grant, Permit
from hub.kit.clock import Clock, stamp
from hub.kit.crypto import keys
from hub.kit.crypto.chunked import SealBroken, sealed_size
from hub.kit.errors import Bug, Conflict, NotFound, NotPermitted
from hub.kit.ids import new_id
from hub.kit.words import say
from hub.vault import folder as places
from hub.vault import store
from hub.vault.files import Opened, SealedFiles
from hub.vault.model import NOTHING, Arrived, ObjectKind, SealedObject
from hub.vault.writer import SealedWriter

_ROOT_LABEL = "svd/vault/agency-keys/v1"
_OWN_ONLY = frozenset({ObjectKind.ORIGINAL, ObjectKind.QUARANTINE, ObjectKind.PART})
_CHECK_TASK = "intake-check"
_MAY_DESTROY = frozenset({Action.SUBMISSION_CHECK, Action.SUBMISSION_CREATE, Action.SUBMISSION_WITHDRAW})


class Vault:
    """Sealed objects in one folder, their wrapped keys in the database.

    `root_key` is 32 bytes kept outside the database. `max_bytes` is the largest object that `receive` takes.
    """

    def __init__(self, *, folder: Path, root_key: bytes, clock: Clock, max_bytes: int = 4 * 2**30) -> None:
        self._folder = folder
        self._root = keys.derive(root_key, _ROOT_LABEL)
        self._clock = clock
        self._max_bytes = max_bytes

    def receive(self, permit: Permit, *, agency: str, dataset: str, after: Arrived = NOTHING) -> SealedWriter:
        """A writer for an upload: bytes are sealed as they arrive, and never stand on disk otherwise (promise P7).

        `after` is what came before, where a file arrives in parts: what is refused is refused of the file as a whole.
        Refused while it arrives: `line-too-long`, `too-large`. NotPermitted: the Permit is for something else, or ran out.
        """
        self._check(permit, Action.SUBMISSION_CREATE, dataset)
        return self._writer(agency, dataset, permit, lines=True, after=after)

    def publish(self, uow: UnitOfWork, writer: SealedWriter, kind: ObjectKind) -> SealedObject:
        """Make a finished object readable, once the transaction commits; a rollback unlinks it."""
        if not writer.finished or writer.settled or writer.published:
            raise Bug("only a finished object is published, and only once")
        writer.published = True
        uow.after_rollback(writer.discard)
        sealed = SealedObject(
            id=writer.object_id,
            agency=writer.agency,
            dataset=writer.dataset,
            kind=kind,
            size=writer.size,
            sha256=writer.sha256,
            created_at=self._clock.now(),
        )
        # The entry goes first in every verb that writes: the log's lock then keeps a publication and a rotation apart.
        record(
            uow,
            Entry(
                at=sealed.created_at,
                verb=Verb.KEY,
                action="object:publish",
                outcome="done",
                reader=writer.reader,
                subject=f"object/{sealed.id}",
                authority=writer.authority,
                detail={"kind": kind.value, "size": sealed.size, "sha256": sealed.sha256},
            ),
        )
        version = store.latest_version(uow, writer.agency) or self._new_version(uow, writer.agency, 1)
        wrapped = keys.wrap(self._agency_key(uow, writer.agency, version), writer.key)
        store.add_object(uow, sealed, store.WrappedKey(version, wrapped))
        uow.after_commit(writer.settle)
        return sealed

    @contextmanager
    def files(
        self,
        reading: UnitOfWork | Reading,
        grant: Grant,
        object_ids: Sequence[str] = (),
        *,
        if_there: Sequence[str] = (),
    ) -> Iterator[SealedFiles]:
        """The named objects, opened for as long as the block lasts; new ones can be made in it.

        NotFound: no such object, or destroyed. SealBroken: its key does not open. NotPermitted: the Grant ran out, or does not
        cover the object's dataset or agency. An original or a quarantine opens only to the re-check and to the agency that
        sent it. Of those `if_there` what cannot be found or opened is left out.
        """
        self._alive(grant)
        opened = {object_id: self._open(reading, grant, object_id) for object_id in object_ids}
        for object_id in if_there:
            with suppress(NotFound, SealBroken):
                opened[object_id] = self._open(reading, grant, object_id)
        files = SealedFiles(opened, lambda agency, dataset: self._target(grant, agency, dataset))
        try:
            yield files
        finally:
            files.shut()

    def describe(self, reading: UnitOfWork | Reading, object_id: str) -> SealedObject:
        """What an object is, destroyed or not; NotFound if there never was one of this id."""
        found = store.find_object(reading, object_id)
        if found is None:
            raise NotFound(say("vault.unknown-object"))
        return found

    def destroy(self, uow: UnitOfWork, permit: Permit, object_id: str, *, reason: str) -> None:
        """Erase the object: its data key goes in the transaction, its ciphertext and the key's traces right after it.

        `reason` is a code. Conflict: it is destroyed already.
        """
        self.destroy_all(uow, permit, [object_id], reason=reason)

    def destroy_all(self, uow: UnitOfWork, permit: Permit, object_ids: Sequence[str], *, reason: str) -> None:
        """Erase several objects, each as `destroy` does; the traces of all their keys are rewritten once."""
        self._alive(permit)
        if permit.action not in _MAY_DESTROY:
            raise NotPermitted(say("vault.other-permit"), reasons=("other-permit",))
        for object_id in object_ids:
            self._destroy(uow, permit, object_id, reason=reason)
        engine = store.engine_of(uow)
        uow.after_commit(lambda: store.forget(engine))

    def _destroy(self, uow: UnitOfWork, permit: Permit, object_id: str, *, reason: str) -> None:
        found = self.describe(uow, object_id)
        now = self._clock.now()
        record(
            uow,
            Entry(
                at=now,
                verb=Verb.ERASURE,
                action="object:destroy",
                outcome="done",
                reader=permit.reader,
                subject=f"object/{object_id}",
                purpose=permit.purpose,
                authority=permit.id,
                policy_hash=permit.policy_hash,
                detail={"reason": reason, "size": found.size, "sha256": found.sha256},
            ),
        )
        if not store.destroy_key(uow, object_id, at=stamp(now)):
            raise Conflict(say("vault.destroyed-already"), code="destroyed-already")
        uow.after_commit(lambda: places.path_of(self._folder, object_id).unlink(missing_ok=True))

    def rotate(self, uow: UnitOfWork, permit: Permit, *, agency: str) -> int:
        """Give the agency a new key-encryption key and wrap all its data keys under it; how many. Data stays untouched."""
        self._alive(permit)
        record(
            uow,
            Entry(
                at=self._clock.now(),
                verb=Verb.KEY,
                action="agency-key:rotate",
                outcome="done",
                reader=permit.reader,
                subject=f"agency-key/{agency}",
                authority=permit.id,
                policy_hash=permit.policy_hash,
            ),
        )
        version = self._new_version(uow, agency, store.latest_version(uow, agency) + 1)
        fresh = self._agency_key(uow, agency, version)
        present = store.keys_of(uow, agency)
        for object_id, key in present.items():
            data_key = _unwrapped(self._agency_key(uow, agency, key.version), key.wrapped)
            store.replace_key(uow, object_id, store.WrappedKey(version, keys.wrap(fresh, data_key)))
        store.drop_agency_keys(uow, agency, below=version)
        engine = store.engine_of(uow)
        uow.after_commit(lambda: store.forget(engine))
        return len(present)

    def sweep(self, reading: UnitOfWork | Reading) -> int:
        """Unlink ciphertext that no object owns: left by a process killed in mid-upload, or in mid-erasure. How many."""
        # First which files nobody writes, then, in a transaction begun after that, which objects there are: in the other
        # order an object published in between would be lost.
        abandoned = [(object_id, path) for object_id, path in places.stored(self._folder) if places.is_abandoned(path)]
        engine = store.engine_of(reading)
        known = store.known_ids_now(engine)
        removed = [path for object_id, path in abandoned if object_id not in known and places.remove_abandoned(path)]
        return len(removed)

    def lost(self, reading: UnitOfWork | Reading) -> tuple[str, ...]:
        """The ids of objects that are not destroyed and whose ciphertext or key is gone, or whose ciphertext has another length.
        Nothing is opened: a byte that was changed is noticed when it is read.
        """
        standing = store.standing(reading)
        return tuple(object_id for object_id, size, keyed in standing if not (keyed and self._holds(object_id, size)))

    def _holds(self, object_id: str, size: int) -> bool:
        try:
            return places.path_of(self._folder, object_id).stat().st_size == sealed_size(size)
        except FileNotFoundError:
            return False

    def _writer(
        self, agency: str, dataset: str, authority: Permit | Grant, *, lines: bool, after: Arrived = NOTHING
    ) -> SealedWriter:
        object_id = new_id("obj")
        return SealedWriter(
            places.path_of(self._folder, object_id),
            object_id=object_id,
            agency=agency,
            dataset=dataset,
            reader=authority.reader,
            authority=authority.id,
            max_bytes=self._max_bytes,
            lines=lines,
            after=after,
        )

    def _target(self, grant: Grant, agency: str, dataset: str) -> SealedWriter:
        self._covered(grant, agency, dataset)
        return self._writer(agency, dataset, grant, lines=False)

    def _open(self, reading: UnitOfWork | Reading, grant: Grant, object_id: str) -> Opened:
        found = self.describe(reading, object_id)
        self._covered(grant, found.agency, found.dataset)
        if found.kind in _OWN_ONLY and not _opens_files(grant, found):
            raise NotPermitted(say("vault.own-only"), reasons=("own-only",))
        key = store.find_key(reading, object_id)
        if key is None:
            raise NotFound(say("vault.destroyed"))
        data_key = _unwrapped(self._agency_key(reading, found.agency, key.version), key.wrapped)
        return Opened(found, places.path_of(self._folder, object_id), data_key)

    def _covered(self, grant: Grant, agency: str, dataset: str) -> None:
        granted = grant.datasets.get(dataset)
        if granted is None:
            raise NotPermitted(say("vault.other-dataset"), reasons=("other-dataset",))
        if agency not in granted.scope.agencies:
            raise NotPermitted(say("vault.other-agency"), reasons=("other-agency",))

    def _check(self, permit: Permit, action: Action, resource: str) -> None:
        self._alive(permit)
        if permit.action is not action or permit.resource != resource:
            raise NotPermitted(say("vault.other-permit"), reasons=("other-permit",))

    def _alive(self, authority: Permit | Grant) -> None:
        if authority.expires_at <= self._clock.now():
            raise NotPermitted(say("vault.expired"), reasons=("expired",))

    def _new_version(self, uow: UnitOfWork, agency: str, version: int) -> int:
        made = store.WrappedKey(version, keys.wrap(self._root, keys.new_key()))
        store.add_agency_key(uow, agency, made, at=stamp(self._clock.now()))
        return version

    def _agency_key(self, reading: UnitOfWork | Reading, agency: str, version: int) -> bytes:
        wrapped = store.agency_key(reading, agency, version)
        if wrapped is None:
            raise Bug(f"the key-encryption key {agency}@{version} is missing")
        return _unwrapped(self._root, wrapped.wrapped)


def _opens_files(grant: Grant, found: SealedObject) -> bool:
    """Whether files as they were sent open by the Grant: of some columns none does."""
    whole = not grant.datasets[found.dataset].pseudonyms_of
    return whole and (grant.reader.task == _CHECK_TASK or grant.reader.agency == found.agency)


def _unwrapped(key: bytes, wrapped: bytes) -> bytes:
    try:
        return keys.unwrap(key, wrapped)
    except ValueError:
        raise SealBroken(say("vault.key-does-not-open"), remedy=say("vault.key-remedy")) from None
