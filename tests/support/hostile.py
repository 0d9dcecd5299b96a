"""Hostile strings: those of the corpus, and the few that stand for each kind of harm where a test cannot try them all."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections import Counter
from functools import cache
from html.parser import HTMLParser

import httpx2
import openpyxl
import python_calamine

from tests.support.shared import shared

FORMULAS = ("=", "+", "-", "@", "\0", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
NUMBER = re.compile(r"[-+]?[0-9]+([.,][0-9]+)?(E[-+]?[0-9]+)?")
NASTY = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onfocus='alert(1)' autofocus='",
    "javascript:alert(1)",
    "{{ 7*7 }}{% raw %}",
    "'; DROP TABLE submissions; --",
    "=cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "\u202egnp.exe",
    "%0d%0aSet-Cookie: a=b",
    "../../../../etc/passwd",
    "${jndi:ldap://127.0.0.1/a}",
    "&lt;b&gt;&amp;",
    "Z\u0351\u036b\u0343\u036a\u0302",
)


@cache
def naughty() -> tuple[str, ...]:
    """Each string of the corpus once: one line, no more than a value may have, no line end or sign that no text holds."""
    told = json.loads(shared("badinput/strings/minimaxir__big-list-of-naughty-strings/blns.json").read_text("utf-8"))
    lines = list(NASTY) + told
    for path in sorted(shared("badinput/strings").rglob("*")):
        if path.is_file() and path.suffix != ".json":
            lines += path.read_bytes().decode("utf-8", "replace").splitlines()[:40]
    kept = dict.fromkeys(line for line in lines if line.strip() and len(line) <= 200)
    return tuple(line for line in kept if not any(sign in line for sign in "\0\r\n"))


# ---- pages ----------------------------------------------------------------------------------------------------------------

_ELEMENTS = (
    "html figure pattern marker image figcaption head meta title link body div span a p ul ol li h1 h2 h3 h4 "
    "header footer main nav section form fieldset legend label input button select option optgroup textarea table "
    "caption thead tbody tfoot tr th td dl dt dd details summary strong b em br hr script svg g path rect circle "
    "line text desc polyline polygon code pre abbr time small aside noscript defs use"
)
ELEMENTS = frozenset(_ELEMENTS.split())
"""What pages are made of."""


class Shape(HTMLParser):
    """The elements of a page with the names of their attributes: what a string must not change."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: Counter[tuple[str, tuple[str, ...]]] = Counter()
        self.texts: list[str] = []
        self.values: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements[tag, tuple(sorted(name for name, _ in attrs))] += 1
        self.values += [value or "" for name, value in attrs if name in ("href", "src", "action")]

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def shape_of(page: str) -> Shape:
    shape = Shape()
    shape.feed(page)
    return shape


def is_harmless(answer: httpx2.Response) -> None:
    """Nothing runs on the page: no event, no script but our own, no address of a script, no header more than there are."""
    assert answer.status_code < 500, answer.text
    assert "set-cookie" not in answer.headers or "a=b" not in answer.headers["set-cookie"]
    shape = shape_of(answer.text)
    for tag, names in shape.elements:
        assert tag in ELEMENTS, tag
        assert not any(name.startswith("on") or name in ("style", "srcdoc", "autofocus") for name in names), names
    assert all(
        value.startswith(("/", "#", "http://127.0.0.1", "?", "https://")) or not value for value in shape.values
    ), shape.values


# ---- files ----------------------------------------------------------------------------------------------------------------


def inert_csv(content: bytes) -> list[list[str]]:
    """The cells of a CSV file, once it is seen that a spreadsheet takes none of them for a formula; numbers may have a sign."""
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True))
    cells = [cell for row in rows for cell in row]
    acting = [cell for cell in cells if _without_unseen(cell).startswith(FORMULAS) and not NUMBER.fullmatch(cell)]
    assert acting == []
    return rows


def inert_workbook(content: bytes) -> dict[str, list[list[object]]]:
    """The sheets of an XLSX workbook as calamine reads them, once openpyxl and its XML show that nothing in it acts."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None}
    assert kinds <= {"s", "n", "d"}, kinds
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        assert not [
            name for name in names if re.search("vba|external|connection|embed|activex|calcChain|macro", name, re.I)
        ]
        for name in names:
            part = archive.read(name).decode()
            assert not re.search(
                r"<(\w+:)?(f|oleObject|webPublish\w*|definedName|ddeLink|externalReference)[ />]", part
            ), name
            assert 'TargetMode="External"' not in part, name
            for link in re.findall(r"<(?:\w+:)?hyperlink [^>]*>", part):
                assert "r:id" not in link, link
    read = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    return {name: read.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in read.sheet_names}


def _without_unseen(text: str) -> str:
    """The text as it begins for a program that leaves out blanks and what nobody sees; a leading NUL, tab, line end stays."""
    if text.startswith(("\0", "\t", "\r", "\n")):
        return text
    return re.sub(r"^[\s\x00-\x20\u00ad\u200b-\u200f\u2028-\u202f\u2060-\u2064\ufeff]+", "", text)
