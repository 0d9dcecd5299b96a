"""Definitions of serious violence: the list with the history of choices, and one definition."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hub.definitions import Choice, DeclaredKinds, Definition, InForce
from hub.kit.words import say
from hub.schemas import SchemaRegistry
from hub.web.dates import spoken_day, spoken_stamp
from hub.web.elements import Cell, Column, Fact, Table, Tag


@dataclass(frozen=True, slots=True)
class DefinitionsPage:
    """Every definition, the one in force marked; the choices, newest first."""

    table: Table
    history: Table
    not_chosen: bool


@dataclass(frozen=True, slots=True)
class DefinitionPage:
    """One definition. `choose` is the address of the form, empty where the reader may not record a choice."""

    title: str
    tag: Tag
    facts: tuple[Fact, ...]
    factors: Table
    kinds: tuple[Fact, ...]
    limits: tuple[str, ...]
    choose: str = ""
    minute: str = ""
    error: str = ""


def definitions_page(
    known: Sequence[Definition], now: InForce, history: Sequence[Choice], names: Mapping[str, str]
) -> DefinitionsPage:
    """The list."""
    rows = [
        (
            Cell(one.title, href=f"/definitions/{one.reference}"),
            Cell(one.reference, mono=True),
            Cell(tag=_tag(one, now)),
            Cell(str(len(one.groups))),
        )
        for one in known
    ]
    chosen = [
        (
            Cell(spoken_stamp(one.chosen_at)),
            Cell(one.reference, mono=True),
            Cell(names.get(one.agency, one.agency)),
            Cell(one.minute),
        )
        for one in history
    ]
    return DefinitionsPage(
        table=_table("definitions", ("name", "reference", "status", "groups"), rows),
        history=_table("choices", ("at", "reference", "agency", "minute"), chosen),
        not_chosen=now.choice is None,
    )


def definition_page(
    found: Definition, now: InForce, schemas: SchemaRegistry, *, may_choose: bool, minute: str = "", error: str = ""
) -> DefinitionPage:
    """One definition, every score with its reason."""
    heads = [Column(say("web.definitions.column.group"))]
    heads += [
        Column(f"{say(f'definitions.factor.{score.factor}')} ({score.section})") for score in found.groups[0].scores
    ]
    rows = [
        (Cell(group.title), *(Cell(f"{score.score}. {score.why}") for score in group.scores)) for group in found.groups
    ]
    groups = {group.id: group.title for group in found.groups}
    in_force = now.choice is not None and now.definition.reference == found.reference
    return DefinitionPage(
        title=found.title,
        tag=_tag(found, now),
        facts=(
            Fact(say("web.definitions.column.reference"), found.reference, mono=True),
            Fact(say("web.definitions.written"), spoken_day(found.written_on)),
            Fact(say("web.definitions.source"), found.source),
            Fact(say("web.definitions.excludes"), ", ".join(found.excludes)),
        ),
        factors=Table("factors", say("web.definitions.factors"), heads, rows, caption_hidden=True, wrap=True),
        kinds=tuple(_kinds(declared, groups, schemas) for _, declared in sorted(found.declared.items())),
        limits=(
            *found.limits,
            *(say("web.definitions.uncounted", group=group.title) for group in found.uncounted),
        ),
        choose=f"/definitions/{found.reference}/choose" if may_choose and not in_force else "",
        minute=minute,
        error=error,
    )


def _kinds(declared: DeclaredKinds, groups: Mapping[str, str], schemas: SchemaRegistry) -> Fact:
    schema = schemas.get(declared.dataset)
    titles = {code.code: code.title for code in schema.kinds}
    by_group = tuple(
        f"{groups[group]}: {', '.join(titles.get(kind, kind) for kind in kinds)}"
        for group, kinds in declared.by_group.items()
    )
    return Fact(schema.title, items=(*by_group, declared.reason))


def _tag(one: Definition, now: InForce) -> Tag:
    if one.reference != now.definition.reference:
        return Tag(say("web.definitions.available"))
    if now.choice is None:
        return Tag(say("web.definitions.stands_in"), "yellow")
    return Tag(say("web.definitions.in_force"), "green")


def _table(ident: str, columns: Sequence[str], rows: Sequence[Sequence[Cell]]) -> Table:
    heads = tuple(Column(say(f"web.definitions.column.{name}")) for name in columns)
    return Table(ident, say(f"web.definitions.caption.{ident}"), heads, rows, wrap=True)
