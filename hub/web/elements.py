"""The small values that pages are made of. Presenters build them; templates and nothing else turn them into HTML."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from markupsafe import Markup


@dataclass(frozen=True, slots=True)
class Link:
    """Words that lead somewhere inside the hub."""

    text: str
    href: str


@dataclass(frozen=True, slots=True)
class Tag:
    """A status word with a colour of the design system; the word alone carries the meaning."""

    text: str
    colour: str = "grey"


@dataclass(frozen=True, slots=True)
class Cell:
    """A table cell. `kind` is `star`, `withheld` or `gap` for a cell that shows no number; `spoken` is read out instead,
    or after the words of a link, to tell it from another of the same words.

    `order` is what a sorted table goes by where the text would lead astray: `2026-10` for `Oct 2026`.
    """

    text: str = ""
    kind: str = ""
    spoken: str = ""
    href: str = ""
    tag: Tag | None = None
    mono: bool = False
    order: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A table's column and whether it holds numbers."""

    text: str
    numeric: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table in a scroll region: every row has one cell for each column; the first cell names the row, and may `wrap`."""

    ident: str
    caption: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    sortable: bool = False
    caption_hidden: bool = False
    wrap: bool = False


@dataclass(frozen=True, slots=True)
class Fact:
    """A line of a summary list: plain text, a tag, a link, or a list of texts or of links."""

    key: str
    text: str = ""
    link: Link | None = None
    tag: Tag | None = None
    mono: bool = False
    items: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """One option of a select or a set of radios."""

    value: str
    text: str
    selected: bool = False
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Select:
    """A labelled choice of a filter form; sent as `name` in the page's address."""

    name: str
    label: str
    choices: tuple[Choice, ...]
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """A line of the error summary; `href` points at the control that mends it."""

    text: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """Something to do, or a place to go, on a landing page. `about` is read out after the title: it tells two apart."""

    title: str
    text: str
    href: str
    count: str = ""
    due: bool = False
    about: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One stage of work under way: `waiting`, `running`, `done` or `failed`."""

    name: str
    state: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """Work that goes on behind a page, stage by stage; `percent` of the whole where that is told."""

    title: str
    text: str
    steps: tuple[Step, ...]
    percent: int | None = None

    @property
    def running(self) -> bool:
        """True while the page should look again."""
        return any(step.state in {"waiting", "running"} for step in self.steps) and not self.failed

    @property
    def failed(self) -> bool:
        """True if a stage broke off."""
        return any(step.state == "failed" for step in self.steps)


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart with its caption and key; the table that holds the same cells stands beside it."""

    ident: str
    title: str
    subtitle: str
    chart: Markup
    key: tuple[tuple[str, str], ...] = ()  # (kind of mark, words)


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where the numbers of a page come from, line by line."""

    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Frame:
    """Everything around the content of a page."""

    title: str
    current: str = ""
    person: str = ""
    agency: str = ""
    csrf_token: str = ""
    navigation: tuple[Link, ...] = ()
    breadcrumbs: tuple[Link, ...] = ()
    refresh_seconds: int = 0
    problems: tuple[Problem, ...] = field(default=())
    notice: str = ""
