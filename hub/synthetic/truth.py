"""The truth table: every event, and where each agency's files hold it. Submitted by nobody; tests and demonstrations compare."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hub.synthetic.ambulance import Callouts
from hub.synthetic.events import Events
from hub.synthetic.hospital import Attendances
from hub.synthetic.places import Places
from hub.synthetic.seasons import spelled
from hub.synthetic.streams import Bools, Texts
from hub.synthetic.street import StreetFile
from hub.synthetic.table import Table, blank, repeated
from hub.synthetic.volumes import VIOLENCE


@dataclass(frozen=True, slots=True)
class Seen:
    """One month's events with what each agency made of them."""

    period: str
    events: Events
    street: StreetFile
    ed: Attendances
    ambulance: Callouts

    def truth(self, ground: Places) -> Table:
        """The month's rows of the truth table.

        `police`, `ed` and `ambulance` are Y or empty; `crime_id` and `incident_no` are the references in the extracts; `ed_period`
        is the month whose file holds the attendance, which may be the month after.
        """
        events, size = self.events, len(self.events)
        area = ground.lsoa[events.point]
        return Table.of(
            {
                "event": np.array([f"{self.period}-{number:05d}" for number in range(1, size + 1)], dtype=object),
                "period": repeated(self.period, size),
                "kind": events.kind,
                "crime_type": events.types(),
                "severity": events.severity.astype(str).astype(object),
                "committed_at": np.array(spelled(events.at), dtype=object),
                "longitude": ground.longitude[events.point],
                "latitude": ground.latitude[events.point],
                "lsoa21": np.array([lsoa.code for lsoa in ground.areas], dtype=object)[area],
                "ward": np.array([lsoa.ward for lsoa in ground.areas], dtype=object)[area],
                "street": ground.street[events.point],
                "venue": ground.venue[events.point],
                "location_type": events.location_type,
                "method": events.method,
                "victim_age_band": events.age,
                "victim_sex": events.sex,
                "by_stranger": _flag(events.by_stranger),
                "police": _flag(events.police),
                "crime_id": self.street.crime_id,
                "ed": _flag(events.ed),
                "ed_period": self._ed_period(size),
                "ambulance": _flag(events.ambulance),
                "incident_no": self._incident_no(size),
            }
        )

    def _ed_period(self, size: int) -> Texts:
        months = blank(size)
        months[self.ed.event] = self.ed.period
        return months

    def _incident_no(self, size: int) -> Texts:
        numbers = blank(size)
        numbers[self.ambulance.event] = self.ambulance.table.column("incident_no")
        return numbers

    def counts(self) -> dict[str, int]:
        """How many events there were, and how many of them reached whom."""
        events = self.events
        sides = {
            "events": np.ones(len(events), dtype=bool),
            "police": events.police,
            "police_violence": events.police & (events.types() == VIOLENCE),
            "ed": events.ed,
            "ed_and_police": events.ed & events.police,
            "ambulance": events.ambulance,
            "ambulance_and_police": events.ambulance & events.police,
            "ambulance_and_ed": events.ambulance & events.ed,
        }
        return {name: int(side.sum()) for name, side in sides.items()}


def _flag(values: Bools) -> Texts:
    return np.where(values, "Y", "").astype(object)
