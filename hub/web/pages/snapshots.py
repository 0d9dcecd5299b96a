"""Snapshots: the list with the build button, and one snapshot with what is in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hub.app import Piece
from hub.kit.words import say
from hub.snapshots import Snapshot, SnapshotState
from hub.views.model import Measure
from hub.web.dates import spoken_moment, spoken_month
from hub.web.elements import Cell, Column, Fact, Progress, Step, Table, Tag
from hub.web.pages.view_filters import table_words

_COLOURS = {SnapshotState.FROZEN: "blue", SnapshotState.IN_FORCE: "green", SnapshotState.RETIRED: "grey"}


@dataclass(frozen=True, slots=True)
class SnapshotsPage:
    """Snapshots, newest first; `progress` while one is being built."""

    table: Table
    can_build: bool
    progress: Progress | None = None


@dataclass(frozen=True, slots=True)
class SnapshotPage:
    """One snapshot: its facts, its inputs and the tables made from it."""

    facts: tuple[Fact, ...]
    tables: tuple[Table, ...]


def snapshots_page(found: Sequence[Snapshot], *, can_build: bool, progress: Progress | None) -> SnapshotsPage:
    """The list."""
    rows = [
        (
            Cell(str(one.number), href=f"/snapshots/{one.number}"),
            Cell(spoken_moment(one.at)),
            Cell(tag=_tag(one)),
            Cell(f"{len(one.inputs):,}"),
        )
        for one in found
    ]
    columns = (
        Column(say("web.snapshots.number")),
        Column(say("web.snapshots.at")),
        Column(say("web.snapshots.state")),
        Column(say("web.snapshots.inputs"), numeric=True),
    )
    running = progress is not None and progress.running
    table = Table("snapshots", say("web.snapshots.caption"), columns, rows)
    return SnapshotsPage(table, can_build=can_build and not running, progress=progress)


def build_progress(piece: Piece | None) -> Progress | None:
    """How far a build is, or that it broke off and why; nothing once it is done."""
    if piece is None or piece.state == "done":
        return None
    detail = say("web.snapshots.of", done=piece.done, total=piece.total) if piece.total else ""
    step = Step(say("web.snapshots.building"), piece.state, piece.why or detail)
    return Progress(say("web.snapshots.building"), "", (step,))


def snapshot_page(
    snapshot: Snapshot, measures: Sequence[Measure], *, names: Mapping[str, str], titles: Mapping[str, str]
) -> SnapshotPage:
    """One snapshot. Row counts are those of submissions; no cell of a table is shown."""
    facts = [
        Fact(say("web.snapshots.state"), tag=_tag(snapshot)),
        Fact(say("web.snapshots.at"), spoken_moment(snapshot.at)),
        Fact(say("web.provenance.tree"), snapshot.tree_id, mono=True),
        Fact(say("web.provenance.policy"), snapshot.policy_hash, mono=True),
    ]
    if snapshot.left_out:
        out = (one.partition("@") for one in snapshot.left_out)
        items = tuple(f"{titles.get(dataset, dataset)}, {names.get(agency, agency)}" for dataset, _, agency in out)
        facts.append(Fact(say("web.snapshots.left_out"), items=items))
    return SnapshotPage(tuple(facts), (_tables(measures, names), _inputs(snapshot, names, titles)))


def _inputs(snapshot: Snapshot, names: Mapping[str, str], titles: Mapping[str, str]) -> Table:
    rows = [
        (
            Cell(titles.get(one.dataset, one.dataset)),
            Cell(names.get(one.agency, one.agency)),
            Cell(spoken_month(one.period)),
            Cell(one.submission, mono=True),
            Cell(one.sha256[:16], mono=True),
        )
        for one in sorted(snapshot.inputs, key=lambda one: (one.dataset, one.agency, one.period))
    ]
    columns = tuple(
        Column(say(f"web.snapshots.{name}")) for name in ("dataset", "agency", "period", "submission", "sha")
    )
    return Table("inputs", say("web.snapshots.inputs_caption", number=snapshot.number), columns, rows, wrap=True)


def _tables(measures: Sequence[Measure], names: Mapping[str, str]) -> Table:
    rows = []
    for measure in measures:
        published = "; ".join(table_words(table, measure.family_title(table.family)) for table in measure.tables)
        dropped = "; ".join(f"{name}: {say(f'views.dropped.{why}')}" for name, why in measure.dropped.items())
        agency = names.get(measure.agency, measure.agency)
        rows.append(
            (Cell(measure.title), Cell(agency), Cell(measure.profile, mono=True), Cell(published), Cell(dropped))
        )
    columns = tuple(
        Column(say(f"web.snapshots.{name}")) for name in ("measure", "agency", "profile", "table", "dropped")
    )
    return Table("measures", say("web.snapshots.tables_caption"), columns, rows, wrap=True)


def _tag(snapshot: Snapshot) -> Tag:
    if snapshot.marked:
        return Tag(say("web.snapshots.states.marked"), "red")
    return Tag(say(f"web.snapshots.states.{snapshot.state.value}"), _COLOURS.get(snapshot.state, "grey"))
