"""Coordinates that stand in the wrong columns or in another system, and area codes of another vintage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from hub.engine import EngineSession, literal, quoted
from hub.geography import AreaIndex
from hub.kit.words import say
from hub.schemas.model import DatasetSchema, Field
from hub.schemas.probe import EXTRACT, Hit, Probe, hits

_FAR = 20_000
"""So many metres round the area a point is still taken for one that was meant to lie there."""

_HIDDEN_BY = frozenset(("out-of-range", "bad-type"))
"""What a coordinate of another system is found to be, column by column, before the pair is looked at."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two columns that say a place together: `x` the longitude or easting, `y` the latitude or northing."""

    x: str
    y: str
    degrees: bool

    @property
    def fields(self) -> tuple[str, str]:
        """Both columns."""
        return self.x, self.y


def pairs_of(schema: DatasetSchema) -> tuple[Pair, ...]:
    """The pairs of coordinates among the columns of a schema, told by their agreed ranges."""
    found: dict[str, list[str]] = {"longitude": [], "latitude": [], "easting": [], "northing": []}
    for field in schema.columns:
        what = _axis(field)
        if what:
            found[what].append(field.name)
    degrees = zip(found["longitude"], found["latitude"], strict=False)
    metres = zip(found["easting"], found["northing"], strict=False)
    return (*(Pair(x, y, True) for x, y in degrees), *(Pair(x, y, False) for x, y in metres))


def _axis(field: Field) -> str:
    if field.type not in ("number", "integer") or field.minimum is None or field.maximum is None:
        return ""
    ranges = {"longitude": (-9, 2.5), "latitude": (49, 61), "easting": (0, 700_000), "northing": (0, 1_300_000)}
    return next((axis for axis, bounds in ranges.items() if bounds == (field.minimum, field.maximum)), "")


def told_apart(session: EngineSession, schema: DatasetSchema, found: Sequence[Hit]) -> list[Hit]:
    """The hits, with coordinates that are swapped or of the other system told as that and as nothing else.

    Asked only where a coordinate was found wrong at all, so that a good file costs nothing.
    """
    wrong = {probe.field for probe, _, _ in found if probe.code in _HIDDEN_BY}
    pairs = [pair for pair in pairs_of(schema) if wrong.intersection(pair.fields)]
    mixed = hits(session, [probe for pair in pairs for probe in _mixed_up(pair)]) if pairs else []
    if not mixed:
        return list(found)
    kept: list[Hit] = []
    again: list[Probe] = []
    for hit in found:
        probe = hit[0]
        said = [
            one.predicate for one, _, _ in mixed for pair in pairs if one.field == pair.x and probe.field in pair.fields
        ]
        if probe.code in _HIDDEN_BY and said:
            others = " AND ".join(f"NOT coalesce({one}, false)" for one in said)
            again.append(replace(probe, predicate=f"(({probe.predicate}) AND {others})", screen=""))
        else:
            kept.append(hit)
    return [*kept, *mixed, *hits(session, again)]


def _mixed_up(pair: Pair) -> list[Probe]:
    x, y = (f"TRY_CAST({quoted(name)} AS DOUBLE)" for name in pair.fields)
    words = {"x": pair.x, "y": pair.y}
    turned = f"({x} BETWEEN 49 AND 61 AND {y} BETWEEN -9 AND 2.5)"
    if pair.degrees:
        metres = f"({x} BETWEEN 1000 AND 1300000 AND {y} BETWEEN 1000 AND 1300000)"
        return [
            Probe("coordinates-swapped", pair.x, turned, words),
            Probe("grid-in-degrees", pair.x, metres, words),
        ]
    degrees = f"(({x} BETWEEN -9 AND 2.5 AND {y} BETWEEN 49 AND 61) OR {turned})"
    return [Probe("degrees-in-grid", pair.x, degrees, words)]


def area_probes(session: EngineSession, schema: DatasetSchema, area: AreaIndex | None) -> list[Probe]:
    """What only the partnership's own area can tell: eastings and northings that lie in it when they are swapped, and ward
    codes of another vintage.
    """
    if area is None:
        return []
    if schema.place.kind == "grid":
        return [_swapped(schema, area)]
    return _other_wards(session, schema, area) if schema.place.kind == "ward-code" else []


def _swapped(schema: DatasetSchema, area: AreaIndex) -> Probe:
    west, south, east, north = area.grid_bounds
    x, y = (f"TRY_CAST({quoted(name)} AS DOUBLE)" for name in schema.place.fields)

    def near(across: str, up: str) -> str:
        return f"({across} BETWEEN {west - _FAR} AND {east + _FAR} AND {up} BETWEEN {south - _FAR} AND {north + _FAR})"

    words = dict(zip("xy", schema.place.fields, strict=True))
    return Probe("coordinates-swapped", schema.place.fields[0], f"({near(y, x)} AND NOT {near(x, y)})", words)


def _other_wards(session: EngineSession, schema: DatasetSchema, area: AreaIndex) -> list[Probe]:
    """For each other vintage of wards of which the extract holds codes, the probe that finds its rows."""
    (name,) = schema.place.fields
    said = [str(code) for (code,) in session.rows(f"SELECT DISTINCT {quoted(name)} FROM {EXTRACT}") if code]
    own = " / ".join(area.ward_vintages) or say("schemas.finding.other-vintage.own")
    return [
        Probe(
            "other-vintage",
            name,
            f"{quoted(name)} IN ({', '.join(literal(code) for code in codes)})",
            {"vintage": vintage, "own": own},
        )
        for vintage, codes in sorted(area.wards_of_other_vintages(said).items())
    ]


def lsoas_of_2011(session: EngineSession, schema: DatasetSchema, area: AreaIndex, relation: str) -> tuple[str, ...]:
    """The codes of a relation that only the LSOAs of 2011 had."""
    if schema.place.kind != "lsoa-code":
        return ()
    column = f"trim(CAST({quoted(schema.place.fields[0])} AS VARCHAR))"
    said = [str(code) for (code,) in session.rows(f"SELECT DISTINCT {column} FROM {relation}") if code]
    return area.lsoas_of_2011(said)
