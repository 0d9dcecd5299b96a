"""`hub schema list / show / template`: what is agreed."""

from __future__ import annotations

import csv
import json
import sys

import click


@click.group()
def schema() -> None:
    """Agreed schemas."""


@schema.command(name="list")
def list_() -> None:
    """Every dataset with its version and title."""
    from hub.schemas import SchemaRegistry

    for one in SchemaRegistry.from_folder().all():
        click.echo(f"{one.id}\t{one.version}\t{one.title}")


@schema.command()
@click.argument("dataset")
def show(dataset: str) -> None:
    """A schema as a Frictionless Table Schema, code lists written out."""
    from hub.schemas import SchemaRegistry

    click.echo(json.dumps(SchemaRegistry.from_folder().frictionless(dataset), indent=2, ensure_ascii=False))


@schema.command()
@click.argument("dataset")
def template(dataset: str) -> None:
    """An empty file to fill: the header line of the dataset, as CSV. A table with one column a month gets the last
    twelve whole months.
    """
    from hub.kit.clock import SystemClock
    from hub.kit.spoken import months_back
    from hub.schemas import SchemaRegistry

    agreed = SchemaRegistry.from_folder().get(dataset)
    months = sorted(months_back(SystemClock().now(), 12)) if agreed.wide else []
    columns = [*agreed.column_names, *(month.replace("-", "") for month in months)]
    csv.writer(sys.stdout, lineterminator="\n").writerow(columns)
