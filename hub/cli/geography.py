"""`hub geography load FILE…`: boundaries, lookups, place names."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from hub.cli.local import hub_of, person_of, someone_with, state_option
from hub.cli.telling import tell
from hub.kit.authority import Action

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hub.app import Hub
    from hub.geography import LoadReport


@click.group()
def geography() -> None:
    """Boundaries and lookups of the partnership's area."""


@geography.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@state_option
@click.option("--as", "person", default="", help="Who loads; the operator if not said.")
def load(files: tuple[Path, ...], state: Path, person: str) -> None:
    """Load boundaries (GeoJSON), a lookup of LSOA to ward (CSV) or place names (CSV)."""
    with hub_of(state) as hub:
        for report in load_files(hub, files, person=person):
            tell(f"{report.kind}\t{report.records}\t{report.file_name}")


def load_files(hub: Hub, files: Sequence[Path], *, person: str = "") -> tuple[LoadReport, ...]:
    """Load files in one transaction, as a person or as the operator."""
    reader = person_of(hub, person) if person else someone_with(hub, "operator")
    with hub.database.unit_of_work() as uow:
        permit = hub.policy.permit(uow, reader, Action.GEOGRAPHY_LOAD, "geography")
        return hub.geography.load_all(uow, permit, list(files))
