"""Read files of areas: boundaries, lookup, gazetteer. Pure; each error says what, where and how to mend it."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import shapely
import shapely.geometry

from hub.geography.model import Boundary, GazetteerRow, LookupRow
from hub.geography.words import normal_place
from hub.kit.errors import Invalid
from hub.kit.words import say

_SHAPELY: Any = shapely  # it has no types of its own
_WARD_CODE, _WARD_NAME = re.compile(r"WD\d\dCD"), re.compile(r"WD\d\dNM")
_LAD_CODE, _LAD_NAME = re.compile(r"LAD\d\dCD"), re.compile(r"LAD\d\dNM")
_WGS84 = re.compile(r"CRS84|EPSG:+4326|EPSG::4326", re.IGNORECASE)


def problem(code: str, /, **values: Any) -> Invalid:
    """The error of that code, in the catalogue's words."""
    return Invalid(say(f"geography.{code}", **values), code=code, remedy=say(f"geography.{code}-remedy", **values))


def kind_of(content: bytes, *, file: str) -> str:
    """`boundaries`, `lookup` or `gazetteer`, from what the file holds, not from its name. Invalid when it is none of them."""
    text = _text(content, file=file)
    if text.lstrip()[:1] in ("{", "["):
        return "boundaries"
    header = {name.strip().upper() for name in next(csv.reader(io.StringIO(text)), [])}
    if {"PLACE", "LSOA21"} <= header:
        return "gazetteer"
    if "LSOA21CD" in header:
        return "lookup"
    raise problem("not-a-geography-file", file=file)


def read_boundaries(content: bytes, *, file: str) -> tuple[Boundary, ...]:
    """One boundary for each feature, in code order. WGS84 degrees, valid polygons, each code once."""
    text = _text(content, file=file)
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        raise problem("not-json", file=file, line=error.lineno, column=error.colno) from None
    features = document.get("features") if isinstance(document, dict) else None
    if document.__class__ is not dict or document.get("type") != "FeatureCollection" or not features:
        raise problem("not-a-collection", file=file)
    _check_crs(document, file=file)
    boundaries = [_boundary(feature, number, file=file) for number, feature in enumerate(features, start=1)]
    _once("LSOA", [boundary.lsoa for boundary in boundaries], file=file)
    return tuple(sorted(boundaries, key=lambda boundary: boundary.lsoa))


def read_lookup(content: bytes, *, file: str) -> tuple[LookupRow, ...]:
    """One row for each LSOA, in code order; every ward lies in one borough. The header says the vintage of ward and borough."""
    records, columns = _records(content, file=file)
    names = {
        "lsoa": _column(columns, re.compile("LSOA21CD"), file=file, shown="LSOA21CD"),
        "lsoa_name": _column(columns, re.compile("LSOA21NM"), file=file, shown="LSOA21NM"),
        "ward": _column(columns, _WARD_CODE, file=file, shown="WDyyCD"),
        "ward_name": _column(columns, _WARD_NAME, file=file, shown="WDyyNM"),
        "borough": _column(columns, _LAD_CODE, file=file, shown="LADyyCD"),
        "borough_name": _column(columns, _LAD_NAME, file=file, shown="LADyyNM"),
    }
    rows = [
        LookupRow(**{name: _cell(record, column, row, file=file) for name, column in names.items()})
        for row, record in records
    ]
    if not rows:
        raise problem("no-rows", file=file)
    _once("LSOA", [row.lsoa for row in rows], file=file)
    _one_parent("ward", [(row.ward, row.borough) for row in rows], file=file)
    return tuple(sorted(rows, key=lambda row: row.lsoa))


