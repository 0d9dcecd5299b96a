"""What families that look at the same fields say of one another: relations that any reader can draw from their definitions.

Knife-enabled crimes are no more than crimes with a knife; the outcomes of a tier are the outcomes of its types. The mask does not
know such sums, so the attacker is told of them (`hub.disclosure.Relation`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations, product
from typing import Any

from hub.disclosure import KIND, CellKey, Relation
from hub.kit.errors import Bug
from hub.schemas import DatasetSchema

_MOST_ROWS = 200_000
"""Rows that could differ in the fields of families that hang together: more cannot be gone through at each start."""

_Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Way:
    """A family as a reader knows it: the columns it is told from, and the kind of a row; a blank is an empty text."""

    name: str
    sources: frozenset[str]
    kind_of: Callable[[_Row], str]


def relations_of(schema: DatasetSchema, said: Mapping[str, Mapping[str, Any]], blank: str) -> tuple[Relation, ...]:
    """The relations between the kinds and the declared families of a dataset; `blank` is the kind of a blank.

    Bug when two families by the hour look at the same time, or too many fields hang together to be gone through.
    """
    ways = [_by_field(KIND, schema.kind, schema, blank)] if schema.kind else []
    hours: list[str] = []
    for name, entry in said.items():
        if "hours" in entry:
            hours.append(name)
        elif "cases" in entry:
            ways.append(_by_cases(name, entry, schema))
        else:
            ways.append(_by_field(name, entry["field"], schema, blank))
    if len(hours) > 1:
        raise Bug(f"two families of {schema.id} divide by the hour")
    found: dict[Relation, None] = {}
    for together in _hanging_together(ways):
        joint = _joint(together, schema)
        for one, other in permutations(range(len(together)), 2):
            found |= dict.fromkeys(_pairwise({(kinds[one], kinds[other]) for kinds in joint}))
        for three in permutations(range(len(together)), 3):
            found |= dict.fromkeys(_threefold({tuple(kinds[at] for at in three) for kinds in joint}))
    return tuple(found)


def that_hold(relations: Iterable[Relation], events: Mapping[CellKey, int]) -> tuple[Relation, ...]:
    """The relations that exact counts by month bear out: records of an earlier version of a schema may know other codes, and nobody
    can draw from a definition what is not so.
    """
    by_month: dict[tuple[str, str], int] = {}
    for key, count in events.items():
        by_month[key.period, key.kind] = by_month.get((key.period, key.kind), 0) + count
    months = {month for month, _ in by_month}

    def sums(kinds: tuple[str, ...]) -> list[int]:
        return [sum(by_month.get((month, kind), 0) for kind in kinds) for month in sorted(months)]

    return tuple(
        one
        for one in relations
        if all(part <= whole for part, whole in zip(sums(one.part), sums(one.whole), strict=True))
    )


def _by_field(name: str, field: str, schema: DatasetSchema, blank: str) -> _Way:
    source, value = _told(field, schema)
    before = "" if name == KIND else f"{name}:"
    return _Way(name, frozenset({source}), lambda row: f"{before}{value(row) or blank}")


def _by_cases(name: str, entry: Mapping[str, Any], schema: DatasetSchema) -> _Way:
    cases = [
        (
            f"{name}:{case['code']}",
            [(_told(field, schema)[1], set(map(str, codes))) for field, codes in case["where"].items()],
        )
        for case in entry["cases"]
    ]
    sources = frozenset(_told(field, schema)[0] for case in entry["cases"] for field in case["where"])

    def kind_of(row: _Row) -> str:
        for kind, tests in cases:
            if all(value(row) in codes for value, codes in tests):
                return kind
        return f"{name}:{entry['else']['code']}"

    return _Way(name, sources, kind_of)


def _told(name: str, schema: DatasetSchema) -> tuple[str, Callable[[_Row], str]]:
    """The column that a field is told from, and the field's value in a row."""
    derived = schema.field(name).derived
    if derived is None or derived.by != "group":
        return name, lambda row: row[name]
    listed = schema.field(derived.field).codes
    groups = {code.code: code.group for code in listed.codes} if listed else {}
    return derived.field, lambda row: groups.get(row[derived.field], "")


def _hanging_together(ways: Sequence[_Way]) -> Iterator[tuple[_Way, ...]]:
    """The families that share columns, also by way of others; those that share none are left out."""
    groups: list[list[_Way]] = []
    for way in ways:
        near = [group for group in groups if any(way.sources & one.sources for one in group)]
        groups = [group for group in groups if group not in near]
        groups.append([*(one for group in near for one in group), way])
    return (tuple(group) for group in groups if len(group) > 1)


def _joint(ways: Sequence[_Way], schema: DatasetSchema) -> set[tuple[str, ...]]:
    """The kinds that one thing can have together, one of each family."""
    columns = sorted(frozenset().union(*(way.sources for way in ways)))
    values = [_values(schema, column) for column in columns]
    size = 1
    for some in values:
        size *= len(some)
    if size > _MOST_ROWS:
        raise Bug(f"too many families of {schema.id} look at the same fields")
    rows = (dict(zip(columns, row, strict=True)) for row in product(*values))
    return {tuple(way.kind_of(row) for way in ways) for row in rows}


def _values(schema: DatasetSchema, name: str) -> list[str]:
    field = schema.field(name)
    if field.type == "boolean":
        codes = ["true", "false"]
    else:
        codes = [code.code for code in field.codes.codes] if field.codes is not None else []
    return codes if field.required else [*codes, ""]


def _pairwise(pairs: Iterable[tuple[str, str]]) -> Iterator[Relation]:
    """Kinds of one family all of whose things have certain kinds of the other: no more than these."""
    beside: dict[str, set[str]] = {}
    for kind, other in pairs:
        beside.setdefault(kind, set()).add(other)
    every = set().union(*beside.values())
    for whole in {frozenset(others) for others in beside.values()} - {frozenset(every)}:
        yield Relation(tuple(sorted(kind for kind in beside if beside[kind] <= whole)), tuple(sorted(whole)))


def _threefold(triples: Iterable[tuple[str, ...]]) -> Iterator[Relation]:
    """A kind, all of whose things have one kind of a second family, or else certain kinds of a third."""
    beside: dict[str, set[tuple[str, str]]] = {}
    for kind, second, third in triples:
        beside.setdefault(kind, set()).add((second, third))
    for kind, others in beside.items():
        thirds = {third for _, third in others}
        for second in {one for one, _ in others}:
            rest = {third for one, third in others if one != second}
            if rest and rest < thirds:
                yield Relation((kind,), (second, *sorted(rest)))
