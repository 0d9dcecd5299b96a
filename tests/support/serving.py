"""A real server on loopback for a test: uvicorn in a thread, on a port that was free."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn


def until(done: Callable[[], bool], *, seconds: float = 60) -> None:
    """Wait for something to become true; AssertionError when it does not in so many seconds."""
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.05)


@contextmanager
def served(make: Callable[[str], Any]) -> Iterator[str]:
    """Serve the application that `make(base_url)` returns; yields the base URL."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    base_url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    server = uvicorn.Server(uvicorn.Config(make(base_url), log_level="error", lifespan="on", ws="none"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        while not server.started and thread.is_alive():
            thread.join(0.02)
        if not server.started:
            raise RuntimeError("the server did not start")
        yield base_url
    finally:
        server.should_exit = True
        thread.join(timeout=15)
        listener.close()
