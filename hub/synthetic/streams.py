"""Named streams of chance: each part of the partnership draws from its own, so that changing one leaves the others alone.

A stream's numbers depend only on the seed and on its name (SHA-256, never Python's `hash`), so they are the same in every
process and whatever else is drawn. Months have streams of their own: the file of 2026-05 is the same however many months
are written.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Texts = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Streams:
    """The source of all chance of one partnership."""

    seed: int

    def named(self, *names: str) -> np.random.Generator:
        """A fresh PCG64 generator that depends on the seed and `names` alone."""
        digest = hashlib.sha256("/".join(names).encode()).digest()
        words = np.frombuffer(digest, dtype="<u4").tolist()
        return np.random.Generator(np.random.PCG64(np.random.SeedSequence([self.seed, *words])))


@dataclass(frozen=True, slots=True)
class Wheel:
    """A weighted choice that is quick to spin many times: weights need not sum to one, none may be negative."""

    edges: Floats

    @classmethod
    def of(cls, weights: Floats | list[float]) -> Wheel:
        """The wheel with these weights."""
        edges = np.cumsum(np.asarray(weights, dtype=np.float64))
        return cls(edges=edges / edges[-1])

    def spin(self, rng: np.random.Generator, size: int) -> Ints:
        """`size` independent indices."""
        return self.at(rng.random(size))

    def at(self, positions: Floats) -> Ints:
        """The indices at `positions` in [0, 1)."""
        found: Ints = np.searchsorted(self.edges, positions, side="right").astype(np.int64)
        return np.minimum(found, len(self.edges) - 1)


def choose(rng: np.random.Generator, weights: dict[str, float], size: int) -> Texts:
    """`size` keys of `weights`, drawn in proportion to their values."""
    return np.array(list(weights), dtype=object)[Wheel.of(list(weights.values())).spin(rng, size)]


def dealt(rng: np.random.Generator, weights: dict[str, float], size: int) -> Texts:
    """`size` keys in random order whose counts keep to the shares within one each (systematic sampling, random start).

    For shares that were measured and are to be kept (how much one agency knows of what another saw), where drawing each
    case alone would let the share of a small month wander.
    """
    positions = (np.arange(size) + rng.random()) / max(size, 1)
    keys = np.array(list(weights), dtype=object)[Wheel.of(list(weights.values())).at(positions)]
    return keys[rng.permutation(size)]


def overdispersed(rng: np.random.Generator, mean: float, spread: float) -> int:
    """A count with this mean whose rate itself varies: Gamma-Poisson, `spread` the rate's coefficient of variation."""
    shape = 1.0 / (spread * spread)
    return int(rng.poisson(rng.gamma(shape, mean / shape)))
