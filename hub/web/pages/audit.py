"""The audit log: its signed checkpoint, the question what it is read for, and its entries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hub.audit import READING_PURPOSES, Checkpoint, StoredEntry
from hub.kit.words import say
from hub.web.dates import spoken_stamp
from hub.web.elements import Cell, Choice, Column, Fact, Table

_COLUMNS = ("index", "at", "verb", "action", "outcome", "who", "subject", "purpose_of")


@dataclass(frozen=True, slots=True)
class AuditPage:
    """First the question (DPA 2018 s.62(4)), then the entries; `older` is the index to go on before."""

    checkpoint: tuple[Fact, ...]
    note: str
    purposes: tuple[Choice, ...] = ()
    purpose: str = ""
    purpose_error: str = ""
    table: Table | None = None
    older: str = ""


def question_page(head: Checkpoint | None, *, verifier_key: str, error: str = "") -> AuditPage:
    """The signed head, and the question."""
    purposes = tuple(Choice(one, say(f"web.audit.purposes.{one}")) for one in READING_PURPOSES)
    note = head.note if head is not None else ""
    return AuditPage(_head(head, verifier_key), note, purposes, purpose_error=error)


def entries_page(
    head: Checkpoint | None,
    found: Sequence[StoredEntry],
    *,
    purpose: str,
    first: int,
    people: Mapping[str, str],
    agencies: Mapping[str, str],
) -> AuditPage:
    """Entries, the newest first."""
    rows = [_row(one, people, agencies) for one in sorted(found, key=lambda one: -one.index)]
    columns = tuple(Column(say(f"web.audit.{name}")) for name in _COLUMNS)
    table = Table("entries", say("web.audit.caption"), columns, rows)
    return AuditPage(_head(head, ""), "", purpose=purpose, table=table, older=str(first) if first else "")


def _head(head: Checkpoint | None, verifier_key: str) -> tuple[Fact, ...]:
    if head is None:
        return ()
    facts = [
        Fact(say("web.audit.size"), f"{head.size:,}"),
        Fact(say("web.audit.root"), head.root, mono=True),
        Fact(say("web.audit.signed_at"), spoken_stamp(head.at)),
    ]
    if verifier_key:
        facts.append(Fact(say("web.audit.key"), verifier_key, mono=True))
    return tuple(facts)


def _row(one: StoredEntry, people: Mapping[str, str], agencies: Mapping[str, str]) -> tuple[Cell, ...]:
    columns = one.columns
    person = people.get(columns["person"], columns["person"])
    agency = agencies.get(columns["agency"], columns["agency"])
    who = say("web.audit.task", task=columns["task"]) if columns["task"] else person
    return (
        Cell(f"{one.index:,}"),
        Cell(spoken_stamp(columns["at"])),
        Cell(columns["verb"]),
        Cell(columns["action"], mono=True),
        Cell(columns["outcome"]),
        Cell(", ".join(part for part in (who, agency) if part)),
        Cell(columns["subject"], mono=True),
        Cell(columns["purpose"], mono=True),
    )
