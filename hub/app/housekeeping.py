"""What a running hub does by itself: check what a kill left received, sweep what nobody owns, erase what is due each day.

Durable jobs, each named for its subject: a kill in the middle goes on at the next start, a few times and no more, and a
second start does nothing twice. Storage limitation: DESIGN section 2.
"""

from __future__ import annotations

import logging
import threading

from hub.app.building import as_they_stand, build_snapshot
from hub.app.composition import Hub
from hub.app.reminding import is_time_to_remind, send_reminders
from hub.app.work import BUILD, CHECK, check_subject, check_told
from hub.kit.errors import HubError

RETENTION, UPLOADS, REMIND = "retention", "uploads", "reminders"
_FIRST = 15.0
_HOUR = 3600.0
_SECOND = 1.0

_log = logging.getLogger("hub.work")


class Housekeeping:
    """A thread beside the server. It waits a little when nothing was left, so that the first page does not wait for it."""

    def __init__(self, hub: Hub, *, first: float = _FIRST, every: float = _HOUR) -> None:
        self._hub = hub
        self._first = first
        self._every = every
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="hub-housekeeping", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End; a job under way goes on at the next start."""
        self._ended.set()
        self._thread.join(timeout=10)

    def _run(self) -> None:
        left = _swept(self._hub)
        if self._ended.wait(0 if left else self._first):
            return
        register_jobs(self._hub)
        self._hub.jobs.launch()
        for submission in left:
            self._hub.jobs.start(CHECK, check_subject(self._hub, submission))
        while True:
            _start_due(self._hub)
            if self._ended.wait(self._every):
                return


class Worker:
    """`hub worker`: does what servers that work apart have queued. Several may run; each has a name of its own, by which
    it takes up again what it had begun when it was killed.
    """

    def __init__(self, hub: Hub, *, name: str, every: float = _SECOND) -> None:
        self._hub = hub
        self._name = name
        self._every = every
        self._ended = threading.Event()

    def run(self) -> None:
        """Work until `stop`. What is received is found here too, in case the queue never heard of it."""
        _swept(self._hub)
        register_jobs(self._hub)
        self._hub.jobs.launch(name=self._name, queued=True)
        while not self._ended.wait(self._every):
            self._look()

    def stop(self) -> None:
        """End; a job under way goes on at the next start."""
        self._ended.set()

    def _look(self) -> None:
        try:
            with self._hub.database.reading() as reading:
                left = self._hub.intake.left(reading)
            for submission in left:
                self._hub.jobs.send(CHECK, check_subject(self._hub, submission))
            _start_due(self._hub)
        except HubError as error:  # the database is away for a while: look again
            _log.warning("work is not to be had: %s", error.code)


def register_jobs(hub: Hub) -> None:
    """Name the kinds of job that the hub does: each asks the policy anew, and keeps nothing of what it is told."""

    def check(subject: str) -> None:
        check_told(hub, subject.partition("/")[0])

    def build(subject: str) -> None:
        with hub.database.reading() as reading:
            reader = as_they_stand(hub, reading, subject.partition("/")[0])
        build_snapshot(hub, reader)

    def erase(_day: str) -> None:
        hub.intake.forget_due()

    def end(_hour: str) -> None:
        hub.uploads.forget_due()

    def remind(_day: str) -> None:
        send_reminders(hub)

    hub.jobs.register(CHECK, [("check", check)])
    hub.jobs.register(BUILD, [("build", build)])
    hub.jobs.register(RETENTION, [("erase", erase)])
    hub.jobs.register(UPLOADS, [("erase", end)])
    hub.jobs.register(REMIND, [("send", remind)])


def _start_due(hub: Hub) -> None:
    """Erasing what the agreements say and reminding, once a day; erasing uploads that were left lying, once an hour."""
    now = hub.clock.now()
    hub.jobs.start(RETENTION, now.date().isoformat())
    hub.jobs.start(UPLOADS, f"{now:%Y-%m-%dT%H}")
    if is_time_to_remind(hub):
        hub.jobs.start(REMIND, now.date().isoformat())


def _swept(hub: Hub) -> tuple[str, ...]:
    """Unlink what nobody owns; the submissions that were left received."""
    with hub.database.reading() as reading:
        hub.vault.sweep(reading)
        left = hub.intake.left(reading)
    hub.checks.sweep(left)
    return left
