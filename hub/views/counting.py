"""Count events by SQL: which area, month and kind each counted thing belongs to. The only exact numbers in this room,
never stored.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from hub.disclosure import CellKey
from hub.engine import EngineSession, quoted
from hub.geography import EDGE, INSIDE, LEVELS, LOCATED, NEAR, OUTSIDE, UNLOCATED, AreaIndex
from hub.schemas import DatasetSchema
from hub.views.families import NOT_STATED, DeclaredFamily

_LOCATED_TABLE, _ONCE_TABLE = "hub_located", "hub_once"


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What was counted of one agency's rows of one dataset.

    `events`: by LSOA (by ward or borough where the dataset names no finer place), month and kind. `divided`: the same events
    by area, month and kind of each further family, whose kinds `families` gives: the margins alone, areas no finer than a
    table needs. `places`: rows by where they lie. `other_months`: located rows of a month that is not in the snapshot, in no
    cell. `repeats`: located rows that repeat a key already counted. `rows` = all rows. Where the rows are counts of things,
    things are counted all through, and `summed` says so.
    """

    agency: str
    months: tuple[str, ...]
    kinds: tuple[str, ...]
    events: Mapping[CellKey, int] = field(repr=False)
    rows: int
    places: Mapping[str, int]
    other_months: int
    repeats: int
    summed: bool = False
    families: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    divided: Mapping[CellKey, int] = field(default_factory=dict, repr=False)

    @property
    def located_percent(self) -> int:
        """Share of all rows that lie in the partnership's areas, in whole percent rounded down (100 when there are
        none).
        """
        located = sum(self.places.get(place, 0) for place in LOCATED)
        return located * 100 // self.rows if self.rows else 100

    def figures(self) -> dict[str, int]:
        """The counts as coverage gives them."""
        return {
            "rows": self.rows,
            "counted": sum(self.events.values()),
            **{place: self.places.get(place, 0) for place in (INSIDE, EDGE, NEAR, OUTSIDE, UNLOCATED)},
            "other_months": self.other_months,
            "repeats": self.repeats,
            **({"summed": 1} if self.summed else {}),
        }


def count_dataset(
    session: EngineSession,
    relation: str,
    *,
    schema: DatasetSchema,
    index: AreaIndex,
    months: Mapping[str, Sequence[str]],
    families: Sequence[DeclaredFamily] = (),
) -> list[Counted]:
    """Count one dataset for each agency in `months` (agency -> its months in the snapshot), agencies in order.

    `relation` has the fields that place, kind, key, value and families need, and `hub_agency`, `hub_period`, `hub_month`,
    `hub_row`.
    Distinct keys are counted where the schema has a key (a repeated key is taken from its lowest period and row among
    the located ones; a row whose key is blank counts by itself), rows where it has none, and the sum of the schema's
    value where the rows are counts. Months are those of the event in Europe/London. The place decides as the schema says
    it; where it says a point or an LSOA, nothing the agency wrote of wards is used.
    """
    index.located(session, f"({_needed(relation, schema, families)})", schema.place, _LOCATED_TABLE)
    counted = [
        _count_agency(session, schema=schema, index=index, agency=agency, months=tuple(sorted(held)), families=families)
        for agency, held in sorted(months.items())
    ]
    session.run(f"DROP TABLE {_LOCATED_TABLE}")
    return counted


def months_of_editions(session: EngineSession, relation: str) -> dict[str, list[str]]:
    """The months that each agency's newest edition of a series holds: those of its rows, noughts included."""
    months: dict[str, list[str]] = {}
    for agency, month in session.rows(f"SELECT DISTINCT hub_agency, hub_month FROM {relation} ORDER BY ALL"):
        months.setdefault(agency, []).append(month)
    return months


