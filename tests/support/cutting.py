"""A proxy in front of PostgreSQL that loses the connection at the worst moment: right before or right after a commit."""

from __future__ import annotations

import socket
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from pathlib import Path

from tests.support.postgres import Cluster

_COMMIT = b"COMMIT\x00"
_NAME = ".s.PGSQL.5432"


class Cut(Enum):
    """When the line goes: the server has not heard the COMMIT, or has carried it out and the client never hears."""

    NEVER = "never"
    BEFORE = "before"
    AFTER = "after"


class Line:
    """The line to the server. `cut` holds for the next COMMIT alone, `stays_down` keeps the line down after it; `down` refuses
    new connections.
    """

    def __init__(self, server: Path, folder: Path) -> None:
        self._server = server / _NAME
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(folder / _NAME))
        self._listener.listen(16)
        self._open: list[socket.socket] = []
        self.folder = folder
        self._answered = threading.Event()
        self.cut = Cut.NEVER
        self.stays_down = False
        self.down = False
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """End the line and all that goes over it."""
        self.down = True
        for one in (self._listener, *self._open):
            _close(one)

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            if self.down:
                _close(client)
                continue
            server = socket.socket(socket.AF_UNIX)
            server.connect(str(self._server))
            self._open += [client, server]
            threading.Thread(target=self._carry, args=(client, server), daemon=True).start()
            threading.Thread(target=self._answer, args=(server, client), daemon=True).start()

    def _carry(self, client: socket.socket, server: socket.socket) -> None:
        try:
            while said := client.recv(65536):
                if _COMMIT in said and self.cut is not Cut.NEVER:
                    cut, self.cut, self.down = self.cut, Cut.NEVER, self.stays_down
                    if cut is Cut.AFTER:
                        self._unheard(server, client, said)
                    break
                server.sendall(said)
        except OSError:
            pass
        _close(client)
        _close(server)

    def _unheard(self, server: socket.socket, client: socket.socket, said: bytes) -> None:
        """Let the server carry it out while the client is gone already."""
        _close(client)
        server.sendall(said)
        self._answered.wait(10)  # the other thread has read the server's answer, and could not pass it on

    def _answer(self, server: socket.socket, client: socket.socket) -> None:
        try:
            while said := server.recv(65536):
                try:
                    client.sendall(said)
                except OSError:
                    self._answered.set()
                    return
        except OSError:
            pass
        _close(client)


def _close(one: socket.socket) -> None:
    for act in (lambda: one.shutdown(socket.SHUT_RDWR), one.close):
        try:
            act()
        except OSError:
            continue


@contextmanager
def a_line(cluster: Cluster) -> Iterator[Line]:
    """A line to the cluster's server; connect to `line.folder` as the host."""
    with tempfile.TemporaryDirectory(prefix="hub-line-") as folder:
        line = Line(cluster.folder, Path(folder))
        try:
            yield line
        finally:
            line.close()
