"""Agencies, providers and first people at the console."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from tests.unit.cli.conftest import Command


@pytest.fixture
def new(hub_command: Command, tmp_path: Path) -> Path:
    state = tmp_path / "new"
    ran = hub_command("init", "--state", state, "--operator", "Somewhere Borough Council")
    assert "hub person add hub-operator" in ran.err
    return state


def provider(hub_command: Command, state: Path, agency: str) -> str:
    said = ("--issuer", f"https://{agency}.example", "--client-id", "hub", "--client-secret", "secret")
    ran = hub_command("provider", "add", agency, *said, "--state", state)
    assert ran.code == 0, ran.err
    return ran.out.strip()


def test_a_real_installation_is_set_up_to_its_first_agencys_administrator(hub_command: Command, new: Path) -> None:
    assert provider(hub_command, new, "hub-operator").endswith("/login/callback/hub-operator")
    operator = hub_command("person", "add", "hub-operator", "--name", "Op", "--subject", "op", "--state", new)
    assert operator.out.startswith("per_")
    made = hub_command("agency", "add", "a-council", "--name", "A Council", "--kind", "local_authority", "--state", new)
    assert (made.code, made.out.strip()) == (0, "a-council")
    provider(hub_command, new, "a-council")
    code = hub_command("person", "add", "a-council", "--name", "Kim", "--state", new)
    assert len(code.out.strip()) == 29
    assert "not shown again" in code.err
    first = hub_command("person", "add", "a-council", "--name", "Kim", "--subject", "kim", "--state", new)
    assert first.code == 0
    again = hub_command("person", "add", "a-council", "--name", "Mallory", "--subject", "m", "--state", new)
    assert (again.code, "[administered]" in again.err) == (1, True)
    listed = hub_command("agency", "list", "--state", new).out
    assert "a-council\tlocal_authority\tprovider administrator\tA Council" in listed
    with sqlite3.connect(new / "hub.sqlite") as connection:
        roles = connection.execute(
            "SELECT agency, role FROM people JOIN person_roles ON people.id = person_roles.person ORDER BY agency"
        ).fetchall()
    connection.close()
    assert roles == [("a-council", "administrator"), ("hub-operator", "operator")]


def test_a_secret_is_renewed_an_agency_shut_out_and_let_in(hub_command: Command, state: Path) -> None:
    secret = ("--client-secret", "another")
    assert hub_command("provider", "renew-secret", "met-police", *secret, "--state", state).code == 0
    assert "[unknown-provider]" in hub_command("provider", "renew-secret", "x", *secret, "--state", state).err
    assert hub_command("agency", "shut-out", "met-police", "--yes", "--state", state).code == 0
    assert "shut-out" in hub_command("agency", "list", "--state", state).out
    assert hub_command("agency", "let-in", "met-police", "--state", state).code == 0


def test_the_last_operator_stays(hub_command: Command, new: Path) -> None:
    provider(hub_command, new, "hub-operator")
    first = hub_command("person", "add", "hub-operator", "--name", "Op", "--subject", "op", "--state", new).out.strip()
    ran = hub_command("person", "remove", first, "--reason", "left", "--state", new)
    assert (ran.code, "[last-operator]" in ran.err) == (1, True)
    hub_command("person", "add", "hub-operator", "--name", "Other", "--subject", "other", "--state", new)
    assert hub_command("person", "remove", first, "--reason", "left", "--state", new).code == 0
