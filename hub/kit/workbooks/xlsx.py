"""An XLSX or XLSM workbook: its parts, and what calamine does not tell: formulas without a result, what is hidden or merged."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import BinaryIO
from urllib.parse import unquote
from xml.etree.ElementTree import Element

from hub.kit.workbooks.archive import Archive, packed
from hub.kit.workbooks.marked import Marking
from hub.kit.workbooks.model import MOST_SHEETS, BadWorkbook, Marks
from hub.kit.workbooks.rewriting import marked_original
from hub.kit.workbooks.xlsx_sheet import read_marks

_ROOT_LINKS = "_rels/.rels"
_TRUE = frozenset(("1", "true", "on"))
_KEPT = ("/sharedStrings", "/styles")


@dataclass(frozen=True, slots=True)
class _Listed:
    name: str
    visible: bool
    part: str


class Xlsx:
    """An open XLSX archive. Only worksheets count as sheets; chart and macro sheets hold no cells that are read."""

    form = "xlsx"

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._main = self._main_part()
        root = archive.tree(self._main)
        self._links = _links(archive, self._main)
        self._listed = self._sheets(root)
        properties = _first(root, "workbookPr")
        self.date_1904 = properties is not None and properties.get("date1904", "").lower() in _TRUE
        self.external_links = sum(kind.endswith("/externalLink") for kind, _ in self._links.values())
        self.macros = any(name.endswith("vbaproject.bin") for name in archive.members)
        self._parts: dict[str, bytes] = {}

    @property
    def names(self) -> list[tuple[str, bool]]:
        """Name of each sheet and whether it is shown, in order."""
        return [(one.name, one.visible) for one in self._listed]

    def values(self, index: int) -> BinaryIO:
        """An archive with this sheet alone, for calamine; its size was found to be bounded."""
        one = self._listed[index]
        read_marks(self._part(one.part), self._shared(), marks=None, header=0)
        parts = {name: self._part(name) for name in self._needed()}
        return packed({**parts, one.part: self._part(one.part)})

    def marks(self, index: int, *, header: int) -> Marks:
        """What is peculiar about the cells below the header."""
        marks = Marks()
        read_marks(self._part(self._listed[index].part), self._shared(), marks=marks, header=header)
        return marks

    def marked(self, index: int, marking: Marking) -> bytes:
        """A workbook with this sheet as it came, marked."""
        one = self._listed[index]
        read_marks(self._part(one.part), self._shared(), marks=None, header=0)
        styles = next((part for kind, part in self._links.values() if kind.endswith("/styles")), "")
        return marked_original(
            marking,
            sheet=self._part(one.part),
            shared=self._shared(),
            styles=self._archive.tree(styles) if styles and self._archive.has(styles) else None,
            name=one.name,
            date_1904=self.date_1904,
        )

    def forget(self, index: int) -> None:
        """Let go of a sheet's bytes, and of what they took of the bound: no two sheets are held at once."""
        data = self._parts.pop(self._listed[index].part, b"")
        self._archive.left += len(data)

    def _main_part(self) -> str:
        links = _links(self._archive, "").values()
        target = next((target for kind, target in links if kind.endswith("/officeDocument")), "")
        if target.lower().endswith(".bin"):
            raise BadWorkbook("not-a-workbook", "xlsb")
        if not target.lower().startswith("xl/"):
            raise BadWorkbook("not-a-workbook")
        return target

    def _sheets(self, root: Element) -> list[_Listed]:
        listed = []
        for sheet in (one for one in root.iter() if _local(one.tag) == "sheet"):
            link = next((text for name, text in sheet.items() if _local(name) == "id"), "")
            kind, part = self._links.get(link, ("", ""))
            if kind.endswith("/worksheet"):
                listed.append(_Listed(sheet.get("name", ""), sheet.get("state", "visible") == "visible", part))
        if not listed:
            raise BadWorkbook("bad-workbook", "no-sheets")
        if len(listed) > MOST_SHEETS:
            raise BadWorkbook("workbook-too-large", "sheets")
        return listed

    def _needed(self) -> list[str]:
        kept = [target for kind, target in self._links.values() if kind.endswith(_KEPT) and self._archive.has(target)]
        return [_ROOT_LINKS, self._main, _links_of(self._main), *dict.fromkeys(kept)]

    def _shared(self) -> bytes:
        for kind, target in self._links.values():
            if kind.endswith("/sharedStrings") and self._archive.has(target):
                return self._part(target)
        return b""

    def _part(self, name: str) -> bytes:
        if name not in self._parts:
            self._parts[name] = self._archive.part(name)
        return self._parts[name]


def _links(archive: Archive, part: str) -> Mapping[str, tuple[str, str]]:
    """The links of a part: id to kind and target. Targets outside the archive are kept as they are and never opened."""
    name = _links_of(part) if part else _ROOT_LINKS
    if not archive.has(name):
        return {}
    found = {}
    for link in archive.tree(name):
        target = link.get("Target", "")
        if link.get("TargetMode") != "External":
            base = "/" + posixpath.dirname(part)
            target = posixpath.normpath(posixpath.join(base, unquote(target))).lstrip("/")
        found[link.get("Id", "")] = (link.get("Type", ""), target)
    return found


def _links_of(part: str) -> str:
    folder, name = posixpath.split(part)
    return f"{folder}/_rels/{name}.rels"


def _first(root: Element, name: str) -> Element | None:
    return next((one for one in root.iter() if _local(one.tag) == name), None)


def _local(name: str) -> str:
    return re.sub(r"^\{[^}]*\}", "", name)
