"""Boundaries and lookup become one nested tree, or an error that says why they do not fit. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from hub.geography.model import Area, AreaTree, Boundary, GazetteerRow, LookupRow, the_names
from hub.geography.read import problem
from hub.geography.words import normal_place
from hub.kit.canonical import canonical_json, sha256_hex

_ID_DIGITS = 12


def grow(boundaries: Sequence[Boundary], lookup: Sequence[LookupRow], gazetteer: Sequence[GazetteerRow]) -> AreaTree:
    """The tree of the boroughs that have boundaries. Each LSOA of theirs must have one. Invalid when the files do not fit."""
    rows = {row.lsoa: row for row in lookup}
    _check_fit(boundaries, rows, gazetteer)
    boroughs = {rows[boundary.lsoa].borough for boundary in boundaries}
    _check_whole(boundaries, [row for row in lookup if row.borough in boroughs])
    areas: dict[str, Area] = {}
    for row in lookup:
        if row.borough in boroughs:
            areas[row.borough] = Area(row.borough, row.borough_name, "borough")
            areas[row.ward] = Area(row.ward, row.ward_name, "ward", row.borough)
            areas[row.lsoa] = Area(row.lsoa, row.lsoa_name, "lsoa21", row.ward)
    ordered = tuple(areas[code] for code in sorted(areas))
    tops = [area for area in ordered if area.level == "borough"]
    content = {
        "areas": [[area.code, area.name, area.level, area.parent] for area in ordered],
        "boundaries": [[boundary.lsoa, boundary.wkb.hex()] for boundary in boundaries],
        "known": sorted(rows),
        "gazetteer": sorted([normal_place(row.place), row.lsoa] for row in gazetteer),
    }
    return AreaTree(sha256_hex(canonical_json(content))[:_ID_DIGITS], the_names(tops), ordered)


def _check_fit(boundaries: Sequence[Boundary], rows: dict[str, LookupRow], gazetteer: Sequence[GazetteerRow]) -> None:
    unknown = [boundary.lsoa for boundary in boundaries if boundary.lsoa not in rows]
    if unknown:
        raise problem("not-in-lookup", count=len(unknown), code=unknown[0])
    other = [boundary.lsoa for boundary in boundaries if boundary.ward and boundary.ward != rows[boundary.lsoa].ward]
    if other:
        raise problem("ward-differs", count=len(other), code=other[0])
    nowhere = [row.lsoa for row in gazetteer if row.lsoa not in rows]
    if nowhere:
        raise problem("gazetteer-code", count=len(nowhere), code=nowhere[0])


def _check_whole(boundaries: Sequence[Boundary], rows: Sequence[LookupRow]) -> None:
    bounded = {boundary.lsoa for boundary in boundaries}
    missing = [row for row in rows if row.lsoa not in bounded]
    if missing:
        raise problem("no-boundary", count=len(missing), borough=missing[0].borough_name, code=missing[0].lsoa)
