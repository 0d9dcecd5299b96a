"""What a definition of serious violence says, and what a partnership chose."""

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

LOWEST, HIGHEST = 1, 5
"""A factor is scored from 1 (slight) to 5 (gravest). The Act asks for an account, not for a sum: scores are never added up."""


@dataclass(frozen=True, slots=True)
class Score:
    """How heavy one factor weighs for a group of offences, and why, in the words of those who weighed it."""

    factor: str
    section: str
    score: int
    why: str


@dataclass(frozen=True, slots=True)
class Group:
    """A group of offences that counts as serious violence: its four scores, in the order of `FACTORS`."""

    id: str
    title: str
    scores: tuple[Score, ...]


@dataclass(frozen=True, slots=True)
class DeclaredKinds:
    """The kinds of one dataset that count as serious violence, as the dataset's own codes, and why.

    `by_group` says which group each belongs to; a coarse kind may hold offences of several. `kinds` is the union, each once.
    """

    dataset: str
    by_group: Mapping[str, tuple[str, ...]]
    reason: str

    @property
    def kinds(self) -> tuple[str, ...]:
        """Every declared kind once, in the order declared."""
        return tuple(dict.fromkeys(kind for kinds in self.by_group.values() for kind in kinds))


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """One version of a definition: the union of its declared kinds. `sha256` is of the document's bytes.

    `source`: who wrote it and on what it rests. `limits`: what the data cannot tell apart, said beside every use.
    """

    id: str
    version: int
    title: str
    written_on: date
    source: str
    groups: tuple[Group, ...]
    declared: Mapping[str, DeclaredKinds]
    excludes: tuple[str, ...]
    limits: tuple[str, ...]
    sha256: str

    @property
    def reference(self) -> str:
        """What an indicator cites, such as `ravensbourne@1`."""
        return f"{self.id}@{self.version}"

    def kinds_of(self, dataset: str) -> tuple[str, ...]:
        """The declared kinds of `dataset`; empty when the definition names none of them."""
        declared = self.declared.get(dataset)
        return declared.kinds if declared else ()

    @property
    def uncounted(self) -> tuple[Group, ...]:
        """The groups for which no dataset of this hub is declared: what counts, and cannot be counted yet."""
        counted = {group for declared in self.declared.values() for group in declared.by_group}
        return tuple(group for group in self.groups if group.id not in counted)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """That a partnership adopted a definition: which, when, recorded by whom, and where the decision is minuted."""

    number: int
    reference: str
    sha256: str
    chosen_at: str
    chosen_by: str
    agency: str
    minute: str


@dataclass(frozen=True, slots=True)
class InForce:
    """The definition that counts now. `choice` is None while the partnership has recorded none."""

    definition: Definition
    choice: Choice | None
