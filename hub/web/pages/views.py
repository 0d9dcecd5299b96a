"""The list of combined views, and a view: filters, coverage, chart and table of each measure, legend, provenance."""

from __future__ import annotations

from dataclasses import dataclass

from hub.web.elements import Card, Figure, Link, Provenance, Select, Table


@dataclass(frozen=True, slots=True)
class ViewsPage:
    """The views a reader may open."""

    cards: tuple[Card, ...]
    no_snapshot: bool = False


@dataclass(frozen=True, slots=True)
class MeasureBlock:
    """One measure's chart and table; measures stand one under the other and are never added up."""

    ident: str
    heading: str
    notes: tuple[str, ...]
    figure: Figure | None
    table: Table | None


@dataclass(frozen=True, slots=True)
class ViewPage:
    """A view as asked for in the page's address."""

    question: str
    description: str
    action: str
    filters: tuple[Select, ...]
    coverage: tuple[str, ...]
    blocks: tuple[MeasureBlock, ...]
    legend: tuple[tuple[str, str], ...]
    downloads: tuple[Link, ...]
    provenance: Provenance | None