def read_gazetteer(content: bytes, *, file: str) -> tuple[GazetteerRow, ...]:
    """Places as written, with their LSOA, in the order of the normal form; a place written twice must name one LSOA."""
    records, columns = _records(content, file=file)
    place = _column(columns, re.compile("PLACE"), file=file, shown="place")
    lsoa = _column(columns, re.compile("LSOA21"), file=file, shown="lsoa21")
    known: dict[str, GazetteerRow] = {}
    for row, record in records:
        entry = GazetteerRow(_cell(record, place, row, file=file), _cell(record, lsoa, row, file=file))
        normal = normal_place(entry.place)
        if not normal:
            raise problem("blank-cell", file=file, row=row, column=place)
        if known.setdefault(normal, entry).lsoa != entry.lsoa:
            raise problem("place-twice", file=file, row=row)
    if not known:
        raise problem("no-rows", file=file)
    return tuple(known[normal] for normal in sorted(known))


def _text(content: bytes, *, file: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise problem("wrong-encoding", file=file, byte=error.start + 1) from None


def _check_crs(document: Mapping[str, Any], *, file: str) -> None:
    crs = document.get("crs")
    if crs is not None and not _WGS84.search(json.dumps(crs)):
        raise problem("wrong-crs", file=file)


def _boundary(feature: Any, number: int, *, file: str) -> Boundary:
    properties = feature.get("properties") if isinstance(feature, dict) else None
    values = {str(name).lower(): value for name, value in (properties or {}).items()}
    code = str(values.get("lsoa21cd") or "").strip()
    if not code:
        raise problem("no-code", file=file, feature=number)
    ward = next(
        (str(value).strip() for name, value in values.items() if _WARD_CODE.fullmatch(name.upper()) and value), ""
    )
    geometry = _polygon(feature.get("geometry"), number, code, file=file)
    west, south, east, north = geometry.bounds
    if west < -180 or east > 180 or south < -90 or north > 90:
        raise problem("not-degrees", file=file, feature=number)
    return Boundary(code, str(values.get("lsoa21nm") or code).strip(), ward, _SHAPELY.to_wkb(geometry, byte_order=1))


def _polygon(geometry: Any, number: int, code: str, *, file: str) -> Any:
    try:
        made = _SHAPELY.geometry.shape(geometry)
    except (_SHAPELY.GEOSException, AttributeError, KeyError, TypeError, ValueError, IndexError):
        raise problem("bad-shape", file=file, feature=number, code=code) from None
    if made.geom_type not in ("Polygon", "MultiPolygon") or made.is_empty or not made.is_valid:
        raise problem("bad-shape", file=file, feature=number, code=code)
    return _SHAPELY.force_2d(made)


def _records(content: bytes, *, file: str) -> tuple[Iterator[tuple[int, Mapping[str, str]]], Sequence[str]]:
    reader = csv.reader(io.StringIO(_text(content, file=file), newline=""))
    columns = [name.strip().upper() for name in next(reader, [])]

    def numbered() -> Iterator[tuple[int, Mapping[str, str]]]:
        for row, cells in enumerate(reader, start=2):
            if not cells:
                continue
            if len(cells) != len(columns):
                raise problem("ragged-row", file=file, row=row, found=len(cells), expected=len(columns))
            yield row, dict(zip(columns, cells, strict=True))

    return numbered(), columns


def _column(columns: Sequence[str], wanted: re.Pattern[str], *, file: str, shown: str) -> str:
    found = [name for name in columns if wanted.fullmatch(name)]
    if not found:
        raise problem("missing-column", file=file, column=shown)
    return found[0]


def _cell(record: Mapping[str, str], column: str, row: int, *, file: str) -> str:
    value = record[column].strip()
    if not value:
        raise problem("blank-cell", file=file, row=row, column=column)
    return value


def _once(what: str, codes: Sequence[str], *, file: str) -> None:
    seen: set[str] = set()
    for code in codes:
        if code in seen:
            raise problem("code-twice", file=file, what=what, code=code)
        seen.add(code)


def _one_parent(what: str, pairs: Sequence[tuple[str, str]], *, file: str) -> None:
    parents: dict[str, str] = {}
    for code, parent in pairs:
        if parents.setdefault(code, parent) != parent:
            raise problem("two-parents", file=file, what=what, code=code)
