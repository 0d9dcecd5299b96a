"""Who has to be reminded, for the lead; and the mailbox of one's own agency."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hub.intake import Reminder
from hub.kit.words import say
from hub.web.dates import spoken_day
from hub.web.elements import Cell, Column, Table
from hub.web.pages.calendar import REMINDERS


@dataclass(frozen=True, slots=True)
class RemindersPage:
    """One line for each agency, with its letter; `note` says whether the hub mails by itself."""

    table: Table
    note: str


@dataclass(frozen=True, slots=True)
class MailboxPage:
    """Where reminders go, and the form for whoever may say so."""

    said: str
    may_set: bool
    address: str = ""
    error: str = ""


def reminders_page(
    reminders: Sequence[Reminder], contacts: Mapping[str, str], names: Mapping[str, str], *, by_itself: bool
) -> RemindersPage:
    """The page of the lead."""
    columns = (
        Column(say("reminders.agency")),
        Column(say("reminders.late"), numeric=True),
        Column(say("reminders.soon"), numeric=True),
        Column(say("reminders.next")),
        Column(say("reminders.mailbox")),
        Column(say("reminders.letter")),
    )
    rows = [_row(one, contacts.get(one.agency, ""), names.get(one.agency, one.agency)) for one in reminders]
    note = say("reminders.by_itself" if by_itself else "reminders.not_by_itself")
    return RemindersPage(Table("reminders", say("reminders.caption"), columns, rows, wrap=True), note)


def mailbox_page(address: str, *, may_set: bool, wanted: str | None = None, error: str = "") -> MailboxPage:
    """The page of an agency; `wanted` is what was typed and refused."""
    said = say("reminders.contact_is", address=address) if address else say("reminders.contact_none")
    return MailboxPage(said, may_set, address if wanted is None else wanted, error)


def _row(one: Reminder, contact: str, name: str) -> tuple[Cell, ...]:
    return (
        Cell(name),
        Cell(f"{one.late:,}"),
        Cell(f"{one.soon:,}"),
        Cell(spoken_day(one.next_due_on) if one.next_due_on else ""),
        Cell(contact, mono=True) if contact else Cell(say("reminders.no_mailbox")),
        Cell(say("reminders.download", agency=name), href=f"{REMINDERS}/{one.agency}.eml"),
    )
