"""The Grant to open an agency's own files: to mend them, for a person who sends for it; to check them, for the hub's own task.

A person asks as a sender, whatever else they are: what an agreement opens to an analyst is some columns of rows, and no file.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from hub.db import UnitOfWork
from hub.kit.authority import Form, Grant, Reader
from hub.policy import Policy

MENDING: Final = "data_quality"
"""The purpose."""

CHECK: Final = Reader(agency="", task="intake-check")
"""The hub's own task that checks what came, for whichever agency."""

_SENDER = frozenset({"uploader"})


def is_sender(reader: Reader) -> bool:
    """Whether the reader may be shown what stands in the own agency's files."""
    return bool(reader.roles & _SENDER)


def as_sender(reader: Reader) -> Reader:
    """The reader with the right of a sender and no other; a person who is none has no right left. A task stays what it is."""
    return reader if reader.task else replace(reader, roles=reader.roles & _SENDER)


def mending_grant(policy: Policy, uow: UnitOfWork, reader: Reader, dataset: str, *, why: str) -> Grant:
    """Whole rows of a dataset: of the reader's own agency, or for a task. NotPermitted and NotFound as `Policy.grant`."""
    return policy.grant(uow, as_sender(reader), [dataset], purpose=MENDING, justification=why, form=Form.READ_CLEAR)
