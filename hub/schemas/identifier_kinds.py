"""What is looked for in texts: what says who a person is, and what says more of a person than was agreed.

Each kind is a pattern that finds candidates (RE2 and Python read it alike; group 1 is the candidate) and a function that
confirms one. Identifiers are told for sure or nearly so: a health file with one is refused and not kept. Risks are words
that point to a person; they are counted and told, and nothing is refused for them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from nhs_number.validate import is_valid

_GAP = "[ \\t.\u00a0\u2007\u202f\u2010-\u2014-]"
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


_NO_NI_WORDS = frozenset(("AM", "AN", "AS", "AT", "BY", "HE", "ME", "MY", "ON", "OR", "PM", "WE"))
_PLACE_WORDS = frozenset(
    re.findall(
        "[a-z]+",
        "academy avenue bar barbers buildings bakery cafe centre chapel church clinic close college common corner court "
        "crescent drive farm fields flats gardens gate green grove hall hill hospital hotel house inn island lane library "
        "lodge mansions mews nursery office park parade pharmacy pizza place primary pub restaurant rise road row school "
        "shop square station store street studio surgery tavern terrace theatre tower walk way wharf yard and the of s",
    )
)

LONG_TEXT = 120
"""A free text of more characters than this tells a story: the longest of 90,146 real place names and incident texts has 100."""


@dataclass(frozen=True, slots=True)
class IdentifierKind:
    """One kind: its pattern and what confirms a candidate. `needs`: each text the pattern matches holds the signs of one of these,
    in order (see `hub.schemas.shapes.has_room`); none: nothing is told.
    """

    name: str
    pattern: str
    confirm: Callable[[str], bool]
    needs: tuple[str, ...] = ()


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
    """Whether two letters, six digits and, unless written in pairs, a letter from A to D can be a National Insurance number.

    The number has no check digit. HMRC's NIM39110: neither prefix letter is D, F, I, Q, U or V, the second is not O, and BG,
    GB, KN, NK, NT, TN and ZZ are not given out. `AT 12 34 56` without its suffix is taken for words.
    """
    plain = _alphanumeric(candidate)
    if len(plain) == 8 and plain[:2] in _NO_NI_WORDS:
        return False
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


def _is_name(candidate: str) -> bool:
    """Whether capitalised words after a title or a label are a person's: no possessive, no word for a place."""
    words = candidate.split(" ")
    titled = words[0].rstrip(".").casefold() in ("mr", "mrs", "ms", "miss")
    rest = [word.strip("'-").casefold() for word in (words[1:] if titled else words)]
    return not _PLACE_WORDS.intersection(rest) and not any(word.endswith("'s") for word in rest)


def _is_titled(candidate: str) -> bool:
    return candidate.rsplit(" ", maxsplit=1)[-1].casefold().removesuffix("'s") not in _PLACE_WORDS


def _is_of_a_person(candidate: str) -> bool:
    return "majesty" not in candidate.casefold()


def _alphanumeric(text: str) -> str:
    return "".join(sign for sign in text if sign.isalnum()).upper()


_WORD = "[A-Z][A-Za-z'-]+"
_LABEL = (
    "(?:[Pp]atient|[Vv]ictim|[Ss]uspect|[Oo]ffender|[Ff]ull|[Ff]irst|[Ll]ast)(?:'s)? [Nn]ame|[Ss]urname|[Ff]orename"
    "|(?:PATIENT|VICTIM|SUSPECT|OFFENDER|FULL|FIRST|LAST) NAME|SURNAME|FORENAME"
)
_BEFORE, _AFTER = "(?:^|[^A-Za-z0-9])", "(?:[^A-Za-z0-9]|$)"

KINDS: tuple[IdentifierKind, ...] = (
    IdentifierKind(
        "nhs-number",
        f"(?:^|[^A-Za-z0-9]|[Nn][Hh][Ss])([0-9](?:{_GAP}?[0-9]){{9,}}){_AFTER}",
        _is_nhs_number,
        needs=("d" * 10,),
    ),
    IdentifierKind(
        "ni-number",
        f"{_BEFORE}([A-Za-z]{{2}}{_GAP}?[0-9]{{2}}{_GAP}?[0-9]{{2}}{_GAP}?[0-9]{{2}}{_GAP}?[A-Da-d]"
        f"|[A-Z]{{2}} [0-9]{{2}} [0-9]{{2}} [0-9]{{2}}){_AFTER}",
        _is_ni_number,
        needs=("lldddddd" + "l", "ll dd dd dd"),
    ),
    # it begins where a run of its signs begins: else a long run without @ is looked through from each of its signs
    IdentifierKind(
        "e-mail",
        r"(?:^|[^A-Za-z0-9._%+-])([A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)",
        lambda _: True,
        needs=("@",),
    ),
    IdentifierKind(
        "phone",
        r"(?:^|[^A-Za-z0-9+])((?:\+44|0044|0)(?:[ ().\x{a0}-]{0,3}[0-9]){9,10})" + _AFTER,
        _is_phone,
        needs=("d" * 10,),
    ),
    IdentifierKind(
        "postcode",
        f"{_BEFORE}([A-Za-z]{{1,2}}[0-9][A-Za-z0-9]?{_GAP}?[0-9][A-Za-z]{{2}}){_AFTER}",
        _is_postcode,
        needs=("lddll",),
    ),
    IdentifierKind(
        "name", f"(?:^|[^A-Za-z])((?:Mr|MR|Mrs|MRS|Ms|Miss)\\.? {_WORD} {_WORD})", _is_name, needs=("ll l l",)
    ),
    IdentifierKind("named", f"(?:{_LABEL}) ?(?:[:=]|is|IS)? ?({_WORD}(?: {_WORD})?)", _is_name, needs=("l" * 8,)),
    IdentifierKind(
        "birth-date",
        "(?:^|[^A-Za-z])((?:DOB|dob|D\\.O\\.B\\.?|[Dd]ate of [Bb]irth|DATE OF BIRTH|[Bb]orn(?: on)?)[ :=-]{0,3}"
        "[0-9]{1,4}[/. -][0-9]{1,2}[/. -][0-9]{1,4})",
        lambda _: True,
        needs=("llld-d-d",),
    ),
)

RISKS: tuple[IdentifierKind, ...] = (
    IdentifierKind("titled", f"(?:^|[^A-Za-z])((?:Mr|MR|Mrs|MRS|Ms|Miss)\\.? {_WORD})", _is_titled),
    IdentifierKind(
        "age",
        "(?i)(?:^|[^a-z0-9])([0-9]{1,3}[ -]?(?:years?|yrs?)[ -]?old|aged? [0-9]{1,3}|[0-9]{1,2} ?y/?o)(?:[^a-z0-9]|$)",
        lambda _: True,
    ),
    IdentifierKind(
        "person",
        "(?i)(?:^|[^a-z'])((?:he|she|him|his|her|himself|herself)(?: [a-z]+)?)(?:[^a-z]|$)",
        _is_of_a_person,
    ),
)
"""Looked for in free text of an agreed column alone."""

LONG = "long"
"""Kind of risk: a free text of more than LONG_TEXT characters, or with a line end in it."""
