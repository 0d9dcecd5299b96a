"""Vintages of ward codes: from which year the wards are that a code names, as far as its range tells."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from hub.kit.data_files import load_yaml


def ward_vintage(code: str) -> str:
    """The vintage of a ward code, such as `2013` or `2022`; empty when no known range holds it."""
    return next(
        (vintage for vintage, first, last in _ranges() if len(code) == len(first) and first <= code <= last), ""
    )


@cache
def _ranges() -> tuple[tuple[str, str, str], ...]:
    read = load_yaml(Path(__file__).with_name("ward_vintages.yaml").read_text(encoding="utf-8"))
    return tuple((str(one["vintage"]), str(one["first"]), str(one["last"])) for one in read)
