"""Where a row lies: one rule for every dataset, applied to distinct places, column by column."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence, Set
from typing import Any

import numpy as np
import numpy.typing as npt
import pyproj
import shapely as _untyped_shapely

from hub.engine import EngineSession, literal, quoted
from hub.geography.model import EDGE, INSIDE, NEAR, NEAR_METRES, OUTSIDE, UNLOCATED, AreaTree, Boundary, PlaceSpec
from hub.geography.outlines import Outline, outlines_of
from hub.geography.vintages import lsoas_only_of_2011, ward_vintage
from hub.geography.words import place_in

shapely: Any = _untyped_shapely
Numbers = npt.NDArray[np.float64]

_TO_WGS84 = (
    "+proj=pipeline +step +inv +proj=tmerc +lat_0=49 +lon_0=-2 +k=0.9996012717 +x_0=400000 +y_0=-100000 +ellps=airy"
    " +step +proj=push +v_3 +step +proj=cart +ellps=airy"
    " +step +proj=helmert +x=446.448 +y=-125.157 +z=542.06 +rx=0.15 +ry=0.247 +rz=0.842 +s=-20.489 +convention=position_vector"
    " +step +inv +proj=cart +ellps=WGS84 +step +proj=pop +v_3 +step +proj=unitconvert +xy_in=rad +xy_out=deg"
)
"""EPSG:27700 to WGS84, longitude first, by EPSG:1314 (2 m). Written out: another PROJ grid on a machine must not move a point."""

_SHAPED_LIKE_A_CODE = re.compile(r"[A-Z][0-9]{8}")


class AreaIndex:
    """An area tree with its boundaries and gazetteer, ready to locate rows and to draw. Safe to share between threads."""

    def __init__(
        self, *, tree: AreaTree, boundaries: Sequence[Boundary], known: Set[str], gazetteer: Mapping[str, str]
    ) -> None:
        self.tree = tree
        self._grid = pyproj.Transformer.from_pipeline(_TO_WGS84)
        ordered = sorted(boundaries, key=lambda boundary: boundary.lsoa)
        self._codes = np.array([boundary.lsoa for boundary in ordered], dtype=object)
        shapes = shapely.from_wkb([boundary.wkb for boundary in ordered])
        self._degrees = shapely.STRtree(shapes)
        self._metres = shapely.STRtree(shapely.transform(shapes, self._project, interleaved=False))
        self._known = frozenset(known)
        self._gazetteer = dict(gazetteer)
        self._longest = max((len(place.split()) for place in gazetteer), default=0)
        self._drawn: dict[str, tuple[Outline, ...]] = {}

    def outlines(self, level: str) -> tuple[Outline, ...]:
        """The outlines of a level to draw, in code order; made once. Two threads may make them at once: both are right."""
        if level not in self._drawn:
            shapes = dict(zip(self._codes.tolist(), self._metres.geometries, strict=True))
            self._drawn[level] = outlines_of(self.tree, shapes, level)
        return self._drawn[level]

    def located(self, session: EngineSession, relation: str, place: PlaceSpec, into: str) -> None:
        """Make the TEMP TABLE `into`: every row of `relation` (a table name or other SQL source) and where it lies.

        Adds `hub_lsoa` VARCHAR (LSOA 2021 code of the tree, or empty) and `hub_place` VARCHAR: `inside`; `edge` (on a
        shared edge: the lowest code); `near` (at most 50 m outside all boundaries: the nearest, then the lowest code);
        `outside`; `unlocated` (blank, or no place at all). Where the place is a ward code, `hub_lsoa` has that ward's
        code; where it is the whole area, the borough's (`unlocated` when the tree has several boroughs). Columns: all of
        `relation`, then these two. Work grows with the distinct places; no row is dropped or doubled.
        """
        places = f"{into}_places"
        if place.kind in ("none", "area"):
            whole = self.tree.boroughs if place.kind == "area" else ()
            code, found = (whole[0].code, INSIDE) if len(whole) == 1 else ("", UNLOCATED)
            session.run(
                f"CREATE TEMP TABLE {into} AS SELECT *, {literal(code)} AS hub_lsoa, '{found}' AS hub_place FROM {relation}"
            )
            return
        if place.kind in ("point", "grid"):
            joined = self._point_places(session, relation, place, places)
        else:
            joined = self._named_places(session, relation, place, places)
        session.run(
            f"CREATE TEMP TABLE {into} AS SELECT hub_rows.*, coalesce(hub_found.hub_lsoa, '') AS hub_lsoa,"
            f" coalesce(hub_found.hub_place, '{UNLOCATED}') AS hub_place"
            f" FROM {relation} AS hub_rows LEFT JOIN {places} AS hub_found ON {joined}"
        )
        session.run(f"DROP TABLE {places}")

    def points(self, longitude: Numbers, latitude: Numbers) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
        """LSOA code and place of each WGS84 point; a point that is no place on Earth is `unlocated`."""
        codes = np.full(len(longitude), "", dtype=object)
        places = np.full(len(longitude), OUTSIDE, dtype=object)
        real = np.isfinite(longitude) & np.isfinite(latitude) & (np.abs(longitude) <= 180) & (np.abs(latitude) <= 90)
        places[~real] = UNLOCATED
        spots = shapely.points(longitude, latitude)
        hit, area = self._degrees.query(spots, predicate="intersects")
        if len(hit):
            best = np.full(len(longitude), len(self._codes), dtype=np.int64)
            np.minimum.at(best, hit, area)  # codes are in order, so the lowest position is the lowest code
            times = np.bincount(hit, minlength=len(longitude))
            codes[times > 0] = self._codes[best[times > 0]]
            places[times == 1] = INSIDE
            places[times > 1] = EDGE
        self._nearest(spots, np.flatnonzero(real & (places == OUTSIDE)), codes, places)
        return codes, places

    def words(self, descriptions: Sequence[str]) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
        """LSOA code and place of each description, by the longest gazetteer place it holds."""
        return self.codes([place_in(text, self._gazetteer, longest=self._longest) for text in descriptions])

    def codes(self, codes: Sequence[str], *, level: str = "lsoa21") -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
        """Area code and place of each code: of that level of the tree, `outside`, or `unlocated` when it is no area code.

        A well-formed code that the lookup does not know is `outside`: it belongs to another part of the country or another vintage.
        """
        found = np.array([code if self._is_of(code, level) else "" for code in codes], dtype=object)
        places = np.array([self._place_of(code, level) for code in codes], dtype=object)
        return found, places

    @property
    def ward_vintages(self) -> tuple[str, ...]:
        """The vintages that the wards of the tree are of, as far as they are known."""
        return tuple(sorted({vintage for area in self.tree.level("ward") if (vintage := ward_vintage(area.code))}))

    def wards_of_other_vintages(self, codes: Sequence[str]) -> dict[str, list[str]]:
        """Those of the codes that are known as wards of a vintage other than the tree's, by vintage. The lookup decides
        first: a ward that it names is of today, wherever it lies.
        """
        found: dict[str, list[str]] = {}
        own = self.ward_vintages
        for code in sorted(set(codes)):
            vintage = ward_vintage(code)
            if vintage and vintage not in own and code not in self._known and not self.tree.has(code):
                found.setdefault(vintage, []).append(code)
        return found

    def lsoas_of_2011(self, codes: Sequence[str]) -> tuple[str, ...]:
        """Those of the codes that are LSOAs of 2011 and of no later year, and that the lookup does not know."""
        old = lsoas_only_of_2011()
        return tuple(sorted(code for code in set(codes) if code in old and code not in self._known))

    @property
    def grid_bounds(self) -> tuple[float, float, float, float]:
        """The box round the whole area in metres of the National Grid: west, south, east, north."""
        west, south, east, north = shapely.total_bounds(self._metres.geometries)
        return float(west), float(south), float(east), float(north)

    def _is_of(self, code: str, level: str) -> bool:
        return self.tree.has(code) and self.tree.area(code).level == level

    def _place_of(self, code: str, level: str) -> str:
        if self._is_of(code, level):
            return INSIDE
        return OUTSIDE if code in self._known or _SHAPED_LIKE_A_CODE.fullmatch(code) else UNLOCATED

    def _project(self, longitude: Numbers, latitude: Numbers) -> tuple[Numbers, Numbers]:
        return self._grid.transform(longitude, latitude, direction="INVERSE")

    def _nearest(
        self, spots: npt.NDArray[Any], lost: npt.NDArray[np.int64], codes: npt.NDArray[Any], places: npt.NDArray[Any]
    ) -> None:
        if not len(lost):
            return
        metres = shapely.transform(spots[lost], self._project, interleaved=False)
        measurable = np.isfinite(shapely.get_coordinates(metres)).all(axis=1)
        metres[~measurable] = None
        hit, area = self._metres.query_nearest(metres, max_distance=NEAR_METRES, all_matches=True)
        best = np.full(len(lost), len(self._codes), dtype=np.int64)
        np.minimum.at(best, hit, area)
        near = best < len(self._codes)
        codes[lost[near]] = self._codes[best[near]]
        places[lost[near]] = NEAR

    def _point_places(self, session: EngineSession, relation: str, place: PlaceSpec, into: str) -> str:
        x, y = (f"TRY_CAST({quoted(name)} AS DOUBLE)" for name in place.fields)
        pairs = session.arrays(
            f"SELECT DISTINCT {x} AS x, {y} AS y FROM {relation} WHERE isfinite({x}) AND isfinite({y}) ORDER BY 1, 2"
        )
        across, up = np.asarray(pairs["x"], dtype=np.float64), np.asarray(pairs["y"], dtype=np.float64)
        longitude, latitude = self._grid.transform(across, up) if place.kind == "grid" and len(across) else (across, up)
        codes, places = self.points(np.asarray(longitude), np.asarray(latitude))
        session.load(into, {"x": across, "y": up, "hub_lsoa": codes.tolist(), "hub_place": places.tolist()})
        rows_x, rows_y = (f"TRY_CAST(hub_rows.{quoted(name)} AS DOUBLE)" for name in place.fields)
        return f"{rows_x} = hub_found.x AND {rows_y} = hub_found.y"

    def _named_places(self, session: EngineSession, relation: str, place: PlaceSpec, into: str) -> str:
        name = quoted(place.fields[0])
        said = [
            str(row[0])
            for row in session.rows(
                f"SELECT DISTINCT trim(CAST({name} AS VARCHAR)) AS said FROM {relation}"
                f" WHERE trim(CAST({name} AS VARCHAR)) <> '' ORDER BY 1"
            )
        ]
        codes, places = self.words(said) if place.kind == "text" else self.codes(said, level=place.level)
        session.load(into, {"said": said, "hub_lsoa": codes.tolist(), "hub_place": places.tolist()})
        return f"trim(CAST(hub_rows.{name} AS VARCHAR)) = hub_found.said"
