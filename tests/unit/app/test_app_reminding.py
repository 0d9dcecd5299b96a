"""Reminders mailed to a real server: counts alone, each period once before it is due and once when it is late."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hub.app import Hub, Mailed, MailServer, build, letter_to, reminders_of_all, send_reminders
from hub.app.reminding import is_time_to_remind
from hub.intake import Reminders
from hub.kit.authority import Action, Reader
from hub.kit.clock import FrozenClock
from hub.kit.errors import Invalid, NotFound, NotPermitted, Unavailable
from hub.settings import read_settings
from tests.support.hubs import BARE
from tests.support.partnerships import a_copy, made
from tests.support.smtp import Post, a_mail_server

BOX = "data@met-police.example"
SOON = datetime(2026, 11, 11, 9, 0, tzinfo=UTC)  # three working days before Monday, 16 November
LATE = datetime(2026, 11, 17, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def server() -> Iterator[Post]:
    with a_mail_server() as found:
        yield found


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory, server: Post) -> Iterator[Hub]:
    """A hub that knows the mail server; one agency has named its mailbox."""
    house = a_copy(made(BARE, tmp_path_factory), tmp_path_factory.mktemp("reminding"))
    house.hub.close()
    changed = house.hub.settings.model_dump() | {"smtp_url": server.url, "mail_from": "hub@hub.example"}
    hub = build(type(house.hub.settings)(**changed), clock=FrozenClock(SOON))
    _name_mailbox(hub, BOX)
    yield hub
    hub.close()


@pytest.fixture
def post(server: Post) -> Post:
    server.letters.clear()
    server.recipients.clear()
    server.refusing = False
    return server


@pytest.fixture
def hub(installed: Hub, post: Post) -> Hub:
    """Nobody has been reminded of anything."""
    with installed.database.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM reminders")
    at(installed, SOON)
    return installed


def _person(hub: Hub, subject: str) -> Reader:
    with hub.database.reading() as reading:
        found = next(one for one in hub.identity.people(reading) if one.subject == subject)
    return Reader(agency=found.agency, person=found.id, roles=frozenset(one.value for one in found.roles))


def _name_mailbox(hub: Hub, address: str, by: str = "met-police-governance") -> None:
    with hub.database.unit_of_work() as uow:
        permit = hub.policy.permit(uow, _person(hub, by), Action.AGENCY_SET_CONTACT, "agency/met-police")
        hub.identity.set_contact(uow, permit, address=address)


def _mailbox(hub: Hub) -> str:
    with hub.database.reading() as reading:
        return hub.identity.contact(reading, "met-police")


def at(hub: Hub, moment: datetime) -> None:
    assert isinstance(hub.clock, FrozenClock)
    hub.clock.at = moment


def entries(hub: Hub) -> list[tuple[str, str, str]]:
    """Outcome, subject and detail of every reminder in the log; the decisions left out."""
    query = "SELECT outcome, subject, detail FROM audit_entries WHERE action = 'reminder:send' AND verb = 'disclosure'"
    with hub.database.reading() as reading:
        return [tuple(map(str, row)) for row in reading.connection.exec_driver_sql(f'{query} ORDER BY "index"')]


def test_nothing_is_mailed_while_nothing_is_soon_or_late(hub: Hub, post: Post) -> None:
    at(hub, datetime(2026, 11, 10, 9, 0, tzinfo=UTC))
    assert send_reminders(hub) == Mailed()
    assert post.letters == []


def test_an_agency_is_told_once_before_the_due_day_and_once_when_it_is_over(hub: Hub, post: Post) -> None:
    before = len(entries(hub))
    first = send_reminders(hub)
    assert (first.sent, first.failed, first.nowhere > 0) == (1, 0, True)
    assert send_reminders(hub).known == 1
    at(hub, LATE)
    assert (send_reminders(hub).sent, send_reminders(hub).sent) == (1, 0)
    assert post.recipients == [BOX, BOX]
    soon, late = (letter.get_content() for letter in post.letters)
    assert "due soon, the first by 16 November 2026." in soon
    assert "late" not in soon.partition("This mail")[0]
    assert "extracts are late." in late
    assert [subject for _, subject, _ in entries(hub)[before:]] == ["agency/met-police", "agency/met-police"]


def test_a_letter_holds_counts_and_days_and_no_name_of_a_dataset_or_person(hub: Hub, post: Post) -> None:
    send_reminders(hub)
    (letter,) = post.letters
    assert (letter["To"], letter["From"]) == (BOX, "hub@hub.example")
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["X-Unsent"] is None
    words = letter.as_string()
    for schema in hub.schemas.all():
        assert schema.id not in words
        assert schema.title not in words
    with hub.database.reading() as reading:
        for person in hub.identity.people(reading, agency="met-police"):
            assert person.name not in words
    assert f"{hub.settings.base_url}/calendar" in words


def test_what_the_server_refuses_is_taken_back_and_tried_again(hub: Hub, post: Post) -> None:
    before = len(entries(hub))
    post.refusing = True
    assert send_reminders(hub).failed == 1
    noted = entries(hub)[before:]
    assert [outcome for outcome, _, _ in noted] == ["done", "refused"]
    assert "mail-not-sent" in noted[1][2]
    post.refusing = False
    assert send_reminders(hub).sent == 1
    assert len(post.letters) == 1


def test_a_server_that_is_away_holds_up_nobody(hub: Hub, post: Post) -> None:
    nobody = MailServer(host="127.0.0.1", port=1, tls=False)
    assert send_reminders(hub, nobody).failed == 1
    assert send_reminders(hub).sent == 1


def test_two_workers_at_once_mail_nobody_twice(hub: Hub) -> None:
    task = Reader(agency="", task="reminding")
    (reminder,) = (one for one in reminders_of_all(hub) if one.agency == "met-police")
    kept = Reminders(clock=hub.clock)
    with hub.database.unit_of_work() as uow:
        permit = hub.policy.permit(uow, task, Action.REMINDER_SEND, "reminders")
        assert kept.claim(uow, permit, reminder) == reminder
    with hub.database.unit_of_work() as uow:
        permit = hub.policy.permit(uow, task, Action.REMINDER_SEND, "reminders")
        assert kept.claim(uow, permit, reminder) is None
        wrong = hub.policy.permit(uow, task, Action.REMINDER_SEND, "reminders")
        at(hub, LATE)  # the permit has run out
        with pytest.raises(NotPermitted):
            kept.claim(uow, wrong, reminder)


def test_a_letter_without_a_mailbox_is_a_draft_for_the_lead(hub: Hub) -> None:
    (reminder,) = (one for one in reminders_of_all(hub) if one.agency == "london-fire")
    with hub.database.reading() as reading:
        letter = letter_to(hub, reading, reminder)
    assert letter["To"] is None
    assert letter["X-Unsent"] == "1"


def test_the_hub_mails_by_itself_from_seven_in_the_morning_where_a_server_is_named(hub: Hub, tmp_path: Path) -> None:
    at(hub, datetime(2026, 6, 15, 6, 0, tzinfo=UTC))  # seven in summer time
    assert is_time_to_remind(hub)
    at(hub, datetime(2026, 11, 11, 6, 59, tzinfo=UTC))
    assert not is_time_to_remind(hub)
    other = build(read_settings(state=tmp_path / "none"), clock=FrozenClock(SOON))
    assert not is_time_to_remind(other)
    other.close()


@pytest.mark.parametrize(
    "url",
    [
        "",
        "me:secret@mail.example",
        "http://me:secret@mail.example",
        "smtp://",
        "smtp://me:secret@mail:x",
        "smtp://[::1",
    ],
)
def test_an_address_of_no_mail_server_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(Invalid) as refused:
        MailServer.at(url)
    assert refused.value.code == "bad-smtp-url"
    assert "secret" not in f"{refused.value.title} {refused.value.remedy}"


def test_an_address_says_host_port_name_and_whether_all_is_under_tls() -> None:
    server = MailServer.at("smtps://a%40b:p%3Aq@mail.example")
    assert (server.host, server.port, server.tls, server.user, server.password) == (
        "mail.example",
        465,
        True,
        "a@b",
        "p:q",
    )
    assert "p:q" not in repr(server)
    assert MailServer.at("smtp://mail.example").port == 587


def test_no_letter_goes_in_the_clear_to_another_machine(hub: Hub, post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.app.mail._LOOPBACK", frozenset())  # as if the server were elsewhere: it knows no STARTTLS
    (reminder,) = (one for one in reminders_of_all(hub) if one.agency == "met-police")
    with hub.database.reading() as reading:
        letter = letter_to(hub, reading, reminder)
    with pytest.raises(Unavailable):
        MailServer.at(post.url).send(letter)
    assert post.letters == []


def test_mail_without_a_sender_is_no_setting() -> None:
    with pytest.raises(Invalid) as refused:
        read_settings(smtp_url="smtp://secret:word@mail.example")
    assert "HUB_MAIL_FROM" in refused.value.title
    assert "word" not in refused.value.title


@pytest.mark.parametrize(
    "address",
    ["nobody", "a@b", "A B <a@b.example>", "a@b.example, c@d.example", "a\r\nBcc: x@y.example", "ä@b.example"],
)
def test_a_mailbox_is_one_plain_address(address: str, hub: Hub) -> None:
    with pytest.raises(Invalid):
        _name_mailbox(hub, address)
    assert _mailbox(hub) == BOX


def test_only_the_administrator_of_the_agency_names_its_mailbox_and_may_take_it_back(hub: Hub) -> None:
    for person, refusal in (("met-police-analyst", NotPermitted), ("bromley-council-governance", NotFound)):
        with pytest.raises(refusal):
            _name_mailbox(hub, "other@met.example", by=person)
    _name_mailbox(hub, "")
    assert _mailbox(hub) == ""
    assert send_reminders(hub).sent == 0
    _name_mailbox(hub, BOX)
    assert send_reminders(hub).sent == 1
