"""Build the tables of a snapshot: count each dataset in the engine, mask, attack, and hold what may be published."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace

from hub.db import Reading, UnitOfWork
from hub.disclosure import (
    KIND,
    AreaPlace,
    CellKey,
    Lattice,
    Profile,
    Protected,
    PublishedCell,
    TableSpec,
    profile_named,
    protect_measure,
    published_cells,
)
from hub.disclosure.model import Counts
from hub.geography import AreaIndex, AreaTree
from hub.kit.authority import Form, Grant
from hub.kit.words import say
from hub.schemas import DatasetSchema, SchemaRegistry
from hub.snapshots import Snapshot, Snapshots
from hub.views.counting import Counted, count_dataset, months_of_editions
from hub.views.declared import Catalogue, DeclaredMeasure
from hub.views.families import NOT_STATED, DeclaredFamily
from hub.views.model import Coverage, Family, Measure
from hub.views.overlaps import that_hold
from hub.views.showing import months_between

Protect = Callable[[Lattice, Mapping[TableSpec, Counts], Profile], Protected]
"""How exact counts become what may be published: `hub.disclosure.protect_measure`."""

NOT_PROTECTED = "not-protected"
"""Why a table is not published, as everybody is told."""

FEW_RECORDS = 100
"""A closed measure of fewer records than this says nothing of the share that is located."""

Progress = Callable[[int, int], None]
"""Told how many of how many datasets are done."""


@dataclass(frozen=True, slots=True)
class PreparedMeasure:
    """A measure and its protected cells, not stored yet. `attacked`: cells the attacker was shown."""

    measure: Measure
    cells: Mapping[TableSpec, Mapping[CellKey, PublishedCell]] = field(repr=False)
    attacked: int


@dataclass(frozen=True, slots=True)
class Prepared:
    """All protected tables of a snapshot, not stored yet. No exact count of a closed measure is in it.

    `uncounted` names datasets of the snapshot that no measure is declared for.
    """

    snapshot: Snapshot
    grant: str
    measures: tuple[PreparedMeasure, ...]
    uncounted: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Workshop:
    """What building needs: where rows come from, what is declared and agreed, and how counts are protected."""

    snapshots: Snapshots
    schemas: SchemaRegistry
    catalogue: Catalogue
    protect: Protect = protect_measure

    def prepare(
        self,
        reading: UnitOfWork | Reading,
        grant: Grant,
        snapshot: Snapshot,
        index: AreaIndex,
        *,
        progress: Progress | None = None,
    ) -> Prepared:
        """Count, mask and attack every measure of the snapshot that the grant covers. Reads only; may take long."""
        made: list[PreparedMeasure] = []
        declared = [name for name in snapshot.datasets if name in self.catalogue.measures and name in grant.datasets]
        for done, dataset in enumerate(declared):
            if progress is not None:
                progress(done, len(declared))
            made += self._dataset(reading, grant, snapshot, index, dataset, first=len(made) + 1)
        uncounted = tuple(name for name in snapshot.datasets if name not in declared)
        return Prepared(snapshot, grant.id, tuple(made), uncounted)

    def _dataset(
        self,
        reading: UnitOfWork | Reading,
        grant: Grant,
        snapshot: Snapshot,
        index: AreaIndex,
        dataset: str,
        *,
        first: int,
    ) -> list[PreparedMeasure]:
        schema = self.schemas.get(dataset)
        granted = grant.datasets[dataset]
        months: dict[str, list[str]] = {}
        for one in snapshot.of(dataset):
            if one.agency in granted.scope.agencies:
                months.setdefault(one.agency, []).append(one.period)
        readable = {name for name, form in granted.fields.items() if form is Form.READ_CLEAR}
        profile = profile_named(granted.profile)
        declared = within(self.catalogue.measures[dataset], readable, profile)
        with self.snapshots.rows(reading, grant, snapshot, dataset) as (session, relation):
            if schema.series:
                months = months_of_editions(session, relation)
            counted = count_dataset(
                session, relation, schema=schema, index=index, months=months, families=declared.families
            )
        return [
            self._measure(
                snapshot, index.tree, schema=schema, declared=declared, profile=profile, counted=one, number=number
            )
            for number, one in enumerate(counted, start=first)
        ]

    def _measure(
        self,
        snapshot: Snapshot,
        tree: AreaTree,
        *,
        schema: DatasetSchema,
        declared: DeclaredMeasure,
        profile: Profile,
        counted: Counted,
        number: int,
    ) -> PreparedMeasure:
        lattice = lattice_of(tree, declared, counted)
        protected = self.protect(lattice, lattice.roll_up({**counted.events, **counted.divided}), profile)
        # one reason whatever the cause: which one it was would tell of the counts
        dropped = {one.table: NOT_PROTECTED for one in protected.masked.report.dropped}
        measure = Measure(
            number=number,
            id=f"{schema.measure}@{counted.agency}",
            dataset=schema.id,
            dataset_title=schema.title,
            counting_basis=schema.counting_basis,
            agency=counted.agency,
            agency_kind=declared.agency_kind,
            title=declared.title,
            profile=profile.name,
            sensitive=declared.sensitive,
            has_key=bool(schema.key) and not schema.value,
            tables=tuple(table for table in declared.tables if table.name not in dropped),
            dropped=dropped,
            kinds={code: _kind_title(schema, code) for code in counted.kinds},
            families=tuple(
                Family(
                    name=family.name,
                    title=family.title,
                    fields=family.fields,
                    kinds={kind: family.kinds.get(kind, kind) for kind in _in_order(counted, family)},
                )
                for family in declared.families
            ),
            coverage=_coverage(counted, profile),
            stock=declared.stock,
            submissions=tuple(one.submission for one in snapshot.of(schema.id) if one.agency == counted.agency),
        )
        cells = {table: published_cells(lattice, protected.masked, table) for table in protected.masked.tables}
        return PreparedMeasure(measure, cells, sum(one.cells for one in protected.verdict.measures))


def lattice_of(tree: AreaTree, declared: DeclaredMeasure, counted: Counted) -> Lattice:
    """The lattice of a measure: the partnership's areas, the months its agency submitted, all kinds an event can have."""
    return Lattice(
        areas=tuple(AreaPlace(area.code, area.level, area.parent) for area in tree.areas),
        months=counted.months,
        kinds=counted.kinds,
        tables=declared.tables,
        sensitive=declared.sensitive,
        families=counted.families,
        relations=that_hold(declared.relations, {**counted.events, **counted.divided}),
    )


