"""Values of the views room: what a reader asks, and the protected table that answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from hub.disclosure import KIND, TableSpec
from hub.geography import AreaTree
from hub.views.comparison import Comparison


class Shown(StrEnum):
    """What stands in a cell of a protected table. Only `number` has a value."""

    NUMBER = "number"
    STAR = "star"
    """A small number, hidden: 1 to 7 under `nhs_hes`, from 0 where area or kind is sensitive."""
    WITHHELD = "withheld"
    """Any number, hidden to protect another cell."""
    GAP = "gap"
    """No cell: a month of the period is missing from the measure's submissions."""
    NONE = "none"
    """No cell: the measure does not have this kind, or not this table."""


HIDDEN = (Shown.STAR, Shown.WITHHELD)
"""The states that count as suppressed."""

GAP_OR_NONE = (Shown.GAP, Shown.NONE)
"""The states that are no cell."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell as shown. `value` means nothing unless `state` is `number`."""

    state: Shown
    value: int = 0

    @property
    def text(self) -> str:
        """As written in tables and files: the number, `*`, `w`, `gap`, or nothing."""
        return str(self.value) if self.state is Shown.NUMBER else _TEXTS[self.state]


_TEXTS: Mapping[Shown, str] = {Shown.STAR: "*", Shown.WITHHELD: "w", Shown.GAP: "gap", Shown.NONE: ""}


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """How complete a measure is. `months` it has, `missing` those between its first and last that it has not.

    `located_percent` of its records lie in the partnership's areas, in whole percent, rounded down; in whole tens under a profile
    that hides small numbers, and None there for few records. The counts (records
    kept, counted in a month of the snapshot, on a shared edge, at most 50 m outside, elsewhere, without a place, of
    another month, repeats of a key) are None under a profile that hides small numbers: an exact total is a margin.
    """

    months: tuple[str, ...]
    missing: tuple[str, ...]
    located_percent: int | None
    counts: Mapping[str, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """A further way in which a measure divides its counted things: the fields it looks at, and its kinds with their titles."""

    name: str
    title: str
    fields: tuple[str, ...]
    kinds: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A measure of one snapshot: dataset, counting basis, and the agency whose records were counted; its profile; what
    is published.

    `tables` were published; `dropped` maps a table that was not to the reason. `kinds` maps each kind's code to its
    title, `families` are those besides the kinds. `stock`: its months are never added up. `sensitive`: the dimensions in which a
    zero is hidden too. `has_key`: distinct keys were counted, else rows.
    """

    number: int
    id: str
    dataset: str
    dataset_title: str
    counting_basis: str
    agency: str
    agency_kind: str
    title: str
    profile: str
    sensitive: frozenset[str]
    has_key: bool
    tables: tuple[TableSpec, ...]
    dropped: Mapping[str, str]
    kinds: Mapping[str, str]
    coverage: Coverage
    submissions: tuple[str, ...]
    families: tuple[Family, ...] = ()
    stock: bool = False

    def kinds_of(self, family: str) -> Mapping[str, str]:
        """The kinds of a family with their titles; none for a family it does not have."""
        if family == KIND:
            return self.kinds
        return next((one.kinds for one in self.families if one.name == family), {})

    def family_title(self, name: str) -> str:
        """What a further family is called; nothing for the kinds, and for one it does not have."""
        return next((one.title for one in self.families if one.name == name), "")

    def dimensions_of(self, table: TableSpec) -> frozenset[str]:
        """What the policy is asked about a table: its levels, and `kind` or the fields that its family looks at."""
        behind = next((one.fields for one in self.families if one.name == table.family), (table.family,))
        return frozenset((table.area_level, table.period_level, *filter(None, behind)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of a protected table: a measure, one kind of a family of it, or its harm. `id` is the measure's id, with `#kind`
    or `#harm` where it shows that.
    """

    id: str
    measure: str
    dataset: str
    dataset_title: str
    counting_basis: str
    agency: str
    agency_name: str
    agency_kind: str
    title: str
    kind: str
    kind_title: str
    profile: str
    has_key: bool
    coverage: Coverage
    family: str = ""
    stock: bool = False
    harm: bool = False


@dataclass(frozen=True, slots=True)
class Gap:
    """A period that a column has no cell for, because these months of it are not in the snapshot."""

    column: str
    period: str
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Note:
    """Something the reader should know of a table: a stable code and the sentence.

    An explanation (`explained`) is about one month of one column; it says so in `month` and `column`.
    """

    code: str
    sentence: str
    column: str = ""
    month: str = ""


class TableRow(NamedTuple):
    """One row: an area, a period, a kind (empty: all kinds), and one cell for each column."""

    area: str
    area_name: str
    period: str
    kind: str
    kind_title: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class AreaFigure:
    """A public figure of one area as written: the number, or where it is not known the reason in words, never a nought."""

    text: str
    known: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaColumn:
    """A public figure of each area, such as its deprivation, beside the cells: from loaded files alone, of no count of the hub.

    `id` names the measure and its edition; `about` says how it is made; `references` are the files of context it is made of.
    """

    id: str
    title: str
    edition: str
    source: str
    about: str
    references: tuple[str, ...]
    figures: Mapping[str, AreaFigure] = field(repr=False)

    def text(self, area: str) -> str:
        """As tables and files write it; nothing for a row without an area."""
        return self.figures[area].text if area else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A question, in one spelling whatever door it came through. Empty filters let everything pass.

    `areas` are codes of the table's level or of a level above it; `periods` are keys of the table's level.
    """

    view: str
    table: TableSpec
    areas: tuple[str, ...] = ()
    periods: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    measures: tuple[str, ...] = ()

    def as_json(self) -> dict[str, object]:
        """The canonical form that provenance keeps: empty filters left out, values sorted."""
        filters = {"area": self.areas, "period": self.periods, "kind": self.kinds, "measure": self.measures}
        return {
            "view": self.view,
            "table": self.table.name,
            "where": {name: sorted(set(values)) for name, values in filters.items() if values},
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtectedTable:
    """Cells of a view for one reader, with where they come from. The same question gives the same cells through every
    door.

    `query` is canonical JSON; `result_hash` the SHA-256 of the canonical cells (columns, rows, gaps), which does not
    change with the words around them. `dimensions` are `area`, `period` and, where the table has one, its family. `across` sets
    columns against each other: computed from the numbers among the cells, so the hash need not hold it. `context` are public
    figures of the areas, which the hash does not hold: they are no cells, and name the files they come from.
    """

    view: str
    title: str
    question: str
    table: TableSpec
    dimensions: tuple[str, ...]
    columns: tuple[Column, ...]
    rows: tuple[TableRow, ...] = field(repr=False)
    cells: int
    suppressed: int
    gaps: tuple[Gap, ...]
    notes: tuple[Note, ...]
    snapshot: int
    snapshot_at: str
    tree_id: str
    tree_name: str
    policy_hash: str
    query: str
    result_hash: str
    across: tuple[Comparison, ...] = field(default=(), repr=False)
    context: tuple[AreaColumn, ...] = field(default=(), repr=False)

    @property
    def context_files(self) -> tuple[str, ...]:
        """The files of context behind the public figures, each once."""
        return tuple(dict.fromkeys(one for column in self.context for one in column.references))

    @property
    def profiles(self) -> tuple[str, ...]:
        """The disclosure profiles of the columns, each once."""
        return tuple(sorted({column.profile for column in self.columns}))


@dataclass(frozen=True, slots=True, kw_only=True)
class TableOffer:
    """A table that the reader may ask for: its name, how to ask (`by`), the ids of the columns that have it, the title of its
    family and the kinds with their titles.
    """

    table: TableSpec
    by: tuple[str, ...]
    columns: tuple[str, ...]
    family: str = ""
    kinds: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What of a view a reader may ask for now: tables, columns, and the values that filters may take."""

    view: str
    title: str
    question: str
    snapshot: int
    tree: AreaTree
    tables: tuple[TableOffer, ...]
    columns: tuple[Column, ...]
    kinds: Mapping[str, str]
    months: tuple[str, ...]
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewFigures:
    """How many cells of a view were published and how many of them are hidden, over all of its tables and columns."""

    id: str
    cells: int
    suppressed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildReport:
    """What a build published: measures with their dropped tables, and figures for each view. No count of events.

    `attacked`: cells the attacker was shown and could do nothing with. `uncounted`: datasets that no measure is
    declared for.
    """

    snapshot: int
    measures: tuple[Measure, ...]
    views: tuple[ViewFigures, ...]
    attacked: int
    uncounted: tuple[str, ...]
