"""Kills a hub around every commit of a job, and looks at what is left: effect and entry together, or neither (promises P5, P6).

    python -m tests.support.kills MADE WORK

A process that has built a hub over a copy of a made state forks a child for each kill. The child does a job of the main job's
(submit, withdraw, build ...) and ends without a word right before its n-th COMMIT, or right after it: everything that Python
would do at an end (rollbacks, unlinking, flushing) is not done. Then another child looks at the state, starts the hub as after a
crash, and does the job again. Prints what it found as JSON.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import traceback
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from hub.app import build_snapshot
from hub.kit.authority import Action
from tests.support.intake import checked_again
from tests.support.partnerships import House, a_copy
from tests.support.schemas import PERIOD, csv_of, rows_of

POLICE, HOSPITAL, COUNCIL = (f"ravensbourne-{name}-analyst" for name in ("police", "hospital", "council"))
STREET, ISTV = "police/street-crime", "health/istv-assaults"
KILLED = 9
MOST = 5
"""So many commits of a job are tried: what comes later repeats what was before."""
BEFORE, AFTER = "before", "after"

Job = Callable[[House], object]


def submit(house: House) -> None:
    """A new month: receive, complete, check."""
    house.submit(POLICE, STREET, PERIOD, csv_of(rows_of(STREET, 12)))


def part_accepted(house: House) -> None:
    """A month with a bad row: accepted rows and a quarantine are sealed."""
    house.submit(POLICE, STREET, PERIOD, csv_of(rows_of(STREET, 12, **{"Crime type": "Jaywalking"})))


def refused(house: House) -> None:
    """A health file with an NHS number: its key is destroyed in the transaction that settles it."""
    rows = rows_of(ISTV, 6, assault_location_description="flat 2, 9434765919")
    house.submit(HOSPITAL, ISTV, PERIOD, csv_of(rows))


def supersede(house: House) -> None:
    """A month that there is already, anew."""
    rows = [row | {"Month": "2026-01"} for row in rows_of(STREET, 9)]
    house.submit(POLICE, STREET, "2026-01", csv_of(rows))


def withdraw(house: House) -> None:
    """Take a month back: three objects are erased at once."""
    with house.hub.database.unit_of_work() as uow:
        permit = house.hub.policy.permit(
            uow, house.reader("ravensbourne-police-governance"), Action.SUBMISSION_WITHDRAW, STREET
        )
        found = [
            one
            for one in house.hub.intake.latest_accepted(uow)
            if (one.dataset, one.period) == (STREET, "2026-02") and one.agency == permit.reader.agency
        ]
        for one in found:
            house.hub.intake.withdraw(uow, permit, one.id, reason="sent by mistake")


def snapshot(house: House) -> None:
    """Freeze, prepare, keep."""
    build_snapshot(house.hub, house.reader(COUNCIL))


def assessment(house: House) -> None:
    """Build an assessment."""
    with house.hub.database.unit_of_work() as uow:
        permit = house.hub.policy.permit(
            uow, house.reader(COUNCIL), Action.ASSESSMENT_BUILD, "assessments", purpose="svd.strategy_prepare"
        )
        house.hub.assessments.build(uow, permit, justification="test")


def look(house: House) -> None:
    """Look at a table: the disclosure stands or falls with its entry."""
    house.table(COUNCIL, by="ward,quarter")


def token(house: House) -> None:
    """Make a token."""
    house.token(COUNCIL)


def suspend(house: House) -> None:
    """Suspend an agreement that is in force."""
    reader, duty = house.reader("ravensbourne-police-governance"), "ravensbourne-police-duty@1"
    with house.hub.database.unit_of_work() as uow:
        if house.hub.agreements.get(uow, duty).status.value == "in-force":
            permit = house.hub.policy.permit(uow, reader, Action.AGREEMENT_SUSPEND, duty)
            house.hub.agreements.suspend(uow, permit, duty, reason="test")


def forget(house: House) -> None:
    """Erase the sealed originals whose days are over."""
    house.clock.advance(timedelta(days=45))
    house.hub.intake.forget_due()


def checkpoint(house: House) -> None:
    """Sign the log's head."""
    with house.hub.database.unit_of_work() as uow:
        house.hub.audit.checkpoint(uow)


JOBS: dict[str, Job] = {
    job.__name__: job
    for job in (
        submit,
        part_accepted,
        refused,
        supersede,
        withdraw,
        snapshot,
        assessment,
        look,
        token,
        suspend,
        forget,
        checkpoint,
    )
}


@dataclass
class Kill:
    """One kill and what it left: `problems` that hold before any restart, `after_restart`, and `again` of the job done anew."""

    job: str
    where: str
    commit: int
    left: dict[str, int] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    after_restart: list[str] = field(default_factory=list)
    again: list[str] = field(default_factory=list)


# ---- what must hold ----------------------------------------------------------------------------------------------------

