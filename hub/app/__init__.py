"""The composition root: the only place that constructs things. Doors get a `Hub` and ask its parts.

Importing this room imports every store, so that `hub.db.metadata` is whole.
"""

from hub.app.background import Background, Piece, Tell
from hub.app.building import build_snapshot
from hub.app.checks import CheckBoard
from hub.app.composition import Hub, build
from hub.app.housekeeping import Housekeeping, Worker
from hub.app.mail import MailServer
from hub.app.partnerships import PARTNERSHIPS, RAVENSBOURNE, Partnership, SeedPerson
from hub.app.progress import Progress, ProgressBoard, read_progress, write_progress
from hub.app.reminding import Mailed, letter_to, reminders_for, reminders_of_all, send_reminders
from hub.app.seeding import seed, seed_agreements, seed_people
from hub.app.work import Work, work_of

__all__ = [
    "PARTNERSHIPS",
    "RAVENSBOURNE",
    "Background",
    "CheckBoard",
    "Housekeeping",
    "Hub",
    "MailServer",
    "Mailed",
    "Partnership",
    "Piece",
    "Progress",
    "ProgressBoard",
    "SeedPerson",
    "Tell",
    "Work",
    "Worker",
    "build",
    "build_snapshot",
    "letter_to",
    "read_progress",
    "reminders_for",
    "reminders_of_all",
    "seed",
    "seed_agreements",
    "seed_people",
    "send_reminders",
    "work_of",
    "write_progress",
]
