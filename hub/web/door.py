"""What every page's route needs: who is asking, from which page, and how to answer. Translates; decides nothing.

A route asks the policy for a Permit inside its unit of work, calls one verb, and renders. The session's cookie is the only
credential; a form that changes something must carry the session's token and come from the hub's own site.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from hub.identity import Session
from hub.kit.authority import Action
from hub.kit.errors import Unauthenticated, Unavailable
from hub.kit.pace import Pace
from hub.kit.words import say
from hub.settings import Mode
from hub.web.elements import Frame, Link, Progress, Step
from hub.web.render import Renderer
from hub.web.security import check_same_site, check_token, cookie_name
from hub.web.statics import Statics

if TYPE_CHECKING:
    from hub.app import Hub

_LOGIN_SECONDS = 600

_SENDERS_AND_READERS = frozenset({"uploader", "governance_lead", "administrator", "analyst", "strategic_lead"})

_PLACES: tuple[tuple[str, str, frozenset[str]], ...] = (
    ("home", "/", frozenset()),
    ("submit", "/submit", frozenset({"uploader"})),
    ("submissions", "/submissions", frozenset({"uploader", "governance_lead"})),
    ("calendar", "/calendar", _SENDERS_AND_READERS),
    ("views", "/views", frozenset({"analyst", "strategic_lead", "lpb_monitor"})),
    ("rows", "/rows", frozenset({"analyst", "lpb_monitor"})),
    ("assessments", "/assessments", frozenset({"analyst", "strategic_lead", "lpb_monitor"})),
    ("agreements", "/agreements", frozenset()),
    ("snapshots", "/snapshots", frozenset({"analyst", "strategic_lead", "auditor", "operator", "lpb_monitor"})),
    ("explain", "/explain", frozenset()),
    ("audit", "/audit", frozenset({"auditor"})),
    ("people", "/people", frozenset({"administrator"})),
    ("agencies", "/agencies", frozenset({"operator"})),
)
"""The navigation: a place is shown to these roles (to all when empty). What a person may do there is the policy's to say."""

OPERATES = "operator"
_FACILITATORS = "/agencies"
_OF_THE_LEAD = frozenset({"strategic_lead", "governance_lead"})
"""Who of the partnership's lead may see whom each authority named; of other agencies nobody, so the policy is asked first."""


