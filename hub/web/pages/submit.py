"""Submitting an extract: the choice of dataset and month, and the upload form with who will see what."""

from __future__ import annotations

from dataclasses import dataclass

from hub.web.elements import Fact, Select, Table


@dataclass(frozen=True, slots=True)
class ChoosePage:
    """Datasets the agency may send, and months."""

    datasets: Select
    periods: Select


@dataclass(frozen=True, slots=True)
class UploadPage:
    """The form for one dataset and month. `error` stands beside the file field; `earlier` tells of an accepted file."""

    title: str
    period: str
    action: str
    hint: str
    who: tuple[Fact, ...]
    who_text: tuple[str, ...]
    columns: Table | None
    refused: tuple[str, ...]
    error: str = ""
    earlier: str = ""
