"""Data sharing agreements between agencies: what was agreed, who signed it, and whether it stands at a given second.

An agreement is a YAML document, kept word for word with its hash. It comes into force when every controller and recipient, at
least two agencies, have signed it, none of the signers its author; it grants nothing before its first day, after its last, or
while suspended (promise P3). Whether the law allows it is judged by `hub.policy`, at proposal and again when it comes into force
or is resumed.
"""

from hub.agreements.document import read_agreement
from hub.agreements.model import (
    ALL_FIELDS,
    SIGNING,
    TRANSITIONS,
    Agreement,
    AgreementEvent,
    LawyerMark,
    Party,
    PartyRole,
    ProposalRefused,
    Reason,
    SignOff,
    Standing,
    Status,
    SupplyTerms,
    Term,
)
from hub.agreements.service import Agreements, Judge

__all__ = [
    "ALL_FIELDS",
    "SIGNING",
    "TRANSITIONS",
    "Agreement",
    "AgreementEvent",
    "Agreements",
    "Judge",
    "LawyerMark",
    "Party",
    "PartyRole",
    "ProposalRefused",
    "Reason",
    "SignOff",
    "Standing",
    "Status",
    "SupplyTerms",
    "Term",
    "read_agreement",
]
