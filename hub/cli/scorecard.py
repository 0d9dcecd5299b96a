"""`hub scorecard`: how well your agency sends, from a running hub."""

from __future__ import annotations

import json

import click

from hub.cli.kept import connected


@click.command()
@click.option("--months", default=12, show_default=True, type=click.IntRange(1, 60))
@click.option("--partnership", is_flag=True, help="Completeness and timeliness of every agency: for the lead.")
@click.option("--json", "as_json", is_flag=True)
def scorecard(months: int, partnership: bool, as_json: bool) -> None:
    """How whole, how soon and how well placed your agency's extracts are, and what would help most."""
    with connected() as client:
        answer = client.get("/scorecard/partnership" if partnership else "/scorecard", months=str(months))
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False))
        return
    for one in answer["datasets"]:
        who = [one["agency"]] if partnership else []
        there = f"{one['periods_accepted']} of {one['periods_asked']} periods"
        said = [*who, one["dataset"], there, f"{one['periods_in_time']} in time"]
        known = [name for name in ("filled", "placed") if one.get(name, {}).get("percent") is not None]
        said += [f"{one[name]['percent']} % {name}" for name in known]
        click.echo("\t".join(said))
    for one in answer.get("advice", ()):
        click.echo(f"{one['dataset']}: {one['text']}")
