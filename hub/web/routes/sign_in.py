"""Sign in through an agency's provider, and out again; in a demo, the embedded provider's own pages too."""

from __future__ import annotations

from functools import cache
from urllib.parse import urlencode, urlsplit

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from hub.app import PARTNERSHIPS, SeedPerson
from hub.identity import CALLBACK_PATH, DEMO_PATH, Agency, DemoProvider, Person, Provider
from hub.kit.errors import NotFound, Unauthenticated, Unavailable
from hub.kit.ids import new_id
from hub.kit.words import say
from hub.web.door import Door
from hub.web.elements import Card, Link, Problem
from hub.web.forms import Form
from hub.web.pages.sign_in import ChooserPage, InvitationPage, PersonaGroup, SignInFailedPage, SignInPage
from hub.web.security import check_same_site

_REFRESH = 4
_NEWCOMER = "newcomer"
"""How the demo's provider calls somebody the hub does not know yet, who has an invitation to take up."""


class SignIn:
    """Login, callback, sign-out."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._hub = door.hub

    def router(self) -> APIRouter:
        """The routes."""
        router = APIRouter()
        router.add_api_route("/login", self.choose, methods=["GET"], response_model=None)
        router.add_api_route("/login/invitation", self.invitation, methods=["GET"], response_model=None)
        router.add_api_route("/login/invitation", self.bring_invitation, methods=["POST"], response_model=None)
        router.add_api_route("/login/start/{provider}", self.start, methods=["GET"], response_model=None)
        router.add_api_route(CALLBACK_PATH + "/{provider}", self.callback, methods=["GET"], response_model=None)
        router.add_api_route("/logout", self.sign_out, methods=["POST"], response_model=None)
        return router

    def choose(self, request: Request) -> Response:
        """The agencies one may sign in with, as links: a form would be held by the content policy from leaving for another host."""
        with self._hub.database.reading() as reading:
            agencies = {agency.id: agency for agency in self._hub.identity.agencies(reading) if not agency.disabled}
            providers = [one for one in self._hub.identity.providers(reading) if not one.disabled]
            people = self._hub.identity.people(reading) if self._door.demo else ()
        known = [one for one in providers if one.agency in agencies]
        wanted = request.query_params.get("next", "/")
        links = tuple(
            Link(agencies[one.agency].name, _start(one, wanted))
            for one in sorted(known, key=lambda one: agencies[one.agency].name)
        )
        progress = self._door.progress()
        running = progress is not None and progress.running
        page = SignInPage(links, _groups(people, known, agencies, wanted), progress, _notice(request))
        frame = self._door.frame(None, say("web.login.title"), refresh_seconds=_REFRESH if running else 0)
        return self._door.page("login.html", frame, page)

    def start(self, request: Request, provider: str) -> Response:
        """Go to the provider. A demo persona travels as `login_hint`, which the embedded provider takes for the choice."""
        try:
            self._door.brake(request)
            begun = self._hub.identity.begin_login(
                provider,
                next_path=request.query_params.get("next", "/"),
                invitation=self._door.invitation_cookie(request),
            )
        except Unavailable as error:
            return self._failed(error, status=429 if error.code == "too-many" else 503)
        url = begun.redirect_url
        persona = request.query_params.get("persona", "")
        if persona and self._door.demo and urlsplit(url).path.startswith(DEMO_PATH):
            url += "&" + urlencode({"login_hint": persona})
        response = RedirectResponse(url, status_code=303)
        self._door.set_login_cookie(response, begun.login_cookie)
        return response

    def callback(self, request: Request, provider: str) -> Response:
        """The provider's answer: judged by identity, never by what it says of itself."""
        url = f"{self._door.base_url}{CALLBACK_PATH}/{provider}?{request.url.query}"
        try:
            done = self._hub.identity.complete_login(callback_url=url, login_cookie=self._door.login_cookie(request))
        except Unauthenticated as error:
            return self._failed(error, status=401)
        except Unavailable as error:
            return self._failed(error, status=503)
        response = self._door.go(done.next_path)
        self._door.set_session_cookie(response, done.cookie)
        self._door.drop_invitation_cookie(response)
        return response

    def invitation(self, request: Request) -> Response:
        """Where an invitation's code is entered; with one, the agency to sign in at."""
        code = "" if "other" in request.query_params else self._door.invitation_cookie(request)
        if not code:
            return self._invitation_page(InvitationPage())
        try:
            with self._hub.database.reading() as reading:
                found = self._hub.identity.invitation_of(reading, code)
                agency = self._hub.identity.agency(reading, found.agency).name
                providers = [one for one in self._hub.identity.providers(reading) if one.agency == found.agency]
        except Unauthenticated as error:
            response = self._invitation_page(InvitationPage(error=f"{error.title} {error.remedy}"))
            self._door.drop_invitation_cookie(response)
            return response
        text = say("people.invitation.ready_link", agency=agency)
        return self._invitation_page(InvitationPage(agency, tuple(Link(text, _start(one, "/")) for one in providers)))

    def bring_invitation(self, request: Request, form: Form) -> Response:
        """Keep the code in this browser if it opens an invitation. There is no session yet that a token could belong to."""
        check_same_site(request.headers, base_url=self._door.base_url)
        code = form.get("code", "").strip()
        if not code:
            return self._invitation_page(InvitationPage(error=say("people.invitation.empty")))
        try:
            self._door.brake(request)
            with self._hub.database.reading() as reading:
                self._hub.identity.invitation_of(reading, code)
        except Unavailable as error:
            return self._failed(error, status=429)
        except Unauthenticated as error:
            return self._invitation_page(InvitationPage(error=f"{error.title} {error.remedy}"))
        response = self._door.go("/login/invitation")
        self._door.set_invitation_cookie(response, code)
        return response

    def _invitation_page(self, page: InvitationPage) -> Response:
        problems = (Problem(page.error, "#code"),) if page.error else ()
        title = say("people.invitation.ready_title" if page.links else "people.invitation.title")
        frame = self._door.frame(None, title, problems=problems)
        return self._door.page("invitation.html", frame, page, status=422 if problems else 200)

    def sign_out(self, request: Request, form: Form) -> Response:
        """End the session on the server and in the browser."""
        self._door.session_for_form(request, form)
        with self._hub.database.unit_of_work() as uow:
            self._hub.identity.end_session(uow, self._door.session_cookie(request))
        response = self._door.go("/login?signed_out=1")
        self._door.drop_session_cookie(response)
        return response

    def _failed(self, error: Unauthenticated | Unavailable, *, status: int) -> Response:
        frame = self._door.frame(None, say("web.login.failed_title"))
        response = self._door.page(
            "login_failed.html", frame, SignInFailedPage(error.title, error.remedy, error.code), status=status
        )
        self._door.drop_login_cookie(response)
        return response


