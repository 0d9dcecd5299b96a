"""Where sealed objects lie, and which of them a living process still writes."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

SUFFIX = ".sealed"


def path_of(folder: Path, object_id: str) -> Path:
    """`<folder>/<two last letters>/<object id>.sealed`: neither agency nor dataset shows."""
    return folder / object_id[-2:] / f"{object_id}{SUFFIX}"


def stored(folder: Path) -> Iterator[tuple[str, Path]]:
    """Id and path of every sealed file there is."""
    for path in sorted(folder.glob(f"*/*{SUFFIX}")):
        yield path.name.removesuffix(SUFFIX), path


def create(path: Path) -> int:
    """Make a new file for a writer, marked as being written until it is closed or its process dies."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    while True:
        opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        fcntl.flock(opened, fcntl.LOCK_EX)
        if os.fstat(opened).st_nlink:
            return opened
        os.close(opened)  # a sweep took it away between its making and its marking


def is_abandoned(path: Path) -> bool:
    """Whether no living writer holds the file."""
    opened = _seize(path)
    if opened is None:
        return False
    os.close(opened)
    return True


def remove_abandoned(path: Path) -> bool:
    """Unlink the file unless a living writer holds it; whether it was unlinked."""
    opened = _seize(path)
    if opened is None:
        return False
    path.unlink(missing_ok=True)  # while it is marked, so that a writer that has just made it notices
    os.close(opened)
    return True


def _seize(path: Path) -> int | None:
    try:
        opened = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return None  # its writer has just taken it away
    try:
        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(opened)
        return None
    return opened
