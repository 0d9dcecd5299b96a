"""`hub calendar`: what is due, from a running hub."""

from __future__ import annotations

import json
from typing import Any

import click

from hub.cli.kept import connected


@click.command()
@click.option("--partnership", is_flag=True, help="What is due from every agency: for the lead of the partnership.")
@click.option("--all", "everything", is_flag=True, help="Accepted and future periods too, not only what is open.")
@click.option("--json", "as_json", is_flag=True)
def calendar(partnership: bool, everything: bool, as_json: bool) -> None:
    """What your agency has to send, and how each extract stands."""
    with connected() as client:
        answer = client.get("/calendar/partnership" if partnership else "/calendar")
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False))
        return
    for one in answer["extracts"]:
        if everything or one["state"] not in {"accepted", "part-accepted", "not-yet", "gap"}:
            click.echo(_line(one, partnership=partnership))


def _line(one: dict[str, Any], *, partnership: bool) -> str:
    late = f"{one['days_late']} days late" if one["days_late"] else ""
    due = f"due {one['due_on']}" if one["due_on"] else ""
    who = [one["agency"]] if partnership else []
    return "\t".join([*who, one["dataset"], one["period"], one["state"], due, late]).rstrip("\t")
