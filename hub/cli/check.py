"""`hub check FILE --schema ID`: the intake checks on a desk, offline, with the same engine and the same words."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hub.cli.telling import tell, tell_json

if TYPE_CHECKING:
    from hub.geography import AreaIndex
    from hub.schemas import CheckReport, DatasetSchema, Finding, ImportProfile

_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.command()
@click.argument("file", type=_FILE)
@click.option("--schema", "dataset", required=True, help="The dataset, such as police/street-crime.")
@click.option("--period", default="", help="The month the file is for, such as 2026-10.")
@click.option("--sheet", default="", help="The sheet of a workbook, where several have the columns.")
@click.option("--encoding", default="", help="The encoding of the file, where it does not say so itself.")
@click.option("--delimiter", default="", help="The sign between two values, where it is not found.")
@click.option("--profile", "profile_file", type=_FILE, help="An import profile (JSON) that the file is read with.")
@click.option(
    "--areas",
    type=_FILE,
    multiple=True,
    help="A file of the partnership's areas: boundaries, lookup, place names, each with its own --areas. Without: no places.",
)
@click.option("--part-accept", is_flag=True, help="Judge as under an agreement that accepts a file in part.")
@click.option("--json", "as_json", is_flag=True, help="The report as JSON on stdout.")
@click.option(
    "--marked",
    "out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the file with its errors marked to this new .xlsx or .csv file.",
)
@click.option("--force", is_flag=True, help="Let --marked replace a file that is there.")
def check(
    file: Path,
    dataset: str,
    period: str,
    sheet: str,
    encoding: str,
    delimiter: str,
    profile_file: Path | None,
    areas: tuple[Path, ...],
    part_accept: bool,
    as_json: bool,
    out: Path | None,
    force: bool,
) -> None:
    """Check FILE against an agreed schema: the same checks and words as in the hub. Nothing is sent or kept.

    Not told on a desk: what your agency's earlier months and the agreements say. Exit code 1 when it would be returned or refused.
    """
    from hub.cli.written import check_new, write_new
    from hub.schemas import SchemaRegistry, check_file, marked_file

    if out is not None:
        check_new(out, "--marked", force=force, source=file)
    registry = SchemaRegistry.from_folder()
    schema, area = registry.get(dataset), _areas(areas)
    profile = _profile(profile_file, schema, sheet=sheet, encoding=encoding, delimiter=delimiter)
    if out is None:
        report = check_file(
            file, schema, period=period, registry=registry, area=area, part_accept=part_accept, profile=profile
        )
    else:
        made = marked_file(
            file,
            schema,
            form=out.suffix.lower().removeprefix("."),
            period=period,
            registry=registry,
            area=area,
            part_accept=part_accept,
            profile=profile,
        )
        report = made.report
        write_new(out, made.content, force=force)
        tell(f"{out}: {made.cells:,} cells are marked", err=True)
    _tell(report, as_json=as_json)
    if report.outcome.value in {"returned", "refused"}:
        raise click.exceptions.Exit(1)


def _profile(file: Path | None, schema: DatasetSchema, *, sheet: str, encoding: str, delimiter: str) -> ImportProfile:
    from dataclasses import replace

    from hub.cli.profile import read_document
    from hub.kit.errors import Invalid
    from hub.schemas import NO_PROFILE, profile_from

    try:
        profile = profile_from(read_document(file), schema) if file is not None else NO_PROFILE
    except Invalid as error:  # the file is right, what was said of it is not
        raise click.UsageError(f"{file}: {error.title} {error.remedy}") from None
    said: dict[str, Any] = {"sheet": sheet, "encoding": encoding, "delimiter": delimiter.replace("\\t", "\t")}
    return replace(profile, **{name: text for name, text in said.items() if text})


def _areas(files: tuple[Path, ...]) -> AreaIndex | None:
    if not files:
        return None
    from hub.geography import index_of_files

    return index_of_files(files)


def _tell(report: CheckReport, *, as_json: bool) -> None:
    """The report on stdout."""
    if as_json:
        tell_json(report.as_json())
        return
    lines = [f"{report.outcome.value}: {report.accepted_rows} of {report.rows} rows of {report.file}"]
    lines += [
        f"{finding.severity} {finding.code}, {_count(finding)}: {finding.message} {finding.remedy} (more: {finding.about})"
        for finding in report.findings
    ]
    for line in lines:
        tell(line)


def _count(finding: Finding) -> str:
    """How many, and where: of more than five places the first five, said so."""
    shown = finding.cells[:5]
    if not shown:
        return f"{finding.count}"
    where = ", ".join(shown)
    return f"{finding.count} ({where if len(shown) == finding.count else f'first {len(shown)}: {where}'})"
