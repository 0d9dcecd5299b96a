"""Numbered, frozen sets of accepted submissions, and the only way rows reach a reader.

snapshot = snapshots.freeze(uow, permit)                       what agreements in force allow to be combined, as it is now
with snapshots.rows(reading, grant, snapshot, "police/street-crime") as (session, relation):
    session.rows(f"SELECT count(*) FROM {relation}")           whole rows, for the hub's own tasks
with granted.open(reading, grant, "police/street-crime") as rows:
    rows.session.rows(f"SELECT * FROM {rows.relation}")        a person's: each field in its form, nothing else
previews.of(reader, submission)                                a sender's own first rows as each other agency would get them
snapshots.enforce(uow, permit, snapshot.number)                once its tables are built: the earlier one retires
"""

from hub.snapshots.forms import ShownField, shown_fields
from hub.snapshots.granted import GrantedRows, OpenRows
from hub.snapshots.model import AcceptedSubmission, Snapshot, SnapshotInput, SnapshotState, Submissions
from hub.snapshots.pages import RowPages, RowsPage, rows_csv, rows_document
from hub.snapshots.previews import FIRST_ROWS, Preview, Previews, SeenAs, SeenField
from hub.snapshots.service import BUILD_PURPOSE, BUILD_TASK, Snapshots

__all__ = [
    "BUILD_PURPOSE",
    "BUILD_TASK",
    "FIRST_ROWS",
    "AcceptedSubmission",
    "GrantedRows",
    "OpenRows",
    "Preview",
    "Previews",
    "RowPages",
    "RowsPage",
    "SeenAs",
    "SeenField",
    "ShownField",
    "Snapshot",
    "SnapshotInput",
    "SnapshotState",
    "Snapshots",
    "Submissions",
    "rows_csv",
    "rows_document",
    "shown_fields",
]
