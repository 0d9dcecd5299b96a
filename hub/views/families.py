"""Families: the further ways in which a measure divides its counted things, as `measures.yaml` declares them.

    families:
      when: {title: Hour of the week, hours: 3}
      method: {title: Method of assault, field: assault_method}
      knife:
        title: Knife or sharp object
        cases: [{code: knife, title: A knife or sharp object, where: {weapon: [KNIFE, SHARP]}}]
        else: {code: other, title: None recorded}

Every counted thing has exactly one kind of each family, so every family adds up to the same totals; no table crosses two families.
A kind is written `when:1-18`: no two families of a measure share one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hub.disclosure import AREA_LEVELS, KIND, TableSpec
from hub.engine import literal, quoted
from hub.kit.errors import Bug
from hub.kit.words import say
from hub.schemas import DatasetSchema

NOT_STATED = "not-stated"
"""The kind of an event whose field is blank."""

WEEKDAYS = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredFamily:
    """A family of one measure, ready to count.

    `sql` gives the kind of a row from the `fields` it looks at; `kinds` are all that a row can have, with their titles, in the
    order to be shown. `area_level` is the finest at which a table of the measure has it. `told_by`: a family from whose kinds those
    of this one follow, though another field says them; it is counted only where every count is shown.
    """

    name: str
    title: str
    fields: tuple[str, ...]
    sql: str
    kinds: Mapping[str, str]
    area_level: str
    told_by: str = ""


def read_families(
    said: Mapping[str, Mapping[str, Any]], schema: DatasetSchema, tables: Sequence[TableSpec]
) -> tuple[DeclaredFamily, ...]:
    """The declared families of a measure, in order. Bug when one does not fit the schema or the tables."""
    used = {table.family for table in tables} - {"", KIND}
    if used != set(said):
        raise Bug(f"the families and the tables of {schema.id} do not name the same")
    return tuple(_family(name, entry, schema, tables) for name, entry in said.items())


def _family(name: str, entry: Mapping[str, Any], schema: DatasetSchema, tables: Sequence[TableSpec]) -> DeclaredFamily:
    makers = {"field": _by_field, "hours": _by_hours, "cases": _by_cases}
    ways = [maker for word, maker in makers.items() if word in entry]
    if len(ways) != 1:
        raise Bug(f"the family {name} of {schema.id} is not said in one way")
    fields, sql, kinds = ways[0](name, entry, schema)
    if not set(fields).issubset(schema.names):
        raise Bug(f"the family {name} looks at a field that {schema.id} does not have")
    levels = [table.area_level for table in tables if table.family == name]
    return DeclaredFamily(
        name=name,
        title=entry["title"],
        fields=fields,
        sql=sql,
        kinds=kinds,
        area_level=min(levels, key=AREA_LEVELS.index),
        told_by=entry.get("told_by", ""),
    )


_Said = tuple[tuple[str, ...], str, dict[str, str]]


def _by_field(name: str, entry: Mapping[str, Any], schema: DatasetSchema) -> _Said:
    """A family by the codes of one field, or by a yes or no."""
    field = schema.field(entry["field"])
    titles = _codes_of(schema, field.name)
    kinds = {f"{name}:{code}": title for code, title in titles.items()}
    if not field.required:
        kinds[f"{name}:{NOT_STATED}"] = say("views.kind-not-stated")
    code = f"coalesce(CAST({quoted(field.name)} AS VARCHAR), {literal(NOT_STATED)})"
    return (field.name,), f"{literal(name + ':')} || {code}", kinds


def _by_hours(name: str, entry: Mapping[str, Any], schema: DatasetSchema) -> _Said:
    """Weekday x band of so many hours, in Europe/London: `when:1-18` is Monday from 18:00. All `time` fields have a time of day,
    or `hour` names the field with the hour, 0 to 23.
    """
    times, hours, apart = tuple(entry.get("time", schema.event_times)), int(entry["hours"]), entry.get("hour", "")
    types = {schema.field(one).type for one in times}
    if 24 % hours or types != ({"date"} if apart else {"datetime"}):
        raise Bug(f"the hours of {schema.id} cannot be told")
    when = f"coalesce({', '.join(map(quoted, times))})"
    of_day = quoted(apart) if apart else f"hour({when})"
    band = f"lpad(CAST({of_day} // {hours} * {hours} AS VARCHAR), 2, '0')"
    sql = f"coalesce({literal(name + ':')} || isodow({when}) || '-' || {band}, {literal(f'{name}:{NOT_STATED}')})"
    kinds = {
        f"{name}:{day}-{hour:02d}": say(
            "views.hours", day=say(f"views.weekdays.{day}"), first=f"{hour:02d}:00", last=f"{hour + hours - 1:02d}:59"
        )
        for day in range(1, WEEKDAYS + 1)
        for hour in range(0, 24, hours)
    }
    return (*times, *filter(None, (apart,))), sql, kinds


def _by_cases(name: str, entry: Mapping[str, Any], schema: DatasetSchema) -> _Said:
    """The first case whose fields all have one of its codes; `else` where none does."""
    fields: dict[str, None] = {}
    arms = []
    for case in entry["cases"]:
        tests = []
        for field, codes in case["where"].items():
            fields[field] = None
            unknown = set(map(str, codes)) - set(_codes_of(schema, field))
            if unknown or not codes:
                raise Bug(f"the family {name} looks for a code that {schema.id} does not have")
            listed = ", ".join(literal(str(code)) for code in codes)
            tests.append(f"CAST({quoted(field)} AS VARCHAR) IN ({listed})")
        arms.append(f"WHEN {' AND '.join(tests)} THEN {literal(_kind(name, case))}")
    every = (*entry["cases"], entry["else"])
    kinds = {_kind(name, case): str(case["title"]) for case in every}
    if len(kinds) != len(every):
        raise Bug(f"two cases of the family {name} have one code")
    return tuple(fields), f"CASE {' '.join(arms)} ELSE {literal(_kind(name, entry['else']))} END", kinds


def _kind(name: str, case: Mapping[str, Any]) -> str:
    return f"{name}:{case['code']}"


def _codes_of(schema: DatasetSchema, name: str) -> dict[str, str]:
    """The codes that a field may have as text, with their titles; Bug when they are not listed."""
    if name not in schema.names:
        raise Bug(f"{schema.id} has no field {name}")
    field = schema.field(name)
    if field.type == "boolean":
        return {"true": say("views.yes"), "false": say("views.no")}
    if field.codes is None:
        raise Bug(f"the field {name} of {schema.id} has no codes to divide by")
    return {code.code: code.title for code in field.codes.codes}
