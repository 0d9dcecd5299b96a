"""The difference of two files is the edits that were drawn, with a key and without."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.engine import DuckDbEngine, EngineSession
from hub.intake import Compared
from hub.intake.difference_rows import Comparison, Side
from hub.schemas import DatasetSchema
from tests.support.schemas import schema_of

KEYED, UNKEYED = "police/street-crime-api", "health/istv-assaults"
Row = tuple[str, ...]


@pytest.fixture(scope="module")
def session() -> Iterator[EngineSession]:
    with DuckDbEngine(memory_mb=256).session() as opened:
        yield opened


@dataclass(frozen=True)
class Shape:
    """Which columns of a schema are filled, and from which values."""

    dataset: str
    columns: tuple[str, ...]

    @property
    def schema(self) -> DatasetSchema:
        """The schema."""
        return schema_of(self.dataset)


WITH_KEY = Shape(KEYED, ("id", "category", "month", "street_name"))
WITHOUT = Shape(UNKEYED, ("assault_method",))


def compared(session: EngineSession, shape: Shape, before: Sequence[Row], after: Sequence[Row]) -> Compared:
    for name, rows in (("drawn_before", before), ("drawn_after", after)):
        values = {column: [row[place] for row in rows] for place, column in enumerate(shape.columns)}
        blank = dict.fromkeys((one for one in shape.schema.names if one not in values), "CAST(NULL AS VARCHAR)")
        session.run(f"DROP TABLE IF EXISTS {name}_loaded")
        session.run(f"DROP TABLE IF EXISTS {name}")
        session.load(f"{name}_loaded", {"hub_row": list(range(2, len(rows) + 2)), **values})
        more = ", ".join(f'{sql} AS "{column}"' for column, sql in blank.items())
        session.run(
            f"CREATE TEMP TABLE {name} AS SELECT *, {more}, '2026-01' AS hub_month, hub_row - 2 AS file_row_number"
            f" FROM {name}_loaded"
        )
    for table in ("hub_before", "hub_after", "hub_odd", "hub_left_before", "hub_left_after", "hub_pairs", "hub_both"):
        session.run(f"DROP TABLE IF EXISTS {table}")
    return Comparison(session, Side("drawn_before", shape.schema), Side("drawn_after", shape.schema)).compared()


CATEGORY, STREET = st.sampled_from(("robbery", "drugs", "burglary")), st.sampled_from(("", "a:1", "-", "1:a", "é"))
ROWS = st.dictionaries(st.integers(1, 60), st.tuples(CATEGORY, STREET), min_size=1, max_size=25)


@settings(max_examples=25, deadline=None)
@given(first=ROWS, second=ROWS, order=st.randoms(use_true_random=False))
def test_by_key_the_difference_is_the_edits(session, first, second, order) -> None:
    before = [(str(key), category, "2026-01", street) for key, (category, street) in first.items()]
    after = [(str(key), category, "2026-01", street) for key, (category, street) in second.items()]
    order.shuffle(after)
    found = compared(session, WITH_KEY, before, after)
    both = set(first) & set(second)
    edited = {key for key in both if first[key] != second[key]}
    assert (found.added.count, found.withdrawn.count) == (len(set(second) - both), len(set(first) - both))
    assert (found.changed.count, found.unchanged) == (len(edited), len(both) - len(edited))
    fields = {one.field: one for one in found.fields}
    for place, name in ((0, "category"), (1, "street_name")):
        changed = [key for key in edited if first[key][place] != second[key][place]]
        assert (fields[name].rows if name in fields else 0) == len(changed)
    moves = Counter((first[key][0], second[key][0]) for key in edited if first[key][0] != second[key][0])
    told = fields["category"].moves if "category" in fields else ()
    assert {(one.before, one.after): one.rows for one in told} == dict(moves)
    rows = {int(row[0]): number for number, row in enumerate(after, start=2)}
    assert list(found.changed.first) == sorted(rows[key] for key in edited)[:20]
    assert list(found.added.first) == sorted(rows[key] for key in set(second) - both)[:20]


@settings(max_examples=15, deadline=None)
@given(first=st.lists(CATEGORY, min_size=1, max_size=30), second=st.lists(CATEGORY, min_size=1, max_size=30))
def test_without_a_key_the_difference_is_that_of_two_multisets(session, first, second) -> None:
    found = compared(session, WITHOUT, [(one,) for one in first], [(one,) for one in second])
    before, after = Counter(first), Counter(second)
    assert not found.keyed
    assert found.changed.count == 0
    assert found.added.count == (after - before).total()
    assert found.withdrawn.count == (before - after).total()
    assert found.unchanged == (before & after).total()


@settings(max_examples=15, deadline=None)
@given(first=st.lists(st.tuples(st.integers(1, 4), CATEGORY), min_size=1, max_size=12), data=st.data())
def test_a_repeated_key_loses_no_row_and_counts_none_twice(session, first, data) -> None:
    second = data.draw(st.lists(st.tuples(st.integers(1, 4), CATEGORY), min_size=1, max_size=12))
    before, after = ([(str(key), kind, "2026-01", "x") for key, kind in rows] for rows in (first, second))
    found = compared(session, WITH_KEY, before, after)
    assert found.unchanged == (Counter(first) & Counter(second)).total()
    assert found.unchanged + found.changed.count + found.added.count == len(second)
    assert found.unchanged + found.changed.count + found.withdrawn.count == len(first)
    left = [
        Counter(key for key, _ in (Counter(one) - Counter(other)).elements())
        for one, other in ((first, second), (second, first))
    ]
    assert found.changed.count == (left[0] & left[1]).total()
