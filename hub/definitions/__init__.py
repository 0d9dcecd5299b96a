"""Versioned local definitions of serious violence: which kinds of which dataset count, and the four factors of s.13(6).

"Serious violence" is a local, documented decision (Police, Crime, Sentencing and Courts Act 2022 s.13): every indicator names the
definition and the version it used. Terrorism is excluded (s.13(3)(b)). `read_strictly` is how this hub reads any YAML document that
people agree on: nothing is guessed, and every mistake is named with its place and its mending.
"""

from hub.definitions.model import FACTORS, DeclaredKinds, Definition, Factor
from hub.definitions.service import Definitions
from hub.definitions.strict import Document, read_strictly

__all__ = ["FACTORS", "DeclaredKinds", "Definition", "Definitions", "Document", "Factor", "read_strictly"]
