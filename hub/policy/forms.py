"""In which form each field of rows reaches a reader: what clauses agreed, held against what a field can be shown as.

The rows of one supplier come from one agreement at a time: a pseudonym is keyed by the agreement's id, and rows of two agreements
never stand in one relation.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from hub.agreements.model import ALL_FIELDS, Standing, Term
from hub.kit.authority import Form
from hub.policy.world import Clause
from hub.schemas import FROM_PLACE, ROW_FORMS, generalisation_of, row_forms
from hub.schemas.model import DatasetSchema

_PSEUDONYM = Form.READ_PSEUDONYMISED


def forms_agreed(
    schema: DatasetSchema, clauses: Iterable[tuple[Term, Iterable[Form]]], *, kept: frozenset[str] = frozenset()
) -> dict[str, Form]:
    """The most revealing form of each field that these terms of one agreement, each in some forms of rows, give and the field can
    have; the fields `kept` back are not among them.
    """
    given = tuple((term, frozenset(forms)) for term, forms in clauses)
    found: dict[str, Form] = {}
    for name in (one for one in schema.names if one not in kept):
        possible = row_forms(schema, name)
        agreed = {term.form_of(name) for term, forms in given if term.form_of(name) in forms}
        best = next((form for form in ROW_FORMS if form in agreed and form in possible), None)
        if best is not None:
            found[name] = best
    return _whole_places(schema, found)


def forms_of(term: Term, schema: DatasetSchema) -> dict[str, Form]:
    """The forms in which one clause alone lets rows show fields."""
    return forms_agreed(schema, [(term, ROW_FORMS)])


def unfit_fields(term: Term, schema: DatasetSchema) -> Mapping[str, str]:
    """Fields that a clause names in a form of rows which they cannot have -> code of the reason.

    `*` asks for the form wherever a field can have it; the others stay away. When that leaves nothing, `*` itself is unfit.
    """
    shown = forms_of(term, schema)
    found = {}
    for name, form in term.forms.items():
        if form is Form.COUNT or name in shown:
            continue
        if name == ALL_FIELDS:
            if form not in shown.values():
                found[name] = "agreement.no-field-in-form"
        elif name in schema.names:
            found[name] = why_unfit(schema, name, form)
    return found


def why_unfit(schema: DatasetSchema, name: str, form: Form) -> str:
    """Code of the reason why rows do not show a field in a form that was agreed for it."""
    field = schema.field(name)
    if field.role == "case-reference" and field.shown:
        return "agreement.case-reference"
    if not row_forms(schema, name):
        return "agreement.never-shown"
    if form is Form.READ_PSEUDONYMISED:
        return "agreement.no-reference"
    if generalisation_of(schema, name) in FROM_PLACE:
        return "agreement.half-a-place"
    return "agreement.not-generalisable"


def _whole_places(schema: DatasetSchema, forms: Mapping[str, Form]) -> dict[str, Form]:
    """Without places that would be told from coordinates of which some are kept back."""
    whole = set(schema.place.fields) <= set(forms)
    return {
        name: form
        for name, form in forms.items()
        if whole or form is not Form.READ_GENERALISED or generalisation_of(schema, name) not in FROM_PLACE
    }


# ---- pseudonyms of two agreements -----------------------------------------------------------------------------------


def links_pseudonyms(clauses: Iterable[Clause], clause: Clause, agency: str, *, at: datetime | None) -> str:
    """The agreement under which `agency` holds another pseudonym of a field that `clause` gives it as a pseudonym, where the two
    could be told to be the same: by another field that both show, or, where a value may stand in several rows, by how many rows
    each pseudonym has. Empty when there is none.

    Rows once granted count as held. `at` None asks of everything given; a moment asks of what was ever in force by then.
    """
    if clause.schema is None or agency == clause.term.supplier:
        return ""
    mine = forms_of(clause.term, clause.schema)
    for other in clauses:
        if other.agreement.id == clause.agreement.id or not _same_rows(other, clause, agency) or not held(other, at):
            continue
        theirs = forms_of(other.term, clause.schema)
        both = set(mine) & set(theirs)
        twice = {name for name in both if mine[name] is theirs[name] is _PSEUDONYM}
        told_by_number = any(clause.schema.key != (name,) for name in twice)
        if told_by_number or (twice and any(_PSEUDONYM not in (mine[name], theirs[name]) for name in both)):
            return other.agreement.reference
    return ""


def held(clause: Clause, at: datetime | None) -> bool:
    """Whether what a clause gives counts as held: anything when nothing is asked of time, else what was in force by then."""
    return at is None or (clause.agreement.has_been_in_force and clause.agreement.starts_at <= at)


def kept_from(agency: str, clauses: Iterable[Clause], supplier: str, *, at: datetime) -> frozenset[str]:
    """The fields of a supplier's dataset that an agreement in force keeps within it, where `agency` is another."""
    return frozenset(
        name
        for clause in clauses
        if clause.term.supplier == supplier != agency and clause.agreement.standing(at) is Standing.IN_FORCE
        for name in clause.term.withheld
    )


def _same_rows(one: Clause, other: Clause, agency: str) -> bool:
    same = (one.term.dataset, one.term.supplier) == (other.term.dataset, other.term.supplier)
    return same and agency in one.term.recipients and agency in other.term.recipients
