"""The styles of a workbook that the hub writes: its own few, and, for a file that goes back, those the file came with."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from xml.etree.ElementTree import Element, SubElement, tostring

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
ERROR_FILL, WARNING_FILL = "FFF8C8C4", "FFFDECB5"
_KEPT = ("numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles", "colors")
_NEEDED = ("fonts", "fills", "borders", "cellStyleXfs", "cellXfs")
_MOST_STYLES = 64_000
_TEXT_FORMAT = "49"
_FIRST_FORMAT = 200
_FILLS = {"error": ERROR_FILL, "warning": WARNING_FILL}


class Styles:
    """A style sheet. Without `original` it holds the hub's own styles; with one, its fonts, fills, borders and formats too.

    Whatever else an original holds (extensions, differential and table styles) is left behind.
    """

    def __init__(self, original: Element | None = None) -> None:
        kept: Mapping[str, Element] = {} if original is None else {_local(one.tag): _plain(one) for one in original}
        if not all(name in kept and len(kept[name]) for name in _NEEDED):
            kept = _bare()
        kept = {"cellStyles": _bare()["cellStyles"], **kept}
        self._parts = {name: kept[name] for name in _KEPT if name in kept}
        self._count = len(self._parts["cellXfs"])
        self._fills = {name: self._add("fills", _fill(colour)) for name, colour in _FILLS.items()}
        fills = list(self._parts["fills"])
        self._ours = {str(place) for place, one in enumerate(fills) if _colour(one) in _FILLS.values()}
        self._made: dict[tuple[int, str], int] = {}
        self._own: dict[str, int] = {}

    def kept(self, said: str) -> int:
        """The number of a style of the original; 0 for one it does not have. A mark of the hub's own on it is taken off."""
        number = int(said) if said.isdecimal() and len(said) < 7 else 0
        if number >= self._count:
            return 0
        return self._variant(number, "") if self._xf(number).get("fillId") in self._ours else number

    def marked(self, number: int, mark: str) -> int:
        """The same style with the fill of an `error` or a `warning`."""
        return self._variant(number, mark)

    def own(self, name: str) -> int:
        """One of the hub's own styles: `title`, `head`, `text-line`, `text` (of cells that hold texts), `wrap`, `link`, `error`,
        `warning`; or the format of a number."""
        if name not in self._own:
            self._own[name] = self._make(name)
        return self._own[name]

    def part(self) -> bytes:
        """The style sheet as a workbook's part."""
        root = Element("styleSheet", {"xmlns": MAIN})
        for name, one in self._parts.items():
            one.set("count", str(len(one)))
            if name != "colors":
                root.append(one)
                continue
            del one.attrib["count"]
            root.append(one)
        said: str = tostring(root, encoding="unicode")
        return b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n' + said.encode()

    def _xf(self, number: int) -> Element:
        return self._parts["cellXfs"][number]

    def _variant(self, number: int, mark: str) -> int:
        key = (number, mark)
        if key not in self._made:
            if len(self._parts["cellXfs"]) >= _MOST_STYLES:
                return number
            made = copy.deepcopy(self._xf(number))
            made.set("fillId", str(self._fills[mark]) if mark else "0")
            made.set("applyFill", "1")
            self._made[key] = self._add("cellXfs", made)
        return self._made[key]

    def _make(self, name: str) -> int:
        made = Element("xf", {"numFmtId": "0", "fontId": "0", "fillId": "0", "borderId": "0", "xfId": "0"})
        if name in ("title", "head"):
            made.set("fontId", str(self._font(bold=True, size="14" if name == "title" else "11")))
            made.set("applyFont", "1")
        if name == "link":
            made.set("fontId", str(self._font(link=True)))
            made.set("applyFont", "1")
        if name in _FILLS:
            made.set("fillId", str(self._fills[name]))
            made.set("applyFill", "1")
        if name in ("wrap", "error", "warning", "head"):
            SubElement(made, "alignment", {"wrapText": "1", "vertical": "top"})
            made.set("applyAlignment", "1")
        if name == "text":
            made.set("numFmtId", _TEXT_FORMAT)
        elif name not in ("title", "head", "link", "wrap", "text-line", *_FILLS):
            made.set("numFmtId", self._format(name))
        made.set("applyNumberFormat", "1")
        return self._add("cellXfs", made)

    def _font(self, *, bold: bool = False, link: bool = False, size: str = "11") -> int:
        made = Element("font")
        if bold:
            SubElement(made, "b")
        if link:
            SubElement(made, "u")
        SubElement(made, "sz", {"val": size})
        if link:
            SubElement(made, "color", {"rgb": "FF1D4F91"})
        SubElement(made, "name", {"val": "Calibri"})
        return self._add("fonts", made)

    def _format(self, code: str) -> str:
        formats = self._parts.get("numFmts")
        if formats is None:
            formats = Element("numFmts")
            self._parts = {"numFmts": formats, **self._parts}
        used = [int(one.get("numFmtId", "0")) for one in formats if one.get("numFmtId", "").isdecimal()]
        number = str(max([_FIRST_FORMAT - 1, *used]) + 1)
        SubElement(formats, "numFmt", {"numFmtId": number, "formatCode": code})
        return number

    def _add(self, part: str, made: Element) -> int:
        self._parts[part].append(made)
        return len(self._parts[part]) - 1


def _bare() -> Mapping[str, Element]:
    fonts, fills, borders = Element("fonts"), Element("fills"), Element("borders")
    font = SubElement(fonts, "font")
    SubElement(font, "sz", {"val": "11"})
    SubElement(font, "name", {"val": "Calibri"})
    for pattern in ("none", "gray125"):  # the first two are always these
        SubElement(SubElement(fills, "fill"), "patternFill", {"patternType": pattern})
    border = SubElement(borders, "border")
    for side in ("left", "right", "top", "bottom", "diagonal"):
        SubElement(border, side)
    zero = {"numFmtId": "0", "fontId": "0", "fillId": "0", "borderId": "0"}
    bases, cells, named = Element("cellStyleXfs"), Element("cellXfs"), Element("cellStyles")
    SubElement(bases, "xf", zero)
    SubElement(cells, "xf", {**zero, "xfId": "0"})
    SubElement(named, "cellStyle", {"name": "Normal", "xfId": "0", "builtinId": "0"})
    parts = (fonts, fills, borders, bases, cells, named)
    return {str(one.tag): one for one in parts}


def _fill(colour: str) -> Element:
    fill = Element("fill")
    pattern = SubElement(fill, "patternFill", {"patternType": "solid"})
    SubElement(pattern, "fgColor", {"rgb": colour})
    SubElement(pattern, "bgColor", {"indexed": "64"})
    return fill


def _colour(fill: Element) -> str:
    return next((one.get("rgb", "") for one in fill.iter() if one.tag == "fgColor"), "")


def _plain(element: Element) -> Element:
    """A copy without name spaces: elements and attributes of extensions are left out."""
    made = Element(_local(element.tag), {name: text for name, text in element.items() if not name.startswith("{")})
    made.text = element.text if element.text and element.text.strip() else None
    made.extend(_plain(one) for one in element if _is_main(one.tag) and _local(one.tag) != "extLst")
    return made


def _is_main(tag: str) -> bool:
    return not tag.startswith("{") or tag.startswith(("{" + MAIN, "{http://purl.oclc.org/ooxml/spreadsheetml"))


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]
