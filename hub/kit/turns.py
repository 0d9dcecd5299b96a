"""Turns at work that takes much memory: so many at once, and only so many who wait for one."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Turns:
    """At most `at_once` have a turn at the same time. Of those who would wait for a while, at most `waiting` do."""

    def __init__(self, at_once: int, *, waiting: int = 8) -> None:
        self._free = threading.BoundedSemaphore(at_once)
        self._seats = threading.BoundedSemaphore(waiting)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """A turn, whenever it comes: for threads that nobody waits for."""
        with self._free:
            yield

    @contextmanager
    def turn_within(self, seconds: float) -> Iterator[bool]:
        """Whether there is a turn within so many seconds; False at once where enough others wait already."""
        mine = self._free.acquire(blocking=False) or self._waited(seconds)
        try:
            yield mine
        finally:
            if mine:
                self._free.release()

    def _waited(self, seconds: float) -> bool:
        if not self._seats.acquire(blocking=False):
            return False
        try:
            return self._free.acquire(timeout=seconds)
        finally:
            self._seats.release()
