"""What became of the crimes: the force's outcomes of a month, in the data.police.uk CSV layout of ten columns.

Each row carries the Crime ID of a crime that its street-level file held in the same month or in the one before. Places are those of
the crime. Rows are written twice as often as in the real files.
"""

from __future__ import annotations

import numpy as np

from hub.synthetic.spoiling import Plan, Spoil, longer, to, to_blank
from hub.synthetic.stream import Month, Stream
from hub.synthetic.streams import Bools, Texts
from hub.synthetic.table import Table, repeated

_OPEN = frozenset({"", "Under investigation", "Status update unavailable"})
_AT_COURT = frozenset(
    {
        "Awaiting court outcome",
        "Court result unavailable",
        "Defendant found not guilty",
        "Offender fined",
        "Offender given community sentence",
        "Offender given suspended prison sentence",
        "Offender sent to prison",
    }
)
CHARGED = "Suspect charged"
_SAME_MONTH = 0.45
_COPIES = 0.08
_KEPT = (
    "Crime ID",
    "Month",
    "Reported by",
    "Falls within",
    "Longitude",
    "Latitude",
    "Location",
    "LSOA code",
    "LSOA name",
)


def outcomes(month: Month) -> Table:
    """Outcomes reached in the month, the crimes of the month before first. `tidy` leaves repeats and missing places out."""
    parts = []
    for seen, late in ((month.before, True), (month.now, False)):
        street = seen.street.table
        chance = month.chance.named("outcomes", seen.period)
        in_time: Bools = chance.random(len(street)) < _SAME_MONTH
        settled = ~np.isin(street.column("Last outcome category"), list(_OPEN))
        told = settled & (street.column("Crime ID") != "") & (~in_time if late else in_time)
        if month.tidy:
            told &= (street.column("Longitude") != "") & (
                np.char.startswith(street.column("LSOA name").astype(str), "Rav")
            )
        parts.append(street.where(told))
    kept = {name: np.concatenate([part.column(name) for part in parts]) for name in _KEPT}
    kept["Month"] = repeated(month.period, len(kept["Crime ID"]))
    kept["Outcome type"] = _spoken(np.concatenate([part.column("Last outcome category") for part in parts]))
    table = Table.of(kept)
    if month.tidy:
        _, first = np.unique(table.column("Crime ID").astype(str), return_index=True)
        return table.where(np.sort(first))
    copies = np.flatnonzero(month.chance.named("outcomes", "copies", month.period).random(len(table)) < _COPIES)
    return table.where(np.sort(np.concatenate([np.arange(len(table)), copies]), kind="stable"))


def _spoken(last: Texts) -> Texts:
    """What the outcomes file says where the street-level file already tells of the court: that there was a charge."""
    return np.where(np.isin(last, list(_AT_COURT)), CHARGED, last).astype(object)


PLAN = Plan(
    left_out="Outcome type",
    added=("Officer note", "see log"),
    refused=("suspect_name", "A. Nother"),
    spoils=(
        Spoil("bad-date", 6, "Month", to("Nov-26")),
        Spoil("outside-period", 8, "Month", to("2026-10")),
        Spoil("not-in-code-list", 9, "Outcome type", to("NFA")),
        Spoil("bad-format", 5, "Crime ID", lambda cell: cell[:12]),
        Spoil("bad-format", 4, "LSOA code", lambda cell: cell[:7]),
        Spoil("bad-type", 5, "Longitude", lambda cell: f"{cell} E"),
        Spoil("out-of-range", 6, "Latitude", lambda cell: f"-{cell}"),
        Spoil("half-filled", 5, "Latitude", to_blank),
        Spoil("blank-required", 6, "Location", to_blank),
        Spoil("too-long", 2, "Location", longer("see attached log of the incident ")),
        Spoil("possible-identifier", 3, "Location", lambda cell: f"{cell} ring 07700 900{len(cell):03d}"),
    ),
)
STREAM = Stream(dataset="police/outcomes", write=outcomes, plan=PLAN, months=24)
