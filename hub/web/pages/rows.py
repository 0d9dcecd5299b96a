"""Rows as agreements give them: what is open, the question why, the rows themselves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from hub.kit.authority import Form
from hub.kit.words import say
from hub.policy import Opening
from hub.schemas import DatasetSchema
from hub.snapshots import RowsPage, ShownField, shown_fields
from hub.web.dates import spoken_period, spoken_until
from hub.web.elements import Cell, Choice, Column, Fact, Select, Table


@dataclass(frozen=True, slots=True)
class ListingPage:
    """The rows open for a purpose."""

    filters: tuple[Select, ...]
    table: Table | None


@dataclass(frozen=True, slots=True)
class AskingPage:
    """What rows would show, and the form that asks why."""

    title: str
    action: str
    facts: tuple[Fact, ...]
    columns: Table
    hidden: Mapping[str, str]
    justification: str
    problem: str


@dataclass(frozen=True, slots=True)
class ShownPage:
    """A page of rows. `hidden` is what each further form carries on; `next` is the cursor, empty at the end."""

    title: str
    action: str
    facts: tuple[Fact, ...]
    columns: Table
    rows: Table | None
    months: Select | None
    hidden: Mapping[str, str]
    month: str
    next: str
    again: bool


def listing_page(
    found: Iterable[tuple[DatasetSchema, Opening, str]], *, purposes: Mapping[str, str], purpose: str
) -> ListingPage:
    """The list; `found` gives dataset, opening and the supplier's name."""
    choices = tuple(Choice(ident, title, ident == purpose) for ident, title in purposes.items())
    rows = [_listed(schema, opening, supplier, purpose) for schema, opening, supplier in found]
    names = ("dataset", "supplier", "agreement", "forms", "until")
    columns = tuple(Column(say(f"web.rows.column_{name}")) for name in names)
    table = Table("openings", say("web.rows.caption"), columns, rows, wrap=True) if rows else None
    return ListingPage((Select("purpose", say("web.rows.purpose"), choices),), table)


def asking_page(
    opening: Opening,
    *,
    schema: DatasetSchema,
    supplier: str,
    purpose: str,
    said: Mapping[str, str],
    problem: str,
) -> AskingPage:
    """The question why, before any row is shown. `said` is what the person has said so far."""
    return AskingPage(
        title=say("web.rows.of", dataset=schema.title, supplier=supplier),
        action=f"/rows/{schema.id}",
        facts=_facts(purpose, opening.agreement, spoken_until(opening.expires_at)),
        columns=_columns(shown_fields(schema, opening.fields)),
        hidden={"purpose": said.get("purpose", ""), "supplier": opening.supplier, "agreement": opening.agreement},
        justification=said.get("justification", ""),
        problem=problem,
    )


def rows_page(
    shown: RowsPage,
    said: Mapping[str, str],
    *,
    schema: DatasetSchema,
    supplier: str,
    purposes: Mapping[str, str],
) -> ShownPage:
    """A page of rows: the cells as every other door gives them."""
    last = shown.first + len(shown.rows)
    facts = [
        *_facts(purposes.get(shown.purpose, shown.purpose), shown.agreement, ""),
        Fact(say("web.rows.justification"), said["justification"].strip()),
        Fact(say("web.rows.shown"), say("web.rows.shown_text", first=shown.first + 1, last=last, total=shown.total)),
    ]
    if shown.withheld_said:
        facts.insert(-1, Fact(say("web.rows.withheld"), say("web.rows.withheld_text", count=shown.withheld_said)))
    carried = {"purpose": shown.purpose, "supplier": shown.supplier, "agreement": shown.agreement}
    return ShownPage(
        title=say("web.rows.of", dataset=schema.title, supplier=supplier),
        action=f"/rows/{schema.id}",
        facts=tuple(facts if shown.total else facts[:-1]),
        columns=_columns(shown.fields),
        rows=_cells(shown) if shown.rows else None,
        months=_months(shown),
        hidden=carried | {"justification": said["justification"].strip()},
        month=shown.month,
        next=shown.cursor,
        again=shown.first > 0,
    )


def form_in_words(one: ShownField) -> str:
    """How a column is shown, in words: such as `month, not the day`."""
    if one.coarser is not None:
        return say(f"web.rows.form.{one.coarser.value}")
    return say(f"web.rows.form.{one.form.value}")


def _listed(schema: DatasetSchema, opening: Opening, supplier: str, purpose: str) -> tuple[Cell, ...]:
    query = urlencode({"purpose": purpose, "supplier": opening.supplier, "agreement": opening.agreement})
    forms = [say(f"web.explain.form.{form.value}") for form in Form if form in opening.fields.values()]
    return (
        Cell(schema.title, href=f"/rows/{schema.id}?{query}"),
        Cell(supplier),
        Cell(opening.agreement, mono=True),
        Cell(say("web.rows.forms", count=len(opening.fields), forms=", ".join(forms))),
        Cell(spoken_until(opening.expires_at)),
    )


def _facts(purpose: str, agreement: str, until: str) -> tuple[Fact, ...]:
    facts = [Fact(say("web.rows.purpose"), purpose), Fact(say("web.rows.column_agreement"), agreement)]
    return (*facts, Fact(say("web.rows.column_until"), until)) if until else tuple(facts)


def _columns(fields: Iterable[ShownField]) -> Table:
    rows = [(Cell(one.name, mono=True), Cell(one.title), Cell(form_in_words(one))) for one in fields]
    columns = tuple(Column(say(f"web.rows.column_{name}")) for name in ("field", "title", "form"))
    return Table("forms", say("web.rows.columns_caption"), columns, rows, wrap=True)


def _cells(shown: RowsPage) -> Table:
    return Table(
        ident="rows",
        caption=say("web.rows.rows_caption"),
        columns=tuple(Column(one.name, numeric=one.is_number) for one in shown.fields),
        rows=[tuple(Cell(text or "") for text in row) for row in shown.rows],
    )


def _months(shown: RowsPage) -> Select | None:
    if not shown.months:
        return None
    every = Choice("", say("web.rows.every_month"), not shown.month)
    choices = (every, *(Choice(one, spoken_period(one), one == shown.month) for one in shown.months))
    return Select("month", say("web.rows.month"), choices)
