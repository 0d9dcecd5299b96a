"""What stands on a page, read from its HTML: tables by id, facts by name, the words."""

from __future__ import annotations

import re
from html.parser import HTMLParser

_VOID = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"]
)


class _Reader(HTMLParser):
    """Collects the tables of a page by id, and its words. What is only read out (visually hidden) is no part of a cell."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: dict[str, list[list[str]]] = {}
        self.words: list[str] = []
        self._stack: list[tuple[str, bool]] = []
        self._table: list[list[str]] | None = None
        self._in_cell = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "table":
            self._table = self.tables.setdefault(values.get("id") or f"table-{len(self.tables)}", [])
        elif self._table is not None and tag == "tr":
            self._table.append([])
        elif self._table is not None and tag in {"td", "th"}:
            self._table[-1].append("")
            self._in_cell = True
        if tag not in _VOID:
            hidden = "govuk-visually-hidden" in (values.get("class") or "") and tag == "span"
            self._stack.append((tag, hidden or bool(self._stack and self._stack[-1][1])))

    def handle_endtag(self, tag: str) -> None:
        while self._stack and self._stack.pop()[0] != tag:
            pass
        if tag in {"td", "th"}:
            self._in_cell = False
        elif tag == "table":
            self._table = None

    def handle_data(self, data: str) -> None:
        self.words.append(data)
        if self._table and self._table[-1] and self._in_cell and not (self._stack and self._stack[-1][1]):
            self._table[-1][-1] += data.strip()


def tables_of(page: str) -> dict[str, list[list[str]]]:
    """Every table of a page by its id (`table-0`, ... without one): rows of cell texts, the head first."""
    reader = _Reader()
    reader.feed(page)
    return reader.tables


def words_of(page: str) -> str:
    """All words of a page, white space made one blank."""
    reader = _Reader()
    reader.feed(page)
    return " ".join(" ".join(reader.words).split())


def token_of(page: str) -> str:
    """The form token that a page carries."""
    found = re.search(r'name="csrf_token" value="([^"]*)"', page)
    assert found is not None
    return found[1]
