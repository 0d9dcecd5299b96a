"""Work that outlasts a request: a check, a snapshot's tables. One thread for each piece; a page asks how far it is.

Nothing here is a record of anything: what was done stands in the rooms and in the log. A process that is killed loses the
thread and nothing else: the check is resumed at the next start, a frozen snapshot is built again on request.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass

from hub.kit.errors import HubError

_log = logging.getLogger("hub.work")
_MOST_TRIES = 3

Tell = Callable[[int, int], None]
"""Tells how far the work is: so many done of so many."""


@dataclass(slots=True)
class Piece:
    """One piece of work as it stands: `state` is `running`, `done` or `failed`; `why` is the error's own title, free of data."""

    state: str = "running"
    done: int = 0
    total: int = 0
    why: str = ""
    tries: int = 0


class Background:
    """Runs pieces of work by key, each at most once at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pieces: dict[str, Piece] = {}
        self._threads: dict[str, threading.Thread] = {}

    def start(self, key: str, work: Callable[[Tell], None]) -> None:
        """Start `work` under `key`, unless it is running, or has failed too often to be tried again."""
        with self._lock:
            old = self._pieces.get(key)
            if old is not None and (old.state == "running" or (old.state == "failed" and old.tries >= _MOST_TRIES)):
                return
            failed = (
                old.tries if old is not None and old.state == "failed" else 0
            )  # what ended well may be asked for again
            piece = Piece(tries=failed + 1)
            self._pieces[key] = piece
            thread = threading.Thread(target=self._run, args=(key, piece, work), name=f"hub-{key}", daemon=True)
            self._threads[key] = thread
        thread.start()

    def piece(self, key: str) -> Piece | None:
        """How far the work is; None when this process has not done it."""
        with self._lock:
            return self._pieces.get(key)

    def wait(self, key: str, seconds: float) -> None:
        """Wait a while for the work to end: a small file need not be asked about twice."""
        with self._lock:
            thread = self._threads.get(key)
        if thread is not None:
            thread.join(seconds)

    def _run(self, key: str, piece: Piece, work: Callable[[Tell], None]) -> None:
        def tell(done: int, total: int) -> None:
            piece.done, piece.total = done, total

        try:
            work(tell)
        except HubError as error:
            piece.why, piece.state = error.title, "failed"
            _log.warning("background work ended: %s %s", key.partition(":")[0], error.code)
        except Exception as error:  # a thread has nobody to raise to, and its words may hold data
            piece.state = "failed"
            _log.error("background work failed: %s %s", key.partition(":")[0], type(error).__name__)
        else:
            piece.state = "done"
        with self._lock:
            self._threads.pop(key, None)
