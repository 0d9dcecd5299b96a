"""What a command says: lines for a person, and JSON. Whatever stands in a file or in its name drives no terminal."""

from __future__ import annotations

import json
import sys
from typing import Any

import click


def tell(line: str, *, err: bool = False) -> None:
    """Print a line for a person to read, `shown`; a sign that the terminal lacks becomes a question mark."""
    stream = sys.stderr if err else sys.stdout
    encoding = getattr(stream, "encoding", "") or "ascii"
    click.echo(shown(line).encode(encoding, "replace").decode(encoding), err=err)


def tell_json(document: Any, *, indent: int | None = None) -> None:
    """Print JSON. Signs that are not shown are spelt (`\\u001b`), and all but ASCII where the terminal is not in UTF-8."""
    encoding = (getattr(sys.stdout, "encoding", "") or "").lower().replace("-", "")
    text = json.dumps(document, ensure_ascii=encoding != "utf8", indent=indent)
    click.echo(_spelt(text, json.dumps))


def shown(text: str) -> str:
    """The text with the signs that are not shown spelt out (`\\x1b`), but for tabs and line ends."""
    return _spelt(text, ascii)


def _spelt(text: str, spell: Any) -> str:
    if text.isprintable():
        return text
    return "".join(sign if sign.isprintable() or sign in "\t\n" else spell(sign)[1:-1] for sign in text)
