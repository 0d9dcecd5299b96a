"""Which fields a table's dimension is computed from, and the rows-and-table rule.

Rows that lack a field, together with the protected table that has it, give hidden cells away exactly. So an agency that holds rows
of a dataset gets, of that dataset's protected tables, only those whose dimensions it could compute from its rows, in the forms in
which it has them. The rule is per agency, and rows once granted count as held for good: what was read cannot be taken back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from hub.agreements.model import Term
from hub.geography.model import LEVELS
from hub.kit.authority import Form
from hub.policy.forms import forms_of, held
from hub.policy.world import Clause
from hub.schemas.model import DatasetSchema

ALIASES: Mapping[str, str] = {
    "lsoa21": "area",
    "ward": "area",
    "borough": "area",
    "month": "period",
    "quarter": "period",
    "year": "period",
}
"""Levels of a dimension by which a table may name it."""

COARSEST: Mapping[str, str] = {"area": "borough", "period": "year"}
"""The coarsest level of a dimension: what cannot even be told so cannot be told at any level."""

_AREAS: Mapping[str, tuple[str, str]] = {
    "point": ("lsoa21", "lsoa21"),
    "grid": ("lsoa21", "lsoa21"),
    "text": ("lsoa21", "lsoa21"),
    "lsoa-code": ("lsoa21", "ward"),
    "ward-code": ("ward", "borough"),
    "area": ("borough", ""),
}
"""By kind of place: the finest level of area that its clear fields tell, and its generalised ones."""


def dimensions_of(schema: DatasetSchema) -> dict[str, tuple[str, ...]]:
    """The dimensions that tables of a dataset can have, each with the fields it is computed from.

    Rows that are about the whole area need no field to say so. Where rows are counts, no table is made without the count.
    """
    value = tuple(filter(None, (schema.value,)))
    found = {"period": (*schema.event_times, *value)}
    if schema.place.fields or schema.place.kind == "area":
        found["area"] = (*schema.place.fields, *value)
    if schema.kind:
        found["kind"] = (schema.kind, *value)
    return found


def canonical(dimensions: Iterable[str]) -> frozenset[str]:
    """Dimensions by their own names: `ward` and `lsoa21` are both `area`."""
    return frozenset(ALIASES.get(name, name) for name in dimensions)


def fields_behind(schema: DatasetSchema, dimension: str) -> tuple[str, ...] | None:
    """The fields a dimension is computed from: a known dimension's, or a field by its own name; None when neither."""
    known = dimensions_of(schema)
    if dimension in known:
        return known[dimension]
    return (dimension,) if dimension in schema.names else None


def are_agreed(term: Term, schema: DatasetSchema, dimensions: Iterable[str]) -> bool:
    """Whether a clause reaches every field behind every dimension asked for, in any form."""
    for dimension in dimensions:
        fields = fields_behind(schema, dimension)
        if fields is None or any(term.form_of(name) is None for name in fields):
            return False
    return True


def are_computable(term: Term, schema: DatasetSchema, dimensions: Iterable[str], *, agency: str) -> bool:
    """Whether `agency` can compute every dimension exactly, at the level named, from the rows that a clause grants it.

    A dimension named without a level (`area`, `period`) is meant at its finest. Months come from whole or generalised dates, areas
    from whole or generalised places: LSOAs from points, wards from LSOAs. A kind, or any other field, comes only from the
    clear field. Case references, free text and fields kept for the hub alone are in nobody's rows; only the sender has them.
    """
    sent = agency == term.supplier
    forms = {name: term.form_of(name) for name in schema.names} if sent else forms_of(term, schema)
    return all(_is_computable(schema, forms, dimension) for dimension in dimensions)


def _is_computable(schema: DatasetSchema, forms: Mapping[str, Form | None], dimension: str) -> bool:
    fields = fields_behind(schema, ALIASES.get(dimension, dimension))
    if fields is None:
        return False
    given = {forms.get(name) for name in fields}
    known = given <= {Form.READ_CLEAR, Form.READ_GENERALISED}
    return known and _is_fine_enough(schema, dimension, clear=Form.READ_GENERALISED not in given)


def _is_fine_enough(schema: DatasetSchema, dimension: str, *, clear: bool) -> bool:
    """Whether a dimension's level can be told from its fields, all of them clear, or some generalised."""
    known = ALIASES.get(dimension, dimension)
    if known == "area" and dimension not in schema.names:
        finest = _AREAS.get(schema.place.kind, ("", ""))[0 if clear else 1]
        wanted = dimension if dimension in LEVELS else LEVELS[0]
        return finest in LEVELS and LEVELS.index(finest) <= LEVELS.index(wanted)
    return clear or known == "period"


def reach(terms: Iterable[tuple[Term, DatasetSchema]]) -> frozenset[str]:
    """The dimensions that some clause lets be counted."""
    return frozenset(
        dimension
        for term, schema in terms
        if Form.COUNT in term.forms.values()
        for dimension in dimensions_of(schema)
        if are_agreed(term, schema, [dimension])
    )


def suppliers_whose_rows_lack(
    clauses: Iterable[Clause], agency: str, dimensions: Iterable[str], *, at: datetime | None
) -> tuple[str, ...]:
    """The suppliers of whose rows `agency` holds some, but none from which all `dimensions` can be computed.

    `at` None asks of everything agreed (for a proposal); a moment asks of what was ever in force by then.
    """
    wanted = tuple(dimensions)
    holding: dict[str, bool] = {}
    for clause in clauses:
        if not _hold(clause, agency, at) or clause.schema is None:
            continue
        enough = are_computable(clause.term, clause.schema, wanted, agency=agency)
        holding[clause.term.supplier] = holding.get(clause.term.supplier, False) or enough
    return tuple(sorted(supplier for supplier, enough in holding.items() if not enough))


def _hold(clause: Clause, agency: str, at: datetime | None) -> bool:
    return agency in clause.term.recipients and clause.term.discloses_rows and held(clause, at)
