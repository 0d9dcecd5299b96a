"""Some of many like cases at each run, all of them in the long one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest


def some(values: Iterable[Any], *, every: int) -> list[Any]:
    """All values as parameters of a test; all but the first of each `every` are marked slow."""
    return [pytest.param(value, marks=[pytest.mark.slow] * bool(place % every)) for place, value in enumerate(values)]
