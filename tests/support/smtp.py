"""A real mail server on loopback, small: it takes letters, or refuses them, and remembers what came."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage


@dataclass
class Post:
    """What arrived. `refusing`: the next letters are refused, as a full server does."""

    port: int = 0
    letters: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    refusing: bool = False

    @property
    def url(self) -> str:
        """For `HUB_SMTP_URL`."""
        return f"smtp://127.0.0.1:{self.port}"


@contextmanager
def a_mail_server() -> Iterator[Post]:
    """A server on a free port, up until the block ends."""
    post = Post()

    class Conversation(socketserver.StreamRequestHandler):
        """RFC 5321, as far as smtplib goes."""

        def handle(self) -> None:
            self._say("220 post.invalid")
            while line := self.rfile.readline().decode("ascii").strip():
                verb = line[:4].upper()
                if verb == "QUIT":
                    self._say("221 bye")
                    return
                if verb == "DATA":
                    self._take()
                elif verb == "RCPT" and post.refusing:
                    self._say("452 full")
                else:
                    if verb == "RCPT":
                        post.recipients.append(line.partition("<")[2].rstrip(">"))
                    self._say("250 post.invalid" if verb in {"EHLO", "HELO", "MAIL", "RCPT", "RSET"} else "502 no")

        def _take(self) -> None:
            self._say("354 go on")
            body = b""
            while (line := self.rfile.readline()) != b".\r\n":
                body += line.removeprefix(b".") if line.startswith(b"..") else line
            letter = message_from_bytes(body, policy=policy.default)
            assert isinstance(letter, EmailMessage)
            post.letters.append(letter)
            self._say("250 taken")

        def _say(self, words: str) -> None:
            self.wfile.write(f"{words}\r\n".encode())

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Conversation) as server:
        server.daemon_threads = True
        post.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield post
        server.shutdown()
        thread.join(timeout=5)
