"""Every page that a persona can walk to, for every persona: accessible, at 320 pixels, and whole without JavaScript."""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from hub.app import RAVENSBOURNE, SeedPerson
from tests.support.browser import a_browser, picture, sideways_pixels, violations, wants_pictures, watch
from tests.support.site import Site, a_site

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ALIKE = 2
"""How many pages of one kind (two submissions, two wards of one view) are looked at."""
MOST = 80
_IDS = re.compile(r"(?<=/)(?:[a-z]{2,4}_[0-9a-z]{26}|\d+|[a-z0-9-]+@\d+|20\d\d-\d\d)(?=/|$)")
_LEAVES = ("/logout", "/login", "/static", "/api")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with a_site(tmp_path_factory.mktemp("matrix"), months=13 if wants_pictures() else 4, whole=True) as made:
        yield made


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with a_browser() as made:
        yield made


def signed_in(site: Site, browser: Browser, person: SeedPerson, *, script: bool = True) -> BrowserContext:
    context = browser.new_context(
        base_url=site.base_url, java_script_enabled=script, viewport={"width": 1100, "height": 800}
    )
    page = context.new_page()
    page.goto(f"/login/start/{person.agency}?persona={person.id}")
    page.get_by_role("heading", level=1).wait_for()
    page.close()
    return context


def kind_of(address: str) -> str:
    """What sort of page an address leads to: its path with ids left out, and which questions it asks."""
    split = urlsplit(address)
    asked = sorted(one.partition("=")[0] for one in split.query.split("&") if one)
    return f"{_IDS.sub('*', split.path)}?{'&'.join(asked)}"


def linked(page: Page, site: Site) -> list[str]:
    """Where the links of a page lead inside the hub; what downloads a file is left out."""
    found = page.eval_on_selector_all(
        "a[href]", "all => all.filter(a => !a.hasAttribute('download')).map(a => a.getAttribute('href'))"
    )
    inside = (urljoin(page.url, str(one).partition("#")[0]) for one in found)
    return [
        one
        for one in inside
        if one.startswith(f"{site.base_url}/")
        and not urlsplit(one).path.startswith(_LEAVES)
        and "format=" not in one
        and not re.search(r"\.(csv|ics|json|xlsx|txt|py)$", urlsplit(one).path)
    ]


def walked(context: BrowserContext, site: Site) -> Iterator[tuple[Page, str, list[str]]]:
    """Each page within reach of the first, breadth first, with what it did wrong on the way."""
    waiting, seen, kinds = deque([f"{site.base_url}/"]), {f"{site.base_url}/"}, Counter[str]()
    while waiting:
        address = waiting.popleft()
        kinds[kind_of(address)] += 1
        page = context.new_page()
        troubles = watch(page, site.base_url)
        answer = page.goto(address)
        assert answer is not None
        status = answer.status
        yield page, address, [*troubles, *([] if status < 500 else [f"status {status}"])]
        for link in linked(page, site):
            if link not in seen and kinds[kind_of(link)] < ALIKE and len(seen) < MOST:
                seen.add(link)
                kinds[kind_of(link)] += 1
                waiting.append(link)
        page.close()


@pytest.mark.parametrize("person", RAVENSBOURNE.people, ids=lambda person: person.id)
def test_every_page_within_a_persona_s_reach_is_accessible_and_narrow_enough(
    person: SeedPerson, site: Site, browser: Browser
) -> None:
    context = signed_in(site, browser, person)
    wrong: dict[str, list[object]] = {}
    reached = 0
    for page, address, troubles in walked(context, site):
        reached += 1
        found: list[object] = [*troubles, *violations(page)]
        page.set_viewport_size({"width": 320, "height": 640})
        if sideways := sideways_pixels(page):
            found.append(f"{sideways} pixels too wide at 320")
        if found:
            wrong[address.removeprefix(site.base_url)] = found
    context.close()
    assert reached >= 5
    assert wrong == {}


@pytest.mark.parametrize("person", RAVENSBOURNE.people, ids=lambda person: person.id)
def test_every_page_within_a_persona_s_reach_is_whole_without_javascript(
    person: SeedPerson, site: Site, browser: Browser
) -> None:
    """A heading, a way to the content, the navigation, and no control that only a script could work."""
    context = signed_in(site, browser, person, script=False)
    wrong: dict[str, list[str]] = {}
    for page, address, troubles in walked(context, site):
        found = list(troubles)
        if page.get_by_role("heading", level=1).count() != 1:
            found.append("not one first heading")
        dead = page.eval_on_selector_all(
            "button", "all => all.filter(b => !b.closest('form') && b.offsetParent !== null).map(b => b.textContent)"
        )
        found += [f"button without a form: {text.strip()}" for text in dead]
        if found:
            wrong[address.removeprefix(site.base_url)] = found
    context.close()
    assert wrong == {}


def test_each_persona_lands_on_what_to_do_today(site: Site, browser: Browser, tmp_path_factory) -> None:
    """The first page of each, pictured for the documentation."""
    folder = tmp_path_factory.mktemp("personas")
    for person in RAVENSBOURNE.people:
        context = signed_in(site, browser, person)
        page = context.new_page()
        page.goto("/")
        assert page.get_by_role("heading", name="What do I do today?").count() == 1, person.id
        picture(page, f"first-page-{person.id}", folder)
        context.close()
