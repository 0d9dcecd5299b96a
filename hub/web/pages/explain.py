"""Who can see this field, and why?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from hub.agreements import Reason
from hub.kit.words import say
from hub.policy.model import Explanation, FieldExplanation
from hub.schemas.model import DatasetSchema
from hub.web.dates import spoken_moment
from hub.web.elements import Cell, Choice, Column, Fact, Select, Table, Tag

_COLOURS = {
    "read_clear": "red",
    "read_pseudonymised": "orange",
    "read_generalised": "yellow",
    "count": "green",
    "none": "grey",
}


@dataclass(frozen=True, slots=True)
class ExplainPage:
    """Each field with its form and the rules behind it; `asked` once a dataset and purpose were chosen."""

    filters: tuple[Select, ...]
    asked: bool
    facts: tuple[Fact, ...] = ()
    reasons: tuple[str, ...] = ()
    table: Table | None = None


def explain_page(
    found: Explanation | None,
    *,
    schemas: Iterable[DatasetSchema],
    purposes: Mapping[str, str],
    dataset: str,
    purpose: str,
) -> ExplainPage:
    """The filters, and the answer where one was asked for."""
    titles = {schema.id: schema for schema in schemas}
    filters = (
        Select(
            "dataset",
            say("web.explain.dataset"),
            tuple(Choice(one.id, one.title, one.id == dataset) for one in titles.values()),
        ),
        Select(
            "purpose",
            say("web.explain.purpose"),
            tuple(Choice(ident, title, ident == purpose) for ident, title in purposes.items()),
        ),
    )
    if found is None:
        return ExplainPage(filters, asked=False)
    return ExplainPage(
        filters,
        asked=True,
        facts=_facts(found),
        reasons=tuple(_said(reason) for reason in found.table.reasons),
        table=_table(found, titles[found.dataset], purposes.get(purpose, purpose)),
    )


def _facts(found: Explanation) -> tuple[Fact, ...]:
    words = "web.explain.counts_yes" if found.table.permitted else "web.explain.counts_no"
    facts = [
        Fact(say("web.explain.agency"), found.agency),
        Fact(say("web.explain.counts"), say(words)),
        Fact(say("web.explain.profile"), found.profile),
    ]
    if found.table.agreements:
        facts.append(Fact(say("web.explain.column_agreement"), items=found.table.agreements))
    if found.table.expires_at is not None:
        facts.append(Fact(say("web.explain.column_expires"), spoken_moment(found.table.expires_at)))
    facts.append(Fact(say("web.provenance.policy"), found.policy_hash, mono=True))
    return tuple(facts)


def _table(found: Explanation, schema: DatasetSchema, purpose: str) -> Table:
    names = ("field", "form", "why", "policies", "agreement", "expires")
    return Table(
        ident="fields",
        caption=say("web.explain.caption", dataset=schema.title, purpose=purpose),
        columns=tuple(Column(say(f"web.explain.column_{name}")) for name in names),
        rows=[_row(one) for one in found.fields],
    )


def _row(one: FieldExplanation) -> tuple[Cell, ...]:
    form = one.form.value if one.form is not None else "none"
    return (
        Cell(one.field, mono=True),
        Cell(tag=Tag(say(f"web.explain.form.{form}"), _COLOURS[form])),
        Cell(" ".join(_said(reason) for reason in one.reasons)),
        Cell(", ".join(one.policies or one.floor), mono=True),
        Cell(", ".join(one.clauses), mono=True),
        Cell(spoken_moment(one.expires_at) if one.expires_at is not None else ""),
    )


def _said(reason: Reason) -> str:
    return f"{reason.sentence} ({reason.section})" if reason.section else reason.sentence
