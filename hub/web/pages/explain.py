"""Who can see this field, and why?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from hub.agreements import Reason
from hub.kit.words import say
from hub.policy.model import Explanation, FieldExplanation
from hub.schemas.model import DatasetSchema
from hub.web.dates import spoken_until
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
    differences: tuple[str, ...] = ()


def explain_page(
    found: Explanation | None,
    *,
    schemas: Iterable[DatasetSchema],
    purposes: Mapping[str, str],
    dataset: str,
    purpose: str,
    asker: str,
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
    reasons = _reasons(found)
    return ExplainPage(
        filters,
        asked=True,
        facts=_facts(found, asker),
        reasons=tuple(_said(reason) for reason in reasons),
        table=_table(found, titles[found.dataset], purposes.get(purpose, purpose), reasons),
        differences=tuple(one.sentence for one in found.differences),
    )


def _facts(found: Explanation, asker: str) -> tuple[Fact, ...]:
    words = "web.explain.counts_yes" if found.table.permitted else "web.explain.counts_no"
    facts = [
        Fact(say("web.explain.asks"), asker),
        Fact(say("web.explain.counts"), say(words)),
        Fact(say("web.explain.profile"), found.profile),
    ]
    if found.table.agreements:
        facts.append(Fact(say("web.explain.column_agreement"), items=found.table.agreements))
    if found.table.expires_at is not None:
        facts.append(Fact(say("web.explain.column_expires"), spoken_until(found.table.expires_at)))
    rows = tuple(
        say("web.explain.rows_one", fields=len(one.fields), supplier=one.supplier, agreement=one.agreement)
        for one in found.rows
    )
    facts.append(Fact(say("web.explain.rows"), "" if rows else say("web.explain.rows_no"), items=rows))
    facts.append(Fact(say("web.provenance.policy"), found.policy_hash, mono=True))
    return tuple(facts)


def _reasons(found: Explanation) -> list[Reason]:
    """Each reason once, in the order in which the fields first give it: their numbers are what the table says."""
    everything = (*found.table.reasons, *(reason for one in found.fields for reason in one.reasons))
    return list(dict.fromkeys(everything))


def _table(found: Explanation, schema: DatasetSchema, purpose: str, reasons: list[Reason]) -> Table:
    names = ("field", "form", "policies", "agreement", "expires", "why")
    return Table(
        ident="fields",
        caption=say("web.explain.caption", dataset=schema.title, purpose=purpose),
        columns=tuple(Column(say(f"web.explain.column_{name}")) for name in names),
        rows=[_row(one, reasons) for one in found.fields],
    )


def _row(one: FieldExplanation, reasons: list[Reason]) -> tuple[Cell, ...]:
    form = one.form.value if one.form is not None else "none"
    numbers = ", ".join(str(reasons.index(reason) + 1) for reason in one.reasons)
    return (
        Cell(one.field, mono=True),
        Cell(tag=Tag(say(f"web.explain.form.{form}"), _COLOURS[form])),
        Cell(", ".join(one.policies), mono=True),
        Cell(", ".join(one.clauses), mono=True),
        Cell(spoken_until(one.expires_at) if one.expires_at is not None else ""),
        Cell(say("web.explain.see", numbers=numbers) if numbers else ""),
    )


def _said(reason: Reason) -> str:
    section = f" ({reason.section})" if reason.section else ""
    return f"{reason.sentence}{section} [{reason.code}]"
