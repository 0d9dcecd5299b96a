"""A real headless Chromium, as Debian ships it, driven by Playwright; and axe-core as the judge of accessibility."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, ConsoleMessage, Page, Request, sync_playwright

from tests.support.node import node_modules

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
SCREENSHOTS = Path(__file__).resolve().parents[2] / "docs" / "pictures"
"""Where pictures for the documentation go when `HUB_SCREENSHOTS` is set; otherwise they are taken and thrown away."""

PICTURED = {
    "login": 900,
    "home": 760,
    "upload": 900,
    "report-dirty": 1000,
    "report-refused": 900,
    "view": 1500,
    "view-wards": 1720,
    "explain": 1500,
    "mending-submit": 900,
    "mending-report": 1300,
    "mending-reading": 1300,
    "mending-difference": 1000,
    "mending-seen-by": 1000,
    "mending-accept": 760,
    "mending-accepted": 900,
    "mending-missing": 1000,
    "asked-question": 900,
    "asked-explaining": 900,
    "asked-read": 1100,
    "mending-calendar": 1000,
    "mending-scorecard": 1100,
}
"""The pages shown in the documentation, with the height of their picture."""

FIRST_PAGE = 940
"""The height of the picture of a persona's first page (`first-page-…`)."""


@contextmanager
def a_browser() -> Iterator[Browser]:
    """A Chromium that is closed at the end; a missing one is an error, never a skip."""
    if not Path(CHROMIUM).exists():
        raise RuntimeError(f"{CHROMIUM} is missing: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()


@dataclass(frozen=True)
class Violation:
    """What axe objects to: its rule and the elements."""

    rule: str
    help: str
    targets: tuple[str, ...]


def axe() -> str:
    """The text of axe-core, as the lock of tests/node names it."""
    return (node_modules() / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


def violations(page: Page) -> list[Violation]:
    """WCAG 2.2 A and AA violations of the page as it stands. Evaluated, not added as a script: the policy would block that."""
    page.evaluate(axe())
    answer: dict[str, Any] = page.evaluate(
        "async tags => await axe.run(document, {runOnly: {type: 'tag', values: tags}})", list(WCAG)
    )
    return [
        Violation(found["id"], found["help"], tuple(str(node["target"]) for node in found["nodes"]))
        for found in answer["violations"]
    ]


def sideways_pixels(page: Page) -> int:
    """How far the page can be scrolled sideways; 0 where it reflows."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def watch(page: Page, base_url: str) -> list[str]:
    """Collects what a page must never do: script errors, breaches of the content policy, requests to another host."""
    troubles: list[str] = []

    def heard(line: ConsoleMessage) -> None:
        if line.type == "error" and "Failed to load resource" not in line.text:
            troubles.append(f"console: {line.text}")

    def asked(request: Request) -> None:
        if not request.url.startswith(base_url + "/"):
            troubles.append(f"request: {request.url}")

    page.on("pageerror", lambda error: troubles.append(f"error: {error}"))
    page.on("console", heard)
    page.on("request", asked)
    return troubles


def picture(page: Page, name: str, folder: Path) -> Path:
    """A picture of the page as a person sees it: into the documentation if it belongs there and was asked for, else `folder`."""
    height = PICTURED.get(name, FIRST_PAGE if name.startswith("first-page-") else 0)
    for_docs = wants_pictures() and bool(height)
    target = (SCREENSHOTS if for_docs else folder) / f"{name}.png"
    target.parent.mkdir(parents=True, exist_ok=True)
    if for_docs:
        page.set_viewport_size({"width": 1000, "height": height})
    page.screenshot(path=str(target))
    return target


def wants_pictures() -> bool:
    """Whether the pictures of the documentation are to be taken anew."""
    return bool(os.environ.get("HUB_SCREENSHOTS"))
