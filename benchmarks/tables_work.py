"""Times of looking up protected tables, beside a bare look-up of the same stored cells; prints them in milliseconds.

    python -m benchmarks.tables_work STATE MONTHS ROUNDS

`hub`: what a page or the API asks for one table: a unit of work with the Permit, each measure's decision, the cells, the provenance
and the committed audit entries. `sql`: `SELECT` of the same cells by a bare connection to the same database, nothing asked and
nothing recorded. `memory`: the same cells from a dict.
"""

from __future__ import annotations

import json
import random
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from benchmarks.demo_hub import analyst, demo_hub
from benchmarks.measure import peak_mib
from hub.app import Hub
from hub.kit.authority import Action, Reader

PURPOSE = "svd.identify_kinds"
Question = tuple[str, str, str]


def questions(hub: Hub, reader: Reader) -> list[Question]:
    """(view, by, where) of every table on offer, whole and for one area or kind or year of it."""
    found: list[Question] = []
    for view in hub.views.catalogue():
        with hub.database.unit_of_work() as uow:
            permit = hub.policy.permit(uow, reader, Action.VIEW_READ, view.id, purpose=PURPOSE)
            offer = hub.views.offer(uow, permit, view.id)
        for table in offer.tables:
            by = ",".join(table.by)
            whole = _ask(hub, reader, (view.id, by, ""))
            if not whole.rows:
                continue
            row = whole.rows[len(whole.rows) // 2]
            found.append((view.id, by, ""))
            found.append((view.id, by, f"period={row.period}"))
            found.append((view.id, by, f"area={row.area}"))
            if row.kind:
                found.append((view.id, by, f"kind={row.kind}"))
    return found


def _ask(hub: Hub, reader: Reader, question: Question) -> Any:
    view, by, where = question
    with hub.database.unit_of_work() as uow:
        permit = hub.policy.permit(uow, reader, Action.VIEW_READ, view, purpose=PURPOSE)
        return hub.views.table(uow, permit, view, by=by, where=where, justification="benchmark")


def _sql(connection: sqlite3.Connection, stored: list[tuple[int, int, str]]) -> int:
    query = "SELECT area, period, kind, state, value FROM cells WHERE snapshot = ? AND measure = ? AND spec = ?"
    return sum(len(connection.execute(query, one).fetchall()) for one in stored)


def _timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


def _tables_of(connection: sqlite3.Connection, asked: list[Question]) -> Iterator[list[tuple[int, int, str]]]:
    """For each question the stored tables that hold its cells: every measure's table of that grain."""
    stored = connection.execute("SELECT DISTINCT snapshot, measure, spec FROM cells").fetchall()
    for _, by, _ in asked:
        spec = by.replace(",", "-")
        yield [one for one in stored if one[2] == spec]


def main(state: Path, months: int, rounds: int) -> dict[str, Any]:
    """Ask every question `rounds` times in a shuffled order, each kind of look-up in turn."""
    hub = demo_hub(state, months=months)
    reader = analyst(hub)
    asked = questions(hub, reader)
    bare = sqlite3.connect(state / "hub.sqlite")
    stored = dict(zip(asked, _tables_of(bare, asked), strict=True))
    memory = {question: [(one, _sql(bare, [one])) for one in tables] for question, tables in stored.items()}
    times: dict[str, list[float]] = {"hub": [], "sql": [], "memory": []}
    order = asked * rounds
    random.Random(2022).shuffle(order)
    for question in order:
        times["hub"].append(_timed(lambda question=question: _ask(hub, reader, question)))  # type: ignore[misc]
        times["sql"].append(_timed(lambda question=question: _sql(bare, stored[question])))  # type: ignore[misc]
        times["memory"].append(_timed(lambda question=question: memory[question]))  # type: ignore[misc]
    with hub.database.reading() as reading:
        verified = hub.audit.verify(reading)
    bare.close()
    hub.close()
    return {"times": times, "questions": len(asked), "entries": verified.entries, "peak_mib": peak_mib()}


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))))
