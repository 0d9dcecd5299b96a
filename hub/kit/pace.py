"""So many in a minute and no more, for each who asks: a brake for what costs us something before we know who it is.

It lives in one process's memory: several web processes allow as many times more. It is a brake, no lock.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from datetime import datetime, timedelta

from hub.kit.clock import Clock

_MINUTE = timedelta(minutes=1)
_MOST_KEYS = 10_000


class Pace:
    """Counts by key within the minute that began with the key's first call. 0 a minute: no brake."""

    def __init__(self, a_minute: int, *, clock: Clock) -> None:
        self._most = a_minute
        self._clock = clock
        self._begun: OrderedDict[str, tuple[datetime, int]] = OrderedDict()
        self._lock = threading.Lock()

    def allows(self, key: str) -> bool:
        """Whether one more is within the pace; it is then counted."""
        if not self._most:
            return True
        now = self._clock.now()
        with self._lock:
            since, count = self._begun.pop(key, (now, 0))
            if now - since >= _MINUTE:
                since, count = now, 0
            self._begun[key] = (since, count + 1)
            while len(self._begun) > _MOST_KEYS:
                self._begun.popitem(last=False)  # the one that asked longest ago
        return count < self._most
