"""Some of many like cases at each run, all of them in the long one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest


def some(values: Iterable[Any], *, every: int) -> list[Any]:
    """All values as parameters of a test; all but the first of each `every` are marked slow. A named parameter keeps its name."""
    return [_marked(value, [pytest.mark.slow] * bool(place % every)) for place, value in enumerate(values)]


def _marked(value: Any, marks: list[pytest.MarkDecorator]) -> Any:
    if hasattr(value, "marks"):  # made by pytest.param already
        return pytest.param(*value.values, marks=(*value.marks, *marks), id=value.id)
    return pytest.param(value, marks=marks)
