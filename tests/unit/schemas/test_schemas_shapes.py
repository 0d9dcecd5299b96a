"""What an agreed form says of its values: what they have no room for, and how the engine asks for it the quicker way."""

from __future__ import annotations

import re
from collections.abc import Iterator

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.schemas.identifier_kinds import KINDS, IdentifierKind
from hub.schemas.identifiers import cannot_hold
from hub.schemas.shapes import as_glob, has_room, signs_of

_ROOMLESS = ("INC-[0-9]{9}", "LOC[0-9]{6}", "T[A-Z]{2}[0-9]{3}", "[EW]01[0-9]{6}", "[0-9]{3}/[0-9]{2}", "[A-Z0-9]{4,6}")
_ROOMY = (
    *("[0-9]{10}", "[A-Z]{1,4}-?[0-9]{4,14}", "[A-Z]{2}[0-9]{6}[A-D]", "[0-9A-Z]{6,14}"),
    *("[a-z]{4,9}", "[A-Z]{3} [0-9]{2}/[0-9]{2}/[0-9]{4}", "[A-Z]{2} [A-Z] [A-Z]"),
)
_UNKNOWN = ("", "[0-9]+", "(a|b)", "a.c", "[^0-9]", "E23[0-9]{6}|W15[0-9]{6}", "[0-9]{65}", r"\d{4}", "é", "[A-z-]+")
_DATES = r"[0-9]{4}\-[0-9]{2}\-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}"


@pytest.fixture(scope="module")
def engine() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        yield connection


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_whatever_a_kind_finds_holds_the_signs_it_needs(kind: IdentifierKind) -> None:
    assert kind.needs

    @settings(max_examples=20, deadline=None, database=None)
    @given(st.from_regex(kind.pattern.replace(r"\x{a0}", "\u00a0"), alphabet=st.characters(max_codepoint=0x2100)))
    def found(text: str) -> None:
        assert any(has_room([frozenset(sign) for sign in text], need) for need in kind.needs)

    found()


@pytest.mark.parametrize("pattern", _ROOMLESS)
def test_a_form_without_room_holds_no_identifier(pattern: str) -> None:
    assert cannot_hold(pattern)
    looked_for = [re.compile(kind.pattern.replace(r"\x{a0}", "\u00a0")) for kind in KINDS if kind.name != "postcode"]

    @settings(max_examples=20, deadline=None, database=None)
    @given(st.from_regex(pattern, fullmatch=True))
    def clean(text: str) -> None:
        assert not any(kind.search(text) for kind in looked_for)

    clean()


@pytest.mark.parametrize("pattern", [*_ROOMY, *_UNKNOWN])
def test_a_form_with_room_or_one_that_is_not_understood_is_looked_through(pattern: str) -> None:
    assert not cannot_hold(pattern)


@pytest.mark.parametrize("pattern", [*(one for one in _UNKNOWN if one), "[0-9a-f]{12}", "[0-9]{3,4}", "[0-9]?"])
def test_what_glob_cannot_say_stays_a_pattern(pattern: str) -> None:
    assert as_glob(pattern) is None


@pytest.mark.parametrize("pattern", ["INC-[0-9]{9}", "T[A-Z]{2}[0-9]{3}", "a_b [a-z]:/", _DATES])
def test_glob_says_what_the_pattern_says(engine: duckdb.DuckDBPyConnection, pattern: str) -> None:
    glob = as_glob(pattern)
    assert glob is not None

    right = st.from_regex(pattern, fullmatch=True)
    changed = st.tuples(
        right, st.integers(0, 20), st.sampled_from(["", "0", "a", "Z", "-", "\n", "é", "*", "?", "[", "\0"])
    )
    wrong = changed.map(lambda drawn: drawn[0][: drawn[1]] + drawn[2] + drawn[0][drawn[1] + 1 :])

    @settings(max_examples=12, deadline=None, database=None)
    @given(st.lists(right | wrong | st.text(max_size=12), min_size=20, max_size=40))
    def alike(texts: list[str]) -> None:
        told = engine.execute(
            "SELECT text, text GLOB $glob, regexp_full_match(text, $pattern) FROM (SELECT unnest($texts) AS text)",
            {"glob": glob, "pattern": pattern, "texts": texts},
        ).fetchall()
        assert [(text, by_glob) for text, by_glob, _ in told] == [(text, by_pattern) for text, _, by_pattern in told]

    alike()


def test_a_form_is_the_signs_of_each_place() -> None:
    assert signs_of("A[0-1]{2}b?") == (frozenset("A"), frozenset("01"), frozenset("01"), frozenset("b"))
