"""Values of the snapshots room."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from hub.db import Reading, UnitOfWork


class SnapshotState(StrEnum):
    """Where a snapshot stands. One at most is in force."""

    FROZEN = "frozen"
    """Inputs are fixed; its tables are not built yet."""
    IN_FORCE = "in-force"
    """Its tables are what readers get."""
    RETIRED = "retired"
    """A later one came into force."""


class AcceptedSubmission(Protocol):
    """What a snapshot needs to know of an accepted submission; `hub.intake.Submission` is one."""

    @property
    def id(self) -> str:
        """Its id."""
        ...

    @property
    def agency(self) -> str:
        """Whose it is."""
        ...

    @property
    def dataset(self) -> str:
        """Of what."""
        ...

    @property
    def period(self) -> str:
        """For which month."""
        ...

    @property
    def schema_version(self) -> str:
        """Under which version of the agreed schema it was checked."""
        ...

    @property
    def rows(self) -> int:
        """Records in the file."""
        ...

    @property
    def accepted_rows(self) -> int:
        """Records kept."""
        ...

    @property
    def accepted_object(self) -> str:
        """The sealed object that holds the records kept."""
        ...

    @property
    def explanations(self) -> Mapping[str, str]:
        """What its agency said of the queries that its figures raised, by `code:field`."""
        ...


class Submissions(Protocol):
    """Where snapshots find what was accepted; `hub.intake.Intake` is one."""

    def latest_accepted(self, reading: UnitOfWork | Reading) -> Sequence[AcceptedSubmission]:
        """The newest accepted submission for each agency, dataset and period; of a series the newest edition alone."""
        ...

    def withdrawn(self, reading: UnitOfWork | Reading, submissions: Collection[str]) -> frozenset[str]:
        """Those of these submissions that their agencies have withdrawn."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotInput:
    """One frozen submission: whose, of what, for which month, and the SHA-256 of its accepted rows as sealed.

    `explained`: what its agency said of the queries that its figures raised, by `code:field`; for readers of the figures.
    """

    dataset: str
    agency: str
    period: str
    submission: str
    object_id: str
    sha256: str
    schema_version: str
    rows: int
    accepted_rows: int
    explained: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A numbered, frozen set of accepted submissions over one area tree, under one policy.

    `left_out` names, as `dataset@agency`, accepted submissions that no agreement in force let be combined with the
    others. `marked`: an input was erased since, so it can never be built again (promise P9).
    """

    number: int
    at: datetime
    state: SnapshotState
    tree_id: str
    policy_hash: str
    inputs: tuple[SnapshotInput, ...]
    left_out: tuple[str, ...] = ()
    marked: bool = False

    @property
    def datasets(self) -> tuple[str, ...]:
        """The datasets in it, in the order of their ids."""
        return tuple(sorted({one.dataset for one in self.inputs}))

    def of(self, dataset: str) -> tuple[SnapshotInput, ...]:
        """The inputs of a dataset, by agency and period."""
        found = (one for one in self.inputs if one.dataset == dataset)
        return tuple(sorted(found, key=lambda one: (one.agency, one.period)))
