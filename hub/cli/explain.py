"""`hub explain`: each field, its form, the deciding policies, the agreement's clause, the floor rule, the expiry."""

from __future__ import annotations

import json
from pathlib import Path

import click

from hub.cli.local import hub_of, person_of, state_option
from hub.kit.authority import Action


@click.command()
@click.option("--as", "person", required=True, help="The person: the hub's id of them, or their subject.")
@click.option("--dataset", required=True)
@click.option("--purpose", required=True)
@click.option("--field", default="", help="One field only.")
@click.option("--json", "as_json", is_flag=True)
@state_option
def explain(person: str, dataset: str, purpose: str, field: str, as_json: bool, state: Path) -> None:
    """Who sees this field, and why?"""
    with hub_of(state) as hub:
        reader = person_of(hub, person)
        with hub.database.unit_of_work() as uow:
            hub.policy.permit(uow, reader, Action.POLICY_EXPLAIN, dataset, purpose=purpose)
            found = hub.policy.explain(uow, reader, dataset=dataset, purpose=purpose, field=field or None)
        if as_json:
            click.echo(json.dumps(found.as_json(), indent=2))
            return
        click.echo(f"{found.agency} and {found.dataset} for {found.purpose}, profile {found.profile or 'none'}")
        for one in found.fields:
            said = ", ".join((*one.policies, *one.clauses)) or "nothing permits it"
            click.echo(f"{one.field}\t{one.form.value if one.form else 'none'}\t{said}")
            for reason in one.reasons:
                click.echo(f"\t{reason.code}: {reason.sentence}")
        for opening in found.rows:
            shown = ", ".join(f"{name} {form.value}" for name, form in opening.fields.items())
            click.echo(f"rows from {opening.supplier} under {opening.agreement}\t{shown}")
        for differs in found.differences:
            click.echo(f"agreements differ in {differs.field}\t{differs.sentence}")
