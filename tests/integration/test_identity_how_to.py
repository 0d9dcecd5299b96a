"""The how-to page on identity providers is true: its program runs, and its codes are the ones the hub has."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from hub.app import build
from hub.cli import hub as commands
from hub.identity import Role
from hub.kit.words import catalogue
from hub.settings import Settings

PAGE = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "connect-an-identity-provider.md"


def test_the_commands_on_the_page_connect_a_provider(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    state = tmp_path / "state"
    monkeypatch.setenv("HUB_STATE", str(state))
    monkeypatch.setenv("HUB_CLIENT_SECRET", "the secret the provider gave")
    [program] = re.findall(r"```sh\n(.*?)```", PAGE.read_text(encoding="utf-8"), flags=re.DOTALL)
    for line in ["hub init --operator Somewhere", *program.strip().splitlines()]:
        ran = CliRunner().invoke(commands, shlex.split(line)[1:])
        assert ran.exit_code == 0, (line, ran.output, ran.exception)
    hub = build(Settings())
    try:
        with hub.database.reading() as reading:
            [provider] = hub.identity.providers(reading)
            [person] = hub.identity.people(reading, agency="met-police")
        assert provider.id == "met-police"
        assert person.issuer == provider.issuer
        assert person.roles == {Role.ADMINISTRATOR}
        assert hub.identity.redirect_uri(provider.id).endswith("/login/callback/met-police")
    finally:
        hub.close()


def test_every_code_on_the_page_is_one_of_the_hubs() -> None:
    table = PAGE.read_text(encoding="utf-8").partition("## When it does not work")[2].partition("## To end access")[0]
    codes = {
        code
        for line in table.splitlines()
        if line.startswith("| `")
        for code in re.findall(r"`([a-z-]+)`", line.split("|")[1])
    }
    known = {key.split(".")[2] for key in catalogue() if key.startswith("identity.refusal.")}
    assert len(codes) > 12
    assert codes <= known


def test_every_role_on_the_page_is_one_of_the_hubs() -> None:
    [sentence] = re.findall(r"Roles: (.*?);", PAGE.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert set(re.findall(r"`([a-z_]+)`", sentence)) == set(Role)
