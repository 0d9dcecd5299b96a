"""Delimited text is inert in a spreadsheet, whatever a cell begins with."""

from __future__ import annotations

import pytest

from hub.kit.delimited import csv_lines, inert


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20"])
def test_no_cell_begins_a_formula(sign: str) -> None:
    assert inert(f"{sign}1+1") == f"'{sign}1+1"
    assert inert(f"a{sign}1") == f"a{sign}1"


def test_commas_quotes_and_line_ends_stay_within_their_cell() -> None:
    assert csv_lines([['a,"b"\n', None]]) == '"a,""b""\n",\r\n'
