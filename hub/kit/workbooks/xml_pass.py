"""One bounded pass over a large XML part: element starts and text, no document type, no entity, no fetch."""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn
from xml.parsers import expat

from hub.kit.workbooks.model import BadWorkbook

Start = Callable[[str, dict[str, str]], None]
Text = Callable[[str], None]
End = Callable[[str], None]
_PIECE = 2**20


def walk(
    data: bytes, *, start: Start, text: Text | None = None, end: End | None = None, prefixed: bool = False
) -> None:
    """Tell `start` every element (its name, without its prefix unless `prefixed`, and its attributes), `text` every run of
    characters and `end` the name of every element that ends (without its prefix), in order.
    """
    parser = expat.ParserCreate("UTF-8", namespace_separator=None)
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse
    parser.EntityDeclHandler = _refuse
    parser.ExternalEntityRefHandler = _refuse

    def started(name: str, attributes: dict[str, str]) -> None:
        start(name.rpartition(":")[2], attributes)

    parser.StartElementHandler = start if prefixed else started
    if text is not None:
        parser.CharacterDataHandler = text
    if end is not None:
        parser.EndElementHandler = lambda name: end(name.rpartition(":")[2])
    try:
        for place in range(0, len(data), _PIECE):
            parser.Parse(data[place : place + _PIECE], False)
        parser.Parse(b"", True)
    except expat.ExpatError:
        raise BadWorkbook("bad-workbook", "xml") from None


def _refuse(*_: object) -> NoReturn:
    raise BadWorkbook("bad-workbook", "entities")
