"""Run as a program: submit a file again and again, each time in a process that dies at another step.

    python -m tests.support.intake_crash FOLDER

FOLDER holds `template/` (a hub) and `street.csv`, `istv.csv`. For every step there is afterwards `FOLDER/<step>/`, a hub as
the kill left it. Processes are forked, so that Python and the libraries are loaded once; nothing is opened before the fork.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import event

import hub.uploads.parts
from hub.intake import ATTESTATION, store
from hub.intake.checking import Checker
from hub.intake.entries import Log
from hub.uploads import store as upload_store
from hub.vault import SealedWriter, Vault
from tests.support.databases import load_all_tables
from tests.support.intake import ISTV, SENDERS, STREET, AnIntake
from tests.support.policy import the_library, the_schemas
from tests.support.schemas import PERIOD

ARRIVING = (
    "in-mid-upload",
    "before-finish",
    "after-finish",
    "after-publish-original",
    "after-arrival-entry",
    "after-store-add",
    "before-commit-of-arrival",
)
"""Steps before the acknowledgement: the submission is absent afterwards."""

KEPT = (
    "after-commit-of-arrival",
    "before-check",
    "before-sealing",
    "after-sealing",
    "after-publish-accepted",
    "after-store-change",
    "before-commit-of-outcome",
)
"""Steps between acknowledgement and outcome: the submission is there, received, and is checked again."""

SETTLED = ("after-commit-of-outcome",)
"""The outcome is durable."""

REFUSING = ("after-destroy", "before-commit-of-refusal", "before-unlink")
"""Steps of a floor refusal; after the last one the refusal is durable although the ciphertext is still there."""

PARTLY = {
    "in-mid-part": 1,
    "after-finish-of-part": 1,
    "after-publish-of-part": 1,
    "before-commit-of-part": 1,
    "after-commit-of-part": 2,
    "in-mid-join": 4,
    "after-finish-of-join": 4,
    "before-commit-of-join": 4,
}
"""Steps of an upload in parts before it is a submission, and how many of its four parts are durable after them."""

JOINED = ("after-commit-of-join", "before-unlink-of-parts")
"""Steps after which it is a submission, although ciphertext of parts may still be there."""

PART = 3_000


def main(folder: Path) -> None:
    """Die once at each step."""
    the_library(), the_schemas(), load_all_tables()
    hub.uploads.parts.MIN_PART = 1_000
    for step in (*ARRIVING, *KEPT, *SETTLED, *REFUSING, *PARTLY, *JOINED):
        shutil.copytree(folder / "template", folder / step)
        child = os.fork()
        if child == 0:
            try:
                submit = _submit_in_parts if step in {*PARTLY, *JOINED} else _submit
                submit(AnIntake(folder / step, agree=False), step, folder)
            finally:
                os._exit(1)  # it should have died before
        _, status = os.waitpid(child, 0)
        if not os.WIFSIGNALED(status):
            raise SystemExit(f"{step}: was not killed")


def _submit(hub: AnIntake, step: str, folder: Path) -> None:
    dataset = ISTV if step in REFUSING else STREET
    content = (folder / ("istv.csv" if dataset == ISTV else "street.csv")).read_bytes()
    permit = hub.create_permit(dataset)
    _arm(hub, step)
    receiving = hub.intake.receive(
        permit,
        agency=SENDERS[dataset],
        dataset=dataset,
        period=PERIOD,
        file_name="extract.csv",
        attestation=ATTESTATION,
    )
    for number, part in enumerate(_parts(content)):
        receiving.write(part)
        if step == "in-mid-upload" and number == 2:
            _die()
    with hub.database.unit_of_work() as uow:
        submission = receiving.complete(uow)
    if step == "before-check":
        _die()
    hub.intake.check_apart(submission.id)
    if step == "after-commit-of-outcome":
        _die()


def _submit_in_parts(hub: AnIntake, step: str, folder: Path) -> None:
    content = in_parts_of((folder / "street.csv").read_bytes())
    upload = hub.part(hub.begin(len(content)), content[:PART])
    if step.endswith("-part"):
        _arm(hub, step)
    for start in range(PART, len(content), PART):
        upload = hub.part(upload, content[start : start + PART])
    _arm(hub, step)
    hub.join(upload, content)


def in_parts_of(content: bytes) -> bytes:
    """As much of a file as four parts hold, to the end of a line."""
    return content[: content.rindex(b"\n", 3 * PART + 1, 4 * PART) + 1]


def _arm(hub: AnIntake, step: str) -> None:
    """Make the process die at the step."""
    arms: dict[str, Callable[[], None]] = {
        "before-finish": lambda: _at(SealedWriter, "finish", before=True),
        "after-finish": lambda: _at(SealedWriter, "finish"),
        "after-publish-original": lambda: _at(Vault, "publish"),
        "after-arrival-entry": lambda: _at(Log, "arrival"),
        "after-store-add": lambda: _at(store, "add"),
        "before-commit-of-arrival": lambda: _at(store, "add", then=lambda: _at_commit(hub)),
        "after-commit-of-arrival": lambda: _at(SealedWriter, "settle", before=True),
        "before-sealing": lambda: _at(Checker, "_accepted_sql", before=True),
        "after-sealing": lambda: _at(Checker, "judged"),
        "after-publish-accepted": lambda: _at(Vault, "publish", nth=2),
        "after-store-change": lambda: _at(store, "change"),
        "before-commit-of-outcome": lambda: _at(store, "change", then=lambda: _at_commit(hub)),
        "after-destroy": lambda: _at(Vault, "destroy"),
        "before-commit-of-refusal": lambda: _at(Vault, "destroy", then=lambda: _at_commit(hub)),
        "in-mid-part": lambda: _at(SealedWriter, "write"),
        "after-finish-of-part": lambda: _at(SealedWriter, "finish"),
        "after-publish-of-part": lambda: _at(Vault, "publish"),
        "before-commit-of-part": lambda: _at(upload_store, "change", then=lambda: _at_commit(hub)),
        "after-commit-of-part": lambda: _at(SealedWriter, "settle", before=True),
        "in-mid-join": lambda: _at(SealedWriter, "write", nth=2),
        "after-finish-of-join": lambda: _at(SealedWriter, "finish"),
        "before-commit-of-join": lambda: _at(upload_store, "change", then=lambda: _at_commit(hub)),
        "after-commit-of-join": lambda: _at(SealedWriter, "settle", before=True),
        "before-unlink-of-parts": lambda: _at(Vault, "destroy_all", then=lambda: _at(Path, "unlink", before=True)),
        "before-unlink": lambda: _at(Vault, "destroy", then=lambda: _at(Path, "unlink", before=True)),
    }
    arms.get(step, lambda: None)()


def _at(owner: Any, name: str, *, before: bool = False, nth: int = 1, then: Callable[[], None] | None = None) -> None:
    """Die (or do `then`) at the nth call, before or after its work."""
    real = getattr(owner, name)
    calls = iter(range(1, 1000))

    def armed(*arguments: Any, **named: Any) -> Any:
        due = next(calls) == nth
        if due and before:
            (then or _die)()
        result = real(*arguments, **named)
        if due and not before:
            (then or _die)()
        return result

    setattr(owner, name, armed)


def _at_commit(hub: AnIntake) -> None:
    """Die when the database is about to commit."""
    event.listen(hub.database.engine, "commit", lambda _connection: _die())


def _parts(content: bytes) -> Iterator[bytes]:
    for start in range(0, len(content), 500):
        yield content[start : start + 500]


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
