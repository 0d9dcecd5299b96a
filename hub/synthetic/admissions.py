"""What the integrated care board counts: admissions of residents by outward postcode and sub-category, as SI 2007/1831 asks.

No patients stand in it. Admissions for assault are drawn from the month's own attendances: about one in nine is admitted.
"""

from __future__ import annotations

import numpy as np

from hub.synthetic.seasons import season
from hub.synthetic.spoiling import Plan, Spoil, to, to_blank
from hub.synthetic.stream import Month, Stream
from hub.synthetic.streams import Texts, overdispersed
from hub.synthetic.table import Table, repeated

OUTWARD = tuple(f"ZV{number}" for number in range(1, 10))
"""Outward postcodes of an area that was never issued."""
ADMITTED = 0.11
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
    wounded = int(rng.binomial(int(month.now.events.ed.sum()), ADMITTED))
    totals = {"X85-Y09": wounded} | {
        code: overdispersed(rng, mean * season(month.period) ** 0.3, 0.08) for code, mean in _MEANS.items()
    }
    counts = np.concatenate([rng.multinomial(total, shares) for total in totals.values()])
    outward: Texts = np.tile(np.array(OUTWARD, dtype=object), len(totals))
    return Table.of(
        {
            "month": repeated(month.period, len(counts)),
            "outward_postcode": outward,
            "sub_category": np.repeat(np.array(list(totals), dtype=object), len(OUTWARD)),
            "count": counts.astype(str).astype(object),
        }
    )


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
