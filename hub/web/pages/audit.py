"""The audit log: its signed checkpoint, the question what it is read for, and its entries."""

from __future__ import annotations

from dataclasses import dataclass

from hub.web.elements import Choice, Fact, Table


@dataclass(frozen=True, slots=True)
class AuditPage:
    """First the question (DPA 2018 s.62(4)), then the entries; `older` is the index to go on before."""

    checkpoint: tuple[Fact, ...]
    note: str
    purposes: tuple[Choice, ...] = ()
    purpose: str = ""
    why: str = ""
    purpose_error: str = ""
    why_error: str = ""
    table: Table | None = None
    older: str = ""
