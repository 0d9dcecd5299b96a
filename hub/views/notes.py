"""What a reader should know of a table, in sentences: coverage, what is missing, what the signs mean."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from hub.disclosure import profile_named
from hub.kit.spoken import spoken_month
from hub.kit.words import say
from hub.snapshots import SnapshotInput
from hub.views.comparison import Comparison
from hub.views.harm import Weights, harm_blur
from hub.views.model import Column, Coverage, Measure, Note
from hub.views.showing import months_between


def coverage_line(column: Column, *, tree: str, agency: str = "") -> str:
    """The coverage line of a column: which agency, which months, what share is located, what is missing.

    `tree` is the name of the areas; `agency` another name to show than the column's. Exact counts only where the profile
    hides nothing.
    """
    coverage = column.coverage
    first, last = coverage.months[0], coverage.months[-1]
    missing = (
        say("views.coverage.missing", months=", ".join(spoken_month(one) for one in coverage.missing))
        if coverage.missing
        else ""
    )
    line = say(
        "views.coverage.line",
        title=column.title,
        agency=agency or column.agency_name,
        months=len(coverage.months),
        all=len(months_between(first, last)),
        first=spoken_month(first),
        last=spoken_month(last),
        missing=missing,
        located=_located(coverage, tree),
    )
    return line + _counts(coverage)


def _located(coverage: Coverage, tree: str) -> str:
    percent = coverage.located_percent
    if percent is None:
        return say("views.coverage.few")
    if coverage.counts is not None:
        return say("views.coverage.located", percent=percent, tree=tree)
    return say(
        "views.coverage.located-coarse" if percent else "views.coverage.located-little", percent=percent, tree=tree
    )


def _counts(coverage: Coverage) -> str:
    if coverage.counts is None:
        return ""
    words = "views.coverage.open-summed" if coverage.counts.get("summed") else "views.coverage.open"
    return " " + say(words, **{name: f"{count:,}" for name, count in coverage.counts.items()})


def dropped(measure: Measure, column: Column, table: str) -> Note:
    """The measure's table was not published, and why."""
    return _of("dropped", column, reason=say(f"views.dropped.{measure.dropped[table]}"))


def no_such_cells(column: Column) -> Note:
    """The measure is not counted in this table at all."""
    return _of("no-such-cells", column)


def not_shown(column: Column, reasons: Iterable[str]) -> Note:
    """The reader's agency may not see the measure; the sentences say why."""
    return _of("not-shown", column, reason=" ".join(reasons))


def withdrawn(column: Column) -> Note:
    """A submission it was counted from has been withdrawn."""
    return _of("withdrawn", column)


def explained(column: Column, found: Iterable[SnapshotInput]) -> list[Note]:
    """What the column's agency said of unusual figures when it sent them, month by month: a person's words, bounded at
    acceptance, escaped by whoever shows them.
    """
    return [
        Note(
            "explained",
            say(
                "views.notes.explained",
                agency=column.agency_name,
                month=spoken_month(one.period),
                title=column.dataset_title,
                asked=_asked(name),
                text=text,
            ),
            column.id,
            one.period,
        )
        for one in found
        for name, text in one.explained
    ]


def _asked(name: str) -> str:
    code, _, field = name.partition(":")
    title = say(f"schemas.finding.{code}.title")
    return f"{title} ({field})" if field else title


def no_side(side: str, snapshot: int) -> Note:
    """No submission of a whole side (police, health) is in the snapshot."""
    return _note("no-side", side=say(f"views.sides.{side}"), snapshot=snapshot)


def no_dataset(title: str, snapshot: int) -> Note:
    """No submission of a dataset is in the snapshot."""
    return _note("no-dataset", dataset=title, snapshot=snapshot)


def about(columns: Sequence[Column], *, by_ward: bool) -> list[Note]:
    """What the signs mean under the profiles of these columns, how they were counted, and how wards are made."""
    notes = []
    for profile in dict.fromkeys(column.profile for column in columns):
        notes.append(Note(f"profile-{profile}", say(f"views.profiles.{profile}")))
        if profile_named(profile).hides:
            notes.append(Note("sensitive-zero", say("views.notes.sensitive-zero")))
    notes += [
        _note("repeated-key", title=column.title, agency=column.agency_name) for column in columns if column.has_key
    ]
    notes += [_of("stock", column) for column in columns if column.stock]
    if by_ward:
        notes.append(Note("best-fit", say("views.notes.best-fit")))
    return list(dict.fromkeys(notes))


def compared(across: Sequence[Comparison], columns: Sequence[Column]) -> list[Note]:
    """What ratios, ranks and overlaps are computed from, and how far rounding blurs them."""
    if not across:
        return []
    steps = sorted({profile_named(column.profile).round_to for column in columns} - {1})
    return [Note("across", say("views.notes.across"))] + [_note("across-rounded", step=step) for step in steps]


def no_weights(column: Column) -> Note:
    """Nobody has loaded weights for its kinds."""
    return _of("no-weights", column)


def harm(column: Column, measure: Measure, weights: Weights, reference: str) -> list[Note]:
    """What harm is made of, which kinds carry no weight, and how far rounded counts blur it."""
    without = [title for code, title in measure.kinds.items() if code not in weights]
    said = [_of("harm", column, weights=reference)]
    if without:
        said.append(_of("harm-without", column, count=len(without), kinds=", ".join(without)))
    blur = harm_blur(weights, measure.kinds, profile_named(measure.profile))
    return said + ([_of("harm-blur", column, blur=f"{blur:,}")] if blur else [])


def _of(code: str, column: Column, **values: object) -> Note:
    return _note(code, title=column.title, agency=column.agency_name, **values)


def _note(code: str, **values: object) -> Note:
    return Note(code, say(f"views.notes.{code}", **values))
