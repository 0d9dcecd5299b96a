"""Which sign divides the columns: found from the first row against the agreed columns, or said by a person; never guessed.

The comma is what is expected. Another sign is taken when it, and it alone, divides the first row into all the agreed columns;
so that the report can say what is amiss, also when it gives most of them and the comma does not. Every other sign than the
comma is told in the report.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from hub.kit.words import say
from hub.schemas.encodings import UTF8, utf16_of
from hub.schemas.findings import Finding, finding
from hub.schemas.model import DatasetSchema, plain_name
from hub.schemas.profile import ImportProfile

COMMA = ","
_SAID = "sep="
_LONGEST_HEAD = 256 * 1024
_NAMED = {";": "semicolon", "\t": "tab", "|": "pipe", ",": "comma"}


@dataclass(frozen=True, slots=True)
class Division:
    """How rows are divided: the sign, and how many of the first rows are not data (the header, and a line `sep=` before it).

    `why` is `agreed` (all agreed columns are there), `chosen` (by the person), `likely` (most are there) or `none`.
    """

    delimiter: str = COMMA
    header_rows: int = 1
    why: str = "none"

    def findings(self) -> Iterator[Finding]:
        """What is to be told of it."""
        if self.delimiter != COMMA:
            yield finding("other-delimiter", rows=[1], delimiter=said_delimiter(self.delimiter), message=self._message)

    @property
    def _message(self) -> str:
        return {"chosen": "message-chosen", "likely": "message-likely"}.get(self.why, "message")


COMMAS = Division()


def is_delimiter(sign: str) -> bool:
    """Whether values can be divided by it: one plain sign of one byte, no letter, digit, blank, quotation mark or line end."""
    return len(sign) == 1 and sign.isascii() and not sign.isalnum() and sign not in ' "\r\n\0'


def said_delimiter(sign: str) -> str:
    """The sign in words; several, which no file can be divided by but somebody may have asked for, as they stand."""
    if sign in _NAMED:
        return say(f"schemas.delimiter.{_NAMED[sign]}")
    named = sign if sign.isprintable() else " ".join(f"U+{ord(one):04X}" for one in sign)
    return say("schemas.delimiter.other", sign=named)


def delimiter_found(head: bytes | str, schema: DatasetSchema) -> str:
    """The sign that divides the first row of a file into the columns of the schema; a comma where no other does better."""
    if isinstance(head, bytes):
        head = head[: len(head) // 2 * 2].decode(utf16_of(head[:200]) or UTF8, errors="ignore")
    return divided(head.removeprefix("\ufeff"), schema, ImportProfile()).delimiter


def divided(head: str, schema: DatasetSchema, profile: ImportProfile) -> Division:
    """How the rows of a file are divided that begins with this text."""
    lines = _lines(head[:_LONGEST_HEAD].lstrip("\r\n"))
    first = lines[0].rstrip("\r\n").casefold() if lines else ""
    if first.startswith(_SAID) and len(first) == len(_SAID) + 1 and is_delimiter(first[-1]):
        found = _divided("".join(lines[1:]).lstrip("\r\n"), schema, profile)
        return Division(found.delimiter, 2, found.why)
    return _divided("".join(lines), schema, profile)


def _divided(head: str, schema: DatasetSchema, profile: ImportProfile) -> Division:
    needed = _needed(schema)
    most = len(set(needed.values()))
    scores = {sign: _score(head, sign, needed, profile.columns) for sign in _signs(head, profile.delimiter)}
    whole = [sign for sign, score in scores.items() if score == most]
    for sign in (profile.delimiter, COMMA):
        if sign in whole:
            return Division(sign, why="agreed" if sign != profile.delimiter else "chosen")
    if len(whole) == 1:
        return Division(whole[0], why="agreed")
    if profile.delimiter:
        return Division(profile.delimiter, why="chosen")
    # names in other capitals or with other signs show the division too: the report then says which they are
    needed = {plain_name(name): field for name, field in needed.items()}
    scores = {sign: _score(head, sign, needed, profile.columns, plain=True) for sign in scores}
    best = max(scores, key=lambda sign: (scores[sign], sign == COMMA))
    if scores[best] > max(most / 2, scores[COMMA]):
        return Division(best, why="likely")
    return Division()


def _needed(schema: DatasetSchema) -> Mapping[str, str]:
    """The needed columns by each name that they may have."""
    return {
        name: field.name
        for field in schema.columns
        if not field.optional_column
        for name in (field.name, *field.aliases)
    }


def _signs(head: str, chosen: str) -> list[str]:
    """The signs that may divide the first row: the comma, the chosen one, and those that occur in it."""
    first = next(iter(_lines(head)), "")
    return list(dict.fromkeys((*filter(None, (COMMA, chosen)), *filter(is_delimiter, dict.fromkeys(first)))))


def _lines(text: str) -> list[str]:
    """The lines as a reader of CSV sees them: signs such as U+001C end none."""
    return list(io.StringIO(text, newline=""))


def _score(head: str, sign: str, needed: Mapping[str, str], columns: Mapping[str, str], *, plain: bool = False) -> int:
    """How many of the needed columns the first record has when this sign divides it."""
    try:
        record = next((record for record in csv.reader(_lines(head), delimiter=sign) if record), [])
    except csv.Error:
        return 0
    named = {columns.get(name, name) for name in record}
    named = {plain_name(name) for name in named} if plain else named
    return len({field for name, field in needed.items() if name in named})
