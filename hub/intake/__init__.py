"""A submission from upload to accepted, returned or refused.

    receiving = intake.receive(permit, agency=…, dataset=…, period="2026-10", file_name=…)
    receiving.write(chunk)                       # sealed as it arrives; never plaintext on disk (promise P7)
    submission = receiving.complete(uow)         # durable exactly once (promise P6)
    submission = intake.check_apart(submission.id)                             # checked, returned or refused
    intake.accept(uow, permit, submission.id, attestation=ATTESTATION)         # on the word of a person of the agency

    differences.of(reader, submission.id)        # rows added, changed, withdrawn since the file that counts

A file refused by a floor rule is not kept: its key is destroyed in the transaction that settles it. Other returned
files stay sealed, for their agency to mend.
"""

from hub.intake.advice import Advice, advice_on, praise_of
from hub.intake.asking import Questions
from hub.intake.calendar import THERE, WANTED, Arrival, Line
from hub.intake.difference import (
    Categories,
    ChangedCell,
    CodeCount,
    Compared,
    Difference,
    FieldChange,
    Regrouping,
    RowsOfKind,
)
from hub.intake.difference_words import difference_document, difference_said, months_said, regroupings_said
from hub.intake.differing import ROWS_UNREAD, Differences
from hub.intake.explaining import LONGEST_EXPLANATION, fault_of, on_one_line
from hub.intake.marking import MarkedFiles
from hub.intake.mending import CHECK, is_sender, mending_grant
from hub.intake.model import (
    ATTESTATION,
    KEPT,
    TRANSITIONS,
    WITHDRAWABLE,
    CellValue,
    Receipt,
    State,
    Submission,
    attestation_lines,
    states_diagram,
    states_page,
    unexplained,
)
from hub.intake.periods import Span
from hub.intake.profile_model import Confirmed
from hub.intake.query import COUNTED, PERCENT, QUERY_CODES, Moved, Query, figure_text, key_of
from hub.intake.reading_back import MENDABLE
from hub.intake.receiving import Receiving
from hub.intake.reminding import Reminder, Reminders
from hub.intake.schedule import Calendar, Calendars
from hub.intake.scorecard import Mark, Punctuality, Repeat, Score, Share, punctuality_of, total
from hub.intake.service import Intake
from hub.intake.stages import CheckProgress, Stage, Tell
from hub.intake.statutory import StatutoryLine

__all__ = [
    "ATTESTATION",
    "CHECK",
    "COUNTED",
    "KEPT",
    "LONGEST_EXPLANATION",
    "MENDABLE",
    "PERCENT",
    "QUERY_CODES",
    "ROWS_UNREAD",
    "THERE",
    "TRANSITIONS",
    "WANTED",
    "WITHDRAWABLE",
    "Advice",
    "Arrival",
    "Calendar",
    "Calendars",
    "Categories",
    "CellValue",
    "ChangedCell",
    "CheckProgress",
    "CodeCount",
    "Compared",
    "Confirmed",
    "Difference",
    "Differences",
    "FieldChange",
    "Intake",
    "Line",
    "Mark",
    "MarkedFiles",
    "Moved",
    "Punctuality",
    "Query",
    "Questions",
    "Receipt",
    "Receiving",
    "Regrouping",
    "Reminder",
    "Reminders",
    "Repeat",
    "RowsOfKind",
    "Score",
    "Share",
    "Span",
    "Stage",
    "State",
    "StatutoryLine",
    "Submission",
    "Tell",
    "advice_on",
    "attestation_lines",
    "difference_document",
    "difference_said",
    "fault_of",
    "figure_text",
    "is_sender",
    "key_of",
    "mending_grant",
    "months_said",
    "on_one_line",
    "praise_of",
    "punctuality_of",
    "regroupings_said",
    "states_diagram",
    "states_page",
    "total",
    "unexplained",
]
