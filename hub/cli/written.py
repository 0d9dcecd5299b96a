"""Files that a command writes: whole or not at all, and never over one that is there, unless that is wanted."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import click

FORMS = (".xlsx", ".csv")


def check_new(out: Path, option: str, *, force: bool, source: Path | None = None) -> None:
    """UsageError where the file could not or should not be written: before any work is done."""
    if out.suffix.lower() not in FORMS:
        raise click.UsageError(f"{option} writes {' or '.join(FORMS)}: name the file so")
    if source is not None and out.exists() and out.samefile(source):
        raise click.UsageError(f"{option} never writes over the file that is read: name another")
    if out.exists() and not force:
        raise _there(out)
    if not out.absolute().parent.is_dir():
        raise click.UsageError(f"there is no folder {out.absolute().parent}")


def write_new(out: Path, content: bytes, *, force: bool) -> None:
    """Write the file; another that came to be meanwhile stays as it is."""
    handle, name = tempfile.mkstemp(prefix=".hub-", suffix=out.suffix, dir=out.absolute().parent)
    made = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        if not force:
            out.touch(exist_ok=False)  # it is ours from here on
        made.replace(out)
    except FileExistsError:
        raise _there(out) from None
    finally:
        made.unlink(missing_ok=True)


def _there(out: Path) -> click.UsageError:
    return click.UsageError(f"{out} is there already: name another file, or add --force")
