"""Read agreed schemas and code lists from YAML; strict, so that a slip of the pen is found when the hub starts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from hub.geography.model import PlaceSpec
from hub.kit.canonical import canonical_json, sha256_hex
from hub.kit.data_files import load_yaml
from hub.kit.errors import Bug, Invalid
from hub.schemas.load_made import derived_fields, only, wide_fields, wide_table, wrong
from hub.schemas.model import (
    AGENCY_KINDS,
    COUNTING_BASES,
    DATA_CLASSES,
    ENCODINGS,
    FIELD_TYPES,
    PARTS,
    ROLES,
    RULES,
    SENSITIVITIES,
    WHY_REFUSED,
    Code,
    CodeList,
    DatasetSchema,
    Field,
    RefusedField,
    Rule,
)

_DATASET_ID = re.compile(r"[a-z][a-z0-9-]*/[a-z][a-z0-9-]*")
_VERSION = re.compile(r"[0-9]+\.[0-9]+\.[0-9]+")
_NEEDED_KEYS = frozenset(
    ("id", "version", "title", "description", "agency_kinds", "data_class", "health", "counting_basis", "cadence")
) | {"event_time", "place", "missingValues", "fields"}
_SCHEMA_KEYS = _NEEDED_KEYS | {
    "kind",
    "key",
    "rules",
    "refused",
    "encodings",
    "derived",
    "value",
    "wide",
    "series",
    "fewest_alike",
}
_FIELD_KEYS = frozenset(
    ("name", "title", "type", "description", "format", "formats", "constraints", "example", "trueValues", "falseValues")
) | {
    "role",
    "sensitivity",
    "codes",
    "wanted",
    "optional_column",
    "free_text",
    "scan",
    "shown",
    "aliases",
    "trim",
    "several",
    "reference_of",
}
_CONSTRAINTS = frozenset(("required", "pattern", "maxLength", "minimum", "maximum", "enum"))
_DEFAULT_FORMATS = {"date": "%Y-%m-%d", "datetime": "%Y-%m-%dT%H:%M:%S", "yearmonth": "%Y-%m"}


def read_yaml(path: Path) -> dict[str, Any]:
    """The mapping in a YAML file. Invalid when it is none."""
    try:
        read = load_yaml(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise Invalid(f"{path.name}: not YAML: {type(error).__name__}", code="bad-schema") from error
    if not isinstance(read, dict):
        raise wrong(path.name, "the file holds no mapping")
    return read


def code_lists(folder: Path) -> dict[str, CodeList]:
    """All code lists of a folder, by id."""
    lists = {}
    for path in sorted(folder.glob("*.yaml")):
        listed = code_list(read_yaml(path), where=path.name)
        lists[listed.id] = listed
    return lists


def code_list(raw: Mapping[str, Any], *, where: str) -> CodeList:
    """One code list. A code is `code: title`, or `code: {title, group, valid_from, valid_to}`."""
    codes = raw.get("codes")
    if not isinstance(codes, dict) or not codes or not all(isinstance(code, str) for code in codes):
        raise wrong(where, "`codes` must map each code, written as text, to its title")
    made = []
    for code, said in codes.items():
        entry = said if isinstance(said, dict) else {"title": said}
        made.append(
            Code(
                code=code,
                title=str(entry["title"]),
                valid_from=str(entry.get("valid_from", "")),
                valid_to=str(entry.get("valid_to", "")),
                group=str(entry.get("group", "")),
            )
        )
    return CodeList(
        id=str(raw["id"]),
        title=str(raw["title"]),
        source=str(raw["source"]),
        codes=tuple(made),
        group_title=str(raw.get("group_title", "")),
    )


def dataset_schema(raw: Mapping[str, Any], lists: Mapping[str, CodeList], *, where: str) -> DatasetSchema:
    """One agreed schema. Invalid (code `bad-schema`) names what is wrong."""
    only(raw, _SCHEMA_KEYS, where)
    for key in sorted(_NEEDED_KEYS):
        if key not in raw:
            raise wrong(where, f"`{key}` is missing")
    schema = _assembled(raw, lists, where)
    _check_names(schema, where)
    _check_counting(schema, where)
    _check_words(schema, where)
    return schema


def _assembled(raw: Mapping[str, Any], lists: Mapping[str, CodeList], where: str) -> DatasetSchema:
    used = {name: _list_as_data(lists[name]) for name in _lists_used(raw, lists, where)}
    try:
        place = PlaceSpec(str(raw["place"]["kind"]), tuple(raw["place"].get("fields", ())))
    except (Bug, TypeError, KeyError) as error:
        raise wrong(where, "`place` is no place") from error
    wide = wide_table(raw["wide"], where) if "wide" in raw else None
    columns = tuple(_field(entry, lists, where) for entry in raw["fields"])
    unpivoted = wide_fields(wide, _strongest(columns)) if wide else ()
    return DatasetSchema(
        id=str(raw["id"]),
        version=str(raw["version"]),
        title=str(raw["title"]),
        description=str(raw["description"]).strip(),
        agency_kinds=tuple(raw["agency_kinds"]),
        data_class=str(raw["data_class"]),
        health=bool(raw["health"]),
        fields=(*columns, *unpivoted, *derived_fields(raw.get("derived", []), columns, lists, where)),
        refused=tuple(_refused(entry) for entry in raw.get("refused", ())),
        key=tuple(raw.get("key", ())),
        event_times=tuple(raw["event_time"]),
        place=place,
        kind=str(raw.get("kind", "")),
        counting_basis=str(raw["counting_basis"]),
        cadence=str(raw["cadence"]),
        rules=tuple(_rule(entry, where) for entry in raw.get("rules", ())),
        missing_values=tuple(str(text) for text in raw["missingValues"]),
        encodings=tuple(raw.get("encodings", ("utf-8",))),
        value=str(raw.get("value", "")),
        wide=wide,
        series=bool(raw.get("series", False)),
        fewest_alike=int(raw.get("fewest_alike", 0)),
        fingerprint=sha256_hex(canonical_json({"schema": _spelt(raw), "codes": used})),
    )


def _strongest(columns: tuple[Field, ...]) -> str:
    ranks = tuple(SENSITIVITIES)
    return max((field.sensitivity for field in columns), key=ranks.index)


def _field(raw: Mapping[str, Any], lists: Mapping[str, CodeList], where: str) -> Field:
    where = f"{where}: field {raw.get('name')!r}"
    only(raw, _FIELD_KEYS, where)
    limits = raw.get("constraints", {})
    only(limits, _CONSTRAINTS, where)
    kind = str(raw["type"])
    formats = (str(raw["format"]),) if "format" in raw else ()
    return Field(
        name=str(raw["name"]),
        type=kind,
        title=str(raw["title"]),
        description=str(raw.get("description", "")).strip(),
        example=_example(raw.get("example", "")),
        required=bool(limits.get("required", False)),
        wanted=bool(raw.get("wanted", False)),
        optional_column=bool(raw.get("optional_column", False)),
        codes=_codes(raw, limits, lists),
        formats=(formats or ((_DEFAULT_FORMATS[kind],) if kind in _DEFAULT_FORMATS else ()))
        + tuple(raw.get("formats", ())),
        true_values=tuple(raw.get("trueValues", ("true",) if kind == "boolean" else ())),
        false_values=tuple(raw.get("falseValues", ("false",) if kind == "boolean" else ())),
        minimum=limits.get("minimum"),
        maximum=limits.get("maximum"),
        pattern=str(limits.get("pattern", "")),
        max_length=limits.get("maxLength"),
        sensitivity=str(raw.get("sensitivity", "P")),
        role=str(raw.get("role", "")),
        free_text=bool(raw.get("free_text", False)),
        scan=bool(raw.get("scan", True)),
        shown=bool(raw.get("shown", True)),
        reference_of=str(raw.get("reference_of", "")),
        aliases=tuple(raw.get("aliases", ())),
        trim=bool(raw.get("trim", False)),
        several=bool(raw.get("several", False)),
    )


def _codes(raw: Mapping[str, Any], limits: Mapping[str, Any], lists: Mapping[str, CodeList]) -> CodeList | None:
    if "codes" in raw:
        return lists[str(raw["codes"])]
    if "enum" in limits:
        codes = tuple(Code(code=str(code), title=str(code)) for code in limits["enum"])
        return CodeList(id="", title=str(raw["title"]), source="the schema itself", codes=codes)
    return None


def _refused(raw: Mapping[str, Any]) -> RefusedField:
    return RefusedField(name=str(raw["name"]), why=str(raw["why"]), aliases=tuple(raw.get("aliases", ())))


def _rule(raw: Mapping[str, Any], where: str) -> Rule:
    if raw.get("rule") not in RULES or raw.get("severity", "error") not in ("error", "warning"):
        raise wrong(where, f"no rule {raw.get('rule')!r} of severity {raw.get('severity', 'error')!r}")
    if raw["rule"] == "part-of" and raw.get("part") not in PARTS:
        raise wrong(where, f"no part {raw.get('part')!r} of a date or time")
    if "field" in raw:
        fields: tuple[str, ...] = (str(raw["field"]), *([str(raw["whole"])] if "whole" in raw else []))
    else:
        fields = tuple(raw["fields"]) if "fields" in raw else (str(raw["earlier"]), str(raw["later"]))
    return Rule(
        rule=str(raw["rule"]),
        fields=fields,
        severity=str(raw.get("severity", "error")),
        when=str(raw.get("when", "")),
        codes=tuple(raw.get("codes", ())),
        days=int(raw.get("days", 0)),
        part=str(raw.get("part", "")),
    )


def _check_names(schema: DatasetSchema, where: str) -> None:
    names = [*schema.names, *(alias for field in schema.fields for alias in field.aliases)]
    if len(set(names)) != len(names):
        raise wrong(where, "two fields have one name")
    named = {*schema.event_times, *schema.place.fields, *filter(None, (schema.kind, schema.value))}
    sent = set(schema.key)
    for rule in schema.rules:
        sent |= {*rule.fields, *filter(None, (rule.when,))}
    for name in sorted((named - set(schema.names)) | (sent - set(schema.column_names))):
        raise wrong(where, f"there is no field {name!r}")
    if any(name.startswith("hub_") for name in schema.names):
        raise wrong(where, "names beginning with hub_ are the hub's own")
    if not any(schema.field(name).required for name in schema.event_times):
        raise wrong(where, "`event_time` names no field that is filled in every row")
    if not all(schema.field(name).required for name in schema.key):
        raise wrong(where, "a key must be filled in every row")
    if any(field.reference_of and field.role != "case-reference" for field in schema.fields):
        raise wrong(where, "`reference_of` stands at a field that is no case reference")


def _check_counting(schema: DatasetSchema, where: str) -> None:
    """What is counted, where the rows are counts of things."""
    if schema.value:
        value = schema.field(schema.value)
        if value.type != "integer" or not value.required or value.minimum is None or value.minimum < 0:
            raise wrong(where, "`value` must be a whole number, filled in every row, with a minimum of 0 or more")
    if schema.wide and (schema.value != schema.wide.value or schema.event_times != (schema.wide.month,)):
        raise wrong(
            where, "a `wide` table counts its own `value` in its own `month`: name them as `value` and `event_time`"
        )
    if schema.wide and not schema.series:
        raise wrong(where, "a `wide` table holds several months: it must say `series: true`")


def _check_words(schema: DatasetSchema, where: str) -> None:
    faults = [
        f"{word!r} is no {what}"
        for word, what, known in (
            (schema.data_class, "data class", DATA_CLASSES),
            (schema.counting_basis, "counting basis", COUNTING_BASES),
            *((kind, "agency kind", AGENCY_KINDS) for kind in schema.agency_kinds),
            *((field.type, "field type", FIELD_TYPES) for field in schema.fields),
            *((field.role, "role", ROLES) for field in schema.fields),
            *((field.sensitivity, "sensitivity", tuple(SENSITIVITIES)) for field in schema.fields),
            *((refused.why, "reason to refuse a field", WHY_REFUSED) for refused in schema.refused),
            *((encoding, "encoding", ENCODINGS) for encoding in schema.encodings),
        )
        if word not in known
    ]
    if not _DATASET_ID.fullmatch(schema.id) or not _VERSION.fullmatch(schema.version):
        faults.append("the id must look like police/street-crime and the version like 1.0.0")
    if "" not in schema.missing_values:
        faults.append("`missingValues` must hold the empty text")
    if faults:
        raise wrong(where, "; ".join(faults))


def _lists_used(raw: Mapping[str, Any], lists: Mapping[str, CodeList], where: str) -> list[str]:
    banded = [entry["from"] for entry in raw.get("derived", ()) if isinstance(entry.get("from"), dict)]
    names = sorted({str(entry["codes"]) for entry in (*raw["fields"], *banded) if "codes" in entry})
    for name in names:
        if name not in lists:
            raise wrong(where, f"there is no code list {name!r}")
    return names


def _list_as_data(listed: CodeList) -> list[list[str]]:
    return [
        [code.code, code.title, code.valid_from, code.valid_to, *filter(None, (code.group,))] for code in listed.codes
    ]


def _example(said: object) -> str:
    """An example as it is written in a file: YAML makes a moment of one, which must not lose its T."""
    return said.isoformat() if isinstance(said, datetime) else str(said)


def _spelt(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _spelt(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_spelt(item) for item in value]
    return value if isinstance(value, bool | int | str) or value is None else str(value)
