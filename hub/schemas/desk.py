"""A file on a desk (`hub check`): the checks of the hub over a plain file, without one. Nothing is kept or sent."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hub.engine import DuckDbEngine
from hub.geography import AreaIndex
from hub.schemas.encodings import Reader
from hub.schemas.marking import MarkedFile, marked
from hub.schemas.model import DatasetSchema
from hub.schemas.profile import NO_PROFILE, ImportProfile
from hub.schemas.reading import Reading, read_as
from hub.schemas.registry import SchemaRegistry
from hub.schemas.report import CheckReport
from hub.schemas.service import check


def check_file(
    path: Path,
    schema: DatasetSchema,
    *,
    period: str = "",
    registry: SchemaRegistry | None = None,
    area: AreaIndex | None = None,
    part_accept: bool = False,
    engine: DuckDbEngine | None = None,
    profile: ImportProfile = NO_PROFILE,
) -> CheckReport:
    """Check a plain file: the same checks and words as in the hub.

    The same report, too, but for what a desk cannot know: the areas, unless `area` is given, whether the agreement lets rows in
    in part (`part_accept`), and the agency's own past months.
    """
    with (engine or DuckDbEngine()).session(local=[path]) as session:
        words = _of_file(path, period=period, registry=registry, profile=profile)
        return check(session, str(path), schema, area=area, part_accept=part_accept, **words).report


def marked_file(
    path: Path,
    schema: DatasetSchema,
    *,
    form: str = "xlsx",
    period: str = "",
    registry: SchemaRegistry | None = None,
    area: AreaIndex | None = None,
    part_accept: bool = False,
    engine: DuckDbEngine | None = None,
    profile: ImportProfile = NO_PROFILE,
) -> MarkedFile:
    """Check a plain file and give it back marked, as the hub would; see `marked`. The report is that of `check_file`."""
    with (engine or DuckDbEngine()).session(local=[path]) as session:
        words = _of_file(path, period=period, registry=registry, profile=profile)
        return marked(session, str(path), schema, form=form, area=area, part_accept=part_accept, **words)


def _of_file(path: Path, *, period: str, registry: SchemaRegistry | None, profile: ImportProfile) -> dict[str, Any]:
    return {
        "period": period,
        "file_name": path.name,
        "read_bytes": _reader(path),
        "others": registry.all() if registry else (),
        "profile": profile,
    }


def read_file_as(
    path: Path, schema: DatasetSchema, *, period: str = "", profile: ImportProfile = NO_PROFILE
) -> Reading:
    """How a plain file is read with a profile, with proposals where it does not fit: the same as the hub's page shows."""
    with DuckDbEngine().session(local=[path]) as session:
        return read_as(session, str(path), schema, read_bytes=_reader(path), period=period, profile=profile)


def _reader(path: Path) -> Reader:
    def read_bytes() -> Iterator[bytes]:
        with path.open("rb") as file:
            while chunk := file.read(1024 * 1024):
                yield chunk

    return read_bytes
