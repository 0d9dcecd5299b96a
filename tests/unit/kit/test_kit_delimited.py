"""Delimited text is inert in a spreadsheet, whatever a cell begins with."""

from __future__ import annotations

import pytest

from hub.kit.delimited import csv_lines, inert


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20", "\0"])
def test_no_cell_begins_a_formula(sign: str) -> None:
    assert inert(f"{sign}1+1") == f"'{sign}1+1"
    assert inert(f"a{sign}1") == f"a{sign}1"


@pytest.mark.parametrize(
    "unseen", [" ", "   ", "\u00a0", "\ufeff", "\u200b", "\u202e", "\u00ad", "\x0b", "\x1f", "\u3000", " \ufeff\u200b "]
)
@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\uff1d"])
def test_what_programs_leave_out_as_they_read_hides_no_formula(unseen: str, sign: str) -> None:
    assert inert(f"{unseen}{sign}1+1") == f"'{unseen}{sign}1+1"
    assert inert(f"{unseen}1{sign}1") == f"{unseen}1{sign}1"


def test_a_guarded_text_is_guarded_once_and_plain_texts_are_as_they_were() -> None:
    assert inert(inert("=1")) == "'=1"
    for text in ("", " ", "a=1", "1-2", "'=1", "Ealing \u2013 north", "St. Mary's", '"=1"', "\u2212 1"):
        assert inert(text) == text


def test_commas_quotes_and_line_ends_stay_within_their_cell() -> None:
    assert csv_lines([['a,"b"\n', None]]) == '"a,""b""\n",\r\n'
