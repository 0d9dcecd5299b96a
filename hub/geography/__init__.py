"""Where things happen: the partnership's nested area tree and the one rule by which a row's place becomes an LSOA.

    Geography(clock=…).load(uow, permit, path)      boundaries (GeoJSON), lookup (CSV), gazetteer (CSV)
    Geography(clock=…).current(reading)             the AreaIndex in force, or None while boundaries or lookup are missing
    AreaIndex.located(session, relation, place, into)

Every dataset goes through the same index, so that a ward means the same in each of them: a row's LSOA decides its ward by best fit,
never the ward the agency wrote.
"""

from hub.geography.locate import AreaIndex
from hub.geography.model import (
    EDGE,
    INSIDE,
    LEVELS,
    LOCATED,
    NEAR,
    NEAR_METRES,
    OUTSIDE,
    UNLOCATED,
    Area,
    AreaTree,
    LoadReport,
    PlaceSpec,
)
from hub.geography.service import Geography

__all__ = [
    "EDGE",
    "INSIDE",
    "LEVELS",
    "LOCATED",
    "NEAR",
    "NEAR_METRES",
    "OUTSIDE",
    "UNLOCATED",
    "Area",
    "AreaIndex",
    "AreaTree",
    "Geography",
    "LoadReport",
    "PlaceSpec",
]
