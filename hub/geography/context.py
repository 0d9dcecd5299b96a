"""Load files of context; give out what is in force."""

from __future__ import annotations

from pathlib import Path
from threading import Lock

from hub.audit import Entry, Verb, record
from hub.db import Reading, UnitOfWork
from hub.geography import store
from hub.geography.context_model import (
    DEPRIVATION,
    HARM_WEIGHTS,
    POPULATION,
    ContextFile,
    ContextReport,
    Deprivation,
    HarmWeights,
    Population,
)
from hub.geography.context_read import ReadContext, context_problem, read_context
from hub.geography.service import Geography
from hub.kit.authority import Action, Permit
from hub.kit.canonical import sha256_hex
from hub.kit.clock import Clock, stamp
from hub.kit.errors import Bug, Conflict, NotPermitted
from hub.kit.words import say

_MAX_BYTES = 64 * 2**20
_MAX_SOURCE = 200
_KEPT = 6


class Context:
    """Population, deprivation and harm weights. The newest file of each kind is in force; earlier ones stay readable by number."""

    def __init__(self, *, geography: Geography, clock: Clock) -> None:
        self._geography = geography
        self._clock = clock
        self._read: dict[tuple[str, str], ReadContext] = {}
        self._lock = Lock()

    def load(
        self, uow: UnitOfWork, permit: Permit, path: Path, *, source: str = "", vintage: str = ""
    ) -> ContextReport:
        """Take in one file; it replaces the earlier file of its kind as a whole. CSV, UTF-8.

        Every LSOA of the partnership's tree must be in a file of population or deprivation; rows of other areas are counted and not
        used. Invalid names what is wrong, where, and how to mend it; then nothing is changed. Conflict: no tree is in force yet.
        """
        if not permit.is_for(Action.CONTEXT_LOAD, "context", at=self._clock.now()):
            raise NotPermitted(say("geography.context.wrong-permit"), code="wrong-permit")
        if path.stat().st_size > _MAX_BYTES:
            raise context_problem("too-long", file=path.name, megabytes=_MAX_BYTES // 2**20)
        content = path.read_bytes()
        found = read_context(content, file=path.name, vintage=vintage)
        used = found.records if found.kind == HARM_WEIGHTS else self._check_areas(uow, found, file=path.name)
        before = store.latest_context(uow, found.kind)
        file = ContextFile(
            number=store.next_context(uow),
            kind=found.kind,
            file_name=path.name,
            vintage=found.vintage,
            source=(source.strip() or path.name)[:_MAX_SOURCE],
            sha256=sha256_hex(content),
            records=found.records,
            used=used,
            loaded_at=stamp(self._clock.now()),
        )
        store.add_context(uow, file, content)
        self._record(uow, permit, file)
        return ContextReport(file=file, replaced=before is not None)

    def files(self, reading: UnitOfWork | Reading) -> tuple[ContextFile, ...]:
        """All files loaded, newest first; the first of each kind is in force."""
        return store.context_files(reading)

    def population(self, reading: UnitOfWork | Reading) -> Population | None:
        """The residents in force; None when no file was loaded."""
        file, found = self._latest(reading, POPULATION)
        if file is None or found is None or found.population is None:
            return None
        return Population(file, found.population.bands, found.population.residents, found.population.by_band)

    def deprivation(self, reading: UnitOfWork | Reading) -> Deprivation | None:
        """The deprivation in force; None when no file was loaded."""
        file, found = self._latest(reading, DEPRIVATION)
        return None if file is None or found is None else Deprivation(file, found.deprivation or {})

    def harm_weights(self, reading: UnitOfWork | Reading) -> HarmWeights | None:
        """The weights in force; None when no file was loaded."""
        file, found = self._latest(reading, HARM_WEIGHTS)
        return None if file is None or found is None else HarmWeights(file, found.weights or {})

    def _latest(self, reading: UnitOfWork | Reading, kind: str) -> tuple[ContextFile | None, ReadContext | None]:
        file = store.latest_context(reading, kind)
        if file is None:
            return None, None
        key = (file.sha256, file.vintage)
        with self._lock:
            kept = self._read.get(key)
        if kept is None:
            content = store.context_content(reading, file.number)
            if sha256_hex(content) != file.sha256:
                raise Bug("a stored file of context is not the one that was loaded", code="corrupt-context")
            kept = read_context(content, file=file.file_name, vintage=file.vintage)
            with self._lock:
                if len(self._read) >= _KEPT:
                    self._read.pop(next(iter(self._read)))
                self._read[key] = kept
        return file, kept

    def _check_areas(self, uow: UnitOfWork, found: ReadContext, *, file: str) -> int:
        """How many LSOAs of the tree the file has: it must be all of them."""
        index = self._geography.current(uow)
        if index is None:
            raise Conflict(
                say("geography.context.no-tree"), code="no-tree", remedy=say("geography.context.no-tree-remedy")
            )
        wanted = {area.code for area in index.tree.level("lsoa21")}
        missing = sorted(wanted - found.lsoas)
        if len(missing) == len(wanted):
            raise context_problem("elsewhere", file=file, area=index.tree.name)
        if missing:
            raise context_problem("missing", file=file, area=index.tree.name, count=len(missing), code=missing[0])
        return len(wanted)

    def _record(self, uow: UnitOfWork, permit: Permit, file: ContextFile) -> None:
        record(
            uow,
            Entry(
                at=self._clock.now(),
                verb=Verb.ALTERATION,
                action=Action.CONTEXT_LOAD.value,
                outcome="done",
                reader=permit.reader,
                subject=f"context/{file.kind}",
                purpose=permit.purpose,
                authority=permit.id,
                policy_hash=permit.policy_hash,
                detail={
                    "number": file.number,
                    "sha256": file.sha256,
                    "vintage": file.vintage,
                    "records": file.records,
                    "used": file.used,
                },
            ),
        )
