"""The command line run in this process: what it prints, and its exit code."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from hub.cli import main
from tests.support.hubs import BARE, SQUARES
from tests.support.partnerships import House, a_copy, a_house, made


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command did."""

    code: int
    out: str
    err: str


Command = Callable[..., Ran]


@pytest.fixture
def hub_command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Command:
    """`hub_command("schema", "list")`: as from a shell, with a home folder of its own."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("USERPROFILE", str(tmp_path / "home"))

    def run(*arguments: object) -> Ran:
        monkeypatch.setattr("sys.argv", ["hub", *(str(one) for one in arguments)])
        capsys.readouterr()
        try:
            main()
            code = 0
        except SystemExit as ended:
            code = int(ended.code or 0)
        said = capsys.readouterr()
        return Ran(code, said.out, said.err)

    return run


@pytest.fixture
def state(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Path:
    """A state folder with a snapshot in force, nobody using it."""
    house = a_copy(made(SQUARES, tmp_path_factory), tmp_path)
    house.hub.close()
    return house.hub.settings.state


@pytest.fixture
def bare_state(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Path:
    """A state folder with people and areas, nothing submitted."""
    house = a_copy(made(BARE, tmp_path_factory), tmp_path / "bare")
    house.hub.close()
    return house.hub.settings.state


@pytest.fixture
def house(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Iterator[House]:
    """A running hub with people and areas, nothing submitted."""
    with a_house(made(BARE, tmp_path_factory), tmp_path) as served:
        yield served