def _count_agency(
    session: EngineSession,
    *,
    schema: DatasetSchema,
    index: AreaIndex,
    agency: str,
    months: tuple[str, ...],
    families: Sequence[DeclaredFamily],
) -> Counted:
    marks = ", ".join("?" for _ in months)
    located = ", ".join(f"'{place}'" for place in LOCATED)
    number = f"sum({quoted(schema.value)})" if schema.value else "count(*)"
    placed = f"SELECT hub_place, {number} FROM {_LOCATED_TABLE} WHERE hub_agency = ? GROUP BY 1"
    places = {place: int(count) for place, count in session.rows(placed, [agency])}
    here = f"hub_agency = ? AND hub_place IN ({located})"
    ((inside, in_months),) = session.rows(
        f"SELECT {number}, {number} FILTER (WHERE hub_month IN ({marks})) FROM {_LOCATED_TABLE} WHERE {here}",
        [*months, agency],
    )
    kind = f"coalesce(CAST({quoted(schema.kind)} AS VARCHAR), '{NOT_STATED}')" if schema.kind else f"'{NOT_STATED}'"
    kinds = {"hub_kind": kind} | {_column(family): family.sql for family in families}
    said = ", ".join(f"{sql} AS {name}" for name, sql in kinds.items())
    session.run(
        f"CREATE TEMP TABLE {_ONCE_TABLE} AS"
        f" WITH here AS (SELECT *, {said} FROM {_LOCATED_TABLE} WHERE {here} AND hub_month IN ({marks}))"
        f" {_counted_once(schema, kinds)}",
        [agency, *months],
    )
    rows = session.rows(
        f"SELECT hub_lsoa, hub_month, hub_kind, sum(hub_number) FROM {_ONCE_TABLE} GROUP BY ALL ORDER BY ALL"
    )
    events = {CellKey(lsoa, month, name): int(number) for lsoa, month, name, number in rows}
    by_family = {family.name: _divided(session, index, family) for family in families}
    session.run(f"DROP TABLE {_ONCE_TABLE}")
    return Counted(
        agency=agency,
        months=months,
        kinds=_kinds(schema, events),
        events=events,
        rows=sum(places.values()),
        places=places,
        other_months=int(inside or 0) - int(in_months or 0),
        repeats=int(in_months or 0) - sum(events.values()),
        summed=bool(schema.value),
        families={
            family.name: tuple(sorted({*family.kinds, *(key.kind for key in by_family[family.name])}))
            for family in families
        },
        divided={key: number for found in by_family.values() for key, number in found.items()},
    )


def _divided(session: EngineSession, index: AreaIndex, family: DeclaredFamily) -> dict[CellKey, int]:
    """The counted things by area of the family's level, month and kind of the family."""
    areas = "hub_areas"
    tree = index.tree
    levels = LEVELS[: LEVELS.index(family.area_level) + 1]
    codes = [area.code for area in tree.areas if area.level in levels]
    session.load(areas, {"lsoa": codes, "area": [tree.ancestor(code, family.area_level) for code in codes]})
    rows = session.rows(
        f"SELECT area, hub_month, {_column(family)}, sum(hub_number) FROM {_ONCE_TABLE} JOIN {areas} ON lsoa = hub_lsoa"
        " GROUP BY ALL ORDER BY ALL"
    )
    session.run(f"DROP TABLE {areas}")
    return {CellKey(area, month, name): int(number) for area, month, name, number in rows}


def _column(family: DeclaredFamily) -> str:
    return f"hub_of_{family.name}"


def _needed(relation: str, schema: DatasetSchema, families: Sequence[DeclaredFamily]) -> str:
    """The columns that counting looks at, and no more."""
    behind = [name for family in families for name in family.fields]
    fields = dict.fromkeys((*schema.place.fields, *schema.key, *filter(None, (schema.kind, schema.value)), *behind))
    columns = (*map(quoted, fields), "hub_agency", "hub_period", "hub_month", "hub_row")
    return f"SELECT {', '.join(columns)} FROM {relation}"


def _counted_once(schema: DatasetSchema, kinds: Iterable[str]) -> str:
    """SQL over `here`, each row with the number of things it counts: one row for each key, and every row whose key is blank;
    all rows where there is no key, or where the rows are counts.

    Only keys whose hash occurs twice are sorted, so that the many that occur once cost one number each.
    """
    what = ", ".join(("hub_lsoa", "hub_month", *kinds, f"{quoted(schema.value) if schema.value else 1} AS hub_number"))
    if schema.value or not schema.key:
        return f"SELECT {what} FROM here"
    names = [quoted(name) for name in schema.key]
    blank = f"({' OR '.join(f'{name} IS NULL' for name in names)})"
    mark, keys = f"hash({', '.join(names)})", ", ".join(names)
    twice = f"SELECT {mark} FROM here WHERE NOT {blank} GROUP BY 1 HAVING count(*) > 1"
    return (
        f"SELECT {what} FROM here WHERE {blank} OR {mark} NOT IN ({twice})"
        f" UNION ALL SELECT {what} FROM (SELECT * FROM here WHERE NOT {blank} AND {mark} IN ({twice}))"
        f" QUALIFY row_number() OVER (PARTITION BY {keys} ORDER BY hub_period, hub_row) = 1"
    )


def _kinds(schema: DatasetSchema, events: Mapping[CellKey, int]) -> tuple[str, ...]:
    """All kinds an event can have: the schema's codes, `not-stated` where the field may be blank, and whatever else was
    found.
    """
    if not schema.kind:
        return ()
    may_be = {code.code for code in schema.kinds}
    if not schema.field(schema.kind).required:
        may_be.add(NOT_STATED)
    return tuple(sorted(may_be | {key.kind for key in events}))