PAIRS = {
    "a submission and the entry of its arrival": (
        "SELECT 'submission/' || id FROM submissions",
        "SELECT subject FROM audit_entries WHERE (action, outcome) = ('submission:create', 'done') AND detail LIKE '%sha256%'",
    ),
    "a withdrawn submission and its entry": (
        "SELECT 'submission/' || id FROM submissions WHERE state = 'withdrawn'",
        "SELECT subject FROM audit_entries WHERE (action, outcome, verb) = ('submission:withdraw', 'done', 'erasure') AND task=''",
    ),
    "a sealed object and the entry of its publication": (
        "SELECT 'object/' || id FROM vault_objects",
        "SELECT subject FROM audit_entries WHERE (action, outcome) = ('object:publish', 'done')",
    ),
    "a destroyed object and its entry": (
        "SELECT 'object/' || id FROM vault_objects WHERE destroyed_at <> ''",
        "SELECT subject FROM audit_entries WHERE (action, outcome) = ('object:destroy', 'done')",
    ),
    "a living object and its key": (
        "SELECT id FROM vault_objects WHERE destroyed_at = ''",
        "SELECT object_id FROM vault_keys",
    ),
    "an upload in parts and the entry of its beginning": (
        "SELECT 'upload/' || id FROM uploads",
        "SELECT subject FROM audit_entries WHERE (action, outcome) = ('upload:begin', 'done')",
    ),
    "an ended upload and its entry": (
        "SELECT 'upload/' || id FROM uploads WHERE state <> 'open'",
        "SELECT subject FROM audit_entries WHERE (action, outcome) = ('upload:end', 'done')",
    ),
    "a part that waits and its sealed object": (
        "SELECT object FROM upload_parts",
        "SELECT id FROM vault_objects WHERE kind = 'part' AND destroyed_at = ''",
    ),
    "a snapshot and the entry of its freezing": (
        "SELECT 'snapshot/' || number FROM snapshots",
        "SELECT subject FROM audit_entries WHERE (action, outcome) = ('snapshot:freeze', 'done')",
    ),
    "the tables of a snapshot and the entry of the combination": (
        "SELECT DISTINCT 'snapshot/' || snapshot FROM view_measures",
        "SELECT subject FROM audit_entries WHERE (verb, action, outcome) = ('combination', 'snapshot:build', 'done')",
    ),
    "a snapshot put in force and its entry": (
        "SELECT 'snapshot/' || number FROM snapshots WHERE state <> 'frozen'",
        "SELECT subject FROM audit_entries WHERE (action, outcome) = ('snapshot:enforce', 'done')",
    ),
    "the cells of a snapshot and its measures": (
        "SELECT DISTINCT snapshot, measure FROM cells",
        "SELECT snapshot, number FROM view_measures",
    ),
    "an assessment and its entry": (
        "SELECT 'assessment/' || id FROM assessments",
        "SELECT subject FROM audit_entries WHERE (verb, action, outcome) = ('combination', 'assessment:build', 'done')",
    ),
    "a token and its entry": (
        "SELECT 'token/' || id FROM tokens",
        "SELECT subject FROM audit_entries WHERE (verb, action, outcome) = ('session', 'token:issue', 'done')",
    ),
    "a change of an agreement and its entry": (
        "SELECT 'agreement/' || agreement || '@' || version || ' agreement:' || event FROM agreement_event",
        "SELECT subject || ' ' || action FROM audit_entries WHERE verb = 'policy'",
    ),
}
"""Effects and the entries that must stand beside them, one for one."""

SHOWN = {
    "a settled submission has the entry of its check": (
        "SELECT 'submission/' || id FROM submissions WHERE state <> 'received'",
        "SELECT subject FROM audit_entries WHERE (action, outcome) = ('submission:check', 'done') AND verb = 'collection'",
    ),
    "a submission that counts has the entry of its agency's word": (
        "SELECT 'submission/' || id FROM submissions WHERE state IN ('accepted', 'part-accepted')",
        "SELECT subject FROM audit_entries WHERE outcome = 'done' AND verb = 'collection' AND detail LIKE '%attestation%'",
    ),
    "a superseded submission has its entry": (
        "SELECT 'submission/' || id FROM submissions WHERE state = 'superseded'",
        "SELECT subject FROM audit_entries WHERE outcome = 'done' AND detail LIKE '%superseded_by%'",
    ),
}
"""Effects beside which an entry must stand; there may be older entries of what has been taken back since."""

_COUNTS = {
    "entries": "SELECT COUNT(*) FROM audit_entries",
    "submissions": "SELECT COUNT(*) FROM submissions",
    "received": "SELECT COUNT(*) FROM submissions WHERE state = 'received'",
    "objects": "SELECT COUNT(*) FROM vault_objects",
    "destroyed": "SELECT COUNT(*) FROM vault_objects WHERE destroyed_at <> ''",
    "snapshots": "SELECT COUNT(*) FROM snapshots",
    "built": "SELECT COUNT(DISTINCT snapshot) FROM view_measures",
    "assessments": "SELECT COUNT(*) FROM assessments",
    "tokens": "SELECT COUNT(*) FROM tokens",
    "changes": "SELECT COUNT(*) FROM agreement_event",
    "disclosures": "SELECT COUNT(*) FROM audit_entries WHERE verb = 'disclosure'",
}


