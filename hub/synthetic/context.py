"""Who lives in the invented borough and how deprived it is: files for `hub context load`, in the columns of the real ones.

They depend on the ground alone, never on the partnership's seed or months, and are no part of its manifest.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from hub.synthetic.borough import GROUND, LSOAS, ravensbourne
from hub.synthetic.places import violence_levels
from hub.synthetic.streams import Floats, Ints, Streams
from hub.synthetic.table import csv_bytes

_CENSUS_YEAR, _INDEX_YEAR = "2021", "2025"
_BANDS = (
    "Aged 4 years and under",
    *(f"Aged {low} to {low + 4} years" for low in range(5, 85, 5)),
    "Aged 85 years and over",
)
_SHARES = (6.0, 6.1, 6.2, 5.8, 5.0, 6.2, 7.2, 7.9, 7.6, 6.8, 6.9, 6.6, 5.4, 4.5, 4.4, 3.3, 2.3, 1.8)
"""Percent of an outer London borough's residents in each band, about."""
_DECILES = (8, 14, 18, 20, 20, 21, 24, 24, 25, 25)
"""How many of the 199 LSOAs lie in each national decile, the most deprived first."""
_TOP_SCORE, _BOTTOM_SCORE = 52.0, 2.0


def write_context(folder: Path) -> tuple[Path, ...]:
    """Write population and deprivation of Ravensbourne below `folder`/context; their paths, in the order to load them."""
    target = folder / "context"
    target.mkdir(parents=True, exist_ok=True)
    files = {
        f"ravensbourne-invented-population-{_CENSUS_YEAR}.csv": population(),
        f"ravensbourne-invented-deprivation-{_INDEX_YEAR}.csv": deprivation(),
    }
    for name, content in files.items():
        (target / name).write_bytes(content)
    return tuple(target / name for name in files)


def population() -> bytes:
    """CSV of residents by LSOA and band of five years of age, in the columns of the census."""
    rng = Streams(GROUND).named("residents")
    shares = np.array(_SHARES) / sum(_SHARES)
    rows = []
    for lsoa in ravensbourne().lsoas:
        counts = rng.multinomial(int(rng.integers(1_150, 2_150)), shares)
        rows.append([_CENSUS_YEAR, lsoa.name, lsoa.code, str(counts.sum()), *map(str, counts.tolist())])
    header = ["date", "geography", "geography code", "Age: Total", *(f"Age: {band}" for band in _BANDS)]
    return csv_bytes([header, *rows])


def deprivation() -> bytes:
    """CSV of decile and score by LSOA. Where more violence is, life is mostly harder: the gradient that boroughs show."""
    order = _from_most_deprived()
    decile = np.repeat(np.arange(1, 11), _DECILES)
    score = np.linspace(_TOP_SCORE, _BOTTOM_SCORE, LSOAS)
    place = np.empty(LSOAS, dtype=np.int64)
    place[order] = np.arange(LSOAS)
    rows = [
        [lsoa.code, f"{decile[place[index]]}.0", f"{score[place[index]]:.3f}"]
        for index, lsoa in enumerate(ravensbourne().lsoas)
    ]
    return csv_bytes([["lsoa21_code", "IMD_decile", "IMD_score"], *rows])


def _from_most_deprived() -> Ints:
    level: Floats = violence_levels()
    harder = np.argsort(np.argsort(level)) / LSOAS
    chance = Streams(GROUND).named("deprivation").random(LSOAS)
    return np.argsort(-(0.65 * harder + 0.35 * chance), kind="stable")
