"""Proposals for a file whose columns are called otherwise: by their names and by what stands in them.

Each says why in words. Nothing is applied: a person confirms each choice. A column that may never be sent is proposed for nothing,
and no two columns are proposed for one field.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from hub.kit.words import say
from hub.schemas.fit import Fit, fit_of
from hub.schemas.model import DatasetSchema, Field, plain_name
from hub.schemas.naming import SAME_AS_TITLE, SAME_WORDS, Likeness, Names, without_what_all_share
from hub.schemas.wide import month_columns

PROPOSED_FROM = 0.58
"""A choice is proposed from this certainty on."""

_CLEAR_OF_OTHERS = 0.04
_NAMED = 0.5
_BY_CONTENT = 0.55
_FITS = 0.95
_DOES_NOT_FIT = 0.1
_OF_A_VINTAGE = re.compile(r"(?:ward|wd|lsoa)\D*[0-9]{2}", re.IGNORECASE)
_TELLING, _FITTING = 0.08, 0.03


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnSeen:
    """A column of a file: its name, and different filled values of it (may be none: then the name alone speaks)."""

    name: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnProposal:
    """That a column of the file is a field of the schema. `score` from 0 to 1; `reasons` in words."""

    column: str
    field: str
    score: float
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NotTheSame:
    """That a column sounds like a field and is not it, and why: such as minutes for hours."""

    column: str
    field: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposals:
    """What is proposed for a file's columns: the best choice for each, and what only sounds alike."""

    columns: tuple[ColumnProposal, ...]
    apart: tuple[NotTheSame, ...] = ()

    def field_for(self, column: str) -> str:
        """The field proposed for a column; empty where none is."""
        return next((one.field for one in self.columns if one.column == column), "")


@dataclass(frozen=True, slots=True)
class _Pair:
    """A column and a field that it may be."""

    column: str
    field: str
    score: float
    named: Likeness
    fit: Fit


def column_proposals(schema: DatasetSchema, seen: Sequence[ColumnSeen]) -> Proposals:
    """Which fields the columns of a file may be that have not their agreed names. Every field is proposed once at most."""
    taken = {one.name for one in seen}
    free = [field for field in schema.columns if field.name not in taken]
    refused = frozenset[str]().union(*(one.names for one in schema.refused))
    months = month_columns([one.name for one in seen], schema)
    agreed = {*schema.column_names, *(one.name for one in schema.derived), *months}
    columns = [one for one in seen if one.name not in agreed and plain_name(one.name) not in refused]
    if not free or not columns:
        return Proposals(columns=())
    bare = without_what_all_share([one.name for one in columns])
    names = Names((field.name, field.title, field.aliases) for field in schema.columns)
    pairs = [_pair(schema, field, one, bare[one.name], names) for field in free for one in columns]
    chosen = _chosen([pair for pair in pairs if pair.score >= PROPOSED_FROM])
    chosen += _left(pairs, chosen)
    columns_in_order = {one.name: place for place, one in enumerate(seen)}
    made = sorted((_said(schema, pair) for pair in chosen), key=lambda one: columns_in_order[one.column])
    return Proposals(columns=tuple(made), apart=tuple(_apart(pairs, {pair.column for pair in chosen})))


def _pair(schema: DatasetSchema, field: Field, one: ColumnSeen, bare: str, names: Names) -> _Pair:
    named = max(
        (names.likeness(name, field.name) for name in dict.fromkeys((one.name, bare))), key=lambda like: like.score
    )
    values = [value for value in one.values if value.strip() and value not in schema.missing_values]
    fit = fit_of(schema, field, values)
    return _Pair(one.name, field.name, _score(named, fit), named, fit)


def _score(named: Likeness, fit: Fit) -> float:
    if named.score >= SAME_AS_TITLE or not fit.reason:
        return named.score
    if fit.share < _DOES_NOT_FIT:
        return (0.85 if named.score >= SAME_WORDS else 0.6) * named.score
    fits = (_TELLING if fit.telling else _FITTING) if named.score and fit.share >= _FITS else 0
    return named.score * (0.8 + 0.2 * fit.share) + fits


def _chosen(pairs: Iterable[_Pair]) -> list[_Pair]:
    """The likeliest pairs, each column and field once; where two are about as likely for one column or field, none."""
    chosen: list[_Pair] = []
    columns: set[str] = set()
    fields: set[str] = set()
    ordered = sorted(pairs, key=lambda pair: (-pair.score, pair.column, pair.field))
    for pair in ordered:
        if pair.column in columns or pair.field in fields:
            continue
        rivals = [
            other
            for other in ordered
            if (other.column == pair.column) != (other.field == pair.field)
            and other.column not in columns
            and other.field not in fields
            and pair.score - other.score < _CLEAR_OF_OTHERS
        ]
        if rivals:
            continue
        chosen.append(pair)
        columns.add(pair.column)
        fields.add(pair.field)
    return chosen


def _left(pairs: Sequence[_Pair], chosen: Sequence[_Pair]) -> list[_Pair]:
    """By content alone: the only column left whose values fit the only field left that they fit."""
    columns, fields = {pair.column for pair in chosen}, {pair.field for pair in chosen}
    fitting = [
        pair
        for pair in pairs
        if pair.column not in columns
        and pair.field not in fields
        and pair.named.reason != "apart"
        and pair.fit.telling
        and pair.fit.share >= _FITS
    ]
    alone = [
        pair
        for pair in fitting
        if sum((other.column == pair.column) or (other.field == pair.field) for other in fitting) == 1
    ]
    return [_Pair(pair.column, pair.field, _BY_CONTENT, Likeness(0.0), pair.fit) for pair in alone]


def _said(schema: DatasetSchema, pair: _Pair) -> ColumnProposal:
    words = {"field": pair.field, "title": schema.field(pair.field).title}
    reasons = [say(f"mapping.reason.{pair.named.reason}", **words)] if pair.named.reason else []
    if pair.fit.reason and pair.fit.share >= _FITS:
        reasons.append(say(f"mapping.reason.{pair.fit.reason}", **words))
    elif pair.fit.reason:
        reasons.append(say("mapping.reason.fits-partly", share=f"{int(100 * pair.fit.share)}%", **words))
    if _OF_A_VINTAGE.search(pair.column) and not any(sign.isdigit() for sign in pair.field):
        reasons.append(say("mapping.reason.vintage", **words))
    return ColumnProposal(
        column=pair.column, field=pair.field, score=round(min(pair.score, 1.0), 2), reasons=tuple(reasons)
    )


def _apart(pairs: Sequence[_Pair], chosen: set[str]) -> Iterable[NotTheSame]:
    """Columns without a proposal that share all but the decisive word with a field."""
    told: set[str] = set()
    for pair in pairs:
        if pair.column not in chosen | told and pair.named.but_for >= _NAMED:
            told.add(pair.column)
            one, other = pair.named.apart
            yield NotTheSame(
                column=pair.column,
                field=pair.field,
                reason=say("mapping.reason.apart", field=pair.field, one=one, other=other),
            )


def names_of(proposals: Proposals) -> Mapping[str, str]:
    """The proposals as a profile writes them: the file's name to the field."""
    return {one.column: one.field for one in proposals.columns}
