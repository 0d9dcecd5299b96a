"""Values of the geography room: areas, the tree they hang on, and how a row says where it happened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from hub.kit.errors import Bug, Conflict, NotFound

LEVELS = ("lsoa21", "ward", "borough")
"""Levels of an area tree from finest to coarsest: Lower layer Super Output Area (2021), electoral ward (best fit), borough."""

NEAR_METRES = 50.0
"""A point outside all boundaries belongs to the nearest area when it is no further away than this (simplified boundaries)."""

INSIDE, EDGE, NEAR, OUTSIDE, UNLOCATED = "inside", "edge", "near", "outside", "unlocated"
"""Where a row's place lies; the first three have an area, the last two have none."""

LOCATED = (INSIDE, EDGE, NEAR)
"""The places that count in a cell."""

_PLACE_KINDS: Mapping[str, int] = {
    "lsoa-code": 1,
    "point": 2,
    "grid": 2,
    "text": 1,
    "ward-code": 1,
    "area": 0,
    "none": 0,
}


@dataclass(frozen=True, slots=True)
class Area:
    """One area. `parent` is the code of the area one level up, empty for a borough."""

    code: str
    name: str
    level: str
    parent: str = ""


@dataclass(frozen=True, slots=True)
class PlaceSpec:
    """Which fields of a dataset say where, and how they say it.

    `lsoa-code`: one field with an LSOA 2021 code. `point`: (longitude, latitude) in WGS84 degrees. `grid`: (easting,
    northing) in metres of the National Grid, EPSG:27700. `text`: one field of words, looked up in the gazetteer.
    `ward-code`: one field with a code of a ward of the tree. `area`: every row is about the whole partnership. `none`:
    the dataset names no place.
    """

    kind: str
    fields: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.kind not in _PLACE_KINDS or len(self.fields) != _PLACE_KINDS[self.kind]:
            raise Bug(f"no place is said by {self.kind!r} with {len(self.fields)} fields")

    @property
    def level(self) -> str:
        """The finest level of area that its rows can be counted in."""
        return {"ward-code": "ward", "area": "borough"}.get(self.kind, LEVELS[0])


@dataclass(frozen=True, slots=True)
class AreaTree:
    """The partnership's nested areas: LSOA 2021 -> ward by best fit -> borough.

    `id` is the first 12 hexadecimal digits of the SHA-256 of all that decides where a row counts: boundaries, lookup, gazetteer.
    """

    id: str
    name: str
    areas: tuple[Area, ...]
    _by_code: dict[str, Area] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_code", {area.code: area for area in self.areas})
        if len(self._by_code) != len(self.areas):
            raise Bug("an area code occurs twice in one tree")

    def level(self, level: str) -> tuple[Area, ...]:
        """All areas of a level, in code order."""
        if level not in LEVELS:
            raise NotFound(f"no area level {level!r}", remedy=f"Use one of: {', '.join(LEVELS)}.")
        return tuple(sorted((area for area in self.areas if area.level == level), key=lambda area: area.code))

    def area(self, code: str) -> Area:
        """The area of that code. NotFound when the tree has none."""
        try:
            return self._by_code[code]
        except KeyError:
            raise NotFound("no such area in the partnership's tree") from None

    def has(self, code: str) -> bool:
        """Whether the tree holds an area of that code."""
        return code in self._by_code

    def ward_of(self, lsoa: str) -> str:
        """The code of the ward an LSOA belongs to by best fit."""
        area = self.area(lsoa)
        if area.level != "lsoa21":
            raise NotFound("only an LSOA has a ward by best fit")
        return area.parent

    def ancestor(self, code: str, level: str) -> str:
        """The code of the area of `level` that holds the area `code` (itself, when it is of that level)."""
        area = self.area(code)
        while area.level != level:
            if not area.parent:
                raise NotFound(f"the area has no {level} above it")
            area = self.area(area.parent)
        return area.code

    def children(self, code: str) -> tuple[Area, ...]:
        """The areas one level down, in code order."""
        return tuple(sorted((area for area in self.areas if area.parent == code), key=lambda area: area.code))

    @property
    def boroughs(self) -> tuple[Area, ...]:
        """The boroughs of the partnership, in code order."""
        return self.level("borough")

    @property
    def borough(self) -> Area:
        """The one borough. Conflict when the partnership spans several."""
        boroughs = self.boroughs
        if len(boroughs) != 1:
            raise Conflict(f"the partnership spans {len(boroughs)} boroughs: ask for `boroughs`")
        return boroughs[0]


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What a load took in. `kind` is `boundaries`, `lookup` or `gazetteer`; `missing` names the kinds a tree still needs.

    `tree_id` is the tree now in force, empty while a kind is missing; `replaced`: an earlier file of the kind went out of use.
    """

    kind: str
    file_name: str
    sha256: str
    records: int
    tree_id: str
    missing: tuple[str, ...]
    replaced: bool


@dataclass(frozen=True, slots=True)
class Boundary:
    """One LSOA's boundary: `wkb` is its WGS84 geometry as well-known binary; `ward` is empty when the file is silent."""

    lsoa: str
    name: str
    ward: str
    wkb: bytes


@dataclass(frozen=True, slots=True)
class LookupRow:
    """One row of the lookup: an LSOA, its best-fit ward and its borough, each with code and name."""

    lsoa: str
    lsoa_name: str
    ward: str
    ward_name: str
    borough: str
    borough_name: str


@dataclass(frozen=True, slots=True)
class GazetteerRow:
    """A place as people write it, and the LSOA it lies in."""

    place: str
    lsoa: str


def the_names(boroughs: Sequence[Area]) -> str:
    """Names of the boroughs in a row, as the tree's own name."""
    return " and ".join(area.name for area in boroughs)
