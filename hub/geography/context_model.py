"""Context of the partnership's areas: who lives there, how deprived it is, and what weights its kinds of event carry.

Everything is stored by LSOA 2021 and added up over the LSOAs of an area of the tree. Where one of them is unknown there is no
figure for the area: a sum over what is left would be a wrong number (promise P12). Fractions are exact: the same on every machine.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from hub.geography.model import AreaTree

POPULATION, DEPRIVATION, HARM_WEIGHTS = "population", "deprivation", "harm-weights"
CONTEXT_KINDS = (POPULATION, DEPRIVATION, HARM_WEIGHTS)
"""What can be loaded; each file replaces the earlier one of its kind, which stays readable."""

QUINTILES = (1, 2, 3, 4, 5)
"""National quintiles of deprivation; 1 holds the most deprived fifth of all LSOAs in England."""

_LOWEST = "lsoa21"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContextFile:
    """A file as loaded. `vintage` is the year its figures are of; `records` are all of its rows, `used` those of the tree."""

    number: int
    kind: str
    file_name: str
    vintage: str
    source: str
    sha256: str
    records: int
    used: int
    loaded_at: str

    @property
    def reference(self) -> str:
        """What the evidence of a figure names, such as `population@3 (2021, 3ae79ea273d9)`."""
        return f"{self.kind}@{self.number} ({self.vintage}, {self.sha256[:12]})"


@dataclass(frozen=True, slots=True)
class Band:
    """Ages from `low` to `high`, both included; `high` is None for the open band at the top."""

    low: int
    high: int | None


@dataclass(frozen=True, slots=True)
class Population:
    """Residents by LSOA, in all and by age band."""

    file: ContextFile
    bands: tuple[Band, ...]
    residents: Mapping[str, int] = field(repr=False)
    by_band: Mapping[str, tuple[int, ...]] = field(repr=False)

    def of(self, tree: AreaTree, area: str) -> int | None:
        """Residents of an area of the tree; None where one of its LSOAs is not in the file."""
        found = [self.residents.get(lsoa) for lsoa in lsoas_of(tree, area)]
        known = [number for number in found if number is not None]
        return sum(known) if known and len(known) == len(found) else None

    def aged(self, tree: AreaTree, area: str, low: int, high: int) -> int | None:
        """Residents aged `low` to `high`, both included; None where the bands of the file do not end there."""
        chosen = [
            index
            for index, band in enumerate(self.bands)
            if band.low >= low and band.high is not None and band.high <= high
        ]
        years = sum((self.bands[index].high or 0) - self.bands[index].low + 1 for index in chosen)
        if years != high - low + 1 or self.of(tree, area) is None:
            return None
        return sum(self.by_band[lsoa][index] for lsoa in lsoas_of(tree, area) for index in chosen)


@dataclass(frozen=True, slots=True)
class Deprived:
    """How deprived one LSOA is: national decile (1 the most deprived tenth) and score, where the file has it (higher is worse)."""

    decile: int
    score: Fraction | None

    @property
    def quintile(self) -> int:
        """The national quintile."""
        return (self.decile + 1) // 2


@dataclass(frozen=True, slots=True)
class Deprivation:
    """The Index of Multiple Deprivation by LSOA."""

    file: ContextFile
    by_lsoa: Mapping[str, Deprived] = field(repr=False)

    def score(self, tree: AreaTree, area: str, population: Population) -> Fraction | None:
        """The mean score of an area's LSOAs, each weighted by its residents; None where one of those is unknown."""
        weighted, residents = Fraction(0), 0
        for lsoa in lsoas_of(tree, area):
            known, people = self.by_lsoa.get(lsoa), population.residents.get(lsoa)
            if known is None or known.score is None or people is None:
                return None
            weighted, residents = weighted + known.score * people, residents + people
        return weighted / residents if residents else None

    @property
    def has_scores(self) -> bool:
        """Whether the file says a score for each LSOA, not the decile alone."""
        return all(one.score is not None for one in self.by_lsoa.values())

    def in_first_decile(self, tree: AreaTree, area: str) -> Fraction | None:
        """The share of an area's LSOAs that lie in the most deprived tenth of all in England; None where one is unknown."""
        found = [self.by_lsoa.get(lsoa) for lsoa in lsoas_of(tree, area)]
        known = [one.decile for one in found if one is not None]
        return Fraction(known.count(1), len(known)) if known and len(known) == len(found) else None

    def quintiles(self, tree: AreaTree, area: str) -> tuple[int, ...] | None:
        """How many LSOAs of an area lie in each national quintile, the most deprived first; None where one is unknown."""
        found = [self.by_lsoa.get(lsoa) for lsoa in lsoas_of(tree, area)]
        known = [one.quintile for one in found if one is not None]
        return tuple(known.count(quintile) for quintile in QUINTILES) if known and len(known) == len(found) else None


@dataclass(frozen=True, slots=True)
class HarmWeights:
    """What one event of a kind weighs, by dataset and kind code, as the deployer loaded it: no weights come with the hub."""

    file: ContextFile
    by_dataset: Mapping[str, Mapping[str, Fraction]] = field(repr=False)

    def of(self, dataset: str) -> Mapping[str, Fraction]:
        """The weight of each kind of a dataset; empty where the file names none."""
        return self.by_dataset.get(dataset, {})


@dataclass(frozen=True, slots=True, kw_only=True)
class ContextReport:
    """What a load took in; `replaced`: an earlier file of the kind went out of use."""

    file: ContextFile
    replaced: bool


def lsoas_of(tree: AreaTree, area: str) -> Sequence[str]:
    """The codes of the LSOAs of an area, in code order."""
    level = tree.area(area).level
    if level == _LOWEST:
        return (area,)
    return tuple(lsoa.code for lsoa in tree.level(_LOWEST) if tree.ancestor(lsoa.code, level) == area)
