"""What the hub shows, as declared in `catalogue/*.yaml`: measures with their lattice tables, and views made of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hub.disclosure import AREA_LEVELS, KIND, Relation, TableSpec
from hub.kit.data_files import load_yaml
from hub.kit.errors import Bug, NotFound
from hub.schemas import DatasetSchema, SchemaRegistry
from hub.views.comparison import Across
from hub.views.families import NOT_STATED, DeclaredFamily, read_families
from hub.views.overlaps import relations_of

_FOLDER = Path(__file__).parent / "catalogue"
_MEASURES = "measures.yaml"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredMeasure:
    """What is counted of one dataset, by which kind of agency, the tables it is counted in, and the families that divide it.

    A `stock` is what there is at the end of each month, such as people under supervision: its months are never added up, so it has
    tables by month alone. `relations` are what families that look at the same fields say of one another.
    """

    dataset: str
    counting_basis: str
    agency_kind: str
    title: str
    sensitive: frozenset[str]
    tables: tuple[TableSpec, ...]
    families: tuple[DeclaredFamily, ...] = ()
    relations: tuple[Relation, ...] = ()
    stock: bool = False

    def kinds_of(self, family: str, schema: DatasetSchema) -> frozenset[str]:
        """The kinds that a family can have."""
        if family == KIND:
            return frozenset(code.code for code in schema.kinds)
        return frozenset(kind for one in self.families if one.name == family for kind in one.kinds)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredColumn:
    """The measures of one dataset as a column of a view; `kind` set: that kind of `family` alone; `harm`: its kinds times their
    weights. `side`: who speaks, for what is missing.
    """

    dataset: str
    side: str
    kind: str = ""
    family: str = KIND
    harm: bool = False

    @property
    def of_table(self) -> str:
        """The family of the tables that give it its cells, whatever the table it stands in; empty: those of the table itself."""
        return KIND if self.harm else self.family if self.kind else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A combined view: the question it answers, its columns side by side, the tables it offers, and what it compares.

    `deprivation`: how deprived each area is stands beside its cells.
    """

    id: str
    title: str
    question: str
    columns: tuple[DeclaredColumn, ...]
    tables: tuple[TableSpec, ...]
    across: Across | None = None
    deprivation: bool = False

    @property
    def sides(self) -> Mapping[str, str]:
        """The side on which each dataset speaks."""
        return {column.dataset: column.side for column in self.columns}


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All declared measures, by dataset, and all views, in the order of their ids."""

    measures: Mapping[str, DeclaredMeasure]
    views: Mapping[str, View]

    def view(self, view_id: str) -> View:
        """The view of that id. NotFound when none is declared."""
        try:
            return self.views[view_id]
        except KeyError:
            raise NotFound("no such view") from None


def read_catalogue(schemas: SchemaRegistry, folder: Path = _FOLDER) -> Catalogue:
    """The catalogue, checked against the agreed schemas. Bug when it does not fit them: it is part of the program."""
    raw = _yaml(folder / _MEASURES)["measures"]
    measures = {entry["dataset"]: _measure(entry, schemas) for entry in raw}
    if len(measures) != len(raw):
        raise Bug("a dataset is declared as two measures")
    paths = sorted(path for path in folder.glob("*.yaml") if path.name != _MEASURES)
    views = {path.stem: _view(_yaml(path), path.stem, measures, schemas) for path in paths}
    return Catalogue(measures, views)


def _measure(entry: Mapping[str, Any], schemas: SchemaRegistry) -> DeclaredMeasure:
    schema = schemas.get(entry["dataset"])
    if schema.counting_basis != entry["counting_basis"] or entry["agency_kind"] not in schema.agency_kinds:
        raise Bug(f"the measure of {schema.id} does not fit its schema")
    tables = tuple(TableSpec.named(name) for name in entry["tables"])
    if not schema.kind and any(table.family == KIND for table in tables):
        raise Bug(f"{schema.id} has no kinds")
    finest = AREA_LEVELS.index(schema.place.level)
    if any(AREA_LEVELS.index(table.area_level) < finest for table in tables):
        raise Bug(f"{schema.id} says no place finer than {schema.place.level}")
    stock = entry.get("stock", False)
    if stock and any(table.period_level != "month" for table in tables):
        raise Bug(f"{schema.id} is a stock: no table may add its months up")
    return DeclaredMeasure(
        dataset=schema.id,
        counting_basis=schema.counting_basis,
        agency_kind=entry["agency_kind"],
        title=entry["title"],
        sensitive=frozenset(entry["sensitive"]),
        tables=tables,
        families=read_families(entry.get("families", {}), schema, tables),
        relations=(*relations_of(schema, entry.get("families", {}), NOT_STATED), *_within(entry, schema)),
        stock=stock,
    )


def _within(entry: Mapping[str, Any], schema: DatasetSchema) -> Iterator[Relation]:
    """Kinds that are a part of another kind: relations that any reader draws from their definitions."""
    known = {code.code for code in schema.kinds}
    for part, whole in entry.get("within", {}).items():
        if not {part, whole} <= known:
            raise Bug(f"{schema.id} has no such kinds: {part}, {whole}")
        yield Relation((part,), (whole,))


def _view(
    entry: Mapping[str, Any], stem: str, measures: Mapping[str, DeclaredMeasure], schemas: SchemaRegistry
) -> View:
    columns = tuple(DeclaredColumn(**column) for column in entry["columns"])
    for column in columns:
        if column.dataset not in measures:
            raise Bug(f"the view {stem} shows {column.dataset}, which is no measure")
        if column.kind and column.harm:
            raise Bug(f"the view {stem} weighs one kind alone")
        codes = measures[column.dataset].kinds_of(column.family, schemas.get(column.dataset))
        if column.kind and column.kind not in codes:
            raise Bug(f"the view {stem} shows a kind that {column.dataset} does not have")
    if entry["id"] != stem:
        raise Bug(f"the view in {stem}.yaml says it is {entry['id']}")
    across = Across(**entry["across"]) if "across" in entry else None
    if across and not {across.left, across.right} <= {column.side for column in columns}:
        raise Bug(f"the view {stem} compares a side that it does not have")
    return View(
        id=stem,
        title=entry["title"],
        question=entry["question"],
        columns=columns,
        tables=tuple(TableSpec.named(name) for name in entry["tables"]),
        across=across,
        deprivation=entry.get("deprivation", False),
    )


def _yaml(path: Path) -> dict[str, Any]:
    read = load_yaml(path.read_text(encoding="utf-8"))
    if not isinstance(read, dict):
        raise Bug(f"{path.name} holds no mapping")
    return read
