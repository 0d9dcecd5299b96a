"""The list of submissions and the receipt: nothing is said to be accepted before it is, and links are told apart."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from hub.intake import State
from hub.web.pages.submissions import Allowed, submission_page, submissions_page
from tests.support.web import a_frame, a_renderer
from tests.support.web_calendar import a_report, a_submission

WAITS = a_submission(state=State.CHECKED, rows=10, accepted_rows=8)
TITLES = {WAITS.dataset: "Street-level crime"}


@pytest.mark.parametrize(("state", "said"), [(State.CHECKED, "not yet"), (State.ACCEPTED, "8")])
def test_rows_that_wait_for_a_word_are_not_said_to_be_accepted(state: State, said: str) -> None:
    one = replace(WAITS, state=state)
    (row,) = submissions_page([one], TITLES, can_submit=True).table.rows
    assert row[4].text == said
    shown = submission_page(
        one, a_report(), titles=TITLES, agreements={}, sender="Sam", allowed=Allowed(send_again=True, withdraw=True)
    )
    keys = [fact.key for fact in shown.receipt]
    assert ("Rows accepted" in keys) == (state is State.ACCEPTED)
    assert ("Rows that can be accepted" in keys) == (state is State.CHECKED)


def test_links_of_one_dataset_are_read_out_with_their_month() -> None:
    page = submissions_page([WAITS, replace(WAITS, id="sub_2", period="2026-05")], TITLES, can_submit=True)
    html = a_renderer().html("submissions.html", a_frame("Submissions"), page=page)
    links = re.findall(r'href="/submissions/[\w-]+">(.+?)</a>', html)
    assert len(links) == len(set(links)) == 2
    assert links[1].endswith(", May 2026</span>")
