"""The agreed schemas of a hub, and the floor that no schema may go below."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from hub.kit.errors import Invalid, NotFound, Refused
from hub.kit.paths import data_root
from hub.kit.words import say
from hub.schemas.load import code_lists, dataset_schema, read_yaml
from hub.schemas.model import HEALTH_BODIES, DatasetSchema, Field
from hub.schemas.wide import month_cell

_MAY_BE_HEALTH = frozenset(("aggregate", "anonymised_record"))


class SchemaRegistry:
    """All agreed schemas, the newest version of each in front. Immutable."""

    def __init__(self, schemas: Iterable[DatasetSchema]) -> None:
        self._versions: dict[str, dict[str, DatasetSchema]] = {}
        for schema in schemas:
            check_floor(schema)
            self._versions.setdefault(schema.id, {})[schema.version] = schema

    @classmethod
    def from_folder(cls, path: Path | None = None) -> SchemaRegistry:
        """Read `<agency>/<dataset>/<version>.yaml` and `codes/*.yaml`; without a path those of this release, read once in
        a process. Invalid or Refused names the file and what is wrong.
        """
        return cls(_read(path)) if path else _shipped()

    def get(self, dataset: str, version: str = "") -> DatasetSchema:
        """The schema of a dataset, the newest unless a version is named. NotFound when none is agreed."""
        versions = self._versions.get(dataset)
        if versions is None or (version and version not in versions):
            raise NotFound(f"no schema is agreed for {dataset!r}", remedy=say("schemas.remedy.unknown-schema"))
        return versions[version or max(versions, key=_order)]

    def all(self) -> tuple[DatasetSchema, ...]:
        """The newest schema of each dataset, in the order of their ids."""
        return tuple(self.get(dataset) for dataset in sorted(self._versions))

    def fingerprint(self, dataset: str) -> str:
        """SHA-256 of the newest schema of a dataset and of the code lists it uses."""
        return self.get(dataset).fingerprint

    def frictionless(self, dataset: str) -> dict[str, Any]:
        """The schema as a Frictionless Table Schema descriptor, code lists written out as `enum`."""
        return frictionless_descriptor(self.get(dataset))


@cache
def _shipped() -> SchemaRegistry:
    return SchemaRegistry(_read(data_root("schemas")))


def _read(folder: Path) -> Iterator[DatasetSchema]:
    lists = code_lists(folder / "codes")
    for file in sorted(folder.glob("*/*/*.yaml")):
        where = file.relative_to(folder).as_posix()
        schema = dataset_schema(read_yaml(file), lists, where=where)
        if where != f"{schema.id}/{schema.version}.yaml":
            raise Invalid(f"{where}: the file says it is {schema.id} {schema.version}", code="bad-schema")
        yield schema


def check_floor(schema: DatasetSchema) -> None:
    """Refuse a schema that no agreement could make lawful (PCSC Act 2022 s.16(4)).

    Health rows may be anonymised records or aggregates and have no direct identifier; no schema may hold an
    identifier field at all unless its class says `personal`.
    """
    bodies = [HEALTH_BODIES[kind] for kind in schema.agency_kinds if kind in HEALTH_BODIES]
    identifiers = [field.name for field in schema.fields if field.sensitivity == "D"]
    if schema.health or bodies:
        body = " / ".join(bodies) or say("schemas.floor.health-body")
        if schema.data_class not in _MAY_BE_HEALTH:
            raise _refused("health-personal-class", schema, body=body, data_class=schema.data_class)
        if identifiers:
            raise _refused("health-personal-field", schema, body=body, field=identifiers[0])
    if identifiers and schema.data_class != "personal":
        raise _refused("identifier-undeclared", schema, field=identifiers[0], data_class=schema.data_class)
    if bodies and not schema.health:
        raise _refused("health-undeclared", schema, body=" / ".join(bodies))


def frictionless_descriptor(schema: DatasetSchema, *, months: Sequence[str] = ()) -> dict[str, Any]:
    """A Frictionless Table Schema of the same columns, types and constraints. What Frictionless has no word for is
    left out.

    `months` are the month columns of one file of a wide table, such as `202610`; Frictionless needs their names.
    """
    fields: list[dict[str, Any]] = []
    cells = [month_cell(schema.wide, name) for name in months] if schema.wide else []
    for field in (*schema.columns, *cells):
        entry: dict[str, Any] = {
            "name": field.name,
            "type": field.type,
            "title": field.title,
            "constraints": _limits(field),
        }
        if field.type in ("date", "datetime"):
            entry["format"] = field.formats[0]
        if field.type == "boolean":
            entry |= {"trueValues": list(field.true_values), "falseValues": list(field.false_values)}
        fields.append(entry)
    return {
        "name": schema.id.replace("/", "-"),
        "title": schema.title,
        "description": schema.description,
        "missingValues": list(schema.missing_values),
        "fields": fields,
    }


def _limits(field: Field) -> dict[str, Any]:
    limits: dict[str, Any] = {}
    if field.required:
        limits["required"] = True
    if field.pattern:
        limits["pattern"] = field.pattern
    if field.max_length is not None:
        limits["maxLength"] = field.max_length
    if field.minimum is not None:
        limits["minimum"] = field.minimum
    if field.maximum is not None:
        limits["maximum"] = field.maximum
    if field.codes is not None and field.several:
        one = "|".join(map(re.escape, field.codes.valid_in("")))
        limits["pattern"] = f"({one})(;({one}))*"
    elif field.codes is not None:
        limits["enum"] = list(field.codes.valid_in(""))
    return limits


def _order(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def _refused(code: str, schema: DatasetSchema, **values: str) -> Refused:
    return Refused(
        say(f"schemas.floor.{code}", dataset=schema.id, **values), code=code, remedy=say(f"schemas.floor.{code}-remedy")
    )
