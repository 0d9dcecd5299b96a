"""The composition root: the only place that constructs things. Doors get a `Hub` and ask its parts.

Importing this room imports every store, so that `hub.db.metadata` is whole.
"""

from hub.app.building import build_snapshot
from hub.app.composition import Hub, build
from hub.app.housekeeping import Housekeeping
from hub.app.partnerships import PARTNERSHIPS, RAVENSBOURNE, Partnership, SeedPerson
from hub.app.progress import Progress, ProgressBoard, read_progress, write_progress
from hub.app.seeding import seed

__all__ = [
    "PARTNERSHIPS",
    "RAVENSBOURNE",
    "Housekeeping",
    "Hub",
    "Partnership",
    "Progress",
    "ProgressBoard",
    "SeedPerson",
    "build",
    "build_snapshot",
    "read_progress",
    "seed",
    "write_progress",
]
