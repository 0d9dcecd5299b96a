"""Kills anywhere: each job of intake is ended by kill -9 at steps that a seed chooses, and what is left is looked at.

    python -m tests.support.intake_seeds FOLDER [--urls FILE] [--jobs A,B] SEED...

FOLDER holds `template/`, a hub. A step is right before or right after anything by which Python reaches the disk or the database: a
write, a sync, an unlink, a statement, a commit. For each seed and job a fresh copy of the hub is killed once; then the traces of
what was planted are looked for, the hub starts as after a crash, and the sender does what a sender does who got no answer: the
same again. In the end there must be exactly what there is without a kill. `--urls` names databases to use instead of SQLite, one
a kill.

Processes are forked, so that Python and the libraries are loaded once; nothing is opened before a fork. Prints what it found
as JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import text

import hub.uploads.parts
from hub.audit import Audit
from hub.db import Database
from hub.intake import ATTESTATION, State
from hub.kit.authority import Action
from hub.schemas import ImportProfile
from hub.uploads import Upload
from tests.support.databases import load_all_tables
from tests.support.intake import ISTV, ROOT_KEY, SENDERS, STREET, AnIntake, checked_again, good, traces
from tests.support.kills import PAIRS, SHOWN
from tests.support.policy import someone, the_library, the_schemas
from tests.support.schemas import PERIOD, csv_of, rows_of

CANARY, NHS = "Qz7CanaryLane9", "9434765919"
ROWS = 30
PART = 2_500
Job = Callable[[AnIntake], object]


def _street(rows: int = ROWS, **changes: str) -> bytes:
    return csv_of([row | {"Location": f"On or near {CANARY}"} | changes for row in rows_of(STREET, rows)])


def _standing(hub: AnIntake, dataset: str = STREET) -> list[Any]:
    with hub.database.reading() as reading:
        return list(hub.intake.listing(reading, hub.uploader(dataset)))


def at_once(hub: AnIntake) -> None:
    """Send, check, accept."""
    hub.submit(_street())


def in_parts(hub: AnIntake, content: bytes = b"", dataset: str = STREET) -> None:
    """Begin, or go on as somebody who knows the id of the upload; part by part, join, check."""
    content = content or _street()
    begun = [identity for (identity,) in _rows(hub, "SELECT id FROM uploads")]
    with hub.database.reading() as reading:
        known = [hub.uploads.upload(reading, hub.uploader(dataset), one) for one in begun]
    upload: Upload = known[0] if known else hub.begin(len(content), dataset=dataset)
    for start in range(upload.received, len(content), PART):
        upload = hub.part(upload, content[start : start + PART])
    hub.intake.check_apart(hub.join(upload, content).id)


def refused_in_parts(hub: AnIntake) -> None:
    """A health file with an NHS number, in parts: in the end nothing of it is there."""
    in_parts(hub, good(ISTV, ROWS, assault_location_description=f"{CANARY} {NHS}"), ISTV)


def refused(hub: AnIntake) -> None:
    """The same at once."""
    hub.submit(good(ISTV, ROWS, assault_location_description=f"{CANARY} {NHS}"), dataset=ISTV)


def returned(hub: AnIntake) -> None:
    """A file without an agreed column: kept sealed, to be mended."""
    hub.submit(_street().replace(b"Crime type", b"Kind", 1))


def part_accepted(hub: AnIntake) -> None:
    """A bad row is held back."""
    hub.submit(_street().replace(PERIOD.encode(), b"May", 1))


def superseded(hub: AnIntake) -> None:
    """A month, and the month anew."""
    if len(_standing(hub)) < 2:
        hub.submit(_street())
    hub.submit(_street(ROWS - 5))


def given_up(hub: AnIntake) -> None:
    """Two parts, and no more."""
    if any(one["action"] == "upload:end" for one in hub.log()):
        return
    with hub.database.reading() as reading:
        waiting = hub.uploads.listing(reading, hub.uploader())
    upload = waiting[0] if waiting else hub.begin(len(_street()))
    for start in range(upload.received, 2 * PART, PART):
        upload = hub.part(upload, _street()[start : start + PART])
    with hub.database.unit_of_work() as uow:
        permit = hub.policy.permit(uow, hub.uploader(), Action.SUBMISSION_CREATE, STREET)
        hub.uploads.give_up(uow, permit, upload.id)


def withdrawn(hub: AnIntake) -> None:
    """Sent, and taken back."""
    if not _standing(hub):
        hub.submit(_street().replace(PERIOD.encode(), b"May", 1))
    (found,) = _standing(hub)
    if found.state is State.WITHDRAWN:
        return
    with hub.database.unit_of_work() as uow:
        sender = someone(SENDERS[STREET], "uploader", "governance_lead")
        permit = hub.policy.permit(uow, sender, Action.SUBMISSION_WITHDRAW, STREET)
        hub.intake.withdraw(uow, permit, found.id, reason="sent by mistake")


def accepted(hub: AnIntake) -> None:
    """Sent without a word, checked, then let in by the agency's word."""
    _onward(hub, _street())


