"""Rows as a person gets them: the fields of one opening, each in its form, and nothing that the forms keep back.

No row number, no submission and no order of the file goes with them: each could tell which rows of two agreements are the same. So
rows come in the order of what they show.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from hub.db import Reading, UnitOfWork
from hub.engine import DuckDbEngine, EngineSession
from hub.geography import Geography
from hub.kit.authority import DatasetGrant, Form, Grant
from hub.kit.canonical import canonical_json, sha256_hex
from hub.kit.clock import Clock
from hub.kit.errors import Conflict, NotFound, NotPermitted
from hub.kit.words import say
from hub.pseudonyms import Pseudonyms
from hub.schemas import MONTH, DatasetSchema, SchemaRegistry, check_period
from hub.snapshots.formed import Formed, Forming, Piece
from hub.snapshots.forms import ShownField, read_sql
from hub.snapshots.model import AcceptedSubmission, Submissions
from hub.vault import Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRows:
    """Rows open in a session. `relation` has the columns of `fields` and no others, in no order. `edition` names exactly these rows
    in these forms; it changes with them. `show_when`: the rows tell their months, so that one may be asked for. `withheld`: so many
    rows are not in `relation`, because too few of their extract are like them in what would be shown.
    """

    session: EngineSession
    relation: str
    fields: tuple[ShownField, ...]
    supplier: str
    agreement: str
    edition: str
    show_when: bool
    objects: tuple[str, ...]
    withheld: int = 0

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

    inputs: Sequence[AcceptedSubmission]
    formed: Formed

    @property
    def objects(self) -> tuple[str, ...]:
        """The sealed objects."""
        return tuple(one.accepted_object for one in self.inputs)


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
        self._schemas = schemas
        self._forming = Forming(geography=geography, pseudonyms=pseudonyms)
        self._clock = clock

    @contextmanager
    def open(self, reading: UnitOfWork | Reading, grant: Grant, dataset: str, *, month: str = "") -> Iterator[OpenRows]:
        """The granted rows of one dataset, as accepted submissions stand now: withdrawn, superseded and erased ones are not among
        them (promise P3). `month` keeps the rows of that month alone.

        NotPermitted: the grant ran out, does not cover the dataset, or is for whole rows, which are no person's. NotFound: the
        supplier has no accepted submission. Conflict: a place is asked for and no area tree is loaded (`no-tree`), or a month
        of rows that do not show when (`no-month`). The session closes with the block.
        """
        granted = self._granted(grant, dataset)
        source = self._source(reading, granted, grant.reader.agency)
        has_months = _show_when(source.formed.schema, granted)
        if month:
            check_period(month)
            if not has_months:
                raise Conflict(say("snapshots.no-month"), code="no-month")
        with (
            self._vault.files(reading, grant, source.objects) as files,
            self._engine.session(files=files) as session,
        ):
            relation = self._forming.make(
                session,
                source.formed,
                self._pieces(source),
                pseudonyms_of=granted.pseudonyms_of,
                month=month,
                known_as=(source.inputs[0].agency, *source.objects),
            )
            yield OpenRows(
                session=session,
                relation=relation,
                fields=source.formed.fields,
                supplier=source.inputs[0].agency,
                agreement=granted.agreements[0],
                edition=_edition(source, granted, month),
                show_when=has_months,
                objects=source.objects,
                withheld=self._forming.withheld(session, source.formed, month=month),
            )

    def _pieces(self, source: _Source) -> list[Piece]:
        """One for each version of the schema among the inputs."""
        versions: dict[str, list[str]] = {}
        for one in source.inputs:
            versions.setdefault(one.schema_version, []).append(one.accepted_object)
        schema = source.formed.schema.id
        return [Piece(self._schemas.get(schema, version), read_sql(objects)) for version, objects in versions.items()]

    def _granted(self, grant: Grant, dataset: str) -> DatasetGrant:
        granted = grant.datasets.get(dataset)
        if granted is None or grant.expires_at <= self._clock.now():
            raise NotPermitted(say("snapshots.expired" if granted else "snapshots.not-in"), reasons=("no-grant",))
        if not granted.pseudonyms_of or not granted.fields:
            raise NotPermitted(say("snapshots.whole-rows"), reasons=("whole-rows",), code="whole-rows")
        return granted

    def _source(self, reading: UnitOfWork | Reading, granted: DatasetGrant, reader: str) -> _Source:
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
        own = inputs[0].agency == reader
        return _Source(inputs, self._forming.formed(reading, schema, granted.fields, own=own))


def _show_when(schema: DatasetSchema, granted: DatasetGrant) -> bool:
    """Whether the rows tell their month: then asking for one tells nothing new."""
    return all(granted.fields.get(name) in (Form.READ_CLEAR, Form.READ_GENERALISED) for name in schema.event_times)


def _edition(source: _Source, granted: DatasetGrant, month: str) -> str:
    said = {
        "objects": list(source.objects),
        "fields": {one.name: one.form.value for one in source.formed.fields},
        "agreement": granted.pseudonyms_of,
        "tree": source.formed.index.tree.id if source.formed.index is not None else "",
        "month": month,
        "fewest": source.formed.few.fewest if source.formed.few is not None else 0,
    }
    return sha256_hex(canonical_json(said))[:16]