def problems_of(house: House, *, swept: bool) -> list[str]:
    """What does not hold in the state as it lies there. `swept`: ciphertext that nobody owns must be gone too."""
    found = []
    for what, (effects, entries) in PAIRS.items():
        one, other = sorted(house.rows(effects)), sorted(house.rows(entries))
        if one != other:
            found.append(f"{what}: {len(one)} and {len(other)}")
    for what, (effects, entries) in SHOWN.items():
        if not set(house.rows(effects)) <= set(house.rows(entries)):
            found.append(f"it does not hold that {what}")
    with house.hub.database.reading() as reading:
        found += house.hub.audit.verify(reading).problems
    ((in_force,),) = house.rows("SELECT COUNT(*) FROM snapshots WHERE state = 'in-force'")
    if in_force != 1:
        found.append(f"{in_force} snapshots are in force")
    living = {
        f"{identity}.sealed" for (identity,) in house.rows("SELECT id FROM vault_objects WHERE destroyed_at = ''")
    }
    files = house.sealed_files()
    if not living <= files:
        found.append(f"{len(living - files)} sealed objects have no file")
    if swept and files != living:
        found.append(f"{len(files - living)} files belong to no object")
    return found


def counts_of(house: House) -> dict[str, int]:
    """How much there is of everything."""
    return {name: int(house.rows(sql)[0][0]) for name, sql in _COUNTS.items()}


def looked_at(house: House, job: Job) -> dict[str, Any]:
    """What a kill left; then what the hub makes of it when it starts again, as `create_app` starts it; then the job done anew."""
    found: dict[str, Any] = {"problems": problems_of(house, swept=False), "left": counts_of(house)}
    checked_again(house.hub.intake, house.hub.database)
    with house.hub.database.reading() as reading:
        house.hub.vault.sweep(reading)
    found["after_restart"] = problems_of(house, swept=True)
    if counts_of(house)["received"]:
        found["after_restart"].append("a submission is still unchecked")
    job(house)
    found["again"] = problems_of(house, swept=True)
    return found


# ---- killing -----------------------------------------------------------------------------------------------------------


class Killer:
    """A built hub over a copy of a state, put back before each kill."""

    def __init__(self, made: Path, work: Path) -> None:
        self._clean = work / "clean"
        self._house = a_copy(made, work)
        hub = self._house.hub
        hub.database.close()
        self._state = hub.settings.state
        shutil.copytree(self._state, self._clean)
        look(self._house)  # what is read once and kept is read here, and not by every child
        with hub.database.reading() as reading:
            hub.geography.current(reading)
        hub.database.close()

    def fresh(self) -> dict[str, int]:
        """The counts of the state as it was made."""
        self._restore()
        return self._told(lambda: counts_of(self._house))

    def kill(self, name: str, where: str, commit: int) -> Kill | None:
        """What a kill around a commit of a job leaves; None when the job has no such commit."""
        self._restore()
        if _ended(_fork(lambda: self._to_its_end(JOBS[name], where, commit))) != KILLED:
            return None
        return Kill(name, where, commit, **self._told(lambda: looked_at(self._house, JOBS[name])))

    def _to_its_end(self, job: Job, where: str, commit: int) -> None:
        dialect = self._house.hub.database.engine.dialect
        commits, real = 0, dialect.do_commit

        def do_commit(connection: Any) -> None:
            nonlocal commits
            commits += 1
            if commits == commit and where == BEFORE:
                os._exit(KILLED)
            real(connection)
            if commits == commit and where == AFTER:
                os._exit(KILLED)

        dialect.do_commit = do_commit  # type: ignore[method-assign]
        job(self._house)

    def _restore(self) -> None:
        shutil.rmtree(self._state)
        shutil.copytree(self._clean, self._state)

    def _told(self, work: Callable[[], Any]) -> Any:
        """What a child of our own says of the state."""
        reading, writing = os.pipe()

        def tell() -> None:
            with os.fdopen(writing, "w", encoding="utf-8") as pipe:
                json.dump(work(), pipe)

        child = _fork(tell)
        os.close(writing)
        with os.fdopen(reading, encoding="utf-8") as pipe:
            said = pipe.read()
        if _ended(child) != 0:
            raise RuntimeError("the process that looked at what was left failed")
        return json.loads(said)


def _fork(work: Callable[[], object]) -> int:
    """Do something in a child of our own, which then ends without further ado."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work()
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(code)
    return child


def _ended(child: int) -> int:
    """The exit code of a child."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def main(made: Path, work: Path) -> None:
    """Kill every job before and after each of its commits."""
    killer = Killer(made, work)
    kills = []
    for name in JOBS:
        for where in (BEFORE, AFTER):
            for commit in range(1, MOST + 1):
                found = killer.kill(name, where, commit)
                if found is None:
                    break
                kills.append(found)
    print(json.dumps({"fresh": killer.fresh(), "kills": [asdict(one) for one in kills]}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
