"""`hub diff`: what differs between a submission and the file before it."""

from __future__ import annotations

from typing import Any

import click

from hub.cli.kept import connected
from hub.cli.telling import tell, tell_json


@click.command()
@click.argument("submission")
@click.option(
    "--against", default="", help="Another submission of the dataset; without it the last accepted file for the month."
)
@click.option("--json", "as_json", is_flag=True)
def diff(submission: str, against: str, as_json: bool) -> None:
    """What differs between a submission and the last accepted file for the month (of a series: the edition before)."""
    with connected() as client:
        found = client.get(f"/submissions/{submission}/difference", **({"against": against} if against else {}))
    if as_json:
        tell_json(found)
        return
    if found["against"] is None:
        click.echo("There is no earlier file to compare it with.")
        return
    for line in _lines(found):
        tell(line)


def _lines(found: dict[str, Any]) -> list[str]:
    lines = [found["summary"], *found["notes"]]
    lines += [f"changed\t{one['field']}\t{one['rows']} rows" for one in found["fields"]]
    lines += [
        f"code\t{one['field']}\t{move['before']} -> {move['after']}\t{move['rows']} rows"
        for one in found["fields"]
        for move in one["moves"]
    ]
    lines += [
        f"category {state}\t{one['field']}\t{code['code']}\t{code['before']} -> {code['after']}"
        for one in found["categories"]
        for state in ("vanished", "appeared")
        for code in one[state]
    ]
    return lines
