"""Agreed schemas, and the checks compiled from them.

    registry = SchemaRegistry.from_folder()
    registry.get("police/street-crime")                       the agreed shape of a dataset
    check(session, source, schema, period="2026-10", …)       a file of a session against it -> Checked
    check_file(path, schema, period="2026-10")                the same on a desk, without a hub

Findings come from one catalogue (`findings.yaml`), their words from `hub/kit/words/en/schemas.yaml`; they say what is
wrong, where and how to mend it, and never repeat a value.
"""

from hub.schemas.alike import fewest_alike, quasi_identifiers, withholds_few
from hub.schemas.code_proposals import CodeProposal, code_proposals
from hub.schemas.delimiters import delimiter_found, said_delimiter
from hub.schemas.desk import check_file, marked_file, read_file_as
from hub.schemas.encodings import ENCODINGS, encodings_proposed, known_encoding
from hub.schemas.failing import MOST_CELLS, FailingCell, FailingCells, failing_cells
from hub.schemas.findings import (
    ERROR,
    QUERY,
    SAMPLE,
    Finding,
    FindingKind,
    catalogue,
    column_letter,
    finding,
    in_order,
    rows_said,
)
from hub.schemas.forms import (
    AGE_BANDS,
    FROM_PLACE,
    ROW_FORMS,
    Coarser,
    coarser_sql,
    generalisation_of,
    group_of,
    row_forms,
)
from hub.schemas.identifiers import identifiers_in_bytes
from hub.schemas.mapping import (
    LONGEST_TEXT,
    check_once,
    check_profile,
    fitting,
    is_keepable_name,
    is_keepable_text,
    keepable,
    profile_from,
)
from hub.schemas.marking import MARKED_MEDIA, MarkedFile, marked
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
from hub.schemas.pages import FindingPage, finding_markdown, finding_page
from hub.schemas.period import check_period, first_day, next_first_day
from hub.schemas.prescribed import PrescribedSet, prescribed_sets
from hub.schemas.profile import NO_PROFILE, ImportProfile, joined
from hub.schemas.proposals import ColumnProposal, ColumnSeen, NotTheSame, Proposals, column_proposals
from hub.schemas.reading import CodesRead, ColumnRead, Reading, Spelling, TextRead, read_as, reading_document
from hub.schemas.registry import SchemaRegistry, check_floor, frictionless_descriptor
from hub.schemas.report import KEPT, Checked, CheckReport, Outcome
from hub.schemas.rows import said_kinds
from hub.schemas.service import check
from hub.schemas.storing import codes_written
from hub.schemas.templates import template, template_columns, template_name
from hub.schemas.values import values_at

__all__ = [
    "AGE_BANDS",
    "ENCODINGS",
    "ERROR",
    "FROM_PLACE",
    "HEALTH_BODIES",
    "KEPT",
    "LONGEST_TEXT",
    "MARKED_MEDIA",
    "MONTH",
    "MOST_CELLS",
    "NO_PROFILE",
    "QUERY",
    "ROW_FORMS",
    "ROW_NUMBER",
    "SAMPLE",
    "CheckReport",
    "Checked",
    "Coarser",
    "Code",
    "CodeList",
    "CodeProposal",
    "CodesRead",
    "ColumnProposal",
    "ColumnRead",
    "ColumnSeen",
    "DatasetSchema",
    "FailingCell",
    "FailingCells",
    "Field",
    "Finding",
    "FindingKind",
    "FindingPage",
    "ImportProfile",
    "MarkedFile",
    "NotTheSame",
    "Outcome",
    "PrescribedSet",
    "Proposals",
    "Reading",
    "RefusedField",
    "Rule",
    "SchemaRegistry",
    "Spelling",
    "TextRead",
    "catalogue",
    "check",
    "check_file",
    "check_floor",
    "check_once",
    "check_period",
    "check_profile",
    "coarser_sql",
    "code_proposals",
    "codes_written",
    "column_letter",
    "column_proposals",
    "delimiter_found",
    "encodings_proposed",
    "failing_cells",
    "fewest_alike",
    "finding",
    "finding_markdown",
    "finding_page",
    "first_day",
    "fitting",
    "frictionless_descriptor",
    "generalisation_of",
    "group_of",
    "identifiers_in_bytes",
    "in_order",
    "is_keepable_name",
    "is_keepable_text",
    "joined",
    "keepable",
    "known_encoding",
    "marked",
    "marked_file",
    "next_first_day",
    "prescribed_sets",
    "profile_from",
    "quasi_identifiers",
    "read_as",
    "read_file_as",
    "reading_document",
    "row_forms",
    "rows_said",
    "said_delimiter",
    "said_kinds",
    "template",
    "template_columns",
    "template_name",
    "values_at",
    "withholds_few",
]
