"""The files of the invented borough's ground: boundaries, lookup and gazetteer, as `hub geography load` takes them."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from hub.synthetic.borough import (
    BOROUGH,
    BOROUGH_CODE,
    NEIGHBOUR,
    NEIGHBOUR_CODE,
    Lsoa,
    ravensbourne,
    shapely,
    to_wgs84,
)
from hub.synthetic.model import NOTICE
from hub.synthetic.places import Places
from hub.synthetic.table import csv_bytes

LOOKUP_COLUMNS = (
    "LSOA21CD", "LSOA21NM", "LSOA21NMW", "WD25CD", "WD25NM", "WD25NMW", "LAD25CD", "LAD25NM", "LAD25NMW",
)  # fmt: skip


def boundaries() -> tuple[bytes, int]:
    """GeoJSON of the 199 LSOAs in WGS84 degrees with six decimals, and how many features it has.

    Shared edges have the same points in both areas; properties are `lsoa21cd`, `lsoa21nm`, `wd25cd`, `wd25nm`.
    """
    features = [_feature(lsoa) for lsoa in ravensbourne().lsoas]
    collection = {"type": "FeatureCollection", "name": f"{BOROUGH} LSOA 2021. {NOTICE}", "features": features}
    return json.dumps(collection, separators=(",", ":")).encode() + b"\n", len(features)


def _feature(lsoa: Lsoa) -> dict[str, Any]:
    metres = shapely.get_coordinates(lsoa.shape)
    longitude, latitude = to_wgs84(metres[:, 0], metres[:, 1])
    ring = np.column_stack([longitude, latitude]).tolist()
    return {
        "type": "Feature",
        "properties": {"lsoa21cd": lsoa.code, "lsoa21nm": lsoa.name, "wd25cd": lsoa.ward_code, "wd25nm": lsoa.ward},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }


def lookup() -> tuple[bytes, int]:
    """CSV of LSOA to ward to borough in the columns of the ONS lookup, the neighbour's areas too, and how many rows it has."""
    borough = ravensbourne()
    rows = [_lookup_row(lsoa, BOROUGH_CODE, BOROUGH) for lsoa in borough.lsoas]
    rows += [_lookup_row(lsoa, NEIGHBOUR_CODE, NEIGHBOUR) for lsoa in borough.outside]
    return csv_bytes([list(LOOKUP_COLUMNS), *rows]), len(rows)


def _lookup_row(lsoa: Lsoa, code: str, name: str) -> list[str]:
    return [lsoa.code, lsoa.name, "", lsoa.ward_code, lsoa.ward, "", code, name, ""]


def gazetteer(places: Places) -> tuple[bytes, int]:
    """CSV `place,lsoa21` of all streets and venues of the borough, and how many rows it has."""
    rows = [[place, code] for place, code in places.gazetteer()]
    return csv_bytes([["place", "lsoa21"], *rows]), len(rows)
