"""A process of its own for hostile bytes: it has little memory and time, no file to write and no way to the network.

    with process_apart("hub.kit.workbooks") as process:       runs `python -m hub.kit.workbooks`
        process.send(content)
        process.receive()
and in that process, once everything it needs is imported:
    confine(memory=…, seconds=…)

Whatever the bytes do to a parser, they do it there: a crash, a hang or a grab for memory ends that process and is answered with
`Gone`. What is said goes through pipes in messages, never through a file (promise P7). Where the system knows no such limits
(Windows), time is still limited.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, BinaryIO

MOST_MESSAGE = 2**29
"""Bytes of one message: the child has no room to make a longer one, so nothing it says of a length is taken beyond that."""


class Gone(Exception):
    """The process is not there any more, or not to be believed: it crashed, took too much, was ended for taking too long, or
    says more than it may.
    """


@contextmanager
def process_apart(module: str, *, patience: float) -> Iterator[ProcessApart]:
    """A process that runs `module`; it is gone when this is left, and after `patience` seconds in any case."""
    # No secret of the hub's own environment is handed to a process that reads hostile bytes.
    environment = {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path), "PYTHONDONTWRITEBYTECODE": "1"}
    if sys.platform == "win32":  # without it Windows starts no program that asks for random numbers
        environment["SYSTEMROOT"] = Path(sys.executable).drive + "\\Windows"
    process = subprocess.Popen(  # noqa: S603 - this program, with a module of ours
        [sys.executable, "-S", "-m", module],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # a parser's words quote the file (promise P8)
        env=environment,
    )
    guard = threading.Timer(patience, process.kill)
    guard.daemon = True
    guard.start()
    try:
        yield ProcessApart(process)
    finally:
        guard.cancel()
        process.kill()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                _close(pipe)
        process.wait()


class ProcessApart:
    """Messages to and from the process; `Gone` where it is not there."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.process = process

    def send(self, data: bytes) -> None:
        """Hand it a message."""
        try:
            write_message(_pipe(self.process.stdin), data)
        except OSError:
            raise Gone from None

    def receive(self) -> bytes:
        """Its next message."""
        data = read_message(_pipe(self.process.stdout))
        if data is None:
            raise Gone
        return data

    def stream(self, *, most: int) -> Iterator[bytes]:
        """Its next messages up to an empty one, `most` bytes all together."""
        left = most
        while data := self.receive():
            left -= len(data)
            if left < 0:
                raise Gone
            yield data


def pipes() -> tuple[BinaryIO, BinaryIO]:
    """In that process: where messages come in and where they go out. Nothing that a library prints gets among them."""
    sink = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return sys.stdin.buffer, sink


def read_message(pipe: IO[bytes]) -> bytes | None:
    """The next message of a pipe; None when the other side is gone. `Gone` where it says that more than `MOST_MESSAGE` comes."""
    head = pipe.read(8)
    if len(head) < 8:
        return None
    size = int.from_bytes(head, "big")
    if size > MOST_MESSAGE:
        raise Gone
    data = pipe.read(size)
    return data if len(data) == size else None


def write_message(pipe: IO[bytes], data: bytes) -> None:
    """Write one message, and let it go."""
    pipe.write(len(data).to_bytes(8, "big"))
    pipe.write(data)
    pipe.flush()


def confine(*, memory: int, seconds: int) -> None:
    """Bound this process, where the system can: bytes of memory, seconds of processor time, no bytes to a file, no new file or
    connection.
    """
    try:
        import resource  # noqa: PLC0415 - not every system has it
    except ImportError:
        return
    limits = {
        resource.RLIMIT_AS: memory,
        resource.RLIMIT_CPU: seconds,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0,  # a dump would hold the rows in clear (promise P7)
        resource.RLIMIT_NOFILE: 3,  # the three pipes: nothing else can be opened, a socket neither
    }
    for limit, most in limits.items():
        resource.setrlimit(limit, (most, most))


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise Gone
    return pipe


def _close(pipe: IO[bytes]) -> None:
    try:
        pipe.close()
    except OSError:
        return
