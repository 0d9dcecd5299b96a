"""An agreement as it stands: its document, and what has happened to it since."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache

from hub.agreements.document import read_agreement
from hub.agreements.model import Agreement, AgreementEvent, SignOff, Status
from hub.agreements.store import StoredDocument
from hub.kit.canonical import sha256_hex
from hub.kit.errors import Bug


def brought_up_to_date(documents: Iterable[StoredDocument], events: Iterable[AgreementEvent]) -> tuple[Agreement, ...]:
    """Each stored version with its status, author and signatures. A Bug when a kept document has lost its hash (promise P12)."""
    happened: dict[tuple[str, int], list[AgreementEvent]] = {}
    for event in events:
        happened.setdefault((event.agreement, event.version), []).append(event)
    return tuple(_after(_as_proposed(stored), happened.get((stored.id, stored.version), [])) for stored in documents)


def _as_proposed(stored: StoredDocument) -> Agreement:
    if sha256_hex(stored.document.encode()) != stored.sha256:
        raise Bug(f"the kept document of {stored.id}@{stored.version} is not the one that was signed")
    return _read(stored.document)


@lru_cache(maxsize=512)
def _read(document: str) -> Agreement:
    return read_agreement(document)


def _after(agreement: Agreement, events: list[AgreementEvent]) -> Agreement:
    """The agreement after its events. A version without any history was never proposed: it stays a draft."""
    author, author_agency, suspended_by = "", "", ""
    status = Status.DRAFT
    sign_offs: list[SignOff] = []
    for event in events:
        status = event.status
        if event.event == "proposed":
            author, author_agency = event.person, event.agency
        elif event.event == "signed":
            sign_offs.append(SignOff(event.agency, event.person, event.at))
        elif event.event == "suspended":
            suspended_by = event.agency
    return replace(
        agreement,
        status=status,
        author=author,
        author_agency=author_agency,
        suspended_by=suspended_by if status is Status.SUSPENDED else "",
        sign_offs=tuple(sign_offs),
        has_been_in_force=any(event.event == "came-into-force" for event in events),
    )
