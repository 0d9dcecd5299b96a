"""Snapshots: the list with the build button, and one snapshot with what is in it."""

from __future__ import annotations

from dataclasses import dataclass

from hub.web.elements import Fact, Progress, Table


@dataclass(frozen=True, slots=True)
class SnapshotsPage:
    """Snapshots, newest first; `progress` while one is being built."""

    table: Table
    can_build: bool
    progress: Progress | None = None


@dataclass(frozen=True, slots=True)
class SnapshotPage:
    """One snapshot: its facts, its inputs and the tables made from it."""

    facts: tuple[Fact, ...]
    tables: tuple[Table, ...]
