"""A file on a desk (`hub check`): the checks of the hub over a plain file, without one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from hub.engine import DuckDbEngine
from hub.geography import AreaIndex
from hub.schemas.model import DatasetSchema
from hub.schemas.profile import NO_PROFILE, ImportProfile
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
    """Check a plain file on a desk (`hub check`): the same checks and words as in the hub; nothing is kept or
    sent.
    """

    def read_bytes() -> Iterator[bytes]:
        with path.open("rb") as file:
            while chunk := file.read(1024 * 1024):
                yield chunk

    with (engine or DuckDbEngine()).session(local=[path]) as session:
        checked = check(
            session,
            str(path),
            schema,
            period=period,
            file_name=path.name,
            read_bytes=read_bytes,
            area=area,
            others=registry.all() if registry else (),
            part_accept=part_accept,
            profile=profile,
        )
    return checked.report
