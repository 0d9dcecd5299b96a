"""`hub policy check`: validate the policies and run their decision tables."""

from __future__ import annotations

import click


@click.group()
def policy() -> None:
    """Who may see what, as data."""


@policy.command()
def check() -> None:
    """Validate every policy against its schema; name each mistake."""
    from hub.policy import check_policies

    problems = check_policies()
    for problem in problems:
        click.echo(problem, err=True)
    click.echo("policies: well" if not problems else f"policies: {len(problems)} problems")
    if problems:
        raise click.exceptions.Exit(1)