class Door:
    """The hub, the renderer, and the cookies."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self.base_url = hub.settings.base_url.rstrip("/")
        self.demo = hub.settings.mode is Mode.DEMO
        self.statics = Statics()
        self.renderer = Renderer(partnership=hub.settings.partnership, demo=self.demo, statics=self.statics)
        self._secure = self.base_url.startswith("https://")
        self._session_cookie = cookie_name("hub-session", base_url=self.base_url)
        self._login_cookie = cookie_name("hub-login", base_url=self.base_url)
        self._invitation_cookie = cookie_name("hub-invitation", base_url=self.base_url)
        self._pace = Pace(hub.settings.logins_a_minute, clock=hub.clock)

    # ---- who asks --------------------------------------------------------------------------------------------------

    def session(self, request: Request) -> Session:
        """Who is asking. Raises `Unauthenticated` without a live session."""
        with self.hub.database.reading() as reading:
            return self.hub.identity.session(reading, self.session_cookie(request))

    def session_or_none(self, request: Request) -> Session | None:
        """Who is asking, if anybody."""
        if not self.session_cookie(request):
            return None
        try:
            return self.session(request)
        except Unauthenticated:
            return None

    def session_for_form(self, request: Request, fields: Mapping[str, str]) -> Session:
        """Who sends this form: a live session, our own page, the session's own token; `NotPermitted` otherwise."""
        check_same_site(request.headers, base_url=self.base_url)
        session = self.session(request)
        check_token(fields.get("csrf_token", ""), session.csrf_token)
        return session

    def brake(self, request: Request) -> None:
        """Raise `Unavailable` `too-many` for an address that starts more sign-ins than the settings allow."""
        if not self._pace.allows(request.client.host if request.client else ""):
            raise Unavailable(say("web.login.too_many"), code="too-many", remedy=say("web.login.too_many_remedy"))

    # ---- cookies ---------------------------------------------------------------------------------------------------

    def session_cookie(self, request: Request) -> str:
        """The session's cookie, or an empty text."""
        return request.cookies.get(self._session_cookie, "")

    def login_cookie(self, request: Request) -> str:
        """The cookie of a login under way, or an empty text."""
        return request.cookies.get(self._login_cookie, "")

    def set_login_cookie(self, response: Response, value: str) -> None:
        """Bind a login to this browser, for ten minutes."""
        self._set(response, self._login_cookie, value, seconds=_LOGIN_SECONDS)

    def set_session_cookie(self, response: Response, value: str) -> None:
        """Keep the new session until the browser closes; the login cookie has done its work."""
        self._set(response, self._session_cookie, value)
        self.drop_login_cookie(response)

    def invitation_cookie(self, request: Request) -> str:
        """The code of an invitation about to be taken up, or an empty text."""
        return request.cookies.get(self._invitation_cookie, "")

    def set_invitation_cookie(self, response: Response, code: str) -> None:
        """Keep an invitation's code for the sign-in that follows, for ten minutes; it stands in no address."""
        self._set(response, self._invitation_cookie, code, seconds=_LOGIN_SECONDS)

    def drop_invitation_cookie(self, response: Response) -> None:
        """The code is used, or given up."""
        response.delete_cookie(self._invitation_cookie, path="/", secure=self._secure, httponly=True, samesite="lax")

    def drop_login_cookie(self, response: Response) -> None:
        """A login that ended, well or not, leaves nothing behind."""
        response.delete_cookie(self._login_cookie, path="/", secure=self._secure, httponly=True, samesite="lax")

    def drop_session_cookie(self, response: Response) -> None:
        """Forget the session in this browser."""
        response.delete_cookie(self._session_cookie, path="/", secure=self._secure, httponly=True, samesite="lax")

    def _set(self, response: Response, name: str, value: str, *, seconds: int | None = None) -> None:
        response.set_cookie(name, value, max_age=seconds, path="/", secure=self._secure, httponly=True, samesite="lax")

    # ---- answers ---------------------------------------------------------------------------------------------------

    def frame(self, session: Session | None, title: str, **around: Any) -> Frame:
        """The frame of a page for this person: navigation by role, sign-out, the form token."""
        if session is None:
            return Frame(title=title, **around)
        roles = session.reader.roles
        navigation = [
            Link(say(f"web.nav.{name}"), href) for name, href, wanted in _PLACES if not wanted or wanted & roles
        ]
        if self.sees_facilitators(session):
            navigation.append(Link(say("web.nav.facilitators"), _FACILITATORS))
        return Frame(
            title=title,
            person=session.person.name,
            agency=session.agency.name,
            csrf_token=session.csrf_token,
            navigation=tuple(navigation),
            **around,
        )

    def sees_facilitators(self, session: Session) -> bool:
        """Whether the person may see whom each authority named: those of the partnership's lead whom the policy lets."""
        if OPERATES in session.reader.roles or not _OF_THE_LEAD & session.reader.roles:
            return False
        with self.hub.database.reading() as reading:
            return self.hub.policy.decide(reading, session.reader, Action.AGENCY_READ, "agencies").permitted

    def page(self, template: str, frame: Frame, page: Any, *, status: int = 200) -> HTMLResponse:
        """A page as HTML."""
        return HTMLResponse(self.renderer.html(template, frame, page=page), status_code=status)

    def go(self, path: str) -> RedirectResponse:
        """After a form: look at the result under its own address."""
        return RedirectResponse(path, status_code=303)

    def to_login(self, request: Request, *, expired: bool) -> RedirectResponse:
        """Sign in first, then come back to what was asked for."""
        wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        query = {"next": wanted} if request.method == "GET" and wanted != "/" else {}
        if expired:
            query["expired"] = "1"
        return self.go("/login" + (f"?{urlencode(query)}" if query else ""))

    def progress(self) -> Progress | None:
        """How far the demo's data is, while it is being made behind the pages."""
        steps = tuple(Step(one.name, one.state, one.detail) for one in self.hub.progress.steps())
        if not steps:
            return None
        return Progress(say("web.login.building_title"), say("web.login.building_text"), steps)
