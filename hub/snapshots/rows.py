"""The relation of whole rows that a task of the hub counts: the granted fields of the granted agencies' inputs of one dataset."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hub.engine import literal, quoted
from hub.schemas import MONTH, ROW_NUMBER, SchemaRegistry
from hub.snapshots.model import SnapshotInput

RELATION = "hub_granted"
"""Name of the view that a session of `Snapshots.rows` holds."""

AGENCY, PERIOD, SUBMISSION = "hub_agency", "hub_period", "hub_submission"


def relation_sql(inputs: Sequence[SnapshotInput], fields: Sequence[str], schemas: SchemaRegistry) -> str:
    """SQL of the relation: `fields`, then `hub_row`, `hub_month`, `hub_agency`, `hub_period`, `hub_submission`.

    A field that an input's version of the schema does not have is null in its rows.
    """
    return " UNION ALL BY NAME ".join(_one(one, fields, _columns(one, schemas)) for one in inputs)


def _one(one: SnapshotInput, fields: Sequence[str], present: frozenset[str]) -> str:
    said: Mapping[str, str] = {AGENCY: one.agency, PERIOD: one.period, SUBMISSION: one.submission}
    columns = [
        *(quoted(name) if name in present else f"NULL AS {quoted(name)}" for name in fields),
        ROW_NUMBER,
        MONTH,
        *(f"{literal(value)} AS {name}" for name, value in said.items()),
    ]
    return f"SELECT {', '.join(columns)} FROM read_parquet({literal(f'sealed://{one.object_id}')})"


def _columns(one: SnapshotInput, schemas: SchemaRegistry) -> frozenset[str]:
    return frozenset(schemas.get(one.dataset, one.schema_version).names)
