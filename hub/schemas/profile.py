"""An import profile: what a person has confirmed about how their agency's files are read. Nothing of it is ever guessed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportProfile:
    """How a file is to be read where it does not say so itself; an empty one asks for nothing.

    `encoding`: the codec its bytes are written in. `delimiter`: the sign between two values. `sheet`: the sheet of a
    workbook that is meant. `columns`: names in the file -> fields of the schema; an empty field leaves the column out.
    Several names may be those of one field: an agency's systems call it differently, and a file has one of them.
    `codes`: per field, texts in the file -> codes of its list. `remembered`: the id of the confirmation it was taken from, where
    nobody said it of this very file; what does not fit the file is then not forced. Names and texts come from the agency's own
    file: they are shown to that agency alone.
    """

    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    remembered: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether it asks for nothing."""
        return self == NO_PROFILE

    def as_json(self) -> dict[str, Any]:
        """The profile as a document; what it does not ask for is left out."""
        said = {
            "encoding": self.encoding,
            "delimiter": self.delimiter,
            "sheet": self.sheet,
            "columns": dict(self.columns),
            "codes": {name: dict(texts) for name, texts in self.codes.items()},
            "remembered": self.remembered,
        }
        return {name: value for name, value in said.items() if value}

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> ImportProfile:
        """The profile that `as_json` wrote; TypeError when it has other keys."""
        return cls(**document)


NO_PROFILE = ImportProfile()


def joined(before: ImportProfile, said: ImportProfile) -> ImportProfile:
    """What was said before and what is said now, together. Of one name or one text, what is said now holds; so does the encoding,
    the delimiter and the sheet, where one is said.
    """
    codes = {
        name: {**before.codes.get(name, {}), **said.codes.get(name, {})} for name in {**before.codes, **said.codes}
    }
    return replace(
        said,
        encoding=said.encoding or before.encoding,
        delimiter=said.delimiter or before.delimiter,
        sheet=said.sheet or before.sheet,
        columns={**before.columns, **said.columns},
        codes=codes,
    )