def rechecked(hub: AnIntake) -> None:
    """Returned, checked anew with another profile, let in: the file is not sent again."""
    _onward(hub, _street().replace(b"Crime type", b"Kind of crime", 1))


def undone(hub: AnIntake) -> None:
    """Two editions of a month, and the second one taken back: the first counts again."""
    if any('"undone"' in one["detail"] for one in hub.log()):
        return
    if len(_standing(hub)) < 2:
        hub.submit(_street())
    second = hub.submit(_street(ROWS - 5))
    with hub.database.unit_of_work() as uow:
        permit = hub.policy.permit(uow, hub.uploader(), Action.SUBMISSION_WITHDRAW, STREET)
        hub.intake.undo(uow, permit, second.id)


def _onward(hub: AnIntake, content: bytes) -> None:
    """Whatever comes next for a file, until it counts."""
    found = _standing(hub)[0] if _standing(hub) else hub.send(content, attestation="")
    while found.state is not State.ACCEPTED:
        permit = hub.create_permit()
        with hub.database.unit_of_work() as uow:
            if found.state is State.RETURNED:
                profile = ImportProfile(columns={"Kind of crime": "Crime type"})
                found = hub.intake.recheck(uow, permit, found.id, profile=profile)
            elif found.state is State.CHECKED:
                found = hub.intake.accept(uow, permit, found.id, attestation=ATTESTATION)
        if found.state is State.RECEIVED:
            found = hub.intake.check_apart(found.id)


JOBS: dict[str, Job] = {
    job.__name__: job
    for job in (
        at_once,
        in_parts,
        refused,
        refused_in_parts,
        returned,
        part_accepted,
        accepted,
        rechecked,
        superseded,
        undone,
        given_up,
        withdrawn,
    )
}


@dataclass
class Kill:
    """One kill, at which of how many steps, and everything that is wrong with what it left."""

    job: str
    seed: int
    step: int
    steps: int
    wrong: list[str] = field(default_factory=list)


# ---- what must hold ----------------------------------------------------------------------------------------------------


def summary(hub: AnIntake) -> list[str]:
    """All there is of submissions, uploads and objects, without names and ids: to be compared with what there is without a kill."""
    submissions = [
        f"submission {one.state} rows {one.rows} accepted {one.accepted_rows} held back {one.quarantined_rows} "
        f"original {bool(one.original_object)} accepted {bool(one.accepted_object)} "
        f"quarantine {bool(one.quarantine_object)} name {bool(one.file_name)}"
        for dataset in (STREET, ISTV)
        for one in _standing(hub, dataset)
        if one.dataset == dataset
    ]
    objects = [f"object {kind}" for (kind,) in _rows(hub, "SELECT kind FROM vault_objects WHERE destroyed_at = ''")]
    keys = [f"keys {count}" for (count,) in _rows(hub, "SELECT count(*) FROM vault_keys")]
    uploads = [f"upload {state}" for (state,) in _rows(hub, "SELECT state FROM uploads")]
    return sorted(submissions) + sorted(objects) + keys + sorted(uploads)


def problems(hub: AnIntake, *, swept: bool) -> list[str]:
    """What does not hold: effects without entries, a log that does not verify, objects without files, files without objects."""
    found = []
    for what, (effects, entries) in PAIRS.items():
        one, other = sorted(_rows(hub, effects)), sorted(_rows(hub, entries))
        if "in force" not in what and "agreement" not in what and one != other:
            found.append(f"{what}: {len(one)} and {len(other)}")
    for what, (effects, entries) in SHOWN.items():
        if not set(_rows(hub, effects)) <= set(_rows(hub, entries)):
            found.append(f"it does not hold that {what}")
    with hub.database.reading() as reading:
        found += Audit(root_key=ROOT_KEY, origin="hub.test", clock=hub.clock).verify(reading).problems
    living = {identity for (identity,) in _rows(hub, "SELECT id FROM vault_objects WHERE destroyed_at = ''")}
    files = {path.stem for path in hub.sealed()}
    if not living <= files:
        found.append(f"{len(living - files)} objects have no file")
    if swept and not files <= living:
        found.append(f"{len(files - living)} files belong to no object")
    return found


def _rows(hub: AnIntake, sql: str) -> list[tuple[Any, ...]]:
    with hub.database.reading() as reading:
        return [tuple(row) for row in reading.connection.execute(text(sql))]


