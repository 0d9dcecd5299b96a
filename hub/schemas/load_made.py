"""Read what an agreed schema says of fields that no column of an extract holds: derived ones, and those of a wide table."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from hub.kit.errors import Invalid
from hub.kit.words import say
from hub.schemas.model import DERIVED_BY, Code, CodeList, Derivation, Field, Wide
from hub.schemas.wide import month_cell

_DERIVED_KEYS = frozenset(("name", "title", "description", "example", "role", "sensitivity", "from"))
_WIDE_KEYS = frozenset(("columns", "month", "value"))
_BAND = re.compile(r"([0-9]+)(?:-([0-9]+)|\+)")


def derived_fields(
    raw: list[Mapping[str, Any]], columns: tuple[Field, ...], lists: Mapping[str, CodeList], where: str
) -> tuple[Field, ...]:
    """The fields under `derived:`. Each has a code list: the groups of another field's codes, or the bands themselves."""
    return tuple(_derived(entry, {field.name: field for field in columns}, lists, where) for entry in raw)


def _derived(raw: Mapping[str, Any], columns: Mapping[str, Field], lists: Mapping[str, CodeList], where: str) -> Field:
    where = f"{where}: derived field {raw.get('name')!r}"
    only(raw, _DERIVED_KEYS, where)
    how = raw.get("from", {})
    source = columns.get(str(how.get("field", "")))
    if source is None or how.get("by") not in DERIVED_BY:
        raise wrong(where, f"`from` must name a column and one of {', '.join(DERIVED_BY)}")
    codes, derivation = _groups(source, where) if how["by"] == "group" else _bands(source, how, lists, where)
    return Field(
        name=str(raw["name"]),
        type="string",
        title=str(raw["title"]),
        description=str(raw.get("description", "")).strip(),
        example=str(raw.get("example", "")),
        required=_is_always_there(source, derivation),
        codes=codes,
        sensitivity=str(raw.get("sensitivity", source.sensitivity)),
        role=str(raw.get("role", "")),
        derived=derivation,
    )


def _groups(source: Field, where: str) -> tuple[CodeList, Derivation]:
    listed = source.codes
    if listed is None or not listed.groups:
        raise wrong(where, f"the codes of {source.name!r} have no groups")
    codes = tuple(Code(code=group, title=group) for group in listed.groups)
    groups = CodeList(id=f"{listed.id}:group", title=listed.group_title, source=listed.source, codes=codes)
    return groups, Derivation(field=source.name, by="group")


def _bands(
    source: Field, how: Mapping[str, Any], lists: Mapping[str, CodeList], where: str
) -> tuple[CodeList, Derivation]:
    listed = lists.get(str(how.get("codes", "")))
    if listed is None or source.type != "integer":
        raise wrong(where, "a band needs a code list under `codes` and a whole number to lie in")
    read = {code.code: _BAND.fullmatch(code.code) for code in listed.codes}
    others = [code for code, match in read.items() if match is None]
    if len(others) > 1:
        raise wrong(where, f"{others[1]!r} is no band such as 10-17 or 65+, and {others[0]!r} stands for blanks")
    bands = tuple(
        (code, int(match[1]), int(match[2]) if match[2] else None) for code, match in read.items() if match is not None
    )
    return listed, Derivation(field=source.name, by="band", bands=bands, blank=others[0] if others else "")


def _is_always_there(source: Field, how: Derivation) -> bool:
    if how.by == "band":
        return source.required or bool(how.blank)
    return source.required and source.codes is not None and all(code.group for code in source.codes.codes)


def wide_table(raw: Mapping[str, Any], where: str) -> Wide:
    """What stands under `wide:`."""
    only(raw, _WIDE_KEYS, where)
    try:
        re.compile(str(raw["columns"]))
        return Wide(columns=str(raw["columns"]), month=str(raw["month"]), value=str(raw["value"]))
    except (KeyError, re.error) as error:
        raise wrong(where, "`wide` needs `columns`, a regular expression, and names for `month` and `value`") from error


def wide_fields(wide: Wide, sensitivity: str) -> tuple[Field, Field]:
    """The two fields that the month columns become."""
    month = Field(
        name=wide.month,
        type="yearmonth",
        title=say("schemas.wide.month"),
        description=say("schemas.wide.month-description"),
        example="2026-10",
        required=True,
        formats=("%Y-%m",),
        role="event-time",
        sensitivity=sensitivity,
    )
    return month, month_cell(wide, wide.value, sensitivity)


def wrong(where: str, what: str) -> Invalid:
    """A slip in a schema file, and where it stands."""
    return Invalid(
        f"{where}: {what}",
        code="bad-schema",
        remedy="Mend the schema file; docs/reference/schemas.md describes its keys.",
    )


def only(raw: Mapping[str, Any], allowed: frozenset[str], where: str) -> None:
    """Nothing stands there but what is allowed."""
    for key in sorted(set(raw) - allowed):
        raise wrong(where, f"`{key}` is no key of a schema")
