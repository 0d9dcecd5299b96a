"""What the integrated care board counts: admissions of residents by outward postcode and sub-category, as SI 2007/1831 asks,
and assault by a sharp object, which the Home Office measures the duty by.

No patients stand in it. Admissions for assault are drawn from the month's own attendances: about one in nine is admitted,
by a sharp object and under 25 as often as those who attend.
"""

from __future__ import annotations

import numpy as np

from hub.synthetic.seasons import season
from hub.synthetic.spoiling import Plan, Spoil, to, to_blank
from hub.synthetic.stream import Month, Stream
from hub.synthetic.streams import Bools, Texts, overdispersed
from hub.synthetic.table import Table, repeated

OUTWARD = tuple(f"ZV{number}" for number in range(1, 10))
"""Outward postcodes of an area that was never issued."""
ADMITTED = 0.11
SHARP = ("A05", "A06")
UNDER_25 = ("0-9", "10-17", "18-24")
_MEANS = {
    "F10-F19": 46.0,
    "T51": 9.0,
    "Y90-Y91": 12.0,
    "domestic-abuse": 5.0,
    "mental-health-first-outpatient": 140.0,
    "drug-treatment": 85.0,
}


def admissions(month: Month) -> Table:
    """One row for each outward postcode and sub-category, noughts included."""
    rng = month.chance.named("admissions", month.period)
    shares = 0.4 + np.arange(len(OUTWARD)) % 4 * 0.25
    shares = shares / shares.sum()
    attended = month.now.events.where(month.now.events.ed)
    sharp = np.isin(attended.method, SHARP)
    young = np.isin(attended.age, UNDER_25)
    wounded = int(rng.binomial(len(attended), ADMITTED))
    totals = {"X85-Y09": wounded} | {
        code: overdispersed(rng, mean * season(month.period) ** 0.3, 0.08) for code, mean in _MEANS.items()
    }
    parts = {code: rng.multinomial(total, shares) for code, total in totals.items()}
    parts["X99"] = rng.binomial(parts["X85-Y09"], _share(sharp))  # a part of the assaults in each outward postcode
    parts["X99-under-25"] = rng.binomial(parts["X99"], _share(young[sharp]))
    counts = np.concatenate(list(parts.values()))
    outward: Texts = np.tile(np.array(OUTWARD, dtype=object), len(parts))
    return Table.of(
        {
            "month": repeated(month.period, len(counts)),
            "outward_postcode": outward,
            "sub_category": np.repeat(np.array(list(parts), dtype=object), len(OUTWARD)),
            "count": counts.astype(str).astype(object),
        }
    )


def _share(chosen: Bools) -> float:
    """The share of those chosen; none of nobody."""
    return float(chosen.mean()) if len(chosen) else 0.0


PLAN = Plan(
    left_out="sub_category",
    added=("comment", "provisional"),
    refused=("nhs_number", ""),
    ragged=2,
    copies=2,
    copies_raise="repeated-key",
    spoils=(
        Spoil("bad-date", 2, "month", to("Nov-26")),
        Spoil("outside-period", 3, "month", to("2026-10")),
        Spoil("not-in-code-list", 3, "sub_category", lambda cell: f"{cell} in all"),
        Spoil("bad-format", 3, "outward_postcode", to("Ravensbourne")),
        Spoil("bad-type", 3, "count", to("4.5")),
        Spoil("out-of-range", 2, "count", to("-1")),
        Spoil("blank-required", 3, "count", to_blank),
    ),
)
STREAM = Stream(dataset="health/admissions", write=admissions, plan=PLAN)
