"""`hub profile`: how your files are read. `propose` works on a desk; `show`, `set` and `forget` ask the hub."""

from __future__ import annotations

import json
from pathlib import Path

import click

from hub.cli.telling import tell, tell_json


@click.group()
def profile() -> None:
    """How your agency's files are read where they are not written as agreed."""


@profile.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--schema", "dataset", required=True, help="The dataset, such as police/street-crime.")
@click.option("--period", default="", help="The month the file is for, such as 2026-10.")
@click.option("--encoding", default="", help="The encoding, where the file does not say it.")
@click.option("--delimiter", default="", help="The sign between two columns.")
@click.option("--sheet", default="", help="The sheet of a workbook.")
@click.option("--json", "as_json", is_flag=True, help="All that was found, with values of the file, as JSON.")
def propose(file: Path, dataset: str, period: str, encoding: str, delimiter: str, sheet: str, as_json: bool) -> None:
    """Propose a profile for FILE, on this computer: what could not be told for certain, with the reasons. Nothing is sent.

    The profile goes to stdout, to be looked at and given to `hub check --profile`; the reasons are told on stderr.
    """
    from hub.schemas import ImportProfile, SchemaRegistry, read_file_as, reading_document

    asked = ImportProfile(encoding=encoding, delimiter=delimiter, sheet=sheet)
    shown = read_file_as(file, SchemaRegistry.from_folder().get(dataset), period=period, profile=asked)
    if as_json:
        tell_json(reading_document(shown), indent=2)
        return
    for line in shown.unused:
        click.echo(line, err=True)
    for found in shown.stopped:
        tell(f"{found.code}: {found.message} {found.remedy}", err=True)
    for column in shown.columns:
        if column.proposed:
            tell(f"{column.letter} {column.name} -> {column.proposed}: {' '.join(column.reasons)}", err=True)
    for apart in shown.apart:
        tell(f"{apart.column}: {apart.reason}", err=True)
    for group in shown.codes:
        for text in group.texts:
            meant = f"{text.proposed}: {text.reason}" if text.proposed else "?"
            tell(f"{group.field} {text.text} ({text.count}) -> {meant}", err=True)
    tell_json(shown.proposed.as_json(), indent=2)


@profile.command()
@click.argument("dataset")
def show(dataset: str) -> None:
    """What the hub remembers for a dataset of your agency: who confirmed it, when, and the profile."""
    from hub.cli.kept import connected

    with connected() as client:
        tell_json(client.get(f"/datasets/{dataset}/import-profile"), indent=2)


@profile.command(name="set")
@click.argument("dataset")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def set_(dataset: str, file: Path) -> None:
    """Have the hub remember the profile in FILE (JSON) for the next files of a dataset of your agency."""
    from hub.cli.kept import connected

    with connected() as client:
        answer = client.put(f"/datasets/{dataset}/import-profile", read_document(file))
    tell_json(answer, indent=2)


@profile.command()
@click.argument("dataset")
def forget(dataset: str) -> None:
    """Have the hub forget what it remembers for a dataset of your agency."""
    from hub.cli.kept import connected

    with connected() as client:
        client.delete(f"/datasets/{dataset}/import-profile")
    click.echo("Forgotten.", err=True)


def read_document(file: Path) -> object:
    """The JSON in a file; Invalid `bad-profile` when it is none."""
    from hub.kit.errors import Invalid
    from hub.kit.words import say

    try:
        document: object = json.loads(file.read_text(encoding="utf-8-sig"))
    except ValueError:
        raise Invalid(say("mapping.error.form"), code="bad-profile", remedy=say("mapping.error.remedy")) from None
    return document
