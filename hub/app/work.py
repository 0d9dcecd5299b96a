"""Work that outlasts a request, a check or a snapshot's tables: here, in threads of this process, or apart, by `hub worker`.

Where it is done the settings say (`HUB_WORK`). Either way nothing of it is a record of anything: what was done stands in the
rooms and in the log, a submission that no check has settled is `received`, and a job holds who asked, never what was granted.
"""

from __future__ import annotations

import time
from itertools import count
from typing import Protocol

from hub.app.background import Background, Piece, Tell
from hub.app.building import build_snapshot
from hub.app.composition import Hub
from hub.intake import State, Submission
from hub.jobs import JobState
from hub.kit.authority import Reader
from hub.kit.errors import NotFound
from hub.kit.ids import new_id
from hub.settings import Where

CHECK, BUILD = "check", "snapshot"
"""The kinds of job that doors start."""

LARGE = 16 * 2**20
"""Bytes of a file from which on a check is not waited for: whoever sent it looks how far it is."""

_PATIENCE = 20.0  # a thread of the server waits: callers ask again for what takes longer
_BETWEEN = 0.1


class Work(Protocol):
    """What doors ask for. Asking twice for the same check is asking once."""

    def check(self, submission: str, *, wait: float = 0) -> None:
        """Start the check of a received submission, and wait up to `wait` seconds for its end."""
        ...

    def checked(self, submission: Submission) -> Submission:
        """Check a submission and wait for the outcome; while others are checked, and a worker that does not come, leave it
        `received`. A large one is not waited for.
        """
        ...

    def build(self, reader: Reader, *, wait: float = 0) -> None:
        """Start to freeze and build a snapshot for somebody, one at a time, and wait up to `wait` seconds for its end."""
        ...

    def building(self) -> Piece | None:
        """How far the last build is; None when there was none."""
        ...


def work_of(hub: Hub) -> Work:
    """Where the settings say that work is done."""
    return WorkApart(hub) if hub.settings.work is Where.APART else WorkHere(hub)


def check_subject(hub: Hub, submission: str) -> str:
    """What a check's job is named for. With the hour, so that what could not be checked (no agreement in force) is tried
    again by and by; and with a number once a check of that hour is done, so that a file to be checked again is.
    """
    hour = f"{submission}/{hub.clock.now():%Y-%m-%dT%H}"
    names = (hour if number == 1 else f"{hour}.{number}" for number in count(1))
    return next(name for name in names if not hub.jobs.is_done(f"{CHECK}:{name}"))


def check_told(hub: Hub, submission: str) -> Submission:
    """Check a submission once it is its turn, telling how far it is to whoever looks at the board."""
    with hub.turns.turn():
        return _check_now(hub, submission)


def _check_now(hub: Hub, submission: str) -> Submission:
    with hub.checks.teller(submission) as tell:
        return hub.intake.check_apart(submission, tell=tell)


class WorkHere:
    """In threads of this process: a kill loses the thread and nothing else."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._background = Background()

    def check(self, submission: str, *, wait: float = 0) -> None:
        """In a thread; what is tried too often is left to the next start."""

        def work(_tell: Tell) -> None:
            check_told(self._hub, submission)

        key = f"{CHECK}:{submission}"
        self._background.start(key, work)
        self._background.wait(key, wait)

    def checked(self, submission: Submission) -> Submission:
        """In the thread that asks, if it has a turn before its patience ends; else, and a large one, in a thread of its own."""
        if submission.size <= LARGE:
            with self._hub.turns.turn_within(_PATIENCE) as mine:
                if mine:
                    return _check_now(self._hub, submission.id)
        self.check(submission.id)
        return submission

    def build(self, reader: Reader, *, wait: float = 0) -> None:
        """In a thread, with progress."""

        def work(tell: Tell) -> None:
            build_snapshot(self._hub, reader, progress=tell)

        self._background.start(BUILD, work)
        self._background.wait(BUILD, wait)

    def building(self) -> Piece | None:
        """As the thread tells."""
        return self._background.piece(BUILD)


class WorkApart:
    """Queued for `hub worker`, in the database: a kill of either side loses nothing."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    def check(self, submission: str, *, wait: float = 0) -> None:
        """Queued. A worker finds what is `received` by itself too, so a queue that does not answer costs time alone."""
        self._hub.jobs.send(CHECK, check_subject(self._hub, submission))
        self._until_settled(submission, wait)

    def checked(self, submission: Submission) -> Submission:
        """Queued, and a small one waited for a while."""
        self._hub.jobs.send(CHECK, check_subject(self._hub, submission.id))
        return self._until_settled(submission.id, _PATIENCE if submission.size <= LARGE else 0)

    def build(self, reader: Reader, *, wait: float = 0) -> None:
        """Queued for the person: the worker asks the policy again as that person."""
        job = self._hub.jobs.send(BUILD, f"{reader.person}/{new_id('job')}", alone=True)
        end = time.monotonic() + wait
        while time.monotonic() < end and not self._ended(job):
            time.sleep(_BETWEEN)

    def building(self) -> Piece | None:
        """As the queue tells; how many datasets are done is not known here."""
        last = self._hub.jobs.last(BUILD)
        if last is None:
            return None
        states = {JobState.DONE: "done", JobState.FAILED: "failed"}
        return Piece(state=states.get(last.state, "running"))

    def _ended(self, job: str) -> bool:
        try:
            return self._hub.jobs.progress(job).state in {JobState.DONE, JobState.FAILED}
        except NotFound:
            return False

    def _until_settled(self, submission: str, seconds: float) -> Submission:
        end = time.monotonic() + seconds
        while True:
            with self._hub.database.reading() as reading:
                found = self._hub.intake.standing(reading, submission)
            if found.state is not State.RECEIVED or time.monotonic() >= end:
                return found
            time.sleep(_BETWEEN)
