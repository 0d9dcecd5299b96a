"""`hub schema list / show / template`: what is agreed."""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path

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
@click.option("--period", default="", help="The month it is for, such as 2026-10: whose codes and months it has.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write a workbook with drop-downs (.xlsx) or the header line (.csv) to this new file.",
)
@click.option("--force", is_flag=True, help="Let --out replace a file that is there.")
def template(dataset: str, period: str, out: Path | None, force: bool) -> None:
    """An empty file to fill. Without --out: the header line of the dataset, as CSV. A table with one column a month gets the
    twelve months that end with the period, or with the last whole month.
    """
    from hub.cli.written import check_new, write_new
    from hub.kit.clock import SystemClock
    from hub.kit.delimited import csv_lines
    from hub.kit.spoken import months_back
    from hub.schemas import SchemaRegistry, template_columns
    from hub.schemas import template as template_workbook

    agreed = SchemaRegistry.from_folder().get(dataset)
    until = period or (max(months_back(SystemClock().now(), 12)) if agreed.wide else "")
    if out is None:
        csv.writer(sys.stdout, lineterminator="\n").writerow(template_columns(agreed, period=until))
        return
    check_new(out, "--out", force=force)
    as_csv = out.suffix.lower() == ".csv"
    columns = csv_lines([template_columns(agreed, period=until)])
    write_new(out, columns.encode() if as_csv else template_workbook(agreed, period=until), force=force)
    click.echo(str(out), err=True)
