"""Sign-in pages: the choice of an agency, the personas of the demo, and a sign-in that failed."""

from __future__ import annotations

from dataclasses import dataclass

from hub.web.elements import Card, Link, Progress


@dataclass(frozen=True, slots=True)
class PersonaGroup:
    """The demo's people of one agency."""

    agency: str
    personas: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class SignInPage:
    """Agencies to sign in with; in a demo the personas by agency, and how far the demo's data is."""

    agencies: tuple[Link, ...]
    groups: tuple[PersonaGroup, ...] = ()
    progress: Progress | None = None
    notice: str = ""


@dataclass(frozen=True, slots=True)
class ChooserPage:
    """The demo provider's own page: who is signing in?"""

    agency: str
    personas: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class SignInFailedPage:
    """Why a sign-in was refused and what to do: sentences and a code, no token or claim."""

    reason: str
    remedy: str
    code: str


@dataclass(frozen=True, slots=True)
class InvitationPage:
    """The form for an invitation's code; with `links`, the sign-in services of the agency that invited."""

    agency: str = ""
    links: tuple[Link, ...] = ()
    error: str = ""
