"""Check a received file and seal what was accepted of it. The long part of intake; writes nothing to the database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from hub.db import Reading, UnitOfWork
from hub.engine import DuckDbEngine, EngineSession, quoted
from hub.geography import AreaIndex
from hub.intake.model import Submission
from hub.kit.authority import Grant
from hub.pseudonyms import Pseudonyms
from hub.schemas import KEPT, Checked, CheckReport, DatasetSchema, SchemaRegistry, check
from hub.vault import SealedFiles, SealedWriter, Vault

_SEALED = "hub_sealed_rows"


@dataclass(frozen=True, slots=True)
class Judged:
    """The report, and the finished writers of accepted and quarantined rows; None where there are none."""

    report: CheckReport
    accepted: SealedWriter | None
    quarantine: SealedWriter | None


class Checker:
    """Runs the checks of a schema over a sealed original."""

    def __init__(self, *, vault: Vault, engine: DuckDbEngine, schemas: SchemaRegistry, pseudonyms: Pseudonyms) -> None:
        self._vault = vault
        self._engine = engine
        self._schemas = schemas
        self._pseudonyms = pseudonyms

    @contextmanager
    def judged(
        self,
        reading: UnitOfWork | Reading,
        grant: Grant,
        submission: Submission,
        *,
        area: AreaIndex | None,
        part_accept: bool,
    ) -> Iterator[Judged]:
        """The outcome, for as long as the block lasts: publish the writers inside it, or they are gone."""
        schema = self._schemas.get(submission.dataset, submission.schema_version)
        original = submission.original_object
        with self._vault.files(reading, grant, [original]) as files, self._engine.session(files=files) as session:
            checked = check(
                session,
                f"sealed://{original}",
                schema,
                period=submission.period,
                file_name=submission.file_name,
                read_bytes=lambda: files.read(original),
                area=area,
                others=self._schemas.all(),
                part_accept=part_accept,
                sha256=submission.sha256,
            )
            if checked.report.outcome not in KEPT:
                yield Judged(checked.report, None, None)
                return
            accepted = self._seal_accepted(session, files, submission, schema, checked)
            quarantine = None
            if checked.report.quarantined_rows:
                quarantine = _seal(session, files, submission, f"SELECT * FROM {checked.quarantined}")
            yield Judged(checked.report, accepted, quarantine)

    def _seal_accepted(
        self,
        session: EngineSession,
        files: SealedFiles,
        submission: Submission,
        schema: DatasetSchema,
        checked: Checked,
    ) -> SealedWriter:
        """Case references become pseudonyms in memory before anything is sealed; they are never shown (DESIGN section 2)."""
        replaced, parameters = [], []
        for name in schema.case_references:
            expression, values = self._pseudonyms.expression(quoted(name), dataset=schema.id)
            replaced.append(f"{expression} AS {quoted(name)}")
            parameters.extend(values)
        if not replaced:
            return _seal(session, files, submission, f"SELECT * FROM {checked.accepted}")
        projection = f"SELECT * REPLACE ({', '.join(replaced)}) FROM {checked.accepted}"
        session.run(f"CREATE TEMP TABLE {_SEALED} AS {projection}", parameters)
        return _seal(session, files, submission, f"SELECT * FROM {_SEALED}")


def _seal(session: EngineSession, files: SealedFiles, submission: Submission, sql: str) -> SealedWriter:
    target = files.create(agency=submission.agency, dataset=submission.dataset)
    session.write_parquet(sql, f"sealed://{target}")
    return files.writer(target)