class DemoSignIn:
    """The embedded provider of the demo: discovery, keys, persona chooser, token."""

    def __init__(self, door: Door, provider: DemoProvider) -> None:
        self._door = door
        self._provider = provider

    def router(self) -> APIRouter:
        """The routes under the demo issuers."""
        router = APIRouter(prefix=DEMO_PATH + "/{agency}")
        router.add_api_route("/.well-known/openid-configuration", self.discovery, methods=["GET"], response_model=None)
        router.add_api_route("/jwks", self.jwks, methods=["GET"], response_model=None)
        router.add_api_route("/authorize", self.authorize, methods=["GET"], response_model=None)
        router.add_api_route("/token", self.token, methods=["POST"], response_model=None)
        return router

    def discovery(self, agency: str) -> Response:
        """The issuer's metadata."""
        return JSONResponse(self._provider.discovery(agency))

    def jwks(self, agency: str) -> Response:
        """The issuer's public keys."""
        return JSONResponse(self._provider.jwks(agency))

    def authorize(self, request: Request, agency: str) -> Response:
        """Who is signing in? One click; or none, when the hub's own page already named the persona."""
        parameters = dict(request.query_params)
        chosen = parameters.pop("login_hint", "")
        problem = self._provider.check_request(agency, parameters)
        if problem:
            return RedirectResponse(problem, status_code=303)
        with self._door.hub.database.reading() as reading:
            name = self._door.hub.identity.agency(reading, agency).name
            people = [one for one in self._door.hub.identity.people(reading, agency=agency) if not one.disabled]
        invited = bool(self._door.invitation_cookie(request))
        if chosen:
            newcomer = invited and chosen.startswith(_NEWCOMER)
            if chosen not in {one.subject for one in people} and not newcomer:
                raise NotFound("no such persona")
            return RedirectResponse(self._provider.authorize(agency, parameters, subject=chosen), status_code=303)
        cards = tuple(
            Card(
                say("web.chooser.pick", person=one.name),
                roles_text(one),
                f"authorize?{urlencode(parameters | {'login_hint': one.subject})}",
            )
            for one in people
        )
        if invited:
            query = urlencode(parameters | {"login_hint": new_id(_NEWCOMER)})
            new = Card(say("web.chooser.newcomer"), say("web.chooser.newcomer_text"), f"authorize?{query}")
            cards = (new, *cards)
        frame = self._door.frame(None, say("web.chooser.title", agency=name))
        return self._door.page("chooser.html", frame, ChooserPage(name, cards))

    def token(self, request: Request, agency: str, form: Form) -> Response:
        """The token endpoint, called by the hub itself."""
        answer = self._provider.token(agency, form, authorization=request.headers.get("authorization", ""))
        return JSONResponse(answer.body, status_code=answer.status)


def roles_text(person: Person) -> str:
    """What a person does, role by role."""
    return ". ".join(say(f"web.role.{role}") for role in sorted(role.value for role in person.roles)) + "."


def _start(provider: Provider, wanted: str, persona: str = "") -> str:
    query = {name: value for name, value in (("next", wanted if wanted != "/" else ""), ("persona", persona)) if value}
    return f"/login/start/{provider.id}" + (f"?{urlencode(query)}" if query else "")


def _groups(
    people: tuple[Person, ...], providers: list[Provider], agencies: dict[str, Agency], wanted: str
) -> tuple[PersonaGroup, ...]:
    """The demo's people by agency, in the order they were invented, each with what they come to do."""
    by_issuer = {one.issuer: one for one in providers if urlsplit(one.issuer).path.startswith(DEMO_PATH)}
    order = {subject: place for place, subject in enumerate(_said_of_personas())}
    known = sorted(
        (one for one in people if one.issuer in by_issuer and not one.disabled),
        key=lambda one: (order.get(one.subject, len(order)), one.name),
    )
    groups: dict[str, list[Card]] = {}
    for one in known:
        card = Card(one.name, _persona_text(one), _start(by_issuer[one.issuer], wanted, one.subject))
        groups.setdefault(one.agency, []).append(card)
    return tuple(PersonaGroup(agencies[agency].name, tuple(cards)) for agency, cards in groups.items())


def _persona_text(person: Person) -> str:
    said = _said_of_personas().get(person.subject)
    return roles_text(person) if said is None else say("web.login.persona", title=said.title, comes_to=said.comes_to)


@cache
def _said_of_personas() -> dict[str, SeedPerson]:
    return {person.id: person for partnership in PARTNERSHIPS.values() for person in partnership.people}


def _notice(request: Request) -> str:
    if "expired" in request.query_params:
        return say("web.login.expired")
    return say("web.login.signed_out") if "signed_out" in request.query_params else ""
