"""A checked file and its agency's word, through the API and through the page; one rule behind both."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from hub.intake import ATTESTATION, State
from hub.kit.authority import Action
from tests.support.hubs import API, EACH_MONTH, GOVERNANCE_LEAD, UPLOADER, an_extract
from tests.support.pages import words_of
from tests.support.partnerships import House

PERIOD = "2024-01"


def waiting(house: House) -> str:
    """A file that passed its checks and waits for a word."""
    said = house.api(UPLOADER).send(API, PERIOD, an_extract(PERIOD), attest="false").json()
    assert (said["state"], said["report"]["outcome"], len(said["attestation"])) == ("checked", "accepted", 3)
    return str(said["id"])


def tell(
    house: House, submission: str, verb: str, said: object, person: str = UPLOADER
) -> tuple[int, dict[str, object]]:
    answer = house.api(person).http.post(f"/submissions/{submission}/{verb}", json=said)
    return answer.status_code, answer.json()


def test_without_a_word_nothing_counts_and_with_it_the_rows_are_in(bare: House) -> None:
    submission = waiting(bare)
    assert tell(bare, submission, "accept", {})[1]["code"] == "no-attestation"
    status, said = tell(bare, submission, "accept", {"attest": True})
    assert (status, said["state"], said["accepted_rows"]) == (200, "accepted", EACH_MONTH)
    assert said["accepted_at"]
    assert tell(bare, submission, "accept", {"attest": True})[1]["code"] == "wrong-state"


def test_an_acceptance_is_undone_checked_again_and_withdrawn(bare: House) -> None:
    submission = waiting(bare)
    tell(bare, submission, "accept", {"attest": True})
    assert tell(bare, submission, "undo", {})[1]["state"] == "checked"
    assert tell(bare, submission, "recheck", {})[1]["state"] == "checked"
    assert tell(bare, submission, "withdraw", {"reason": ""})[1]["code"] == "no-reason"
    assert tell(bare, submission, "withdraw", {"reason": "the wrong month"})[1]["state"] == "withdrawn"


@pytest.mark.parametrize(("verb", "said"), [("accept", {"attest": "perhaps"}), ("undo", {"why": "x"}), ("accept", [])])
def test_what_is_said_in_another_form_is_refused(bare: House, verb: str, said: object) -> None:
    assert tell(bare, waiting(bare), verb, said)[0] == 422


def test_to_another_agency_there_is_nothing_to_say_a_word_to(bare: House) -> None:
    submission = waiting(bare)
    for verb in ("accept", "undo", "recheck", "withdraw"):
        assert tell(bare, submission, verb, {}, person=GOVERNANCE_LEAD)[0] in {403, 404}
    assert bare.api(UPLOADER).ok(f"/submissions/{submission}")["state"] == "checked"


def test_the_word_is_for_what_was_shown_and_lets_nothing_else_in(bare: House) -> None:
    submission, visitor = waiting(bare), bare.visitor(UPLOADER)
    shown = bare.api(UPLOADER).ok(f"/submissions/{submission}")["checked_as"]
    page = visitor.get(f"/submissions/{submission}").text
    (on_page,) = re.findall(r'name="checked_as" value="([^"]+)"', page)
    assert shown == on_page
    assert tell(bare, submission, "recheck", {})[1]["state"] == "checked"  # somebody else of the agency
    status, said = tell(bare, submission, "accept", {"attest": True, "checked_as": shown})
    assert (status, said["code"]) == (409, "changed-meanwhile")
    refused = visitor.post(f"/submissions/{submission}/accept", attest=ATTESTATION, checked_as=on_page)
    assert (refused.status_code, "changed meanwhile" in words_of(refused.text)) == (409, True)
    again = bare.api(UPLOADER).ok(f"/submissions/{submission}")
    assert (again["state"], again["accepted_at"], again["checked_as"] == shown) == ("checked", None, False)
    assert tell(bare, submission, "accept", {"attest": True, "checked_as": again["checked_as"]})[0] == 200
    assert bare.api(UPLOADER).ok(f"/submissions/{submission}")["checked_as"] is None


def test_a_page_from_before_an_undoing_does_not_let_the_file_in_again(bare: House) -> None:
    submission = waiting(bare)
    shown = bare.api(UPLOADER).ok(f"/submissions/{submission}")["checked_as"]
    tell(bare, submission, "accept", {"attest": True})
    bare.clock.at += timedelta(seconds=1)
    tell(bare, submission, "undo", {})
    assert tell(bare, submission, "accept", {"attest": True, "checked_as": shown})[1]["code"] == "changed-meanwhile"


def test_a_button_pressed_twice_does_its_work_once_and_shows_the_submission(bare: House) -> None:
    address, visitor = f"/submissions/{waiting(bare)}", bare.visitor(UPLOADER)
    buttons = (
        ("accept", {"attest": ATTESTATION}),
        ("undo", {}),
        ("withdraw", {"reason": "twice", "sure": "yes"}),
    )
    for verb, fields in buttons:
        first, second = (visitor.post(f"{address}/{verb}", **fields) for _ in range(2))
        assert first.headers["location"].startswith(f"{address}?done="), verb
        assert (second.status_code, second.headers["location"]) == (303, address), verb
    assert visitor.post(f"{address}/undo").status_code == 409  # it is withdrawn: that is not what was asked for


def test_p3_a_word_given_with_a_file_is_no_word_once_its_person_may_not_send_any_more(bare: House) -> None:
    permit = bare.permit(UPLOADER, Action.SUBMISSION_CREATE, API)
    (operator,) = (one for one in bare.partnership.people if "operator" in one.roles)
    for content in (an_extract(PERIOD), an_extract(PERIOD) + an_extract(PERIOD).splitlines(keepends=True)[-1]):
        receiving = bare.hub.intake.receive(
            permit,
            agency=permit.reader.agency,
            dataset=API,
            period=PERIOD,
            file_name="jan.csv",
            attestation=ATTESTATION,
        )
        receiving.write(content)
        with bare.hub.database.unit_of_work() as uow:
            received = receiving.complete(uow)
        if content != an_extract(PERIOD):
            with bare.hub.database.unit_of_work() as uow:
                bare.hub.identity.disable_person(uow, bare.reader(operator.id), person=permit.reader.person)
        checked = bare.hub.intake.check_apart(received.id)
        assert checked.state == (State.ACCEPTED if content == an_extract(PERIOD) else State.CHECKED)


def test_on_the_page_the_word_is_asked_for_given_and_taken_back(bare: House) -> None:
    address, visitor = f"/submissions/{waiting(bare)}", bare.visitor(UPLOADER)
    page = visitor.get(address).text
    assert "Waits for your word" in words_of(page)
    assert "It holds no patient information." in words_of(page)
    missing = visitor.post(f"{address}/accept")
    assert (missing.status_code, "Tick that you attest" in missing.text) == (422, True)
    assert visitor.post(f"{address}/accept", attest=ATTESTATION).headers["location"] == f"{address}?done=accepted"
    page = visitor.get(f"{address}?done=accepted").text
    assert "The submission has been accepted." in words_of(page)
    assert visitor.post(f"{address}/undo").headers["location"] == f"{address}?done=undone"
    assert "Waits for your word" in words_of(visitor.get(address).text)
    assert visitor.post(f"{address}/recheck").status_code == 303


def test_the_first_page_says_that_a_file_waits(bare: House) -> None:
    submission = waiting(bare)
    page = bare.visitor(UPLOADER).get("/").text
    assert re.search(rf'href="/submissions/{submission}"[^>]*>Give your word', page)
