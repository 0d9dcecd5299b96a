"""`hub definition list / show / choose`: what counts as serious violence."""

from __future__ import annotations

import json
from pathlib import Path

import click

from hub.cli.local import hub_of, person_of, state_option
from hub.kit.authority import Action


@click.group()
def definition() -> None:
    """Definitions of serious violence (PCSC Act 2022 s.13)."""


@definition.command(name="list")
@click.option("--state", type=click.Path(path_type=Path, file_okay=False), envvar="HUB_STATE", help="The state folder.")
def list_(state: Path | None) -> None:
    """Every version of every definition; with a state folder, the one in force is marked, and the choices follow."""
    from hub.definitions import Definitions

    if state is None:
        for one in Definitions.from_folder().all():
            click.echo(f"{one.reference}\t{one.title}")
        return
    with hub_of(state) as hub, hub.database.reading() as reading:
        now = hub.definitions.in_force(reading).definition.reference
        for one in hub.definitions.all():
            click.echo(f"{one.reference}\t{one.title}\t{'in force' if one.reference == now else ''}")
        for choice in hub.definitions.history(reading):
            click.echo(f"{choice.chosen_at}  {choice.reference}  {choice.minute}", err=True)


@definition.command()
@click.argument("reference")
def show(reference: str) -> None:
    """A definition as JSON: groups with their four scores and reasons, and the kinds that count in each dataset."""
    from hub.definitions import Definitions, as_json

    click.echo(json.dumps(as_json(Definitions.from_folder().get(reference)), indent=2, ensure_ascii=False))


@definition.command()
@click.argument("reference")
@state_option
@click.option("--minute", required=True, help="Where the decision is minuted, such as: Board, 12 March 2026, item 4.")
@click.option("--as", "person", required=True, help="Who records it: a strategic lead of the lead agency.")
def choose(reference: str, minute: str, person: str, state: Path) -> None:
    """Record that the partnership adopted a definition; what is built from now on uses it."""
    with hub_of(state) as hub:
        reader = person_of(hub, person)
        with hub.database.unit_of_work() as uow:
            permit = hub.policy.permit(uow, reader, Action.DEFINITION_CHOOSE, "definitions")
            choice = hub.definitions.choose(uow, permit, reference, minute=minute)
        click.echo(f"{choice.reference}\t{choice.chosen_at}")
