"""Letters by SMTP: the only place that sends mail. Counts and links go this way, never data."""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass, field
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from hub.kit.errors import Invalid, Unavailable
from hub.kit.words import say

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_SECONDS = 20.0
_PORTS = {"smtp": 587, "smtps": 465}


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is handed in: `smtp://` (STARTTLS, but to this machine) or `smtps://`, with a name and password where it asks."""

    host: str
    port: int
    tls: bool
    user: str = ""
    password: str = field(default="", repr=False)

    @classmethod
    def at(cls, url: str) -> MailServer:
        """The server of an address such as `smtp://name:password@mail.example:587`. Invalid `bad-smtp-url`, without quoting it."""
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            parts, port = urlsplit(""), None
        if parts.scheme not in _PORTS or not parts.hostname:
            raise Invalid(say("app.bad-smtp-url"), code="bad-smtp-url", remedy=say("app.bad-smtp-url-remedy"))
        return cls(
            host=parts.hostname,
            port=port or _PORTS[parts.scheme],
            tls=parts.scheme == "smtps",
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
        )

    def send(self, letter: EmailMessage) -> None:
        """Hand one letter in. Unavailable `mail-not-sent` when the server does not take it; what it said is not repeated."""
        try:
            with self._connected() as server:
                if self.user:
                    server.login(self.user, self.password)
                server.send_message(letter)
        except (OSError, smtplib.SMTPException, ValueError) as error:
            raise Unavailable(say("app.mail-not-sent"), code="mail-not-sent") from error

    def _connected(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        if self.tls:
            return smtplib.SMTP_SSL(self.host, self.port, timeout=_SECONDS, context=context)
        server = smtplib.SMTP(self.host, self.port, timeout=_SECONDS)
        if self.host in _LOOPBACK:
            return server
        try:
            server.starttls(context=context)
        except BaseException:  # the server has none, or no certificate that holds: nothing goes in the clear
            server.close()
            raise
        return server
