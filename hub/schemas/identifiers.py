"""Look for what says who a person is, where none belongs: NHS and National Insurance numbers, e-mail, phone, full
postcodes.

Candidates are found by the engine, column by column; the few distinct ones are confirmed here (the NHS check digit by
the nhs-number library). Names and dates of birth in free text cannot be told from other words: agreements and
training must keep them out.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from nhs_number.validate import is_valid

from hub.engine import EngineSession, literal, quoted
from hub.schemas.encodings import Reader
from hub.schemas.model import ROW_NUMBER

CONFIRMED_AT_MOST = 20_000
"""So many distinct candidates are confirmed one by one; a file with more of them holds a column of identifiers, and
each counts.
"""

_GAP = "[ \\t.\u00a0\u2007\u202f\u2010-\u2014-]"
_OVERLAP = 64
_ORDINALS = ("st", "nd", "rd", "th")
_NO_NI_PREFIX = frozenset(("BG", "GB", "KN", "NK", "NT", "TN", "ZZ"))
_POSTCODE_AREAS = frozenset(
    re.findall(
        "[A-Z]+",
        "AB AL B BA BB BD BH BL BN BR BS BT CA CB CF CH CM CO CR CT CV CW DA DD DE DG DH DL DN DT DY E EC EH EN EX "
        "FK FY G GL GU HA HD HG HP HR HS HU HX IG IP IV KA KT KW KY L LA LD LE LL LN LS LU M ME MK ML N NE NG NN "
        "NP NR NW OL OX PA PE PH PL PO PR RG RH RM S SA SE SG SK SL SM SN SO SP SR SS ST SW SY TA TD TF TN TQ TR "
        "TS TW UB W WA WC WD WF WN WR WS WV YO ZE GY IM JE ",
    )
)


@dataclass(frozen=True, slots=True)
class IdentifierKind:
    """One kind: its pattern (RE2 and Python read it alike; group 1 is the candidate) and what confirms a
    candidate.
    """

    name: str
    pattern: str
    confirm: Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Suspect:
    """A column to look through: its name in the relation, the rows to look at (SQL, empty: all), whether postcodes
    may look alike.
    """

    column: str
    where: str = ""
    coded: bool = False


@dataclass(frozen=True, slots=True)
class Sighting:
    """Confirmed identifiers of one column: the kinds, the exact number of rows, the first rows."""

    column: str
    kinds: tuple[str, ...]
    rows: int
    first: tuple[int, ...]


def _is_nhs_number(candidate: str) -> bool:
    """Whether ten digits, in one run or as 3-3-4, have a valid check digit."""
    groups = re.findall("[0-9]+", candidate)
    tens = [group for group in groups if len(group) == 10]
    tens += [
        "".join(groups[place : place + 3])
        for place in range(len(groups) - 2)
        if [len(group) for group in groups[place : place + 3]] == [3, 3, 4]
    ]
    return any(is_valid(ten) for ten in tens)


def _is_ni_number(candidate: str) -> bool:
    plain = _alphanumeric(candidate)
    return plain[0] not in "DFIQUV" and plain[1] not in "DFIOQUV" and plain[:2] not in _NO_NI_PREFIX


def _is_phone(candidate: str) -> bool:
    digits = re.sub("[^0-9]", "", candidate.replace("+", "00"))
    if digits.startswith("0044"):
        digits = "0" + digits[4:].removeprefix("0")
    return len(digits) in (10, 11) and digits[0] == "0" and digits[1] in "12378"


def _is_postcode(candidate: str) -> bool:
    plain = _alphanumeric(candidate)
    outward, inward = plain[:-3], plain[-3:]
    area = re.match("[A-Z]+", outward)
    ordinal = candidate[-2:] in _ORDINALS and candidate[0].isupper()  # "SE1 3rd floor" is a floor
    return area is not None and area.group() in _POSTCODE_AREAS and not set(inward[1:]) & set("CIKMOV") and not ordinal


def _alphanumeric(text: str) -> str:
    return "".join(sign for sign in text if sign.isalnum()).upper()


_BEFORE, _AFTER = "(?:^|[^A-Za-z0-9])", "(?:[^A-Za-z0-9]|$)"

KINDS: tuple[IdentifierKind, ...] = (
    IdentifierKind(
        "nhs-number", f"(?:^|[^A-Za-z0-9]|[Nn][Hh][Ss])([0-9](?:{_GAP}?[0-9]){{9,}}){_AFTER}", _is_nhs_number
    ),
    IdentifierKind(
        "ni-number",
        f"{_BEFORE}([A-Za-z]{{2}}{_GAP}?[0-9]{{2}}{_GAP}?[0-9]{{2}}{_GAP}?[0-9]{{2}}{_GAP}?[A-Da-d]){_AFTER}",
        _is_ni_number,
    ),
    IdentifierKind("e-mail", r"([A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)", lambda _: True),
    IdentifierKind(
        "phone", r"(?:^|[^A-Za-z0-9+])((?:\+44|0044|0)(?:[ ().\x{a0}-]{0,3}[0-9]){9,10})" + _AFTER, _is_phone
    ),
    IdentifierKind(
        "postcode", f"{_BEFORE}([A-Za-z]{{1,2}}[0-9][A-Za-z0-9]?{_GAP}?[0-9][A-Za-z]{{2}}){_AFTER}", _is_postcode
    ),
)


def sightings(session: EngineSession, relation: str, suspects: Sequence[Suspect]) -> tuple[Sighting, ...]:
    """Look through columns of a relation. Leaves the table `hub_identified` (`hub_row`, `hub_column`): the cells that
    hold an identifier.
    """
    session.run("CREATE TEMP TABLE hub_candidates (hub_row BIGINT, hub_column VARCHAR, kind VARCHAR, said VARCHAR)")
    for suspect in _worth_a_look(session, relation, suspects):
        kinds = [kind for kind in KINDS if not (suspect.coded and kind.name == "postcode")]
        for kind in kinds:
            session.run(_candidates_sql(relation, suspect, kind))
    _confirm(session)
    found = session.rows(
        "SELECT hub_column, list_sort(list_distinct(list(kind))), count(DISTINCT hub_row),"
        " list_slice(list_sort(list_distinct(list(hub_row))), 1, 20) FROM hub_confirmed GROUP BY hub_column"
    )
    session.run("CREATE TEMP TABLE hub_identified AS SELECT DISTINCT hub_row, hub_column FROM hub_confirmed")
    session.run("DROP TABLE hub_candidates")
    session.run("DROP TABLE hub_confirmed")
    by_column = {column: Sighting(column, tuple(kinds), rows, tuple(first)) for column, kinds, rows, first in found}
    looked = dict.fromkeys(suspect.column for suspect in suspects)
    return tuple(by_column[column] for column in looked if column in by_column)


def _worth_a_look(session: EngineSession, relation: str, suspects: Sequence[Suspect]) -> list[Suspect]:
    """The columns in which any pattern matches at all: one pass, for most files the only one."""
    if not suspects:
        return []
    any_kind = literal("|".join(kind.pattern for kind in KINDS))
    looks = ", ".join(
        f"bool_or(regexp_matches({quoted(suspect.column)}, {any_kind}))"
        + (f" FILTER (WHERE {suspect.where})" if suspect.where else "")
        for suspect in suspects
    )
    ((*seen,),) = session.rows(f"SELECT {looks} FROM {relation}")
    return [suspect for suspect, hit in zip(suspects, seen, strict=True) if hit]


def _candidates_sql(relation: str, suspect: Suspect, kind: IdentifierKind) -> str:
    column, pattern = quoted(suspect.column), literal(kind.pattern)
    only = f" AND ({suspect.where})" if suspect.where else ""
    return (
        f"INSERT INTO hub_candidates SELECT {ROW_NUMBER}, {literal(suspect.column)}, {literal(kind.name)},"
        f" unnest(regexp_extract_all({column}, {pattern}, 1)) FROM {relation}"
        f" WHERE regexp_matches({column}, {pattern}){only}"
    )


def _confirm(session: EngineSession) -> None:
    """Keep in `hub_confirmed` the candidates that are what they look like."""
    distinct = session.rows(f"SELECT DISTINCT kind, said FROM hub_candidates LIMIT {CONFIRMED_AT_MOST + 1}")
    if len(distinct) > CONFIRMED_AT_MOST:
        session.run("CREATE TEMP TABLE hub_confirmed AS SELECT hub_row, hub_column, kind FROM hub_candidates")
        return
    confirm = {kind.name: kind.confirm for kind in KINDS}
    sure = [(kind, said) for kind, said in distinct if confirm[kind](said)]
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


def _windows(read_bytes: Reader) -> Iterator[str]:
    """The file as text in pieces that break at line ends, UTF-16 where its first bytes say so, else a sign a byte."""
    decoder: codecs.IncrementalDecoder | None = None
    held = ""
    for chunk in read_bytes():
        if decoder is None:
            decoder = codecs.getincrementaldecoder(_guessed(chunk))("replace")
        text = held + decoder.decode(chunk)
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
    return "latin-1"
