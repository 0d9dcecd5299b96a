"""Texts of a file read as codes of the agreed list, as a person has confirmed: compiled to SQL, counted exactly, never silent.

The names of columns are minded where the header is read (`hub.schemas.header`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from hub.engine import EngineSession, literal, quoted
from hub.kit.errors import Invalid
from hub.kit.words import say
from hub.schemas.compile import text_of
from hub.schemas.delimiters import is_delimiter
from hub.schemas.encodings import known_encoding
from hub.schemas.findings import Finding, finding
from hub.schemas.header import MOST_COLUMNS, Header
from hub.schemas.identifiers import holds_identifier, is_suspicious
from hub.schemas.model import DatasetSchema, Field
from hub.schemas.profile import ImportProfile
from hub.schemas.rows import cells_of, counted

LONGEST_TEXT = 100
"""The names and texts of a profile are no longer: what is longer is no name and no code."""

_LONGEST_SAID = 200

MOST_TEXTS = 500
"""So many texts of one field can be read as codes."""


def check_profile(profile: ImportProfile, schema: DatasetSchema) -> None:
    """Invalid `bad-profile` when a profile asks for what the schema has not, or holds what may be a value about a person.

    Columns become agreed columns or are left out, so that a refused field is never the aim; texts become codes of the field's
    list. Names and texts are short, printable and look like no identifier.
    """
    _check_columns(profile.columns, schema)
    for name, texts in profile.codes.items():
        _check_codes(name, texts, schema)


def keepable(profile: ImportProfile, schema: DatasetSchema) -> ImportProfile:
    """The profile as it can be kept, its encoding by the name the hub has for it. Invalid `bad-profile` like `check_profile`,
    for an encoding that the hub does not read, and for a delimiter that divides nothing.
    """
    check_profile(profile, schema)
    said = (profile.encoding, profile.sheet, profile.delimiter.replace("\t", ""))
    if not all(text.isprintable() and len(text) <= _LONGEST_SAID for text in said):
        raise _bad("form", field="", schema=schema)
    if profile.encoding and not known_encoding(profile.encoding):
        raise _bad("encoding", field="", schema=schema)
    if profile.delimiter and not is_delimiter(profile.delimiter):
        raise _bad("form", field="", schema=schema)
    return replace(profile, encoding=known_encoding(profile.encoding) if profile.encoding else "")


def _check_columns(columns: Mapping[str, str], schema: DatasetSchema) -> None:
    agreed = set(schema.column_names)
    if len(columns) > MOST_COLUMNS:
        raise _bad("many", field="", schema=schema)
    for name, field in columns.items():
        if field and field not in agreed:
            raise _bad("field", field=field, schema=schema)
        if not is_keepable_name(name):
            raise _bad("text", field="", schema=schema)


def check_once(columns: Mapping[str, str], schema: DatasetSchema) -> None:
    """Invalid `bad-profile` when two columns of one file are said to be the same field."""
    twice = sorted(field for field, count in Counter(columns.values()).items() if field and count > 1)
    if twice:
        raise _bad("twice", field=twice[0], schema=schema)


def _check_codes(name: str, texts: Mapping[str, str], schema: DatasetSchema) -> None:
    listed = schema.field(name).codes if name in schema.column_names else None
    if listed is None:
        raise _bad("no-list", field=name, schema=schema)
    if len(texts) > MOST_TEXTS:
        raise _bad("many", field=name, schema=schema)
    if not all(map(is_keepable_text, texts)):
        raise _bad("text", field=name, schema=schema)
    if not set(texts.values()) <= set(listed.valid_in("")):
        raise _bad("code", field=name, schema=schema)


def profile_from(document: object, schema: DatasetSchema) -> ImportProfile:
    """The profile that a document of somebody's own writing says; Invalid `bad-profile` when it is none for this schema."""
    if not isinstance(document, Mapping) or not set(document) <= {"encoding", "delimiter", "sheet", "columns", "codes"}:
        raise _bad("form", field="", schema=schema)
    texts = [document.get(name, "") for name in ("encoding", "delimiter", "sheet")]
    columns, codes = document.get("columns", {}), document.get("codes", {})
    plain = all(isinstance(text, str) and len(text) <= _LONGEST_SAID for text in texts) and _are_texts(columns)
    if not plain or not isinstance(codes, Mapping) or not all(map(_are_texts, codes.values())):
        raise _bad("form", field="", schema=schema)
    profile = ImportProfile(**document)
    check_profile(profile, schema)
    return profile


