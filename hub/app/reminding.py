"""Reminders as letters: written for the lead to send, or mailed by the hub itself once a day."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from hashlib import sha256

from hub.app.composition import Hub
from hub.app.mail import MailServer
from hub.db import Reading, UnitOfWork
from hub.intake import Reminder, Reminders
from hub.kit.authority import Action, Reader
from hub.kit.errors import NotFound, Unavailable
from hub.kit.spoken import LONDON, spoken_day
from hub.kit.words import say

_TASK = Reader(agency="", task="reminding")
_RESOURCE = "reminders"
_MORNING = 7

_log = logging.getLogger("hub.work")


@dataclass(frozen=True, slots=True)
class Mailed:
    """What became of a round: mailed, known already, without a mailbox, not taken by the server."""

    sent: int = 0
    known: int = 0
    nowhere: int = 0
    failed: int = 0


def letter_to(hub: Hub, reading: UnitOfWork | Reading, reminder: Reminder) -> EmailMessage:
    """The letter of a reminder (RFC 5322): counts, days and the hub's address. Without `To` where the agency named no mailbox."""
    settings, at = hub.settings, hub.clock.now()
    letter = EmailMessage()
    letter["Subject"] = say("reminders.subject", late=reminder.late, soon=reminder.soon)
    if settings.mail_from:
        letter["From"] = settings.mail_from
    contact = hub.identity.contact(reading, reminder.agency)
    if contact:
        letter["To"] = contact
    letter["Date"] = format_datetime(at)
    letter["Message-ID"] = f"<{_digest(reminder, at)}@svd-hub.invalid>"
    letter["Auto-Submitted"] = "auto-generated"
    letter["X-Unsent"] = "1"  # a mail program opens the file as a draft
    letter.set_content(
        say(
            "reminders.body",
            agency=_name(hub, reading, reminder.agency),
            lines="\n".join(_lines(reminder)),
            address=f"{settings.base_url.rstrip('/')}/calendar",
            partnership=settings.partnership,
        )
    )
    return letter


def reminders_for(hub: Hub, uow: UnitOfWork, reader: Reader) -> tuple[Reminder, ...]:
    """Who has to be reminded, of what the reader may know of; asked of the policy and recorded."""
    permit = hub.policy.permit(uow, reader, Action.REMINDER_SEND, _RESOURCE)
    return hub.calendars.reminders(uow, permit)


def reminders_of_all(hub: Hub) -> tuple[Reminder, ...]:
    """Every agency that has to be reminded, for the hub's own task."""
    with hub.database.unit_of_work() as uow:
        return reminders_for(hub, uow, _TASK)


def send_reminders(hub: Hub, server: MailServer | None = None) -> Mailed:
    """Mail what agencies have not been told of yet: each period once before it is due and once when it is late.

    It is written down, with its entry in the log, before the mail leaves: two workers, a kill or a second round mail nobody twice.
    What the server does not take is taken back, and tried again in the next round.
    """
    server = server or MailServer.at(hub.settings.smtp_url.get_secret_value())
    sent = known = nowhere = failed = 0
    for reminder in reminders_of_all(hub):
        with hub.database.reading() as reading:
            if not hub.identity.contact(reading, reminder.agency):
                nowhere += 1
                continue
        claimed = _claimed(hub, reminder)
        if claimed is None:
            known += 1
        elif _mailed(hub, server, claimed):
            sent += 1
        else:
            failed += 1
    return Mailed(sent, known, nowhere, failed)


def is_time_to_remind(hub: Hub) -> bool:
    """Whether the hub mails reminders by itself, and it is morning."""
    return bool(hub.settings.smtp_url.get_secret_value()) and hub.clock.now().astimezone(LONDON).hour >= _MORNING


def _claimed(hub: Hub, reminder: Reminder) -> Reminder | None:
    with hub.database.reading() as reading:
        if Reminders(clock=hub.clock).fresh(reading, reminder) is None:
            return None
    with hub.database.unit_of_work() as uow:
        permit = hub.policy.permit(uow, _TASK, Action.REMINDER_SEND, _RESOURCE)
        return Reminders(clock=hub.clock).claim(uow, permit, reminder)


def _mailed(hub: Hub, server: MailServer, claimed: Reminder) -> bool:
    with hub.database.reading() as reading:
        letter = letter_to(hub, reading, claimed)
    del letter["X-Unsent"]
    try:
        server.send(letter)
    except Unavailable as error:
        _log.warning("a reminder was not mailed: %s", error.code)
        with hub.database.unit_of_work() as uow:
            permit = hub.policy.permit(uow, _TASK, Action.REMINDER_SEND, _RESOURCE)
            Reminders(clock=hub.clock).failed(uow, permit, claimed, why=error.code)
        return False
    return True


def _lines(reminder: Reminder) -> list[str]:
    lines = []
    if reminder.late:
        lines.append(_counted("late", reminder.late))
    if reminder.soon and reminder.next_due_on:
        lines.append(_counted("soon", reminder.soon, day=spoken_day(reminder.next_due_on)))
    return lines


def _counted(name: str, count: int, **values: str) -> str:
    return say(f"reminders.line_{name}_{'one' if count == 1 else 'many'}", count=count, **values)


def _name(hub: Hub, reading: UnitOfWork | Reading, agency: str) -> str:
    try:
        return hub.identity.agency(reading, agency).name
    except NotFound:
        return agency


def _digest(reminder: Reminder, at: datetime) -> str:
    said = repr((reminder.agency, reminder.keys, at.isoformat()))
    return sha256(said.encode()).hexdigest()[:32]
