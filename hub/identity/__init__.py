"""Agencies, people and roles; login through each agency's own OpenID provider; sessions and tokens.

    start = identity.begin_login("met-police", next_path="/submit")       # redirect to start.redirect_url, set start.login_cookie
    done = identity.complete_login(callback_url=url, login_cookie=cookie)  # set done.cookie, go to done.next_path
    session = identity.session(reading, cookie)                            # session.reader is who asks the policy

The door serves `CALLBACK_PATH/{provider id}`. Only people the hub knows may log in. `DemoProvider` is for demo mode alone.
"""

from hub.identity.core import reader_of
from hub.identity.demo_provider import DEMO_PATH, DemoClient, DemoProvider, TokenAnswer
from hub.identity.model import (
    CALLBACK_PATH,
    Agency,
    AgencyKind,
    Invitation,
    Invited,
    LoginStart,
    Person,
    PersonEvent,
    Provider,
    Reason,
    Role,
    Scope,
    Session,
    SessionStart,
    TokenInfo,
)
from hub.identity.roles import givable
from hub.identity.service import Identity

__all__ = [
    "CALLBACK_PATH",
    "DEMO_PATH",
    "Agency",
    "AgencyKind",
    "DemoClient",
    "DemoProvider",
    "Identity",
    "Invitation",
    "Invited",
    "LoginStart",
    "Person",
    "PersonEvent",
    "Provider",
    "Reason",
    "Role",
    "Scope",
    "Session",
    "SessionStart",
    "TokenAnswer",
    "TokenInfo",
    "givable",
    "reader_of",
]
