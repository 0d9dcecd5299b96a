"""Hubs that the tests of the API talk to over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.hubs import BARE, SQUARES
from tests.support.partnerships import House, a_house, made


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A snapshot in force; for looking only."""
    with a_house(made(SQUARES, tmp_path_factory), tmp_path_factory.mktemp("served")) as house:
        yield house


@pytest.fixture
def bare(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Iterator[House]:
    """Nothing submitted yet; a test may do with it what it likes."""
    with a_house(made(BARE, tmp_path_factory), tmp_path) as house:
        yield house
