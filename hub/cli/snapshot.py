"""`hub snapshot build`."""

from __future__ import annotations

from pathlib import Path

import click

from hub.cli.local import hub_of, person_of, someone_with, state_option


@click.group()
def snapshot() -> None:
    """Numbered, frozen sets of accepted submissions."""


@snapshot.command()
@state_option
@click.option("--as", "person", default="", help="Who builds; the operator if not said.")
def build(state: Path, person: str) -> None:
    """Freeze what is accepted now and build every view of it."""
    from hub.app import build_snapshot

    with hub_of(state) as hub:
        reader = person_of(hub, person) if person else someone_with(hub, "operator")
        report = build_snapshot(hub, reader)
        click.echo(f"snapshot {report.snapshot}")
        for view in report.views:
            click.echo(f"{view.id}\t{view.cells} cells\t{view.suppressed} suppressed")
        for measure in report.measures:
            for table, reason in measure.dropped.items():
                click.echo(f"{measure.id}: {table} is not published: {reason}", err=True)
