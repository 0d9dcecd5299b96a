"""Numbered, frozen sets of accepted submissions; the only way rows reach a reader.

snapshot = snapshots.freeze(uow, permit)                       what agreements in force allow to be combined, as it is now
with snapshots.rows(reading, grant, snapshot, "police/street-crime") as (session, relation):
    session.rows(f"SELECT count(*) FROM {relation}")           granted fields only, granted agencies only
snapshots.enforce(uow, permit, snapshot.number)                once its tables are built: the earlier one retires
"""

from hub.snapshots.model import AcceptedSubmission, Snapshot, SnapshotInput, SnapshotState, Submissions
from hub.snapshots.service import BUILD_PURPOSE, BUILD_TASK, Snapshots

__all__ = [
    "BUILD_PURPOSE",
    "BUILD_TASK",
    "AcceptedSubmission",
    "Snapshot",
    "SnapshotInput",
    "SnapshotState",
    "Snapshots",
    "Submissions",
]
