"""Agreements: the list, one agreement, and the proposal of a new one."""

from __future__ import annotations

from dataclasses import dataclass

from hub.web.elements import Choice, Fact, Table, Tag


@dataclass(frozen=True, slots=True)
class AgreementsPage:
    """Agreements the reader's agency is party to."""

    table: Table
    can_propose: bool


@dataclass(frozen=True, slots=True)
class ProposePage:
    """The text as it was sent, and what is wrong with it."""

    document: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True)
class SharedDataset:
    """One dataset of an agreement."""

    title: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class AgreementPage:
    """One agreement; `sign` and `change_action` are addresses, empty where the reader may not."""

    title: str
    status: Tag
    facts: tuple[Fact, ...]
    parties: Table
    datasets: tuple[SharedDataset, ...]
    confirm: tuple[str, ...] = ()
    sign: str = ""
    sign_text: str = ""
    changes: tuple[Choice, ...] = ()
    change_action: str = ""
    change_error: str = ""
    document: str = ""