def within(declared: DeclaredMeasure, fields: Collection[str], profile: Profile) -> DeclaredMeasure:
    """The measure without the families that look at a field outside `fields`: what is not granted is not counted.

    Under a profile that hides, without those told by another family too: their sums would be equations that no mask knows.
    """
    kept = tuple(
        family
        for family in declared.families
        if set(family.fields).issubset(fields) and not (profile.hides and family.told_by)
    )
    names = {"", KIND, *(family.name for family in kept)}
    return replace(declared, families=kept, tables=tuple(table for table in declared.tables if table.family in names))


def _in_order(counted: Counted, family: DeclaredFamily) -> tuple[str, ...]:
    """The kinds of a family in the order in which they are declared; what was found besides comes last."""
    found = counted.families[family.name]
    return (*family.kinds, *(kind for kind in found if kind not in family.kinds))


def _coverage(counted: Counted, profile: Profile) -> Coverage:
    held = counted.months
    missing = tuple(month for month in months_between(held[0], held[-1]) if month not in held)
    if not profile.hides:
        return Coverage(months=held, missing=missing, located_percent=counted.located_percent, counts=counted.figures())
    return Coverage(months=held, missing=missing, located_percent=coarse_percent(counted))


def coarse_percent(counted: Counted) -> int | None:
    """The located share of a measure that hides small numbers: in whole tens, and none of few records.

    Of a few records even a share would tell that all cells are nought; of a hundred or more, under 10 % may be nine or none.
    """
    return counted.located_percent // 10 * 10 if counted.rows >= FEW_RECORDS else None


def _kind_title(schema: DatasetSchema, code: str) -> str:
    if code == NOT_STATED:
        return say("views.kind-not-stated")
    codes = schema.field(schema.kind).codes
    return codes.title_of(code) if codes else code
