"""`hub policy check`: validate the policies and run their decision tables."""

from __future__ import annotations

import click


@click.group()
def policy() -> None:
    """Who may see what, as data."""


@policy.command()
def check() -> None:
    """Validate every policy against its schema; the first mistake is named with its file."""
    from hub.policy import PolicyLibrary

    library = PolicyLibrary()
    click.echo(f"policies: well, {len(library.purposes)} purposes, {len(library.gateways)} gateways")