def _are_texts(said: object) -> bool:
    return isinstance(said, Mapping) and all(isinstance(one, str) for pair in said.items() for one in pair)


def fitting(profile: ImportProfile, schema: DatasetSchema) -> ImportProfile:
    """What of a profile a schema has: for one that was confirmed under another version, to be offered anew."""
    agreed = set(schema.column_names)
    lists = {field.name: set(field.codes.valid_in("")) for field in schema.columns if field.codes is not None}
    codes = {
        name: {text: code for text, code in texts.items() if code in lists[name]}
        for name, texts in profile.codes.items()
        if name in lists
    }
    return replace(
        profile,
        columns={name: field for name, field in profile.columns.items() if not field or field in agreed},
        codes={name: texts for name, texts in codes.items() if texts},
        remembered="",
    )


def is_keepable_name(name: str) -> bool:
    """Whether the name of a column may stand in a profile."""
    return _is_short(name) and not is_suspicious(name)


def is_keepable_text(text: str) -> bool:
    """Whether a text that stands where a code is agreed may stand in a profile."""
    return _is_short(text) and not holds_identifier(text)


def _is_short(text: str) -> bool:
    return 0 < len(text) <= LONGEST_TEXT and text.isprintable()


def _bad(what: str, *, field: str, schema: DatasetSchema) -> Invalid:
    shown = field[:LONGEST_TEXT] if field.isprintable() else ""
    said = say(f"mapping.error.{what}", field=shown, schema=schema.id, longest=LONGEST_TEXT)
    return Invalid(said, code="bad-profile", remedy=say("mapping.error.remedy"))


def coded(schema: DatasetSchema, field: Field, column: str, profile: ImportProfile) -> str:
    """SQL of a column's text as it is checked: blanks as null, then the texts that a person has confirmed as codes."""
    text = text_of(schema, field, column)
    texts = _changing(field, profile)
    if not texts:
        return text
    if not field.several:
        return f"CASE {text} {_whens(texts)} ELSE {text} END"
    each = f"CASE trim(hub_part) {_whens(texts)} ELSE hub_part END"
    return f"array_to_string(list_transform(string_split({text}, ';'), lambda hub_part: {each}), ';')"


def coded_findings(
    session: EngineSession, relation: str, schema: DatasetSchema, header: Header, profile: ImportProfile
) -> list[Finding]:
    """How many rows hold a text that was read as a code, exactly, for each field. `relation` holds the columns as written."""
    asked = []
    for field in schema.columns:
        texts = _changing(field, profile) if field.name in header.present else {}
        if texts:
            text = text_of(schema, field, quoted(field.name))
            listed = ", ".join(map(literal, texts))
            parts = f"list_transform(string_split({text}, ';'), lambda hub_part: trim(hub_part))"
            holds = f"list_has_any({parts}, [{listed}])" if field.several else f"{text} IN ({listed})"
            asked.append(("codes-mapped", field.name, holds))
    return [
        finding(
            code,
            count=count,
            field=name,
            rows=rows,
            cells=cells_of(header, name, rows),
            texts=len(profile.codes[name]),
        )
        for (code, name, _), count, rows in counted(session, relation, asked)
    ]


def _changing(field: Field, profile: ImportProfile) -> Mapping[str, str]:
    """The texts of a field that are read as another text; they are compared as the check compares."""
    return {text: code for text, code in profile.codes.get(field.name, {}).items() if text != code}


def _whens(texts: Mapping[str, str]) -> str:
    return " ".join(f"WHEN {literal(text)} THEN {literal(code)}" for text, code in texts.items())
