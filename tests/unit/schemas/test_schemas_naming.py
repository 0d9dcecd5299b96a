"""Names of a file are held against those of the schema while it is looked at, and are not kept for longer, nor at any length."""

from __future__ import annotations

import pytest

from hub.engine import DuckDbEngine
from hub.schemas import column_proposals, naming, reading
from hub.schemas.naming import forgetting, spelt_alike, words_of
from tests.support.schemas import csv_of, rows_of, schema_of

CRIME = "police/street-crime"


def remembered() -> list[int]:
    return [one.cache_info().currsize for one in (naming._words_of, naming._spelt_alike, naming._alike)]


def test_nothing_of_a_file_that_was_shown_stays_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [
        {"Offence mnth": row["Month"], **{name: row[name] for name in row if name != "Month"}}
        for row in rows_of(CRIME, 3)
    ]
    content, meanwhile = csv_of(rows), list[list[int]]()
    real = column_proposals

    def proposals(*args: object) -> object:
        made = real(*args)  # type: ignore[arg-type]
        meanwhile.append(remembered())
        return made

    monkeypatch.setattr(reading, "column_proposals", proposals)
    with DuckDbEngine().session() as session:
        shown = reading.read_as(session, session.hold(content), schema_of(CRIME), read_bytes=lambda: [content])
    assert shown.proposed.columns == {"Offence mnth": "Month"}
    assert min(meanwhile[0]) > 0
    assert remembered() == [0, 0, 0]


@forgetting()
def _fail_after(name: str) -> float:
    return len(words_of(name)) / 0


def test_names_are_forgotten_after_a_fault_too() -> None:
    with pytest.raises(ZeroDivisionError):
        _fail_after("IncidentNo")
    assert remembered() == [0, 0, 0]


def test_a_name_of_a_million_signs_is_told_by_its_beginning_and_never_kept() -> None:
    with forgetting():
        long = "incident number " + "x" * 2**20
        assert words_of(long)[:2] == words_of("incident_number reference of x")[:2]
        assert words_of(long) == words_of(long[:200])
        assert naming._words_of.cache_info().currsize == 2
        assert spelt_alike(long, long[:-1]) == 0.0
        assert naming._spelt_alike.cache_info().currsize == 0