def looked_at(hub: AnIntake, job: Job, expected: list[str]) -> list[str]:
    """Everything that is wrong after a kill, after the restart, and after the sender did the same again."""
    wrong = [f"after the kill: {one}" for one in problems(hub, swept=False)]
    with hub.database.reading() as reading:
        hub.vault.sweep(reading)
    checked_again(hub.intake, hub.database)
    wrong += [f"after the restart: {one}" for one in problems(hub, swept=True)]
    for dataset in (STREET, ISTV):
        wrong += [f"half: {one.state}" for one in _standing(hub, dataset) if one.state is State.RECEIVED]
    job(hub)
    wrong += [f"done again: {one}" for one in problems(hub, swept=True)]
    if (there := summary(hub)) != expected:
        wrong.append(f"there is {there}, and without a kill {expected}")
    return wrong


# ---- killing -----------------------------------------------------------------------------------------------------------


class Killer:
    """Copies of one hub, each killed once."""

    def __init__(self, folder: Path, urls: list[str]) -> None:
        self._folder = folder
        self._urls = urls
        self._number = 0

    def unharmed(self, name: str) -> tuple[int, list[str]]:
        """How many steps a job has, and what there is after it."""
        place, url = self._fresh()

        def told() -> Any:
            hub = _opened(place, url)
            counted = _counting(hub, die_at=0)
            JOBS[name](hub)
            return [counted(), summary(hub)]

        steps, there = _told(told)
        shutil.rmtree(place)
        return steps, there

    def kill(self, name: str, seed: int, step: int, steps: int, expected: list[str]) -> Kill:
        """Kill a job at a step, and look."""
        place, url = self._fresh()
        child = os.fork()
        if child == 0:
            try:
                hub = _opened(place, url)
                _counting(hub, die_at=step)
                JOBS[name](hub)
            except BaseException:
                traceback.print_exc()
                os._exit(1)
            os._exit(0)
        status = os.waitpid(child, 0)[1]
        made = Kill(name, seed, step, steps)
        if not os.WIFSIGNALED(status) and os.waitstatus_to_exitcode(status) != 0:
            made.wrong.append("the job failed by itself")
        for planted in (CANARY, NHS):
            made.wrong += [f"{planted} is in {path}" for path in traces(place, planted)]
        made.wrong += _told(lambda: looked_at(_opened(place, url), JOBS[name], expected))
        for planted in (CANARY, NHS):
            made.wrong += [f"at the end {planted} is in {path}" for path in traces(place, planted)]
        shutil.rmtree(place)
        return made

    def _fresh(self) -> tuple[Path, str]:
        self._number += 1
        place = self._folder / f"{self._number}"
        shutil.copytree(self._folder / "template", place)
        return place, self._urls.pop() if self._urls else ""


def _opened(place: Path, url: str) -> AnIntake:
    return AnIntake(place, database=Database(url) if url else None, agree=False)


def _counting(hub: AnIntake, *, die_at: int) -> Callable[[], int]:
    """Count the steps from here on, and die at one of them."""
    steps = 0

    def step() -> None:
        nonlocal steps
        steps += 1
        if steps == die_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def stepping(owner: Any, name: str) -> None:
        real = getattr(owner, name)

        def stepped(*arguments: Any, **named: Any) -> Any:
            step()
            result = real(*arguments, **named)
            step()
            return result

        setattr(owner, name, stepped)

    for name in ("write", "fsync", "unlink", "replace"):
        stepping(os, name)
    for name in ("do_execute", "do_commit"):
        stepping(hub.database.engine.dialect, name)
    return lambda: steps


def _told(work: Callable[[], Any]) -> Any:
    """What a child of our own says."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            said = work()
            with os.fdopen(writing, "w", encoding="utf-8") as pipe:
                json.dump(said, pipe)
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8") as pipe:
        said = pipe.read()
    if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) != 0:
        raise RuntimeError("the process that looked failed")
    return json.loads(said)


def killed(folder: Path, jobs: list[str], seeds: list[int], urls: list[str]) -> Iterator[Kill]:
    """Each job, once for each seed."""
    killer = Killer(folder, urls)
    for name in jobs:
        steps, expected = killer.unharmed(name)
        for seed in seeds:
            yield killer.kill(name, seed, random.Random(f"{seed} {name}").randint(1, steps), steps, expected)


def main() -> None:
    """As the module says."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("seeds", type=int, nargs="+")
    parser.add_argument("--urls", type=Path)
    parser.add_argument("--jobs", default=",".join(JOBS))
    asked = parser.parse_args()
    the_library(), the_schemas(), load_all_tables()
    hub.uploads.parts.MIN_PART = 1_000
    urls = json.loads(asked.urls.read_text()) if asked.urls else []
    print(json.dumps([asdict(one) for one in killed(asked.folder, asked.jobs.split(","), asked.seeds, urls)]))


if __name__ == "__main__":
    sys.exit(main())
