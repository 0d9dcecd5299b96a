"""Submitting an extract: the choice of dataset and month, and the upload form with who will see what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hub.agreements import Agreement
from hub.kit.authority import Form
from hub.kit.words import say
from hub.schemas import DatasetSchema
from hub.schemas.model import Field
from hub.snapshots import SeenAs
from hub.web.dates import spoken_day, spoken_month
from hub.web.elements import Cell, Choice, Column, Fact, Link, Select, Table
from hub.web.pages.seen_by import SeenGroup, agreement_titles, seen_groups

_EXACT = frozenset({"open"})
_LONGEST = 40
"""An example is cut here: a column of the table must leave room for the others."""


@dataclass(frozen=True, slots=True)
class ChoosePage:
    """Datasets the agency may send, and months."""

    datasets: Select
    periods: Select


@dataclass(frozen=True, slots=True)
class UploadPage:
    """The form for one dataset and month. `error` stands beside the file field; `earlier` tells of an accepted file."""

    title: str
    period: str
    action: str
    template: str
    hint: str
    who: tuple[Fact, ...]
    who_text: tuple[str, ...]
    columns: Table | None
    refused: tuple[str, ...]
    error: str = ""
    earlier: str = ""
    seen: tuple[SeenGroup, ...] = ()
    remembered: str = ""


def choose_page(schemas: Sequence[DatasetSchema], periods: Sequence[str], *, dataset: str, period: str) -> ChoosePage:
    """The two selects."""
    return ChoosePage(
        Select(
            "dataset",
            say("web.submit.dataset"),
            tuple(Choice(one.id, one.title, one.id == dataset) for one in schemas),
        ),
        Select(
            "period",
            say("web.submit.period"),
            tuple(Choice(one, spoken_month(one), one == period) for one in periods),
            say("web.submit.period_hint"),
        ),
    )


def upload_page(
    schema: DatasetSchema,
    agreements: Sequence[Agreement],
    *,
    supplier: str,
    period: str,
    names: Mapping[str, str],
    purposes: Mapping[str, str],
    limit_mb: int,
    accepted_on: str = "",
    error: str = "",
    seen: Sequence[SeenAs] = (),
) -> UploadPage:
    """The form, with what agreements in force do with this supplier's file. `accepted_on`: when the month was accepted before."""
    text, facts = _who(schema.id, agreements, supplier=supplier, names=names, purposes=purposes)
    earlier = f"{say('web.submit.before')}: {accepted_on}. {say('web.submit.before_text')}" if accepted_on else ""
    return UploadPage(
        title=schema.title,
        period=spoken_month(period),
        action=f"/submit/{schema.id}/{period}",
        template=f"/templates/{schema.id}.xlsx?period={period}",
        hint=say("web.submit.series_hint" if schema.series else "web.submit.file_hint", limit=f"{limit_mb:,}"),
        who=facts,
        who_text=text,
        columns=_columns(schema, period),
        refused=tuple(field.name for field in schema.refused),
        error=error,
        earlier=earlier,
        seen=seen_groups(seen, purposes=purposes, agreements=agreement_titles(agreements)),
    )


def _who(
    dataset: str,
    agreements: Sequence[Agreement],
    *,
    supplier: str,
    names: Mapping[str, str],
    purposes: Mapping[str, str],
) -> tuple[tuple[str, ...], tuple[Fact, ...]]:
    facts: list[Fact] = []
    with_rows: set[str] = set()
    profiles: set[str] = set()
    for agreement in agreements:
        terms = [one for one in agreement.terms if (one.dataset, one.supplier) == (dataset, supplier)]
        if not terms:
            continue
        recipients = {one for term in terms for one in term.recipients}
        profiles |= {term.profile for term in terms}
        for term in terms:
            if any(form is not Form.COUNT for form in term.forms.values()):
                with_rows |= set(term.recipients) - {supplier}
        facts += [
            Fact(say("web.submit.agreement"), link=Link(agreement.title, f"/agreements/{agreement.reference}")),
            Fact(say("web.submit.recipients"), items=tuple(sorted(names.get(one, one) for one in recipients))),
            Fact(
                say("web.submit.purposes"),
                items=tuple(dict.fromkeys(purposes.get(one, one) for term in terms for one in term.purposes)),
            ),
            Fact(say("web.submit.until"), spoken_day(agreement.expires_on)),
        ]
    rows = (
        say("web.submit.who_rows_shared", agencies=", ".join(sorted(names.get(one, one) for one in with_rows)))
        if with_rows
        else say("web.submit.who_rows")
    )
    counts = (
        say("web.submit.who_open")
        if profiles and profiles <= _EXACT
        else say("web.submit.who_counts", rules=" ".join(say(f"views.profiles.{one}") for one in sorted(profiles)))
    )
    return (rows, counts), tuple(facts)


def _columns(schema: DatasetSchema, period: str) -> Table:
    rows = [
        (
            Cell(field.name, mono=True),
            Cell(_what(field)),
            Cell(_written(field, period)),
            Cell(say("web.submit.required_yes" if field.required else "web.submit.required_no")),
        )
        for field in schema.columns
    ]
    if schema.wide is not None:
        name, said = period.replace("-", ""), say("web.submit.month_column", month=spoken_month(period))
        such_as = say("web.submit.such_as", example="12")
        rows.append((Cell(name, mono=True), Cell(said), Cell(such_as), Cell(say("web.submit.required_yes"))))
    columns = tuple(
        Column(say(f"web.submit.{name}")) for name in ("column", "column_what", "column_written", "column_required")
    )
    return Table("columns", say("web.submit.columns_title"), columns, rows, caption_hidden=True, wrap=True)


def _what(field: Field) -> str:
    """What a column holds, in the schema's own words: its title, and the description where the title only repeats the name."""
    if not field.description:
        return field.title
    return field.description if field.title == field.name else f"{field.title}. {field.description}"


def _apart(codes: Sequence[str]) -> list[str]:
    """The codes as they may stand in one line: in quotation marks where one holds what divides them."""
    return [f"“{code}”" for code in codes] if any(";" in code for code in codes) else list(codes)


def _written(field: Field, period: str) -> str:
    """How a value is written: the codes of its list in that month, or an example."""
    if field.codes is not None:
        return say("web.submit.one_of", codes="; ".join(_apart(field.codes.valid_in(period))))
    if field.true_values and field.false_values:
        return say("web.submit.one_of", codes=f"{field.true_values[0]}; {field.false_values[0]}")
    example = field.example if len(field.example) <= _LONGEST else f"{field.example[: _LONGEST - 1]}…"
    return say("web.submit.such_as", example=example) if example else ""
