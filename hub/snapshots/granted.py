"""Rows as a person gets them: the fields of one opening, each in its form, and nothing that the forms keep back.

No row number, no submission and no order of the file goes with them: each could tell which rows of two agreements are the same. So
rows come in the order of what they show.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from hub.db import Reading, UnitOfWork
from hub.engine import DuckDbEngine, EngineSession, literal, quoted
from hub.geography import AreaIndex, Geography
from hub.kit.authority import DatasetGrant, Form, Grant
from hub.kit.canonical import canonical_json, sha256_hex
from hub.kit.clock import Clock
from hub.kit.errors import Conflict, NotFound, NotPermitted
from hub.kit.words import say
from hub.pseudonyms import Pseudonyms
from hub.schemas import MONTH, DatasetSchema, SchemaRegistry, check_period
from hub.snapshots.forms import (
    ABOVE,
    KEYS,
    SAID,
    ShownField,
    expression,
    needs_places,
    place_keys,
    read_sql,
    shown_fields,
)
from hub.snapshots.model import AcceptedSubmission, Submissions
from hub.snapshots.places import Places
from hub.snapshots.rows import RELATION
from hub.vault import Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRows:
    """Rows open in a session. `relation` has the columns of `fields` and no others, in no order. `edition` names exactly these rows
    in these forms; it changes with them. `show_when`: the rows tell their months, so that one may be asked for.
    """

    session: EngineSession
    relation: str
    fields: tuple[ShownField, ...]
    supplier: str
    agreement: str
    edition: str
    show_when: bool
    objects: tuple[str, ...]

    def months(self) -> tuple[str, ...]:
        """The months of all the rows granted, whatever month was asked for; none where the rows do not tell them."""
        if not self.show_when:
            return ()
        found = self.session.rows(
            f"SELECT DISTINCT {MONTH} FROM {read_sql(self.objects)} WHERE {MONTH} IS NOT NULL ORDER BY 1"
        )
        return tuple(str(month) for (month,) in found)


@dataclass(frozen=True, slots=True)
class _Source:
    """What rows are read from, and how."""

    schema: DatasetSchema
    inputs: Sequence[AcceptedSubmission]
    fields: tuple[ShownField, ...]
    index: AreaIndex | None


class GrantedRows:
    """Opens the rows of a person's Grant: the only way in which rows reach a reader."""

    def __init__(
        self,
        *,
        submissions: Submissions,
        vault: Vault,
        engine: DuckDbEngine,
        geography: Geography,
        schemas: SchemaRegistry,
        pseudonyms: Pseudonyms,
        clock: Clock,
    ) -> None:
        self._submissions = submissions
        self._vault = vault
        self._engine = engine
        self._geography = geography
        self._schemas = schemas
        self._pseudonyms = pseudonyms
        self._clock = clock
        self._places = Places(schemas)

    @contextmanager
    def open(self, reading: UnitOfWork | Reading, grant: Grant, dataset: str, *, month: str = "") -> Iterator[OpenRows]:
        """The granted rows of one dataset, as accepted submissions stand now: withdrawn, superseded and erased ones are not among
        them (promise P3). `month` keeps the rows of that month alone.

        NotPermitted: the grant ran out, does not cover the dataset, or is for whole rows, which are no person's. NotFound: the
        supplier has no accepted submission. Conflict: a place is asked for and no area tree is loaded (`no-tree`), or a month
        of rows that do not show when (`no-month`). The session closes with the block.
        """
        granted = self._granted(grant, dataset)
        source = self._source(reading, granted)
        has_months = _show_when(source.schema, granted)
        if month:
            check_period(month)
            if not has_months:
                raise Conflict(say("snapshots.no-month"), code="no-month")
        objects = [one.accepted_object for one in source.inputs]
        with (
            self._vault.files(reading, grant, objects) as files,
            self._engine.session(files=files) as session,
        ):
            if Form.READ_PSEUDONYMISED in granted.fields.values():
                self._pseudonyms.load_agreement(session, KEYS, agreement=granted.pseudonyms_of)
            if source.index is not None:
                self._places.load(session, source.schema, source.inputs, source.index)
            session.run(f"CREATE TEMP VIEW {RELATION} AS {_relation(source, self._schemas, month)}")
            yield OpenRows(
                session=session,
                relation=RELATION,
                fields=source.fields,
                supplier=source.inputs[0].agency,
                agreement=granted.agreements[0],
                edition=_edition(source, granted, month),
                show_when=has_months,
                objects=tuple(objects),
            )

    def _granted(self, grant: Grant, dataset: str) -> DatasetGrant:
        granted = grant.datasets.get(dataset)
        if granted is None or grant.expires_at <= self._clock.now():
            raise NotPermitted(say("snapshots.expired" if granted else "snapshots.not-in"), reasons=("no-grant",))
        if not granted.pseudonyms_of or not granted.fields:
            raise NotPermitted(say("snapshots.whole-rows"), reasons=("whole-rows",), code="whole-rows")
        return granted

    def _source(self, reading: UnitOfWork | Reading, granted: DatasetGrant) -> _Source:
        schema = self._schemas.get(granted.dataset)
        inputs = [
            one
            for one in self._submissions.latest_accepted(reading)
            if one.dataset == granted.dataset
            and one.agency in granted.scope.agencies
            and self._vault.describe(reading, one.accepted_object).destroyed_at is None
        ]
        if not inputs:
            raise NotFound(say("snapshots.no-rows"))
        inputs.sort(key=lambda one: (one.period, one.id))
        fields = shown_fields(schema, granted.fields)
        index = self._geography.current(reading) if needs_places(fields) else None
        if index is None and needs_places(fields):
            raise Conflict(say("snapshots.no-tree"), code="no-tree", remedy=say("snapshots.no-tree-remedy"))
        return _Source(schema, inputs, fields, index)


def _show_when(schema: DatasetSchema, granted: DatasetGrant) -> bool:
    """Whether the rows tell their month: then asking for one tells nothing new."""
    return all(granted.fields.get(name) in (Form.READ_CLEAR, Form.READ_GENERALISED) for name in schema.event_times)


def _relation(source: _Source, schemas: SchemaRegistry, month: str) -> str:
    """One SELECT for each version of the schema among the inputs."""
    versions: dict[str, list[str]] = {}
    for one in source.inputs:
        versions.setdefault(one.schema_version, []).append(one.accepted_object)
    parts = [
        _select(source, schemas.get(source.schema.id, version), objects, month) for version, objects in versions.items()
    ]
    return " UNION ALL BY NAME ".join(parts)


def _select(source: _Source, version: DatasetSchema, objects: Sequence[str], month: str) -> str:
    columns = [f"{expression(one, version)} AS {quoted(one.name)}" for one in source.fields]
    sql = f"SELECT {', '.join(columns)} FROM {read_sql(objects)}"
    if source.index is not None:
        same_place = version.place == source.schema.place
        pairs = zip(SAID, place_keys(version), strict=False)
        joined = " AND ".join(f"{said} = {ABOVE}.{name}" for name, said in pairs) if same_place else "false"
        sql += f" LEFT JOIN {ABOVE} ON {joined}"
    return f"{sql} WHERE {MONTH} = {literal(month)}" if month else sql


def _edition(source: _Source, granted: DatasetGrant, month: str) -> str:
    said = {
        "objects": [one.accepted_object for one in source.inputs],
        "fields": {one.name: one.form.value for one in source.fields},
        "agreement": granted.pseudonyms_of,
        "tree": source.index.tree.id if source.index is not None else "",
        "month": month,
    }
    return sha256_hex(canonical_json(said))[:16]
