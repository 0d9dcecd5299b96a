"""A clean file whose columns and codes are written otherwise, read with the profile that says so, gives the very same rows."""

from __future__ import annotations

import hashlib
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.engine import DuckDbEngine
from hub.schemas import ImportProfile, Outcome, check
from hub.schemas.mapping import is_keepable_name
from tests.support.schemas import ROWS, csv_of, schema_of
from tests.support.schemas_samples import samples

few = settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
names = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), min_size=1, max_size=40).filter(
    is_keepable_name
)


def accepted(dataset: str, content: bytes, profile: ImportProfile) -> tuple[Outcome, list[str], list[tuple[Any, ...]]]:
    """The outcome, the codes that were told, and the accepted rows."""
    with DuckDbEngine().session() as session:
        checked = check(
            session,
            session.hold(content),
            schema_of(dataset),
            period=samples()[dataset].period,
            file_name="extract.csv",
            read_bytes=lambda: [content],
            sha256=hashlib.sha256(content).hexdigest(),
            profile=profile,
        )
        rows = session.rows(f"SELECT * FROM {checked.accepted} ORDER BY hub_row, hub_month")
        return checked.report.outcome, [one.code for one in checked.report.findings], rows


@few
@given(data=st.data())
def test_a_clean_file_renamed_and_in_another_order_is_read_back_to_the_same_rows(data: st.DataObject) -> None:
    dataset = data.draw(st.sampled_from(sorted(ROWS)))
    sample, schema = samples()[dataset], schema_of(dataset)
    agreed = [name for name in sample.row if name not in sample.months]
    never = frozenset[str]().union(*(one.names for one in schema.refused))
    taken = {name.strip() for name in (*sample.row, *(a for field in schema.fields for a in field.aliases))}
    called = dict(
        zip(
            agreed,
            data.draw(st.lists(names, min_size=len(agreed), max_size=len(agreed), unique=True)),
            strict=True,
        )
    )
    plain = {"".join(sign for sign in name.casefold() if sign.isalnum()) for name in called.values()}
    if taken & {name.strip() for name in called.values()} or never & plain:
        return
    spelt: dict[str, dict[str, str]] = {}
    rows = sample.rows(3)
    written = [dict(row) for row in rows]
    for field in schema.columns:
        if field.codes is None or field.several or not data.draw(st.booleans()):
            continue
        for row in written:
            if row[field.name]:
                text = f"({row[field.name]})"
                spelt.setdefault(field.name, {})[text] = row[field.name]
                row[field.name] = text
    order = [*data.draw(st.permutations(agreed)), *sample.months]
    content = csv_of([{called.get(name, name): row[name] for name in order} for row in written])
    profile = ImportProfile(columns={written: name for name, written in called.items()}, codes=spelt)
    expected = accepted(dataset, csv_of(rows), ImportProfile())
    got = accepted(dataset, content, profile)
    assert got[2] == expected[2]
    assert got[0] is Outcome.ACCEPTED_WITH_WARNINGS
    assert got[1].count("column-renamed") == len(agreed)
    assert got[1].count("codes-mapped") == len(spelt)
