"""Versioned definitions of serious violence: which kinds of which dataset count, and the four factors of s.13(6), group by group.

    Definitions.from_folder(clock=…).in_force(reading)                       the definition that counts now, and who chose it when
    definitions.choose(uow, permit, "ravensbourne@1", minute="…")            recorded, audited, with its history

"Serious violence" is a local, documented decision (Police, Crime, Sentencing and Courts Act 2022 s.13): every indicator names the
definition and the version it used. Terrorism is excluded (s.13(3)(b)). `read_strictly` is how this hub reads any YAML document that
people agree on: nothing is guessed, and every mistake is named with its place and its mending.
"""

from hub.definitions.document import read
from hub.definitions.model import FACTORS, Choice, DeclaredKinds, Definition, Group, InForce, Score
from hub.definitions.rendered import as_json, definitions_page
from hub.definitions.service import Definitions
from hub.definitions.strict import Document, read_strictly

__all__ = [
    "FACTORS",
    "Choice",
    "DeclaredKinds",
    "Definition",
    "Definitions",
    "Document",
    "Group",
    "InForce",
    "Score",
    "as_json",
    "definitions_page",
    "read",
    "read_strictly",
]
