"""The values of disclosure control: cells, tables, profiles and what a mask leaves behind. Pure; nothing here decides.

A *cell* is a count of one measure for one area, one period and one kind. What is published of it is one of three: a number, `*`,
or withheld. `*` and withheld together are the *hidden* cells.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import IntEnum
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from hub.kit.errors import Invalid

Counts = npt.NDArray[np.int64]
"""Counts of a table's cells, in the order of `Lattice.cells`."""

States = npt.NDArray[np.uint8]
"""States of a table's cells, as `CellState` numbers."""

AREA_LEVELS = ("lsoa21", "ward", "borough")
"""Area levels, finest first. One nested tree: each LSOA lies in one ward, each ward in one borough."""

PERIOD_LEVELS = ("month", "quarter", "year")
"""Period levels, finest first: keys such as `2026-10`, `2026-Q4` and `2026` (calendar quarters and years)."""

ALL_KINDS = ""
"""The kind of a cell that counts all kinds together."""

KIND = "kind"
"""The family of a dataset's own kinds. A measure may have others, such as `when`; each divides the same counted things."""

_FAMILY = re.compile("[a-z]{2,8}")
_NO_FAMILY = frozenset({"area", "period", "measure", "lsoa", *AREA_LEVELS, *PERIOD_LEVELS})

SENSITIVE_DIMENSIONS = frozenset({"area", "kind"})
"""The dimensions that a view may mark sensitive: a table that uses one of them shows no zero. `kind` stands for every family."""


class CellState(IntEnum):
    """What is published of a cell."""

    NUMBER = 0
    """A number: the count itself, or the count rounded as the profile says."""
    STAR = 1
    """`*`: a count from 1 to below the threshold; from 0 where the table uses a sensitive dimension."""
    WITHHELD = 2
    """`w`: any count from 0 upwards, hidden to protect another cell."""


class CellKey(NamedTuple):
    """The name of one cell of a measure: area code, period key, kind (`""`: all kinds). Its table follows from the three.

    `kind` is a kind of one family; no two families share a kind.
    """

    area: str
    period: str
    kind: str


@dataclass(frozen=True, slots=True, order=True)
class TableSpec:
    """One table of a lattice: an area level, a period level, and the family that divides it (`""`: none)."""

    area_level: str
    period_level: str
    family: str = ""

    def __post_init__(self) -> None:
        if self.area_level not in AREA_LEVELS or self.period_level not in PERIOD_LEVELS:
            raise Invalid(
                f"no table of {self.area_level} by {self.period_level}",
                code="unknown-level",
                remedy=f"Areas are {', '.join(AREA_LEVELS)}; periods are {', '.join(PERIOD_LEVELS)}.",
            )
        if self.family and (not _FAMILY.fullmatch(self.family) or self.family in _NO_FAMILY):
            raise Invalid(
                f"no family can be called {self.family}",
                code="unknown-level",
                remedy="Write a family in two to eight small letters.",
            )

    @property
    def with_kind(self) -> bool:
        """Whether a family divides it, be it by kind or in another way."""
        return bool(self.family)

    @property
    def name(self) -> str:
        """A stable name, such as `ward-quarter-kind`, `borough-month-when` or `lsoa21-year`."""
        return f"{self.area_level}-{self.period_level}" + (f"-{self.family}" if self.family else "")

    @classmethod
    def named(cls, name: str) -> TableSpec:
        """The table that `name` names; Invalid (`unknown-level`) if none does."""
        parts = name.split("-")
        if len(parts) not in (2, 3) or not all(parts):
            raise Invalid(f"no table is named {name}", code="unknown-level", remedy="Write it as ward-quarter-kind.")
        return cls(*parts)

    def rolls_up_to(self, other: TableSpec) -> bool:
        """Whether each cell of `other` is a sum of cells of this table (true of itself)."""
        return (
            AREA_LEVELS.index(self.area_level) <= AREA_LEVELS.index(other.area_level)
            and PERIOD_LEVELS.index(self.period_level) <= PERIOD_LEVELS.index(other.period_level)
            and other.family in ("", self.family)
        )

    def is_sensitive(self, sensitive: frozenset[str]) -> bool:
        """Whether a zero of this table is shown as `*`: it uses area below borough, or a family, and that is sensitive."""
        return ("kind" in sensitive and self.with_kind) or ("area" in sensitive and self.area_level != AREA_LEVELS[-1])


@dataclass(frozen=True, slots=True)
class Relation:
    """What everybody knows of kinds of several families: wherever and whenever, the kinds `part` together count no more things than
    the kinds `whole` together. Two that say so of each other are equal.
    """

    part: tuple[str, ...]
    whole: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """How the counts of a measure are shown. Public: every reader, and every attacker, knows it.

    Counts below `threshold` are hidden as `*`, but for 0 where zeros are shown; the others are rounded to the nearest
    `round_to` (1: not at all). A profile with threshold 0 hides nothing and needs no mask.
    """

    name: str
    threshold: int
    round_to: int
    hides_zero: bool = False

    def __post_init__(self) -> None:
        if self.round_to < 1 or self.threshold < (self.round_to // 2 + 1 if self.round_to > 1 else 0):
            raise Invalid(
                f"The profile {self.name} cannot be applied",
                code="bad-profile",
                remedy="Round to 1 or more, with a threshold high enough that no shown count rounds to 0.",
            )

    @property
    def hides(self) -> bool:
        """Whether any count is hidden."""
        return self.threshold > 0

    def unrounded(self) -> Profile:
        """The same thresholds beside exact margins. It leaks; it is how the attacker is shown to find leaks."""
        return replace(self, name=f"{self.name}-unrounded", round_to=1)

    def shows_zero(self, table: TableSpec, sensitive: frozenset[str]) -> bool:
        """Whether a count of 0 in `table` is shown as 0."""
        return not (self.hides and (self.hides_zero or table.is_sensitive(sensitive)))


@dataclass(frozen=True, slots=True)
class PublishedCell:
    """What a reader gets of one cell. `value` is 0 and means nothing unless the state is NUMBER."""

    state: CellState
    value: int = 0


@dataclass(frozen=True, slots=True)
class MaskedTable:
    """The published cells of one table, in the order of `Lattice.cells`. Values of hidden cells are 0, never the count."""

    spec: TableSpec
    states: States
    values: Counts

    def count(self, state: CellState) -> int:
        """How many cells are in `state`."""
        return int(np.count_nonzero(self.states == state))


@dataclass(frozen=True, slots=True)
class DroppedTable:
    """A table that is not published, and why: `too-much-withheld`, `not-protected`, or `attacked`."""

    table: str
    reason: str
    cells: int
    withheld: int


@dataclass(frozen=True, slots=True)
class TableReport:
    """How one published table came out, in counts of cells."""

    table: str
    cells: int
    numbers: int
    stars: int
    withheld: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MaskReport:
    """What the mask did: serialisable, and without any count of events."""

    profile: str
    protection: int
    max_withheld_per_mille: int
    rounds: int
    passes: int
    leaks_before: int
    tables: tuple[TableReport, ...]
    dropped: tuple[DroppedTable, ...]


@dataclass(frozen=True, slots=True)
class Masked:
    """The published tables of one measure, in the lattice's order, and the report. Dropped tables are absent."""

    tables: Mapping[TableSpec, MaskedTable]
    report: MaskReport = field(repr=False)

    def __iter__(self) -> Iterator[MaskedTable]:
        return iter(self.tables.values())
