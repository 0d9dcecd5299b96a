"""One dataset of the demo as a stream of monthly files: what it may look at, and what each stream offers to be wired in.

A module of a dataset ends with `STREAM = Stream(dataset=..., write=..., plan=...)`; `hub.synthetic.datasets` lists them all.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from hub.synthetic.places import Places
from hub.synthetic.spoiling import Plan
from hub.synthetic.streams import Streams
from hub.synthetic.table import Table
from hub.synthetic.truth import Seen


@dataclass(frozen=True, slots=True)
class Month:
    """What a stream may look at when it writes a month: the ground, the truth of the month and of the one before, and chance.

    `tidy` leaves the defects out: a file to which the check has nothing to say.
    """

    chance: Streams
    ground: Places
    before: Seen
    now: Seen
    tidy: bool = False

    @property
    def period(self) -> str:
        """The month that is written, as `2026-10`."""
        return self.now.period


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """How a dataset's monthly file is written and its sample spoilt.

    The table's columns are those of the agreed schema, in its order; the same month and seed give the same table. `months`
    is how many of the newest months the demo holds at most; with `every` 3 a file is written in the last month of a quarter
    alone, and where months are named in `only` in those alone.
    """

    dataset: str
    write: Callable[[Month], Table]
    plan: Plan
    months: int = 36
    every: int = 1
    only: frozenset[str] = frozenset()

    def due(self, period: str) -> bool:
        """Whether the cadence has a file in this month."""
        return period in self.only if self.only else int(period[5:7]) % self.every == 0
