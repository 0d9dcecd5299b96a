"""Agreed schemas, and the checks compiled from them.

    registry = SchemaRegistry.from_folder()
    registry.get("police/street-crime")                       the agreed shape of a dataset
    check(session, source, schema, period="2026-10", …)       a file of a session against it -> Checked
    check_file(path, schema, period="2026-10")                the same on a desk, without a hub

Findings come from one catalogue (`findings.yaml`), their words from `hub/kit/words/en/schemas.yaml`; they say what is
wrong, where and how to mend it, and never repeat a value.
"""

from hub.schemas.findings import SAMPLE, Finding, FindingKind, catalogue, column_letter
from hub.schemas.model import (
    HEALTH_BODIES,
    MONTH,
    ROW_NUMBER,
    Code,
    CodeList,
    DatasetSchema,
    Field,
    RefusedField,
    Rule,
)
from hub.schemas.period import check_period, first_day, next_first_day
from hub.schemas.prescribed import PrescribedSet, prescribed_sets
from hub.schemas.registry import SchemaRegistry, check_floor, frictionless_descriptor
from hub.schemas.report import KEPT, Checked, CheckReport, Outcome
from hub.schemas.service import check, check_file
from hub.schemas.values import values_at

__all__ = [
    "HEALTH_BODIES",
    "KEPT",
    "MONTH",
    "ROW_NUMBER",
    "SAMPLE",
    "CheckReport",
    "Checked",
    "Code",
    "CodeList",
    "DatasetSchema",
    "Field",
    "Finding",
    "FindingKind",
    "Outcome",
    "PrescribedSet",
    "RefusedField",
    "Rule",
    "SchemaRegistry",
    "catalogue",
    "check",
    "check_file",
    "check_floor",
    "check_period",
    "column_letter",
    "first_day",
    "frictionless_descriptor",
    "next_first_day",
    "prescribed_sets",
    "values_at",
]
