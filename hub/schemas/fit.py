"""How well the values of a column fit a field: the share of them that could stand there. For proposals only."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hub.schemas.code_proposals import code_proposals
from hub.schemas.compile import shape_of
from hub.schemas.model import DATED, DatasetSchema, Field

MOST_VALUES = 200
"""So many different values of a column are looked at."""

_FEWEST_OF_A_LIST = 2
_FEW_CODES = 3
_MEANT = 0.96
_ANYTHING = ("A1234", "abc", "12345", "AB-12/345", "ABC/123456", "2024000123", "Some words")
"""A form that one of these has is that of many fields' values."""

_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")


@dataclass(frozen=True, slots=True)
class Fit:
    """The share of the different values that fit; `telling`: other fields' values would hardly fit; `reason`: key of the words."""

    share: float
    telling: bool
    reason: str


NOTHING_SAID = Fit(1.0, False, "")
"""Any text fits."""


def fit_of(schema: DatasetSchema, field: Field, values: Sequence[str]) -> Fit:
    """How well different, filled values fit a field. Blanks and the texts that stand for them are to be left out before."""
    shown = list(dict.fromkeys(value.strip() if field.trim else value for value in values))[:MOST_VALUES]
    if not shown:
        return NOTHING_SAID
    if field.codes is not None:
        return _codes(field, shown)
    if field.type != "string" or field.pattern:
        return _written(field, shown)
    if schema.key == (field.name,) or field.role == "case-reference":
        return Fit(1.0 if len(set(values)) == len(values) else 0.5, False, "different")
    longest = field.max_length
    return NOTHING_SAID if longest is None or all(len(value) <= longest for value in shown) else Fit(0.0, False, "")


def _written(field: Field, shown: Sequence[str]) -> Fit:
    """Values of a type, or of a form."""
    if field.type == "boolean":
        return _share(shown, {*field.true_values, *field.false_values}.__contains__, telling=False, reason="yes-no")
    if field.type in DATED:
        shape = re.compile(shape_of(field))
        return _share(shown, lambda value: shape.fullmatch(value) is not None, telling=True, reason="dates")
    if field.pattern:
        pattern = re.compile(field.pattern)
        telling = not any(map(pattern.fullmatch, _ANYTHING))
        return _share(shown, lambda value: pattern.fullmatch(value) is not None, telling=telling, reason="form")
    return _share(shown, lambda value: _in_range(value, field), telling=False, reason="range")


def _codes(field: Field, shown: Sequence[str]) -> Fit:
    known = {code.code for code in field.codes.codes} if field.codes else set()
    parts = [part for value in shown for part in (value.split(";") if field.several else (value,))]
    exact = sum(part in known for part in parts)
    meant = len(code_proposals(field, [part for part in parts if part not in known]))
    telling = exact + meant >= _FEWEST_OF_A_LIST and len(known) > _FEW_CODES
    return Fit((exact + _MEANT * meant) / len(parts), telling, "codes")


def _share(shown: Sequence[str], fits: Callable[[str], bool], *, telling: bool, reason: str) -> Fit:
    return Fit(sum(map(fits, shown)) / len(shown), telling, reason)


def _in_range(value: str, field: Field) -> bool:
    match = _NUMBER.fullmatch(value)
    if match is None or (field.type == "integer" and match[1]):
        return False
    number = float(value)
    return (field.minimum is None or number >= field.minimum) and (field.maximum is None or number <= field.maximum)
