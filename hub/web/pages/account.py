"""A person's own page: who they are to the hub, and the tokens their programs use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from hub.identity import Scope, Session, TokenInfo
from hub.kit.words import say
from hub.web.dates import spoken_moment
from hub.web.elements import Choice, Fact, Tag

DAYS = (7, 30, 90)
SCOPES = {
    "read": (Scope.READ,),
    "submit": (Scope.READ, Scope.SUBMIT),
    "administer": (Scope.READ, Scope.ADMINISTER),
}
"""What a token may be made for, as the form offers it."""


@dataclass(frozen=True, slots=True)
class TokenCard:
    """One token as it may be shown after it was made. `revoke` is an address, empty where it has ended already."""

    name: str
    status: Tag
    facts: tuple[Fact, ...]
    revoke: str = ""


@dataclass(frozen=True, slots=True)
class AccountPage:
    """`fresh` is the token just made, shown this once; `scopes` is empty where this person may make none."""

    facts: tuple[Fact, ...]
    tokens: tuple[TokenCard, ...]
    address: str
    scopes: tuple[Choice, ...] = ()
    days: tuple[Choice, ...] = ()
    name: str = ""
    error: str = ""
    fresh: str = ""


def account_page(
    session: Session,
    tokens: Sequence[TokenInfo],
    *,
    now: datetime,
    address: str,
    may_issue: bool,
    name: str = "",
    error: str = "",
    fresh: str = "",
) -> AccountPage:
    """The page of the person whose session it is."""
    roles = tuple(say(f"web.role.{role}") for role in sorted(session.reader.roles))
    offered = (
        "read",
        *(("submit",) if "uploader" in session.reader.roles else ()),
        *(("administer",) if session.reader.roles & {"administrator", "operator"} else ()),
    )
    return AccountPage(
        facts=(
            Fact(say("web.account.name"), session.person.name),
            Fact(say("web.account.agency"), session.agency.name),
            Fact(say("web.account.roles"), items=roles),
            Fact(say("web.account.session_until"), spoken_moment(session.expires_at)),
        ),
        tokens=tuple(_card(one, now) for one in tokens),
        address=address,
        scopes=tuple(Choice(one, say(f"web.account.scope.{one}"), one == "read") for one in offered)
        if may_issue
        else (),
        days=tuple(Choice(str(one), say("web.account.days_of", count=one), one == DAYS[1]) for one in DAYS),
        name=name,
        error=error,
        fresh=fresh,
    )


def _card(token: TokenInfo, now: datetime) -> TokenCard:
    state, colour = "in_use", "green"
    if token.revoked:
        state, colour = "revoked", "grey"
    elif token.expires_at <= now:
        state, colour = "expired", "grey"
    may = next((one.value for one in (Scope.ADMINISTER, Scope.SUBMIT) if one in token.scopes), "read")
    return TokenCard(
        name=token.name,
        status=Tag(say(f"web.account.state.{state}"), colour),
        facts=(
            Fact(say("web.account.may"), say(f"web.account.scope.{may}")),
            Fact(say("web.account.made"), spoken_moment(token.issued_at)),
            Fact(say("web.account.until"), spoken_moment(token.expires_at)),
        ),
        revoke=f"/account/tokens/{token.id}/revoke" if state == "in_use" else "",
    )
