"""Calendars over real agreements, policy and submissions: who sees what of them."""

from datetime import UTC, date, datetime, timedelta

import pytest

from hub.intake import Arrival, Calendars
from hub.kit.authority import Action, Reader
from hub.kit.errors import NotPermitted
from tests.support.intake import ISTV, STREET, an_intake, good
from tests.support.policy import AMBULANCE, COUNCIL, HOSPITAL, POLICE, a_clause, a_document, someone

ANALYST = someone(COUNCIL, "analyst")


def the_calendars(made, **changes):
    return Calendars(
        agreements=made.hub.agreements,
        schemas=made.hub.schemas,
        policy=made.policy,
        directory=made.hub.directory,
        clock=made.clock,
        **({"due_working_days": 10} | changes),
    )


@pytest.fixture
def made(tmp_path):
    return an_intake(tmp_path)


def own(made, reader=None, **changes):
    with made.database.reading() as reading:
        return the_calendars(made, **changes).own(reading, reader or made.uploader())


def of(calendar, dataset, month="2026-10"):
    return next(one for one in calendar.lines if one.dataset == dataset and one.span.last == month)


def test_an_agency_sees_what_the_agreements_in_force_ask_of_it_and_no_more(made):
    found = own(made)
    assert found.today == date(2026, 11, 2)
    assert {one.agency for one in found.lines} == {POLICE}
    street = of(found, STREET)
    assert (street.state, street.items) == (Arrival.DUE, (1, 2))
    assert street.agreements
    assert {one.agency for one in own(made, someone(HOSPITAL, "governance_lead")).lines} == {HOSPITAL}
    assert own(made, someone("somebody-else", "uploader")).lines == ()


def test_an_accepted_file_settles_its_month_at_once(made):
    sent = made.submit(good())
    with made.database.reading() as reading:
        found = the_calendars(made).own(reading, made.uploader(), months=40)
    line = of(found, STREET, sent.period)
    assert (line.state, line.submission, line.due_on) == (Arrival.ACCEPTED, sent.id, None)  # before it was asked for
    assert {one.state for one in found.lines if one.dataset == STREET and one.span.last == "2025-01"} == {Arrival.GAP}


def test_whoever_is_no_person_of_the_agency_sees_nothing(made):
    with pytest.raises(NotPermitted):
        own(made, Reader(agency=POLICE, task="intake-check"))


def test_the_lead_sees_states_of_others_and_nothing_of_a_file_that_does_not_count(made):
    made.clock.advance(timedelta(days=40))
    made.submit(b"a,b\n1,2\n", period="2026-10")
    assert of(own(made), STREET).state is Arrival.RETURNED
    with made.database.reading() as reading:
        lines = the_calendars(made).partnership(reading, ANALYST)
    (street,) = (one for one in lines if one.dataset == STREET and one.span.last == "2026-10")
    assert (street.state, street.submission, street.attempts) == (Arrival.LATE, "", 0)
    assert {one.agency for one in lines} >= {POLICE, HOSPITAL, AMBULANCE}


def test_nobody_but_the_lead_sees_the_partnership(made):
    for reader in (someone(POLICE, "analyst"), someone(COUNCIL, "uploader"), someone(HOSPITAL, "strategic_lead")):
        with made.database.reading() as reading, pytest.raises(NotPermitted):
            the_calendars(made).partnership(reading, reader)


def test_a_dataset_of_an_agreement_that_does_not_name_the_lead_does_not_exist_for_it(made):
    between = a_document(
        agreement="between",
        parties=[
            {"agency": POLICE, "role": "controller"},
            {"agency": "city-police", "role": "recipient"},
            {"agency": "ravensbourne-hosting", "role": "processor"},
        ],
        datasets=[a_clause(dataset="police/ward-counts", recipients=["city-police"], profile="exact")],
    )
    made.hub.agree(between, by="city-police")
    assert of(own(made), "police/ward-counts").state is Arrival.DUE
    with made.database.reading() as reading:
        lines = the_calendars(made).partnership(reading, ANALYST)
    assert "police/ward-counts" not in {one.dataset for one in lines}
    assert "between@1" not in {name for one in lines for name in one.agreements}


def test_a_suspended_agreement_asks_for_nothing_while_it_is(made):
    with made.database.unit_of_work() as uow:
        for one in made.hub.agreements.all(uow):
            if any(term.dataset == ISTV for term in one.terms):
                reader = someone(HOSPITAL, "governance_lead")
                permit = made.policy.permit(uow, reader, Action.AGREEMENT_SUSPEND, one.reference)
                made.hub.agreements.suspend(uow, permit, one.reference, reason="an incident")
    assert own(made, someone(HOSPITAL, "uploader")).lines == ()


def test_a_renewed_agreement_forgives_nothing_and_may_say_another_due_day(tmp_path):
    made = an_intake(tmp_path)
    wards = {"dataset": "police/ward-counts", "profile": "exact"}
    made.clock.at = datetime(2026, 12, 1, 9, tzinfo=UTC)
    made.hub.agree(a_document(datasets=[a_clause(**wards)]))
    first = of(own(made), "police/ward-counts", "2026-11")
    made.clock.at = datetime(2027, 1, 12, 9, tzinfo=UTC)
    made.hub.agree(a_document(version=2, datasets=[a_clause(**wards, due_working_days=5)]))
    renewed = of(own(made), "police/ward-counts", "2026-11")
    assert (first.state, first.due_on) == (Arrival.DUE, date(2026, 12, 15))
    assert (renewed.state, renewed.due_on) == (Arrival.LATE, date(2026, 12, 8))
    assert renewed.agreements == ("duty@2",)
    assert of(own(made), "police/ward-counts", "2026-12").due_on == date(2027, 1, 8)


def test_the_setting_says_the_due_day_where_the_agreement_does_not_and_knows_proclaimed_holidays(made):
    assert of(own(made, due_working_days=1), STREET).due_on == date(2026, 11, 3)
    moved = own(made, due_working_days=1, holidays=frozenset({date(2026, 11, 3)}))
    assert of(moved, STREET).due_on == date(2026, 11, 4)


def test_the_quarters_of_the_law_stand_beside_for_those_it_binds(made):
    assert {one.item for one in own(made).statutory} == {1, 2}
    assert own(made, someone("somebody-else", "uploader")).statutory == ()
