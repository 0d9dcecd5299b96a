"""A workbook to fill in: the agreed columns with their formats and drop-downs, and a sheet that explains each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hub.kit.spoken import months_until, spoken_month
from hub.kit.words import say
from hub.kit.workbooks import Template, TemplateColumn, template_of
from hub.schemas.compile import said_type
from hub.schemas.model import DatasetSchema, Field
from hub.schemas.period import check_period
from hub.schemas.wide import month_cell

MONTHS = 12
"""Month columns of a wide table's template: those that end with the period."""

_EXCEL = {
    "%Y": "yyyy",
    "%y": "yy",
    "%m": "mm",
    "%-m": "m",
    "%b": "mmm",
    "%d": "dd",
    "%-d": "d",
    "%H": "hh",
    "%M": "mm",
    "%S": "ss",
}
_LONGEST = 120
_FEW = 12


def template(schema: DatasetSchema, *, period: str = "") -> bytes:
    """An XLSX workbook: an empty sheet with the agreed columns, one that says how to fill it in, one of the codes valid in the
    period. A wide table gets the twelve months that end with the period. Invalid when the period is no month.
    """
    if period:
        check_period(period)
    fields = [*schema.columns, *_months(schema, period)]
    return template_of(
        Template(
            name=say("schemas.template.table"),
            columns=[_column(field, period) for field in fields],
            help_name=say("schemas.template.sheet"),
            help_lines=list(_help(schema, fields, period)),
            help_widths=(28.0, 60.0, 60.0, 22.0),
            codes_name=say("schemas.template.codes"),
            codes_hint=say("schemas.template.codes-hint"),
        )
    )


def template_name(schema: DatasetSchema, period: str = "") -> str:
    """A name for the file."""
    return "-".join(filter(None, (schema.id.replace("/", "-"), period, say("schemas.template.file")))) + ".xlsx"


def template_columns(schema: DatasetSchema, *, period: str) -> list[str]:
    """The names of the columns of a template."""
    return [field.name for field in (*schema.columns, *_months(schema, period))]


def _months(schema: DatasetSchema, period: str) -> list[Field]:
    if schema.wide is None or not period:
        return []
    return [month_cell(schema.wide, month.replace("-", "")) for month in reversed(months_until(period, MONTHS))]


def _column(field: Field, period: str) -> TemplateColumn:
    choices = _choices(field, period)
    return TemplateColumn(
        name=field.name,
        format=_format(field),
        width=float(min(max(len(field.name) + 3, 12), 32)),
        needed=field.required,
        hint=" ".join(filter(None, (_what(field), _written(field, period)))),
        choices=choices,
        free=field.several,
        least=int(field.minimum) if field.type == "integer" and field.minimum is not None else None,
        most=int(field.maximum) if field.type == "integer" and field.maximum is not None else None,
    )


def _choices(field: Field, period: str) -> tuple[tuple[str, str], ...]:
    if field.codes is not None:
        titles = ((code, field.codes.title_of(code)) for code in field.codes.valid_in(period))
        return tuple((code, "" if title == code else title) for code, title in titles)
    if field.type == "boolean":
        return tuple((word, "") for word in (field.true_values[0], field.false_values[0]))
    return ()


def _format(field: Field) -> str:
    """How a spreadsheet shows the cells. Text keeps what is typed as it is: noughts in front, and months such as 2026-10."""
    if field.type == "integer" and field.codes is None:
        return "0"
    if field.type == "number":
        return ""
    if field.type in ("date", "datetime") and "%z" not in field.formats[0]:
        spelt = field.formats[0]
        for part in sorted(_EXCEL, key=len, reverse=True):
            spelt = spelt.replace(part, _EXCEL[part])
        return "text" if "%" in spelt else spelt.replace("T", '"T"')
    return "text"


# ---- how to fill it in ---------------------------------------------------------------------------------------------


def _help(schema: DatasetSchema, fields: Sequence[Field], period: str) -> Iterator[tuple[tuple[str, ...], str]]:
    yield (say("schemas.template.sheet"),), "title"
    month = spoken_month(period) if period else ""
    title = say("schemas.template.of" if month else "schemas.template.of-any", title=schema.title, period=month)
    yield (title,), "text-line"
    yield (schema.description.strip(),), "text-line"
    for line in ("rows", "text", "dates", "codes-line", "send"):
        words = {"sheet": say("schemas.template.table"), "codes": say("schemas.template.codes"), "schema": schema.id}
        yield (say(f"schemas.template.{line}", **words).strip(),), "text-line"
    yield ("",), "text-line"
    yield tuple(say(f"schemas.template.head.{one}") for one in ("column", "what", "written", "needed")), "head"
    for field in fields:
        yield (field.name, _what(field), _written(field, period), _needed(field)), "wrap"
    yield ("",), "text-line"
    yield (say("schemas.template.refused"),), "head"
    for refused in schema.refused:
        yield (refused.name, say(f"schemas.why.{refused.why}")), "wrap"


def _needed(field: Field) -> str:
    if field.required:
        return say("schemas.template.needed-yes")
    if field.optional_column:
        return say("schemas.template.needed-column")
    return say("schemas.template.needed-wanted" if field.wanted else "schemas.template.needed-no")


def _what(field: Field) -> str:
    said = [field.title, field.description] if field.description and field.title != field.name else []
    return ". ".join(one.strip().rstrip(".") for one in said or [field.description or field.title]) + "."


def _written(field: Field, period: str) -> str:
    """How a value is written."""
    if field.codes is not None:
        codes = field.codes.valid_in(period)
        if len(codes) > _FEW:
            return say("schemas.template.a-code", count=f"{len(codes):,}", codes=say("schemas.template.codes"))
        return say("schemas.template.several" if field.several else "schemas.template.one-of", codes="; ".join(codes))
    example = field.example if len(field.example) <= _LONGEST else f"{field.example[:_LONGEST]}…"
    how = said_type(field)
    return say("schemas.template.such-as", how=how, example=example) if example else f"{how}."
