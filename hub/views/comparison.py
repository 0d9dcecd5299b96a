"""Values of a comparison across agencies: ratio, ranks and hotspot overlap of two columns of a protected table."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

HIDDEN_OR_MISSING, NO_DIVISOR, ONE_PLACE, TOO_FEW, NO_HOTSPOTS = (
    "not-both-shown",
    "no-divisor",
    "one-place",
    "too-few",
    "no-hotspots",
)
"""Why there is no figure: a cell of the two is no published number; the right one is 0; ranks need two places; the overlap of the
top `k` needs more than `k` places; by one of the two, all places are alike or the last of the top has none.
"""


@dataclass(frozen=True, slots=True)
class Across:
    """What a view compares: each column of the side `left` with each of the side `right`; hotspots are the `top` places."""

    left: str
    right: str
    top: int


@dataclass(frozen=True, slots=True)
class Ratio:
    """Left per right, and the bounds between which rounding leaves the ratio of the counts themselves."""

    value: Fraction
    low: Fraction
    high: Fraction


@dataclass(frozen=True, slots=True)
class Ranks:
    """Ranks among the `of` places of a period whose both figures are shown; 1 has the most, equal figures share the better rank."""

    left: int
    right: int
    of: int

    @property
    def change(self) -> int:
        """How many ranks the place stands higher by the right measure than by the left; below 0: lower."""
        return self.left - self.right


@dataclass(frozen=True, slots=True)
class Compared:
    """One place and period. Where `ratio` or `ranks` is None, its reason says why."""

    area: str
    area_name: str
    period: str
    ratio: Ratio | None
    no_ratio: str
    ranks: Ranks | None
    no_ranks: str


@dataclass(frozen=True, slots=True)
class Overlap:
    """The hotspots of one period: the `top` places of each measure, among the `of` places whose both figures are shown.

    A place that ties with the last of the top belongs to it, so a side may hold more than `top`. `jaccard` is the share of the
    places in both among the places in either; None with a `reason`.
    """

    period: str
    top: int
    of: int
    left: tuple[str, ...]
    right: tuple[str, ...]
    jaccard: Fraction | None
    reason: str

    @property
    def both(self) -> tuple[str, ...]:
        """The places that are hotspots by both measures."""
        return tuple(area for area in self.left if area in self.right)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two columns of a table, by their ids, set against each other."""

    left: str
    right: str
    rows: tuple[Compared, ...]
    overlaps: tuple[Overlap, ...]
