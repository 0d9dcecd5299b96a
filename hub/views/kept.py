"""A small memory of what never changes: the most recently used values by key, shared by threads."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Kept(Generic[Key, Value]):
    """At most `most` values. Only for what a key determines for good, such as the cells of a frozen snapshot: nothing expires.

    What a reader may see is never kept here: the policy is asked each time, before this is.
    """

    def __init__(self, *, most: int) -> None:
        self._most = most
        self._values: OrderedDict[Key, Value] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Key, make: Callable[[], Value], *, worth: Callable[[Value], bool] = lambda _: True) -> Value:
        """The value of `key`, made now if it is not kept; kept only if it is `worth` it.

        Two threads may make it at once; either result is right.
        """
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
                return self._values[key]
        made = make()
        if not worth(made):
            return made
        with self._lock:
            self._values[key] = made
            while len(self._values) > self._most:
                self._values.popitem(last=False)
        return made
