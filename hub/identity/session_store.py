"""Logins, sessions and tokens: tables and SQL. Whatever a browser or a program holds stands here only as its SHA-256."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import (
    Column,
    ColumnElement,
    ForeignKey,
    LargeBinary,
    RowMapping,
    String,
    Table,
    Text,
    delete,
    insert,
    select,
    update,
)

from hub.db import Reading, UnitOfWork, metadata
from hub.identity.model import Scope, TokenInfo
from hub.identity.store import people
from hub.kit.clock import moment

_ID = String(64)
_HASH = String(64)
_TIME = String(27)

logins = Table(
    "logins",
    metadata,
    Column("cookie_sha256", _HASH, primary_key=True),
    Column("provider", _ID, ForeignKey("providers.id"), nullable=False),
    Column("state_sha256", _HASH, nullable=False),
    Column("nonce_sha256", _HASH, nullable=False),
    Column("verifier", LargeBinary, nullable=False),
    Column("next_path", Text, nullable=False),
    Column("invitation_sha256", _HASH),
    Column("expires_at", _TIME, nullable=False, index=True),
)
sessions = Table(
    "sessions",
    metadata,
    Column("cookie_sha256", _HASH, primary_key=True),
    Column("id", _ID, nullable=False, unique=True),
    Column("person", _ID, ForeignKey("people.id"), nullable=False, index=True),
    Column("provider", _ID, ForeignKey("providers.id"), nullable=False),
    Column("seen_at", _TIME, nullable=False),
    Column("ends_at", _TIME, nullable=False, index=True),
)
tokens = Table(
    "tokens",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("token_sha256", _HASH, nullable=False, unique=True),
    Column("person", _ID, ForeignKey("people.id"), nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("scopes", Text, nullable=False),
    Column("issued_at", _TIME, nullable=False),
    Column("expires_at", _TIME, nullable=False),
    Column("revoked_at", _TIME, nullable=False),
)


@dataclass(frozen=True, slots=True)
class PendingLogin:
    """A login that was started: what its answer will be compared with."""

    provider: str
    state_sha256: str
    nonce_sha256: str
    verifier: bytes
    next_path: str
    expires_at: str
    invitation_sha256: str = ""


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A browser session as it stands in the table."""

    id: str
    person: str
    seen_at: str
    ends_at: str


def _one(reading: UnitOfWork | Reading, table: Table, *where: ColumnElement[bool]) -> RowMapping | None:
    return reading.connection.execute(select(table).where(*where)).mappings().first()


# logins


def add_login(uow: UnitOfWork, cookie_sha256: str, login: PendingLogin) -> None:
    """Insert a started login."""
    uow.connection.execute(
        insert(logins).values(
            cookie_sha256=cookie_sha256,
            provider=login.provider,
            state_sha256=login.state_sha256,
            nonce_sha256=login.nonce_sha256,
            verifier=login.verifier,
            next_path=login.next_path,
            invitation_sha256=login.invitation_sha256 or None,
            expires_at=login.expires_at,
        )
    )


def login(reading: UnitOfWork | Reading, cookie_sha256: str) -> PendingLogin | None:
    """The started login of a cookie."""
    row = _one(reading, logins, logins.c.cookie_sha256 == cookie_sha256)
    if row is None:
        return None
    return PendingLogin(
        row["provider"],
        row["state_sha256"],
        row["nonce_sha256"],
        bytes(row["verifier"]),
        row["next_path"],
        row["expires_at"],
        row["invitation_sha256"] or "",
    )


def take_login(uow: UnitOfWork, cookie_sha256: str) -> bool:
    """Delete a started login; whether it was still there. Of two at once, one gets True."""
    return bool(uow.connection.execute(delete(logins).where(logins.c.cookie_sha256 == cookie_sha256)).rowcount)


def sweep(uow: UnitOfWork, now: str) -> None:
    """Delete logins and sessions that are over."""
    uow.connection.execute(delete(logins).where(logins.c.expires_at < now))
    uow.connection.execute(delete(sessions).where(sessions.c.ends_at < now))


# sessions


