"""Population and deprivation of the invented borough: whole, plausible, and read by the loader as the real files are."""

from __future__ import annotations

from pathlib import Path

from hub.geography.context_read import read_context
from hub.synthetic import write_context
from hub.synthetic.borough import ravensbourne
from hub.synthetic.places import violence_levels


def test_the_invented_borough_has_residents_and_deprivation_in_every_lsoa(tmp_path: Path) -> None:
    people, poor = (read_context(path.read_bytes(), file=path.name) for path in write_context(tmp_path))
    assert (people.kind, people.vintage, poor.kind, poor.vintage) == ("population", "2021", "deprivation", "2025")
    assert people.population is not None
    assert poor.deprivation is not None
    codes = [lsoa.code for lsoa in ravensbourne().lsoas]
    assert set(codes) == people.lsoas == poor.lsoas
    assert 300_000 < sum(people.population.residents.values()) < 360_000
    deciles = [poor.deprivation[code].decile for code in codes]
    assert [deciles.count(decile) for decile in (1, 10)] == [8, 25]
    levels = violence_levels()
    deprived = [levels[index] for index, decile in enumerate(deciles) if decile <= 3]
    better_off = [levels[index] for index, decile in enumerate(deciles) if decile >= 8]
    assert sum(deprived) / len(deprived) > 2 * sum(better_off) / len(better_off)


def test_it_is_the_same_each_time(tmp_path: Path) -> None:
    first, second = write_context(tmp_path / "a"), write_context(tmp_path / "b")
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]
