"""What the places of granted rows become: the area above a code of the tree, or the LSOA that a point or words lie in."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock
from typing import Any

import numpy as np
import numpy.typing as npt

from hub.engine import EngineSession, quoted
from hub.geography import AreaIndex
from hub.schemas import DatasetSchema, SchemaRegistry
from hub.snapshots.forms import ABOVE, SAID, place_keys, read_sql
from hub.snapshots.model import AcceptedSubmission

_STEP_UP = {"lsoa-code": "lsoa21", "ward-code": "ward"}
"""Places whose codes are areas of the tree: what they become is the area above."""

_MOST_PLACES = 500_000
_MOST_DATASETS = 8

_Columns = dict[str, npt.NDArray[Any]]


class Places:
    """Locates each distinct place once for the same submissions and the same tree, and remembers where it lies.

    What is remembered is held in memory alone, for the submissions last read of a dataset and supplier: other submissions, after
    one was replaced, withdrawn or erased, take its place.
    """

    def __init__(self, schemas: SchemaRegistry) -> None:
        self._schemas = schemas
        self._kept: dict[tuple[str, str], tuple[tuple[str, ...], _Columns]] = {}
        self._lock = Lock()

    def load(
        self, session: EngineSession, schema: DatasetSchema, inputs: Sequence[AcceptedSubmission], index: AreaIndex
    ) -> None:
        """Make the table `ABOVE` of the session. Work grows with the distinct places, not with the rows."""
        level = _STEP_UP.get(schema.place.kind)
        if level is not None:
            areas = index.tree.level(level)
            session.load(ABOVE, {"said_0": [one.code for one in areas], "area": [one.parent for one in areas]})
            return
        same = [one for one in inputs if self._schemas.get(schema.id, one.schema_version).place == schema.place]
        key, edition = (schema.id, inputs[0].agency), (index.tree.id, *(one.accepted_object for one in same))
        with self._lock:
            kept = self._kept.get(key)
        if kept is None or kept[0] != edition:
            kept = (edition, _located(session, schema, [one.accepted_object for one in same], index))
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


def _located(session: EngineSession, schema: DatasetSchema, objects: Sequence[str], index: AreaIndex) -> _Columns:
    fields = schema.place.fields
    said = ", ".join(f"{key} AS {quoted(name)}" for key, name in zip(place_keys(schema), fields, strict=True))
    session.run(f"CREATE TEMP TABLE {ABOVE}_said AS SELECT DISTINCT {said} FROM {read_sql(objects)}")
    index.located(session, f"{ABOVE}_said", schema.place, f"{ABOVE}_located")
    names = ", ".join(f"{quoted(name)} AS {said}" for said, name in zip(SAID, fields, strict=False))
    columns = session.arrays(f"SELECT {names}, nullif(hub_lsoa, '') AS area FROM {ABOVE}_located")
    return {name: np.asanyarray(column) for name, column in columns.items()}
