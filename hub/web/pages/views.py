"""The list of combined views, and a view: filters, coverage, chart and table of each measure, legend, provenance."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from hub.disclosure import AREA_LEVELS, profile_named
from hub.geography import AreaTree, Outline
from hub.kit.words import say
from hub.views import Offer, ProtectedTable, coverage_line
from hub.web.dates import spoken_period, spoken_stamp
from hub.web.elements import Card, Choice, Fact, Figure, Link, Provenance, Select, Table
from hub.web.pages.view_across import across_heading, across_table, overlap_sentences
from hub.web.pages.view_coverage import VIEW as COVERAGE
from hub.web.pages.view_coverage import coverage_table
from hub.web.pages.view_figures import Slice, context_table, figure_of, kinds_across, side_by_side, slice_of
from hub.web.pages.view_filters import Asked, selects_of
from hub.web.pages.view_map import map_of
from hub.web.pages.view_week import FAMILY, week_of

Draw = Callable[[str], Sequence[Outline]]
"""Gives the outlines of an area level."""


def no_outlines(_level: str) -> Sequence[Outline]:
    """No outlines: a page without maps."""
    return ()


_MISSING = frozenset({"dropped", "no-such-cells", "not-shown", "withdrawn", "no-side", "no-dataset"})
"""Notes on what a table does not show; the others say how to read it."""

_BESIDE_COVERAGE = _MISSING | {"explained"}


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


def view_page(
    offer: Offer,
    table: ProtectedTable,
    asked: Asked,
    *,
    tree: AreaTree,
    purpose: str = "",
    purposes: Mapping[str, str] | None = None,
    draw: Draw = no_outlines,
) -> ViewPage:
    """The page of a protected table for a purpose. `purposes` are those the reader may choose among, with their titles; `draw`
    gives the outlines of a level for the map of one measure.
    """
    known = purposes or {}
    parts = [slice_of(table, place) for place in range(len(table.columns))]
    return ViewPage(
        question=offer.question,
        description=say("web.map.choose") if len(parts) > 1 and offer_has_areas(table) else "",
        action=f"/views/{offer.view}",
        filters=(*selects_of(offer, tree, asked), *_purpose_select(known, purpose)),
        coverage=_coverage(table),
        blocks=(*_held(offer, table), *_maps(table, parts, tree, draw), *_blocks(table, parts), *_across(table)),
        legend=legend_of(table),
        downloads=tuple(
            Link(say(f"web.view.{form}"), f"/views/{offer.view}/table.{form}?{_download(asked, purpose)}")
            for form in ("csv", "xlsx")
        ),
        provenance=provenance_of(table, known.get(purpose, purpose)),
    )


def offer_has_areas(table: ProtectedTable) -> bool:
    """Whether a map could be drawn of one measure of this table."""
    return table.table.area_level != AREA_LEVELS[-1]


def legend_of(table: ProtectedTable) -> tuple[tuple[str, str], ...]:
    """What the signs mean under the profiles of this table, then what the views room has to say of it."""
    hides = any(profile_named(name).hides for name in table.profiles)
    signs: list[tuple[str, str]] = []
    if hides:
        signs += [(say("web.view.legend_star"), say("web.view.legend_star_text"))]
        signs += [(say("web.view.legend_w"), say("web.view.legend_w_text"))]
    if table.gaps:
        signs += [(say("web.view.legend_gap"), say("web.view.legend_gap_text"))]
    said = [("", note.sentence) for note in table.notes if note.code not in _BESIDE_COVERAGE]
    several = [("", say("web.view.legend_note"))] if len(table.columns) > 1 else []
    return (*signs, *said, *several)


def provenance_of(table: ProtectedTable, purpose: str = "") -> Provenance:
    """Snapshot, profiles, policy hash, area tree, the question and the result hash."""
    number = say("web.provenance.snapshot_text", number=table.snapshot, at=spoken_stamp(table.snapshot_at))
    facts = [
        Fact(say("web.provenance.snapshot"), link=Link(number, f"/snapshots/{table.snapshot}")),
        Fact(say("web.provenance.profile"), ", ".join(table.profiles)),
        Fact(say("web.provenance.tree"), f"{table.tree_name} ({table.tree_id})"),
        Fact(say("web.provenance.policy"), table.policy_hash, mono=True),
        Fact(say("web.provenance.query"), table.query, mono=True),
        Fact(say("web.provenance.result"), table.result_hash, mono=True),
    ]
    if table.context_files:
        facts.append(Fact(say("web.provenance.context"), "; ".join(table.context_files), mono=True))
    if purpose:
        facts.append(Fact(say("web.provenance.purpose"), purpose))
    return Provenance(tuple(facts))


def _purpose_select(purposes: Mapping[str, str], purpose: str) -> tuple[Select, ...]:
    """The purposes to choose among; no choice where there is but one."""
    if len(purposes) < 2:
        return ()
    choices = tuple(Choice(ident, title, ident == purpose) for ident, title in purposes.items())
    return (Select("purpose", say("web.view.purpose"), choices),)


def _download(asked: Asked, purpose: str) -> str:
    return asked.query_string + (f"&{urlencode({'purpose': purpose})}" if purpose else "")


def _coverage(table: ProtectedTable) -> tuple[str, ...]:
    """For each measure which months, what share is located; then what is missing from the table and why, and what agencies
    said of unusual figures.
    """
    columns = {column.measure: column for column in table.columns}.values()
    lines = (coverage_line(one, tree=table.tree_name) for one in columns if one.coverage.months)
    beside = sorted(
        (one for one in table.notes if one.code in _BESIDE_COVERAGE), key=lambda one: one.code != "explained"
    )
    notes = (note.sentence for note in beside)
    return (*lines, *_gaps(table), *notes)


def _gaps(table: ProtectedTable) -> Iterator[str]:
    """For each measure the periods without a figure: a year of eleven months is a named gap, not a small year (promise P12)."""
    for column in table.columns:
        periods = [spoken_period(gap.period) for gap in table.gaps if gap.column == column.id]
        if periods:
            yield say("web.view.gaps", title=column.title, periods="; ".join(periods))


def _held(offer: Offer, table: ProtectedTable) -> Iterator[MeasureBlock]:
    """What each measure holds: in the view that is about nothing else."""
    if offer.view == COVERAGE and table.columns:
        yield MeasureBlock("coverage", say("web.coverage.heading"), (), None, coverage_table(table))


def _maps(table: ProtectedTable, parts: list[Slice], tree: AreaTree, draw: Draw) -> Iterator[MeasureBlock]:
    """The map of the one measure that was asked for, below borough level."""
    levels = AREA_LEVELS[AREA_LEVELS.index(table.table.area_level) :]
    if len(parts) != 1 or len(levels) == 1:
        return
    drawn = map_of(parts[0], tree, draw(levels[0]), draw(levels[1]), "map-0")
    if drawn is not None:
        yield MeasureBlock("map-0", parts[0].heading, (), *drawn)


def _across(table: ProtectedTable) -> Iterator[MeasureBlock]:
    """Each pair of measures that the view compares, where the table shows several places or both figures of one."""
    columns = {column.id: column for column in table.columns}
    for place, one in enumerate(table.across):
        if one.rows:
            yield MeasureBlock(
                f"across-{place}",
                across_heading(one, columns),
                overlap_sentences(table, one),
                None,
                across_table(one, columns, f"across-cells-{place}"),
            )


def _blocks(table: ProtectedTable, parts: list[Slice]) -> tuple[MeasureBlock, ...]:
    """With kinds: a chart and a table for each measure, then what is public of the places. Without: a chart for each, then one
    table with all side by side.
    """
    blocks = []
    for place, part in enumerate(parts):
        if not part.cells:
            continue
        if table.table.family == FAMILY:
            blocks.append(MeasureBlock(f"measure-{place}", part.heading, (), *week_of(part, f"cells-{place}")))
            continue
        figure, notes = figure_of(part, f"chart-{place}")
        own = kinds_across(part, f"cells-{place}") if table.table.with_kind else None
        if figure is not None or own is not None or notes:
            blocks.append(MeasureBlock(f"measure-{place}", part.heading, notes, figure, own))
    if not table.table.with_kind and (table.rows or table.gaps):
        heading = say("web.view.table_heading")
        blocks.append(MeasureBlock("all-measures", heading, (), None, side_by_side(table, parts)))
    elif table.context and table.rows:
        blocks.append(MeasureBlock("context", say("web.view.context_heading"), (), None, context_table(table)))
    return tuple(blocks)
