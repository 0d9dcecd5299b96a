"""`hub assessment build --out DIR`."""

from __future__ import annotations

from pathlib import Path

import click

from hub.cli.local import hub_of, person_of, state_option
from hub.kit.authority import Action
from hub.kit.errors import NotPermitted


@click.group()
def assessment() -> None:
    """The strategic assessment."""


@assessment.command()
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True)
@click.option("--as", "person", required=True, help="Who builds: only what they may see is in it.")
@click.option("--format", "formats", default="html", show_default=True)
@click.option("--justification", default="strategic assessment", show_default=True)
@state_option
def build(out: Path, person: str, formats: str, justification: str, state: Path) -> None:
    """Build the assessment from the snapshot in force and write it to DIR."""
    if formats != "html":
        raise NotPermitted("this release writes html", code="wrong-format")
    with hub_of(state) as hub:
        reader = person_of(hub, person)
        with hub.database.unit_of_work() as uow:
            permit = hub.policy.permit(
                uow, reader, Action.ASSESSMENT_BUILD, "assessments", purpose="svd.strategy_prepare"
            )
            built = hub.assessments.build(uow, permit, justification=justification)
        out.mkdir(parents=True, exist_ok=True)
        path = out / "assessment.html"
        path.write_bytes(built.html.encode())
        click.echo(str(path))
        click.echo(f"snapshot {built.snapshot}, {len(built.figures)} figures, SHA-256 {built.sha256}", err=True)
