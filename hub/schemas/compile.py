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
from hub.kit.words import say
from hub.schemas.derive import derived_sql
from hub.schemas.model import DATED, MONTH, ROW_NUMBER, DatasetSchema, Field, Rule
from hub.schemas.period import first_day, next_first_day
from hub.schemas.wide import month_cell, unpivoted

EXTRACT = "hub_extract"
"""Relation of a file's rows as text: one column a column of the file, blanks null, and `hub_row`."""

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
class Probe:
    """One thing to look for: the finding's code, the column it is about (or empty), the SQL that is true where it is,
    and its words.
    """

    code: str
    field: str
    predicate: str
    words: Mapping[str, Any]
    screen: str = ""  # a cheaper question over distinct values: when it finds none, the predicate finds none


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
    for rule in schema.rules:
        if present.issuperset((*rule.fields, *filter(None, (rule.when,)))):
            probes.extend(_rule_probes(rule, _comparable(schema, rule, typed), period))
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
    return f"CASE WHEN {text} NOT IN {_listed(written)} THEN {text} END" if written else text


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
        yes, no = _listed(field.true_values), _listed(field.false_values)
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
        probes.append(_code_probe(schema, field, period))
    if field.type != "string":
        probes.append(_type_probe(field))
    if field.pattern:
        wrong = f"NOT regexp_full_match({column}, {literal(field.pattern)})"
        probes.append(Probe("bad-format", field.name, wrong, {"example": field.example}))
    if field.max_length is not None:
        words = {"maximum": field.max_length}
        probes.append(Probe("too-long", field.name, f"length({column}) > {field.max_length}", words))
    if field.minimum is not None or field.maximum is not None:
        probes.append(_range_probe(field))
    return probes


def _code_probe(schema: DatasetSchema, field: Field, period: str) -> Probe:
    column, known = quoted(field.name), field.codes.valid_in(period) if field.codes else ()
    unknown = f"{column} NOT IN {_listed(known)}" if known else f"{column} IS NOT NULL"
    if field.several and known:
        unknown = f"NOT list_has_all([{_listed(known)[1:-1]}], string_split({column}, ';'))"
    words = {
        "codes": field.codes.title if field.codes else "",
        "period": period or say("schemas.finding.not-in-code-list.any-period"),
        "schema": schema.id,
    }
    return Probe("not-in-code-list", field.name, unknown, words, screen=f"SELECT DISTINCT {column}")


def _type_probe(field: Field) -> Probe:
    column = quoted(field.name)
    words = {"expected": said_type(field), "example": field.example}
    if field.type == "boolean":
        both = field.true_values + field.false_values
        return Probe("bad-type", field.name, f"{column} NOT IN {_listed(both)}", words)
    if field.type == "integer" or (field.type == "date" and field.formats == ("%Y-%m-%d",)):
        # written back it is the same text: cheaper than a pattern, and forgives nothing either
        wrong = f"({column} IS NOT NULL AND CAST({_typed(field)} AS VARCHAR) IS DISTINCT FROM {column})"
        return Probe("bad-date" if field.type in DATED else "bad-type", field.name, wrong, words)
    shape = r"-?[0-9]+(\.[0-9]+)?" if field.type == "number" else _shape(field)
    wrong = f"NOT regexp_full_match({column}, {literal(shape)})"
    if field.type in ("date", "datetime"):
        wrong = f"({wrong} OR ({column} IS NOT NULL AND {_typed(field)} IS NULL))"
    return Probe("bad-date" if field.type in DATED else "bad-type", field.name, wrong, words)


def _shape(field: Field) -> str:
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


def _comparable(schema: DatasetSchema, rule: Rule, typed: Mapping[str, str]) -> Mapping[str, str]:
    """A date is compared with a time by the day: what happened at noon was recorded no earlier on the same day."""
    if {schema.field(name).type for name in rule.fields} != {"date", "datetime"}:
        return typed
    return {**typed, **{name: f"CAST({typed[name]} AS DATE)" for name in rule.fields}}


