"""`hub check FILE --schema ID`: the intake checks on a desk, offline, with the same engine and the same words."""

from __future__ import annotations

import json
from pathlib import Path

import click


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--schema", "dataset", required=True, help="The dataset, such as police/street-crime.")
@click.option("--period", default="", help="The month the file is for, such as 2026-10.")
@click.option("--sheet", default="", help="The sheet of a workbook, where several have the columns.")
@click.option("--json", "as_json", is_flag=True, help="The report as JSON on stdout.")
def check(file: Path, dataset: str, period: str, sheet: str, as_json: bool) -> None:
    """Check FILE (CSV, XLSX or ODS) against an agreed schema. Nothing is sent or kept.

    Exit code 1 when it would be returned or refused.
    """
    from hub.schemas import ImportProfile, SchemaRegistry, check_file

    registry = SchemaRegistry.from_folder()
    report = check_file(
        file, registry.get(dataset), period=period, registry=registry, profile=ImportProfile(sheet=sheet)
    )
    if as_json:
        click.echo(json.dumps(report.as_json(), ensure_ascii=False))
    else:
        click.echo(f"{report.outcome.value}: {report.accepted_rows} of {report.rows} rows of {report.file}")
        for finding in report.findings:
            cells = f" ({', '.join(finding.cells[:5])}{', …' if finding.count > 5 else ''})" if finding.cells else ""
            click.echo(f"{finding.severity} {finding.code}, {finding.count}{cells}: {finding.message} {finding.remedy}")
    if report.outcome.value in {"returned", "refused"}:
        raise click.exceptions.Exit(1)
