"""Agreed schemas, and the checks compiled from them.

    registry = SchemaRegistry.from_folder()
    registry.get("police/street-crime")                       the agreed shape of a dataset
    check(session, source, schema, period="2026-10", …)       a file of a session against it -> Checked
    check_file(path, schema, period="2026-10")                the same on a desk, without a hub

Findings come from one catalogue (`findings.yaml`), their words from `hub/kit/words/en/schemas.yaml`; they say what is
wrong, where and how to mend it, and never repeat a value.
"""

from hub.schemas.delimiters import delimiter_found
from hub.schemas.desk import check_file
from hub.schemas.encodings import ENCODINGS, encodings_proposed, known_encoding
from hub.schemas.failing import MOST_CELLS, FailingCell, FailingCells, failing_cells
from hub.schemas.findings import SAMPLE, Finding, FindingKind, catalogue, column_letter, finding, in_order
from hub.schemas.forms import (
    AGE_BANDS,
    FROM_PLACE,
    ROW_FORMS,
    Coarser,
    generalisation_of,
    group_of,
    row_forms,
)
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
from hub.schemas.profile import NO_PROFILE, ImportProfile
from hub.schemas.registry import SchemaRegistry, check_floor, frictionless_descriptor
from hub.schemas.report import KEPT, Checked, CheckReport, Outcome
from hub.schemas.service import check
from hub.schemas.values import values_at

__all__ = [
    "AGE_BANDS",
    "ENCODINGS",
    "FROM_PLACE",
    "HEALTH_BODIES",
    "KEPT",
    "MONTH",
    "MOST_CELLS",
    "NO_PROFILE",
    "ROW_FORMS",
    "ROW_NUMBER",
    "SAMPLE",
    "CheckReport",
    "Checked",
    "Coarser",
    "Code",
    "CodeList",
    "DatasetSchema",
    "FailingCell",
    "FailingCells",
    "Field",
    "Finding",
    "FindingKind",
    "ImportProfile",
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
    "delimiter_found",
    "encodings_proposed",
    "failing_cells",
    "finding",
    "first_day",
    "frictionless_descriptor",
    "generalisation_of",
    "group_of",
    "in_order",
    "known_encoding",
    "next_first_day",
    "prescribed_sets",
    "row_forms",
    "values_at",
]
