"""Build combined views over a snapshot; look up protected tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from fractions import Fraction

from hub.audit import Entry, Verb, record
from hub.db import Reading, UnitOfWork
from hub.disclosure import CellKey, Relation, TableSpec, protect_measure
from hub.geography import AreaTree, Context, Geography
from hub.kit.authority import Action, Form, Grant, Permit, Reader
from hub.kit.canonical import canonical_json, sha256_hex
from hub.kit.clock import Clock
from hub.kit.errors import Conflict, NotFound, NotPermitted
from hub.kit.words import say
from hub.policy import AgencyDirectory, Policy
from hub.schemas import SchemaRegistry
from hub.snapshots import BUILD_PURPOSE, BUILD_TASK, Snapshot, Snapshots, SnapshotState
from hub.views import notes
from hub.views.across import compare, only
from hub.views.answers import answer, figures_of, table_offer
from hub.views.asked import By, Where, ask
from hub.views.building import Prepared, Progress, Protect, Workshop
from hub.views.comparison import Comparison
from hub.views.declared import Catalogue, DeclaredColumn, View, read_catalogue
from hub.views.deprived import deprivation_columns
from hub.views.harm import Weights
from hub.views.kept import Kept
from hub.views.model import (
    AreaColumn,
    BuildReport,
    Cell,
    Column,
    Measure,
    Note,
    Offer,
    ProtectedTable,
    Query,
    TableOffer,
)
from hub.views.published import PublishedTable, Shelf, keep
from hub.views.rendered import result_hash
from hub.views.seen import Seen, chosen, missing_notes
from hub.views.showing import Body, Source, columns_of, put_together, spec_for

_Shape = tuple[str, TableSpec | None, tuple[tuple[str, Fraction], ...]]


def _spelt(weights: Weights | None) -> tuple[tuple[str, Fraction], ...]:
    """Weights as part of a key: other weights, other harm."""
    return tuple(sorted(weights.items())) if weights else ()


class Views:
    """Combined views: built once for each snapshot, then looked up. What a reader gets is asked of the policy at each
    request.
    """

    def __init__(
        self,
        *,
        snapshots: Snapshots,
        geography: Geography,
        schemas: SchemaRegistry,
        policy: Policy,
        clock: Clock,
        directory: AgencyDirectory | None = None,
        context: Context | None = None,
        protect: Protect = protect_measure,
        catalogue: Catalogue | None = None,
    ) -> None:
        self._snapshots = snapshots
        self._geography = geography
        self._schemas = schemas
        self._policy = policy
        self._directory = directory
        self._context = context
        self._clock = clock
        self._catalogue = catalogue or read_catalogue(schemas)
        self._workshop = Workshop(snapshots, schemas, self._catalogue, protect)
        self._shelf = Shelf()
        self._bodies: Kept[tuple[int, str, tuple[_Shape, ...]], tuple[Body, str]] = Kept(most=32)
        self._figures: Kept[tuple[str, ...], tuple[AreaColumn, ...]] = Kept(most=8)

    def catalogue(self) -> tuple[View, ...]:
        """All declared views, in the order of their ids."""
        return tuple(self._catalogue.views.values())

    def view(self, view_id: str) -> View:
        """The declared view. NotFound when there is none."""
        return self._catalogue.view(view_id)

    def relations(self, dataset: str) -> tuple[Relation, ...]:
        """What the families of a dataset's measure say of one another: public, as their definitions are."""
        return self._catalogue.measures[dataset].relations

    # ---- building --------------------------------------------------------------------------------------------------

    def grant(self, uow: UnitOfWork, snapshot: Snapshot) -> Grant:
        """The policy's Grant to count exactly the snapshot's datasets together, for the hub's own task. NotPermitted
        otherwise.
        """
        return self._policy.grant(
            uow,
            Reader(agency="", task=BUILD_TASK),
            snapshot.datasets,
            purpose=BUILD_PURPOSE,
            justification=f"snapshot/{snapshot.number}",
            form=Form.READ_CLEAR,
        )

    def prepare(
        self, reading: UnitOfWork | Reading, grant: Grant, snapshot: Snapshot, *, progress: Progress | None = None
    ) -> Prepared:
        """Count, mask and attack all measures; writes nothing, and may take long: run it outside a unit of work.

        `progress(done, all)` is told before each dataset. Conflict when the snapshot is not waiting to be built.
        """
        if snapshot.state is not SnapshotState.FROZEN:
            raise Conflict(
                say("views.wrong-state", number=snapshot.number, state=snapshot.state.value), code="wrong-state"
            )
        index = self._geography.index(reading, snapshot.tree_id)
        return self._workshop.prepare(reading, grant, snapshot, index, progress=progress)

    def keep(self, uow: UnitOfWork, permit: Permit, prepared: Prepared) -> BuildReport:
        """Store what was prepared and put the snapshot in force, in one transaction with its entry (COMBINATION)."""
        self._check(permit, Action.SNAPSHOT_BUILD)
        snapshot = self._snapshots.enforce(uow, permit, prepared.snapshot.number)
        tables: dict[int, tuple[PublishedTable, ...]] = {
            one.measure.number: keep(uow, snapshot.number, one.measure, one.cells) for one in prepared.measures
        }
        measures = tuple(one.measure for one in prepared.measures)
        report = BuildReport(
            snapshot=snapshot.number,
            measures=measures,
            views=tuple(figures_of(view, prepared) for view in self.catalogue()),
            attacked=sum(one.attacked for one in prepared.measures),
            uncounted=prepared.uncounted,
        )
        self._record_build(uow, permit, prepared, tables)
        return report

    def build(self, uow: UnitOfWork, permit: Permit, snapshot: Snapshot) -> BuildReport:
        """`grant`, `prepare` and `keep` in one transaction: for a small snapshot."""
        return self.keep(uow, permit, self.prepare(uow, self.grant(uow, snapshot), snapshot))

    # ---- looking up ------------------------------------------------------------------------------------------------

    def table(
        self,
        uow: UnitOfWork,
        permit: Permit,
        view_id: str,
        *,
        by: By = "",
        where: Where = "",
        justification: str = "",
    ) -> ProtectedTable:
        """The cells of a view that the reader may see now, with their provenance; the disclosure is recorded with them.

        `by` and `where` as `ask` reads them. The agreements in force at this moment decide for each measure,
        rows-and-table rule included; a measure they do not open is left out and named in a note. NotFound: no such
        view, or nothing the reader is a party to. NotPermitted: a party without the right. Conflict (`no-snapshot`):
        nothing is in force.
        """
        view = self.view(view_id)
        self._check(permit, Action.VIEW_READ, f"view/{view.id}")
        query = ask(view, by=by, where=where)
        snapshot = self._in_force(uow)
        tree = self._geography.index(uow, snapshot.tree_id).tree
        seen = self._seen(uow, permit, view, snapshot, query.table)
        sources = chosen(query, seen.sources)
        spelt = canonical_json(query.as_json()).decode()
        body, digest = self._kept_body(uow, snapshot, query, sources)
        across = self._across(uow, view, snapshot, query, sources)
        table = answer(
            view=view,
            query=query,
            spelt=spelt,
            body=body,
            digest=digest,
            said=seen.notes,
            snapshot=snapshot,
            tree=tree,
            policy_hash=self._policy.hash,
            across=across,
            context=self._beside(uow, view, query, tree),
        )
        self._record_table(uow, permit, table, justification)
        return table

    def offer(self, reading: UnitOfWork | Reading, permit: Permit, view_id: str) -> Offer:
        """What of a view the reader may ask for now: tables, columns, kinds and months. Reveals no cell; errors as
        `table`.
        """
        view = self.view(view_id)
        self._check(permit, Action.VIEW_READ, f"view/{view.id}")
        snapshot = self._in_force(reading)
        offers: list[TableOffer] = []
        columns: dict[str, tuple[Column, Measure]] = {}
        said: dict[Note, None] = {}
        refused: NotFound | NotPermitted | None = None
        asking = Reading(reading.connection)  # nothing is disclosed, so no decision on a table is recorded
        for table in view.tables:
            try:
                seen = self._seen(asking, permit, view, snapshot, table)
            except (NotFound, NotPermitted) as error:
                refused = error
                continue
            said |= dict.fromkeys(note for note in seen.notes if note.code != "explained")  # no figure stands here
            having = [source for source in seen.sources if source.spec is not None]
            columns |= {source.column.id: (source.column, source.measure) for source in seen.sources}
            if having:
                offers.append(table_offer(table, having))
        if not columns and refused is not None:
            raise refused
        measures = [measure for _, measure in columns.values()]
        return Offer(
            view=view.id,
            title=view.title,
            question=view.question,
            snapshot=snapshot.number,
            tree=self._geography.index(reading, snapshot.tree_id).tree,
            tables=tuple(offers),
            columns=tuple(column for column, _ in columns.values()),
            kinds={code: title for offered in offers for code, title in offered.kinds.items()},
            months=tuple(sorted({month for measure in measures for month in measure.coverage.months})),
            notes=tuple(said),
        )

    def measures(self, reading: UnitOfWork | Reading, snapshot: int) -> tuple[Measure, ...]:
        """The measures of a snapshot with their coverage: what was counted and published, no cell. None before it is
        built.
        """
        return self._shelf.measures(reading, snapshot)

    # ---- inside ----------------------------------------------------------------------------------------------------

    def _in_force(self, reading: UnitOfWork | Reading) -> Snapshot:
        snapshot = self._snapshots.current(reading)
        if snapshot is None:
            raise Conflict(say("views.no-snapshot"), code="no-snapshot", remedy=say("views.no-snapshot-remedy"))
        return snapshot

    def _across(
        self, uow: UnitOfWork, view: View, snapshot: Snapshot, query: Query, sources: list[Source]
    ) -> tuple[Comparison, ...]:
        """The view's comparisons over all places, then those of the places asked for: a rank is one rank, whoever asks for what."""
        if view.across is None or query.table.family:
            return ()
        whole, _ = self._kept_body(uow, snapshot, replace(query, areas=()), sources)
        asked, _ = self._kept_body(uow, snapshot, query, sources)
        areas = frozenset(row.area for row in asked.rows)
        found = compare(view.across, view.sides, whole.columns, whole.rows)
        return tuple(only(one, areas) for one in found)

    def _beside(
        self, reading: UnitOfWork | Reading, view: View, query: Query, tree: AreaTree
    ) -> tuple[AreaColumn, ...]:
        """The public figures of the areas that the view shows; kept, for files of context never change."""
        if not view.deprivation:
            return ()
        deprivation = self._context.deprivation(reading) if self._context else None
        population = self._context.population(reading) if self._context else None
        level = query.table.area_level
        files = tuple(one.file.reference if one else "" for one in (deprivation, population))
        return self._figures.get(
            (tree.id, level, *files), lambda: deprivation_columns(tree, level, deprivation, population)
        )

    def _kept_body(self, uow: UnitOfWork, snapshot: Snapshot, query: Query, sources: list[Source]) -> tuple[Body, str]:
        """The body and the hash of its cells; kept, for a snapshot's cells never change."""

        def look(measure: Measure, spec: TableSpec) -> Mapping[CellKey, Cell]:
            return self._shelf.cells(uow, snapshot.number, measure, spec)

        def made() -> tuple[Body, str]:
            tree = self._geography.index(uow, snapshot.tree_id).tree
            body = put_together(query, sources, tree, look)
            return body, result_hash(body.columns, body.rows, body.gaps)

        spelt = canonical_json(query.as_json()).decode()
        shape = tuple((source.column.id, source.spec, _spelt(source.weights)) for source in sources)
        return self._bodies.get((snapshot.number, spelt, shape), made)

    def _seen(
        self, reading: UnitOfWork | Reading, permit: Permit, view: View, snapshot: Snapshot, table: TableSpec
    ) -> Seen:
        measures = self._shelf.measures(reading, snapshot.number)
        found = columns_of(view, measures, self._names(reading, measures))
        gone = self._snapshots.withdrawn(reading, snapshot)
        weighs = self._context is not None and any(declared.harm for declared in view.columns)
        weights = self._context.harm_weights(reading) if self._context and weighs else None
        seen = Seen([], [])
        known: list[tuple[DeclaredColumn, Measure, Column]] = []
        codes: list[str] = []
        for declared, measure, column in found:
            if declared.of_table and table.family:
                continue  # one kind alone, and harm, stand in tables without a family; in others the whole family does
            decision = self._policy.may_see_table(
                reading,
                permit.reader,
                dataset=measure.dataset,
                dimensions=measure.dimensions_of(spec_for(declared, table)),
                purpose=permit.purpose,
                suppliers=frozenset({measure.agency}),
            )
            if decision.party:
                known.append((declared, measure, column))
            if not decision.permitted:
                codes += decision.codes
                if decision.party:
                    seen.notes.append(notes.not_shown(column, (reason.sentence for reason in decision.reasons)))
            elif gone.intersection(measure.submissions):
                seen.notes.append(notes.withdrawn(column))
            else:
                seen.add(declared, measure, column, table, weights)
                seen.explain(column, snapshot)
        if found and not seen.sources and codes:
            if not known:
                raise NotFound(say("views.nothing"))
            raise NotPermitted(say("views.not-permitted"), reasons=tuple(dict.fromkeys(codes)))
        # what is hidden from somebody of no party looks as if it were not in the snapshot
        seen.notes[:0] = missing_notes(view, known, snapshot, self._schemas)
        return seen

    def _names(self, reading: UnitOfWork | Reading, measures: Iterable[Measure]) -> dict[str, str]:
        agencies = {measure.agency for measure in measures}
        return {one: self._directory.name_of(reading, one) for one in agencies} if self._directory else {}

    def _check(self, permit: Permit, action: Action, resource: str = "") -> None:
        other = bool(resource) and permit.resource not in (resource, resource.partition("/")[2])
        if permit.action is not action or other or permit.expires_at <= self._clock.now():
            raise NotPermitted(say("views.wrong-permit"), reasons=("wrong-permit",), code="wrong-permit")

    def _record_table(self, uow: UnitOfWork, permit: Permit, table: ProtectedTable, justification: str) -> None:
        others = any(column.agency != permit.reader.agency for column in table.columns)
        record(
            uow,
            Entry(
                at=self._clock.now(),
                verb=Verb.DISCLOSURE if others else Verb.CONSULTATION,
                action=Action.VIEW_READ.value,
                outcome="done",
                reader=permit.reader,
                subject=f"view/{table.view}",
                purpose=permit.purpose,
                justification=justification or permit.purpose,
                recipients=(permit.reader.agency,),
                authority=permit.id,
                policy_hash=table.policy_hash,
                detail={
                    "snapshot": table.snapshot,
                    "query": table.query,
                    "result": table.result_hash,
                    "cells": table.cells,
                    "hidden": table.suppressed,
                    "columns": " ".join(column.id.replace(" ", "_") for column in table.columns),
                    **({"context": "; ".join(table.context_files)} if table.context else {}),
                },
            ),
        )

    def _record_build(
        self, uow: UnitOfWork, permit: Permit, prepared: Prepared, tables: dict[int, tuple[PublishedTable, ...]]
    ) -> None:
        flat = [table for found in tables.values() for table in found]
        record(
            uow,
            Entry(
                at=self._clock.now(),
                verb=Verb.COMBINATION,
                action=Action.SNAPSHOT_BUILD.value,
                outcome="done",
                reader=permit.reader,
                subject=f"snapshot/{prepared.snapshot.number}",
                purpose=permit.purpose,
                justification=permit.purpose,
                authority=prepared.grant,
                policy_hash=permit.policy_hash,
                detail={
                    "datasets": " ".join(prepared.snapshot.datasets),
                    "inputs": len(prepared.snapshot.inputs),
                    "measures": len(prepared.measures),
                    "tables": len(flat),
                    "dropped": sum(len(one.measure.dropped) for one in prepared.measures),
                    "cells": sum(table.cells for table in flat),
                    "hidden": sum(table.hidden for table in flat),
                    "sha256": sha256_hex(canonical_json([table.sha256 for table in flat])),
                },
            ),
        )
