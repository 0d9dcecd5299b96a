"""`hub context load FILE`, `hub context list`: population, deprivation, harm weights."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from hub.cli.local import hub_of, person_of, someone_with, state_option
from hub.kit.authority import Action

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hub.app import Hub
    from hub.geography import ContextFile, ContextReport


@click.group()
def context() -> None:
    """Population, deprivation and harm weights of the partnership's area."""


@context.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@state_option
@click.option("--source", default="", help="Who published it, and as what; the file's name if not said.")
@click.option("--vintage", default="", help="The year the figures are of; needed where the file does not say it.")
@click.option("--as", "person", default="", help="Who loads; the operator if not said.")
def load(file: Path, state: Path, source: str, vintage: str, person: str) -> None:
    """Load population or deprivation by LSOA 2021, or harm weights by kind (CSV); each replaces the earlier file of its kind."""
    with hub_of(state) as hub:
        (report,) = load_context(hub, [file], person=person, source=source, vintage=vintage)
        click.echo(_line(report.file))


@context.command(name="list")
@state_option
def list_(state: Path) -> None:
    """Every file loaded, newest first; the first of each kind is in force."""
    with hub_of(state) as hub, hub.database.reading() as reading:
        for file in hub.context.files(reading):
            click.echo(_line(file))


def load_context(
    hub: Hub, files: Sequence[Path], *, person: str = "", source: str = "", vintage: str = ""
) -> tuple[ContextReport, ...]:
    """Load files of context in one transaction, as a person or as the operator. Boundaries must be in force."""
    reader = person_of(hub, person) if person else someone_with(hub, "operator")
    with hub.database.unit_of_work() as uow:
        permit = hub.policy.permit(uow, reader, Action.CONTEXT_LOAD, "context")
        return tuple(hub.context.load(uow, permit, path, source=source, vintage=vintage) for path in files)


def _line(file: ContextFile) -> str:
    return f"{file.kind}\t{file.vintage}\t{file.used}\t{file.records}\t{file.source}\t{file.sha256}"
