"""Masks and attacker against brute force: on tiny tables every data set that fits what is published is tried out."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from hub.disclosure import (
    NHS_HES,
    CellKey,
    CellState,
    Lattice,
    MaskRules,
    Profile,
    WholeMeasure,
    attack,
    protect_measure,
    thresholds_only,
)
from tests.support.disclosure import BOTH, a_lattice, atoms, by_brute_force, together, worlds

TWO_WAYS = {"months": ["2026-01"], "families": {"when": ("night", "rest")}}
"""Two families, kind and when, that divide the events of one month."""

TINY = Profile(name="tiny", threshold=4, round_to=3)
"""A small sibling of nhs_hes, so that all data sets can be tried: 1 to 3 hidden, others to the nearest 3."""


@dataclass(frozen=True)
class Truth:
    lattice: Lattice
    area_level: str
    happened: dict[CellKey, int]
    most: int

    def by_key(self) -> dict[CellKey, int]:
        counts = self.lattice.roll_up(self.happened)
        pairs = (zip(self.lattice.cells(table), counts[table].tolist(), strict=True) for table in self.lattice.tables)
        return {key: count for table in pairs for key, count in table}


@st.composite
def truths(draw: st.DrawFn, most: int = 11) -> Truth:
    """A tiny lattice of one of several shapes, with counts from 0 to `most`."""
    sensitive = draw(st.sampled_from([BOTH, frozenset[str]()]))
    tables, level, shape = draw(
        st.sampled_from(
            [
                (["ward-month", "borough-month", "ward-quarter", "borough-quarter"], "ward", {"kinds": ()}),
                (["ward-month", "borough-quarter"], "ward", {"kinds": ()}),
                (["ward-month-kind", "borough-month-kind", "ward-month", "borough-month"], "ward", {"months": ["2026-01"]}),
                (["lsoa21-month", "ward-month", "borough-month"], "lsoa21", {"lsoas": 5, "months": ["2026-01"], "kinds": ()}),
                (["borough-month-kind", "borough-quarter-kind", "borough-month"], "ward", {"wards": 1}),
                (["lsoa21-month", "ward-month-kind", "borough-month-kind"], "lsoa21", {"lsoas": 3, "months": ["2026-01"]}),
                (["borough-month-kind", "borough-month-when", "borough-month"], "ward", TWO_WAYS | {"wards": 1}),
                (["ward-month-kind", "borough-month-when", "ward-month"], "ward", TWO_WAYS),
                (["ward-month-kind", "ward-month-when", "borough-month-when"], "ward", TWO_WAYS),
            ]
        )
    )  # fmt: skip
    lattice = a_lattice(tables=tables, sensitive=sensitive, **shape)
    counts = st.one_of(st.integers(0, 3), st.integers(0, most))
    happened = {keys: draw(counts) for keys in worlds(lattice, area_level=level)}
    return Truth(lattice, level, together(happened), max(happened.values()))


@settings(max_examples=30, deadline=None)
@given(truth=truths())
def test_published_intervals_hold_the_truth_and_brute_force_leaves_every_hidden_cell_its_protection(
    truth: Truth,
) -> None:
    rules = MaskRules(protection=2, max_withheld_per_mille=1000)
    counts = truth.lattice.roll_up(truth.happened)
    protected = protect_measure(truth.lattice, counts, TINY, rules)
    tightest = by_brute_force(
        truth.lattice, protected.masked, TINY, area_level=truth.area_level, ceiling=truth.most + 4
    )
    assume(tightest is not None)
    exact = truth.by_key()
    assert protected.verdict.is_clean
    for key, (lower, upper) in protected.verdict.intervals[0, "measure"].items():
        assert lower <= exact[key]
        assert upper is None or exact[key] <= upper
        assert upper is None or upper - lower >= rules.protection
        least, most = tightest[key]
        assert lower <= least <= exact[key] <= most
        assert upper is None or most <= upper
        assert most - least >= rules.protection


@settings(max_examples=30, deadline=None)
@given(truth=truths(most=30))
def test_under_the_nhs_rule_the_mask_only_adds_withheld_cells_and_the_attacker_finds_nothing(truth: Truth) -> None:
    counts = truth.lattice.roll_up(truth.happened)
    plain = thresholds_only(truth.lattice, counts, NHS_HES)
    protected = protect_measure(truth.lattice, counts, NHS_HES, MaskRules(max_withheld_per_mille=1000))
    assert protected.verdict.is_clean
    for table in protected.masked:
        before = plain.tables[table.spec]
        kept = table.states != CellState.WITHHELD
        assert (before.states[kept] == table.states[kept]).all()
        assert (before.values[kept] == table.values[kept]).all()
        assert not table.values[~kept].any()


@settings(max_examples=30, deadline=None)
@given(truth=truths())
def test_what_the_attacker_claims_without_a_mask_is_true_and_never_tighter_than_brute_force(
    truth: Truth,
) -> None:
    counts, beside = truth.lattice.roll_up(truth.happened), TINY.unrounded()
    plain = thresholds_only(truth.lattice, counts, beside)
    verdict = attack([WholeMeasure(lattice=truth.lattice, profile=beside, masked=plain)], protection=2)
    exact = truth.by_key()
    for leak in verdict.leaks:
        assert leak.key not in exact or leak.lower <= exact[leak.key] <= leak.upper
    tightest = by_brute_force(truth.lattice, plain, beside, area_level=truth.area_level, ceiling=truth.most + 4)
    assume(tightest is not None)
    for key, (lower, upper) in verdict.intervals[0, "measure"].items():
        least, most = tightest[key]
        assert lower <= least <= most
        assert upper is None or most <= upper


@settings(max_examples=20, deadline=None)
@given(count=st.integers(1, 7), others=st.lists(st.integers(8, 60), min_size=2, max_size=2))
def test_a_small_month_beside_an_exact_quarter_is_always_found_and_with_the_mask_never(
    count: int, others: list[int]
) -> None:
    lattice = a_lattice(tables=["borough-month", "borough-quarter"], kinds=())
    happened = dict(zip(atoms(lattice, area_level="borough"), [count, *others], strict=True))
    spread = {CellKey("W00", key.period, ""): number for key, number in happened.items()}
    counts, beside = lattice.roll_up(spread), NHS_HES.unrounded()
    verdict = attack([WholeMeasure(lattice=lattice, profile=beside, masked=thresholds_only(lattice, counts, beside))])
    assert [(leak.lower, leak.upper) for leak in verdict.leaks] == [(count, count)]
    assert protect_measure(lattice, counts, beside, MaskRules(max_withheld_per_mille=1000)).verdict.is_clean
