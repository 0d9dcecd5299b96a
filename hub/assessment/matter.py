"""What a figure is made from, and what making one gives: between the builder and the makers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from hub.assessment.model import Indicator, Line
from hub.definitions import Definition
from hub.disclosure import KIND
from hub.geography import AreaTree, Deprivation, Population
from hub.kit.words import catalogue
from hub.views import ProtectedTable
from hub.views.model import Column

Ask = Callable[[str, str], ProtectedTable | None]
"""Answers the table `by` of a view, for the reader who builds; None where nothing of it is open to them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """The areas of the snapshot, and who lives there, as far as it was loaded."""

    tree: AreaTree
    population: Population | None = None
    deprivation: Deprivation | None = None

    def residents(self, ages: tuple[int, int] | None = None) -> int | None:
        """Residents of the whole area, or those of these ages; None where they are not known."""
        found = [
            None
            if self.population is None
            else self.population.of(self.tree, borough.code)
            if ages is None
            else self.population.aged(self.tree, borough.code, *ages)
            for borough in self.tree.boroughs
        ]
        known = [number for number in found if number is not None]
        return sum(known) if known and len(known) == len(found) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """One indicator for one column of its table."""

    indicator: Indicator
    table: ProtectedTable
    column: Column
    position: int
    definition: Definition
    ground: Ground
    ask: Ask

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds to show: those of the indicator; else those of the definition; the whole where the table has no kinds."""
        if self.indicator.kinds:
            return self.indicator.kinds
        return self.definition.kinds_of(self.column.dataset) if self.table.table.family == KIND else ("",)

    def title_of(self, kind: str) -> str:
        """A kind's title: as the table has it, unless that is a bare yes, of which the catalogue says what it means."""
        said = catalogue().get(f"assessment.kind.{self.indicator.id}") if kind in self.indicator.kinds else None
        return said or next((row.kind_title for row in self.table.rows if row.kind == kind), kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """What a maker gives: a table, a drawing, notes. `kind` names the kind where the figure is of one alone.

    `further`: the other tables that went into it; `context`: the files of context.
    """

    head: tuple[str, ...]
    lines: tuple[Line, ...]
    chart: str = ""
    kind: str = ""
    labels: int = 1
    notes: tuple[str, ...] = ()
    further: tuple[ProtectedTable, ...] = ()
    context: tuple[str, ...] = ()


Maker = Callable[[Matter], Iterable[Drawn]]
