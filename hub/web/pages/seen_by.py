"""Who will see what an agency sends: each group of recipients, each column's form, and the first rows as they would get them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from hub.agreements import Agreement
from hub.kit.authority import Form
from hub.kit.words import say
from hub.policy import ANYBODY
from hub.schemas import rows_said
from hub.snapshots import Preview, SeenAs, SeenField
from hub.web.dates import spoken_until
from hub.web.elements import Cell, Column, Fact, Link, Table


@dataclass(frozen=True, slots=True)
class SeenGroup:
    """Agencies that would see the same. `note` says what the preview is, or why there is none."""

    title: str
    facts: tuple[Fact, ...]
    fields: Table
    summary: str
    preview: Table | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class SeenByPage:
    """The page."""

    heading: str
    lines: tuple[str, ...]
    groups: tuple[SeenGroup, ...]


def seen_by_page(
    seen: Sequence[SeenAs], *, heading: str, purposes: Mapping[str, str], agreements: Mapping[str, str]
) -> SeenByPage:
    """The page of one submission. `agreements` are titles by reference."""
    groups = seen_groups(seen, purposes=purposes, agreements=agreements)
    return SeenByPage(say("before.seen.of", title=heading), seen_lines(seen), groups)


def seen_lines(seen: Sequence[SeenAs]) -> tuple[str, ...]:
    """Who gets rows, who protected counts alone, and which party nothing."""
    if not seen:
        return (say("before.seen.nobody"),)
    said = []
    with_rows = {name for one in seen if one.form == "rows" for name in _names(one)}
    for form in ("rows", "counts", "nothing"):
        names = {name for one in seen if one.form == form for name in _names(one)}
        names -= with_rows if form != "rows" else set()
        if names:
            said.append(say(f"before.seen.{form}_to", agencies=", ".join(sorted(names))))
    return tuple(said)


def seen_groups(
    seen: Sequence[SeenAs], *, purposes: Mapping[str, str], agreements: Mapping[str, str]
) -> tuple[SeenGroup, ...]:
    """A part for each group that gets something."""
    shown = (one for one in seen if one.form != "nothing")
    return tuple(_group(index, one, purposes, agreements) for index, one in enumerate(shown))


def agreement_titles(agreements: Iterable[Agreement]) -> dict[str, str]:
    """What agreements are called, by reference."""
    return {one.reference: say("web.agreement.named", title=one.title, version=one.version) for one in agreements}


def agreement_links(references: Iterable[str], agreements: Mapping[str, str]) -> tuple[Link, ...]:
    """Agreements by their titles, each leading to its page."""
    return tuple(Link(agreements.get(one, one), f"/agreements/{one}") for one in references)


def _group(index: int, one: SeenAs, purposes: Mapping[str, str], agreements: Mapping[str, str]) -> SeenGroup:
    names = ", ".join(_names(one))
    preview, note = _preview(index, one, names)
    return SeenGroup(
        title=say(f"before.seen.as_{one.form}", agencies=names),
        facts=_facts(one, purposes, agreements),
        fields=_fields(index, one.fields, names, agreements),
        summary=say("before.seen.fields_summary", agencies=names),
        preview=preview,
        note=note,
    )


def _names(one: SeenAs) -> list[str]:
    known = zip(one.agencies, one.names, strict=True)
    return [say("before.seen.anybody") if agency == ANYBODY else name for agency, name in known]


def _facts(one: SeenAs, purposes: Mapping[str, str], agreements: Mapping[str, str]) -> tuple[Fact, ...]:
    facts = [
        Fact(say("before.seen.gets"), say(f"before.seen.gets_{one.form}")),
        Fact(say("before.seen.agreement"), links=agreement_links(one.agreements, agreements)),
        Fact(say("before.seen.purposes"), items=tuple(purposes.get(name, name) for name in one.purposes)),
        Fact(say("before.seen.withheld"), say("before.seen.withheld_text", rows=rows_said(one.preview.withheld)))
        if one.preview is not None and one.preview.withheld
        else None,
        Fact(say("before.seen.until"), spoken_until(one.expires_at)) if one.expires_at else None,
        Fact(say("before.seen.profile"), items=tuple(say(f"views.profiles.{name}") for name in one.profiles))
        if one.profiles
        else None,
    ]
    return tuple(fact for fact in facts if fact is not None)


def _fields(index: int, fields: Sequence[SeenField], names: str, agreements: Mapping[str, str]) -> Table:
    """The columns. Under which agreement each goes is said where it is not the same for all."""
    under = [_under(one, agreements) for one in fields]
    apart = len(set(under)) > 1
    rows = [
        (Cell(one.name, mono=True), Cell(one.title), Cell(_form(one)), *((Cell(said),) if apart else ()))
        for one, said in zip(fields, under, strict=True)
    ]
    columns = tuple(
        Column(say(f"before.seen.{name}")) for name in ("field", "name", "form", *(("agreement",) if apart else ()))
    )
    return Table(f"seen-{index}", say("before.seen.fields_of", agencies=names), columns, rows, wrap=True)


def _under(one: SeenField, agreements: Mapping[str, str]) -> str:
    references = dict.fromkeys(clause.partition(" ")[0] for clause in one.clauses)
    return ", ".join(agreements.get(name, name) for name in references)


def _form(one: SeenField) -> str:
    if one.form is None or one.form is Form.COUNT:
        return say(f"before.seen.forms.{one.form.value if one.form else 'none'}")
    return say(f"web.rows.form.{one.coarser.value if one.coarser else one.form.value}")


def _preview(index: int, one: SeenAs, names: str) -> tuple[Table | None, str]:
    if one.rows is None:
        return None, ""
    found: Preview | None = one.preview
    if found is None:
        return None, say("before.seen.preview_none")
    if found.problem:
        return None, found.problem
    if not found.rows:
        return None, say(f"before.seen.preview_{'withheld' if found.withheld else 'empty'}")
    table = Table(
        ident=f"preview-{index}",
        caption=say("before.seen.preview_of", agencies=names),
        columns=tuple(Column(column.name, numeric=column.is_number) for column in found.columns),
        rows=[tuple(Cell(text or "") for text in row) for row in found.rows],
    )
    return table, say("before.seen.preview_note")
