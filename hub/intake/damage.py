"""Sealed rows of an earlier submission that cannot be read: work goes on without them, and the agency and the operator are told."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from hub.engine import EngineError
from hub.intake.model import Submission
from hub.kit.crypto.chunked import SealBroken
from hub.kit.spoken import spoken_month
from hub.schemas import Finding, finding

UNREAD = "history-unread"
"""The finding."""

_FILE = "engine-file"

_T = TypeVar("_T")

_log = logging.getLogger("hub.work")


def readable(one: Submission, read: Callable[[Submission], _T], lost: list[Submission]) -> _T | None:
    """What `read` reads of a submission; None, and the submission is among the `lost`, where its object cannot be read.

    Every other error goes on: work that does not fit in memory is no damage.
    """
    try:
        return read(one)
    except SealBroken:
        lost.append(one)
    except EngineError as error:
        if error.code != _FILE:
            raise
        lost.append(one)
    return None


def tell_operator(lost: Iterable[Submission]) -> None:
    """Name the objects in the hub's own log: ids, no agency's data."""
    for one in lost:
        _log.error("sealed rows cannot be read: object %s of submission %s", one.accepted_object, one.id)


def unread_finding(lost: Sequence[Submission]) -> Finding:
    """That earlier months could not be read, and which."""
    return finding(UNREAD, count=len(lost), months=months_of(lost))


def months_of(several: Iterable[Submission]) -> str:
    """The months of submissions as people say them, oldest first."""
    return ", ".join(spoken_month(month) for month in sorted({one.period for one in several}))
