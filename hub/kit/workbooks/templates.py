"""An empty table to fill in: a header that stays in view, columns of the right format, drop-downs, and sheets that explain it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from hub.kit.workbooks.parts import Shown, assembled, cell_xml, column_letters, package, sheet_part
from hub.kit.workbooks.styles import Styles

_LAST_ROW = 1_048_576
_MOST_TITLE, _MOST_PROMPT = 32, 255


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateColumn:
    """A column to fill in. `format` is `text`, or a number format such as `yyyy-mm-dd`; empty: general.

    `choices` are the values of a drop-down, each with its meaning; `free`: others may be written too. `least` and `most` bound a
    whole number. `needed` columns have a filled header. `hint` is shown when a cell is chosen.
    """

    name: str
    format: str = "text"
    width: float = 16.0
    needed: bool = False
    hint: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    free: bool = False
    least: int | None = None
    most: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """The sheets: the table `name`, the explanation, and the codes with their meanings (where a column has any)."""

    name: str
    columns: Sequence[TemplateColumn]
    help_name: str
    help_lines: Sequence[tuple[tuple[str, ...], str]]
    help_widths: Sequence[float]
    codes_name: str
    codes_hint: str


def template_of(template: Template) -> bytes:
    """The template as an XLSX workbook; the same template gives the same bytes. Nothing in it is a formula or a macro."""
    styles = Styles()
    coded = [column for column in template.columns if column.choices]
    sheets = {template.name: _table(template, coded, styles)}
    lines = [[Shown(text, styles.own(style)) for text in texts] for texts, style in template.help_lines]
    sheets[template.help_name] = sheet_part(lines, widths=template.help_widths)
    if coded:
        sheets[template.codes_name] = _codes(template, coded, styles)
    return package(sheets, styles=styles.part())


def _table(template: Template, coded: Sequence[TemplateColumn], styles: Styles) -> bytes:
    heads, columns, rules = [], [], []
    for place, column in enumerate(template.columns):
        head = styles.own("head")
        head = styles.marked(head, "warning") if column.needed else head
        heads.append(cell_xml(f"{column_letters(place)}1", column.name, head))
        style = styles.own(column.format) if column.format else 0
        styled = f' style="{style}"' if style else ""
        columns.append(f'<col min="{place + 1}" max="{place + 1}" width="{column.width:g}" customWidth="1"{styled}/>')
        rules.append(_rule(template, column, place, coded))
    return assembled(
        ["<sheetData>", f'<row r="1">{"".join(heads)}</row>', "</sheetData>"],
        columns=f"<cols>{''.join(columns)}</cols>",
        freeze=1,
        after=f'<dataValidations count="{len(rules)}">{"".join(rules)}</dataValidations>',
    )


def _rule(template: Template, column: TemplateColumn, place: int, coded: Sequence[TemplateColumn]) -> str:
    letter = column_letters(place)
    said = f'allowBlank="1" showInputMessage="1" sqref="{letter}2:{letter}{_LAST_ROW}"'
    if column.hint:
        title, prompt = column.name[:_MOST_TITLE], column.hint[:_MOST_PROMPT]
        said += f" promptTitle={quoteattr(title)} prompt={quoteattr(prompt)}"
    strict = ' showErrorMessage="1"'
    if column.choices:
        where = column_letters(2 * coded.index(column))
        sheet = template.codes_name.replace("'", "''")
        listed = escape(f"'{sheet}'!${where}$4:${where}${3 + len(column.choices)}")
        return f'<dataValidation type="list"{"" if column.free else strict} {said}><formula1>{listed}</formula1></dataValidation>'
    if column.least is not None and column.most is not None:
        bounds = f"<formula1>{column.least}</formula1><formula2>{column.most}</formula2>"
        return f'<dataValidation type="whole" operator="between"{strict} {said}>{bounds}</dataValidation>'
    return f"<dataValidation {said}/>"


def _codes(template: Template, coded: Sequence[TemplateColumn], styles: Styles) -> bytes:
    """Two columns for each coded one: the code, and what it means. The name of the sheet stands in its first cell."""
    text, wrap, head = styles.own("text"), styles.own("wrap"), styles.own("head")
    rows: list[list[Shown]] = [
        [Shown(template.codes_name, styles.own("title"))],
        [Shown(template.codes_hint)],
        [Shown(said, head) for column in coded for said in (column.name, "")],
    ]
    for number in range(max(len(column.choices) for column in coded)):
        row = []
        for column in coded:
            code, meaning = column.choices[number] if number < len(column.choices) else ("", "")
            row += [Shown(code, text if code else 0), Shown(meaning, wrap if meaning else 0)]
        rows.append(row)
    return sheet_part(rows, widths=[width for _ in coded for width in (24.0, 40.0)], freeze=3)