def add_session(uow: UnitOfWork, cookie_sha256: str, session: OpenSession, *, provider: str) -> None:
    """Insert a new session."""
    uow.connection.execute(
        insert(sessions).values(
            cookie_sha256=cookie_sha256,
            id=session.id,
            person=session.person,
            provider=provider,
            seen_at=session.seen_at,
            ends_at=session.ends_at,
        )
    )


def session(reading: UnitOfWork | Reading, cookie_sha256: str) -> OpenSession | None:
    """The session of a cookie."""
    row = _one(reading, sessions, sessions.c.cookie_sha256 == cookie_sha256)
    return OpenSession(row["id"], row["person"], row["seen_at"], row["ends_at"]) if row else None


def see_session(uow: UnitOfWork, id: str, at: str) -> None:  # noqa: A002 - the column's name
    """Note when a session was last used."""
    uow.connection.execute(update(sessions).where(sessions.c.id == id).values(seen_at=at))


def end_session(uow: UnitOfWork, id: str) -> None:  # noqa: A002 - the column's name
    """Delete one session."""
    uow.connection.execute(delete(sessions).where(sessions.c.id == id))


def end_sessions(uow: UnitOfWork, *, person: str = "", agency: str = "", provider: str = "") -> int:
    """Delete all sessions of a person, of an agency's people, or begun through a provider; how many."""
    where = {
        "person": sessions.c.person == person,
        "agency": sessions.c.person.in_(select(people.c.id).where(people.c.agency == agency)),
        "provider": sessions.c.provider == provider,
    }
    chosen = "person" if person else "agency" if agency else "provider"
    return int(uow.connection.execute(delete(sessions).where(where[chosen])).rowcount)


# tokens


def add_token(uow: UnitOfWork, token_sha256: str, info: TokenInfo, *, issued_at: str, expires_at: str) -> None:
    """Insert a token by its hash."""
    uow.connection.execute(
        insert(tokens).values(
            id=info.id,
            token_sha256=token_sha256,
            person=info.person,
            name=info.name,
            scopes=" ".join(sorted(info.scopes)),
            issued_at=issued_at,
            expires_at=expires_at,
            revoked_at="",
        )
    )


def token_of_hash(reading: UnitOfWork | Reading, token_sha256: str) -> TokenInfo | None:
    """The token with this hash."""
    row = _one(reading, tokens, tokens.c.token_sha256 == token_sha256)
    return _token(row) if row else None


def token(reading: UnitOfWork | Reading, id: str) -> TokenInfo | None:  # noqa: A002 - the column's name
    """The token with this id."""
    row = _one(reading, tokens, tokens.c.id == id) if id.isprintable() else None
    return _token(row) if row else None


def tokens_of(reading: UnitOfWork | Reading, person: str) -> tuple[TokenInfo, ...]:
    """A person's tokens, newest first."""
    rows = reading.connection.execute(
        select(tokens).where(tokens.c.person == person).order_by(tokens.c.issued_at.desc())
    )
    return tuple(_token(row) for row in rows.mappings())


def revoke_token(uow: UnitOfWork, id: str, at: str) -> None:  # noqa: A002 - the column's name
    """Mark a token as revoked."""
    uow.connection.execute(update(tokens).where(tokens.c.id == id).values(revoked_at=at))


def revoke_tokens(uow: UnitOfWork, at: str, *, person: str = "", agency: str = "") -> int:
    """Revoke all tokens of a person, or of an agency's people; how many."""
    of_agency = select(people.c.id).where(people.c.agency == agency)
    whose = tokens.c.person == person if person else tokens.c.person.in_(of_agency)
    return int(
        uow.connection.execute(update(tokens).where(whose, tokens.c.revoked_at == "").values(revoked_at=at)).rowcount
    )


def _token(row: RowMapping) -> TokenInfo:
    return TokenInfo(
        row["id"],
        row["person"],
        row["name"],
        frozenset(Scope(scope) for scope in row["scopes"].split()),
        moment(row["issued_at"]),
        moment(row["expires_at"]),
        bool(row["revoked_at"]),
    )
