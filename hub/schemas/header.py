"""The first record against the agreed columns: which are there, which are missing, which may never be sent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from hub.kit.words import say
from hub.schemas.findings import Finding, column_letter, finding
from hub.schemas.identifiers import is_suspicious
from hub.schemas.model import DatasetSchema, plain_name
from hub.schemas.wide import month_column_findings, month_columns

_LONGEST_NAME = 60

MOST_COLUMNS = 500
"""A file with more columns is no extract of any agreed schema. Its rows are not read: each column costs memory."""


@dataclass(frozen=True, slots=True)
class Header:
    """`columns` name every column of the file uniquely, agreed ones by their name, others `extra_7` by position (from
    0). Agreed are the schema's columns, the fields it derives and the month columns of a wide table, which `months` gives
    with their months.

    `findings` are what is wrong with the header; `stops` says that the rows cannot be checked against the schema.
    """

    columns: tuple[str, ...]
    present: frozenset[str]
    findings: tuple[Finding, ...]
    stops: bool
    refused: bool
    months: Mapping[str, str] = field(default_factory=dict)

    def position(self, name: str) -> int | None:
        """Where a column stands, from 0."""
        return self.columns.index(name) if name in self.columns else None


def read_header(
    record: Sequence[str],
    schema: DatasetSchema,
    *,
    others: Iterable[DatasetSchema] = (),
    confirmed: Mapping[str, str] | None = None,
) -> Header:
    """Compare the first record with the schema. `others` are the agreed schemas a stray file may belong to.

    `confirmed` are names of columns that a person has said to be fields of the schema, or, with an empty field, left out; a
    name that may never be sent stays refused whatever it is said to be. A record of more than `MOST_COLUMNS` names is looked
    through for refused fields only; its `columns` are empty.
    """
    if len(record) > MOST_COLUMNS:
        return _too_wide(record, schema)
    written, (aliased, _) = record, _present_names(record, schema, {})
    record, renamed = _present_names(record, schema, confirmed or {})
    months = month_columns(record, schema)
    agreed = frozenset((*_fields(schema), *months))
    columns = tuple(
        name if name in agreed and name not in record[:place] else f"extra_{place}" for place, name in enumerate(record)
    )
    present = frozenset(columns) & frozenset(_fields(schema))
    refused = _refused(aliased, schema)
    if refused:
        return Header(columns, present, tuple(refused), stops=True, refused=True, months=months)
    stopping = _stopping(record, schema, others) or month_column_findings(record, schema)
    told = [*renamed, *_extra(written, columns, schema, confirmed or {}), *_left_out(present, schema)]
    findings = [*(stopping or told), *_unused(written, record, schema, confirmed or {})]
    return Header(columns, present, tuple(findings), stops=bool(stopping), refused=False, months=months)


def _fields(schema: DatasetSchema) -> tuple[str, ...]:
    """The fields that a file may have as columns of these names."""
    return (*schema.column_names, *(field.name for field in schema.derived))


def _present_names(
    record: Sequence[str], schema: DatasetSchema, confirmed: Mapping[str, str]
) -> tuple[Sequence[str], list[Finding]]:
    """The first record with earlier and confirmed names of columns replaced by the present ones, and what was replaced.

    The name of a column that a person left out is empty.
    """
    aliases = {alias: field.name for field in schema.fields for alias in field.aliases}
    present = {**aliases, **confirmed}
    found = []
    for name in [one for one in record if _gives_way(one, record, confirmed)]:
        letter, field = column_letter(list(record).index(name)), present.pop(name)
        words: dict[str, Any] = {"where": letter, "message": "message-both"}
        found.append(finding("choice-not-used", field=field, rows=[1], cells=[f"{letter}1"], **words))
    for place, name in enumerate(record):
        if not present.get(name) or present[name] == name:
            continue
        letter, message = column_letter(place), "message" if name not in confirmed else "message-confirmed"
        if not is_name(name):
            message = "message-unnamed"
        words = {"where": letter, "name": name, "message": message}
        found.append(finding("column-renamed", field=present[name], rows=[1], cells=[f"{letter}1"], **words))
    return [present.get(name, name) for name in record], found


def _gives_way(name: str, record: Sequence[str], confirmed: Mapping[str, str]) -> bool:
    """Whether a name was confirmed to be that of a field which the file has under its own name."""
    field = confirmed.get(name, "")
    return field not in ("", name) and field in record and confirmed.get(field, field) == field


def _unused(
    written: Sequence[str], record: Sequence[str], schema: DatasetSchema, confirmed: Mapping[str, str]
) -> list[Finding]:
    """Confirmed names that the file does not have, where their field is not there under another name either."""
    return [
        finding("choice-not-used", field=field.name, rows=[1])
        for field in schema.columns
        if field.name not in record and any(to == field.name and name not in written for name, to in confirmed.items())
    ]


def _too_wide(record: Sequence[str], schema: DatasetSchema) -> Header:
    refused = _refused(record, schema)
    counted = Counter(one.field for one in refused)
    first = {one.field: replace(one, count=counted[one.field]) for one in reversed(refused)}
    said: dict[str, Any] = {"columns": f"{len(record):,}", "most": f"{MOST_COLUMNS:,}", "schema": schema.title}
    many = finding("too-many-columns", rows=[1], **said)
    return Header((), frozenset(), tuple(first.values()) or (many,), stops=True, refused=bool(refused))


def _refused(record: Sequence[str], schema: DatasetSchema) -> list[Finding]:
    found = []
    by_name = {name: refused for refused in reversed(schema.refused) for name in refused.names}
    agreed = frozenset(_fields(schema))
    for place, name in enumerate(record):
        refused = None if name in agreed else by_name.get(plain_name(name))
        if refused is not None:
            letter = column_letter(place)
            words: dict[str, Any] = {
                "where": letter,
                "name": refused.name,
                "schema": schema.title,
                "why": say(f"schemas.why.{refused.why}"),
            }
            found.append(finding("refused-field", field=refused.name, rows=[1], cells=[f"{letter}1"], **words))
    return found


def _stopping(record: Sequence[str], schema: DatasetSchema, others: Iterable[DatasetSchema]) -> list[Finding]:
    """What keeps the rows from being checked: one clear cause."""
    needed = [field.name for field in schema.columns if not field.optional_column]
    missing = [name for name in needed if name not in record]
    if missing:
        return _other_schema(record, schema, others, len(missing), len(needed)) or [
            _missing(name, record, schema) for name in missing
        ]
    return [
        finding(
            "repeated-column",
            field=name,
            rows=[1],
            cells=[f"{letter}1" for letter in _letters(record, name)],
            columns=list(record).count(name),
            where=", ".join(_letters(record, name)),
        )
        for name in (*_fields(schema), *month_columns(record, schema))
        if list(record).count(name) > 1
    ]


def _other_schema(
    record: Sequence[str], schema: DatasetSchema, others: Iterable[DatasetSchema], missing: int, needed: int
) -> list[Finding]:
    names = {plain_name(name) for name in record}
    own = _share(names, schema)
    best = max(
        (other for other in others if other.id != schema.id), key=lambda other: _share(names, other), default=None
    )
    if best is not None and _share(names, best) > max(own, 0.7):
        return [finding("wrong-schema", rows=[1], cells=["A1"], schema=schema.title, other=best.title, id=best.id)]
    if own >= 0.5:
        return []
    words: dict[str, Any] = {"schema": schema.title, "id": schema.id, "missing": missing, "needed": needed}
    return [
        finding("wrong-schema", rows=[1], cells=["A1"], message="message-unknown", remedy="remedy-unknown", **words)
    ]


def share_of(record: Iterable[str], schema: DatasetSchema, *, confirmed: Mapping[str, str] | None = None) -> float:
    """The share of the needed columns that a record names, capitals, spaces and signs aside."""
    said = confirmed or {}
    return _share({plain_name(said.get(name, name)) for name in record}, schema)


def _share(names: set[str], schema: DatasetSchema) -> float:
    needed = [plain_name(field.name) for field in schema.columns if not field.optional_column]
    return sum(name in names for name in needed) / len(needed)


def _missing(name: str, record: Sequence[str], schema: DatasetSchema) -> Finding:
    for place, other in enumerate(record):
        if other not in schema.column_names and plain_name(other) == plain_name(name):
            letter = column_letter(place)
            words: dict[str, Any] = {"where": letter, "message": "message-alike", "remedy": "remedy-alike"}
            return finding("missing-column", field=name, rows=[1], cells=[f"{letter}1"], **words)
    return finding("missing-column", field=name, rows=[1])


def _extra(
    record: Sequence[str], columns: Sequence[str], schema: DatasetSchema, confirmed: Mapping[str, str]
) -> list[Finding]:
    found = []
    for place, (name, column) in enumerate(zip(record, columns, strict=True)):
        if column != f"extra_{place}" or is_note(name):
            continue
        letter = column_letter(place)
        message = "message" if is_name(name) else "message-unnamed"
        if confirmed.get(name) == "":
            message = "message-left-out"
        words: dict[str, Any] = {"where": letter, "name": name, "schema": schema.title, "message": message}
        found.append(finding("extra-column", field=f"column {letter}", rows=[1], cells=[f"{letter}1"], **words))
    return found


def is_note(name: str) -> bool:
    """Whether a column holds what the hub itself said of each row when it gave the file back: it is no part of the extract."""
    title = say("schemas.marked.column")
    return name == title or name.startswith(f"{title}: ")


def is_name(name: str) -> bool:
    """A column name is no value, but where a file has none its first row is data: only plain short words are
    repeated.
    """
    return bool(name.strip()) and len(name) <= _LONGEST_NAME and name.isprintable() and not is_suspicious(name)


def _left_out(present: frozenset[str], schema: DatasetSchema) -> list[Finding]:
    return [
        finding("column-left-out", field=field.name, rows=[1])
        for field in schema.columns
        if field.optional_column and field.name not in present
    ]


def _letters(record: Sequence[str], name: str) -> list[str]:
    return [column_letter(place) for place, other in enumerate(record) if other == name]
