"""The catalogue of all words a person reads: one YAML file a room under `en/`, so that another language is another folder.

A key is `room.name` or `room.group.name`. An unknown key, or a missing value in a sentence, is a Bug: no page shows a hole.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from hub.kit.data_files import load_yaml
from hub.kit.errors import Bug

_FOLDER = Path(__file__).parent


@cache
def catalogue(language: str = "en") -> dict[str, str]:
    """All words of a language, flat: `{"web.home.title": "What do I do today?", …}`."""
    words: dict[str, str] = {}
    for path in sorted((_FOLDER / language).glob("*.yaml")):
        _flatten(path.stem, load_yaml(path.read_text(encoding="utf-8")) or {}, words)
    return words


def say(key: str, **values: Any) -> str:
    """The sentence of `key`, its `{places}` filled with `values`."""
    try:
        return catalogue()[key].format(**values)
    except KeyError as error:
        raise Bug(f"no words for {key!r} (or no value for {error})") from error


def _flatten(prefix: str, node: Any, into: dict[str, str]) -> None:
    if isinstance(node, dict):
        for name, child in node.items():
            _flatten(f"{prefix}.{name}", child, into)
    else:
        into[prefix] = str(node)
