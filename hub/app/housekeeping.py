"""What a running hub does by itself: once a day, erase the sealed files whose days are over (DESIGN section 2, storage limitation).

A durable job named for the day: a kill in the middle goes on at the next start, and a second start on the same day does
nothing twice.
"""

from __future__ import annotations

import threading

from hub.app.composition import Hub

KIND = "retention"
_FIRST = 15.0
_HOUR = 3600.0


class Housekeeping:
    """A thread that starts the day's job; it waits a little, so that the first page does not wait for it."""

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
        if self._ended.wait(self._first):
            return
        self._hub.jobs.register(KIND, [("erase", lambda _day: _without_result(self._hub))])
        self._hub.jobs.launch()
        while True:
            self._hub.jobs.start(KIND, self._hub.clock.now().date().isoformat())
            if self._ended.wait(self._every):
                return


def _without_result(hub: Hub) -> None:
    hub.intake.forget_due()
