"""The values of identity: agencies, people, providers, sessions. Pure; nothing here is secret at rest."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from hub.kit.authority import Reader
from hub.kit.crypto import keys

CALLBACK_PATH = "/login/callback"
"""Where providers send people back: `{base_url}/login/callback/{provider id}`, one redirect URI per provider (RFC 9700 s.4.4.2)."""


class AgencyKind(StrEnum):
    """What a body is in law; it decides which gateways it may use.

    The first seven are specified authorities (PCSC Act 2022 Sch.1), the next three relevant authorities (Sch.2); the rest are on
    neither list.
    """

    LOCAL_AUTHORITY = "local_authority"
    CHIEF_OFFICER_POLICE = "chief_officer_police"
    INTEGRATED_CARE_BOARD = "integrated_care_board"
    LOCAL_HEALTH_BOARD = "local_health_board"
    PROBATION_PROVIDER = "probation_provider"
    YOUTH_OFFENDING_TEAM = "youth_offending_team"
    FIRE_RESCUE_AUTHORITY = "fire_rescue_authority"
    EDUCATIONAL = "educational"
    PRISON = "prison"
    YOUTH_CUSTODY = "youth_custody"
    LOCAL_POLICING_BODY = "local_policing_body"
    NHS_TRUST = "nhs_trust"
    AMBULANCE_TRUST = "ambulance_trust"
    HOUSING_ASSOCIATION = "housing_association"
    VCS = "vcs"
    TRANSPORT = "transport"
    ACADEMIC = "academic"
    VRU_HOST = "vru_host"
    HUB_OPERATOR = "hub_operator"


class Role(StrEnum):
    """What a person does for their agency. What each role may do is written in `policies/roles`, not here."""

    UPLOADER = "uploader"
    GOVERNANCE_LEAD = "governance_lead"
    ANALYST = "analyst"
    STRATEGIC_LEAD = "strategic_lead"
    LPB_MONITOR = "lpb_monitor"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"
    OPERATOR = "operator"


class Scope(StrEnum):
    """What a hub-issued token may be used for. A browser session has every scope.

    `read` changes nothing; `submit` sends extracts and builds snapshots and assessments; `administer` changes people and agencies:
    each where the roles let it.
    """

    READ = "read"
    SUBMIT = "submit"
    ADMINISTER = "administer"


class Reason(StrEnum):
    """Why somebody was suspended or removed: a code, so that no words about a colleague stand in a log that nobody can shorten."""

    LEFT = "left"
    AWAY = "away"
    MOVED = "moved"
    SECURITY = "security"
    MISTAKE = "mistake"


@dataclass(frozen=True, slots=True)
class Agency:
    """A body of the partnership.

    `facilitator` is the id of the person it nominated for information sharing (SI 2007/1830 reg 4(3)), who may have gone since:
    `Identity.facilitator` says who stands.
    """

    id: str
    name: str
    kind: AgencyKind
    facilitator: str = ""
    disabled: bool = False


@dataclass(frozen=True, slots=True)
class Person:
    """Someone known to the hub. The account is the pair (issuer, subject), never an e-mail address.

    `disabled`: suspended, or removed for good. Of somebody `removed` the account and the roles are forgotten; the name stays,
    because what they sent and signed stays. `seen_at`: when they last used the hub, to five minutes; None for never.
    """

    id: str
    agency: str
    name: str
    roles: frozenset[Role]
    issuer: str
    subject: str
    disabled: bool = False
    removed: bool = False
    seen_at: datetime | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class PersonEvent:
    """One line of a person's history: what happened, the roles held after it, who did it, and why (a `Reason`, or empty)."""

    event: str
    roles: frozenset[Role]
    by_person: str
    by_agency: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Invitation:
    """A place kept for somebody who has not logged in yet. Its code is shown once and is good once, until `expires_at`.

    Whoever brings the code through the agency's own provider becomes a person of the agency with these roles, bound from then on to
    (issuer, subject).
    """

    id: str
    agency: str
    name: str
    roles: frozenset[Role]
    invited_by: str
    made_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation just made; `code` is seen this once."""

    invitation: Invitation
    code: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Provider:
    """An OpenID provider that vouches for the people of one agency. Its client secret is not part of the value.

    `algorithms` are the signatures accepted on its ID tokens; `required_acr` the authentication contexts of which one must be
    claimed (empty: none is asked for); `subject_claim` the claim that names the account: `sub`, or `oid` for Microsoft Entra ID,
    whose `sub` differs from application to application and cannot be looked up beforehand.
    """

    id: str
    agency: str
    issuer: str
    client_id: str
    algorithms: tuple[str, ...]
    required_acr: tuple[str, ...] = ()
    subject_claim: str = "sub"
    disabled: bool = False


@dataclass(frozen=True, slots=True)
class LoginStart:
    """Send the browser to `redirect_url`, with `login_cookie` set: HttpOnly, SameSite=Lax, ten minutes."""

    redirect_url: str = field(repr=False)
    login_cookie: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SessionStart:
    """The login worked: set `cookie` (HttpOnly, SameSite=Lax), drop the login cookie, go to `next_path` (always a local path)."""

    cookie: str = field(repr=False)
    person: Person
    next_path: str


@dataclass(frozen=True, slots=True)
class Session:
    """Who is asking, now: a browser session (`id` is `ses_…`) or the holder of a hub token (`id` is `tok_…`).

    Person, agency and roles are as they stand at this moment, not as they stood at login. `csrf_token` is empty for a token: no
    cookie, nothing to forge.
    """

    id: str
    person: Person
    agency: Agency
    reader: Reader
    csrf_token: str = field(repr=False)
    expires_at: datetime
    scopes: frozenset[Scope]

    def is_csrf_token(self, value: str) -> bool:
        """Whether a form was made for this session; compared in constant time. Never true for a token's session."""
        return bool(self.csrf_token) and keys.equal(self.csrf_token.encode(), value.encode(errors="replace"))


@dataclass(frozen=True, slots=True)
class TokenInfo:
    """What may be shown of a hub token after it was issued: everything but the token."""

    id: str
    person: str
    name: str
    scopes: frozenset[Scope]
    issued_at: datetime
    expires_at: datetime
    revoked: bool = False
