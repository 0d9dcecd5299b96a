"""Builders for identity: a hub that knows a few agencies and people, and the demo provider served on loopback."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from hub.audit import StoredEntry
from hub.audit.store import stored_entries
from hub.db import Database
from hub.identity import DEMO_PATH, DemoProvider, Identity, Person, Role, Session, SessionStart
from hub.kit.authority import Action, Permit, Reader
from hub.kit.clock import Clock, FrozenClock
from hub.kit.ids import new_id
from hub.settings import Mode

ROOT_KEY = bytes(range(32))
BASE_URL = "http://127.0.0.1:8000"
OPERATOR = Reader(agency="ravensbourne-council", person="per_operator", roles=frozenset({"operator"}))
POLICE = "ravensbourne-police"
HEALTH = "ravensbourne-hospital"


def an_identity(database: Database, clock: Clock, **changes: Any) -> Identity:
    """Identity with the tests' root key; loopback issuers over http are allowed."""
    values: dict[str, Any] = {
        "database": database,
        "root_key": ROOT_KEY,
        "clock": clock,
        "base_url": BASE_URL,
        "session_minutes": 60,
        "session_hours": 10,
        "allow_http_issuers": True,
    }
    return Identity(**(values | changes))


def add_agencies(identity: Identity, database: Database) -> None:
    """The police force and the hospital trust of the tests."""
    with database.unit_of_work() as uow:
        identity.add_agency(uow, OPERATOR, id=POLICE, name="Ravensbourne Police", kind="chief_officer_police")
        identity.add_agency(uow, OPERATOR, id=HEALTH, name="Ravensbourne Hospital", kind="nhs_trust")


def add_provider(identity: Identity, database: Database, *, issuer: str, agency: str = POLICE, **changes: Any) -> None:
    """A provider of an agency, with a plain client."""
    values: dict[str, Any] = {"client_id": "the-hub", "client_secret": "a secret: %+&=~"}
    with database.unit_of_work() as uow:
        identity.add_provider(uow, OPERATOR, agency=agency, issuer=issuer, **(values | changes))


def add_person(
    identity: Identity,
    database: Database,
    *,
    issuer: str,
    subject: str = "alex",
    agency: str = POLICE,
    roles: Any = None,
) -> Person:
    """A person of an agency who may log in."""
    with database.unit_of_work() as uow:
        return identity.add_person(
            uow,
            OPERATOR,
            agency=agency,
            issuer=issuer,
            subject=subject,
            name="Alex Example",
            roles=roles or [Role.UPLOADER, Role.ANALYST],
        )


def session_of(identity: Identity, database: Database, cookie: str) -> Session:
    """The session of a cookie, read in a transaction of its own."""
    with database.reading() as reading:
        return identity.session(reading, cookie)


def audit_of(database: Database, **matching: str) -> list[StoredEntry]:
    """The audit entries whose columns match."""
    with database.reading() as reading:
        return [
            entry
            for entry in stored_entries(reading)
            if all(entry.columns[name] == value for name, value in matching.items())
        ]


def refusals_of(database: Database) -> list[str]:
    """The codes of the failed logins in the audit log, oldest first."""
    return [
        json.loads(entry.columns["detail"])["code"] for entry in audit_of(database, action="login", outcome="refused")
    ]


@dataclass
class DemoHub:
    """A hub whose only providers are embedded ones, really served on loopback."""

    identity: Identity
    database: Database
    provider: DemoProvider
    people: dict[str, Person]

    def login(self, agency: str = POLICE, *, subject: str = "alex", next_path: str = "/") -> SessionStart:
        """A whole login: start, pick the persona, come back."""
        start = self.identity.begin_login(agency, next_path=next_path)
        back = self.provider.authorize(agency, params_of(start.redirect_url), subject=subject)
        return self.identity.complete_login(callback_url=back, login_cookie=start.login_cookie)

    def session(self, cookie: str) -> Session:
        """The session of a cookie."""
        return session_of(self.identity, self.database, cookie)


@contextmanager
def a_demo_hub(database: Database, clock: FrozenClock, **changes: Any) -> Iterator[DemoHub]:
    """Two agencies, a person `alex` at each, the demo provider served at the hub's own base URL."""
    with ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as server:
        base_url = f"http://127.0.0.1:{server.server_address[1]}"
        provider = DemoProvider(base_url=base_url, root_key=ROOT_KEY, clock=clock, mode=Mode.DEMO)
        server.RequestHandlerClass = _demo_handler(provider)
        identity = an_identity(database, clock, base_url=base_url, **changes)
        add_agencies(identity, database)
        people = {}
        for agency in (POLICE, HEALTH):
            client = provider.register(agency)
            add_provider(
                identity,
                database,
                agency=agency,
                issuer=client.issuer,
                client_id=client.client_id,
                client_secret=client.client_secret,
            )
            people[agency] = add_person(identity, database, agency=agency, issuer=client.issuer)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield DemoHub(identity, database, provider, people)
        finally:
            server.shutdown()
            thread.join(timeout=10)


def params_of(url: str) -> dict[str, str]:
    """The query of a URL, each parameter once."""
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query, keep_blank_values=True).items()}


def _demo_handler(provider: DemoProvider) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            agency, _, rest = self.path.removeprefix(f"{DEMO_PATH}/").partition("/")
            documents = {".well-known/openid-configuration": provider.discovery, "jwks": provider.jwks}
            send_json(self, 200, documents[rest](agency))

        def do_POST(self) -> None:
            agency = self.path.removeprefix(f"{DEMO_PATH}/").partition("/")[0]
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            answer = provider.token(agency, form, authorization=self.headers.get("Authorization", ""))
            send_json(self, answer.status, answer.body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name in the base class
            """Say nothing."""

    return Handler


def send_json(handler: BaseHTTPRequestHandler, status: int, body: Any) -> None:
    """Answer with JSON (or with the bytes given)."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    handler.send_response(status)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", str(len(content)))
    handler.end_headers()
    handler.wfile.write(content)


def a_token_permit(clock: Clock, person: Person, **changes: Any) -> Permit:
    """A permit for a person to issue themselves a token."""
    values: dict[str, Any] = {
        "id": new_id("permit"),
        "reader": Reader(agency=person.agency, person=person.id, roles=frozenset(person.roles)),
        "action": Action.TOKEN_ISSUE,
        "resource": f"person/{person.id}",
        "purpose": "",
        "policy_hash": "ab" * 32,
        "expires_at": clock.now() + timedelta(minutes=5),
    }
    return Permit(**(values | changes))


def a_permit_for(clock: Clock, who: Person | Reader, action: Action, *, resource: str = "", minutes: int = 5) -> Permit:
    """A permit for an action; on the own agency unless another resource is named."""
    reader = (
        who
        if isinstance(who, Reader)
        else Reader(agency=who.agency, person=who.id, roles=frozenset(role.value for role in who.roles))
    )
    return Permit(
        new_id("permit"),
        reader,
        action,
        resource or f"agency/{reader.agency}",
        "",
        "ab" * 32,
        clock.now() + timedelta(minutes=minutes),
    )
