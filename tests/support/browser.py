"""A real headless Chromium, as Debian ships it, driven by Playwright; and axe-core as the judge of accessibility."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

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
AXE = Path(__file__).resolve().parent.parent / "node" / "node_modules" / "axe-core" / "axe.min.js"
WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
SCREENSHOTS = Path(__file__).resolve().parents[2] / "docs" / "images"


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


def violations(page: Page, axe: Path = AXE) -> list[Violation]:
    """WCAG 2.2 A and AA violations of the page as it stands. Evaluated, not added as a script: the policy would block that."""
    page.evaluate(axe.read_text(encoding="utf-8"))
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


@contextmanager
def watched(page: Page) -> Iterator[list[str]]:
    """Collects what a page must not do: errors, policy violations, requests to other hosts."""
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(f"error: {error}"))
    page.on("console", lambda line: troubles.append(f"console: {line.text}") if line.type == "error" else None)
    yield troubles
