"""A confirmed import profile: who said how an agency's files of a dataset are read, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hub.kit.clock import stamp
from hub.schemas import ImportProfile


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmed:
    """An import profile that a person has confirmed for the agency's files of a dataset under a version of its schema."""

    id: str
    agency: str
    dataset: str
    schema_version: str
    profile: ImportProfile
    confirmed_by: str
    confirmed_at: datetime

    def as_json(self) -> dict[str, Any]:
        """The profile as the API writes it."""
        return {
            "dataset": self.dataset,
            "schema_version": self.schema_version,
            "confirmed_by": self.confirmed_by,
            "confirmed_at": stamp(self.confirmed_at),
            "profile": self.profile.as_json(),
        }
