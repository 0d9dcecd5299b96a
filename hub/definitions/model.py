"""What a definition of serious violence says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

FACTORS: Mapping[str, str] = {
    "maximum_penalty": "PCSC Act 2022 s.13(6)(a)",
    "impact_on_victims": "PCSC Act 2022 s.13(6)(b)",
    "prevalence": "PCSC Act 2022 s.13(6)(c)",
    "impact_on_community": "PCSC Act 2022 s.13(6)(d)",
}
"""The four factors that account must be taken of, each with its place in the Act. A definition without all four is refused."""


@dataclass(frozen=True, slots=True)
class Factor:
    """How one factor of s.13(6) was weighed, in the partnership's own words."""

    name: str
    section: str
    text: str


@dataclass(frozen=True, slots=True)
class DeclaredKinds:
    """The kinds of one dataset that count as serious violence, as the dataset's own codes, and why."""

    dataset: str
    kinds: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """One version of a definition: the union of its declared kinds. `sha256` is of the document's bytes."""

    id: str
    version: int
    title: str
    adopted_on: date
    adopted_by: str
    declared: Mapping[str, DeclaredKinds]
    factors: tuple[Factor, ...]
    excludes: tuple[str, ...]
    sha256: str

    @property
    def reference(self) -> str:
        """What an indicator cites, such as `ravensbourne-serious-violence@1`."""
        return f"{self.id}@{self.version}"

    def kinds_of(self, dataset: str) -> tuple[str, ...]:
        """The declared kinds of `dataset`; empty when the definition names none of them."""
        declared = self.declared.get(dataset)
        return declared.kinds if declared else ()
