"""Look for what says who a person is, where none belongs: NHS and National Insurance numbers, e-mail, phone, full
postcodes.

Candidates are found by the engine, column by column; the few distinct ones are confirmed here (the NHS check digit by
the nhs-number library). A name is told from other words only where a title or a label says that it is one (`Mrs Ann
Other`, `patient name: Ann`), a date of birth where it is called so: agreements and training must keep the others out.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from hub.engine import EngineSession, literal, quoted
from hub.schemas.encodings import UTF8, Reader
from hub.schemas.identifier_kinds import KINDS, LONG, LONG_TEXT, RISKS, IdentifierKind
from hub.schemas.model import ROW_NUMBER
from hub.schemas.shapes import has_room, signs_of

CONFIRMED_AT_MOST = 20_000
"""So many distinct candidates are confirmed one by one; a file with more of them holds a column of identifiers, and
each counts.
"""

_OVERLAP = 64
_BYTES = {0xDC00 + byte: byte for byte in range(128, 256)}  # as `surrogateescape` writes them
_RISKY = (*(kind.name for kind in RISKS), LONG)
_DIGITS_OF_A_CODE = 8
_A_DATE = re.compile(r"[0-9]{1,4}[./-][0-9]{1,2}[./-][0-9]{2,4}|[0-9]{6}")


@dataclass(frozen=True, slots=True)
class Suspect:
    """A column to look through: its name in the relation, the rows to look at (SQL, empty: all), whether postcodes
    may look alike, whether people write in it what they like, how many characters it may have, and the relation that
    holds the rows to look at, where it is another (empty: the one that is looked through).
    """

    column: str
    where: str = ""
    coded: bool = False
    free: bool = False
    most: int | None = None
    relation: str = ""


@dataclass(frozen=True, slots=True)
class Sighting:
    """Confirmed identifiers of one column, or (`risk`) what its free text says of people: the kinds, the exact number of
    rows, the first rows.
    """

    column: str
    kinds: tuple[str, ...]
    rows: int
    first: tuple[int, ...]
    risk: bool = False


def sightings(session: EngineSession, relation: str, suspects: Sequence[Suspect]) -> tuple[Sighting, ...]:
    """Look through columns of a relation. Leaves the table `hub_identified` (`hub_row`, `hub_column`): the cells that
    hold an identifier, and `hub_risky`: those of free text that says more than was agreed.
    """
    session.run("CREATE TEMP TABLE hub_candidates (hub_row BIGINT, hub_column VARCHAR, kind VARCHAR, said VARCHAR)")
    for suspect in _worth_a_look(session, relation, suspects):
        for kind in _kinds_for(suspect):
            session.run(_candidates_sql(relation, suspect, kind))
        if suspect.free:
            session.run(_long_sql(relation, suspect))
    _confirm(session)
    risk = f"kind IN ({', '.join(literal(kind) for kind in _RISKY)})"
    found = session.rows(
        f"SELECT hub_column, {risk} AS risk, list_sort(list_distinct(list(kind))), count(DISTINCT hub_row),"
        " list_slice(list_sort(list_distinct(list(hub_row))), 1, 20) FROM hub_confirmed GROUP BY hub_column, risk"
    )
    cells = "SELECT DISTINCT hub_row, hub_column FROM hub_confirmed WHERE"
    session.run(f"CREATE TEMP TABLE hub_identified AS {cells} NOT {risk}")
    session.run(f"CREATE TEMP TABLE hub_risky AS {cells} {risk}")
    session.run("DROP TABLE hub_candidates")
    session.run("DROP TABLE hub_confirmed")
    seen = {
        (column, risky): Sighting(column, tuple(kinds), rows, tuple(first), risky)
        for column, risky, kinds, rows, first in found
    }
    looked = dict.fromkeys((suspect.column, risky) for risky in (False, True) for suspect in suspects)
    return tuple(seen[key] for key in looked if key in seen)


def _kinds_for(suspect: Suspect) -> list[IdentifierKind]:
    risks = RISKS if suspect.free else ()
    return [kind for kind in (*KINDS, *risks) if not (suspect.coded and kind.name == "postcode")]


def cannot_hold(pattern: str) -> bool:
    """Whether a value of this agreed form has no room for an identifier; a postcode is none where a form is agreed."""
    signs = signs_of(pattern) if pattern else None
    if signs is None:
        return False
    looked_for = [kind for kind in KINDS if kind.name != "postcode"]
    return all(kind.needs and not any(has_room(signs, need) for need in kind.needs) for kind in looked_for)


def _is_long(suspect: Suspect) -> str:
    column = quoted(suspect.column)
    # what is longer than the column may be is `too-long` already
    most = f" AND length({column}) <= {suspect.most}" if suspect.most is not None else ""
    return f"((length({column}) > {LONG_TEXT}{most}) OR contains({column}, chr(10)))"


def _long_sql(relation: str, suspect: Suspect) -> str:
    return (
        f"INSERT INTO hub_candidates SELECT {ROW_NUMBER}, {literal(suspect.column)}, {literal(LONG)}, ''"
        f" FROM {suspect.relation or relation} WHERE {_is_long(suspect)}"
    )


def _worth_a_look(session: EngineSession, relation: str, suspects: Sequence[Suspect]) -> list[Suspect]:
    """The columns in which any pattern matches at all: one pass, for most files the only one."""
    return [
        suspect
        for source in dict.fromkeys(suspect.relation for suspect in suspects)
        for suspect in _seen_in(session, source or relation, [one for one in suspects if one.relation == source])
    ]


def _seen_in(session: EngineSession, relation: str, suspects: Sequence[Suspect]) -> list[Suspect]:
    looks = ", ".join(
        f"bool_or({_any_kind(suspect)})" + (f" FILTER (WHERE {suspect.where})" if suspect.where else "")
        for suspect in suspects
    )
    ((*seen,),) = session.rows(f"SELECT {looks} FROM {relation}")
    return [suspect for suspect, hit in zip(suspects, seen, strict=True) if hit]


def _any_kind(suspect: Suspect) -> str:
    column, kinds = quoted(suspect.column), (*KINDS, *(RISKS if suspect.free else ()))
    any_kind = literal("|".join(f"(?:{kind.pattern})" for kind in kinds))
    matches = f"regexp_matches({column}, {any_kind})"
    return f"({matches} OR {_is_long(suspect)})" if suspect.free else matches


def _candidates_sql(relation: str, suspect: Suspect, kind: IdentifierKind) -> str:
    column, pattern = quoted(suspect.column), literal(kind.pattern)
    only = f" AND ({suspect.where})" if suspect.where else ""
    return (
        f"INSERT INTO hub_candidates SELECT {ROW_NUMBER}, {literal(suspect.column)}, {literal(kind.name)},"
        f" unnest(regexp_extract_all({column}, {pattern}, 1)) FROM {suspect.relation or relation}"
        f" WHERE regexp_matches({column}, {pattern}){only}"
    )


def _confirm(session: EngineSession) -> None:
    """Keep in `hub_confirmed` the candidates that are what they look like."""
    distinct = session.rows(f"SELECT DISTINCT kind, said FROM hub_candidates LIMIT {CONFIRMED_AT_MOST + 1}")
    if len(distinct) > CONFIRMED_AT_MOST:
        session.run("CREATE TEMP TABLE hub_confirmed AS SELECT hub_row, hub_column, kind FROM hub_candidates")
        return
    confirm = {kind.name: kind.confirm for kind in (*KINDS, *RISKS)}
    sure = [(kind, said) for kind, said in distinct if kind == LONG or confirm[kind](said)]
    session.load("hub_sure", {"kind": [kind for kind, _ in sure], "said": [said for _, said in sure]})
    session.run(
        "CREATE TEMP TABLE hub_confirmed AS SELECT hub_row, hub_column, kind FROM hub_candidates"
        " SEMI JOIN hub_sure USING (kind, said)"
    )
    session.run("DROP TABLE hub_sure")


_IN_PYTHON: Mapping[str, re.Pattern[str]] = {
    kind.name: re.compile(kind.pattern.replace(r"\x{a0}", "\u00a0")) for kind in KINDS
}


def identifiers_in_bytes(read_bytes: Reader) -> Counter[str]:
    """How often each kind stands in a file that could not be read as columns (wrong layout, wrong encoding, ragged
    rows).
    """
    seen: Counter[str] = Counter()
    for text in _windows(read_bytes):
        for kind in KINDS:
            for match in _IN_PYTHON[kind.name].finditer(text):
                if kind.confirm(match.group(1)):
                    seen[kind.name] += 1
    return seen


def is_suspicious(text: str) -> bool:
    """Whether a column name could be a value: any candidate, confirmed or not, or many digits."""
    return sum(sign.isdigit() for sign in text) > 4 or any(pattern.search(text) for pattern in _IN_PYTHON.values())


def holds_identifier(text: str) -> bool:
    """Whether a text of a code could say who a person is: any candidate, confirmed or not, a date, or digits as long as one."""
    digits = sum(sign.isdigit() for sign in text)
    found = any(pattern.search(text) for pattern in _IN_PYTHON.values())
    return found or digits > _DIGITS_OF_A_CODE or _A_DATE.search(text) is not None


def _windows(read_bytes: Reader) -> Iterator[str]:
    """The file as text in pieces that break at line ends: UTF-16 where its first bytes say so, else UTF-8, and a sign a byte
    where it is not that.
    """
    decoder: codecs.IncrementalDecoder | None = None
    held = ""
    for chunk in read_bytes():
        if decoder is None:
            encoding = _guessed(chunk)
            decoder = codecs.getincrementaldecoder(encoding)("surrogateescape" if encoding == UTF8 else "replace")
        piece = decoder.decode(chunk)
        text = held + (piece if piece.isascii() else piece.translate(_BYTES))
        cut = text.rfind("\n") + 1 or max(len(text) - _OVERLAP, 0)
        held = text[cut:]
        yield text[:cut]
    yield held


def _guessed(head: bytes) -> str:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if head[1:200:2] and not any(head[1:200:2]):
        return "utf-16-le"
    if head[:200:2] and not any(head[:200:2]):
        return "utf-16-be"
    return UTF8
