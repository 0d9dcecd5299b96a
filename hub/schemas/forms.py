"""In which forms rows may show a field, and what its generalised form is: computed from the schema alone, the same for everybody.

Clear is what was accepted. Pseudonymised is for references, whose values mean nothing by themselves: the pseudonym of a code, a
date or a place is read off its frequency. Generalised is one step coarser, by the hub's own rule for the field.
"""

from __future__ import annotations

from enum import StrEnum

from hub.engine import literal
from hub.kit.authority import Form
from hub.schemas.model import DatasetSchema, Field

AGE_BANDS = ((0, 9), (10, 17), (18, 24), (25, 34), (35, 49), (50, 64))
"""The bands of a generalised age in years, both ends included; above them it is `65+`, as in the code list `age-band`."""

ROW_FORMS = (Form.READ_CLEAR, Form.READ_PSEUDONYMISED, Form.READ_GENERALISED)
"""The forms of rows, from most to least revealing."""

_OUTWARD = "[A-Z]{1,2}[0-9][A-Z0-9]?"
_SECTOR = f"^({_OUTWARD}) ?([0-9])[A-Z]{{2}}$"
_MOMENTS = ("date", "datetime", "yearmonth")


class Coarser(StrEnum):
    """What the generalised form of a field is."""

    MONTH = "month"
    AGE_BAND = "age-band"
    LSOA = "lsoa21"
    WARD = "ward"
    BOROUGH = "borough"
    SECTOR = "postcode-sector"
    GROUP = "group"


_PLACES = {
    "point": Coarser.LSOA,
    "grid": Coarser.LSOA,
    "text": Coarser.LSOA,
    "lsoa-code": Coarser.WARD,
    "ward-code": Coarser.BOROUGH,
}
"""What a place becomes, by the kind of place. `area`, the whole partnership, has nothing above it."""

FROM_PLACE = frozenset({Coarser.LSOA, Coarser.WARD, Coarser.BOROUGH})
"""The generalised forms that the area tree gives."""


def generalisation_of(schema: DatasetSchema, name: str) -> Coarser | None:
    """What the generalised form of a field is; None when it has none."""
    field = schema.field(name)
    if not _may_be_shown(field) or field.role == "case-reference":
        return None
    if name in schema.place.fields:
        return _PLACES.get(schema.place.kind)
    if field.codes is not None:
        return Coarser.GROUP if any(code.group for code in field.codes.codes) else None
    words = _words(name)
    rules = (
        (Coarser.MONTH, field.type in _MOMENTS),
        (Coarser.AGE_BAND, field.type == "integer" and "age" in words),
        (Coarser.SECTOR, field.type == "string" and "postcode" in "".join(words)),
    )
    return next((coarser for coarser, holds in rules if holds), None)


def row_forms(schema: DatasetSchema, name: str) -> frozenset[Form]:
    """The forms in which rows may show a field to a person. None at all: free text, fields kept for the hub alone, direct
    identifiers. A case reference is never shown as it is kept, only as an agreement's own pseudonym of it.
    """
    field = schema.field(name)
    if not _may_be_shown(field):
        return frozenset()
    forms = set() if field.role == "case-reference" else {Form.READ_CLEAR}
    if _is_reference(schema, field):
        forms.add(Form.READ_PSEUDONYMISED)
    if generalisation_of(schema, name) is not None:
        forms.add(Form.READ_GENERALISED)
    return frozenset(forms)


def group_of(field: Field) -> dict[str, str]:
    """Code -> title of the group it belongs to, for the codes that have one."""
    return {code.code: code.group for code in field.codes.codes if code.group} if field.codes is not None else {}


def coarser_sql(schema: DatasetSchema, name: str, column: str) -> str:
    """SQL of the generalised form of a field that needs no area tree; empty where it has none, or is a place."""
    coarser = generalisation_of(schema, name)
    if coarser is None or coarser in FROM_PLACE:
        return ""
    if coarser is Coarser.MONTH:
        return column if schema.field(name).type == "yearmonth" else f"strftime({column}, '%Y-%m')"
    if coarser is Coarser.AGE_BAND:
        bands = " ".join(f"WHEN {column} BETWEEN {low} AND {high} THEN '{low}-{high}'" for low, high in AGE_BANDS)
        return f"CASE {bands} WHEN {column} > {AGE_BANDS[-1][1]} THEN '{AGE_BANDS[-1][1] + 1}+' END"
    if coarser is Coarser.SECTOR:
        said = f"upper(trim({column}))"
        whole = f"regexp_replace({said}, '{_SECTOR}', '\\1 \\2')"
        outward = f"WHEN regexp_full_match({said}, '{_OUTWARD}') THEN {said}"
        return f"CASE {outward} WHEN regexp_matches({said}, '{_SECTOR}') THEN {whole} END"
    groups: dict[str, list[str]] = {}
    for code, group in group_of(schema.field(name)).items():
        groups.setdefault(group, []).append(literal(code))
    whens = " ".join(f"WHEN {column} IN ({', '.join(codes)}) THEN {literal(group)}" for group, codes in groups.items())
    return f"CASE {whens} END"


def _may_be_shown(field: Field) -> bool:
    return field.shown and not field.free_text and field.sensitivity != "D"


def _is_reference(schema: DatasetSchema, field: Field) -> bool:
    if field.role == "case-reference" or schema.key == (field.name,):
        return True
    plain = field.type == "string" and field.codes is None and (field.role == "" or field.name in schema.key)
    return plain and field.name not in (*schema.place.fields, *schema.event_times, schema.kind)


def _words(name: str) -> list[str]:
    """A column name's words, without case or signs."""
    return "".join(sign if sign.isalnum() else " " for sign in name.casefold()).split()
