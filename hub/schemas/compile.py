"""Compile a schema to column-wise SQL: how each column is read as its type, and which rows break which rule.

Every predicate is true for exactly the rows it finds and false or null for all others; a blank breaks no rule but
those about blanks. The cost of running them does not depend on how many rows they find.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from typing import Any

from hub.engine import literal, quoted
from hub.kit.spoken import spoken_month
from hub.kit.words import say
from hub.schemas.derive import derived_sql
from hub.schemas.model import DATED, MONTH, ROW_NUMBER, Code, CodeList, DatasetSchema, Field
from hub.schemas.period import first_day, next_first_day, skipped_hour
from hub.schemas.probe import Probe, listed
from hub.schemas.rules import rule_probes
from hub.schemas.shapes import as_glob
from hub.schemas.wide import month_cell, unpivoted

_SQL_TYPES = {
    "string": "VARCHAR",
    "integer": "BIGINT",
    "number": "DOUBLE",
    "date": "DATE",
    "datetime": "TIMESTAMP",
    "yearmonth": "VARCHAR",
    "boolean": "BOOLEAN",
}
_PARTS = {
    "%Y": "[0-9]{4}",
    "%y": "[0-9]{2}",
    "%m": "[0-9]{2}",
    "%-m": "[0-9]{1,2}",
    "%b": "[A-Z][a-z]{2}",
    "%d": "[0-9]{2}",
    "%-d": "[0-9]{1,2}",
    "%H": "[0-9]{2}",
    "%M": "[0-9]{2}",
    "%S": "[0-9]{2}",
    "%z": "(?:Z|[+-][0-9]{2}:?[0-9]{2})",
}


@dataclass(frozen=True, slots=True)
class Compiled:
    """A schema against the columns a file has, for one period. `months` are the columns of a wide table."""

    schema: DatasetSchema
    probes: tuple[Probe, ...]
    typed: Mapping[str, str]
    month: str
    months: Mapping[str, str] = field(default_factory=dict)

    def projection(self, *, without: Set[str] = frozenset()) -> str:
        """The select list of accepted rows: every field of the schema with its type, the row number and the month. A row
        of a wide table becomes one row for each of its month columns but those in `without`.
        """
        made, month = dict(self.typed), self.month
        if self.schema.wide is not None:
            kept = {column: said for column, said in self.months.items() if column not in without}
            made |= unpivoted(self.schema.wide, kept)
            month = made[self.schema.wide.month]
        columns = [f"{made[name]} AS {quoted(name)}" for name in self.schema.names]
        return ", ".join([*columns, ROW_NUMBER, f"{month} AS {MONTH}"])


def compiled(
    schema: DatasetSchema, present: frozenset[str], *, period: str, months: Mapping[str, str] | None = None
) -> Compiled:
    """Compile `schema` for a relation that has the columns `present`, and those of `months`, as text, blanks as null. An
    empty period asks nothing of months.
    """
    months = months or {}
    typed = {
        field.name: _typed(field) if field.name in present else f"CAST(NULL AS {_SQL_TYPES[field.type]})"
        for field in schema.columns
    }
    probes = [
        probe for field in schema.columns if field.name in present for probe in _field_probes(schema, field, period)
    ]
    if schema.wide is not None:
        probes += [probe for name in months for probe in _field_probes(schema, month_cell(schema.wide, name), period)]
    probes += rule_probes(schema, present, typed, period)
    if period:
        probes.extend(_period_probe(schema, present, typed, period))
    derived = derived_sql(schema, typed)
    probes += [_derived_probe(name, sql) for name, sql in derived.items() if name in present]
    return Compiled(schema, tuple(probes), typed | derived, _month(schema, typed, period), months)


def text_of(schema: DatasetSchema, field: Field, column: str) -> str:
    """The column as text; what the schema writes for blank is null, and where any text is allowed white space alone is.

    Empty values are null already. Blanks around the value go where the field says so.
    """
    text = trimmed(column) if field.trim else column
    if field.trim or (field.type == "string" and field.codes is None and not field.pattern):
        text = f"CASE WHEN trim({column}) <> '' THEN {text} END"
    written = blanks_written(schema)
    return f"CASE WHEN {text} NOT IN {listed(written)} THEN {text} END" if written else text


def trimmed(column: str) -> str:
    """The column without spaces and tabs around its values."""
    return f"trim({column}, ' \t')"


def blanks_written(schema: DatasetSchema) -> tuple[str, ...]:
    """The texts, such as NULL, that stand for a blank."""
    return tuple(text for text in schema.missing_values if text)


def _typed(field: Field) -> str:
    column = quoted(field.name)
    if field.type in ("string", "yearmonth"):
        return column
    if field.type == "boolean":
        yes, no = listed(field.true_values), listed(field.false_values)
        return f"CASE WHEN {column} IN {yes} THEN true WHEN {column} IN {no} THEN false END"
    if field.type in ("date", "datetime"):
        return _moment(field)
    return f"TRY_CAST({column} AS {_SQL_TYPES[field.type]})"


def _moment(field: Field) -> str:
    column = quoted(field.name)
    sql_type = _SQL_TYPES[field.type]
    if any("%z" in one for one in field.formats):
        return f"timezone('Europe/London', TRY_CAST({column} AS TIMESTAMPTZ))"
    if all(one.startswith("%Y-%m-%d") for one in field.formats):
        return f"TRY_CAST({column} AS {sql_type})"
    formats = ", ".join(literal(one) for one in field.formats)
    return f"CAST(try_strptime({column}, [{formats}]) AS {sql_type})"


def _field_probes(schema: DatasetSchema, field: Field, period: str) -> list[Probe]:
    column = quoted(field.name)
    probes = []
    if field.required:
        probes.append(Probe("blank-required", field.name, f"{column} IS NULL", {}))
    elif field.wanted:
        probes.append(Probe("blank-wanted", field.name, f"{column} IS NULL", {}))
    if field.codes is not None:
        probes += _code_probes(schema, field, field.codes, period)
    if field.type != "string":
        probes.append(_type_probe(field))
    if field.type == "datetime" and not any("%z" in one for one in field.formats):
        probes.append(Probe("no-such-time", field.name, skipped_hour(_typed(field)), {}))
    if field.pattern:
        wrong = f"NOT {_matches(column, field.pattern)}"
        probes.append(Probe("bad-format", field.name, wrong, {"example": field.example}))
    if field.max_length is not None:
        words = {"maximum": field.max_length}
        probes.append(Probe("too-long", field.name, f"length({column}) > {field.max_length}", words))
    if field.minimum is not None or field.maximum is not None:
        probes.append(_range_probe(field))
    return probes


def _matches(column: str, pattern: str) -> str:
    """Whether a value has the form. GLOB is the quicker, most of all where values come again: it can ask each of them once."""
    glob = as_glob(pattern)
    return f"regexp_full_match({column}, {literal(pattern)})" if glob is None else f"({column} GLOB {literal(glob)})"


def _code_probes(schema: DatasetSchema, field: Field, codes: CodeList, period: str) -> list[Probe]:
    """Codes that are in no month's list, and, one by one, those that are only in another month's."""
    column, known = quoted(field.name), codes.valid_in(period)
    every, screen = tuple(code.code for code in codes.codes), f"SELECT DISTINCT {column}"
    words = {
        "codes": codes.title,
        "period": spoken_month(period) if period else say("schemas.finding.not-in-code-list.any-period"),
        "schema": schema.id,
    }
    unknown = f"{column} NOT IN {listed(every)}"
    if field.several:
        unknown = f"NOT list_has_all([{listed(every)[1:-1]}], string_split({column}, ';'))"
    probes = [Probe("not-in-code-list", field.name, unknown, words, screen=screen)]
    for code in codes.codes:
        if code.code not in known:
            here = f"{column} = {literal(code.code)}"
            if field.several:
                here = f"list_contains(string_split({column}, ';'), {literal(code.code)})"
            said = words | {"known": code.code, "title": code.title, "months": _months_of(code)}
            probes.append(Probe("code-of-another-month", field.name, here, said, screen=screen))
    return probes


def _months_of(code: Code) -> str:
    """The months in which a code is good, in words."""
    bounds = "between" if code.valid_from and code.valid_to else "from" if code.valid_from else "to"
    first, last = (spoken_month(one) if one else "" for one in (code.valid_from, code.valid_to))
    return say(f"schemas.finding.code-of-another-month.{bounds}", first=first, last=last)


def _type_probe(field: Field) -> Probe:
    column = quoted(field.name)
    words = {"expected": said_type(field), "example": field.example}
    if field.type == "boolean":
        both = field.true_values + field.false_values
        return Probe("bad-type", field.name, f"{column} NOT IN {listed(both)}", words)
    if field.type == "integer" or (field.type == "date" and field.formats == ("%Y-%m-%d",)):
        # written back it is the same text: cheaper than a pattern, and forgives nothing either
        wrong = f"({column} IS NOT NULL AND CAST({_typed(field)} AS VARCHAR) IS DISTINCT FROM {column})"
        return Probe("bad-date" if field.type in DATED else "bad-type", field.name, wrong, words)
    shape = r"-?[0-9]+(\.[0-9]+)?" if field.type == "number" else shape_of(field)
    wrong = f"NOT {_matches(column, shape)}"
    if field.type in ("date", "datetime"):
        wrong = f"({wrong} OR ({column} IS NOT NULL AND {_typed(field)} IS NULL))"
    return Probe("bad-date" if field.type in DATED else "bad-type", field.name, wrong, words)


def shape_of(field: Field) -> str:
    """The regular expression of a field's formats: DuckDB's own reading forgives spaces and missing noughts, we do
    not.
    """
    if field.type == "yearmonth":
        return "[0-9]{4}-(0[1-9]|1[0-2])"
    return "|".join(
        "".join(_PARTS.get(part, re.escape(part)) for part in re.split("(%-?[A-Za-z])", one)) for one in field.formats
    )


def _range_probe(field: Field) -> Probe:
    typed = _typed(field)
    low = [f"{typed} < {field.minimum}"] if field.minimum is not None else []
    high = [f"{typed} > {field.maximum}"] if field.maximum is not None else []
    words: dict[str, Any] = {"minimum": field.minimum, "maximum": field.maximum}
    if field.minimum is None or field.maximum is None:
        words["message"] = "message-above" if field.minimum is None else "message-below"
    return Probe("out-of-range", field.name, f"({' OR '.join(low + high)})", words)


def _derived_probe(name: str, sql: str) -> Probe:
    column = quoted(name)
    return Probe("derived-differs", name, f"({column} IS NOT NULL AND {column} IS DISTINCT FROM {sql})", {})


def _period_probe(schema: DatasetSchema, present: frozenset[str], typed: Mapping[str, str], period: str) -> list[Probe]:
    times = [name for name in schema.event_times if name in present]
    if not times:
        return []
    start, end = first_day(period), next_first_day(period)
    if schema.field(times[0]).type == "yearmonth":
        when = ", ".join(typed[name] for name in times)
        differs = ">" if schema.series else "<>"  # an edition holds the months before its period too
        # a month that is no month is a bad-date; it is not told twice
        is_month = f"regexp_full_match(coalesce({when}), '[0-9]{{4}}-(0[1-9]|1[0-2])')"
        wrong = f"(coalesce({when}) {differs} {literal(period)} AND {is_month})"
    else:
        when = ", ".join(f"CAST({typed[name]} AS TIMESTAMP)" for name in times)
        before = "" if schema.series else f"coalesce({when}) < TIMESTAMP '{start}' OR "
        wrong = f"({before}coalesce({when}) >= TIMESTAMP '{end}')"
    return [Probe("outside-period", times[0], wrong, {"period": spoken_month(period)})]


def _month(schema: DatasetSchema, typed: Mapping[str, str], period: str) -> str:
    if period and not schema.series:
        return literal(period)
    if schema.wide is not None:
        return "NULL"
    if schema.field(schema.event_time).type == "yearmonth":
        return f"coalesce({', '.join(typed[name] for name in schema.event_times)})"
    when = ", ".join(f"CAST({typed[name]} AS TIMESTAMP)" for name in schema.event_times)
    return f"strftime(coalesce({when}), '%Y-%m')"


def said_type(field: Field) -> str:
    """The type in words that say how to write it: `YYYY-MM-DD`, `a whole number …`."""
    if field.type in DATED:
        return say("schemas.date.or").join(_said_format(one) for one in field.formats)
    if field.type == "boolean":
        return say("schemas.type.boolean", true=field.true_values[0], false=field.false_values[0])
    return say(f"schemas.type.{field.type}")


def _said_format(format_: str) -> str:
    parts = re.split("(%-?[A-Za-z])", format_)
    return "".join(say(f"schemas.date.{part}") if part.startswith("%") else part for part in parts)
