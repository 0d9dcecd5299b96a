"""`hub audit checkpoint / verify / export`, over a state folder."""

from __future__ import annotations

import json
from pathlib import Path

import click

from hub.cli.local import hub_of, state_option


@click.group()
def audit() -> None:
    """The log of everything that happened."""


@audit.command()
@state_option
def checkpoint(state: Path) -> None:
    """Sign the present head and print it; the verifier key goes to stderr."""
    with hub_of(state) as hub:
        with hub.database.unit_of_work() as uow:
            head = hub.audit.checkpoint(uow)
        click.echo(head.note, nl=False)
        click.echo(f"verifier key: {hub.audit.verifier_key}", err=True)


@audit.command()
@state_option
@click.option("--json", "as_json", is_flag=True)
def verify(state: Path, as_json: bool) -> None:
    """Recompute every entry, the root and every signed head; name what does not fit."""
    with hub_of(state) as hub, hub.database.reading() as reading:
        found = hub.audit.verify(reading)
    if as_json:
        click.echo(
            json.dumps(
                {"entries": found.entries, "root": found.root, "verified": found.verified, "problems": found.problems}
            )
        )
    else:
        click.echo(f"{found.entries} entries, root {found.root}: {'verified' if found.verified else 'DAMAGED'}")
        for problem in found.problems:
            click.echo(problem, err=True)
    if not found.verified:
        raise click.exceptions.Exit(1)


@audit.command()
@state_option
def export(state: Path) -> None:
    """Every entry as a line of JSON, for the one-file verifier."""
    with hub_of(state) as hub, hub.database.reading() as reading:
        for row in hub.audit.export(reading):
            click.echo(json.dumps(row, ensure_ascii=False))
