"""Vintages of area codes: from which year the wards of a code are, as far as its range tells, and which LSOAs ended in 2021."""

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


@cache
def lsoas_only_of_2011() -> frozenset[str]:
    """The codes of the LSOAs of London that the Census of 2021 did away with."""
    read = load_yaml(Path(__file__).with_name("lsoa_vintages.yaml").read_text(encoding="utf-8"))
    return frozenset(str(read["only_2011"]).split())
