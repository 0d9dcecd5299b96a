"""Where things happen: the partnership's nested area tree and the one rule by which a row's place becomes an LSOA.

    Geography(clock=…).load(uow, permit, path)      boundaries (GeoJSON), lookup (CSV), gazetteer (CSV)
    Geography(clock=…).current(reading)             the AreaIndex in force, or None while boundaries or lookup are missing
    index_of_files([boundaries, lookup])            the same of plain files, without a hub
    AreaIndex.located(session, relation, place, into)
    Context(geography=…, clock=…).load(uow, permit, path)     population, deprivation by LSOA; harm weights by kind (CSV)
    Context(…).population(reading).of(tree, area)             residents of an area, or None where an LSOA is unknown

Every dataset goes through the same index, so that a ward means the same in each of them: a row's LSOA decides its ward by best fit,
never the ward the agency wrote.
"""

from typing import TYPE_CHECKING, Any

from hub.geography.built import index_of_files
from hub.geography.context_model import (
    ContextFile,
    ContextReport,
    Deprivation,
    HarmWeights,
    Population,
    lsoas_of,
)
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
from hub.geography.outlines import Outline

if TYPE_CHECKING:
    from hub.geography.context import Context
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
    "Context",
    "ContextFile",
    "ContextReport",
    "Deprivation",
    "Geography",
    "HarmWeights",
    "LoadReport",
    "Outline",
    "PlaceSpec",
    "Population",
    "index_of_files",
    "lsoas_of",
]


def __getattr__(name: str) -> Any:
    """Load `Context` and `Geography` when somebody asks for them. Who only locates rows needs neither."""
    if name == "Context":
        from hub.geography.context import Context  # noqa: PLC0415 - it brings the database, which a desk does not have

        return Context
    if name == "Geography":
        from hub.geography.service import Geography  # noqa: PLC0415 - it brings the database, which a desk does not have

        return Geography
    raise AttributeError(name)
