"""`hub policy check`: validate the policies and run their decision tables."""

from __future__ import annotations

import click


@click.group()
def policy() -> None:
    """Who may see what, as data."""


@policy.command()
def check() -> None:
    """Validate every policy against its schema and run the decision tables; name each mistake."""
    from hub.policy import PolicyLibrary, run_cases
    from hub.schemas import SchemaRegistry

    library = PolicyLibrary()
    results = run_cases(library, SchemaRegistry.from_folder())
    failed = [one for one in results if not one.passed]
    for one in failed:
        click.echo(f"{one.table}: {one.it}: expected {one.expected}, got {one.got}", err=True)
    click.echo(f"policies: well formed, {len(results) - len(failed)} of {len(results)} cases as the tables say")
    if failed:
        raise click.exceptions.Exit(1)
