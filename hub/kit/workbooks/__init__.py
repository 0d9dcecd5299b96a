"""Spreadsheet workbooks (XLSX, ODS) as rows of text, read where they can do no harm.

    with opened(content) as workbook:                         a process of its own: see `apart`
        overview = workbook.overview()                        sheets with their first rows, links, macros
        table = workbook.table(Asked(sheet=0, header=1, columns=(…)))
        table.csv                                             the rows as a CSV file with the same row numbers
    workbook_of(SheetToWrite("Table", rows))              an XLSX workbook of plain cells, as bytes

Values come from calamine. What it does not tell, a pass over the XML does: formulas without a result, errors, merged and
hidden cells. Raises `BadWorkbook` for what is broken, locked, too large or hostile.
"""

from hub.kit.workbooks.apart import opened
from hub.kit.workbooks.marked import Line, Marking, marked_plain
from hub.kit.workbooks.model import (
    DIGITS,
    ERROR_VALUE,
    FORMULA,
    HIDDEN_COLUMN,
    HIDDEN_ROW,
    MADE_DATE,
    MERGED,
    MOST_BYTES,
    MOST_UNZIPPED,
    NO_RESULT,
    NO_TIME,
    ZEROS,
    Asked,
    BadWorkbook,
    Column,
    Mark,
    Overview,
    Sheet,
    Table,
)
from hub.kit.workbooks.parts import LONGEST
from hub.kit.workbooks.templates import Template, TemplateColumn, template_of
from hub.kit.workbooks.written import SheetToWrite, workbook_of

__all__ = [
    "DIGITS",
    "ERROR_VALUE",
    "FORMULA",
    "HIDDEN_COLUMN",
    "HIDDEN_ROW",
    "LONGEST",
    "MADE_DATE",
    "MERGED",
    "MOST_BYTES",
    "MOST_UNZIPPED",
    "NO_RESULT",
    "NO_TIME",
    "ZEROS",
    "Asked",
    "BadWorkbook",
    "Column",
    "Line",
    "Mark",
    "Marking",
    "Overview",
    "Sheet",
    "SheetToWrite",
    "Table",
    "Template",
    "TemplateColumn",
    "marked_plain",
    "opened",
    "template_of",
    "workbook_of",
]
