"""Combined views: declared lattices over a snapshot become protected tables, looked up for a reader.

    prepared = views.prepare(reading, grant, snapshot)      count, mask, attack: long, writes nothing
    views.keep(uow, permit, prepared)                       store, put the snapshot in force
    table = views.table(uow, permit, "violence-by-place", by="ward,quarter,kind", where="area=E05…;period=2016-Q2")
    table_csv(table)                                        the one rendering that every door shares

Each measure (dataset x counting basis x agency) has one profile and each of its cells one protected value per snapshot,
in whatever view it appears. Measures stand side by side and are never added up.
"""

from hub.views.across import decimal
from hub.views.asked import ask, by_of
from hub.views.asker import ReaderAsker
from hub.views.beside import change_text
from hub.views.building import Prepared
from hub.views.comparison import Compared, Comparison, Overlap
from hub.views.declared import Catalogue, DeclaredColumn, DeclaredMeasure, View, read_catalogue
from hub.views.families import DeclaredFamily
from hub.views.model import (
    HIDDEN,
    AreaColumn,
    AreaFigure,
    BuildReport,
    Cell,
    Column,
    Coverage,
    Family,
    Gap,
    Measure,
    Note,
    Offer,
    ProtectedTable,
    Query,
    Shown,
    TableOffer,
    TableRow,
    ViewFigures,
)
from hub.views.notes import coverage_line
from hub.views.rendered import gap_rows, table_csv, table_document
from hub.views.service import Views
from hub.views.showing import months_between
from hub.views.workbook import table_xlsx

__all__ = [
    "HIDDEN",
    "AreaColumn",
    "AreaFigure",
    "BuildReport",
    "Catalogue",
    "Cell",
    "Column",
    "Compared",
    "Comparison",
    "Coverage",
    "DeclaredColumn",
    "DeclaredFamily",
    "DeclaredMeasure",
    "Family",
    "Gap",
    "Measure",
    "Note",
    "Offer",
    "Overlap",
    "Prepared",
    "ProtectedTable",
    "Query",
    "ReaderAsker",
    "Shown",
    "TableOffer",
    "TableRow",
    "View",
    "ViewFigures",
    "Views",
    "ask",
    "by_of",
    "change_text",
    "coverage_line",
    "decimal",
    "gap_rows",
    "months_between",
    "read_catalogue",
    "table_csv",
    "table_document",
    "table_xlsx",
]
