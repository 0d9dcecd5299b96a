"""Where the shared real data, hostile files and vectors lie: beside the checkout, never copied into it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

_SHARED = Path(__file__).resolve().parents[2].parent / "shared"


def shared(relative: str) -> Path:
    """The path of a shared file or folder. Absent: skips outside CI, saying so; fails in CI."""
    path = _SHARED / relative
    if not path.exists():
        if os.environ.get("CI"):
            raise AssertionError(f"../shared/{relative} is missing in CI")
        pytest.skip(f"../shared/{relative} is not beside this checkout")
    return path
