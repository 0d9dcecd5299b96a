"""Every dataset of the demo, in the order in which it is submitted."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from hub.synthetic import (
    admissions,
    caseload,
    disorder,
    fire,
    outcomes,
    recorded,
    roads,
    samples,
    schools,
    social_care,
    surveys,
    tenancies,
    transport,
    youth,
)
from hub.synthetic.agencies import PARTNERS
from hub.synthetic.searches import search_file
from hub.synthetic.stream import Month, Stream
from hub.synthetic.table import Table

SUPPLIERS = {dataset: agency.id for agency in PARTNERS for dataset in agency.supplies}


def _attendances(month: Month) -> Table:
    """What arrived in the month: the end of the month before first, then the month's own. A tidy file holds its own alone."""
    seen = (month.now,) if month.tidy else (month.before, month.now)
    parts = [one.ed.table.where(one.ed.period == month.period) for one in seen]
    columns = (np.concatenate(pieces) for pieces in zip(*(part.columns for part in parts), strict=True))
    return Table(month.now.ed.table.header, tuple(columns))


_NEWER = 22
"""From January 2025: a whole year and what came after. The four datasets that the partnership began with have 36 months."""

STREAMS: tuple[Stream, ...] = (
    Stream(dataset="police/street-crime", write=lambda month: month.now.street.table, plan=samples.STREET),
    Stream(
        dataset="police/stop-and-search",
        write=lambda month: search_file(month.chance, month.ground, month.period, tidy=month.tidy),
        plan=samples.SEARCH,
    ),
    Stream(dataset="health/istv-assaults", write=_attendances, plan=samples.HOSPITAL),
    Stream(
        dataset="ambulance/violence-callouts", write=lambda month: month.now.ambulance.table, plan=samples.AMBULANCE
    ),
    surveys.SURVEY,
    surveys.CONSULTATION,
    *(
        replace(stream, months=_NEWER)
        for stream in (
            recorded.STREAM,
            outcomes.STREAM,
            fire.STREAM,
            caseload.STREAM,
            disorder.STREAM,
            roads.STREAM,
            tenancies.STREAM,
            transport.STREAM,
            youth.STREAM,
            schools.STREAM,
            social_care.STREAM,
            admissions.STREAM,
        )
    ),
)
