"""Check a received file and seal what was accepted of it. The long part of intake; writes nothing to the database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hub.engine import DuckDbEngine, EngineSession, quoted
from hub.geography import AreaIndex
from hub.intake.comparing import compared, queries_of
from hub.intake.model import Submission
from hub.intake.query import Query
from hub.intake.stages import Tell, Watch, tell_nobody
from hub.kit.authority import Grant, Permit
from hub.kit.errors import Bug
from hub.pseudonyms import Pseudonyms
from hub.schemas import (
    KEPT,
    Checked,
    CheckReport,
    DatasetSchema,
    ImportProfile,
    Reading,
    SchemaRegistry,
    check,
    codes_written,
    read_as,
    values_at,
)
from hub.vault import SealedFiles, SealedWriter


@dataclass(frozen=True, slots=True)
class Asked:
    """What the policy and the agreements said about the check of a submission."""

    grant: Grant
    permit: Permit
    area: AreaIndex | None
    part_accept: bool
    submission: Submission


@dataclass(frozen=True, slots=True)
class Judged:
    """The report, the finished writers of accepted and quarantined rows (None where there are none), and the earlier
    submissions whose rows could not be read.
    """

    report: CheckReport
    accepted: SealedWriter | None
    quarantine: SealedWriter | None
    lost: tuple[Submission, ...] = ()


class Checker:
    """Runs the checks of a schema over a sealed original."""

    def __init__(self, *, engine: DuckDbEngine, schemas: SchemaRegistry, pseudonyms: Pseudonyms) -> None:
        self._engine = engine
        self._schemas = schemas
        self._pseudonyms = pseudonyms

    def judged(
        self,
        files: SealedFiles,
        submission: Submission,
        asked: Asked,
        *,
        past: Sequence[Submission],
        tell: Tell = tell_nobody,
    ) -> Judged:
        """The outcome; `past` is what it is compared with. Publish the writers while `files` are open, or they are gone."""
        watch = Watch(tell, size=submission.size)
        files.watch = watch.read
        watch.stage("reading")
        schema = self._schemas.get(submission.dataset, submission.schema_version)
        original = submission.original_object
        with self._engine.session(files=files) as session:
            checked = check(
                session,
                f"sealed://{original}",
                schema,
                period=submission.period,
                file_name=submission.file_name,
                read_bytes=lambda: files.read(original),
                area=asked.area,
                others=self._schemas.all(),
                part_accept=asked.part_accept,
                sha256=submission.sha256,
                profile=submission.profile,
                stage=watch.stage,
            )
            if checked.report.outcome not in KEPT:
                return Judged(checked.report, None, None)
            against = compared(session, schema, submission, checked, past)
            watch.stage("sealing")
            sql = self._accepted_sql(session, schema, checked)
            accepted = _seal(session, files, submission, sql, noted=against.noted)
            ((held_back,),) = session.rows(f"SELECT count(*) FROM {checked.quarantined}")
            quarantine = f"SELECT * FROM {checked.quarantined}" if held_back else ""
            apart = _seal(session, files, submission, quarantine) if quarantine else None
            return Judged(against.report, accepted, apart, against.lost)

    def values(self, files: SealedFiles, submission: Submission, *, field: str, rows: Sequence[int]) -> dict[int, str]:
        """What stands in a column of the sealed original, by row."""
        schema = self._schemas.get(submission.dataset, submission.schema_version)
        original = submission.original_object
        with self._engine.session(files=files) as session:
            source = f"sealed://{original}"
            return values_at(
                session,
                source,
                schema,
                read_bytes=lambda: files.read(original),
                field=field,
                rows=rows,
                profile=submission.profile,
            )

    def reading(self, files: SealedFiles, submission: Submission, profile: ImportProfile) -> Reading:
        """How the sealed original is read with a profile, under the present schema."""
        original = submission.original_object
        with self._engine.session(files=files) as session:
            return read_as(
                session,
                f"sealed://{original}",
                self._schemas.get(submission.dataset),
                read_bytes=lambda: files.read(original),
                period=submission.period,
                sha256=submission.sha256,
                profile=profile,
            )

    def queries(self, files: SealedFiles, submission: Submission) -> tuple[Query, ...]:
        """The queries of a checked submission, with their figures."""
        with self._engine.session(files=files) as session:
            return queries_of(session, submission)

    def _accepted_sql(self, session: EngineSession, schema: DatasetSchema, checked: Checked) -> str:
        """Case references become pseudonyms in memory before anything is sealed; they are never shown (DESIGN section
        2).

        The key blocks stand in a table of this session, so that the rows stream straight into the sealed object.
        """
        replaced = [
            f"{sql} AS {quoted(name)}"
            for name, sql in codes_written(schema, period=checked.report.period).items()
            if name not in schema.case_references
        ]
        for place, name in enumerate(schema.case_references):
            whose = schema.field(name).reference_of or schema.id
            expression, values = self._pseudonyms.expression(quoted(name), dataset=whose)
            parts = expression.split("?")
            if len(parts) != len(values) + 1:
                raise Bug("a case reference's name hides a parameter")
            table = f"hub_keys_{place}"
            columns = ", ".join(f"?::BLOB AS key_{number}" for number in range(len(values)))
            session.run(f"CREATE TEMP TABLE {table} AS SELECT {columns}", values)
            keys = [f"(SELECT key_{number} FROM {table})" for number in range(len(values))]
            woven = "".join(part + key for part, key in zip(parts, [*keys, ""], strict=True))
            replaced.append(f"{woven} AS {quoted(name)}")
        replacing = f" REPLACE ({', '.join(replaced)})" if replaced else ""
        return f"SELECT *{replacing} FROM {checked.accepted}"


def _seal(
    session: EngineSession,
    files: SealedFiles,
    submission: Submission,
    sql: str,
    *,
    noted: Mapping[str, str] | None = None,
) -> SealedWriter:
    target = files.create(agency=submission.agency, dataset=submission.dataset)
    session.write_parquet(sql, f"sealed://{target}", noted=noted)
    return files.writer(target)