def _rule_probes(rule: Rule, typed: Mapping[str, str], period: str) -> list[Probe]:
    if rule.rule == "period":
        return _bounds_probes(rule, typed, period)
    return [_RULE_PROBES[rule.rule](rule, typed)]


def _together_probe(rule: Rule, _: Mapping[str, str]) -> Probe:
    blanks = [f"({quoted(name)} IS NULL)" for name in rule.fields]
    wrong = " OR ".join(f"{blanks[0]} <> {other}" for other in blanks[1:])
    return Probe("half-filled", "", f"({wrong})", {"fields": _names(rule.fields)})


def _order_probe(rule: Rule, typed: Mapping[str, str]) -> Probe:
    first, last = (typed[name] for name in rule.fields)
    words = {"earlier": rule.fields[0], "later": rule.fields[-1]}
    if rule.rule == "order":
        return Probe("out-of-order", rule.fields[1], f"{last} < {first}", words)
    words |= {"days": str(rule.days)}
    return Probe("long-gap", rule.fields[0], f"{last} > {first} + INTERVAL {rule.days} DAY", words)


def _bounds_probes(rule: Rule, typed: Mapping[str, str], period: str) -> list[Probe]:
    if not period:
        return []
    begin, finish = (typed[name] for name in rule.fields)
    start, end = first_day(period), next_first_day(period)
    wrong = f"({begin} < DATE '{start}' OR {finish} >= DATE '{end}' OR {finish} < {begin})"
    return [Probe("bad-period", rule.fields[0], wrong, {"fields": _names(rule.fields), "period": period})]


def _required_probe(rule: Rule, _: Mapping[str, str]) -> Probe:
    code = "blank-required-here" if rule.severity == "error" else "blank-expected"
    here = "IN" if rule.rule == "required-when" else "NOT IN"
    blank = f"({quoted(rule.fields[0])} IS NULL AND {quoted(rule.when)} {here} {_listed(rule.codes)})"
    return Probe(code, rule.fields[0], blank, {"when": rule.when})


def _blank_probe(rule: Rule, typed: Mapping[str, str]) -> Probe:
    column, value = quoted(rule.fields[0]), typed[rule.fields[0]]
    filled = f"{column} IS NOT NULL" if value == column else f"{column} IS NOT NULL AND {value} IS DISTINCT FROM 0"
    return Probe(
        "filled-here",
        rule.fields[0],
        f"({filled} AND {quoted(rule.when)} IN {_listed(rule.codes)})",
        {"when": rule.when},
    )


def _one_value_probe(rule: Rule, typed: Mapping[str, str]) -> Probe:
    value = typed[rule.fields[0]]
    # the first row decides: no row is better than another, and all that differ from it are named
    first = f"(SELECT arg_min({value}, {ROW_NUMBER}) FROM {EXTRACT})"
    return Probe("several-values", rule.fields[0], f"{value} <> {first}", {})


def _part_probe(rule: Rule, typed: Mapping[str, str]) -> Probe:
    part, whole = rule.fields
    said = {"year": f"year({typed[whole]})", "hour": f"hour(TRY_CAST({typed[whole]} AS TIME))"}[rule.part]
    words = {"whole": whole}
    return Probe("disagrees", part, f"({typed[part]} <> {said})", words)


_RULE_PROBES = {
    "together": _together_probe,
    "order": _order_probe,
    "within-days": _order_probe,
    "required-when": _required_probe,
    "required-unless": _required_probe,
    "blank-when": _blank_probe,
    "part-of": _part_probe,
    "one-value": _one_value_probe,
}


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
    return [Probe("outside-period", times[0], wrong, {"period": period})]


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


def _names(names: tuple[str, ...]) -> str:
    return ", ".join(names)


def _listed(codes: tuple[str, ...]) -> str:
    return "(" + ", ".join(literal(code) for code in codes) + ")"
