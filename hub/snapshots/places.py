"""What the places of granted rows become: the area above a code of the tree, or the LSOA that a point or words lie in."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock
from typing import Any

import numpy as np
import numpy.typing as npt

from hub.engine import EngineSession, quoted
from hub.geography import AreaIndex
from hub.schemas import DatasetSchema
from hub.snapshots.forms import ABOVE, SAID, place_keys

_STEP_UP = {"lsoa-code": "lsoa21", "ward-code": "ward"}
"""Places whose codes are areas of the tree: what they become is the area above."""

_MOST_PLACES = 500_000
_MOST_DATASETS = 8

_Columns = dict[str, npt.NDArray[Any]]


class Places:
    """Locates each distinct place once for the same rows and the same tree, and remembers where it lies.

    What is remembered is held in memory alone, for the rows last read of a dataset and supplier: other rows, after a submission
    was replaced, withdrawn or erased, take their place.
    """

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], tuple[tuple[str, ...], _Columns]] = {}
        self._lock = Lock()

    def load(
        self,
        session: EngineSession,
        schema: DatasetSchema,
        sources: Sequence[str],
        index: AreaIndex,
        *,
        known_as: tuple[str, ...] = (),
    ) -> None:
        """Make the table `ABOVE` of the session, for the rows that the SQL `sources` read. Work grows with the distinct places,
        not with the rows. `known_as`: the supplier and the ids of what is read, to be remembered; empty: nothing is.
        """
        level = _STEP_UP.get(schema.place.kind)
        if level is not None:
            areas = index.tree.level(level)
            session.load(ABOVE, {"said_0": [one.code for one in areas], "area": [one.parent for one in areas]})
            return
        if not sources:  # no version of these rows says its place so
            session.run(f"CREATE TEMP TABLE {ABOVE} (said_0 VARCHAR, said_1 VARCHAR, area VARCHAR)")
            return
        if not known_as:
            session.load(ABOVE, _located(session, schema, sources, index))
            return
        key, edition = (schema.id, known_as[0]), (index.tree.id, *known_as[1:])
        with self._lock:
            kept = self._kept.get(key)
        if kept is None or kept[0] != edition:
            kept = (edition, _located(session, schema, sources, index))
            self._keep(key, kept)
        session.load(ABOVE, kept[1])

    def _keep(self, key: tuple[str, str], found: tuple[tuple[str, ...], _Columns]) -> None:
        with self._lock:
            self._kept.pop(key, None)
            if len(found[1]["area"]) > _MOST_PLACES:
                return
            while len(self._kept) >= _MOST_DATASETS:
                self._kept.pop(next(iter(self._kept)))
            self._kept[key] = found


def _located(session: EngineSession, schema: DatasetSchema, sources: Sequence[str], index: AreaIndex) -> _Columns:
    fields = schema.place.fields
    said = ", ".join(f"{key} AS {quoted(name)}" for key, name in zip(place_keys(schema), fields, strict=True))
    every = " UNION ALL ".join(f"SELECT {said} FROM {one}" for one in sources)
    session.run(f"CREATE TEMP TABLE {ABOVE}_said AS SELECT DISTINCT * FROM ({every})")
    index.located(session, f"{ABOVE}_said", schema.place, f"{ABOVE}_located")
    names = ", ".join(f"{quoted(name)} AS {said}" for said, name in zip(SAID, fields, strict=False))
    columns = session.arrays(f"SELECT {names}, nullif(hub_lsoa, '') AS area FROM {ABOVE}_located")
    return {name: np.asanyarray(column) for name, column in columns.items()}
